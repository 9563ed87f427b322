"""A whole class: graded in parallel, taken up where it stopped, into grades.csv and pages.

nbgrader's gradebook holds the points. Beside it a record says of which submission they are, and
a submission whose record fits is not graded again.
"""

import contextlib
import dataclasses
import fcntl
import hashlib
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grading import course
from grading.book import feedback
from grading.book.gradebook import page_digest, prepare_assignment
from grading.book.leaderboard import write_leaderboards
from grading.book.records import Record, all_records, read_record, write_record
from grading.book.roster import keep_roster
from grading.book.table import make_row, write_table
from grading.fingerprint import fingerprint
from grading.intake import kept, rebuild
from grading.intake.collect import Submission, collect
from grading.run import sandbox
from grading.run.autograde import autograde
from grading.run.verdict import import_given
from grading.run.workers import WorkerError, run_tasks
from tools.files import write_whole

import nbformat
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


class GradeError(RuntimeError):
    """The class cannot be graded; the message says why."""


@dataclasses.dataclass(frozen=True)
class Task:
    """A submission to be graded, and the key of its record."""

    submission: Submission
    key: str

    def __str__(self) -> str:
        return f"{self.submission.student}/{self.submission.assignment}"


def grade_class(
    submissions: Path | None,
    out: Path,
    root: Path = course.COURSE,
    jobs: int | None = None,
    isolation: str = "bwrap",
    only: str | None = None,
    limits: sandbox.Limits | None = None,
    roster: Path | None = None,
) -> list[dict[str, Any]]:
    """Grade all submissions in a folder or zip; returns the rows of grades.csv.

    What was handed in before is kept in `out`, and graded again where it has to be. Without a
    folder nothing else is done.

    Raises:
        GradeError, CollectError, CourseError, IsolationError, RosterError: with what to do;
            nothing has been changed then.
    """
    names = course.assignments(root)
    if only is not None and only not in names:
        raise GradeError(f"ASSIGNMENT must be one of {', '.join(names)}, got {only!r}")
    if submissions is None and not (out / "kept").exists():
        raise GradeError(f"nothing was handed in yet to {out}: name a folder or zip to grade")
    sandbox.check_isolation(isolation, root, out, *([submissions] if submissions else []))
    found: list[Submission] = []
    left_out: list[str] = []
    if submissions is not None:
        sources = {name: course.read_notebook(root / "source", name) for name in names}
        found, left_out = collect(
            submissions, names, lambda content: recognise_assignment(content, sources), only
        )
    out.mkdir(parents=True, exist_ok=True)
    with locked_folder(out), temporary_folder(out):
        log_to(out / "grading.log")
        console = Console(soft_wrap=True, highlight=False, markup=False)
        if isolation == "none":
            console.print("Not isolated: students' code can read and write whatever you can.")
        for path in left_out:
            console.print(f"Left out: {path}")
        grading = ClassGrading(out, root, isolation, limits, console)
        if roster is not None:
            keep_roster(roster, out)
        for submission in found:
            kept.keep(out, submission)
        counts = [s for s in kept.newest(out) if s.assignment in ([only] if only else names)]
        tell_what_is_not_graded(found, counts, out, console)
        return grading.grade(counts, jobs or max(1, len(os.sched_getaffinity(0)) // 2))


def tell_what_is_not_graded(
    found: list[Submission], counts: list[Submission], out: Path, console: Console
) -> None:
    """Name what was handed in now and is older than what counts, and grades of unknown files."""
    newest = {(s.student, s.assignment): s for s in counts}
    for submission in found:
        last = newest[submission.student, submission.assignment]
        if submission.content != last.content:
            console.print(
                f"{submission.student}: {submission.path} is older than {last.path} "
                f"({time.strftime('%Y-%m-%d %H:%M', time.localtime(last.time))}), which counts"
            )
    for name, student, _ in all_records(out):
        if not (out / "kept" / name / student).exists():
            console.print(
                f"{student}: {name} was graded before files were kept here. Its points stay; "
                "hand it in again before you change the assignment."
            )


def recognise_assignment(content: bytes, sources: dict[str, NotebookNode]) -> str | None:
    """The assignment whose cells are in a notebook, None where none or several are."""
    try:
        notebook = rebuild.read_cells(content)
    except rebuild.BrokenNotebook:
        return None
    counts = {name: rebuild.count_answers(source, notebook) for name, source in sources.items()}
    most = max(counts.values())
    best = [name for name, count in counts.items() if count == most]
    return best[0] if most and len(best) == 1 else None


@contextlib.contextmanager
def locked_folder(out: Path) -> Iterator[None]:
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
def temporary_folder(out: Path) -> Iterator[None]:
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
    for old in list(logger.handlers):
        logger.removeHandler(old)
        old.close()
    handler = logging.FileHandler(path)
    handler.setFormatter(logging.Formatter("%(asctime)s %(processName)s %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").parent = logger


class ClassGrading:
    """One grading of a class: its folder, its course, and how it runs students' code."""

    def __init__(
        self,
        out: Path,
        root: Path,
        isolation: str,
        limits: sandbox.Limits | None,
        console: Console,
    ) -> None:
        self.out, self.root, self.console = out, root, console
        self.isolation, self.limits = isolation, limits
        self.settings = course.read_settings(root)

    def grade(self, submissions: list[Submission], jobs: int) -> list[dict[str, Any]]:
        """Grade what has not been graded, and write pages and table; returns the table's rows."""
        names = sorted({submission.assignment for submission in submissions})
        fingerprints = {name: fingerprint(self.root, name) for name in names}
        for name in names:
            self.prepare(name, fingerprints[name])
        waiting = []
        for submission in submissions:
            task = Task(submission, submission_key(submission, fingerprints[submission.assignment]))
            record = read_record(self.out, submission.assignment, submission.student)
            if record is None or record.key != task.key:
                waiting.append(task)
            elif record.earlier != list(submission.earlier):
                record.earlier = list(submission.earlier)
                write_record(self.out, submission.assignment, submission.student, record)
        unchanged = len(submissions) - len(waiting)
        if unchanged:
            self.console.print(f"{unchanged} of {len(submissions)} are graded and have not changed")
        rows: list[dict[str, Any]] = []
        try:
            self.grade_tasks(waiting, jobs)
        finally:
            rows = write_table(self.out, self.settings)
        self.renew_pages(rows)
        write_leaderboards(self.out)
        return rows

    def prepare(self, name: str, print_of_it: str) -> None:
        """Bring an assignment in, unless it is there as it is now."""
        mark = self.out / "state" / name / ".source"
        whole = hashlib.sha256((self.root / "source" / name / f"{name}.ipynb").read_bytes())
        before = mark.read_text().split() if mark.exists() else []
        if before == [print_of_it, whole.hexdigest()]:
            return
        if before and before[0] != print_of_it:
            self.console.print(f"{name} has changed: all its submissions are graded again")
        note = prepare_assignment(self.root, self.out, name)
        if note:
            self.console.print(note)
        write_whole(mark, f"{print_of_it}\n{whole.hexdigest()}\n")

    def grade_tasks(self, tasks: list[Task], jobs: int) -> None:
        """Grade in processes of their own, and store each record as it comes."""
        if not tasks:
            return
        self.import_in_advance({task.submission.assignment for task in tasks})
        columns = (TextColumn("grading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        # Without a thread of its own: the workers are forks of this process.
        with Progress(
            *columns, console=self.console, auto_refresh=False,
            disable=not self.console.is_terminal,
        ) as bar:  # fmt: skip
            shown = bar.add_task("", total=len(tasks))
            results = run_tasks(
                tasks, self.grade_one, self.seconds_of, jobs, self.out / "grading.log"
            )
            for done, (task, result) in enumerate(results, start=1):
                if isinstance(result, WorkerError):
                    result = failed_record(task.submission, str(result))
                self.store(task.submission, result, f"{done:>4}/{len(tasks)}")
                bar.update(shown, completed=done, refresh=True)

    def import_in_advance(self, names: set[str]) -> None:
        """Import here what each worker, a fork of this process, would import for itself."""
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("name = 1")])
        HTMLExporter(template_name="classic").from_notebook_node(notebook)
        for name in names:
            import_given(course.read_notebook(self.out / "source", name))

    def grade_one(self, task: Task) -> Record:
        """The record of a submission after it went through nbgrader."""
        start = time.monotonic()
        submission = task.submission
        name, student = submission.assignment, submission.student
        record = Record(
            task.key, False, submission.path, list(submission.notes), list(submission.doubts), 0.0
        )
        if submission.content is None:
            return record
        try:
            answers = rebuild.read_cells(submission.content)
            released = course.read_notebook(self.out / "release", name)
            rebuilt = rebuild.rebuild(released, answers)
            record.notes += rebuilt.notes
            record.doubts += rebuilt.doubts
            record.doubts += autograde(
                self.out, name, student, rebuilt.notebook, self.settings, self.isolation,
                self.limits_of(name),
            )  # fmt: skip
            record.has_grade = True
            record.page_digest = page_digest(self.out, self.settings, name, student)
            feedback.write_page(self.out, name, student, self.settings)
            record.page_file = feedback.file_digest(self.out, name, student)
        except rebuild.BrokenNotebook as error:
            record.doubts.append(str(error))
        except Exception as error:  # one submission must not stop the others
            logging.getLogger("grading").exception("%s of %s", name, student)
            record = failed_record(submission, f"the grading of it failed: {error}")
        record.earlier, record.name = list(submission.earlier), submission.name
        record.seconds = round(time.monotonic() - start, 1)
        return record

    def limits_of(self, name: str) -> sandbox.Limits:
        """The limits of an assignment: its own, where its source sets them."""
        if self.limits is not None:
            return self.limits
        own = course.read_notebook(self.out / "source", name).metadata.get("grading", {})
        return dataclasses.replace(sandbox.Limits(), **own)

    def seconds_of(self, task: Task) -> float:
        """How long a submission's notebook may take."""
        return self.limits_of(task.submission.assignment).seconds

    def store(self, submission: Submission, record: Record, count: str) -> None:
        """Store a record, last of all that belongs to a submission, and say how it went."""
        name, student = submission.assignment, submission.student
        if not record.has_grade:
            shutil.rmtree(self.out / "autograded" / student / name, ignore_errors=True)
            feedback.write_not_graded(self.out, name, student, "; ".join(record.doubts))
        write_record(self.out, name, student, record)
        row = make_row(self.out, self.settings, name, student, record)
        points = f"{row['so far']:g} of {row['max']:g}" if record.has_grade else "no grade"
        self.console.print(
            f"{count}  {student}  {name}  {points}  {row['state']}  "
            f"{record.seconds:.1f} s  {row['message']}".rstrip()
        )

    def renew_pages(self, rows: list[dict[str, Any]]) -> None:
        """Write the pages anew that are others now, or whose points or comments are."""
        for row in rows:
            name, student = row["assignment"], row["student"]
            record = read_record(self.out, name, student)
            if record is None or not record.has_grade:
                continue
            digest = page_digest(self.out, self.settings, name, student)
            page = feedback.file_digest(self.out, name, student)
            if (record.page_digest, record.page_file) != (digest, page):
                feedback.write_page(self.out, name, student, self.settings)
                record.page_digest = digest
                record.page_file = feedback.file_digest(self.out, name, student)
                write_record(self.out, name, student, record)


def submission_key(submission: Submission, fingerprint: str) -> str:
    """Changes with the submission and with all that grades it."""
    content = hashlib.sha256(submission.content or b"").hexdigest()
    parts = [content, fingerprint, submission.path, *submission.notes, *submission.doubts]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def failed_record(submission: Submission, why: str) -> Record:
    """The record of a submission that the next run takes up again."""
    doubts = [*submission.doubts, f"{why}; see grading.log"]
    record = Record(None, False, submission.path, list(submission.notes), doubts, 0.0)
    record.earlier, record.name = list(submission.earlier), submission.name
    return record
