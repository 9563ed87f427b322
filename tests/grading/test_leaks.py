"""Nothing of a solution or a hidden test reaches students: not in a release, not in an import."""

import copy

from grading import course, leaks, release
from tests.grading import small_course
from tests.grading.small_course import NAME

import pytest
from nbformat.v4 import new_output


def with_edit(cell_id, edit):
    """The small assignment with an edit of one cell."""
    notebook = small_course.source()
    edit(next(cell for cell in notebook.cells if cell.id == cell_id))
    return notebook


def repeat_solution(cell):
    cell.source += "\ndef mean_again(values):\n    return np.mean(values, axis=None)"


LEAKING = {
    "hidden test with a slip in its mark": (
        with_edit("test_add", lambda cell: cell.update(
            source=cell.source.replace("BEGIN HIDDEN TESTS", "BEGIN HIDEN TESTS"))),
        "test_add",
    ),
    "hidden test in capitals of another kind": (
        with_edit("test_add", lambda cell: cell.update(
            source=cell.source.replace("HIDDEN TESTS", "hidden tests"))),
        "test_add",
    ),
    "solution repeated in a given cell": (
        with_edit("setup", lambda cell: cell.update(
            source="def helper(values):\n    return sum(values) / len(values)  # the answer")),
        "setup",
    ),
    "solution in the metadata": (
        with_edit("setup", lambda cell: cell.metadata.update(
            note="return sum(values) / len(values)  # the answer")),
        "setup",
    ),
    "a folder of the machine": (
        with_edit("opening", lambda cell: cell.update(source="See /home/teacher/solutions.")),
        "opening",
    ),
}  # fmt: skip


@pytest.mark.parametrize("leak", LEAKING)
def test_leak_is_refused(leak, tmp_path):
    notebook, where = LEAKING[leak]
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        cell.source = cell.source.replace(
            "return np.mean(values)", "return sum(values) / len(values)  # the answer"
        )
    folder = small_course.write(tmp_path / "course", notebook)
    with pytest.raises(course.CourseError, match=f"{NAME}: .*{where}"):
        release.make_release(folder)
    assert not (folder / "release").exists()


def test_output_in_a_release_is_a_leak():
    source, notebook = small_course.source(), small_course.source()
    setup = next(cell for cell in notebook.cells if cell.id == "setup")
    setup.outputs = [new_output("stream", text="ready")]
    assert "cell setup has an output" in leaks.leaks(source, notebook)
