"""Saves that a kill, a full disk or a damaged file cannot spoil.

Each save is a folder of its own. It is written under another name and renamed when it is
complete, which a file system does at once or not at all, so that no half save is ever found.
"""

import errno
import hashlib
import json
import os
import re
import shutil
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import filelock

_SUMS = "sha256.json"
_UNFINISHED = ".unfinished"
_EPOCH = re.compile(r"epoch_\d+")
# Seconds for which a rename is tried again that something else forbids for a moment.
_PATIENCE = 10.0


class SaveError(OSError):
    """A save could not be written; the message says which one, why, and what is still there."""


class Saves:
    """The last few saves of one training, in one folder, which belongs to one process at a time.

    Args:
        folder: where the saves are kept; made if it is not there.
        keep: how many complete saves are kept; older ones are deleted.
    """

    def __init__(self, folder: str | os.PathLike, keep: int = 2):
        self.folder, self.keep = Path(folder), keep
        self._lock = filelock.FileLock(self.folder / ".lock")

    def open(self) -> None:
        """Make the folder if it is not there, take it for this training, and try to write.

        Raises:
            SaveError: the folder cannot be made or written to, or another training uses it.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(timeout=0)  # which the system releases if this process dies
            for path in self.folder.glob(f"epoch_*{_UNFINISHED}"):  # of a run that was killed
                shutil.rmtree(path)
            probe = self.folder / f"probe{_UNFINISHED}"
            probe.write_text("can a file be written here?")
            probe.unlink()
        except filelock.Timeout as error:
            raise SaveError(
                f"save_dir {str(self.folder)!r} is used by another training that still runs; "
                "wait for it, or give another folder"
            ) from error
        except OSError as error:
            self.close()
            raise SaveError(
                f"save_dir {str(self.folder)!r} cannot be written to: {error}; "
                "give a folder in which you may write"
            ) from error

    def close(self) -> None:
        """Let another training use the folder."""
        self._lock.release()

    def complete(self) -> list[Path]:
        """The saves that were written to their end, oldest first; other files are left alone."""
        found = (path for path in self.folder.glob("epoch_*") if _EPOCH.fullmatch(path.name))
        return sorted(found, key=_epoch)

    def write(self, epoch: int, fill: Callable[[Path], None]) -> None:
        """Save what `fill` writes into the folder that it is given.

        Raises:
            SaveError: it could not be written; the saves before it are untouched.
        """
        path = self.folder / f"epoch_{epoch:06d}"
        unfinished = path.with_name(path.name + _UNFINISHED)
        try:
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            fill(unfinished)
            (unfinished / _SUMS).write_text(json.dumps(_sums(unfinished)))
            for file in [*unfinished.iterdir(), unfinished]:
                _flush(file)
            shutil.rmtree(path, ignore_errors=True)
            _rename(unfinished, path)
            _flush(self.folder)
        except Exception as error:  # TensorFlow reports a full disk in several ways of its own
            shutil.rmtree(unfinished, ignore_errors=True)
            last = self.complete()
            kept = (
                f"the save of epoch {_epoch(last[-1])} is still there" if last else "none is kept"
            )
            raise SaveError(
                f"epoch {epoch} could not be saved in {str(self.folder)!r}: {error}; {kept}. "
                f"{_what_to_do(error)} and run it again: training goes on from the last save"
            ) from error
        # A save of a later epoch is one that was found damaged when this training was taken up.
        saved = self.complete()
        older = [old for old in saved if _epoch(old) <= epoch]
        for old in saved:
            if old not in older[-self.keep :]:
                shutil.rmtree(old, ignore_errors=True)

    def newest(self) -> Path | None:
        """The newest save that is undamaged, or None; a damaged one is named in a warning."""
        for path in reversed(self.complete()):
            try:
                damaged = json.loads((path / _SUMS).read_text()) != _sums(path)
            except (OSError, ValueError):
                damaged = True
            if not damaged:
                return path
            warnings.warn(
                f"{str(path)!r} is damaged and is not used; the save before it is tried",
                stacklevel=2,
            )
        return None


def _rename(old: Path, new: Path) -> None:
    """Rename a folder, again and again for some seconds if that is denied.

    Windows denies it while a virus scanner or an indexer holds a file of the folder open.
    """
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            os.rename(old, new)
            return
        except PermissionError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def _what_to_do(error: Exception) -> str:
    if isinstance(error, PermissionError):
        return "Close what holds a file of that folder open, such as a virus scanner or a viewer,"
    if getattr(error, "errno", None) == errno.ENOSPC or os.strerror(errno.ENOSPC) in str(error):
        return "Make room on the disk"
    return "Mend that"


def _epoch(path: Path) -> int:
    return int(path.name.removeprefix("epoch_"))


def _sums(folder: Path) -> dict[str, str]:
    """File name -> SHA-256 of every file in `folder` but the list of sums itself."""
    files = (path for path in sorted(folder.iterdir()) if path.name != _SUMS)
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _flush(path: Path) -> None:
    """Have the system write a file or folder to the disk now, so that a power cut spares it."""
    if path.is_dir() and os.name == "nt":  # Windows opens no folders
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
