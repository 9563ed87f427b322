"""Nothing that was graded is lost or changed in silence, and what waits for a person says so."""

import os
import shutil

from grading import course
from tests.grading import small_course
from tests.grading.small_course import NAME, hand_in, read_table, run_grading, with_answers

import nbformat
import pytest

JANUARY, MARCH = 1_767_000_000, 1_772_000_000
WRONG = {"double": "# Question 2: double\ndef double(a): return a"}


def hand_in_on(date, folder, student, notebook):
    os.utime(hand_in(folder, student, notebook), (date, date))


def test_newest_counts_and_all_are_graded_again_from_where_the_results_are(
    small, released, tmp_path, isolated
):
    where, out = tmp_path / "course", tmp_path / "out"
    shutil.copytree(small, where)
    first, second = tmp_path / "first", tmp_path / "second"
    hand_in_on(JANUARY, first, "bob", with_answers(released, **WRONG))
    hand_in_on(MARCH, second, "bob", with_answers(released))
    hand_in_on(MARCH, second, "cleo", with_answers(released))

    run_grading(where, "grade", second, "--out", out)
    before = (out / "grades.csv").read_bytes()
    printed = run_grading(where, "grade", first, "--out", out).stdout
    assert "bob/adding/adding.ipynb is older than" in printed and "2 of 2 are graded" in printed
    rows = read_table(out)
    assert rows["bob"]["so far"] == rows["cleo"]["so far"] == "6.0"
    assert "handed in before: bob/adding/adding.ipynb" in rows["bob"]["message"]
    rows = (out / "grades.csv").read_bytes()
    assert rows != before

    # A changed question: without any folder, and though both are gone.
    shutil.rmtree(first)
    shutil.rmtree(second)
    source = course.read_notebook(where / "source", NAME)
    for cell in source.cells:
        if cell.id == "test_add":
            cell.source = cell.source.replace("one and two", "1 and 2")
            cell.metadata.nbgrader.points = 5
    small_course.write(where, source)
    page = out / "feedback" / "cleo" / NAME / f"{NAME}.html"
    page.write_text("changed by a click")
    printed = run_grading(where, "grade", "--out", out).stdout
    assert "adding has changed: all its submissions are graded again (its graded cells)" in printed
    rows = read_table(out)
    assert rows["bob"]["so far"] == rows["cleo"]["so far"] == "9.0"

    page.write_text("changed by a click")
    printed = run_grading(where, "grade", "--out", out).stdout
    assert "2 of 2 are graded" in printed and "Score so far: 9.0 / 9.0" in page.read_text()


def test_nothing_handed_in_yet_is_said_in_words(small, tmp_path):
    done = run_grading(small, "grade", "--out", tmp_path / "out", check=False)
    assert done.returncode == 1 and "nothing was handed in yet" in done.stderr


ESSAY = "If a <b and c> d, then <i>why</i> not? `x <y> z` and $a<b$."


@pytest.fixture(scope="module")
def essays(isolated, small, released, tmp_path_factory):
    """The folder of a grading of three: an essay, one in an added cell, and none."""
    folder = tmp_path_factory.mktemp("essays")
    head = "**Question 4 (written).** Why?\n\n"
    hand_in(folder / "class", "ada", with_answers(released, why=head + ESSAY))
    empty = next(cell.source for cell in released.cells if cell.id == "why")
    elsewhere = with_answers(released, why=empty)
    elsewhere.cells.append(nbformat.v4.new_markdown_cell(ESSAY))
    hand_in(folder / "class", "bob", elsewhere)
    hand_in(folder / "class", "cleo", with_answers(released, why=empty))
    run_grading(small, "grade", folder / "class", "--out", folder / "out")
    return folder / "out"


def test_essay_waits_for_a_person(essays):
    rows = read_table(essays)
    for student in ("ada", "bob"):
        assert rows[student]["why"] == rows[student]["total"] == ""
        assert (rows[student]["so far"], rows[student]["state"]) == ("6.0", "to grade by hand")
        page = (essays / "feedback" / student / NAME / f"{NAME}.html").read_text()
        assert "4.0 more wait for your teacher" in page and "0.0 / 4.0" not in page
    assert (rows["cleo"]["why"], rows["cleo"]["total"]) == ("0.0", "6.0")


@pytest.mark.parametrize("student", ["ada", "bob"])
def test_essay_reaches_the_teacher_whole(student, essays):
    path = essays / "autograded" / student / NAME / f"{NAME}.ipynb"
    text = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)
    shown = "If a &lt;b and c> d, then &lt;i>why&lt;/i> not? `x <y> z` and $a&lt;b$."
    assert shown in text
    page = (essays / "feedback" / student / NAME / f"{NAME}.html").read_text()
    assert "a &lt;b and c&gt; d" in page and "&lt;i&gt;why&lt;/i&gt;" in page
    assert "x &lt;y&gt; z" in page
