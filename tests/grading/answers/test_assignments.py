"""The assignments give full points to right answers, and take those of a mistake alone.

Answers and verdicts run here in one process, each in a namespace of its own, and between them go
the same messages as in a grading. That this gives the points of a grading is checked below.
"""

import contextlib
import copy
import functools
import importlib
import io
import json
import linecache
import os
import re
from pathlib import Path

from gan_helpers import data
from gan_helpers.messages import say
from grading.run.probe import Probe
from grading.run.verdict import Verdict
from tests.grading.small_course import read_table, run_grading
from tests.notebooks.test_notebooks import MACHINE_PATH
from tools.retarget import address
from tools.translate.checks import ENGLISH, HAN

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions
from traitlets.config.loader import PyFileConfigLoader

ROOT = Path(__file__).parents[3]
COURSE = ROOT / "notebooks" / "assignments"

NAMES = (
    "discriminator_loss", "generator_loss", "adversarial_training", "debug_this_gan",
    "measure_and_cure", "small_project",
)  # fmt: skip
ANSWERS = {name: importlib.import_module(f"tests.grading.answers.{name}") for name in NAMES}
every_assignment = pytest.mark.parametrize("name", NAMES)


def source(name):
    notebook = nbformat.read(COURSE / "source" / name / f"{name}.ipynb", as_version=4)
    notebook.metadata.name = name
    return notebook


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


def solutions(notebook):
    return cells_of(notebook, "solution")


def ids_of_tests(notebook, question):
    """The ids of a question's tests, which follow its answer."""
    found, answered = [], None
    for cell in notebook.cells:
        if kind(cell) == "solution":
            answered = cell.metadata.nbgrader.grade_id
        elif kind(cell) == "test" and answered == question:
            found.append(cell.id)
    return found


def replaced(notebook, cells):
    """The notebook with other sources in its solution cells: grade_id -> source.

    In a source, the line REFERENCE stands for the cell as it was.
    """
    notebook, left = copy.deepcopy(notebook), dict(cells)
    for cell in cells_of(notebook, "solution"):
        own = left.pop(cell.metadata.nbgrader.grade_id, cell.source)
        cell.source = own.replace("REFERENCE\n", f"{cell.source}\n")
    assert not left, f"no such solution cell: {left.keys()}"
    return notebook


def execute(source, file, namespace):
    code = TransformerManager().transform_cell(source)
    # TensorFlow reads the source of the functions that it compiles.
    linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)
    exec(compile(code, file, "exec"), namespace)


def grade(notebook, folder, namespace=None):
    """Run all cells in `folder` as a grading does: test cell -> message, None where it passed."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        return grade_here(notebook, {} if namespace is None else namespace)
    finally:
        os.chdir(before)


def grade_here(notebook, namespace):
    namespace["__name__"] = "__main__"
    verdict = Verdict(source(notebook.metadata.name), Probe(namespace).reply)
    messages = {}
    for number, cell in enumerate(notebook.cells):
        if kind(cell) == "test":
            error = verdict.judge(cell).error
            messages[cell.id] = error and f"{error[0]}: {error[1]}"
        elif cell.cell_type == "code":
            with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(Exception):
                execute(cell.source, f"<{id(notebook)} cell {number}>", namespace)
    return messages


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """Grades of assignment 3's reference, and a folder with the generator that it trained."""
    folder, namespace = tmp_path_factory.mktemp("trained"), {}
    messages = grade(source("adversarial_training"), folder, namespace)
    namespace["gan"].ema_generator.save(folder / "trained.keras")
    return messages, folder


@pytest.fixture
def folder(tmp_path, request):
    """An empty folder to run in, or one with the trained generator where an answer loads it."""
    if getattr(request, "param", None) == "adversarial_training":
        return request.getfixturevalue("trained")[1]
    return tmp_path


@pytest.fixture(scope="module", autouse=True)
def digits_are_read_once():
    """Reading them takes seconds, which each answer would spend again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(data, "_embedded", functools.cache(data._embedded))
        yield


# Question -> cells that take long, which run where that question is answered. No other one
# depends on them.
LONG = {
    "adversarial_training": {"draw": ("draw", "test_draw")},
    "debug_this_gan": {f"mended_{n}": (f"test_mended_{n}",) for n in (1, 7, 8)},
    "measure_and_cure": {
        "finds": ("test_finds",),
        "diagnose": ("test_diagnose",),
        "cured": ("cured", "test_cured", "collapsed"),
    },
}


def answered(name, cells):
    """The source notebook with these answers, which takes long only where the answer does.

    A training takes a minute. What it draws depends on no other question: that it is good is
    shown below, and an answer to assignment 3 that draws has the trained generator at hand.
    """
    notebook, long = replaced(source(name), cells), LONG.get(name, {})
    left_out = {cell for question in long.keys() - cells.keys() for cell in long[question]}
    for cell in notebook.cells:
        if cell.id in left_out:
            cell.source = ""
    return notebook


@every_assignment
def test_reference_solutions_get_full_points(name, tmp_path, request):
    if name == "adversarial_training":
        messages, _ = request.getfixturevalue("trained")
    else:
        messages = grade(source(name), tmp_path)
    assert messages and set(messages.values()) == {None}, messages


def test_the_grader_gives_a_training_the_time_that_the_text_says():
    notebook = source("adversarial_training")
    text = next(cell.source for cell in notebook.cells if cell.id == "about_4")
    minutes = notebook.metadata.grading.cell_seconds / 60
    assert f"the grader stops the cell after {minutes:g} minutes" in text


def test_the_page_names_the_assignments_with_limits_of_their_own():
    page = (COURSE / "README.md").read_text(encoding="utf-8")
    sentence = next(part for part in page.split("; ") if "unless its metadata say" in part)
    named = {name: tuple(map(int, numbers)) for name, *numbers in re.findall(
        r"`(\w+)` (?:has )?(\d+) s and (\d+) s", sentence)}  # fmt: skip
    limits = {name: source(name).metadata.get("grading") for name in NAMES}
    assert named == {name: (own.cell_seconds, own.seconds) for name, own in limits.items() if own}


@every_assignment
def test_empty_release_gets_no_point(name, tmp_path):
    empty, answered = release(source(name)), source(name)
    for cell, ours in zip(cells_of(empty, "test"), cells_of(answered, "test"), strict=True):
        cell.source = ours.source  # as nbgrader does before it grades
    messages = grade(empty, tmp_path)
    assert all("not answered yet" in str(message) for message in messages.values()), messages


def every_answer(kind):
    return pytest.mark.parametrize(
        ("name", "answer", "folder"),
        [
            pytest.param(name, answer, name, id=f"{name}-{answer.name}")
            for name in NAMES
            for answer in getattr(ANSWERS[name], kind)
        ],
        indirect=["folder"],
    )


@every_answer("RIGHT")
def test_right_answer_gets_full_points(name, answer, folder):
    messages = grade(answered(name, answer.cells), folder)
    assert set(messages.values()) == {None}, messages


@every_answer("WRONG")
def test_wrong_answer_loses_its_question_alone(name, answer, folder):
    notebook = answered(name, {answer.question: answer.source, **answer.beside})
    tests, namespace = ids_of_tests(notebook, answer.question), {}
    messages = grade(notebook, folder, namespace)
    lost = {key: message for key, message in messages.items() if message is not None}
    assert lost and set(lost) <= set(tests), lost
    test = next(iter(lost))
    assert answer.says in lost[test], lost

    # As the student has that test; the answers have been run.
    notebook.cells = [cell for cell in release(source(name)).cells if cell.id == test]
    seen = grade(notebook, folder, namespace)[test]
    assert (seen is None) == answer.hidden, seen
    raised, _, message = (seen or "").partition(": ")
    if raised in ("AssertionError", "RuntimeError"):  # not an error of NumPy in the answer
        said = say(message, "zh").partition("Keras 的报错是")[0]
        assert re.search(HAN, said) and not ENGLISH.search(said), f"{seen}\n{said}"


def test_a_grading_gives_the_same_points(isolated, tmp_path):
    """Several mistakes in one submission, for each of three students."""
    name, where = "discriminator_loss", tmp_path / "class"
    handed_out = nbformat.read(COURSE / "release" / name / f"{name}.ipynb", as_version=4)
    wrong, right = ANSWERS[name].WRONG, ANSWERS[name].RIGHT
    students = {
        "several_mistakes": {answer.question: answer.source for answer in wrong[::7]},
        "only_hidden_ones": {a.question: a.source for a in wrong if a.hidden},
        "all_right": {cell: text for answer in right for cell, text in answer.cells.items()},
    }
    expected = {}
    for student, cells in students.items():
        expected[student] = grade(replaced(source(name), cells), tmp_path)
        reference = {c.metadata.nbgrader.grade_id: c.source for c in solutions(source(name))}
        path = where / student / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(replaced(handed_out, {**reference, **cells}), path)
    run_grading(COURSE, "grade", where, "--out", tmp_path / "out", "--jobs", "2")
    rows = read_table(tmp_path / "out")
    best = {cell.id: cell.metadata.nbgrader.points for cell in cells_of(source(name), "test")}
    for student, messages in expected.items():
        points = {test: float(rows[student][test]) for test in messages}
        assert points == {
            test: 0 if message else best[test] for test, message in messages.items()
        }, student


@every_assignment
def test_source_is_clean(name):
    path = COURSE / "source" / name / f"{name}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))  # nbformat would mend the ids
    nbformat.validate(notebook)
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(ids) == len(set(ids))
    assert set(notebook["metadata"]) - {"grading"} == {"kernelspec", "language_info"}
    assert set(notebook["metadata"].get("grading", {})) <= {"cell_seconds", "seconds"}
    assert notebook["metadata"]["language_info"] == {"name": "python"}
    for cell in notebook["cells"]:
        assert not cell.get("outputs") and cell.get("execution_count") is None
        assert set(cell["metadata"]) <= {"nbgrader"}
        assert not MACHINE_PATH.search(json.dumps(cell)), cell["source"]


@every_assignment
def test_each_graded_cell_can_be_found_without_its_metadata(name):
    notebook = source(name)
    for cell in notebook.cells:
        if kind(cell):
            assert cell.id == cell.metadata.nbgrader.grade_id
    number = 0
    for cell in notebook.cells:
        question = cell.metadata.nbgrader.grade_id if kind(cell) else ""
        if kind(cell) == "solution":
            number += 1
            assert cell.source.startswith(f"# Question {number}: {question}")
            solution = question
        elif kind(cell) == "test":
            assert cell.source.startswith(f"# Test of question {number}\n")
            assert f"{question}_".startswith(f"test_{solution}_"), "a test follows its answer"
            assert f"question={number})" in cell.source
        elif kind(cell) == "written":
            number += 1
            assert cell.source.startswith(f"**Question {number} (written).**")


@every_assignment
def test_points_are_what_the_text_says(name):
    notebook = source(name)
    opening = notebook.cells[0].source
    tests, written = cells_of(notebook, "test"), cells_of(notebook, "written")
    by_test = sum(cell.metadata.nbgrader.points for cell in tests)
    by_hand = sum(cell.metadata.nbgrader.points for cell in written)
    assert "need to know:*" in opening and "*Estimated time:*" in opening
    assert f"*Points:* {by_test + by_hand}." in opening
    assert f"graded by tests, {by_test} points" in opening
    assert f"graded by hand, {by_hand} points" in opening
    headings = [
        int(points)
        for cell in notebook.cells
        if cell.cell_type == "markdown"
        for points in re.findall(r"^## .*\((\d+) points\)$", cell.source, re.MULTILINE)
    ]
    assert headings == [cell.metadata.nbgrader.points for cell in tests + written]


def parts_of_test(source):
    """What students have of a test cell, and what they do not have."""
    visible, *hidden = source.split("### BEGIN HIDDEN TESTS")
    hidden = [part.split("### END HIDDEN TESTS") for part in hidden]
    assert hidden and all(len(part) == 2 for part in hidden)
    return visible + "".join(rest for _, rest in hidden), "".join(part for part, _ in hidden)


@every_assignment
def test_cells_are_short_and_each_test_has_both_parts(name):
    for cell in source(name).cells:
        if kind(cell) == "test":
            visible, hidden = parts_of_test(cell.source)
            assert "assert" in visible or "checks." in visible
            assert "checks.fresh()" in hidden
        elif cell.cell_type == "code":
            assert len(cell.source.splitlines()) <= 25, cell.source
            assert "HIDDEN" not in cell.source
        if kind(cell) == "written":
            assert "**For the teacher:" in cell.source.split("### BEGIN SOLUTION")[1]


@every_assignment
def test_release_holds_no_solution_and_no_hidden_test(name):
    notebook, handed_out = source(name), release(source(name))
    text = "\n".join(cell.source for cell in handed_out.cells)
    assert "SOLUTION" not in text and "HIDDEN" not in text and "For the teacher" not in text
    for cell in notebook.cells:
        for begin, end in (("BEGIN SOLUTION", "END SOLUTION"), ("BEGIN HIDDEN", "END HIDDEN")):
            if begin in cell.source:
                for part in cell.source.split(begin)[1:]:
                    removed = part.split(end)[0].splitlines()[1:-1]
                    assert "\n".join(removed) not in text


def test_set_up_cell_is_the_same_in_all():
    cells = [next(c for c in source(name).cells if c.id == "setup") for name in NAMES]
    assert len({cell.source for cell in cells}) == 1
    assert f"git+https://github.com/{address(ROOT)}" in cells[0].source
    for name in NAMES:
        link = f"/blob/main/notebooks/assignments/release/{name}/{name}.ipynb)"
        assert f"github/{address(ROOT)}{link}" in source(name).cells[0].source


def test_there_are_enough_answers():
    wrong = [(a.source, *a.beside.items()) for name in NAMES for a in ANSWERS[name].WRONG]
    right = [answer for name in NAMES for answer in ANSWERS[name].RIGHT]
    assert len(set(wrong)) == len(wrong) >= 40
    assert len(right) >= 15
