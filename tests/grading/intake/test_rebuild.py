"""The answers of a submission on a fresh copy of the assignment, whatever else is in the file."""

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
        (b"{", "not a notebook"),
        (b"\xff\xfe\x00", "not a notebook"),
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
