"""What is translated, and into which file."""

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tools.retarget import address, site
from tools.translate.blocks import headings, pieces

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "locale"
LANGUAGES = {  # name of the folder in locale/ and of that in notebooks/ -> language.toml
    path.parent.name: tomllib.loads(path.read_text(encoding="utf-8"))
    for path in sorted(LOCALE.glob("*/language.toml"))
}
PAGES = {  # name of the catalogue -> text; those in docs/ become pages of the site alone
    "README": "README.md",
    "notation": "notebooks/notation.md",
    "field": "notebooks/field.md",
    "teachers": "notebooks/assignments/README.md",
    "glossary": "notebooks/glossary.md",
    "index": "docs/index.md",
    "playground": "docs/playground.md",
    "generator": "docs/generator.md",
}


# What code draws, and what the site and its scripts say: lists of messages, not Markdown.
NUMBER = re.compile(r"(?<![\w.])[−+-]?\d+(?:,\d{3})*(?:\.\d+)?(?:e-?\d+)?")
WORDS = ROOT / "docs" / "words.txt"  # those that no script has as a whole, and the theme's
COMMENT = re.compile(r"/\*.*?\*/|^\s*//.*?$|^import .*?$", re.DOTALL | re.MULTILINE)
LITERAL = re.compile(r"([\"`])((?:[^\"`\\\n]|\\.)*)\1")
# A capital letter and words: not a class, an event or a setting.
SAID = re.compile(r"^[A-ZΨβ][^=/<>{}]*[a-z]{2}|^[\w-]+:?(?: [A-Za-z']+){2}")
# In Python: three words in a row, or around what is filled in; or a name such as "the loss".
SENTENCE = re.compile(r"(?:[A-Za-z'][\w']*[ ,:]+(?:(?:\d+|\{\d+\})[ ,:]+)*){2}[A-Za-z']+|^the \w+$")
SLIDERS = LOCALE / "sliders.json"  # written by docs.frames, which moves the sliders


def masked(text: str) -> str:
    """A text in which its numbers, which may change, are {0}, {1} and so on.

    >>> masked("After 400 steps: 0.993")
    'After {0} steps: {1}'
    """
    count = iter(range(len(text)))
    return NUMBER.sub(lambda _: f"{{{next(count)}}}", text)


@dataclass(frozen=True)
class Source:
    """A catalogue's name, and the English files that its messages come from."""

    name: str
    paths: tuple[Path, ...]

    @cached_property
    def texts(self) -> list[tuple[str, str]]:
        """(place, Markdown) of each cell or page, with `{names}` in the place of addresses."""
        found = []
        for path in self.paths:
            where = path.relative_to(ROOT).as_posix()
            for place, text in markdown(path):
                found.append((f"{where}:{place}" if place else where, named(text, where)))
        return found

    def messages(self) -> dict[str, list[str]]:
        """Message -> the places where it stands, in their order."""
        found: dict[str, list[str]] = {}
        for place, text in self.texts:
            for piece in pieces(text):
                places = found.setdefault(piece.message, [])
                if place not in places:
                    places.append(place)
        return found


@dataclass(frozen=True)
class Words(Source):
    """Messages that are no Markdown of a file: (place, message) each."""

    listed: tuple[tuple[str, str], ...] = ()

    def messages(self) -> dict[str, list[str]]:
        """As of any source."""
        found: dict[str, list[str]] = {}
        for place, message in self.listed:
            found.setdefault(message, []).append(place)
        return {message: list(dict.fromkeys(places)) for message, places in found.items()}


def markdown(path: Path) -> Iterator[tuple[str, str]]:
    """(id of the cell, or nothing; its Markdown) of a notebook or a page."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        yield "", text
        return
    for cell in json.loads(text)["cells"]:
        if cell["cell_type"] == "markdown":
            yield cell["id"], "".join(cell["source"])


def sources() -> dict[str, Source]:
    """Every source by the name of its catalogue, in reading order."""
    notebooks = ROOT / "notebooks"
    found = {
        path.stem: Source(path.stem, (path,))
        for path in sorted(notebooks.glob("[0-9][0-9]_*.ipynb"))
    }
    for released in sorted(notebooks.glob("assignments/release/*/*.ipynb")):
        name = f"assignment_{released.stem}"
        # What students get comes first; the solutions stand in the source alone.
        source = notebooks / "assignments" / "source" / released.stem / released.name
        found[name] = Source(name, (released, source))
    for name, place in PAGES.items():
        if (ROOT / place).exists():
            found[name] = Source(name, (ROOT / place,))
    found["pictures"] = Words("pictures", (), _pictures())
    found["words"] = Words("words", (), _words())
    found["messages"] = Words("messages", (), _messages())
    return found


def _pictures() -> tuple[tuple[str, str], ...]:
    """What stored pictures show, and what is said under the sliders of the site."""
    sliders = json.loads(SLIDERS.read_text(encoding="utf-8")) if SLIDERS.exists() else {}
    found = []
    for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")):
        for cell, text in descriptions(path):
            place = f"{path.relative_to(ROOT).as_posix()}:{cell}"
            # Under a slider there is no one description, but a text for each position.
            found += [(place, text) for text in sliders.get(place, [masked(text)])]
    return tuple(found)


def _messages() -> tuple[tuple[str, str], ...]:
    """What the visible tests of the assignments say, with {0} and so on for what they fill in."""
    found = []
    for path in sorted((ROOT / "notebooks").glob("assignments/release/*/*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("cell_type") == "code":
                place = f"{path.relative_to(ROOT).as_posix()}:{cell['id']}"
                found += [(place, text) for text in said_in("".join(cell["source"]))]
    checks = ROOT / "gan_helpers" / "checks.py"
    text = checks.read_text(encoding="utf-8")
    return (*found, *(("gan_helpers/checks.py", each) for each in said_in(text)))


def said_in(code: str) -> Iterator[str]:
    """The sentences among the strings of Python code; {0}, {1} … stand for what it fills in.

    What it prints is left out: that is shown as it is.

    >>> list(said_in("raise ValueError(f'no {what} is left, of {n}')"))
    ['no {0} is left, of {1}']
    """
    tree = ast.parse(code)
    printed = {
        argument
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"
        for argument in node.args
    }
    inner = {
        part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values
    }
    documents = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        text = ""
        if isinstance(node, ast.JoinedStr):
            count = iter(range(len(node.values)))
            for part in node.values:
                text += str(part.value) if isinstance(part, ast.Constant) else f"{{{next(count)}}}"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = "" if node in inner or node in documents else node.value
        if node not in printed and SENTENCE.search(text):
            yield text.strip()


def _words() -> tuple[tuple[str, str], ...]:
    """What the site itself says, and its scripts."""
    found = [("docs/words.txt", line) for line in WORDS.read_text(encoding="utf-8").splitlines()]
    for path in sorted((ROOT / "docs" / "playground" / "src").rglob("*.js")):
        text = COMMENT.sub("", path.read_text(encoding="utf-8"))
        for match in LITERAL.finditer(text):
            message = re.sub(r"\\(.)", r"\1", match[2]).strip()
            if SAID.search(message) and "${" not in message:
                found.append((path.relative_to(ROOT).as_posix(), message))
    return tuple((place, message) for place, message in found if message)


def target(path: Path, language: str) -> Path:
    """Where the translation of an English file is written."""
    relative = path.relative_to(ROOT)
    if relative.parts[0] == "notebooks":
        return ROOT / "notebooks" / language / relative.relative_to("notebooks")
    if relative.parts[0] == "docs":
        return ROOT / "build" / f"site-source-{language}" / relative.name
    return ROOT / relative.with_suffix(f".{language}{relative.suffix}")


def addresses() -> dict[str, str]:
    """The beginnings of addresses that a fork, or another language, changes."""
    repository = address(ROOT)
    return {
        "{kaggle}": f"https://kaggle.com/kernels/welcome?src=https://github.com/{repository}/blob/main/",
        "{colab}": f"https://colab.research.google.com/github/{repository}/blob/main/",
        "{binder}": f"https://mybinder.org/v2/gh/{repository}/main?urlpath=lab/tree/",
        "{site}": site(repository),
        "{repository}": repository,
    }


def named(text: str, own: str) -> str:
    """Text in which names stand for what a fork or a language changes in its links."""
    for name, start in addresses().items():
        text = text.replace(start, name)
    return re.sub(rf"(\{{(?:colab|binder|kaggle)\}}){re.escape(own)}", r"\1{self}", text)


def slug(heading: str) -> str:
    """A heading's anchor on the site, as MyST makes it."""
    plain = re.sub(r"[`*$]|\]\([^)]*\)|\[", "", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def anchors(path: Path) -> list[str]:
    """The anchors of a file's headings, in their order."""
    return [slug(title) for _, text in markdown(path) for title in headings(text)]


def descriptions(path: Path) -> Iterator[tuple[str, str]]:
    """(id of the cell, description) of each picture that a notebook stores."""
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                yield cell["id"], output["metadata"]["image/png"]["alt"]
