"""Due dates, and what comes off for a day: due.csv beside the results.

`make grade DUE=... LATE=...` writes its lines, and a teacher may add to it: a line with a student
is an extension for that student alone, and a date under "handed in" counts before the file's.
"""

import csv
import dataclasses
import datetime
import io
import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from grading.book.records import Record
from grading.book.sheets import sheet
from tools.files import write_whole

HEADS = ("assignment", "student", "due", "percent a day", "handed in")
MINUTE = "%Y-%m-%d %H:%M"
DAY_ENDS = datetime.time(23, 59, 59)
DAY = 24 * 60 * 60
UNKNOWN = (
    "perhaps late, but nothing comes off: all files have one date, that of the export. Write who "
    "was late into due.csv, under student and handed in"
)
EXPORT_SECONDS = 600  # in which a platform writes all files of an export


class DueError(ValueError):
    """A due date cannot be read; the message says what is expected."""


@dataclasses.dataclass(frozen=True)
class Due:
    """When an assignment is due, and how much of its points a late day costs."""

    assignment: str
    student: str  # empty: everybody
    due: datetime.datetime
    percent: float = 0.0
    handed_in: datetime.datetime | None = None  # where a teacher knows better than the file


@dataclasses.dataclass(frozen=True)
class Late:
    """How late a submission is, and what comes off."""

    days: int = 0
    points: float = 0.0
    why: str = ""  # in words for the teacher
    undated: bool = False  # late by the file's date, which is not the student's


def parse_due(text: str) -> datetime.datetime:
    """A date, whose day counts to its end, or a date and a time.

    Raises:
        DueError: it is neither.
    """
    try:
        date = datetime.datetime.fromisoformat(text.strip())
    except ValueError:
        raise DueError(f"DUE must be 2026-01-30 or '2026-01-30 18:00', got {text!r}") from None
    if len(text.strip()) <= len("2026-01-30"):
        date = datetime.datetime.combine(date, DAY_ENDS)
    return date.replace(tzinfo=None)


def parse_percent(text: str) -> float:
    """How many percent of an assignment's points come off for each late day.

    Raises:
        DueError: it is no number from 0 to 100.
    """
    try:
        percent = float(text.strip().rstrip("%") or 0)
    except ValueError:
        percent = math.nan
    if not 0 <= percent <= 100:
        raise DueError(f"LATE must be a number from 0 to 100, percent a day, got {text!r}")
    return percent


def keep_due(out: Path, names: Iterable[str], due: str | None, percent: str | None) -> None:
    """Note when assignments are due, in the place of what was noted for everybody before.

    Raises:
        DueError: it cannot be read, or there is a LATE without any DUE.
    """
    rules = {(rule.assignment, rule.student): rule for rule in read_due(out)}
    for name in names:
        old = rules.get((name, ""))
        if due is None and old is None:
            raise DueError(f"LATE needs DUE, the date on which {name} is due")
        date = parse_due(due) if due is not None else old.due  # type: ignore[union-attr]
        share = parse_percent(percent) if percent is not None else old.percent if old else 0.0
        rules[name, ""] = Due(name, "", date, share)
    rows = [
        {
            "assignment": rule.assignment, "student": rule.student, "due": written(rule.due),
            "percent a day": f"{rule.percent:g}", "handed in": written(rule.handed_in),
        }
        for _, rule in sorted(rules.items())
    ]  # fmt: skip
    write_whole(out / "due.csv", sheet(HEADS, rows))


def written(date: datetime.datetime | None) -> str:
    """A date as parse_due reads it."""
    if date is None:
        return ""
    return f"{date:%Y-%m-%d}" if date.time() == DAY_ENDS else f"{date:{MINUTE}}"


def read_due(out: Path) -> list[Due]:
    """The due dates of a grading; empty where there are none.

    Raises:
        DueError: a line of due.csv cannot be read; with its number.
    """
    path = out / "due.csv"
    if not path.exists():
        return []
    found: dict[tuple[str, str], Due] = {}
    lines = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")))
    cells = [{head: (line.get(head) or "").strip() for head in HEADS} for line in lines]
    # Lines for everybody first: what one for a student leaves empty is as for the others.
    for number, line in sorted(enumerate(cells, start=2), key=lambda one: bool(one[1]["student"])):
        name, student, due, percent, handed_in = (line[head] for head in HEADS)
        usual = found.get((name, ""))
        try:
            found[name, student] = Due(
                name, student,
                usual.due if usual and not due else parse_due(due),
                usual.percent if usual and not percent else parse_percent(percent),
                parse_due(handed_in) if handed_in else None,
            )  # fmt: skip
        except DueError as error:
            raise DueError(f"{path}, line {number}: {error}") from None
    return list(found.values())


def dates_of_export(records: Iterable[Record]) -> bool:
    """Whether the files of an assignment all have one date: that of the export, not of students."""
    times = [record.time for record in records if record.platform != "blackboard"]
    return len(times) > 2 and max(times) - min(times) < EXPORT_SECONDS


def lateness(
    rules: list[Due], name: str, student: str, record: Record, most: float, export: bool = False
) -> Late:
    """How late a submission is.

    student: as in grades.csv, or its name there. most: the points of the assignment.
    export: whether the dates of the files say nothing, see dates_of_export; then nothing comes off.
    """
    fits = [r for r in rules if r.assignment == name and r.student in ("", student, record.name)]
    rule = next(iter(sorted(fits, key=lambda rule: rule.student == "")), None)
    if rule is None or not (record.time or rule.handed_in):
        return Late()
    when, known = rule.handed_in, "by due.csv"
    if when is None:
        if record.platform == "canvas" and "late" not in record.notes:  # Canvas itself knows
            return Late()
        when, known = datetime.datetime.fromtimestamp(record.time), "by the file's date"
    days = math.ceil((when - rule.due).total_seconds() / DAY)
    if days <= 0:
        return Late()
    if export and not rule.handed_in:
        return Late(undated=True)
    points = min(most, round(most * rule.percent / 100 * days, 2))
    counted = f"{days} day{'s' * (days > 1)} late {known}, {when:{MINUTE}}"
    return Late(
        days,
        points,
        f"{counted}: {points:g} point{'s' * (points != 1)} off" if rule.percent else counted,
    )


def tell_late(rows: list[dict[str, Any]]) -> list[str]:
    """A line for each assignment of which points come off; a student's own line is without it."""
    off = defaultdict(list)
    for row in rows:
        if row.get("late"):
            off[row["assignment"]].append(row["late"])
    return [
        f"{name}: {len(points)} late, {sum(points):g} point{'s' * (sum(points) != 1)} off in all: "
        "see the column late of grades.csv"
        for name, points in sorted(off.items())
    ]


def tell_undated(rows: list[dict[str, Any]]) -> list[str]:
    """A line for each assignment whose files do not say who was late."""
    counts = Counter(row["assignment"] for row in rows if row.get("undated"))
    return [f"{name}: {count} are {UNKNOWN}" for name, count in sorted(counts.items())]
