"""Slides of the chapters, made from their stored outputs: build/slides/, for a browser.

No chapter holds a mark for it. A heading begins a slide; so does a prediction, a second picture,
and whatever no longer fits. Of a paragraph its first sentence is shown, and the whole of it lies
in the speaker's notes. Code that leads to an output is folded. With names, only these chapters:
python -m tools.slides 02_discriminator_loss
"""

import argparse
import dataclasses
import html
import importlib.util
import math
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.execution import NotebookError
from tools.files import write_whole
from tools.run_series import ROOT, chosen

import nbformat
from nbconvert import SlidesExporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from traitlets.config import Config

TEMPLATES = Path(__file__).resolve().parent
DECK = TEMPLATES / "deck"
ROOM = 15.5  # lines of text on a slide, below its heading
LINE = 78  # characters
PRINTED_LINE = 100  # characters of what cells print
PICTURE = 9.0  # lines; it shrinks to what the rest leaves it, so no more may stand beside it
HEADING = re.compile(r"#{1,3} ")
LIST = re.compile(r"(?:[-*]|\d+\.) ")
SENTENCE_END = re.compile(r"(?<=[.?!])(?:\*\*|\))?\s+(?=[A-ZΑ-Ω*`$(])")
LINK = re.compile(r"\[([^\]]*)\]\((?!https?:)([^)\s]*)\)")
# What a slide has no use for: where to open the notebook, and the way to its neighbours.
LEFT_OUT = re.compile(r"\[Open in |Previous: |Next: |\*(?:You need to know|Run time):\*")
OPEN = (("<details", "</details>"), ("```", "```"), ("$$", "$$"))
PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Slides</title><link rel="icon" href="data:,">
<style>
body {{ max-width: 40rem; margin: 2rem auto; padding: 0 1rem; font: 18px/1.6 sans-serif }}
</style>
</head>
<body>
<main>
<h1>Slides</h1>
<p>Arrow keys or the space bar move on; S opens the speaker's notes, which hold the chapter's whole
text; O shows all slides. To print a chapter, add <code>?print-pdf</code> to its address.</p>
<ul>
{items}
</ul>
</main>
</body>
</html>
"""


@dataclasses.dataclass
class Slide:
    """What is shown on one slide, and what the speaker reads beside it."""

    heading: str
    begins: bool  # whether its heading is the chapter's own, and not repeated
    cells: list[NotebookNode] = dataclasses.field(default_factory=list)
    notes: list[str] = dataclasses.field(default_factory=list)
    lines: float = 0.0
    pictures: int = 0


def blocks(source: str) -> Iterator[str]:
    """The paragraphs of a markdown cell; formulas, fenced code and folded answers stay whole."""
    held = ""
    for part in re.split(r"\n\s*\n", source.strip()):
        held = f"{held}\n\n{part}" if held else part
        if not any(is_open(held, *pair) for pair in OPEN):
            yield held
            held = ""
    if held:
        yield held


def is_open(text: str, begin: str, end: str) -> bool:
    """Whether something began in a text and has not ended."""
    return text.count(begin) % 2 == 1 if begin == end else text.count(begin) > text.count(end)


def shown(block: str) -> str:
    """What a slide shows of a paragraph; nothing of a folded answer.

    >>> shown("D learns a *ratio*. Nobody told it.")
    'D learns a *ratio*.'
    >>> shown("**Predict:** is it 1? Or 2?")
    '**Predict:** is it 1? Or 2?'
    """
    if LEFT_OUT.match(block) or "<details" in block:
        return ""
    text = LINK.sub(linked, block)
    if "$$" in text or text.startswith(("|", "```", "**")) or LIST.match(text):
        return text
    sentences = SENTENCE_END.split(text)
    first = sentences[0]
    for sentence in sentences[1:]:
        if all(first.count(mark) % 2 == 0 for mark in ("**", "`", "$")):
            break
        first = f"{first} {sentence}"
    return first


def linked(link: re.Match) -> str:
    """A link to the slides of another chapter, or the words alone of one to anything else."""
    chapter = re.fullmatch(r"(\d\d_\w+)\.ipynb(?:#.*)?", link[2])
    return f"[{link[1]}]({chapter[1]}.html)" if chapter else link[1]


def lines_of(text: str) -> float:
    """About how many lines of a slide a text takes."""
    if text.startswith("|"):
        rows = [row for row in text.splitlines() if not re.fullmatch(r"[|\s:-]+", row)]
        return sum(1.2 * max(1, math.ceil(len(row) / LINE)) for row in rows)
    whole = sum(max(1, math.ceil(len(line) / LINE)) for line in text.splitlines() if line.strip())
    return whole + 0.5 + text.count("$$") / 2


def output_of(cell: NotebookNode) -> list[NotebookNode]:
    """What a cell printed and drew: texts and pictures."""
    kept = []
    for output in cell.outputs:
        if output.output_type == "stream" and output.name == "stdout":
            kept.append(output)
        elif "image/png" in output.get("data", {}):
            picture = {"image/png": output.data["image/png"]}
            kept.append(new_output("display_data", data=picture, metadata=output.metadata))
    return kept


def printed_lines(outputs: list[NotebookNode]) -> float:
    """About how many lines of a slide the printed text takes."""
    rows = [row for out in outputs for row in out.get("text", "").rstrip("\n").split("\n") if row]
    return sum(0.65 * math.ceil(len(row) / PRINTED_LINE) for row in rows) + 0.5 * bool(rows)


def is_shown(cell: NotebookNode) -> bool:
    """Whether a slide has a use for a code cell: not for set-up, nor for folded answers."""
    folded = cell.metadata.get("jupyter", {})
    if folded.get("outputs_hidden"):
        return False
    return bool(output_of(cell)) or not folded.get("source_hidden")


class Deck:
    """The slides of one chapter, filled cell by cell."""

    def __init__(self, notebook: NotebookNode) -> None:
        self.slides: list[Slide] = []
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                for block in blocks(cell.source):
                    self.add_text(block)
            elif cell.cell_type == "code" and is_shown(cell):
                self.add_code(cell)

    def slide_for(self, lines: float, picture: bool = False, question: bool = False) -> Slide:
        """The last slide, or a new one where that has no room for so much more."""
        last = self.slides[-1] if self.slides else Slide("", False)
        full = last.lines + lines > ROOM or (picture and last.pictures)
        if not self.slides or (last.cells and (full or question)):
            self.slides.append(Slide(last.heading, False))
        return self.slides[-1]

    def add_text(self, block: str) -> None:
        """Show a paragraph, and keep the whole of it for the speaker."""
        if HEADING.match(block):
            self.slides.append(Slide(block.lstrip("# "), True))
            return
        text = shown(block)
        question = text.startswith("**Predict")
        slide = self.slide_for(lines_of(text), question=question) if text else self.slides[-1]
        if text:
            slide.cells.append(new_markdown_cell(text))
            slide.lines += lines_of(text)
        if not LEFT_OUT.match(block):
            slide.notes.append(LINK.sub(linked, block))

    def add_code(self, cell: NotebookNode) -> None:
        """Show what a cell gave; or its code, where that is all there is."""
        outputs = output_of(cell)
        pictures = sum("data" in output for output in outputs)
        lines = PICTURE * bool(pictures) + printed_lines(outputs) + 1.2
        if not outputs:
            lines += 0.65 * min(16, len(cell.source.splitlines()))
        slide = self.slide_for(lines, picture=bool(pictures))
        slide.cells.append(new_code_cell(cell.source, outputs=outputs))
        slide.lines += lines
        slide.pictures += pictures

    def notebook(self, title: str) -> NotebookNode:
        """The slides as a notebook whose cells say what nbconvert's exporter wants to know."""
        cells = []
        for number, slide in enumerate(self.slides):
            level = ("# " if number == 0 else "## ") if slide.begins else "### "
            kind = "slide" if slide.begins or number == 0 else "subslide"
            cells.append(new_markdown_cell(level + slide.heading))
            cells[-1].metadata["slideshow"] = {"slide_type": kind}
            cells += slide.cells
            if slide.notes:
                cells.append(new_markdown_cell("\n\n".join(slide.notes)))
                cells[-1].metadata["slideshow"] = {"slide_type": "notes"}
        return new_notebook(
            cells=cells, metadata={"title": title, "language_info": {"name": "ipython"}}
        )


def write_slides(path: Path, folder: Path) -> str:
    """Write the slides of a chapter into a folder; returns the chapter's title."""
    notebook = nbformat.read(path, as_version=4)
    title = next(cell.source for cell in notebook.cells).splitlines()[0].lstrip("# ")
    config = Config()
    config.SlidesExporter.extra_template_basedirs = [str(TEMPLATES)]
    config.SlidesExporter.template_name = DECK.name
    exporter = SlidesExporter(config=config, reveal_url_prefix="reveal", reveal_theme="deck")
    page, _ = exporter.from_notebook_node(Deck(notebook).notebook(title))
    write_whole(folder / f"{path.stem}.html", page)
    return title


def mathjax() -> Path:
    """The file of MathJax that comes with the packages of the web site.

    Raises:
        NotebookError: it is not installed.
    """
    found = importlib.util.find_spec("sphinx-mathjax-offline")
    if found is None or found.origin is None:
        raise NotebookError("MathJax is missing: run `make slides`, or pip install -e '.[site]'")
    return Path(found.origin).parent / "static" / "mathjax" / "tex-svg.js"


def make(root: Path, names: list[str]) -> list[Path]:
    """Write the slides of the chapters, all that they load, and a page of contents.

    Raises:
        NotebookError: there is no such chapter, or MathJax is missing.
    """
    sources, script, folder = chosen(root, names), mathjax(), root / "build" / "slides"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(DECK / "reveal", folder / "reveal")
    write_whole(folder / "reveal" / "dist" / "theme" / "deck.css", (DECK / "deck.css").read_text())
    (folder / "mathjax").mkdir()
    shutil.copy(script, folder / "mathjax")
    titles = {path.stem: write_slides(path, folder) for path in sources}
    items = (f'<li><a href="{k}.html">{html.escape(v)}</a></li>' for k, v in titles.items())
    write_whole(folder / "index.html", PAGE.format(items="\n".join(items)))
    return [folder / f"{name}.html" for name in titles]


def main() -> None:
    """Read the command line, and write the slides."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these chapters")
    parser.add_argument("--root", type=Path, default=ROOT, help="the project (default: this one)")
    arguments = parser.parse_args()
    try:
        written = make(arguments.root.resolve(), arguments.names)
    except NotebookError as error:
        sys.exit(str(error))
    print(f"Slides of {len(written)} chapters: {written[0].parent / 'index.html'}")


if __name__ == "__main__":
    main()
