"""How long the chapters and assignments take: the table of the syllabus, counted from them.

python -m tools.hours writes it anew into notebooks/assignments/syllabus.md.
"""

import math
import re
from pathlib import Path

from tools.files import write_whole
from tools.slides import Deck

import nbformat
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "notebooks" / "assignments" / "syllabus.md"
WORDS = 100  # a minute, of text with formulas and predictions
LINES = 8  # a minute, of code that is to be understood
EXERCISE = 10  # minutes
SLIDE = 2  # minutes
TABLE = re.compile(r"(<!-- from tools/hours\.py -->\n).*?(<!-- end -->)", re.DOTALL)
TIME = re.compile(r"\*Estimated time:\* (\d+) minutes")
MAKES = re.compile(r"\*Points:\* (\d+)")
CHAPTER_HEAD = """| chapter | words | lines of code | exercises | runs | minutes alone | slides |
| --- | --- | --- | --- | --- | --- | --- |"""
WORK_HEAD = """| assignment | points | minutes |
| --- | --- | --- |"""


def words(notebook: NotebookNode) -> int:
    """The words of a notebook's text."""
    cells = (cell for cell in notebook.cells if cell.cell_type == "markdown")
    return sum(len(cell.source.split()) for cell in cells)


def lines(notebook: NotebookNode) -> int:
    """The lines of code that a reader sees: not folded, not empty."""
    return sum(
        bool(line.strip())
        for cell in notebook.cells
        if cell.cell_type == "code" and not cell.metadata.get("jupyter", {}).get("source_hidden")
        for line in cell.source.splitlines()
    )


def exercises(notebook: NotebookNode) -> int:
    """The exercises of a chapter: each has a folded answer."""
    return sum(cell.source.count("<details") for cell in notebook.cells)


def minutes(notebook: NotebookNode, seconds: int) -> int:
    """What a reader needs alone, in steps of five minutes."""
    work = words(notebook) / WORDS + lines(notebook) / LINES + EXERCISE * exercises(notebook)
    return 5 * math.ceil((work + seconds / 60) / 5)


def run_times(readme: str) -> dict[str, int]:
    """Chapter -> seconds that it runs, as README.md has them."""
    rows = re.findall(r"^\| \[(\d\d_\w+)\].*?\| (\d+) s \|", readme, re.MULTILINE)
    return {name: int(seconds) for name, seconds in rows}


def title(notebook: NotebookNode) -> str:
    """The heading of a notebook."""
    return notebook.cells[0].source.splitlines()[0].lstrip("# ")


def chapter_row(path: Path, seconds: int) -> str:
    """A chapter's row of the table."""
    notebook = nbformat.read(path, as_version=4)
    slides = len(Deck(notebook).slides)
    counts = (round(words(notebook), -2), round(lines(notebook), -1), exercises(notebook))
    numbers = (*map("{:,}".format, counts), f"{seconds} s", minutes(notebook, seconds), slides)
    return f"| [{title(notebook)}](../{path.name}) | {' | '.join(map(str, numbers))} |"


def work_row(path: Path) -> str:
    """An assignment's row of the table."""
    notebook = nbformat.read(path, as_version=4)
    opening = notebook.cells[0].source
    time, points = TIME.search(opening), MAKES.search(opening)
    if time is None or points is None:
        raise ValueError(f"{path.name} must say its *Estimated time:* in minutes and its *Points:*")
    return f"| {title(notebook)} | {points[1]} | {time[1]} |"


def table(root: Path) -> str:
    """Both tables, of chapters and of assignments."""
    times = run_times((root / "README.md").read_text(encoding="utf-8"))
    chapters = sorted((root / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    releases = (root / "notebooks" / "assignments" / "release").glob("*/*.ipynb")
    read = [chapter_row(path, times[path.stem]) for path in chapters]
    return "\n".join([CHAPTER_HEAD, *read, "", WORK_HEAD, *sorted(map(work_row, releases))])


def main() -> None:
    """Write the tables into the syllabus."""
    text = PAGE.read_text(encoding="utf-8")
    made = table(ROOT)
    write_whole(PAGE, TABLE.sub(lambda found: f"{found[1]}\n{made}\n\n{found[2]}", text))
    print(made)


if __name__ == "__main__":
    main()
