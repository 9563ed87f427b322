"""A class with every kind of submission, graded in one go: points, messages, what is not reached.

The small course is graded, but for one test that grades an assignment with TensorFlow.
"""

import copy
import json
import shutil
import signal
import subprocess
import sys
import time

from grading import course, grade, release
from grading.intake.owners import student_id
from grading.run import sandbox
from tests.grading import small_course, submissions
from tests.grading.small_course import (
    NAME,
    ROOT,
    hand_in,
    points_of,
    read_table,
    run_grading,
    with_answers,
)

import nbformat
import psutil
import pytest

FULL = submissions.FULL


@pytest.mark.parametrize("where", ["nowhere", "text.zip", "empty"])
def test_nothing_to_grade_is_said_in_words(where, small, tmp_path, isolated):
    (tmp_path / "text.zip").write_text("no zip")
    (tmp_path / "empty").mkdir()
    done = run_grading(small, "grade", tmp_path / where, "--out", tmp_path / "out", check=False)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert where in done.stderr
    assert not (tmp_path / "out").exists()


def catalogue():
    return submissions.submissions("/unknown")


@pytest.fixture(scope="module")
def graded_class(isolated, tmp_path_factory):
    """The folder of a class that was graded, with what the grading printed."""
    folder = tmp_path_factory.mktemp("graded")
    where = small_course.write(folder / "course")
    release.make_release(where)
    released = course.read_notebook(where / "release", NAME)
    for student, kind in submissions.submissions(str(folder)).items():
        handed_in = kind.make(submissions.Draft(with_answers(released)))
        hand_in(folder / "class", student.replace(" ", "_"), handed_in)
    before = {path: path.read_bytes() for path in (folder / "class").rglob("*.ipynb")}
    done = run_grading(where, "grade", folder / "class", "--out", folder / "out", "--jobs", "2")
    assert {path: path.read_bytes() for path in before} == before
    return folder, done.stdout


def id_of(student):
    return student_id(student.replace(" ", "_"))


@pytest.mark.parametrize("student", catalogue())
def test_submission_gets_what_it_should(student, graded_class):
    folder, printed = graded_class
    kind, row = catalogue()[student], read_table(folder / "out")[id_of(student)]
    assert points_of(row) == (kind.points or dict.fromkeys(FULL)), row["message"]
    assert row["state"] in kind.state.split(" or "), row["message"]
    assert kind.message in row["message"]
    assert (row["so far"] == "") == (kind.points is None)
    # The written answer waits, but where a file has no cells at all.
    assert (row["total"] == row["why"] == "") == (student != "no cells")
    page = folder / "out" / "feedback" / id_of(student) / NAME / f"{NAME}.html"
    assert page.stat().st_size < 2_000_000
    assert sum(f"  {id_of(student)}  " in line for line in printed.splitlines()) == 1


@pytest.mark.parametrize("attempt", submissions.attempts(""))
def test_nothing_outside_is_reached(attempt, graded_class):
    folder, _ = graded_class
    path = folder / "out" / "autograded" / id_of(attempt) / NAME / f"{NAME}.ipynb"
    outputs = [
        cell.outputs for cell in nbformat.read(path, as_version=4).cells if "outputs" in cell
    ]
    text = json.dumps(outputs)
    assert submissions.REACHED not in text
    assert "Error" in text  # it was tried


def test_no_process_and_no_folder_is_left(graded_class):
    left = [p.info["cmdline"] for p in psutil.process_iter(["cmdline"])]
    folder, _ = graded_class
    assert not [line for line in left if line and any(str(folder) in part for part in line)]


def test_feedback_shows_points_and_messages_but_no_hidden_test(graded_class):
    folder, _ = graded_class
    for path in (folder / "out" / "feedback").rglob("*.html"):
        page = path.read_text()
        assert "fresh numbers" not in page and "HIDDEN TESTS" not in page, path
    page = (folder / "out/feedback/wrong" / NAME / f"{NAME}.html").read_text()
    assert "one and two make three" in page
    assert "Score so far: 4.0 / 6.0; 4.0 more wait for your teacher" in page
    assert "0.0 / 4.0" not in page and page.count("/ 4.0") == 2
    page = (folder / "out/feedback/prints_all_that_was_run" / NAME / f"{NAME}.html").read_text()
    # In the test as it was handed out, and not in what the kernel was given to run.
    assert "# Given\\nimport numpy as np" in page  # it was printed
    assert page.count("one and two make three") == 1


def test_nothing_that_students_write_runs_in_a_browser(graded_class):
    folder, _ = graded_class
    page = (folder / "out/feedback/script" / NAME / f"{NAME}.html").read_text()
    assert "<script>document.title" not in page and "<img src=x" not in page
    autograded = (folder / "out/autograded/script" / NAME / f"{NAME}.ipynb").read_text()
    assert "text/html" not in autograded and "<img" not in autograded


SAMPLE = ("right", "wrong", "os._exit", "shows a value as partial credit")


@pytest.fixture
def sample(graded_class, tmp_path):
    """Four students of the class, to be graded elsewhere, and their rows in the class."""
    folder, _ = graded_class
    for student in map(id_of, SAMPLE):
        shutil.copytree(folder / "class" / student, tmp_path / "class" / student)
    rows = read_table(folder / "out")
    return tmp_path, folder / "course", {id_of(student): rows[id_of(student)] for student in SAMPLE}


def test_grades_do_not_depend_on_the_others_or_on_the_run(sample):
    """Graded alone, and again: the same rows. The second run grades nobody."""
    folder, where, rows = sample
    run_grading(where, "grade", folder / "class", "--out", folder / "out", "--jobs", "1")
    assert read_table(folder / "out") == rows
    content = (folder / "out" / "grades.csv").read_bytes()
    printed = run_grading(where, "grade", folder / "class", "--out", folder / "out").stdout
    assert "4 of 4 are graded and have not changed" in printed
    assert not any(line.lstrip().startswith("1/") for line in printed.splitlines())
    assert (folder / "out" / "grades.csv").read_bytes() == content


def test_grading_goes_on_after_a_kill(sample):
    folder, where, rows = sample
    command = [sys.executable, "-m", "grading", "--course", str(where), "grade",
               str(folder / "class"), "--out", str(folder / "out"), "--jobs", "2"]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    states = folder / "out" / "state" / NAME
    while not list(states.glob("*.json")):
        assert process.poll() is None
        time.sleep(0.02)
    family = sandbox.process_family(process.pid)
    process.send_signal(signal.SIGKILL)
    process.wait()
    _, alive = psutil.wait_procs(family[1:], timeout=10)
    assert not alive  # kernels and workers end with it
    before = {path.name: path.read_bytes() for path in states.glob("*.json")}
    assert 0 < len(before) < len(rows)
    printed = run_grading(where, "grade", folder / "class", "--out", folder / "out").stdout
    assert f"{len(before)} of 4 are graded and have not changed" in printed
    assert read_table(folder / "out") == rows
    assert {name: (states / name).read_bytes() for name in before} == before


def test_two_gradings_do_not_share_a_folder(small, released, tmp_path, isolated):
    hand_in(tmp_path / "class", "ada", with_answers(released))
    (tmp_path / "out").mkdir()
    with grade.locked_folder(tmp_path / "out"):
        done = run_grading(
            small, "grade", tmp_path / "class", "--out", tmp_path / "out", check=False
        )
    assert done.returncode == 1 and "another grading is running" in done.stderr


def test_real_assignment_is_graded_in_the_sandbox(isolated, tmp_path):
    """With TensorFlow inside: the reference gets full points, the empty release none."""
    name = "discriminator_loss"
    reference = course.read_notebook(course.COURSE / "source", name)
    released = course.read_notebook(course.COURSE / "release", name)
    solutions = {c.metadata.nbgrader.grade_id: c.source for c in reference.cells
                 if c.metadata.get("nbgrader", {}).get("solution")}  # fmt: skip
    full = copy.deepcopy(released)
    for cell in full.cells:
        cell.source = solutions.get(cell.id, cell.source)
    for student, notebook in (("full", full), ("empty", released)):
        path = tmp_path / "class" / student / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    run_grading(course.COURSE, "grade", tmp_path / "class", "--out", tmp_path / "out")
    rows = read_table(tmp_path / "out")
    tests = [key for key in rows["full"] if key.startswith("test_")]
    best = {c.metadata.nbgrader.grade_id: c.metadata.nbgrader.points for c in released.cells
            if c.metadata.get("nbgrader", {}).get("grade")}  # fmt: skip
    assert tests
    for test in tests:
        assert (float(rows["full"][test]), float(rows["empty"][test])) == (best[test], 0)
    assert rows["full"]["message"] == rows["empty"]["message"] == ""
