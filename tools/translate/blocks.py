"""The messages of a Markdown text: a paragraph, item, heading or row of a table each.

markdown-it, the parser behind MyST, finds the blocks. A text with all its messages replaced by
themselves is the same text.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

CODE = re.compile(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)")
FORMULA = re.compile(r"\$\$.+?\$\$|(?<![\\$])\$(?!\s)[^$]+?(?<![\s\\])\$")
TARGET = re.compile(r"(?<=\])\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)")
TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--.*?-->")
# {0} stands for a number that differs from run to run, {colab} for the beginning of an address.
NAME = re.compile(r"\{\d+\}|\{[a-z]\w*\}[^\s)]*")
# In this order: what looks like a formula or a link inside code is code.
PROTECTED = {
    "code": CODE,
    "formula": FORMULA,
    "link target": TARGET,
    "tag": TAG,
    "placeholder": NAME,
}
LEADING = re.compile(rf"(?:\s|{TAG.pattern})*")
TRAILING = re.compile(rf"(?:\s|{TAG.pattern})*$")
# A comment of a shell command, or a column of explanations.
EXPLAINED = re.compile(r"(?: {2,}|# )\w+ \w+")

# Chinese in an English page stands for itself, as in the glossary; nbgrader reads its own marks.
KEPT = re.compile(r"[\u3400-\u9fff]|^(?:BEGIN|END) (?:MARK SCHEME|SOLUTION)$")

_markdown = MarkdownIt("commonmark").enable("table")
_markdown.use(front_matter_plugin).use(dollarmath_plugin)


@dataclass(frozen=True)
class Piece:
    """A message, and where it stands in its text: text[start:end]."""

    message: str
    start: int
    end: int


def protected(message: str) -> tuple[dict[str, Counter], str]:
    """What a translation must leave as it is, by kind, and the words that are left.

    In the words, code and formulas are an X each; targets of links and tags are gone.

    >>> kinds, words = protected("See `x` and $y$ in [chapter 02](02.ipynb)")
    >>> [dict(found) for found in kinds.values()]
    [{'`x`': 1}, {'$y$': 1}, {'(02.ipynb)': 1}, {}, {}]
    >>> words
    'See X and X in [chapter 02]'
    """
    found = {}
    for kind, pattern in PROTECTED.items():
        found[kind] = Counter(match[0] for match in pattern.finditer(message))
        kept = "X" if kind in ("code", "formula") else ""
        message = re.sub(r"\{\d+\}", "0", message) if pattern is NAME else message
        message = pattern.sub(kept, message)
    return found, message


def has_words(message: str) -> bool:
    """Whether there is anything to translate in it."""
    return re.search(r"[A-Za-z]{2}", protected(message)[1]) is not None


def pieces(text: str) -> list[Piece]:
    """The messages of a text, in its order; what has no words is left out."""
    lines = text.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    found = []
    for first, contents in _blocks(text):
        fence = len(contents) > 1 and contents[0].startswith("```")
        if KEPT.search(contents[0]) or not (fence or has_words(" ".join(contents))):
            continue
        # What stands around it, such as "- " or "## ", is no part of the message.
        start = starts[first] + lines[first].index(contents[0])
        last = first + len(contents) - 1
        end = starts[last] + lines[last].index(contents[-1]) + len(contents[-1])
        if fence:
            found.append(Piece(text[start:end], start, end))
        else:
            found.append(Piece(" ".join(map(str.strip, contents)), start, end))
    return found


def _blocks(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each block's first line, and its own part of this line and of those after it."""
    lines = text.splitlines()
    in_table = False
    for token in _markdown.parse(text):
        if token.type in ("table_open", "table_close"):
            in_table = token.type == "table_open"
        if token.map is None:
            continue
        first, last = token.map
        if token.type == "tr_open":
            yield first, [lines[first].strip()]
        elif token.type == "inline" and not in_table and token.content:
            yield first, token.content.split("\n")
        elif token.type == "html_block":
            for number in range(first, min(last, len(lines))):
                line = lines[number]
                start, end = LEADING.match(line).end(), TRAILING.search(line).start()  # type: ignore[union-attr]
                if start < end:
                    yield number, [line[start:end]]
        elif token.type == "fence" and not token.info and EXPLAINED.search(token.content):
            yield first, [line.strip() for line in lines[first:last]]


def replaced(text: str, translate: Callable[[str], str]) -> str:
    """The text with each message replaced by what `translate` gives for it.

    >>> replaced("## One\\n\\n- two, $x$\\n- 3", str.upper)
    '## ONE\\n\\n- TWO, $X$\\n- 3'
    """
    for piece in reversed(pieces(text)):
        text = text[: piece.start] + translate(piece.message) + text[piece.end :]
    return text


def headings(text: str) -> list[str]:
    """The headings of a text, as their Markdown."""
    tokens = _markdown.parse(text)
    return [
        after.content
        for token, after in zip(tokens, tokens[1:], strict=False)
        if token.type == "heading_open"
    ]


def emphasis(message: str) -> tuple[Counter, str]:
    """How often each kind of emphasis takes effect, and the text that is shown.

    A star beside Chinese punctuation may fail to open or to close, and is then shown.
    """
    found: Counter = Counter()
    shown = ""
    for token in _markdown.parseInline(message)[0].children or []:
        found.update([token.type] if token.type in ("em_open", "strong_open") else [])
        shown += token.content if token.type == "text" else ""
    return found, shown
