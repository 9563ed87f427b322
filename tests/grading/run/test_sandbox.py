"""Where students' code cannot be isolated, nothing is graded unless the teacher says so."""

from tests.grading.small_course import (
    TESTS,
    hand_in,
    points_of,
    read_table,
    run_grading,
    with_answers,
)

FULL = dict.fromkeys(TESTS, 2.0)


def test_grading_refuses_without_bubblewrap_unless_told(small, released, tmp_path, monkeypatch):
    hand_in(tmp_path / "class", "ada", with_answers(released))
    # A bwrap that cannot do what it should, as where AppArmor forbids it.
    (tmp_path / "bwrap").write_text("#!/bin/sh\necho 'setting up uid map: denied' >&2\nexit 1\n")
    (tmp_path / "bwrap").chmod(0o755)
    for path, reason in (
        (f"{tmp_path}:/usr/bin:/bin", "setting up uid map"),
        ("", "not installed"),
    ):
        monkeypatch.setenv("PATH", path)
        done = run_grading(
            small, "grade", tmp_path / "class", "--out", tmp_path / "out", check=False
        )
        assert done.returncode == 1 and "Traceback" not in done.stderr
        assert reason in done.stderr and "apt install bubblewrap" in done.stderr
    arguments = ("--out", tmp_path / "out", "--isolation", "none")
    printed = run_grading(small, "grade", tmp_path / "class", *arguments).stdout
    assert "Not isolated" in printed
    assert points_of(read_table(tmp_path / "out")["ada"]) == FULL
