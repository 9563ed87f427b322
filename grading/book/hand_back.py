"""What goes back to a learning platform: points and feedback pages, under its own names.

The formats are those that the platforms document or read:

Moodle      a grading worksheet (Identifier, Grade, Last modified) for "Upload grading worksheet";
            a zip with the folders of its export for "Upload multiple feedback files in a zip"
Canvas      a gradebook csv (Student, ID, ..., Section, assignment) for "Import grades"; a zip with
            the names of its export, whose numbers say whose comment a file is
Blackboard  a csv with Username for "Upload" in Grade Center; it has no upload for many pages
"""

import datetime
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grading.book.feedback import page_path
from grading.book.records import Record, read_record
from grading.book.sheets import number, sheet
from grading.book.table import NOTHING
from tools.files import write_whole

Pair = tuple[dict[str, Any], Record]


class HandBackError(RuntimeError):
    """There is nothing to hand back; the message says what to do."""


def hand_back(out: Path, rows: list[dict[str, Any]], only: str | None, column: str) -> list[str]:
    """Write return/ASSIGNMENT/ anew, below a grading's folder; returns what to tell the teacher.

    rows: of grades.csv. only: the one assignment to hand back, None for each.
    column: what the platform calls the column for the points; empty for the assignment's own name.

    Raises:
        HandBackError: nothing was graded, or one column is named for several assignments.
    """
    names = sorted({row["assignment"] for row in rows if only in (None, row["assignment"])})
    if not names:
        raise HandBackError(f"nothing was graded in {out}: run make grade SUBMISSIONS=... first")
    if column and len(names) > 1:
        raise HandBackError(f"COLUMN needs ASSIGNMENT, one of {', '.join(names)}")
    told = []
    for name in names:
        of_it = [row for row in rows if row["assignment"] == name]
        told += _hand_back_one(out, name, of_it, column)
    return told


def _hand_back_one(out: Path, name: str, rows: list[dict[str, Any]], column: str) -> list[str]:
    """Write the files of one assignment."""
    folder = out / "return" / name
    for old in folder.glob("*.*"):
        old.unlink()
    pairs = [
        (row, record)
        for row in rows
        if (record := read_record(out, name, row["student"])) is not None
    ]
    told = []
    ready = [(row, record) for row, record in pairs if row["total"] != ""]
    if len(ready) < len(pairs):
        told.append(
            f"{name}: {len(pairs) - len(ready)} have no total yet and are in no csv: "
            "grade their essays or look at them, then run this again"
        )
    for platform in sorted({record.platform for _, record in pairs} - {""}):
        of_it = [pair for pair in ready if pair[1].platform == platform]
        if not of_it:  # nothing to upload
            continue
        path = folder / f"{platform}_grades.csv"
        write_whole(path, SHEETS[platform](of_it, column or name))
        told.append(f"{name}: {len(of_it)} grades for {platform.capitalize()}: {path}")
    for platform in sorted({record.platform for _, record in pairs}):
        pages = {
            PAGES[platform](name, record, row["student"]): page_path(out, name, row["student"])
            for row, record in pairs
            if record.platform == platform
        }
        path = folder / (f"{platform}_feedback.zip" if platform else "feedback.zip")
        write_whole(path, zipped(pages))
        told.append(f"{name}: {len(pages)} feedback pages: {path}")
    missing = [row for row in rows if row["state"] == NOTHING]
    if missing:
        path = folder / "missing.csv"
        write_whole(path, sheet(("name", "number", "address"), missing, bom=True))
        told.append(f"{name}: {len(missing)} handed nothing in: {path}")
    elif not any("number" in row for row in rows):
        told.append(f"{name}: who handed nothing in is not known: make grade ROSTER=class.csv")
    return told


def zipped(pages: dict[str, Path]) -> bytes:
    """A zip of the pages that are there, under these names."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in sorted(pages.items()):
            if path.exists():
                archive.write(path, name)
    return data.getvalue()


def moodle_sheet(pairs: list[Pair], column: str) -> str:
    """The grading worksheet of a Moodle assignment."""
    # Moodle leaves a grade alone that was changed after this date.
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    rows = [
        {
            "Identifier": f"Participant {record.account}",
            "Full name": row["name"], "Email address": row.get("address", ""),
            "Grade": number(row["total"]), "Maximum grade": number(row["max"]),
            "Last modified (grade)": now,
        }
        for row, record in pairs
    ]  # fmt: skip
    heads = ("Identifier", "Full name", "Email address", "Grade", "Maximum grade",
             "Last modified (grade)")  # fmt: skip
    return sheet(heads, rows, bom=True)


def canvas_sheet(pairs: list[Pair], column: str) -> str:
    """A gradebook of Canvas with one assignment, whose second line has the points possible."""
    rows = [
        {"Student": row["name"], "ID": record.account, column: number(row["total"])}
        for row, record in pairs
    ]
    if pairs:
        rows.insert(0, {"Student": "    Points Possible", column: number(pairs[0][0]["max"])})
    heads = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section", column)
    return sheet(heads, rows, bom=True)


def blackboard_sheet(pairs: list[Pair], column: str) -> str:
    """A csv for Blackboard's Grade Center; without its column's number it makes a new column."""
    rows = [{"Username": record.account, column: number(row["total"])} for row, record in pairs]
    return sheet(("Username", column), rows, bom=True, quote_all=True)


def moodle_page(name: str, record: Record, student: str) -> str:
    """Moodle reads name, number and plugin from the folder, by its underscores."""
    return f"{record.upload.rstrip('_')}_/{name}.html"


def flat_page(name: str, record: Record, student: str) -> str:
    """Canvas reads two numbers from the file's name: of the student, and of the upload."""
    return f"{record.upload}.html"


def own_page(name: str, record: Record, student: str) -> str:
    """Of no platform: a folder for each student."""
    return f"{student}/{name}.html"


SHEETS: dict[str, Callable[[list[Pair], str], str]] = {
    "moodle": moodle_sheet, "canvas": canvas_sheet, "blackboard": blackboard_sheet,
}  # fmt: skip
PAGES: dict[str, Callable[[str, Record, str], str]] = {
    "moodle": moodle_page, "canvas": flat_page, "blackboard": flat_page, "": own_page,
}  # fmt: skip
