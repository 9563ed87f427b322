"""The assignments give full points to right answers, and take those of a mistake alone.

The graded cells run here in one process, each answer in a namespace of its own. That this
gives the points of nbgrader's own autograder is checked below.
"""

import contextlib
import copy
import importlib
import io
import linecache
import sys
from pathlib import Path

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions
from traitlets.config.loader import PyFileConfigLoader

ROOT = Path(__file__).parent.parent
COURSE = ROOT / "notebooks" / "assignments"
sys.path.insert(0, str(Path(__file__).parent))

NAMES = ("discriminator_loss",)
ANSWERS = {name: importlib.import_module(f"answers.{name}") for name in NAMES}
every_assignment = pytest.mark.parametrize("name", NAMES)


def source(name):
    return nbformat.read(COURSE / "source" / name / f"{name}.ipynb", as_version=4)


def config():
    return PyFileConfigLoader("nbgrader_config.py", str(COURSE)).load_config()


def release(notebook):
    """What students get: without solutions and hidden tests."""
    notebook = copy.deepcopy(notebook)
    for preprocessor in (ClearSolutions(config=config()), ClearHiddenTests(config=config())):
        notebook, _ = preprocessor.preprocess(notebook, {})
    return notebook


def kind(cell):
    """given, solution, test or written, for a cell that nbgrader knows; else None."""
    meta = cell.metadata.get("nbgrader")
    if meta is None:
        return None
    if meta.grade:
        return "written" if meta.solution else "test"
    return "solution" if meta.solution else "given"


def cells_of(notebook, wanted):
    return [cell for cell in notebook.cells if kind(cell) == wanted]


def replaced(notebook, cells):
    """The notebook with other sources in its solution cells: grade_id -> source."""
    notebook, left = copy.deepcopy(notebook), dict(cells)
    for cell in cells_of(notebook, "solution"):
        cell.source = left.pop(cell.metadata.nbgrader.grade_id, cell.source)
    assert not left, f"no such solution cell: {left.keys()}"
    return notebook


def execute(source, file, namespace):
    code = TransformerManager().transform_cell(source)
    # TensorFlow reads the source of the functions that it compiles.
    linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)
    exec(compile(code, file, "exec"), namespace)


def grade(notebook, folder, monkeypatch):
    """Run all cells as nbgrader does, and return test cell -> message, None where it passed.

    As with nbgrader, a test that writes to stderr has failed.
    """
    monkeypatch.chdir(folder)
    namespace, messages = {"__name__": "__main__"}, {}
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        message, errors = None, io.StringIO()
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(errors):
            try:
                execute(cell.source, f"<{id(notebook)} cell {number}>", namespace)
            except Exception as error:
                message = f"{type(error).__name__}: {error}"
        if kind(cell) == "test":
            if message is None and errors.getvalue():
                message = f"stderr: {errors.getvalue()}"
            messages[cell.metadata.nbgrader.grade_id] = message
    return messages


@every_assignment
def test_reference_solutions_get_full_points(name, tmp_path, monkeypatch):
    messages = grade(source(name), tmp_path, monkeypatch)
    assert messages and set(messages.values()) == {None}


@every_assignment
def test_empty_release_gets_no_point(name, tmp_path, monkeypatch):
    empty, answered = release(source(name)), source(name)
    for cell, ours in zip(cells_of(empty, "test"), cells_of(answered, "test"), strict=True):
        cell.source = ours.source  # as nbgrader does before it grades
    messages = grade(empty, tmp_path, monkeypatch)
    assert all("not answered yet" in str(message) for message in messages.values()), messages


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        pytest.param(name, answer, id=f"{name}-{answer.name}")
        for name in NAMES
        for answer in ANSWERS[name].RIGHT
    ],
)
def test_right_answer_gets_full_points(name, answer, tmp_path, monkeypatch):
    messages = grade(replaced(source(name), answer.cells), tmp_path, monkeypatch)
    assert set(messages.values()) == {None}, messages


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        pytest.param(name, answer, id=f"{name}-{answer.name}")
        for name in NAMES
        for answer in ANSWERS[name].WRONG
    ],
)
def test_wrong_answer_loses_its_question_alone(name, answer, tmp_path, monkeypatch):
    answered = replaced(source(name), {answer.question: answer.source})
    messages = grade(answered, tmp_path, monkeypatch)
    lost = {test: message for test, message in messages.items() if message is not None}
    assert list(lost) == [f"test_{answer.question}"]
    message = lost[f"test_{answer.question}"]
    assert answer.says in message, message

    seen = release(source(name))  # the tests as the student has them
    for cell, other in zip(seen.cells, answered.cells, strict=True):
        if kind(cell) != "test":
            cell.source = other.source
    lost = {test: m for test, m in grade(seen, tmp_path, monkeypatch).items() if m is not None}
    assert list(lost) == ([] if answer.hidden else [f"test_{answer.question}"]), lost


def test_there_are_enough_answers():
    wrong = [answer.source for name in NAMES for answer in ANSWERS[name].WRONG]
    right = [answer for name in NAMES for answer in ANSWERS[name].RIGHT]
    assert len(set(wrong)) == len(wrong) >= 40
    assert len(right) >= 15
