"""The table of a class, grades.csv: a row for each submission, from gradebook and records."""

import contextlib
import dataclasses
from pathlib import Path
from typing import Any

from grading.book.gradebook import read_grades
from grading.book.late import Due, dates_of_export, lateness, read_due
from grading.book.records import Record, all_records
from grading.book.roster import Person, match, read_roster
from grading.book.sheets import sheet
from grading.course import graded_cells, read_notebook
from tools.files import write_whole

from nbgrader.api import MissingEntry
from traitlets.config import Config

GRADED, BY_HAND, LOOK = "graded", "to grade by hand", "needs a look"
NOTHING = "nothing handed in"


def questions(out: Path, name: str) -> list[str]:
    """The names of an assignment's cells that have points, in order."""
    source = read_notebook(out / "source", name)
    return [cell.metadata.nbgrader.grade_id for cell in graded_cells(source)]


def make_row(
    out: Path,
    settings: Config,
    name: str,
    student: str,
    record: Record,
    rules: list[Due] | None = None,
    export: bool = False,
) -> dict[str, Any]:
    """A student's row of grades.csv; what waits for a person has no points, and the total none.

    rules, export: when the assignment is due, and whether the files' dates say who was late.

    Raises:
        MissingEntry: the gradebook does not have the submission.
    """
    before = [f"handed in before: {', '.join(record.earlier)}"] if record.earlier else []
    message = "; ".join([*record.doubts, *record.notes, *before])
    row: dict[str, Any] = {
        "student": student, "name": record.name, "assignment": name, "state": LOOK, "total": "",
        "so far": "", "max": "", "message": message,
    }  # fmt: skip
    if not record.has_grade:
        return row
    found = read_grades(out, settings, name, student)
    grades = {question: found[question] for question in questions(out, name)}
    by_hand = any(grade.by_hand for grade in grades.values())
    waits = any(grade.waits for grade in grades.values())
    row["max"] = sum(grade.most for grade in grades.values())
    late = lateness(rules or [], name, student, record, row["max"], export)
    gained = sum(grade.points for grade in grades.values() if not grade.waits)
    row["late"], row["undated"] = min(late.points, gained), late.undated
    row["so far"] = gained - row["late"]
    row["total"] = "" if waits else row["so far"]
    why = late.why
    if row["late"] < late.points:  # else column and message name two numbers
        why += f", but there are only {gained:g}{' so far' if waits else ''}"
    row["message"] = "; ".join(filter(None, [why, row["message"]]))
    row["state"] = LOOK if record.doubts else BY_HAND if by_hand else GRADED
    if by_hand and record.doubts:
        row["message"] += f"; {BY_HAND}"
    points = {q: "" if grade.waits else grade.points for q, grade in grades.items()}
    return row | points


def add_people(rows: list[dict[str, Any]], people: list[Person]) -> list[dict[str, Any]]:
    """Say in each row who it is; returns the rows of those who handed nothing in."""
    known = match({row["student"] for row in rows}, people)
    there = {(person, row["assignment"]) for row in rows if (person := known.get(row["student"]))}
    for row in rows:
        person = known.get(row["student"])
        if person:
            row |= dataclasses.asdict(person)
        elif people:
            row["message"] = "; ".join(
                filter(
                    None, [row["message"], "not in the roster, or like two in it: the points stand"]
                )
            )
    called = {person: student for student, person in known.items()}
    return [
        {
            "student": called.get(person, person.name), "assignment": name, "state": NOTHING,
            "total": "", "so far": "", "max": "", "message": "", **dataclasses.asdict(person),
        }
        for name in sorted({row["assignment"] for row in rows})
        for person in people
        if (person, name) not in there
    ]  # fmt: skip


def write_table(out: Path, settings: Config) -> list[dict[str, Any]]:
    """Write grades.csv anew, of all that was ever graded in this folder; returns its rows."""
    rows = []
    columns: dict[str, None] = {}
    rules = read_due(out)
    records = list(all_records(out))
    export = [
        name
        for name in sorted({name for name, _, _ in records})
        if rules and dates_of_export(record for other, _, record in records if other == name)
    ]
    for name, student, record in records:
        with contextlib.suppress(MissingEntry):
            rows.append(make_row(out, settings, name, student, record, rules, name in export))
            columns |= dict.fromkeys(questions(out, name))
    people = read_roster(out)
    rows += add_people(rows, people)
    rows.sort(key=lambda row: (row["assignment"], row["student"]))
    write_whole(out / "grades.csv", sheet(heads_of(out, list(columns)), rows))
    return rows


def heads_of(out: Path, questions: list[str]) -> list[str]:
    """The columns of grades.csv."""
    roster = ["number", "address"] if read_roster(out) else []
    late = ["late"] if read_due(out) else []
    about = ["student", "name", *roster, "assignment", "state", "total", "so far", *late, "max"]
    return [*about, *questions, "message"]
