"""All that was ever handed in, beside the results: kept/ASSIGNMENT/STUDENT/.

A file is kept once, whatever folder it comes in, with its date when it was first seen. The newest
one of a student counts, by date and not by the order in which folders are graded.
"""

import dataclasses
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from grading.intake.collect import Submission
from tools.files import write_whole


@dataclasses.dataclass(frozen=True)
class Version:
    """One submission of a student for an assignment, and in which order it came."""

    submission: Submission
    arrival: int

    @property
    def age(self) -> tuple[float, int]:
        """What orders versions: the date, then the order in which they came."""
        return self.submission.time, self.arrival


def keep(out: Path, submission: Submission) -> None:
    """Keep a submission below `out`; one that is there already stays as it is."""
    folder = out / "kept" / submission.assignment / submission.student
    # A file and none at all are two things.
    mark = b"" if submission.content is None else b"file"
    digest = hashlib.sha256(mark + (submission.content or b"")).hexdigest()[:24]
    if (folder / f"{digest}.json").exists():
        return
    about = dataclasses.asdict(submission) | {
        "content": submission.content is not None,
        "arrival": len(list(folder.glob("*.json"))),
    }
    if submission.content is not None:
        write_whole(folder / f"{digest}.ipynb", submission.content)
    write_whole(folder / f"{digest}.json", json.dumps(about, indent=1, ensure_ascii=False))


def newest(out: Path) -> list[Submission]:
    """The submission of each student and assignment that counts, with what came before it."""
    found = []
    for folder in sorted((out / "kept").glob("*/*")):
        versions = sorted(_versions(folder), key=lambda version: version.age)
        if versions:
            *before, last = (version.submission for version in versions)
            found.append(dataclasses.replace(last, earlier=tuple(s.path for s in before)))
    return sorted(found, key=lambda s: (s.student, s.assignment))


def _versions(folder: Path) -> Iterator[Version]:
    for path in folder.glob("*.json"):
        about = json.loads(path.read_text(encoding="utf-8"))
        arrival, there = about.pop("arrival"), about["content"]
        about["content"] = path.with_suffix(".ipynb").read_bytes() if there else None
        for name in ("notes", "doubts", "earlier"):
            about[name] = tuple(about[name])
        yield Version(Submission(**about), arrival)
