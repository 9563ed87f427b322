"""The table of a class, grades.csv: a row for each submission, from gradebook and records."""

import contextlib
import csv
import io
from pathlib import Path
from typing import Any

from grading.book.gradebook import read_grades
from grading.book.records import Record, all_records
from grading.course import graded_cells, read_notebook
from tools.files import write_whole

from nbgrader.api import MissingEntry
from traitlets.config import Config

GRADED, BY_HAND, LOOK = "graded", "to grade by hand", "needs a look"


def questions(out: Path, name: str) -> list[str]:
    """The names of an assignment's cells that have points, in order."""
    source = read_notebook(out / "source", name)
    return [cell.metadata.nbgrader.grade_id for cell in graded_cells(source)]


def make_row(
    out: Path, settings: Config, name: str, student: str, record: Record
) -> dict[str, Any]:
    """A student's row of grades.csv; what waits for a person has no points, and the total none.

    Raises:
        MissingEntry: the gradebook does not have the submission.
    """
    before = [f"handed in before: {', '.join(record.earlier)}"] if record.earlier else []
    message = "; ".join([*record.doubts, *record.notes, *before])
    row: dict[str, Any] = {
        "student": student, "assignment": name, "state": LOOK, "total": "", "so far": "",
        "max": "", "message": message,
    }  # fmt: skip
    if not record.has_grade:
        return row
    found = read_grades(out, settings, name, student)
    grades = {question: found[question] for question in questions(out, name)}
    by_hand = any(grade.by_hand for grade in grades.values())
    waits = any(grade.waits for grade in grades.values())
    row["so far"] = sum(grade.points for grade in grades.values() if not grade.waits)
    row["total"] = "" if waits else row["so far"]
    row["max"] = sum(grade.most for grade in grades.values())
    row["state"] = LOOK if record.doubts else BY_HAND if by_hand else GRADED
    if by_hand and record.doubts:
        row["message"] += f"; {BY_HAND}"
    points = {q: "" if grade.waits else grade.points for q, grade in grades.items()}
    return row | points


def write_table(out: Path, settings: Config) -> list[dict[str, Any]]:
    """Write grades.csv anew, of all that was ever graded in this folder; returns its rows."""
    rows = []
    columns: dict[str, None] = {}
    for name, student, record in all_records(out):
        with contextlib.suppress(MissingEntry):
            rows.append(make_row(out, settings, name, student, record))
            columns |= dict.fromkeys(questions(out, name))
    rows.sort(key=lambda row: (row["assignment"], row["student"]))
    heads = ["student", "assignment", "state", "total", "so far", "max", *columns, "message"]
    text = io.StringIO()
    table = csv.DictWriter(text, heads, restval="", lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    write_whole(out / "grades.csv", text.getvalue())
    return rows
