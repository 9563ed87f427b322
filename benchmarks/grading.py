"""A simulated class is graded in one go: how long it takes, and that no result depends on another.

The submissions are right and wrong answers of tests/grading/answers/, and broken and hostile ones
of tests/grading/submissions.py.
Each kind is also graded elsewhere, in a grading that holds every kind once: all its copies in the
class must have that result.
"""

import argparse
import contextlib
import copy
import csv
import importlib
import itertools
import json
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from grading.run import sandbox
from tests.grading import submissions

import nbformat
import psutil

ROOT = Path(__file__).resolve().parent.parent
NAME = "discriminator_loss"
QUESTIONS = ("sigmoid_cross_entropy", "d_loss_real", "d_loss_fake")  # which the catalogue changes
SHARES = {"right": 50, "wrong": 30, "broken": 10, "hostile": 10}  # percent of a class
LOOK_EVERY = 0.2  # seconds
JOBS = (1, 2)  # submissions at a time; the table is that of the first
# Of the catalogue, which tries more of each on a smaller course.
BROKEN = (
    "empty file", "corrupt file", "lost metadata", "deleted test", "changed test",
    "edited points", "other order", "deleted answer", "answered twice", "not answered",
)  # fmt: skip
HOSTILE = (
    "endless loop", "os._exit", "crash", "20 GB of memory", "fork bomb", "prints 50 MB",
    "fills the disk", "opens the network", "kills all it can",
)  # fmt: skip


def as_bytes(notebook: nbformat.NotebookNode | bytes) -> bytes:
    """The file of a submission, also of a notebook that nbformat would mend."""
    return notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode()


def cell_of(notebook: nbformat.NotebookNode, grade_id: str) -> nbformat.NotebookNode:
    """The cell that nbgrader knows by this name."""
    names = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells]
    return notebook.cells[names.index(grade_id)]


def kinds() -> dict[str, dict[str, bytes]]:
    """right, wrong, broken, hostile -> name of the submission -> its file."""
    answers = importlib.import_module(f"tests.grading.answers.{NAME}")
    course = ROOT / "notebooks" / "assignments"
    source, released = (
        nbformat.read(course / folder / NAME / f"{NAME}.ipynb", as_version=4)
        for folder in ("source", "release")
    )
    reference = {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in source.cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }

    def answered(cells):
        notebook = copy.deepcopy(released)
        for grade_id, text in {**reference, **cells}.items():
            cell_of(notebook, grade_id).source = text
        return notebook

    right = {"reference": as_bytes(answered({}))}
    right |= {answer.name: as_bytes(answered(answer.cells)) for answer in answers.RIGHT}
    wrong = {a.name: as_bytes(answered({a.question: a.source})) for a in answers.WRONG}
    catalogue = submissions.submissions("/unknown")

    def of_catalogue(make: Callable) -> bytes:
        return as_bytes(make(submissions.Draft(answered({}), *QUESTIONS)))

    broken = {name: of_catalogue(catalogue[name].make) for name in BROKEN}
    hostile = {name: of_catalogue(catalogue[name].make) for name in HOSTILE}
    hostile["replaces the checks"] = of_catalogue(submissions.REPLACES_CHECKS)
    return {"right": right, "wrong": wrong, "broken": broken, "hostile": hostile}


def pupils(files: dict[str, dict[str, bytes]], students: int) -> list[tuple[str, str]]:
    """(group, kind) of each student, in an order that mixes them."""
    found = []
    for group, share in SHARES.items():
        turn = itertools.cycle(files[group])
        found += [(group, next(turn)) for _ in range(round(students * share / 100))]
    random.Random(1).shuffle(found)
    return found


def write_class(folder: Path, files: dict, people: list[tuple[str, str]]) -> None:
    """Submissions in nbgrader's layout; the students are numbered."""
    for number, (group, kind) in enumerate(people):
        path = folder / f"student_{number:03}" / NAME / f"{NAME}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(files[group][kind])


def grade(folder: Path, out: Path, jobs: int) -> tuple[float, int]:
    """Grade as `make grade` does: seconds, and peak memory in bytes of all its processes."""
    command = [sys.executable, "-m", "grading", "grade", str(folder), "--out", str(out),
               "--jobs", str(jobs)]  # fmt: skip
    start, peak = time.perf_counter(), [0]
    process = subprocess.Popen(command, cwd=ROOT)
    watch = threading.Thread(target=look_at_memory, args=(process, peak))
    watch.start()
    code = process.wait()
    seconds = time.perf_counter() - start
    watch.join()
    if code != 0:
        raise RuntimeError(f"the grading ended with {code}; see {out / 'grading.log'}")
    return seconds, peak[0]


def look_at_memory(process: subprocess.Popen, peak: list[int]) -> None:
    """Keep the largest sum of resident memory; pages that two processes share count twice."""
    while process.poll() is None:
        total = 0
        for one in sandbox.process_family(process.pid):
            with contextlib.suppress(psutil.Error):
                total += one.memory_info().rss
        peak[0] = max(peak[0], total)
        time.sleep(LOOK_EVERY)


def results(out: Path) -> list[dict]:
    """The rows of grades.csv, by student's number."""
    with (out / "grades.csv").open(newline="") as file:
        return sorted(csv.DictReader(file), key=lambda row: row["student"])


def outcome(row: dict) -> dict:
    """What must not depend on anybody else: all but who it is."""
    return {key: value for key, value in row.items() if key not in ("student", "name")}


def different(pairs: list[tuple], elsewhere: dict[tuple[str, str], dict]) -> list[str]:
    """The kinds of which a copy in the class came off otherwise than elsewhere.

    pairs: ((group, kind), row of grades.csv) of each student.
    elsewhere: (group, kind) -> its row elsewhere.
    """
    found = {key for key, row in pairs if outcome(row) != outcome(elsewhere[key])}
    return sorted(f"{group}: {kind}" for group, kind in found)


def measure(options: argparse.Namespace) -> dict:
    """Grade the class with each number of `JOBS`, then each kind elsewhere, and compare."""
    files = kinds()
    people = pupils(files, options.students)
    once = list(dict.fromkeys(people))
    ways, graded = [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_class(folder / "class", files, people)
        write_class(folder / "elsewhere", files, once)
        for jobs in JOBS:
            out = folder / f"out_{jobs}"
            seconds, peak = grade(folder / "class", out, jobs)
            states = (out / "state" / NAME).glob("*.json")
            each = [json.loads(path.read_text())["seconds"] for path in states]
            ways.append({"jobs": jobs, "seconds": seconds, "peak": peak,
                         "median": statistics.median(each), "longest": max(each)})  # fmt: skip
            graded.append(list(zip(people, results(out), strict=True)))
        grade(folder / "elsewhere", folder / "out_elsewhere", 1)
        elsewhere = dict(zip(once, results(folder / "out_elsewhere"), strict=True))
    pairs, attacks = graded[0], attacked(files)
    return {
        "assignment": NAME,
        "students": len(people),
        "ways": ways,
        "different": sorted({kind for each in graded for kind in different(each, elsewhere)}),
        "gained": sorted({kind for each in graded for kind in gained(each, attacks)}),
        "groups": [summary(group, pairs) for group in SHARES],
        "rows": [
            {"group": group, "kind": kind, "copies": people.count((group, kind)),
             "tests": tests(row), "state": row["state"], "message": row["message"]}
            for (group, kind), row in elsewhere.items()
        ],
    }  # fmt: skip


def attacked(files: dict[str, dict[str, bytes]]) -> dict[str, list[str]]:
    """Hostile submission -> the questions in whose answer it has an attack in place of a right one.

    The others attack in a cell of their own, beside answers that are right.
    """
    right = nbformat.reads(files["right"]["reference"].decode(), as_version=4)
    found = {}
    for kind, content in files["hostile"].items():
        handed_in = nbformat.reads(content.decode(), as_version=4)
        found[kind] = [
            name
            for name in QUESTIONS
            if cell_of(handed_in, name).source != cell_of(right, name).source
        ]
    return found


def gained(pairs: list[tuple], attacks: dict[str, list[str]]) -> list[str]:
    """The hostile submissions that have a point for an answer that an attack has replaced."""
    return [
        kind for (group, kind), row in pairs
        if group == "hostile" and any(tests(row).get(f"test_{name}") for name in attacks[kind])
    ]  # fmt: skip


def tests(row: dict) -> dict[str, float]:
    """Points of each question that a test grades; empty where there is no grade."""
    return {key: float(value) for key, value in row.items() if key.startswith("test_") and value}


def summary(group: str, pairs: list) -> dict:
    """How a group of students came off."""
    rows = [row for (of, _), row in pairs if of == group]
    best = max(sum(tests(row).values()) for _, row in pairs)
    lost = [sum(value == 0 for value in tests(row).values()) for row in rows if tests(row)]
    full = [sum(tests(row).values()) == best for row in rows]
    return {
        "group": group,
        "students": len(rows),
        "kinds": len({kind for (of, kind), _ in pairs if of == group}),
        "full": sum(full),
        "one": lost.count(1),
        "more": sum(number > 1 for number in lost),
        "no_grade": sum(not tests(row) for row in rows),
        "look": sum(row["state"] == "needs a look" for row in rows),
    }
