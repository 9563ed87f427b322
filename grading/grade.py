"""A whole class: graded in parallel, taken up where it stopped, into grades.csv.

nbgrader's gradebook holds the points. Beside it, state/NAME/STUDENT.json says of which submission
they are: it is written last, so that whatever was cut short is done again.
"""

import contextlib
import csv
import ctypes
import dataclasses
import fcntl
import hashlib
import io
import json
import logging
import multiprocessing
import os
import resource
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from multiprocessing.connection import wait
from pathlib import Path

from grading import autograde, collect, course, feedback, kernel, rebuild, sandbox

import nbformat
from nbconvert import HTMLExporter
from nbgrader.api import MissingEntry
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

GRADED, BY_HAND, LOOK = "graded", "to grade by hand", "needs a look"
GRACE_SECONDS = 180  # beyond a submission's own limit: start of kernels, nbgrader's own work
WORKER_MEMORY = 4 * 2**30  # of the process that reads what a kernel sends
PR_SET_PDEATHSIG = 1


class GradeError(RuntimeError):
    """The class cannot be graded; the message says why."""


@dataclasses.dataclass
class Record:
    """What state/NAME/STUDENT.json holds of one submission."""

    key: str | None  # of the submission and of all that grades it; None: grade it again
    has_grade: bool
    path: str
    notes: list[str]
    doubts: list[str]
    seconds: float
    shown: str = ""  # of the points and comments in the feedback page


def grade(
    submissions: Path,
    out: Path,
    root: Path = course.COURSE,
    jobs: int | None = None,
    isolation: str = "bwrap",
    only: str | None = None,
    limits: sandbox.Limits | None = None,
) -> list[dict]:
    """Grade all submissions in a folder or zip; returns the rows of grades.csv.

    Raises:
        GradeError, collect.CollectError, course.CourseError, sandbox.IsolationError: with
            what to do; nothing has been changed then.
    """
    names = course.assignments(root)
    if only is not None and only not in names:
        raise GradeError(f"ASSIGNMENT must be one of {', '.join(names)}, got {only!r}")
    sandbox.check(isolation, root, out, submissions)
    sources = {name: course.read(root / "source", name) for name in names}
    found, left_out = collect.collect(
        submissions, names, lambda content: recognise(content, sources), only
    )
    out.mkdir(parents=True, exist_ok=True)
    with alone(out), temporary(out):
        log_to(out / "grading.log")
        console = Console(soft_wrap=True, highlight=False, markup=False)
        if isolation == "none":
            console.print("Not isolated: students' code can read and write whatever you can.")
        for path in left_out:
            console.print(f"Left out: {path}")
        run = Class(out, root, isolation, limits, console)
        run.grade(found, jobs or max(1, len(os.sched_getaffinity(0)) // 2))
        return run.rows


def recognise(content: bytes, sources: dict) -> str | None:
    """The assignment whose cells are in a notebook, None where none or several are."""
    try:
        notebook = rebuild.read(content)
    except rebuild.BrokenNotebook:
        return None
    counts = {name: rebuild.found_answers(source, notebook) for name, source in sources.items()}
    best = max(counts, key=counts.get)
    return best if counts[best] and list(counts.values()).count(counts[best]) == 1 else None


@contextlib.contextmanager
def alone(out: Path) -> Iterator[None]:
    """Keep a second grading out of the same folder.

    Raises:
        GradeError: one is running there.
    """
    with (out / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise GradeError(f"another grading is running in {out}") from None
        yield


@contextlib.contextmanager
def temporary(out: Path) -> Iterator[None]:
    """Let temporary files lie in one folder, where the next run finds those of one that was killed.

    Its name is short: the path of a socket has at most 107 characters.
    """
    digest = hashlib.sha256(str(out).encode()).hexdigest()[:12]
    folder = Path("/tmp", f"grading-{os.getuid()}-{digest}")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)  # fails if it is somebody else's
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before
        shutil.rmtree(folder, ignore_errors=True)


def log_to(path: Path) -> None:
    """Write what nbgrader says to a file, in the place of the terminal."""
    logger = logging.getLogger("grading")
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
        handler.close()
    handler = logging.FileHandler(path)
    handler.setFormatter(logging.Formatter("%(asctime)s %(processName)s %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").parent = logger


class Class:
    """One grading: its folder, its course, and the rows of its table."""

    def __init__(self, out, root, isolation, limits, console):
        self.out, self.root, self.console = out, root, console
        self.isolation, self.limits = isolation, limits
        self.settings = course.config(root)
        self.rows: list[dict] = []
        self.done = self.total = 0

    def grade(self, submissions: list[collect.Submission], jobs: int) -> None:
        """Grade what has not been graded, and write pages and table."""
        names = sorted({submission.assignment for submission in submissions})
        keys = {name: course.fingerprint(self.root, name) for name in names}
        for name in names:
            self.prepare(name, keys[name])
        waiting = []
        for submission in submissions:
            key = self.key(submission, keys[submission.assignment])
            record = self.record(submission.assignment, submission.student)
            if record is None or record.key != key:
                waiting.append((submission, key))
        same = len(submissions) - len(waiting)
        if same:
            self.console.print(f"{same} of {len(submissions)} are graded and have not changed")
        self.total = len(waiting)
        if waiting:
            warm_up()
        columns = (TextColumn("grading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        # Without a thread of its own: the workers are forks of this process.
        with Progress(
            *columns, console=self.console, auto_refresh=False,
            disable=not self.console.is_terminal or not waiting,
        ) as bar:  # fmt: skip
            task = bar.add_task("", total=self.total)
            try:
                for submission, record in self.work(waiting, jobs):
                    self.keep(submission, record)
                    bar.update(task, completed=self.done, refresh=True)
            finally:
                self.write_table()
        self.renew_pages()

    def prepare(self, name: str, key: str) -> None:
        """Bring an assignment in, unless it is there as it is now."""
        mark = self.out / "state" / name / ".source"
        if mark.exists() and mark.read_text() == key:
            return
        if mark.exists():
            self.console.print(f"{name} has changed: all its submissions are graded again")
        note = course.prepare(self.root, self.out, name)
        if note:
            self.console.print(note)
        course.write(mark, key)

    def key(self, submission: collect.Submission, source: str) -> str:
        """Changes with the submission and with all that grades it."""
        content = hashlib.sha256(submission.content or b"").hexdigest()
        parts = [content, source, submission.path, *submission.notes, *submission.doubts]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def work(self, waiting, jobs) -> Iterator[tuple[collect.Submission, Record]]:
        """Grade in processes of their own, at most `jobs` at a time; yields what is ready."""
        context = multiprocessing.get_context("fork")
        queue, running = list(reversed(waiting)), {}
        try:
            while queue or running:
                while queue and len(running) < jobs:
                    submission, key = queue.pop()
                    ours, theirs = context.Pipe(duplex=False)
                    process = context.Process(
                        target=self.in_worker, args=(theirs, os.getpid(), submission, key),
                        name=f"{submission.student}/{submission.assignment}",
                    )  # fmt: skip
                    process.start()
                    theirs.close()
                    latest = time.monotonic() + self.limits_of(submission.assignment).seconds
                    running[ours] = process, submission, key, latest + GRACE_SECONDS
                for ours in wait(list(running), timeout=1):
                    process, submission, key, _ = running.pop(ours)
                    try:
                        record = ours.recv()
                    except EOFError:
                        record = failed(submission, "the grading of it ended without a result")
                    ours.close()
                    process.join()
                    yield submission, record
                for ours, (process, submission, _, latest) in list(running.items()):
                    if time.monotonic() > latest:
                        del running[ours]
                        end(process)
                        yield submission, failed(submission, "the grading of it did not end")
        finally:
            for process, *_ in running.values():
                end(process)

    def in_worker(self, pipe, parent: int, submission: collect.Submission, key: str) -> None:
        """Grade one submission, and send its record."""
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before the line above
            os._exit(1)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process above
        with (self.out / "grading.log").open("ab") as log:  # what libraries print
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (WORKER_MEMORY, hard))
        start = time.monotonic()
        record = self.grade_one(submission, key)
        record.seconds = round(time.monotonic() - start, 1)
        pipe.send(record)

    def grade_one(self, submission: collect.Submission, key: str) -> Record:
        """The record of a submission after it went through nbgrader."""
        name, student = submission.assignment, submission.student
        record = Record(
            key, False, submission.path, list(submission.notes), list(submission.doubts), 0.0
        )
        if submission.content is None:
            return record
        try:
            answers = rebuild.read(submission.content)
        except rebuild.BrokenNotebook as error:
            record.doubts.append(str(error))
            return record
        try:
            released = course.read(self.out / "release", name)
            rebuilt = rebuild.rebuild(released, answers)
            record.notes += rebuilt.notes
            record.doubts += rebuilt.doubts
            record.doubts += autograde.autograde(
                self.out, name, student, rebuilt.notebook, self.settings, self.isolation,
                self.limits_of(name),
            )  # fmt: skip
            record.has_grade = True
            record.shown = self.digest(name, student)
            feedback.write(self.out, name, student, self.settings)
        except Exception as error:  # one submission must not stop the others
            logging.getLogger("grading").exception("%s of %s", name, student)
            return failed(submission, f"the grading of it failed: {error}")
        return record

    def limits_of(self, name: str) -> sandbox.Limits:
        """The limits of an assignment: its own, where its source sets them."""
        if self.limits is not None:
            return self.limits
        own = course.read(self.out / "source", name).metadata.get("grading", {})
        return dataclasses.replace(sandbox.Limits(), **own)

    def keep(self, submission: collect.Submission, record: Record) -> None:
        """Store a record, last of all that belongs to a submission, and say how it went."""
        name, student = submission.assignment, submission.student
        if not record.has_grade:
            shutil.rmtree(self.out / "autograded" / student / name, ignore_errors=True)
            feedback.write_not_graded(self.out, name, student, "; ".join(record.doubts))
        text = json.dumps(dataclasses.asdict(record), indent=1)
        course.write(self.out / "state" / name / f"{student}.json", text + "\n")
        self.done += 1
        row = self.row(name, student, record)
        points = f"{row['total']:g} of {row['max']:g}" if record.has_grade else "no grade"
        self.console.print(
            f"{self.done:>4}/{self.total}  {student}  {name}  {points}  {row['state']}  "
            f"{record.seconds:.1f} s  {row['message']}".rstrip()
        )

    def record(self, name: str, student: str) -> Record | None:
        """What is known of a submission, None if nothing."""
        path = self.out / "state" / name / f"{student}.json"
        try:
            return Record(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def row(self, name: str, student: str, record: Record) -> dict:
        """A student's row of grades.csv, from the gradebook."""
        message = "; ".join([*record.doubts, *record.notes])
        row = {"student": student, "assignment": name, "state": LOOK, "total": "", "max": "",
               "message": message}  # fmt: skip
        if not record.has_grade:
            return row
        grades = self.grades(name, student)
        order = [cell.metadata.nbgrader.grade_id for cell in self.questions(name)]
        row["total"] = sum(grades[question][0] for question in order)
        row["max"] = sum(grades[question][1] for question in order)
        by_hand = any(grades[question][2] for question in order)
        row["state"] = LOOK if record.doubts else BY_HAND if by_hand else GRADED
        if by_hand and record.doubts:
            row["message"] += f"; {BY_HAND}"
        return row | {question: grades[question][0] for question in order}

    def questions(self, name: str) -> list:
        """The cells of an assignment that have points, in order."""
        cells = course.read(self.out / "source", name).cells
        return [cell for cell in cells if cell.metadata.get("nbgrader", {}).get("grade")]

    def grades(self, name: str, student: str) -> dict[str, tuple[float, float, bool]]:
        """Question -> (points, most points, whether a person has to grade it)."""
        with course.gradebook(self.out, self.settings) as book:
            notebook = book.find_submission_notebook(name, name, student)
            return {
                grade.name: (grade.score, grade.max_score, grade.needs_manual_grade)
                for grade in notebook.grades
            }

    def digest(self, name: str, student: str) -> str:
        """Changes with the points and comments that a feedback page shows."""
        with course.gradebook(self.out, self.settings) as book:
            notebook = book.find_submission_notebook(name, name, student)
            points = sorted((grade.name, grade.score) for grade in notebook.grades)
            comments = sorted((c.name, c.comment or "") for c in notebook.comments)
        return hashlib.sha256(repr((points, comments)).encode()).hexdigest()

    def write_table(self) -> None:
        """Write grades.csv anew, of all that was ever graded in this folder."""
        rows, questions = [], {}
        for path in sorted(self.out.glob("state/*/*.json")):
            name, student = path.parent.name, path.stem
            record = self.record(name, student)
            if record is None:
                continue
            with contextlib.suppress(MissingEntry):
                rows.append(self.row(name, student, record))
                questions |= dict.fromkeys(
                    c.metadata.nbgrader.grade_id for c in self.questions(name)
                )
        rows.sort(key=lambda row: (row["assignment"], row["student"]))
        heads = ["student", "assignment", "state", "total", "max", *questions, "message"]
        text = io.StringIO()
        table = csv.DictWriter(text, heads, restval="", lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
        course.write(self.out / "grades.csv", text.getvalue())
        self.rows = rows

    def renew_pages(self) -> None:
        """Write the pages anew whose points or comments a person has changed since."""
        for row in self.rows:
            name, student = row["assignment"], row["student"]
            record = self.record(name, student)
            if not record.has_grade or record.shown == self.digest(name, student):
                continue
            feedback.write(self.out, name, student, self.settings)
            record.shown = self.digest(name, student)
            text = json.dumps(dataclasses.asdict(record), indent=1)
            course.write(self.out / "state" / name / f"{student}.json", text + "\n")


def warm_up() -> None:
    """Import here what each worker, a fork of this process, would import for itself."""
    kernel.bound("name = 1")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("name = 1")])
    HTMLExporter(template_name="classic").from_notebook_node(notebook)


def failed(submission: collect.Submission, why: str) -> Record:
    """The record of a submission that the next run takes up again."""
    doubts = [*submission.doubts, f"{why}; see grading.log"]
    return Record(None, False, submission.path, list(submission.notes), doubts, 0.0)


def end(process) -> None:
    """End a worker, and with it the kernel that it started."""
    sandbox.kill(process.pid)
    process.join()
