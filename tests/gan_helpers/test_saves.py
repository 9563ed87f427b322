"""The saves of a folder, whatever they hold: no TensorFlow operation runs here."""

import errno
import os

from gan_helpers import saves
from gan_helpers.saves import SaveError, Saves

import pytest


def denied(times, monkeypatch):
    """Renames that are denied so many times, by a clock that runs a second a look."""
    rename, clock, calls = os.rename, iter(range(1000)), []

    def deny(old, new):
        calls.append(new)
        if len(calls) <= times:
            raise PermissionError(errno.EACCES, "Access is denied", str(old))
        rename(old, new)

    monkeypatch.setattr(saves.os, "rename", deny)
    monkeypatch.setattr(saves.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(saves.time, "sleep", lambda seconds: None)
    return calls


def test_a_rename_that_is_denied_for_a_moment_is_tried_again(tmp_path, monkeypatch):
    calls = denied(3, monkeypatch)
    Saves(tmp_path).write(1, lambda folder: (folder / "file").write_text("text"))
    assert len(calls) == 4
    assert [path.name for path in Saves(tmp_path).complete()] == ["epoch_000001"]


def test_a_rename_that_stays_denied_is_named_as_what_it_is(tmp_path, monkeypatch):
    calls = denied(1000, monkeypatch)
    with pytest.raises(SaveError, match="Access is denied.*Close what holds a file") as caught:
        Saves(tmp_path).write(1, lambda folder: (folder / "file").write_text("text"))
    assert "Make room" not in str(caught.value)
    assert 10 <= len(calls) <= 13
