"""A small course of one assignment, `adding`, that is graded in a second: for tests of grading.

Three questions with tests, two points each, and one to be graded by hand, four points.
"""

import copy
import csv
import json
import subprocess
import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ROOT = Path(__file__).parents[2]
NAME = "adding"
TESTS = {"test_add": 2.0, "test_double": 2.0, "test_mean": 2.0}
RIGHT = {
    "add": "# Question 1: add\ndef add(a, b):\n    return a + b",
    "double": "# Question 2: double\ndef double(a):\n    return 2 * a",
    "mean": "# Question 3: mean\ndef mean(values):\n    return np.mean(values)",
    "why": "**Question 4 (written).** Why?\n\nBecause it can.",
}
WRITTEN = """**Question 4 (written).** Why?

### BEGIN SOLUTION
Because there is no reason against it.
### END SOLUTION"""


def marked(cell: NotebookNode, grade_id: str, points: float | None = None, answer: bool = False):
    """A cell with nbgrader's metadata."""
    cell.id = grade_id
    cell.metadata.nbgrader = NotebookNode(
        grade=points is not None, grade_id=grade_id, locked=not answer, schema_version=3,
        solution=answer, task=False,
    )  # fmt: skip
    if points is not None:
        cell.metadata.nbgrader.points = points
    return cell


def question(number: int, name: str, visible: str, hidden: str) -> list[NotebookNode]:
    """The answer cell and the test cell of a question."""
    line, code = RIGHT[name].split("\n", 1)
    answer = f"{line}\n### BEGIN SOLUTION\n{code}\n### END SOLUTION"
    test = (
        f"# Test of question {number}\n{visible}\n### BEGIN HIDDEN TESTS\n"
        "values = np.random.default_rng().normal(size=5)  # fresh numbers\n"
        f"{hidden}\n### END HIDDEN TESTS"
    )
    return [
        marked(new_code_cell(answer), name, answer=True),
        marked(new_code_cell(test), f"test_{name}", 2),
    ]


def source(extra: str = "") -> NotebookNode:
    """The assignment with solutions and hidden tests; `extra` goes into the first hidden test."""
    cells = [
        new_markdown_cell("# Adding", id="opening"),
        marked(new_code_cell("# Given\nimport numpy as np"), "setup"),
        *question(
            1, "add", "assert add(1, 2) == 3, 'one and two make three'",
            "assert np.allclose(add(values, 1), values + 1), 'not for all values'" + extra,
        ),
        *question(
            2, "double", "assert double(2) == 4, 'twice two is four'",
            "assert all(double(v) == 2 * v for v in values), 'not for all values'",
        ),
        *question(
            3, "mean", "assert mean([1, 3]) == 2, 'two is between one and three'",
            "np.testing.assert_allclose(mean(values), sum(values) / len(values))",
        ),
        marked(new_markdown_cell(WRITTEN), "why", 4, answer=True),
    ]  # fmt: skip
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {
        "kernelspec": kernel,
        "grading": {"cell_seconds": 8, "seconds": 120, "memory": 2**30},
    }
    return new_notebook(cells=cells, metadata=metadata)


def write(folder: Path, notebook: NotebookNode | None = None) -> Path:
    """Write the course below a folder, and return that."""
    path = folder / "source" / NAME / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook or source(), path)
    (folder / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'small'\n"
    )
    return folder


def with_answers(notebook: NotebookNode, **answers: str) -> NotebookNode:
    """The release with right answers, or those given."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id in RIGHT:
            cell.source = answers.get(grade_id, RIGHT[grade_id])
    return notebook


def hand_in(folder: Path, student: str, notebook: NotebookNode | bytes) -> Path:
    """Store a submission in nbgrader's layout; content that is no notebook as it is."""
    path = folder / student / NAME / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(notebook, bytes):
        path.write_bytes(notebook)
    else:
        path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


def run_grading(course: Path, *arguments, check: bool = True) -> subprocess.CompletedProcess:
    """Run a command of the grading in a process of its own, as make does."""
    command = [sys.executable, "-m", "grading", "--course", str(course), *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


def read_table(out: Path) -> dict[str, dict[str, str]]:
    """The rows of grades.csv, by student."""
    with (out / "grades.csv").open(newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def points_of(row: dict[str, str]) -> dict[str, float | None]:
    """The points of the tests in a row, None where there is no grade."""
    return {name: float(row[name]) if row[name] else None for name in TESTS}
