"""Folders that are there as a whole, or as they were before."""

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tools.files import rename

IGNORED = shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__", ".*")


def replace_folder(new: Path, old: Path) -> None:
    """Put a folder in the place of another, which is gone for a moment at most."""
    old.parent.mkdir(parents=True, exist_ok=True)
    unfinished = old.with_name(f".{old.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.copytree(new, unfinished)
    shutil.rmtree(old, ignore_errors=True)
    rename(unfinished, old)


def folder_contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder that counts, by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.parts[-2:])
    }


@contextlib.contextmanager
def temporary_folder(out: Path) -> Iterator[None]:
    """Let temporary files lie in one folder, where the next run finds those of one that was killed.

    Its name is short: the path of a socket has at most 107 characters.
    """
    digest = hashlib.sha256(str(out).encode()).hexdigest()[:12]
    folder = Path("/tmp", f"grading-{os.getuid()}-{digest}")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)  # fails if it is somebody else's
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before
        shutil.rmtree(folder, ignore_errors=True)
