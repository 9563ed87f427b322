"""A file is written whole: a failure leaves the old one; a moment's refusal is waited for."""

import os

from tools import files

import pytest


@pytest.mark.parametrize(
    ("content", "stored"), [("ä\n", b"\xc3\xa4\n"), (b"\x00\r\n", b"\x00\r\n")]
)
def test_what_is_written_is_what_is_stored(tmp_path, content, stored):
    path = tmp_path / "a.txt"
    path.write_text("old")
    files.write_whole(path, content)
    assert path.read_bytes() == stored
    assert list(tmp_path.iterdir()) == [path]


def refuse(times, monkeypatch):
    """Let the system refuse to rename so many times; returns the list of all attempts."""
    attempts, replace = [], os.replace

    def stubborn(old, new):
        attempts.append(new)
        if len(attempts) <= times:
            raise PermissionError("another program reads the file")
        replace(old, new)

    monkeypatch.setattr(files.os, "replace", stubborn)
    return attempts


def test_a_refusal_for_a_moment_is_waited_for(tmp_path, monkeypatch):
    attempts = refuse(2, monkeypatch)
    files.write_whole(tmp_path / "a.txt", "new")
    assert (tmp_path / "a.txt").read_text() == "new" and len(attempts) == 3


def test_a_refusal_that_lasts_is_an_error_and_spoils_nothing(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_text("old")
    refuse(1000, monkeypatch)
    monkeypatch.setattr(files, "PATIENCE", 0.3)
    with pytest.raises(PermissionError, match="another program"):
        files.write_whole(path, "new")
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_written_at_all_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        files.write_whole(path, "\ud800")
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]
