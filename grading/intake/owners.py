"""Whose file it is, as the outermost path says: inside a student's archive nothing says that.

No two platforms name files alike, so a path is read in three steps: which parts of it are a
platform's own (Moodle's _assignsubmission_file_, Canvas's numbers, Blackboard's _attempt_),
what in it names the assignment, and what is left names the student.
"""

import contextlib
import dataclasses
import datetime
import hashlib
import re
import unicodedata
from pathlib import Path

from grading.intake.uploads import File

MOODLE = re.compile(
    r"(?P<name>.+)_(?P<number>\d+)_assignsubmission_(?:file|onlinetext)_?(?P<file>.*)"
)
CANVAS = re.compile(r"(?P<name>[^_]+)(?P<late>_LATE)?_(?P<number>\d+)_\d+_(?P<file>.+)")
BLACKBOARD = re.compile(
    r".+?_(?P<name>[^_]+)_attempt_(?P<date>[\d-]+)(?:_(?P<file>.+))?", re.IGNORECASE
)
PLATFORMS = {"moodle": MOODLE, "canvas": CANVAS, "blackboard": BLACKBOARD}
REPEATED = re.compile(r"(?P<stem>.+?)(?:-(?P<number>\d+)| ?\((?P<bracket>\d+)\))$")
BRACKET = re.compile(r" ?\(\d+\)$")
COPY = re.compile(r"(?:copy of |kopie von |copie de )+", re.IGNORECASE)  # Google's
LONGEST_ID = 100  # bytes; it names files


@dataclasses.dataclass(frozen=True)
class OwnedFile:
    """A file, and what its path says of it."""

    file: File
    student: str  # fit for the name of a file
    stem: str  # the notebook's own name, without a platform's additions
    repeat: int
    late: bool
    time: float = 0.0  # as the path says it, seconds since 1970; 0 where it does not
    name: str = ""  # of the student, as the platform wrote it
    platform: str = ""  # a key of PLATFORMS, empty where the path is of none of them
    upload: str = ""  # what the platform called the upload: a folder of Moodle's, else a file
    account: str = ""  # the platform's number of the student, or Blackboard's user name


def common_folders(files: list[File], assignments: list[str]) -> int:
    """How many folders all files are in together, where students or their folders are below."""
    paths = [Path(file.owned_path) for file in files if not file.nobodys]
    folders = [path.parts[:-1] for path in paths]
    common = 0
    while folders and all(len(path) > common for path in folders):
        if len({path[common] for path in folders}) > 1:
            return common
        common += 1
        below = {path[common] for path in folders if len(path) > common}
        if len(below - set(assignments)) > 1:
            return common
    # All that is left lies in one folder: a student's own, or that of a class.
    stems = {path.stem for path in paths if path.suffix.lower() in (".ipynb", ".zip")}
    flat = bool(common) and all(len(path) == common for path in folders)
    of_students = [s for s in stems if plain_stem(s) not in assignments]
    return common if flat and len(stems) > 1 and len(of_students) == len(stems) else 0


def plain_stem(stem: str) -> str:
    """A notebook's name without what a platform or browser adds to a repeated upload."""
    return without_repeat(COPY.sub("", stem))[0]


def find_owner(file: File, assignments: list[str], common: int) -> OwnedFile | None:
    """Whose file this is, None where nothing in its path says that."""
    *folders, last = file.owned_path.split("/")
    outer, stem = Path(last).stem, Path(file.path).stem
    for part in (*folders, outer):
        for platform, pattern in PLATFORMS.items():
            match = pattern.fullmatch(part)
            if match:
                parts = match.groupdict()
                student = "_".join(filter(None, (parts["name"], parts.get("number"))))
                named = part is outer and not file.outer
                own = (parts.get("file") or "") if named else stem
                owned = _owned(file, student, Path(own).name, bool(parts.get("late")))
                return owned and dataclasses.replace(
                    owned, time=_time(parts.get("date")), platform=platform,
                    upload=part[: match.start("file")] if pattern is MOODLE else part,
                    account=parts.get("number") or parts["name"],
                )  # fmt: skip
    # nbgrader's layout: ada/discriminator_loss/discriminator_loss.ipynb.
    for above, folder in zip(folders, folders[1:], strict=False):
        if folder in assignments:
            return _owned(file, above, stem)
    people = [part for part in folders[common:] if part not in assignments]
    if people:
        return _owned(file, people[0], stem)
    return _owner_by_name(file, COPY.sub("", BRACKET.sub("", outer)), stem, assignments)


def _owner_by_name(file: File, outer: str, stem: str, assignments: list[str]) -> OwnedFile | None:
    """Whose file this is by its own name: ada, ada_ASSIGNMENT, ASSIGNMENT_ada."""
    for assignment in sorted(assignments, key=len, reverse=True):
        name = re.escape(assignment)
        if plain_stem(outer) == assignment or outer == assignment:
            return None
        # ada_ASSIGNMENT-1 is uploaded again, but ASSIGNMENT_group-1 is another group.
        for around in (rf"(?P<name>.+?)[_\- ]+{name}(?:-\d+)?", rf"{name}[_\- ]+(?P<name>.+)"):
            match = re.fullmatch(around, outer)
            if match:
                return _owned(file, match["name"], stem if file.outer else assignment)
    if not file.is_notebook and not file.outer:
        return None
    return _owned(file, outer, stem)


def _time(date: str | None) -> float:
    """Blackboard's 2026-01-30-15-00-00 as seconds since 1970, 0 for anything else."""
    with contextlib.suppress(ValueError):
        return datetime.datetime.strptime(date or "", "%Y-%m-%d-%H-%M-%S").timestamp()
    return 0.0


def _owned(file: File, name: str, stem: str, late: bool = False) -> OwnedFile | None:
    student = student_id(name)
    plain, repeat = without_repeat(stem)
    return OwnedFile(file, student, plain, repeat, late, name=name) if student else None


def student_id(name: str) -> str:
    """A name as files are called by it: the same for both spellings of ë, no two names alike.

    Letters of every alphabet stay, with their combining marks. Where another character had to
    go, or the name is too long, a part of its hash tells it from its like. Empty where no letter
    and no digit is in it.
    """
    whole = " ".join(unicodedata.normalize("NFC", name).split())
    kept = "".join(
        c if unicodedata.category(c)[0] in "LMN" or c in "_.@-" else "_" for c in whole
    ).strip("_.@-")
    if not any(unicodedata.category(c)[0] in "LN" for c in kept):
        return ""
    if kept == whole.replace(" ", "_") and len(kept.encode()) <= LONGEST_ID:
        return kept
    short = kept.encode()[:LONGEST_ID].decode(errors="ignore")
    return f"{short}-{hashlib.sha256(whole.encode()).hexdigest()[:8]}"


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
