"""What the commands say where nothing can be graded: one line, and no traceback."""

import errno
import shutil
import sys

from grading import __main__ as commands
from grading import course
from grading.run import sandbox

import pytest


def said_by(monkeypatch, *arguments):
    """What a command says as it stops."""
    monkeypatch.setattr(sys, "argv", ["grading", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        commands.main()
    return stopped.value.code


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_another_system_is_told_what_works(system, monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "platform", system)
    said = said_by(monkeypatch, "grade", tmp_path)
    assert said.count("\n") == 0 and "needs Linux" in said and "README.md" in said


@pytest.mark.parametrize(
    ("which", "hint"), [(None, "sudo apt install bubblewrap"), ("/bin/false", "it ended without")]
)
def test_without_bubblewrap_one_line_says_what_to_do(which, hint, monkeypatch, tmp_path):
    monkeypatch.setattr(shutil, "which", lambda name: which)
    monkeypatch.setattr(sandbox, "bubblewrap_command", lambda folder: [which])
    said = said_by(monkeypatch, "--course", course.COURSE, "grade", tmp_path, "--out", tmp_path)
    assert said.count("\n") == 0 and hint in said and "ISOLATION=none" in said


def test_full_disk_is_said_in_words_and_a_fault_of_ours_is_not_hidden(monkeypatch, tmp_path):
    def fail(number):
        def command(options):
            raise OSError(number, "no more room", "grades.csv")

        return command

    monkeypatch.setitem(commands.COMMANDS, "return", fail(errno.ENOSPC))
    assert said_by(monkeypatch, "return") == "grades.csv cannot be written: no more room"
    monkeypatch.setitem(commands.COMMANDS, "return", fail(errno.EBADF))
    monkeypatch.setattr(sys, "argv", ["grading", "return"])
    with pytest.raises(OSError, match="no more room"):
        commands.main()
