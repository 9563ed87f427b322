"""An assignment is graded again when its verdict may be another, and at no other time."""

import shutil

from grading import course, fingerprint
from grading.course import ROOT

import nbformat
import pytest

NAME = "adversarial_training"


@pytest.fixture
def project(tmp_path):
    """A copy of what there is, to be changed, and how to take the fingerprint of it."""
    for part in ("gan_helpers", "grading"):
        kept = shutil.ignore_patterns("__pycache__", "*.pyc")
        shutil.copytree(ROOT / part, tmp_path / part, ignore=kept)
    for part in ("source", "nbgrader_config.py"):
        copy = shutil.copytree if part == "source" else shutil.copy
        copy(course.COURSE / part, tmp_path / "course" / part)
    return tmp_path


def take(project):
    return fingerprint.fingerprint(fingerprint.parts(project / "course", NAME, project))


USED = (
    "gan_helpers/metrics.py", "gan_helpers/losses.py", "gan_helpers/data.py",
    "gan_helpers/checks.py", "gan_helpers/assets/digit_classifier.npz",
    "grading/run/verdict.py", "grading/run/probe.py", "grading/intake/rebuild.py",
    "course/nbgrader_config.py",
)  # fmt: skip
NOT_USED = (
    "gan_helpers/live.py", "gan_helpers/claims.py", "gan_helpers/pictures/grids.py",
    "gan_helpers/playgrounds/dirac.py", "gan_helpers/assets/game.js", "grading/book/table.py",
    "grading/intake/owners.py", "grading/grade.py", "gan_helpers/gan.py",
)  # fmt: skip


@pytest.mark.parametrize("path", [*USED, *NOT_USED])
def test_file_counts_if_the_verdict_uses_it(path, project):
    before = take(project)
    with (project / path).open("ab") as file:
        file.write(b"\n# changed\n")
    assert (take(project) != before) == (path in USED)


def first(notebook, wanted):
    return next(cell for cell in notebook.cells if wanted(cell))


CHANGES = {
    "a test": (lambda nb: first(nb, lambda c: c.id == "test_d_step"), True),
    "a given cell": (lambda nb: first(nb, lambda c: c.id == "imports"), True),
    "a solution, which may stand in": (lambda nb: first(nb, lambda c: c.id == "d_step"), True),
    "the opening": (lambda nb: nb.cells[0], False),
}


@pytest.mark.parametrize("what", CHANGES)
def test_cell_counts_if_the_verdict_uses_it(what, project):
    find, counts = CHANGES[what]
    before = take(project)
    path = project / "course" / "source" / NAME / f"{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    find(notebook).source += "\n# changed"
    nbformat.write(notebook, path)
    assert (take(project) != before) == counts


def test_rubric_of_a_written_answer_does_not_count(project):
    before = take(project)
    path = project / "course" / "source" / NAME / f"{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    cell = first(notebook, lambda c: "**For the teacher:" in c.source)
    cell.source = cell.source.replace("**For the teacher:", "Look here. **For the teacher:")
    nbformat.write(notebook, path)
    assert take(project) == before
    cell.metadata.nbgrader.points += 1
    nbformat.write(notebook, path)
    assert take(project) != before


def test_the_parts_name_what_changed(project):
    def parts():
        return fingerprint.parts(project / "course", NAME, project)

    before = parts()
    for path in ("gan_helpers/losses.py", "course/nbgrader_config.py"):
        with (project / path).open("ab") as file:
            file.write(b"\n# changed\n")
    names = fingerprint.differences(before, parts())
    assert names == "gan_helpers/losses.py, nbgrader_config.py"


def test_many_changes_are_counted_and_an_older_mark_is_said(tmp_path):
    now = {name: "1" for name in "abcde"}
    assert fingerprint.differences({"a": "1", "gone": "1"}, now) == "b, c, d and 2 more"
    mark = tmp_path / ".source"
    assert fingerprint.read_mark(mark) is None
    mark.write_text("0123\n4567\n")
    assert fingerprint.read_mark(mark) == {}
    assert fingerprint.differences({}, now) == "an older version had graded them"
