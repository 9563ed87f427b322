"""Files and folders that are there as a whole, or as they were before."""

import os
import shutil
from pathlib import Path

IGNORED = shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__", ".*")


def write_whole(path: Path, text: str) -> None:
    """Write a file so that it is there as a whole or as it was before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.write_text(text, encoding="utf-8")
    os.replace(unfinished, path)


def replace_folder(new: Path, old: Path) -> None:
    """Put a folder in the place of another, which is gone for a moment at most."""
    old.parent.mkdir(parents=True, exist_ok=True)
    unfinished = old.with_name(f".{old.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.copytree(new, unfinished)
    shutil.rmtree(old, ignore_errors=True)
    os.replace(unfinished, old)


def folder_contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder that counts, by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.parts[-2:])
    }
