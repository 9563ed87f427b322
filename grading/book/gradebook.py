"""nbgrader's gradebook of a class: assignments brought in, and points and comments read.

Points that a person gave are kept when an assignment changes.
"""

import contextlib
import dataclasses
import hashlib
import shutil
from pathlib import Path

from grading.course import course_directory, generate_release, read_notebook, read_settings
from grading.files import replace_folder
from tools.files import write_whole

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Gradebook, MissingEntry
from traitlets.config import Config

# Added to the settings in the folder that `make grade` leaves, where Formgrader reads them.
FORMGRADER = (Path(__file__).parent / "templates" / "formgrader.txt").read_text(encoding="utf-8")


@dataclasses.dataclass(frozen=True)
class HandGrade:
    """What a person gave for one question of one submission."""

    student: str
    question: str
    points: float | None
    extra_points: float | None
    comment: str | None


@dataclasses.dataclass(frozen=True)
class Grade:
    """The points of one question."""

    points: float
    most: float
    by_hand: bool  # whether a person has to grade it, or to look at it again
    waits: bool  # whether nobody has given any points yet


def open_gradebook(out: Path, settings: Config) -> Gradebook:
    """The gradebook of a grading; use it in a with block."""
    directory = course_directory(out, settings)
    return Gradebook(directory.db_url, directory.course_id)


def prepare_assignment(course: Path, out: Path, name: str) -> str | None:
    """Bring an assignment into the folder of a grading, and into its gradebook.

    Returns what a person should know about submissions that are there already, or None.
    """
    settings = read_settings(course)
    settings_file = course / "nbgrader_config.py"
    text = settings_file.read_text() if settings_file.exists() else "c = get_config()\n"
    write_whole(out / "nbgrader_config.py", text + FORMGRADER)
    replace_folder(course / "source" / name, out / "source" / name)
    note = None
    kept: list[HandGrade] = []
    with open_gradebook(out, settings) as book:
        if cells_changed(book, read_notebook(out / "source", name), name):
            shutil.copy(out / "gradebook.db", out / f"gradebook.before-{name}-changed.db")
            kept = hand_grades(book, name)
            for submission in list(book.assignment_submissions(name)):
                book.remove_submission(name, submission.student.id)
            note = (
                f"the cells of {name} are others than before: points given by hand are kept where "
                f"the cell is still there, and gradebook.before-{name}-changed.db has all"
            )
    generate_release(out, name, settings)
    with open_gradebook(out, settings) as book:
        for grade in kept:
            give_hand_grade(book, name, grade)
        book.db.commit()
    return note


def cells_changed(book: Gradebook, source: NotebookNode, name: str) -> bool:
    """Whether submissions are in the gradebook whose cells are no longer those of the source."""
    try:
        before = {cell.name for cell in book.find_notebook(name, name).source_cells}
    except MissingEntry:
        return False
    now = {
        cell.metadata.nbgrader.grade_id
        for cell in source.cells
        if utils.is_grade(cell) or utils.is_solution(cell) or utils.is_locked(cell)
    }
    return before != now and bool(book.assignment_submissions(name))


def hand_grades(book: Gradebook, name: str) -> list[HandGrade]:
    """All that a person has given for an assignment."""
    found = []
    for submission in book.assignment_submissions(name):
        for notebook in submission.notebooks:
            comments = {comment.name: comment.manual_comment for comment in notebook.comments}
            grades = {grade.name: grade for grade in notebook.grades}
            for question in {*comments, *grades}:
                grade, comment = grades.get(question), comments.get(question)
                points = grade.manual_score if grade else None
                extra = grade.extra_credit if grade else None
                if (points, extra, comment) != (None, None, None):
                    student = submission.student.id
                    found.append(HandGrade(student, question, points, extra, comment))
    return found


def give_hand_grade(book: Gradebook, name: str, given: HandGrade) -> None:
    """Enter what a person gave before, where the question is still there."""
    book.update_or_create_submission(name, given.student)
    with contextlib.suppress(MissingEntry):
        grade = book.find_grade(given.question, name, name, given.student)
        grade.manual_score, grade.extra_credit = given.points, given.extra_points
    with contextlib.suppress(MissingEntry):
        comment = book.find_comment(given.question, name, name, given.student)
        comment.manual_comment = given.comment


def read_grades(out: Path, settings: Config, name: str, student: str) -> dict[str, Grade]:
    """Question -> points of a submission.

    Raises:
        MissingEntry: the gradebook does not have it.
    """
    with open_gradebook(out, settings) as book:
        notebook = book.find_submission_notebook(name, name, student)
        return {
            grade.name: Grade(
                grade.score,
                grade.max_score,
                grade.needs_manual_grade,
                grade.needs_manual_grade and grade.manual_score is None,
            )
            for grade in notebook.grades
        }


def set_late_points(out: Path, settings: Config, name: str, student: str, points: float) -> None:
    """Enter what comes off for being late, which nbgrader shows on pages and takes off."""
    with open_gradebook(out, settings) as book:
        notebook = book.find_submission_notebook(name, name, student)
        if (notebook.late_submission_penalty or 0.0) != points:
            notebook.late_submission_penalty = points
            book.db.commit()


def page_digest(out: Path, settings: Config, name: str, student: str) -> str:
    """Changes with the points and comments that a feedback page shows."""
    with open_gradebook(out, settings) as book:
        notebook = book.find_submission_notebook(name, name, student)
        points = sorted((grade.name, grade.score) for grade in notebook.grades)
        comments = sorted((c.name, c.comment or "") for c in notebook.comments)
        late = [notebook.late_submission_penalty] if notebook.late_submission_penalty else []
    return hashlib.sha256(repr((points, comments, *late)).encode()).hexdigest()
