"""Write a file whole: a reader finds the old content or the new, never a half of either."""

import os
import time
from pathlib import Path

# Windows denies a rename for a moment while a virus scanner or an indexer reads the file.
PATIENCE = 5.0  # seconds
PAUSE = 0.1


def write_whole(path: Path, content: str | bytes) -> None:
    """Write `content` to `path`, text in UTF-8: beside it first, and then renamed.

    The folder of `path` is made if it is not there.

    Raises:
        OSError: it could not be written; what stood at `path` before is untouched.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        with unfinished.open("wb") as file:
            file.write(content.encode("utf-8") if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        rename(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def rename(old: Path, new: Path) -> None:
    """Rename a file or folder, replacing a file; what is denied is tried again for some seconds.

    Raises:
        PermissionError: it was still denied in the end.
    """
    end = time.monotonic() + PATIENCE
    while True:
        try:
            os.replace(old, new)
            return
        except PermissionError:
            if time.monotonic() >= end:
                raise
            time.sleep(PAUSE)
