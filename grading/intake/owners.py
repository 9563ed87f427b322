"""Whose file it is, as its path says.

No two platforms name files alike, so a path is read in three steps: which parts of it are a
platform's own (Moodle's _assignsubmission_file_, Canvas's numbers, Blackboard's _attempt_),
what in it names the assignment, and what is left names the student.
"""

import contextlib
import dataclasses
import datetime
import re
from pathlib import Path

from grading.intake.uploads import File

MOODLE = re.compile(
    r"(?P<name>.+)_(?P<number>\d+)_assignsubmission_(?:file|onlinetext)_?(?P<file>.*)"
)
CANVAS = re.compile(r"(?P<name>[^_]+)(?P<late>_LATE)?_(?P<number>\d+)_\d+_(?P<file>.+)")
BLACKBOARD = re.compile(
    r".+?_(?P<name>[^_]+)_attempt_(?P<date>[\d-]+)(?:_(?P<file>.+))?", re.IGNORECASE
)
REPEATED = re.compile(r"(?P<stem>.+?)(?:-(?P<number>\d+)| ?\((?P<bracket>\d+)\))$")


@dataclasses.dataclass(frozen=True)
class OwnedFile:
    """A file, and what its path says of it."""

    file: File
    student: str
    stem: str  # the notebook's own name, without a platform's additions
    repeat: int
    late: bool
    time: float = 0.0  # as the path says it, seconds since 1970; 0 where it does not


def common_folders(files: list[File], assignments: list[str]) -> int:
    """How many folders all files are in together, where students' folders lie below them."""
    paths = [file.path.split("/")[:-1] for file in files if file.path.endswith(".ipynb")]
    common = 0
    while paths and all(len(path) > common for path in paths):
        if len({path[common] for path in paths}) > 1:
            return common
        common += 1
        below = {path[common] for path in paths if len(path) > common}
        if len(below - set(assignments)) > 1:
            return common
    return 0


def find_owner(file: File, assignments: list[str], common: int) -> OwnedFile | None:
    """Whose file this is, None where nothing in its path says that."""
    *folders, name = file.path.split("/")
    stem = Path(name).stem
    for part in (*folders, stem):
        for pattern in (MOODLE, CANVAS, BLACKBOARD):
            match = pattern.fullmatch(part)
            if match:
                parts = match.groupdict()
                student = "_".join(filter(None, (parts["name"], parts.get("number"))))
                own = (parts.get("file") or "") if part is stem else stem
                owned = _owned(file, student, own, bool(parts.get("late")))
                return owned and dataclasses.replace(owned, time=_time(parts.get("date")))
    # nbgrader's layout: ada/discriminator_loss/discriminator_loss.ipynb.
    for above, folder in zip(folders, folders[1:], strict=False):
        if folder in assignments:
            return _owned(file, above, stem)
    people = [part for part in folders[common:] if part not in assignments]
    if people:
        return _owned(file, people[0], stem)
    plain, _ = without_repeat(stem)
    for assignment in sorted(assignments, key=len, reverse=True):
        if plain == assignment or not file.is_notebook:
            return None
        for around in (f"(?P<name>.+?)[_\\- ]+{assignment}", f"{assignment}[_\\- ]+(?P<name>.+)"):
            match = re.fullmatch(around, plain)
            if match:
                return _owned(file, match["name"], assignment)
    return _owned(file, stem, stem)


def _time(date: str | None) -> float:
    """Blackboard's 2026-01-30-15-00-00 as seconds since 1970, 0 for anything else."""
    with contextlib.suppress(ValueError):
        return datetime.datetime.strptime(date or "", "%Y-%m-%d-%H-%M-%S").timestamp()
    return 0.0


def _owned(file: File, student: str, stem: str, late: bool = False) -> OwnedFile | None:
    # Letters of every alphabet; but no character that paths, patterns or tables give a meaning.
    student = re.sub(r"[^\w.@-]+", "_", student).strip("_.@-")
    plain, repeat = without_repeat(stem)
    return OwnedFile(file, student, plain, repeat, late) if student else None


def without_repeat(stem: str) -> tuple[str, int]:
    """A name without the -1 or (1) that a platform or browser adds to a repeated upload."""
    match = REPEATED.fullmatch(stem)
    if match is None:
        return stem, 0
    return match["stem"], int(match["number"] or match["bracket"])


def named_assignment(found: OwnedFile, assignments: list[str]) -> str | None:
    """The assignment that the notebook's name, or a folder above it, names."""
    parts = [found.stem, *reversed(found.file.path.split("/")[:-1])]
    exact = [part for part in parts if part in assignments]
    inside = [name for part in parts for name in assignments if name in part]
    return next(iter(exact + inside), None)
