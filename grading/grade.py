"""A whole class: graded in parallel, taken up where it stopped, into grades.csv and pages.

nbgrader's gradebook holds the points. Beside it a record says of which submission they are, and
a submission whose record fits is not graded again.
"""

import contextlib
import dataclasses
import fcntl
import hashlib
import json
import logging
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grading import course
from grading.book import class_page, feedback, late
from grading.book.gradebook import page_digest, prepare_assignment, set_late_points
from grading.book.leaderboard import write_leaderboards
from grading.book.records import Record, all_records, note_submission, read_record, write_record
from grading.book.roster import keep_roster
from grading.book.table import make_row, write_table
from grading.files import temporary_folder
from grading.fingerprint import differences, fingerprint, parts, read_mark
from grading.intake import kept, rebuild
from grading.intake.collect import Submission, collect
from grading.run import cluster, launch, sandbox
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
    scheduler: str | None = None,
    warm: bool = True,
    due: str | None = None,
    late_percent: str | None = None,
) -> list[dict[str, Any]]:
    """Grade all submissions in a folder or zip; returns the rows of grades.csv.

    What was handed in before is kept in `out`, and graded again where it has to be. Without a
    folder nothing else is done. `scheduler` is the address of a dask cluster that runs students'
    code, as many submissions at a time as it has threads unless `jobs` says otherwise. With
    `warm` isolated kernels are forks of a process that has imported the packages, see run/warm.py.

    Raises:
        GradeError, ClusterError, CollectError, CourseError, IsolationError, RosterError, DueError:
            with what to do; nothing has been changed then.
    """
    names = course.assignments(root)
    if only is not None and only not in names:
        raise GradeError(f"ASSIGNMENT must be one of {', '.join(names)}, got {only!r}")
    if submissions is None and not (out / "kept").exists():
        raise GradeError(
            f"nothing was handed in yet to {out}: make grade SUBMISSIONS=folder-or-zip"
        )
    if not scheduler:  # else each worker looks for itself
        sandbox.check_isolation(isolation, root, out, *([submissions] if submissions else []))
    jobs = jobs or (cluster.size(scheduler) if scheduler else default_jobs())
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
        grading = ClassGrading(out, root, isolation, limits, console, scheduler)
        if roster is not None:
            keep_roster(roster, out)
        if due is not None or late_percent is not None:
            late.keep_due(out, [only] if only else names, due, late_percent)
        for submission in found:
            kept.keep(out, submission)
        counts = [s for s in kept.newest(out) if s.assignment in ([only] if only else names)]
        tell_what_is_not_graded(found, counts, out, console)
        forked = warm and isolation == "bwrap" and not scheduler
        with launch.warm_process() if forked else contextlib.nullcontext():
            return grading.grade(counts, jobs)


def default_jobs() -> int:
    """Half the number of cores, for each submission is two processes."""
    return max(1, len(os.sched_getaffinity(0)) // 2)


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
            raise GradeError(
                f"another grading is running in {out}: wait until it is done"
            ) from None
        yield


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
        scheduler: str | None = None,
    ) -> None:
        self.out, self.root, self.console = out, root, console
        self.isolation, self.limits, self.scheduler = isolation, limits, scheduler
        self.settings = course.read_settings(root)

    def grade(self, submissions: list[Submission], jobs: int) -> list[dict[str, Any]]:
        """Grade what has not been graded, and write pages and table; returns the table's rows."""
        names = sorted({submission.assignment for submission in submissions})
        fingerprints = {name: self.prepare(name) for name in names}
        waiting = []
        for submission in submissions:
            task = Task(submission, submission_key(submission, fingerprints[submission.assignment]))
            record = read_record(self.out, submission.assignment, submission.student)
            if record is None or record.key != task.key:
                waiting.append(task)
            elif note_submission(record, submission):
                write_record(self.out, submission.assignment, submission.student, record)
        unchanged = len(submissions) - len(waiting)
        if unchanged:
            self.console.print(f"{unchanged} of {len(submissions)} are graded and have not changed")
        rows: list[dict[str, Any]] = []
        try:
            self.grade_tasks(waiting, jobs)
        finally:
            rows = write_table(self.out, self.settings)
        for line in (*late.tell_late(rows), *late.tell_undated(rows)):
            self.console.print(line)
        self.renew_pages(rows)
        class_page.write_pages(self.out, rows)
        write_leaderboards(self.out)
        return rows

    def prepare(self, name: str) -> str:
        """Bring an assignment in, unless it is there as it is now; returns its fingerprint."""
        mark = self.out / "state" / name / ".source"
        whole = hashlib.sha256((self.root / "source" / name / f"{name}.ipynb").read_bytes())
        judged_by = parts(self.root, name)
        now = {"notebook": whole.hexdigest(), "parts": judged_by}
        before = read_mark(mark)
        if before == now:
            return fingerprint(judged_by)
        if before is not None and before.get("parts") != judged_by:
            changed = differences(before.get("parts", {}), judged_by)
            self.console.print(
                f"{name} has changed: all its submissions are graded again ({changed})"
            )
        note = prepare_assignment(self.root, self.out, name)
        if note:
            self.console.print(note)
        write_whole(mark, json.dumps(now, indent=1) + "\n")
        return fingerprint(judged_by)

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
        for name in names if not self.scheduler else ():
            import_given(course.read_notebook(self.out / "source", name))

    def grade_one(self, task: Task) -> Record:
        """The record of a submission after it went through nbgrader."""
        start = time.monotonic()
        submission = task.submission
        name, student = submission.assignment, submission.student
        record = Record(
            task.key, False, submission.path, list(submission.notes), list(submission.doubts), 0.0
        )
        note_submission(record, submission)
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
                self.limits_of(name), self.scheduler,
            )  # fmt: skip
            record.has_grade = True
            record.page_digest = page_digest(self.out, self.settings, name, student)
            feedback.write_page(self.out, name, student, self.settings)
            record.page_file = feedback.file_digest(self.out, name, student)
        except rebuild.BrokenNotebook as error:
            record.doubts.append(str(error))
        except Exception as error:  # one submission must not stop the others
            logging.getLogger("grading").exception("%s of %s", name, student)
            record = failed_record(
                submission, f"the grading of it failed, through no fault of the student: {error}"
            )
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
        tries = cluster.TRIES if self.scheduler else 1
        return tries * self.limits_of(task.submission.assignment).seconds

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
        due = late.read_due(self.out)
        for row in rows:
            name, student = row["assignment"], row["student"]
            record = read_record(self.out, name, student)
            if record is None or not record.has_grade:
                continue
            if due:
                set_late_points(self.out, self.settings, name, student, row["late"])
            digest = page_digest(self.out, self.settings, name, student)
            page = feedback.file_digest(self.out, name, student)
            if (record.page_digest, record.page_file) != (digest, page):
                feedback.write_page(self.out, name, student, self.settings)
                record.page_digest = digest
                record.page_file = feedback.file_digest(self.out, name, student)
                write_record(self.out, name, student, record)


def submission_key(submission: Submission, print_of_it: str) -> str:
    """Changes with the submission and with all that grades it."""
    content = hashlib.sha256(submission.content or b"").hexdigest()
    whole = [content, print_of_it, submission.path, *submission.notes, *submission.doubts]
    return hashlib.sha256("\0".join(whole).encode()).hexdigest()


def failed_record(submission: Submission, why: str) -> Record:
    """The record of a submission that the next run takes up again."""
    doubts = [*submission.doubts, f"{why}; run make grade again, and if it stays, see grading.log"]
    record = Record(None, False, submission.path, list(submission.notes), doubts, 0.0)
    note_submission(record, submission)
    return record
