"""The files in what a platform exports: a folder or a zip, and zips within it.

Nothing of a zip is unpacked to disk, so no name in it can lead astray.
"""

import contextlib
import dataclasses
import datetime
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

LARGEST_FILE = 200 * 2**20
LARGEST_TOTAL = 4 * 2**30  # of what a zip unpacks to
DEEPEST = 3  # zips in zips

NOT_OURS = re.compile(r"(?:^|/)(?:__MACOSX/|\.|Thumbs\.db|desktop\.ini|timestamp\.txt$)")


@dataclasses.dataclass(frozen=True)
class File:
    """One file of an export."""

    path: str  # inside the folder or zip, with /
    content: bytes | None  # None where the file is too large or cannot be read
    problem: str = ""
    time: float = 0.0  # its date, seconds since 1970

    @property
    def is_notebook(self) -> bool:
        """Whether its name is that of a notebook."""
        return self.path.lower().endswith(".ipynb")


def read_files(source: Path) -> Iterator[File]:
    """Every file of a folder or zip, also in the zips within."""
    if source.is_file():
        time = source.stat().st_mtime
        yield from _files_of_zip(source.read_bytes(), "", [LARGEST_TOTAL], 1, time)
        return
    for path in source.rglob("*"):
        name = path.relative_to(source).as_posix()
        # A link could lead out of the folder, to the teacher's own files.
        if NOT_OURS.search(name) or path.is_symlink() or not path.is_file():
            continue
        time = path.stat().st_mtime
        if path.stat().st_size > LARGEST_FILE:
            yield File(name, None, f"the file has more than {LARGEST_FILE // 2**20} MB", time)
        elif zipfile.is_zipfile(path) and path.suffix.lower() == ".zip":
            yield from _files_of_zip(path.read_bytes(), name, [LARGEST_TOTAL], 1, time)
        else:
            content = path.read_bytes() if path.suffix.lower() == ".ipynb" else b""
            yield File(name, content, time=time)


def _files_of_zip(
    content: bytes, above: str, left: list[int], depth: int, time: float
) -> Iterator[File]:
    """Every file of a zip of this date; `left` holds the bytes that may still be unpacked."""
    # A zip inside a folder of its student needs no name of its own in the path.
    folder = above.removesuffix(".zip") + "/" if above else ""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        yield File(above, None, f"the zip cannot be read: {error}", time)
        return
    for entry in entries:
        name = folder + entry.filename.replace("\\", "/")
        if entry.is_dir() or NOT_OURS.search(name):
            continue
        own = _time(entry, time)
        suffix = Path(name).suffix.lower()
        if suffix not in (".ipynb", ".zip"):
            yield File(name, b"", time=own)
            continue
        try:
            with archive.open(entry) as stream:
                # The size that a zip claims need not be true.
                data = stream.read(min(LARGEST_FILE, left[0]) + 1)
        except Exception as error:  # encrypted, damaged, of an unknown compression
            yield File(name, None, f"it cannot be unpacked: {error}", own)
            continue
        left[0] -= len(data)
        if len(data) > LARGEST_FILE or left[0] < 0:
            yield File(name, None, "it unpacks to more than is allowed", own)
        elif suffix == ".zip":
            if depth < DEEPEST:
                yield from _files_of_zip(data, name, left, depth + 1, own)
        else:
            yield File(name, data, time=own)


def _time(entry: zipfile.ZipInfo, of_zip: float) -> float:
    """The date of a file in a zip; that of the zip where the file has none."""
    if entry.date_time[0] <= 1980:
        return of_zip
    with contextlib.suppress(ValueError, OverflowError):
        return datetime.datetime(*entry.date_time).timestamp()
    return of_zip
