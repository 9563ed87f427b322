"""What is known of each submission beside its points: state/ASSIGNMENT/STUDENT.json.

A record is written last of all that belongs to a submission, so that whatever was cut short is
done again.
"""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.files import write_whole


@dataclasses.dataclass
class Record:
    """What state/ASSIGNMENT/STUDENT.json holds of one submission."""

    key: str | None  # of the submission and of all that grades it; None: grade it again
    has_grade: bool
    path: str
    notes: list[str]
    doubts: list[str]
    seconds: float
    page_digest: str = ""  # of the points and comments in the feedback page
    page_file: str = ""  # of that page as it was written
    earlier: list[str] = dataclasses.field(default_factory=list)  # paths of versions before it
    name: str = ""  # of the student, as the platform wrote it
    platform: str = ""  # moodle, canvas, blackboard, or none of them
    upload: str = ""  # what the platform called the upload
    account: str = ""  # by which the platform knows the student
    time: float = 0.0  # when it was handed in, seconds since 1970; 0 where nothing says it


# What a later run may know better although nothing has to be graded again.
OF_SUBMISSION = ("earlier", "name", "platform", "upload", "account", "time")


def note_submission(record: Record, submission: Any) -> bool:
    """Note who handed a submission in, when and through what; whether any of it is new."""
    before = dataclasses.replace(record)
    for field in OF_SUBMISSION:
        value = getattr(submission, field)
        setattr(record, field, list(value) if isinstance(value, tuple) else value)
    return record != before


def record_path(out: Path, name: str, student: str) -> Path:
    """Where the record of a submission lies."""
    return out / "state" / name / f"{student}.json"


def read_record(out: Path, name: str, student: str) -> Record | None:
    """What is known of a submission, None if nothing."""
    try:
        text = record_path(out, name, student).read_text(encoding="utf-8")
        return Record(**json.loads(text))
    except (OSError, ValueError, TypeError):
        return None


def write_record(out: Path, name: str, student: str, record: Record) -> None:
    """Store the record of a submission."""
    text = json.dumps(dataclasses.asdict(record), indent=1)
    write_whole(record_path(out, name, student), text + "\n")


def all_records(out: Path) -> Iterator[tuple[str, str, Record]]:
    """(assignment, student, record) of all that was ever graded in a folder."""
    for path in sorted(out.glob("state/*/*.json")):
        name, student = path.parent.name, path.stem
        record = read_record(out, name, student)
        if record is not None:
            yield name, student, record
