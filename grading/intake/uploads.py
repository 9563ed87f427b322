"""The files in what a platform exports: a folder or a zip, and zips within it.

Nothing of a zip is unpacked to disk, so no name in it can lead astray. What a file may take is
known before it is read: the size that a zip claims, and then no more than that.
"""

import contextlib
import dataclasses
import datetime
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

MEGABYTE = 2**20
LARGEST_FILE = 50 * MEGABYTE
LARGEST_UPLOAD = 100 * MEGABYTE  # what one file of the export unpacks to
LARGEST_TOTAL = 2**31
MOST_FILES = 5_000  # in one upload
DEEPEST = 4  # zips in zips

NOT_OURS = re.compile(r"(?:^|/)(?:__MACOSX/|\.|Thumbs\.db|desktop\.ini|timestamp\.txt$)")


@dataclasses.dataclass(frozen=True)
class File:
    """One file of an export, or of an archive in it."""

    path: str  # inside the folder or zip, with /
    content: bytes | None  # None where the file is too large or cannot be read
    problem: str = ""
    time: float = 0.0  # its date, seconds since 1970
    outer: str = ""  # the path of the archive that it lies in, as the platform has it
    nobodys: str = ""  # why it is no part of anybody's work

    @property
    def is_notebook(self) -> bool:
        """Whether its name is that of a notebook."""
        return self.path.lower().endswith(".ipynb")

    @property
    def owned_path(self) -> str:
        """What says whose it is: inside a student's archive nothing does."""
        return self.outer or self.path


@dataclasses.dataclass
class Budget:
    """How many bytes may still be read, and how many files."""

    total: int
    upload: int = 0
    files: int = 0

    def begin(self) -> None:
        """Begin with the next file of the export."""
        self.upload, self.files = LARGEST_UPLOAD, MOST_FILES

    def refuses(self, size: int) -> str:
        """Why a file of so many bytes is not read; empty where it is."""
        if size > LARGEST_FILE:
            return (
                f"the file has more than {LARGEST_FILE // MEGABYTE} MB: ask for it without outputs"
            )
        if size > self.upload:
            return f"one upload holds more than {LARGEST_UPLOAD // MEGABYTE} MB"
        if size > self.total:
            return f"all uploads together have more than {LARGEST_TOTAL // MEGABYTE} MB"
        return ""

    def take(self, size: int) -> None:
        """Count what was read."""
        self.upload -= size
        self.total -= size


def read_files(source: Path) -> Iterator[File]:
    """Every file of a folder or zip, also in the zips within."""
    budget = Budget(LARGEST_TOTAL)
    if source.is_file():
        yield from _files_of_export(source, budget)
        return
    paths = sorted(path for path in source.rglob("*") if path.is_symlink() or path.is_file())
    ours = [path for path in paths if not NOT_OURS.search(path.relative_to(source).as_posix())]
    if (
        len(ours) == 1 and ours[0].parent == source and _is_zip(ours[0])
    ):  # the platform's own, in a folder of the teacher's
        yield from _files_of_export(ours[0], budget)
        return
    for path in paths:
        name = path.relative_to(source).as_posix()
        budget.begin()
        with _guard(name) as failed:
            yield from _file_of_folder(path, name, budget)
        yield from failed


def _file_of_folder(path: Path, name: str, budget: Budget) -> Iterator[File]:
    # A link could lead out of the folder, to the teacher's own files.
    if path.is_symlink():
        yield File(name, None, nobodys="it is a link")
        return
    if NOT_OURS.search(name):
        yield File(name, None, nobodys="it is a system's own file")
        return
    time, size = path.stat().st_mtime, path.stat().st_size
    notebook = path.suffix.lower() == ".ipynb"
    problem = budget.refuses(size) if notebook or _is_zip(path) else ""
    if problem:
        yield File(name, None, problem, time)
    elif _is_zip(path):
        with path.open("rb") as stream:
            yield from _files_of_zip(stream, name, name, budget, 1, time)
    else:
        budget.take(size if notebook else 0)
        yield File(name, path.read_bytes() if notebook else b"", time=time)


def _is_zip(path: Path) -> bool:
    return path.suffix.lower() == ".zip" and not path.is_symlink() and zipfile.is_zipfile(path)


def _files_of_export(path: Path, budget: Budget) -> Iterator[File]:
    """The files of the zip that a platform made: their paths say whose they are."""
    with path.open("rb") as stream:
        yield from _files_of_zip(stream, "", "", budget, 0, path.stat().st_mtime)


def _files_of_zip(
    stream: IO[bytes], above: str, outer: str, budget: Budget, depth: int, time: float
) -> Iterator[File]:
    """Every file of a zip.

    above: its path, empty for the export itself. outer: that of the archive in the export.
    """
    # A zip inside a folder of its student needs no name of its own in the path.
    folder = above.removesuffix(".zip") + "/" if above else ""
    try:
        archive = zipfile.ZipFile(stream)
        entries = archive.infolist()
    except Exception as error:  # damaged in any way
        problem = f"the zip is damaged or its upload was cut short ({error}): ask for it again"
        yield File(above, None, problem, time, outer)
        return
    for entry in entries:
        if entry.is_dir():
            continue
        name = folder + entry.filename.replace("\\", "/")
        if not outer:
            budget.begin()
        with _guard(name, outer) as failed:
            yield from _file_of_zip(archive, entry, name, outer, budget, depth, time)
        yield from failed


def _file_of_zip(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, outer: str, budget: Budget,
    depth: int, of_zip: float,
) -> Iterator[File]:  # fmt: skip
    time, suffix = _time(entry, of_zip), Path(name).suffix.lower()
    budget.files -= 1
    if NOT_OURS.search(name):
        yield File(name, None, nobodys="it is a system's own file", outer=outer)
        return
    if suffix not in (".ipynb", ".zip"):
        yield File(name, b"", time=time, outer=outer)
        return
    problem = budget.refuses(entry.file_size)
    if budget.files < 0:
        problem = f"one upload holds more than {MOST_FILES} files"
    if suffix == ".zip" and depth >= DEEPEST:
        problem = f"it is a zip in a zip, more than {DEEPEST} deep"
    if problem:
        yield File(name, None, problem, time, outer)
        return
    with archive.open(entry) as stream:
        data = stream.read(entry.file_size + 1)
    budget.take(len(data))
    if len(data) > entry.file_size:
        problem = (
            "it unpacks to more than it claims, as a broken zip does: ask for the notebook itself"
        )
        yield File(name, None, problem, time, outer)
    elif suffix == ".zip":
        yield from _files_of_zip(io.BytesIO(data), name, outer or name, budget, depth + 1, time)
    else:
        yield File(name, data, time=time, outer=outer)


@contextlib.contextmanager
def _guard(name: str, outer: str = "") -> Iterator[list[File]]:
    """Let no file stop the others: what fails in the block is a file that cannot be read."""
    failed: list[File] = []
    try:
        yield failed
    except Exception as error:  # encrypted, damaged, of an unknown compression, denied
        problem = f"it cannot be opened ({error}): ask for the notebook itself"
        failed.append(File(name, None, problem, outer=outer))


def _time(entry: zipfile.ZipInfo, of_zip: float) -> float:
    """The date of a file in a zip; that of the zip where the file has none."""
    if entry.date_time[0] <= 1980:
        return of_zip
    with contextlib.suppress(ValueError, OverflowError):
        return datetime.datetime(*entry.date_time).timestamp()
    return of_zip
