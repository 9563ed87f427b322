"""Submissions from folders and zips, as learning platforms export them.

No two platforms name files alike, so a path is read in three steps: which parts of it are a
platform's own (Moodle's _assignsubmission_file_, Canvas's numbers, Blackboard's _attempt_),
what in it names the assignment, and what is left names the student.
"""

import dataclasses
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

LARGEST_FILE = 200 * 2**20
LARGEST_TOTAL = 4 * 2**30  # of what a zip unpacks to
DEEPEST = 3  # zips in zips

MOODLE = re.compile(
    r"(?P<name>.+)_(?P<number>\d+)_assignsubmission_(?:file|onlinetext)_?(?P<file>.*)"
)
CANVAS = re.compile(r"(?P<name>[^_]+)(?P<late>_LATE)?_(?P<number>\d+)_\d+_(?P<file>.+)")
BLACKBOARD = re.compile(r".+?_(?P<name>[^_]+)_attempt_[\d-]+(?:_(?P<file>.+))?", re.IGNORECASE)
REPEATED = re.compile(r"(?P<stem>.+?)(?:-(?P<number>\d+)| ?\((?P<bracket>\d+)\))$")
NOT_OURS = re.compile(r"(?:^|/)(?:__MACOSX/|\.|Thumbs\.db|desktop\.ini|timestamp\.txt$)")


class CollectError(ValueError):
    """Nothing can be collected; the message says why and what is expected."""


@dataclasses.dataclass(frozen=True)
class Submission:
    """One student's notebook for one assignment.

    content is None where there is no notebook to grade; `doubts` then says why.
    """

    student: str
    assignment: str
    path: str  # as the teacher sees it
    content: bytes | None
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class _File:
    path: str  # inside the folder or zip, with /
    content: bytes | None  # None where the file is too large or cannot be read
    problem: str = ""


@dataclasses.dataclass(frozen=True)
class _Found:
    file: _File
    student: str
    stem: str  # the notebook's own name, without a platform's additions
    repeat: int
    late: bool


def collect(
    source: Path, assignments: list[str], recognise=lambda content: None, only: str | None = None
) -> tuple[list[Submission], list[str]]:
    """The submissions in a folder or zip, by student, and the files that were left out.

    assignments: the names of the assignments that there are.
    recognise: what assignment the bytes of a notebook are of, None where that is not clear;
        asked where no name in the path says it.
    only: the assignment to look at; all others are left out.

    Raises:
        CollectError: no such folder or zip, or no submission in it.
    """
    if not source.exists():
        raise CollectError(f"SUBMISSIONS must be a folder or a zip, but there is no {source}")
    if source.is_file() and not zipfile.is_zipfile(source):
        raise CollectError(f"SUBMISSIONS must be a folder or a zip; {source} is neither")
    groups: dict[tuple[str, str], list[_Found]] = {}
    left_out, empty = [], {}
    files = sorted(_files(source), key=lambda file: file.path)
    common = _common(files, assignments)
    for file in files:
        found = _owner(file, assignments, common)
        if found is None:
            left_out.append(file.path)
            continue
        if not file.path.lower().endswith(".ipynb"):
            empty.setdefault(found.student, []).append(file)
            continue
        name = _assignment(found, assignments) or (
            recognise(file.content) if file.content is not None else None
        )
        if name is None:
            name = only or (assignments[0] if len(assignments) == 1 else None)
        if name is None:
            left_out.append(f"{file.path} (of none of the assignments: {', '.join(assignments)})")
        elif only in (None, name):
            groups.setdefault((found.student, name), []).append(found)
    students = {student for student, _ in groups}
    submissions = [_choose(key, found) for key, found in groups.items()]
    for student, files in empty.items():
        if student in students:
            continue
        paths = ", ".join(file.path for file in files)
        name = only or next((n for n in assignments if any(n in f.path for f in files)), None)
        if name is None and len(assignments) == 1:
            name = assignments[0]
        if name is None:
            left_out.append(f"{paths} (no notebook)")
        else:
            doubt = f"no notebook was handed in, but {paths}"
            submissions.append(Submission(student, name, paths, None, doubts=(doubt,)))
    if not submissions:
        raise CollectError(
            f"no submission was found in {source}. Expected: STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb, "
            "a flat folder of notebooks, or the zip of a learning platform, for "
            + ", ".join(assignments)
        )
    return sorted(submissions, key=lambda s: (s.student, s.assignment)), left_out


def _files(source: Path) -> Iterator[_File]:
    """Every file of a folder or zip, also in the zips within."""
    if source.is_file():
        yield from _files_of_zip(source.read_bytes(), "", [LARGEST_TOTAL], 1)
        return
    for path in source.rglob("*"):
        name = path.relative_to(source).as_posix()
        # A link could lead out of the folder, to the teacher's own files.
        if NOT_OURS.search(name) or path.is_symlink() or not path.is_file():
            continue
        if path.stat().st_size > LARGEST_FILE:
            yield _File(name, None, f"the file has more than {LARGEST_FILE // 2**20} MB")
        elif zipfile.is_zipfile(path) and path.suffix.lower() == ".zip":
            yield from _files_of_zip(path.read_bytes(), name, [LARGEST_TOTAL], 1)
        else:
            yield _File(name, path.read_bytes() if path.suffix.lower() == ".ipynb" else b"")


def _files_of_zip(content: bytes, above: str, left: list[int], depth: int) -> Iterator[_File]:
    """Every file of a zip. Nothing is unpacked to disk, so no name in it can lead astray."""
    # A zip inside a folder of its student needs no name of its own in the path.
    folder = above.removesuffix(".zip") + "/" if above else ""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        yield _File(above, None, f"the zip cannot be read: {error}")
        return
    for entry in entries:
        name = folder + entry.filename.replace("\\", "/")
        if entry.is_dir() or NOT_OURS.search(name):
            continue
        suffix = Path(name).suffix.lower()
        if suffix not in (".ipynb", ".zip"):
            yield _File(name, b"")
            continue
        try:
            with archive.open(entry) as stream:
                # The size that a zip claims need not be true.
                data = stream.read(min(LARGEST_FILE, left[0]) + 1)
        except Exception as error:  # encrypted, damaged, of an unknown compression
            yield _File(name, None, f"it cannot be unpacked: {error}")
            continue
        left[0] -= len(data)
        if len(data) > LARGEST_FILE or left[0] < 0:
            yield _File(name, None, "it unpacks to more than is allowed")
        elif suffix == ".zip":
            if depth < DEEPEST:
                yield from _files_of_zip(data, name, left, depth + 1)
        else:
            yield _File(name, data)


def _common(files: list[_File], assignments: list[str]) -> int:
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


def _owner(file: _File, assignments: list[str], common: int) -> _Found | None:
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
                return _found(file, student, own, bool(parts.get("late")))
    # nbgrader's layout: ada/discriminator_loss/discriminator_loss.ipynb.
    for above, folder in zip(folders, folders[1:], strict=False):
        if folder in assignments:
            return _found(file, above, stem)
    people = [part for part in folders[common:] if part not in assignments]
    if people:
        return _found(file, people[0], stem)
    plain, _ = _without_repeat(stem)
    for assignment in sorted(assignments, key=len, reverse=True):
        if plain == assignment or not file.path.lower().endswith(".ipynb"):
            return None
        for pattern in (f"(?P<name>.+?)[_\\- ]+{assignment}", f"{assignment}[_\\- ]+(?P<name>.+)"):
            match = re.fullmatch(pattern, plain)
            if match:
                return _found(file, match["name"], assignment)
    return _found(file, stem, stem)


def _found(file: _File, student: str, stem: str, late: bool = False) -> _Found | None:
    # Letters of every alphabet; but no character that paths, patterns or tables give a meaning.
    student = re.sub(r"[^\w.@-]+", "_", student).strip("_.@-")
    plain, repeat = _without_repeat(stem)
    return _Found(file, student, plain, repeat, late) if student else None


def _without_repeat(stem: str) -> tuple[str, int]:
    """A name without the -1 or (1) that a platform or browser adds to a repeated upload."""
    match = REPEATED.fullmatch(stem)
    if match is None:
        return stem, 0
    return match["stem"], int(match["number"] or match["bracket"])


def _assignment(found: _Found, assignments: list[str]) -> str | None:
    """The assignment that the notebook's name, or a folder above it, names."""
    parts = [found.stem, *reversed(found.file.path.split("/")[:-1])]
    exact = [part for part in parts if part in assignments]
    inside = [name for part in parts for name in assignments if name in part]
    return next(iter(exact + inside), None)


def _choose(key: tuple[str, str], candidates: list[_Found]) -> Submission:
    """The one notebook to grade among those that a student handed in for an assignment."""
    student, assignment = key
    notes, doubts = [], []
    exact = [found for found in candidates if found.stem == assignment]
    best = max(exact or candidates, key=lambda found: (found.repeat, found.file.path))
    others = [found.file.path for found in candidates if found is not best]
    if others:
        doubts.append(f"{len(candidates)} notebooks: graded {best.file.path}, not "
                      + ", ".join(others))  # fmt: skip
    if best.stem != assignment:
        notes.append(f"the file was named {Path(best.file.path).name}")
    if best.late:
        notes.append("late")
    if best.file.content is None:
        doubts.append(best.file.problem)
    return Submission(
        student, assignment, best.file.path, best.file.content, tuple(notes), tuple(doubts)
    )
