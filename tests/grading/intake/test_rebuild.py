"""The answers of a submission on a fresh copy of the assignment, whatever else is in the file."""

import copy
import json

from grading.intake import rebuild
from tests.grading.small_course import with_answers

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell


def rebuild_from(released, notebook):
    return rebuild.rebuild(released, rebuild.read_cells(json.dumps(notebook).encode()))


def sources(notebook):
    return [cell.source for cell in notebook.cells]


def test_own_cells_stay_behind_the_cell_that_they_followed(released):
    notebook = with_answers(released)
    notebook.cells.insert(0, new_markdown_cell("At the top."))
    place = next(i for i, cell in enumerate(notebook.cells) if cell.id == "double")
    notebook.cells.insert(place + 1, new_code_cell("print(double(4))"))
    result = rebuild_from(released, notebook)
    assert sources(result.notebook) == sources(notebook)
    assert (result.notes, result.doubts) == ([], [])


def test_points_tests_and_metadata_come_from_the_release(released):
    notebook = with_answers(released)
    for cell in notebook.cells:
        if cell.id == "test_add":
            cell.source, cell.metadata.nbgrader.points = "pass", 100
            cell.metadata.nbgrader.locked = False
    result = rebuild_from(released, notebook)
    given = {cell.id: cell for cell in released.cells}
    ours = next(cell for cell in result.notebook.cells if cell.id == "test_add")
    assert ours == given["test_add"]
    assert len(result.notes) == 2 and result.doubts == []


def test_answers_are_found_by_first_line_alone(released):
    notebook = with_answers(released)
    for cell in notebook.cells:
        cell.metadata = {"id": "colab"}
        del cell["id"]
    result = rebuild_from(released, notebook)
    assert sources(result.notebook) == sources(with_answers(released))
    assert result.doubts == []


def test_an_answer_without_its_first_line_is_found_by_its_id(released):
    notebook = with_answers(released, double="double = lambda a: 2 * a")
    for cell in notebook.cells:
        cell.metadata = {}
    result = rebuild_from(released, notebook)
    assert sources(result.notebook) == sources(notebook)
    assert (result.notes, result.doubts) == ([], [])


def test_scratch_cell_that_names_a_question_is_no_answer(released):
    notebook = with_answers(released)
    notebook.cells.append(new_code_cell("# Question 1: my notes\nadd = None"))
    result = rebuild_from(released, notebook)
    assert result.notebook.cells[-1].source.startswith("# Question 1: my notes")
    assert result.doubts == []


def test_missing_answer_is_the_empty_one_and_a_person_should_look(released):
    notebook = with_answers(released)
    notebook.cells = [cell for cell in notebook.cells if cell.id != "double"]
    result = rebuild_from(released, notebook)
    double = next(cell for cell in result.notebook.cells if cell.id == "double")
    assert "NotImplementedError" in double.source
    assert "double is missing" in result.doubts[0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"{", "not a notebook: it stops in the middle, so the upload was cut short; ask for it"),
        (b'{"cells": [1, ', "the upload was cut short"),
        (b'{"cells": [}', "not a notebook: it is damaged; ask for it again"),
        (b"<!DOCTYPE html><html></html>", "it is a web page; ask for the .ipynb file"),
        (b"%PDF-1.7", "it is a PDF under another name; ask for the .ipynb file"),
        (b"PK\x03\x04", "it is a zip or an office document under another name"),
        (b"def add(a, b)", "it is some other file under that name"),
        (b"\xff\xfe\x00", "not a notebook: it is some other file"),
        (b"[" * 100_000, "nested too deeply"),
        (b"{}", "no list of cells"),
        (b'{"cells": 3}', "no list of cells"),
        (b"null", "no list of cells"),
        (b'{"worksheets": 3}', "old format"),
    ],
)
def test_broken_file_is_told_in_words(content, message):
    with pytest.raises(rebuild.BrokenNotebook, match=message):
        rebuild.read_cells(content)


def test_odd_cells_do_no_harm(released):
    notebook = json.loads(json.dumps(with_answers(released)))
    notebook["cells"] += [
        3, None, {}, {"cell_type": "spell"}, {"cell_type": "code", "source": 3},
        {"cell_type": "code", "source": ["a = 1\n", 5], "metadata": [], "id": 7},
        {"cell_type": "code", "source": "b = 2", "metadata": {"nbgrader": "all points"}},
        {"cell_type": "markdown", "source": "\ud800", "metadata": {"nbgrader": {"grade_id": []}}},
    ]  # fmt: skip
    result = rebuild_from(released, notebook)
    assert sources(result.notebook)[-3:] == ["a = 1\n", "b = 2", "?"]
    nbformat.validate(result.notebook)


def test_each_source_is_read_as_editors_write_it():
    """With a mark in front, lines in a list, Windows' ends of lines; of an old format as well."""
    cells = [
        {"cell_type": "code", "source": ["a = 1\r\n", "b = 2"], "id": "one"},
        {"cell_type": "raw", "source": "text"},
        {"cell_type": "markdown"},
    ]
    read = rebuild.read_cells(b"\xef\xbb\xbf" + json.dumps({"cells": cells}).encode()).cells
    assert [(cell.cell_type, cell.source, cell.id) for cell in read] == [
        ("code", "a = 1\nb = 2", "one"), ("raw", "text", None), ("markdown", "", None),
    ]  # fmt: skip
    old = nbformat.convert(nbformat.v4.new_notebook(cells=[new_code_cell("a = 1")]), 3)
    assert "worksheets" in old
    assert sources(rebuild.read_cells(json.dumps(old).encode())) == ["a = 1"]


def test_what_was_done_to_given_cells_is_noted(released):
    notebook = with_answers(released)
    notebook.cells = [cell for cell in notebook.cells if cell.id != "test_add"]
    (test,) = (cell for cell in notebook.cells if cell.id == "test_double")
    notebook.cells.append(test)
    (setup,) = (cell for cell in notebook.cells if cell.id == "setup")
    setup.source += "\nimport antigravity"
    (mean,) = (cell for cell in notebook.cells if cell.id == "test_mean")
    mean.metadata.nbgrader.points = 99
    opening = notebook.cells[0]
    opening.source = "# My adding"
    result = rebuild_from(released, notebook)
    assert sorted(result.notes) == [
        "cells were in another order, which changes nothing",
        "the student changed setup: the original was used",
        "the student changed the points of test_mean: yours count",
        "the student deleted test_add: the original was put back",
        "the student had test_double 2 times: it counts once",
    ]
    assert result.doubts == []
    given = {cell.id: cell.source for cell in released.cells}
    ours = {cell.id: cell.source for cell in result.notebook.cells}
    assert [ours[name] for name in ("opening", "setup", "test_add")] == [
        given[name] for name in ("opening", "setup", "test_add")
    ]


def test_of_two_answers_the_last_counts_and_a_person_should_look(released):
    notebook = with_answers(released)
    place = next(i for i, cell in enumerate(notebook.cells) if cell.id == "double")
    again = new_code_cell("# Question 2: double\ndef double(a):\n    return a + a")
    again.metadata.nbgrader = notebook.cells[place].metadata.nbgrader
    notebook.cells.insert(place + 1, again)
    result = rebuild_from(released, notebook)
    double = next(cell for cell in result.notebook.cells if cell.id == "double")
    assert double.source == again.source
    assert result.doubts == ["double is answered 2 times; the last counts"]
    # The empty cell as handed out, or the same text in other white space, is no second answer.
    empty = next(cell.source for cell in released.cells if cell.id == "double")
    answer = notebook.cells[place].source
    for again.source in (empty, answer.replace("\n", "\n\n")):
        result = rebuild_from(released, notebook)
        double = next(cell for cell in result.notebook.cells if cell.id == "double")
        assert double.source.split() == answer.split()
        assert (result.notes, result.doubts) == ([], [])


def test_a_file_of_something_else_says_so(released):
    notebook = with_answers(released)
    notebook.cells = [new_markdown_cell("# Poems"), new_code_cell("1 + 1"), new_code_cell("  ")]
    result = rebuild_from(released, notebook)
    assert (
        result.doubts[-1]
        == "no cell of the assignment is in the file: perhaps it is another notebook"
    )
    assert "cells were in another order" not in result.notes
    added = [cell for cell in result.notebook.cells if cell.source in ("# Poems", "1 + 1")]
    assert [cell.cell_type for cell in added] == ["markdown", "code"]
    assert len({cell.id for cell in result.notebook.cells}) == len(released.cells) + 2


def test_answers_are_counted(released):
    notebook = with_answers(released)

    def count():
        read = rebuild.read_cells(json.dumps(notebook).encode())
        return rebuild.count_answers(released, read)

    assert count() == 4
    notebook.cells = [cell for cell in notebook.cells if cell.id not in ("double", "why")]
    assert count() == 2
    notebook.cells = [new_code_cell("1 + 1")]
    assert count() == 0


def test_a_question_of_the_same_number_in_another_assignment_is_no_answer(released):
    """Colab may have dropped all names: then the whole first line counts, else a name does."""
    notebook = with_answers(released)
    for cell in notebook.cells:
        cell.metadata = {}
        del cell["id"]

    def count(notebook):
        return rebuild.count_answers(released, rebuild.read_cells(json.dumps(notebook).encode()))

    assert count(notebook) == 4
    for cell in notebook.cells:
        cell.source = cell.source.replace(": ", ": another ").replace("(written).", "(written)!")
    assert count(notebook) == 0
    named = with_answers(released, add="add = sum", why="I do not know")
    assert count(named) == 4


def test_empty_answers_are_as_handed_out_and_no_doubt(released):
    result = rebuild_from(released, released)
    assert sources(result.notebook) == sources(released)
    assert (result.notes, result.doubts) == ([], [])


def test_a_written_answer_may_lie_in_a_cell_that_was_added(released):
    """An empty one would get 0 before a person has looked; code may not be changed."""
    released = copy.deepcopy(released)
    double = next(cell for cell in released.cells if cell.id == "double")
    double.metadata.nbgrader.grade = True  # code that is graded by hand
    notebook = copy.deepcopy(released)
    notebook.cells.append(new_markdown_cell("Because it can."))
    *ours, added = sources(rebuild_from(released, notebook).notebook)
    assert ours[-1] == f"{released.cells[-1].source}{rebuild.ELSEWHERE}"
    assert ours[:-1] == sources(released)[:-1] and added == "Because it can."


def test_a_given_cell_without_nbgraders_name_is_called_by_its_id(released):
    released = copy.deepcopy(released)
    setup = next(cell for cell in released.cells if cell.id == "setup")
    setup.metadata = {}
    notebook = with_answers(released)
    notebook.cells.remove(setup)
    (note,) = rebuild_from(released, notebook).notes
    assert "setup" in note


@pytest.mark.parametrize(
    ("name", "new_cell"), [("double", new_markdown_cell), ("why", new_code_cell)]
)
def test_a_cell_of_another_type_is_no_second_half_of_an_answer(released, name, new_cell):
    notebook = with_answers(released)
    place = next(i for i, cell in enumerate(notebook.cells) if cell.id == name)
    other = new_cell("More of it.", metadata=notebook.cells[place].metadata)
    notebook.cells.insert(place + 1, other)
    result = rebuild_from(released, notebook)
    assert result.doubts == [f"{name} is answered 2 times; the last counts"]


def test_answer_that_was_split_is_put_together(released):
    """As JupyterLab's Split Cell leaves it: both halves with nbgrader's name."""
    notebook = with_answers(released)
    place = next(i for i, cell in enumerate(notebook.cells) if cell.id == "double")
    second = nbformat.from_dict(json.loads(json.dumps(notebook.cells[place])))
    notebook.cells[place].source = "# Question 2: double\ndef double(a):\n    twice = 2 * a"
    second.source, second.id = "    return twice", "new"
    notebook.cells.insert(place + 1, second)
    result = rebuild_from(released, notebook)
    (ours,) = (cell for cell in result.notebook.cells if cell.id == "double")
    assert ours.source.endswith("    twice = 2 * a\n\n    return twice")
    assert (result.notes, result.doubts) == ([], [])


def test_answer_under_a_magic_is_found_without_its_metadata(released):
    notebook = with_answers(released)
    for cell in notebook.cells:
        if cell.id == "double":
            cell.source = f"%%time\n{cell.source}"
        cell.metadata = {"id": "colab"}
        del cell["id"]
    result = rebuild_from(released, notebook)
    (ours,) = (cell for cell in result.notebook.cells if cell.id == "double")
    assert ours.source.startswith("%%time\n# Question 2") and result.doubts == []
