"""Where the assignments lie, what students get of them, and what must not leak.

A course is a folder in nbgrader's layout: source/NAME/NAME.ipynb with solutions and hidden
tests, release/NAME/NAME.ipynb made from it, and nbgrader_config.py.
"""

import contextlib
import hashlib
import logging
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from grading.kernel import bound

import nbformat
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config, PyFileConfigLoader

ROOT = Path(__file__).resolve().parent.parent
COURSE = ROOT / "notebooks" / "assignments"
# Also a mark with a slip in it, which nbgrader does not know and leaves in.
MARK = re.compile(r"\b(?:BEGIN|END)\s+[A-Z]{3,}|\b(?i:begin|end)\s+(?i:solution|hidden|mark)")
SECRET = re.compile(r"BEGIN (SOLUTION|HIDDEN TESTS|MARK SCHEME)")
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|root|tmp|home|Users)/|[A-Z]:\\+Users")
SHORTEST_SECRET = 20  # characters; a shorter line may well occur twice by chance
NOTEBOOK_METADATA = {"kernelspec", "language_info"}


# nbgrader starts alembic by its name, also where this environment is not activated.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])


class CourseError(RuntimeError):
    """The course is not as it must be; the message says where and what to do."""


def assignments(course: Path) -> list[str]:
    """The names of the course's assignments.

    Raises:
        CourseError: there is none.
    """
    paths = (course / "source").glob("*/*.ipynb")
    names = sorted(path.stem for path in paths if path.stem == path.parent.name)
    if not names:
        raise CourseError(f"no assignment in {course / 'source'}: expected NAME/NAME.ipynb")
    return names


def read(folder: Path, name: str) -> NotebookNode:
    """An assignment's notebook below source/ or release/."""
    return nbformat.read(folder / name / f"{name}.ipynb", as_version=4)


def config(course: Path) -> Config:
    """What the course's nbgrader_config.py sets."""
    if not (course / "nbgrader_config.py").exists():
        return Config()
    return PyFileConfigLoader("nbgrader_config.py", path=str(course)).load_config()


def directory(root: Path, settings: Config, **ids: str) -> CourseDirectory:
    """nbgrader's view of a course folder whose gradebook lies in it."""
    return CourseDirectory(
        root=str(root), db_url=f"sqlite:///{root / 'gradebook.db'}?timeout=120",
        config=settings, **ids,
    )  # fmt: skip


@contextlib.contextmanager
def said(logger: logging.Logger) -> Iterator[list[str]]:
    """What nbgrader reports as an error while the block runs."""
    lines: list[str] = []
    handler = logging.Handler(logging.ERROR)
    handler.emit = lambda record: lines.append(record.getMessage())
    logger.addHandler(handler)
    try:
        yield lines
    finally:
        logger.removeHandler(handler)


def generate(root: Path, name: str, settings: Config) -> None:
    """Let nbgrader make release/NAME from source/NAME below `root`, and note it in the gradebook.

    Raises:
        CourseError: nbgrader refuses the source; with its reasons.
    """
    log = logging.getLogger("grading.nbgrader")
    converter = GenerateAssignment(
        coursedir=directory(root, settings, assignment_id=name), force=True, config=settings
    )
    converter.log = converter.coursedir.log = log
    with said(log) as lines:
        try:
            converter.start()
        except NbGraderException as error:
            reason = next((line for line in reversed(lines) if "Error" in line), str(error))
            reason = reason.strip().splitlines()[-1]
            raise CourseError(f"nbgrader cannot make a release of {name}: {reason}") from error


def release(course: Path) -> list[str]:
    """Make release/ anew from source/; returns the names whose release changed.

    Nothing is written if anything leaks.

    Raises:
        CourseError: as `made` does.
    """
    with made(course) as fresh:
        changed = [name for name in assignments(course) if stale(course, fresh, name)]
        old = {path.name for path in (course / "release").glob("*") if path.is_dir()}
        for name in sorted(old - set(assignments(course))):
            shutil.rmtree(course / "release" / name)
            changed.append(name)
        for name in changed:
            if (fresh / name).exists():
                replace_folder(fresh / name, course / "release" / name)
        return changed


@contextlib.contextmanager
def made(course: Path) -> Iterator[Path]:
    """A folder with the release of every assignment, made and checked; gone after the block.

    Raises:
        CourseError: nbgrader refuses a source, or something leaks; with all leaks.
    """
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        shutil.copytree(course / "source", root / "source", ignore=ignored)
        settings, found = config(course), []
        for name in assignments(course):
            generate(root, name, settings)
            path = root / "release" / name / f"{name}.ipynb"
            notebook = tidy(nbformat.read(path, as_version=4))
            found += [f"{name}: {leak}" for leak in leaks(read(root / "source", name), notebook)]
            nbformat.write(notebook, path)
        if found:
            raise CourseError("\n".join(["release/ was not written, because", *found]))
        yield root / "release"


ignored = shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__", ".*")


def tidy(notebook: NotebookNode) -> NotebookNode:
    """A notebook whose file is the same on every machine."""
    notebook.metadata = NotebookNode(
        {key: value for key, value in notebook.metadata.items() if key in NOTEBOOK_METADATA}
    )
    notebook.metadata.get("language_info", {}).pop("version", None)
    return notebook


def stale(course: Path, fresh: Path, name: str) -> bool:
    """Whether release/NAME differs from what would be made of source/NAME now."""
    return contents(course / "release" / name) != contents(fresh / name)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder that counts, by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.parts[-2:])
    }


def replace_folder(new: Path, old: Path) -> None:
    """Put a folder in the place of another, which is gone for a moment at most."""
    old.parent.mkdir(parents=True, exist_ok=True)
    unfinished = old.with_name(f".{old.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.copytree(new, unfinished)
    shutil.rmtree(old, ignore_errors=True)
    os.replace(unfinished, old)


def leaks(source: NotebookNode, notebook: NotebookNode) -> list[str]:
    """What of the source a release must not hold but does, a line each with its cell."""
    secrets: dict[str, str] = {}
    public = {line for cell in source.cells for line in public_lines(cell.source)}
    for cell in source.cells:
        for line, kind in secret_lines(cell.source):
            # What the author shows elsewhere is no secret, as a line of a piece to be mended.
            if line not in public:
                secrets.setdefault(line, f"{kind} of {called(cell)}")
    wholes = [
        (called(cell), {line for line, kind in secret_lines(cell.source) if kind == "solution"})
        for cell in source.cells
    ]
    found = []
    for cell in notebook.cells:
        if cell.get("outputs") or cell.get("execution_count") is not None:
            found.append(f"{called(cell)} has an output")
        mark = MARK.search(cell.source)
        if mark:
            found.append(f'{called(cell)} still says "{mark[0]}"')
        for line in dict.fromkeys(map(str.strip, cell.source.splitlines())):
            if line in secrets:
                found.append(f"{called(cell)} holds a line of the {secrets[line]}: {line}")
        for where, whole in wholes:
            if whole and whole <= public_lines(cell.source):
                found.append(f"{called(cell)} holds the whole solution of {where}")
        rest = str({**cell.metadata, **cell.get("attachments", {})})
        for line, where in secrets.items():
            if line in rest:
                found.append(f"the metadata of {called(cell)} hold a line of the {where}: {line}")
        path = MACHINE_PATH.search(cell.source + rest)
        if path:
            found.append(f"{called(cell)} names a folder of this machine: {path[0]}")
    return found


def called(cell: NotebookNode) -> str:
    """What to call a cell in a message."""
    return f"cell {cell.metadata.get('nbgrader', {}).get('grade_id') or cell.get('id')}"


def parts(source: str) -> Iterator[tuple[str, str | None]]:
    """The lines of a cell, each with what it belongs to: None outside of BEGIN and END."""
    kind = None
    for line in map(str.strip, source.splitlines()):
        begin = SECRET.search(line)
        if begin:
            kind = begin[1].lower()
        elif MARK.search(line):
            kind = None
        else:
            yield line, kind


def public_lines(source: str) -> set[str]:
    """The lines that students get."""
    return {line for line, kind in parts(source) if kind is None}


def secret_lines(source: str) -> Iterator[tuple[str, str]]:
    """The lines that students do not get and that say something, with what they belong to."""
    for line, kind in parts(source):
        if kind and len(line) >= SHORTEST_SECRET and not line.startswith(("import ", "from ")):
            yield line, kind


def answer_names(source: NotebookNode) -> list[str]:
    """The names that the answer cells of an assignment define."""
    answers = [cell for cell in source.cells if utils.is_solution(cell)]
    code = [cell for cell in answers if cell.cell_type == "code"]
    return sorted(set().union(*(bound(cell.source) for cell in code)))


def fingerprint(course: Path, name: str) -> str:
    """Changes whenever something changes that a grade depends on, except the submission."""
    digest = hashlib.sha256()
    files = [path for path in (course / "source" / name).rglob("*") if path.is_file()]
    files += [course / "nbgrader_config.py"]
    for package in ("gan_helpers", "grading"):
        files += (ROOT / package).glob("*.py")
    for path in sorted(files):
        if path.exists() and not path.name.startswith("."):
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


FORMGRADER = """
# Added by `make grade`: students' text and outputs reach the browser without scripts.
c.HTMLExporter.sanitize_html = True
"""


def prepare(course: Path, out: Path, name: str) -> str | None:
    """Bring an assignment into the folder of a grading, and into its gradebook.

    Returns what a person should know about submissions that are there already, or None.
    """
    settings = config(course)
    settings_file = course / "nbgrader_config.py"
    text = settings_file.read_text() if settings_file.exists() else "c = get_config()\n"
    write(out / "nbgrader_config.py", text + FORMGRADER)
    replace_folder(course / "source" / name, out / "source" / name)
    note, kept = None, []
    with gradebook(out, settings) as book:
        if cells_changed(book, read(out / "source", name), name):
            shutil.copy(out / "gradebook.db", out / f"gradebook.before-{name}-changed.db")
            kept = by_hand(book, name)
            for submission in list(book.assignment_submissions(name)):
                book.remove_submission(name, submission.student.id)
            note = (
                f"the cells of {name} are others than before: points given by hand are kept where "
                f"the cell is still there, and gradebook.before-{name}-changed.db has all"
            )
    generate(out, name, settings)
    with gradebook(out, settings) as book:
        for student, question, score, extra, comment in kept:
            book.update_or_create_submission(name, student)
            with contextlib.suppress(MissingEntry):
                grade = book.find_grade(question, name, name, student)
                grade.manual_score, grade.extra_credit = score, extra
            with contextlib.suppress(MissingEntry):
                book.find_comment(question, name, name, student).manual_comment = comment
        book.db.commit()
    return note


def gradebook(out: Path, settings: Config) -> Gradebook:
    """The gradebook of a grading; use it in a with block."""
    place = directory(out, settings)
    return Gradebook(place.db_url, place.course_id)


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


def by_hand(book: Gradebook, name: str) -> list[tuple]:
    """(student, cell, points, extra points, comment) of all that a person has given."""
    kept = []
    for submission in book.assignment_submissions(name):
        for notebook in submission.notebooks:
            comments = {comment.name: comment.manual_comment for comment in notebook.comments}
            grades = {grade.name: grade for grade in notebook.grades}
            for question in {*comments, *grades}:
                grade, comment = grades.get(question), comments.get(question)
                score = grade.manual_score if grade else None
                extra = grade.extra_credit if grade else None
                if (score, extra, comment) != (None, None, None):
                    kept.append((submission.student.id, question, score, extra, comment))
    return kept


def write(path: Path, text: str) -> None:
    """Write a file so that it is there as a whole or as it was before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.write_text(text, encoding="utf-8")
    os.replace(unfinished, path)
