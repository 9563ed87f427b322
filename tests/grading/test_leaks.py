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


HELD = {
    "under other names": "def f(a):\n    '''Text.'''\n    return sum(a) / len(a)",
    "inside another expression": "CENTRE = abs(sum(DATA) / len(DATA)) + 1",
    "with type hints": "def helper(a: list) -> float:\n    return sum(a) / len(a)",
}


def solved_with_a_sum():
    """The small assignment with a solution of its third question that says something."""
    notebook = small_course.source()
    for cell in notebook.cells:
        cell.source = cell.source.replace("np.mean(values)", "sum(values) / len(values)")
    return notebook


@pytest.mark.parametrize("how", HELD)
def test_solution_in_an_imported_module_is_refused(how, tmp_path):
    folder = small_course.write(tmp_path / "course", solved_with_a_sum())
    module = tmp_path / "checks.py"
    module.write_text("import math\n\n\n" + HELD[how] + "\n")
    with pytest.raises(course.CourseError, match="line [456], holds the solution of cell mean"):
        with release.fresh_release(folder, imported=module):
            pass


def test_run_of_statements_in_an_imported_module_is_found(tmp_path):
    notebook = small_course.source()
    for cell in notebook.cells:
        cell.source = cell.source.replace(
            "    return np.mean(values)",
            "    total = 0.0\n    for v in values:\n        total += v\n"
            "    return total / len(values)",
        )
    lines = ["a = 1", "s = 0.0", "for x in xs:", "    s += x", "return s / len(xs)"]
    module = tmp_path / "checks.py"
    module.write_text("def helper(xs):\n" + "\n".join(f"    {line}" for line in lines) + "\n")
    assert leaks.module_leaks(notebook, module) == [
        f"{tmp_path.name}/checks.py, line 3, holds the solution of cell mean"
    ]
    module.write_text(module.read_text().replace("s += x", "s -= x"))
    assert leaks.module_leaks(notebook, module) == []
