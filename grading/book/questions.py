"""What the questions of an assignment are called, and what a submission says to each of them."""

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

from grading.course import ADDED_CELL, graded_cells

import nbformat
from nbformat import NotebookNode
from nbgrader import utils

CODE = re.compile(r"^\s*#\s*(Question (\d+)\b.*)$", re.MULTILINE)
WRITTEN = re.compile(r"\*\*(Question \d+[^*]*?)\.?\*\*")
TEST = re.compile(r"^\s*#\s*Test of question (\d+)\b", re.MULTILINE)
RUBRIC = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)
DIGITS = re.compile(r"[-+]?\d[\d.]*(?:e[-+]?\d+)?", re.IGNORECASE)
LONGEST = 300  # characters of a message


@dataclasses.dataclass(frozen=True)
class Question:
    """What has points of its own: a test, or a written answer."""

    name: str  # nbgrader's grade_id
    title: str
    most: float
    written: bool
    rubric: str = ""  # Markdown


def questions_of(source: NotebookNode) -> list[Question]:
    """The questions of an assignment's source, in order, called as students know them."""
    asked = {
        found[2]: found[1].strip() for cell in source.cells if (found := CODE.search(cell.source))
    }
    cells = graded_cells(source)
    titles = [_title(cell, asked) for cell in cells]
    result = []
    for cell, title in zip(cells, titles, strict=True):
        about = cell.metadata.nbgrader
        whole = f"{title} ({about.grade_id})" if titles.count(title) > 1 else title
        written = utils.is_solution(cell)
        rubric = "\n".join(RUBRIC.findall(cell.source)).strip() if written else ""
        result.append(Question(about.grade_id, whole, float(about.points), written, rubric))
    return result


def _title(cell: NotebookNode, asked: dict[str, str]) -> str:
    """Question 2: double; the name of the cell where it says nothing."""
    test, written = TEST.search(cell.source), WRITTEN.search(cell.source)
    if test and test[1] in asked:
        return asked[test[1]]
    return written[1] if written else cell.metadata.nbgrader.grade_id


def read_cells(path: Path) -> list[NotebookNode]:
    """The cells of a notebook that the grading wrote; none where there is none."""
    try:
        return nbformat.v4.reads(path.read_text(encoding="utf-8")).cells
    except OSError:
        return []


def failed_tests(cells: list[NotebookNode]) -> Iterator[tuple[str, str]]:
    """(test, message) of each test of an autograded notebook that was not passed."""
    for cell in cells:
        if utils.is_grade(cell) and not utils.is_solution(cell):
            for output in cell.get("outputs", []):
                if output.output_type == "error":
                    yield cell.metadata.nbgrader.grade_id, message_of(output)


def message_of(error: NotebookNode) -> str:
    """What a failed test says, without the name of the error where that is no news."""
    lines = [line.strip() for line in str(error.get("evalue", "")).splitlines() if line.strip()]
    said = " ".join(lines)[:LONGEST]
    kind = str(error.get("ename", ""))
    return (
        said if said and kind in ("AssertionError", "Stopped") else f"{kind}: {said}".rstrip(": ")
    )


def kind_of(message: str) -> str:
    """The same for two messages that differ in numbers alone: each student has other ones."""
    return DIGITS.sub("#", message)


def essay(cells: list[NotebookNode], question: str, release: NotebookNode) -> str:
    """What a student wrote to a question, without the question, and in cells of the own."""
    given = {
        line.strip()
        for cell in release.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") == question
        for line in cell.source.splitlines()
    }
    found: list[str] = []
    for cell in cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == question:
            lines = [line for line in cell.source.splitlines() if line.strip() not in given]
            found.insert(0, "\n".join(lines).strip())
        elif cell.cell_type == "markdown" and cell.get("id", "").startswith(ADDED_CELL):
            found.append(f"(in a cell of the student's own)\n{cell.source.strip()}")
    return "\n\n".join(filter(None, found))
