"""Points that a person gave stay, whatever changes beside them."""

import shutil
import sqlite3

from grading import course
from grading.book.table import GRADED
from tests.grading import small_course
from tests.grading.small_course import NAME, hand_in, read_table, run_grading, with_answers


def test_changed_submission_and_changed_source_are_graded_again(
    small, released, tmp_path, isolated
):
    where, out = tmp_path / "course", tmp_path / "out"
    shutil.copytree(small, where)
    for student in ("ada", "bob"):
        hand_in(tmp_path / "class", student, with_answers(released))
    run_grading(where, "grade", tmp_path / "class", "--out", out)

    # A person grades the written answer.
    with sqlite3.connect(out / "gradebook.db") as book:
        done = book.execute(
            "update grade set manual_score = 3, needs_manual_grade = 0 where cell_id = "
            "(select id from base_cell where name = 'why' and type = 'GradeCell')"
        )
        assert done.rowcount == 2
    book.close()
    wrong = with_answers(released, double="# Question 2: double\ndef double(a): return a")
    hand_in(tmp_path / "class", "bob", wrong)
    printed = run_grading(where, "grade", tmp_path / "class", "--out", out).stdout
    assert "1 of 2 are graded" in printed and "  bob  " in printed and "  ada  " not in printed
    rows = read_table(out)
    assert (rows["ada"]["total"], rows["ada"]["state"]) == ("9.0", GRADED)
    assert rows["bob"]["total"] == "7.0"
    page = (out / "feedback" / "ada" / NAME / f"{NAME}.html").read_text()
    assert "Score: 9.0 / 10.0" in page

    # Another question instead of the third.
    source = course.read_notebook(where / "source", NAME)
    for cell in source.cells:
        if cell.id in ("mean", "test_mean"):
            cell.metadata.nbgrader.grade_id = cell.id = cell.id.replace("mean", "average")
    small_course.write(where, source)
    printed = run_grading(where, "grade", tmp_path / "class", "--out", out).stdout
    assert "adding has changed: all its submissions are graded again" in printed
    assert "points given by hand are kept" in printed
    rows = read_table(out)
    assert rows["ada"]["why"] == rows["bob"]["why"] == "3.0"
    assert rows["ada"]["test_average"] == "2.0" and rows["ada"]["total"] == "9.0"
    assert list(out.glob("gradebook.before-*.db"))
