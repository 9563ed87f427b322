"""Folders that are there as a whole, or as they were before."""

import shutil
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
