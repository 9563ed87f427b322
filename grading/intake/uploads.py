"""The files in what a platform exports: a folder or a zip, and zips within it.

Nothing of a zip is unpacked to disk, so no name in it can lead astray.
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

NOT_OURS = re.compile(r"(?:^|/)(?:__MACOSX/|\.|Thumbs\.db|desktop\.ini|timestamp\.txt$)")


@dataclasses.dataclass(frozen=True)
class File:
    """One file of an export."""

    path: str  # inside the folder or zip, with /
    content: bytes | None  # None where the file is too large or cannot be read
    problem: str = ""

    @property
    def is_notebook(self) -> bool:
        """Whether its name is that of a notebook."""
        return self.path.lower().endswith(".ipynb")


def read_files(source: Path) -> Iterator[File]:
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
            yield File(name, None, f"the file has more than {LARGEST_FILE // 2**20} MB")
        elif zipfile.is_zipfile(path) and path.suffix.lower() == ".zip":
            yield from _files_of_zip(path.read_bytes(), name, [LARGEST_TOTAL], 1)
        else:
            yield File(name, path.read_bytes() if path.suffix.lower() == ".ipynb" else b"")


def _files_of_zip(content: bytes, above: str, left: list[int], depth: int) -> Iterator[File]:
    """Every file of a zip; `left` holds the bytes that may still be unpacked."""
    # A zip inside a folder of its student needs no name of its own in the path.
    folder = above.removesuffix(".zip") + "/" if above else ""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        yield File(above, None, f"the zip cannot be read: {error}")
        return
    for entry in entries:
        name = folder + entry.filename.replace("\\", "/")
        if entry.is_dir() or NOT_OURS.search(name):
            continue
        suffix = Path(name).suffix.lower()
        if suffix not in (".ipynb", ".zip"):
            yield File(name, b"")
            continue
        try:
            with archive.open(entry) as stream:
                # The size that a zip claims need not be true.
                data = stream.read(min(LARGEST_FILE, left[0]) + 1)
        except Exception as error:  # encrypted, damaged, of an unknown compression
            yield File(name, None, f"it cannot be unpacked: {error}")
            continue
        left[0] -= len(data)
        if len(data) > LARGEST_FILE or left[0] < 0:
            yield File(name, None, "it unpacks to more than is allowed")
        elif suffix == ".zip":
            if depth < DEEPEST:
                yield from _files_of_zip(data, name, left, depth + 1)
        else:
            yield File(name, data)
