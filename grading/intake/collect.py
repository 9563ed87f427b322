"""The submissions of a class: one notebook for each student and assignment.

Out of a folder or zip, as learning platforms export them.
"""

import contextlib
import dataclasses
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grading.intake.owners import OwnedFile, common_folders, find_owner, named_assignment
from grading.intake.uploads import read_files

Recognise = Callable[[bytes], str | None]


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
    time: float = 0.0  # when it was handed in or saved, seconds since 1970
    earlier: tuple[str, ...] = ()  # paths of what the student handed in before
    name: str = ""  # of the student, as the platform wrote it
    platform: str = ""  # these three as in owners.OwnedFile
    upload: str = ""
    account: str = ""


def collect(
    source: Path,
    assignments: list[str],
    recognise: Recognise = lambda content: None,
    only: str | None = None,
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
    notebooks: dict[tuple[str, str], list[OwnedFile]] = {}
    others: dict[str, list[OwnedFile]] = {}  # student -> files that are no notebooks
    left_out: list[str] = []
    files = sorted(read_files(source), key=lambda file: file.path)
    common = common_folders(files, assignments)
    for file in files:
        if file.nobodys:
            left_out.append(f"{file.path}, because {file.nobodys}")
            continue
        owned = find_owner(file, assignments, common)
        if owned is None:
            left_out.append(
                f"{file.path}, because its path names nobody: put it into a folder of its student"
            )
        elif not file.is_notebook:
            others.setdefault(owned.student, []).append(owned)
        else:
            name = _assignment_of(owned, assignments, recognise, only)
            if name is None:
                reason = f"it is of none of the assignments: {', '.join(assignments)}"
                left_out.append(f"{file.path}, because {reason}")
            elif only in (None, name):
                notebooks.setdefault((owned.student, name), []).append(owned)
            else:
                left_out.append(f"{file.path}, because it is of {name}")
    submissions = [
        _choose_notebook(key, files, others.get(key[0], [])) for key, files in notebooks.items()
    ]
    for student, handed_in in others.items():
        if any(student == owner for owner, _ in notebooks):
            continue
        missing = _without_notebook(student, handed_in, assignments, only)
        if missing is None:
            left_out += [
                f"{owned.file.path}, because {owned.file.problem or 'it is no notebook'}"
                for owned in handed_in
            ]
        else:
            submissions.append(missing)
    if not submissions:
        raise CollectError(
            f"no submission was found in {source}. Expected: STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb, "
            "a flat folder of notebooks, or the zip of a learning platform, for "
            + ", ".join(assignments)
        )
    return sorted(submissions, key=lambda s: (s.student, s.assignment)), left_out


def _assignment_of(
    owned: OwnedFile, assignments: list[str], recognise: Recognise, only: str | None
) -> str | None:
    """The assignment that a notebook is of, by its path or else by its cells."""
    name = named_assignment(owned, assignments)
    if name is None and owned.file.content is not None:
        with contextlib.suppress(Exception):  # no file may stop the others
            name = recognise(owned.file.content)
    return name or only or (assignments[0] if len(assignments) == 1 else None)


def _without_notebook(
    student: str, owned: list[OwnedFile], assignments: list[str], only: str | None
) -> Submission | None:
    """The row of a student who handed in something else; None where no assignment is named."""
    files = [one.file for one in owned]
    paths = ", ".join(file.path for file in files)
    named = [name for name in assignments if any(name in file.path for file in files)]
    lone = assignments if len(assignments) == 1 else []
    name = next(iter(filter(None, [only, *named, *lone])), None)
    if name is None:
        return None
    problems = [f"{file.path}: {file.problem}" for file in files if file.problem]
    doubt = f"no notebook was handed in, but {paths}"
    latest = max(file.time for file in files)
    return Submission(
        student, name, paths, None, doubts=(doubt, *problems), time=latest, **_sender(owned[0])
    )


def _sender(owned: OwnedFile) -> dict[str, Any]:
    """Who handed a file in, in the platform's own words."""
    fields = ("name", "platform", "upload", "account")
    return {field: getattr(owned, field) for field in fields}


def _choose_notebook(
    key: tuple[str, str], candidates: list[OwnedFile], others: list[OwnedFile]
) -> Submission:
    """The one notebook to grade among those that a student handed in for an assignment."""
    student, assignment = key
    notes: list[str] = []
    doubts: list[str] = []
    exact = [found for found in candidates if found.stem == assignment]
    best = max(exact or candidates, key=lambda found: (found.time, found.repeat, found.file.path))
    rest = [found.file.path for found in candidates if found is not best]
    if rest:
        doubts.append(
            f"{len(candidates)} notebooks: graded {best.file.path}, not {', '.join(rest)}"
        )
    if best.stem != assignment:
        notes.append(f"the file was named {Path(best.file.path).name}")
    if best.late:
        notes.append("late")
    if best.file.content is None:
        doubts.append(best.file.problem)
    notes += [f"also handed in: {found.file.path}" for found in others if not found.file.problem]
    doubts += [f"{one.file.path}: {one.file.problem}" for one in others if one.file.problem]
    return Submission(
        student, assignment, best.file.path, best.file.content, tuple(notes), tuple(doubts),
        time=best.time or best.file.time, **_sender(best),
    )  # fmt: skip
