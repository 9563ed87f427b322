"""The teacher's side: what students get, how a class is graded, and what submissions cannot do.

Most of it runs on the small course of small_course.py. One class with every broken and hostile
submission is graded in one go, beside good students who must keep their grades.
"""

import copy
import csv
import io
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from pathlib import Path

from grading import collect, course, rebuild, sandbox
from tests.grading import small_course, submissions

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

ROOT = Path(__file__).parents[2]

NAME = small_course.NAME
FULL, GRADED = submissions.FULL, submissions.GRADED


@pytest.fixture(scope="session")
def isolated():
    """Without bubblewrap the tests that need it are skipped, except in CI."""
    try:
        sandbox.check("bwrap")
    except sandbox.IsolationError as error:
        # Where it must be there, a skipped test would look like a passed one.
        pytest.fail(str(error)) if os.environ.get("CI") else pytest.skip(str(error))


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    """The small course with its release."""
    folder = small_course.write(tmp_path_factory.mktemp("small") / "course")
    course.release(folder)
    return folder


@pytest.fixture(scope="session")
def released(small):
    return course.read(small / "release", NAME)


def answered(notebook, **answers):
    """The release with right answers, or those given."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id in small_course.RIGHT:
            cell.source = answers.get(grade_id, small_course.RIGHT[grade_id])
    return notebook


def hand_in(folder, student, notebook):
    """Store a submission in nbgrader's layout; content that is no notebook as it is."""
    path = folder / student / NAME / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(notebook, bytes):
        path.write_bytes(notebook)
    else:
        path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


def grading(where, *arguments, check=True):
    """Run a command of the grading in a process of its own, as make does."""
    command = [sys.executable, "-m", "grading", "--course", str(where), *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


def table(out):
    """The rows of grades.csv, by student."""
    with (out / "grades.csv").open(newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def points(row):
    return {name: float(row[name]) if row[name] else None for name in FULL}


# What students get.


def test_release_is_made_of_the_sources_as_they_are_now():
    with course.made(course.COURSE) as fresh:
        names = course.assignments(course.COURSE)
        stale = [name for name in names if course.stale(course.COURSE, fresh, name)]
        assert not stale, "run `make assignments`"
        assert sorted(path.name for path in (course.COURSE / "release").iterdir()) == names


def test_stale_release_is_found_and_made_anew(tmp_path):
    folder = small_course.write(tmp_path / "course")
    assert course.release(folder) == [NAME]
    assert course.release(folder) == []
    path = folder / "release" / NAME / f"{NAME}.ipynb"
    before = path.read_bytes()
    path.write_bytes(before.replace(b"# Adding", b"# Edited"))
    assert course.release(folder) == [NAME]
    assert path.read_bytes() == before


def test_release_is_the_same_in_another_folder(tmp_path, small):
    folder = small_course.write(tmp_path / "another" / "place")
    course.release(folder)
    assert course.contents(folder / "release") == course.contents(small / "release")


def test_release_without_a_source_is_removed(tmp_path):
    folder = small_course.write(tmp_path / "course")
    (folder / "release" / "gone").mkdir(parents=True)
    assert sorted(course.release(folder)) == [NAME, "gone"]
    assert not (folder / "release" / "gone").exists()


def leaking(cell_id, edit):
    """The small assignment with an edit of one cell."""
    notebook = small_course.source()
    edit(next(cell for cell in notebook.cells if cell.id == cell_id))
    return notebook


def repeat_solution(cell):
    cell.source += "\ndef mean_again(values):\n    return np.mean(values, axis=None)"


LEAKS = {
    "hidden test with a slip in its mark": (
        leaking("test_add", lambda cell: cell.update(
            source=cell.source.replace("BEGIN HIDDEN TESTS", "BEGIN HIDEN TESTS"))),
        "test_add",
    ),
    "hidden test in capitals of another kind": (
        leaking("test_add", lambda cell: cell.update(
            source=cell.source.replace("HIDDEN TESTS", "hidden tests"))),
        "test_add",
    ),
    "solution repeated in a given cell": (
        leaking("setup", lambda cell: cell.update(
            source="def helper(values):\n    return sum(values) / len(values)  # the answer")),
        "setup",
    ),
    "solution in the metadata": (
        leaking("setup", lambda cell: cell.metadata.update(
            note="return sum(values) / len(values)  # the answer")),
        "setup",
    ),
    "a folder of the machine": (
        leaking("opening", lambda cell: cell.update(source="See /home/teacher/solutions.")),
        "opening",
    ),
}  # fmt: skip


@pytest.mark.parametrize("leak", LEAKS)
def test_leak_is_refused(leak, tmp_path):
    notebook, where = LEAKS[leak]
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        cell.source = cell.source.replace(
            "return np.mean(values)", "return sum(values) / len(values)  # the answer"
        )
    folder = small_course.write(tmp_path / "course", notebook)
    with pytest.raises(course.CourseError, match=f"{NAME}: .*{where}"):
        course.release(folder)
    assert not (folder / "release").exists()


def test_output_in_a_release_is_a_leak():
    source, notebook = small_course.source(), small_course.source()
    setup = next(cell for cell in notebook.cells if cell.id == "setup")
    setup.outputs = [new_output("stream", text="ready")]
    assert "cell setup has an output" in course.leaks(source, notebook)


def test_visible_tests_run_without_nbgrader(released):
    """As in Jupyter or Colab: right answers pass, the empty release stops at the first test."""
    for notebook, fails in ((answered(released), False), (released, True)):
        namespace = {}
        code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
        if fails:
            with pytest.raises(NotImplementedError):
                exec("\n".join(code), namespace)
        else:
            exec("\n".join(code), namespace)


# Whose submission it is.

LAYOUTS = {
    "nbgrader": ({"ada/adding/adding.ipynb": "ada", "bob/adding/adding.ipynb": "bob"}, ""),
    "a folder around nbgrader's": (
        {"handed_in/ada/adding/adding.ipynb": "ada", "handed_in/bob/adding/adding.ipynb": "bob"},
        "",
    ),
    "a folder for each student": (
        {"class/ada/adding.ipynb": "ada", "class/bob/my work.ipynb": "bob"}, "",
    ),
    "one student": ({"ada/adding/adding.ipynb": "ada"}, ""),
    "flat": ({"ada_adding.ipynb": "ada", "adding_bob.ipynb": "bob", "cleo.ipynb": "cleo"}, ""),
    "Moodle with folders": (
        {
            "Ada Lovelace_12345_assignsubmission_file_/adding.ipynb": "Ada_Lovelace_12345",
            "Zoë Ünal_12346_assignsubmission_file_/adding.ipynb": "Zoë_Ünal_12346",
            "Ada Lovelace_12347_assignsubmission_file/adding (1).ipynb": "Ada_Lovelace_12347",
        }, "",
    ),
    "Moodle without folders": (
        {"Ada Lovelace_12345_assignsubmission_file_adding.ipynb": "Ada_Lovelace_12345"}, "",
    ),
    "Canvas": (
        {
            "lovelaceada_12345_678_adding-1.ipynb": "lovelaceada_12345",
            "turingalan_12346_679_adding.ipynb": "turingalan_12346",
        }, "",
    ),
    "Canvas, late": ({"lovelaceada_LATE_12345_678_adding.ipynb": "lovelaceada_12345"}, "late"),
    "Blackboard": (
        {"adding_alovelace_attempt_2026-01-30-15-00-00_adding.ipynb": "alovelace"}, "",
    ),
    "a name in other letters": ({"李明/adding/adding.ipynb": "李明"}, ""),
}  # fmt: skip


def as_zip(files):
    """A zip of path -> content."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return stream.getvalue()


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_layout_is_understood(layout, packed, tmp_path):
    files, note = LAYOUTS[layout]
    if packed:
        where = tmp_path / "export.zip"
        where.write_bytes(as_zip(dict.fromkeys(files, b"{}")))
    else:
        where = tmp_path / "export"
        for path in files:
            (where / path).parent.mkdir(parents=True, exist_ok=True)
            (where / path).write_bytes(b"{}")
    found, left_out = collect.collect(where, [NAME, "another"], lambda content: NAME)
    assert {one.path.removeprefix("/"): one.student for one in found} == files
    assert all(one.assignment == NAME and not one.doubts for one in found)
    assert all(note in one.notes for one in found) or not note
    assert left_out == []


def collected(folder, files, **options):
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return collect.collect(folder, [NAME, "another"], **options)


def test_zip_in_a_students_folder_is_opened(tmp_path):
    inner = as_zip({"work/adding.ipynb": b"{}", "../../evil.ipynb": b"{}"})
    found, _ = collected(tmp_path, {"Ada L_1_assignsubmission_file_/hw.zip": inner})
    assert [(one.student, one.content) for one in found] == [("Ada_L_1", b"{}")]
    assert list(tmp_path.rglob("*.ipynb")) == []  # nothing was unpacked


def test_zip_that_unpacks_to_too_much_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(collect, "LARGEST_FILE", 1000)
    files = {"ada/adding/adding.ipynb": b"{}", "bob/adding/adding.ipynb": b" " * 5000}
    (tmp_path / "all.zip").write_bytes(as_zip(files))
    found, _ = collect.collect(tmp_path / "all.zip", [NAME])
    ada, bob = found
    assert ada.content == b"{}" and bob.content is None and "more than" in bob.doubts[0]


def test_best_of_two_notebooks_is_taken_and_a_person_should_look(tmp_path):
    files = {"ada/adding/adding.ipynb": b"1", "ada/adding/Untitled.ipynb": b"2"}
    (found,), _ = collected(tmp_path, files)
    assert found.content == b"1" and "2 notebooks" in found.doubts[0]


def test_repeated_upload_takes_the_last(tmp_path):
    files = {f"lovelaceada_1_2_adding{n}.ipynb": n.encode() for n in ("", "-1", "-2")}
    (found,), _ = collected(tmp_path, files)
    assert found.content == b"-2"


def test_student_without_a_notebook_is_named(tmp_path):
    files = {"Ada L_1_assignsubmission_file_/adding.pdf": b"", "bob/adding/adding.ipynb": b"{}"}
    found, _ = collected(tmp_path, files, only=NAME)
    assert [(one.student, one.content) for one in found] == [("Ada_L_1", None), ("bob", b"{}")]
    assert "no notebook was handed in" in found[0].doubts[0]


def test_file_of_nobody_is_left_out_and_named(tmp_path):
    files = {"adding.ipynb": b"{}", "__MACOSX/._adding.ipynb": b"", "ada_adding.ipynb": b"{}"}
    found, left_out = collected(tmp_path, files)
    assert [one.student for one in found] == ["ada"] and left_out == ["adding.ipynb"]


def test_link_out_of_the_folder_is_not_followed(tmp_path):
    (tmp_path / "secret.ipynb").write_text("{}")
    (tmp_path / "in" / "eve").mkdir(parents=True)
    (tmp_path / "in" / "eve" / "adding.ipynb").symlink_to(tmp_path / "secret.ipynb")
    with pytest.raises(collect.CollectError, match="no submission was found"):
        collect.collect(tmp_path / "in", [NAME])


@pytest.mark.parametrize("where", ["nowhere", "text.zip", "empty"])
def test_nothing_to_grade_is_said_in_words(where, small, tmp_path, isolated):
    (tmp_path / "text.zip").write_text("no zip")
    (tmp_path / "empty").mkdir()
    done = grading(small, "grade", tmp_path / where, "--out", tmp_path / "out", check=False)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert where in done.stderr
    assert not (tmp_path / "out").exists()


# The answers on a fresh copy of the assignment.


def rebuilt(released, notebook):
    return rebuild.rebuild(released, rebuild.read(json.dumps(notebook).encode()))


def sources(notebook):
    return [cell.source for cell in notebook.cells]


def test_own_cells_stay_behind_the_cell_that_they_followed(released):
    notebook = answered(released)
    notebook.cells.insert(0, new_markdown_cell("At the top."))
    place = next(i for i, cell in enumerate(notebook.cells) if cell.id == "double")
    notebook.cells.insert(place + 1, new_code_cell("print(double(4))"))
    result = rebuilt(released, notebook)
    assert sources(result.notebook) == sources(notebook)
    assert (result.notes, result.doubts) == ([], [])


def test_points_tests_and_metadata_come_from_the_release(released):
    notebook = answered(released)
    for cell in notebook.cells:
        if cell.id == "test_add":
            cell.source, cell.metadata.nbgrader.points = "pass", 100
            cell.metadata.nbgrader.locked = False
    result = rebuilt(released, notebook)
    given = {cell.id: cell for cell in released.cells}
    ours = next(cell for cell in result.notebook.cells if cell.id == "test_add")
    assert ours == given["test_add"]
    assert len(result.notes) == 2 and result.doubts == []


def test_answers_are_found_by_first_line_alone(released):
    notebook = answered(released)
    for cell in notebook.cells:
        cell.metadata = {"id": "colab"}
        del cell["id"]
    result = rebuilt(released, notebook)
    assert sources(result.notebook) == sources(answered(released))
    assert result.doubts == []


def test_scratch_cell_that_names_a_question_is_no_answer(released):
    notebook = answered(released)
    notebook.cells.append(new_code_cell("# Question 1: my notes\nadd = None"))
    result = rebuilt(released, notebook)
    assert result.notebook.cells[-1].source.startswith("# Question 1: my notes")
    assert result.doubts == []


def test_missing_answer_is_the_empty_one_and_a_person_should_look(released):
    notebook = answered(released)
    notebook.cells = [cell for cell in notebook.cells if cell.id != "double"]
    result = rebuilt(released, notebook)
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
        rebuild.read(content)


def test_odd_cells_do_no_harm(released):
    notebook = json.loads(json.dumps(answered(released)))
    notebook["cells"] += [
        3, None, {}, {"cell_type": "spell"}, {"cell_type": "code", "source": 3},
        {"cell_type": "code", "source": ["a = 1\n", 5], "metadata": [], "id": 7},
        {"cell_type": "code", "source": "b = 2", "metadata": {"nbgrader": "all points"}},
        {"cell_type": "markdown", "source": "\ud800", "metadata": {"nbgrader": {"grade_id": []}}},
    ]  # fmt: skip
    result = rebuilt(released, notebook)
    assert sources(result.notebook)[-3:] == ["a = 1\n", "b = 2", "?"]
    nbformat.validate(result.notebook)


# A class with every kind of submission, graded in one go.


def kinds():
    return submissions.submissions("/unknown")


@pytest.fixture(scope="module")
def graded_class(isolated, tmp_path_factory):
    """The folder of a class that was graded, with what the grading said."""
    folder = tmp_path_factory.mktemp("graded")
    where = small_course.write(folder / "course")
    course.release(where)
    released = course.read(where / "release", NAME)
    for student, kind in submissions.submissions(str(folder)).items():
        handed_in = kind.make(answered(released))
        hand_in(folder / "class", student.replace(" ", "_"), handed_in)
    before = {path: path.read_bytes() for path in (folder / "class").rglob("*.ipynb")}
    done = grading(where, "grade", folder / "class", "--out", folder / "out", "--jobs", "2")
    assert {path: path.read_bytes() for path in before} == before
    return folder, done.stdout


def id_of(student):
    return student.replace(" ", "_").replace("'", "_").strip("_.")


@pytest.mark.parametrize("student", kinds())
def test_submission_gets_what_it_should(student, graded_class):
    folder, said = graded_class
    kind, row = kinds()[student], table(folder / "out")[id_of(student)]
    assert points(row) == (kind.points or dict.fromkeys(FULL)), row["message"]
    assert row["state"] == kind.state, row["message"]
    assert kind.message in row["message"]
    assert (row["total"] == "") == (kind.points is None)
    page = folder / "out" / "feedback" / id_of(student) / NAME / f"{NAME}.html"
    assert page.stat().st_size < 2_000_000
    assert sum(f"  {id_of(student)}  " in line for line in said.splitlines()) == 1


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
    assert "Score: 4.0 / 10.0" in page
    page = (folder / "out/feedback/prints_hidden_tests" / NAME / f"{NAME}.html").read_text()
    assert "is left out" in page


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
    rows = table(folder / "out")
    return tmp_path, folder / "course", {id_of(student): rows[id_of(student)] for student in SAMPLE}


def test_grades_do_not_depend_on_the_others_or_on_the_run(sample):
    """Graded alone, and again: the same rows. The second run grades nobody."""
    folder, where, rows = sample
    grading(where, "grade", folder / "class", "--out", folder / "out", "--jobs", "1")
    assert table(folder / "out") == rows
    content = (folder / "out" / "grades.csv").read_bytes()
    said = grading(where, "grade", folder / "class", "--out", folder / "out").stdout
    assert "4 of 4 are graded and have not changed" in said
    assert not any(line.lstrip().startswith("1/") for line in said.splitlines())
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
    family = sandbox.descendants(process.pid)
    process.send_signal(signal.SIGKILL)
    process.wait()
    _, alive = psutil.wait_procs(family[1:], timeout=10)
    assert not alive  # kernels and workers end with it
    before = {path.name: path.read_bytes() for path in states.glob("*.json")}
    assert 0 < len(before) < len(rows)
    said = grading(where, "grade", folder / "class", "--out", folder / "out").stdout
    assert f"{len(before)} of 4 are graded and have not changed" in said
    assert table(folder / "out") == rows
    assert {name: (states / name).read_bytes() for name in before} == before


def test_changed_submission_and_changed_source_are_graded_again(
    small, released, tmp_path, isolated
):
    where, out = tmp_path / "course", tmp_path / "out"
    shutil.copytree(small, where)
    for student in ("ada", "bob"):
        hand_in(tmp_path / "class", student, answered(released))
    grading(where, "grade", tmp_path / "class", "--out", out)

    # A person grades the written answer.
    with sqlite3.connect(out / "gradebook.db") as book:
        done = book.execute(
            "update grade set manual_score = 3, needs_manual_grade = 0 where cell_id = "
            "(select id from base_cell where name = 'why' and type = 'GradeCell')"
        )
        assert done.rowcount == 2
    book.close()
    wrong = answered(released, double="# Question 2: double\ndef double(a): return a")
    hand_in(tmp_path / "class", "bob", wrong)
    said = grading(where, "grade", tmp_path / "class", "--out", out).stdout
    assert "1 of 2 are graded" in said and "  bob  " in said and "  ada  " not in said
    rows = table(out)
    assert (rows["ada"]["total"], rows["ada"]["state"]) == ("9.0", GRADED)
    assert rows["bob"]["total"] == "7.0"
    page = (out / "feedback" / "ada" / NAME / f"{NAME}.html").read_text()
    assert "Score: 9.0 / 10.0" in page

    # Another question instead of the third.
    source = course.read(where / "source", NAME)
    for cell in source.cells:
        if cell.id in ("mean", "test_mean"):
            cell.metadata.nbgrader.grade_id = cell.id = cell.id.replace("mean", "average")
    small_course.write(where, source)
    said = grading(where, "grade", tmp_path / "class", "--out", out).stdout
    assert "adding has changed: all its submissions are graded again" in said
    assert "points given by hand are kept" in said
    rows = table(out)
    assert rows["ada"]["why"] == rows["bob"]["why"] == "3.0"
    assert rows["ada"]["test_average"] == "2.0" and rows["ada"]["total"] == "9.0"
    assert list(out.glob("gradebook.before-*.db"))


def test_two_gradings_do_not_share_a_folder(small, released, tmp_path, isolated):
    from grading import grade

    hand_in(tmp_path / "class", "ada", answered(released))
    (tmp_path / "out").mkdir()
    with grade.alone(tmp_path / "out"):
        done = grading(small, "grade", tmp_path / "class", "--out", tmp_path / "out", check=False)
    assert done.returncode == 1 and "another grading is running" in done.stderr


def test_grading_refuses_without_bubblewrap_unless_told(small, released, tmp_path, monkeypatch):
    hand_in(tmp_path / "class", "ada", answered(released))
    # A bwrap that cannot do what it should, as where AppArmor forbids it.
    (tmp_path / "bwrap").write_text("#!/bin/sh\necho 'setting up uid map: denied' >&2\nexit 1\n")
    (tmp_path / "bwrap").chmod(0o755)
    for path, reason in (
        (f"{tmp_path}:/usr/bin:/bin", "setting up uid map"),
        ("", "not installed"),
    ):
        monkeypatch.setenv("PATH", path)
        done = grading(small, "grade", tmp_path / "class", "--out", tmp_path / "out", check=False)
        assert done.returncode == 1 and "Traceback" not in done.stderr
        assert reason in done.stderr and "apt install bubblewrap" in done.stderr
    arguments = ("--out", tmp_path / "out", "--isolation", "none")
    said = grading(small, "grade", tmp_path / "class", *arguments).stdout
    assert "Not isolated" in said
    assert points(table(tmp_path / "out")["ada"]) == FULL


def test_real_assignment_is_graded_in_the_sandbox(isolated, tmp_path):
    """With TensorFlow inside: the reference gets full points, the empty release none."""
    name = "discriminator_loss"
    reference = course.read(course.COURSE / "source", name)
    released = course.read(course.COURSE / "release", name)
    solutions = {c.metadata.nbgrader.grade_id: c.source for c in reference.cells
                 if c.metadata.get("nbgrader", {}).get("solution")}  # fmt: skip
    full = copy.deepcopy(released)
    for cell in full.cells:
        cell.source = solutions.get(cell.id, cell.source)
    for student, notebook in (("full", full), ("empty", released)):
        path = tmp_path / "class" / student / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    grading(course.COURSE, "grade", tmp_path / "class", "--out", tmp_path / "out")
    rows = table(tmp_path / "out")
    tests = [key for key in rows["full"] if key.startswith("test_")]
    best = {c.metadata.nbgrader.grade_id: c.metadata.nbgrader.points for c in released.cells
            if c.metadata.get("nbgrader", {}).get("grade")}  # fmt: skip
    assert tests
    for test in tests:
        assert (float(rows["full"][test]), float(rows["empty"][test])) == (best[test], 0)
    assert rows["full"]["message"] == rows["empty"]["message"] == ""
