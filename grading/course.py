"""Where the assignments lie, and nbgrader's view of them.

A course is a folder in nbgrader's layout: source/NAME/NAME.ipynb with solutions and hidden
tests, release/NAME/NAME.ipynb made from it, and nbgrader_config.py.
"""

import contextlib
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from tools import reading

from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config, PyFileConfigLoader

ROOT = Path(__file__).resolve().parent.parent
COURSE = ROOT / "notebooks" / "assignments"
ADDED_CELL = "added-"  # how the ids of cells begin that students added

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


def read_notebook(folder: Path, name: str) -> NotebookNode:
    """An assignment's notebook below source/ or release/."""
    return reading.read_notebook(folder / name / f"{name}.ipynb")


def graded_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """The cells of an assignment that have points, in order."""
    return [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]


def read_settings(course: Path) -> Config:
    """What the course's nbgrader_config.py sets."""
    if not (course / "nbgrader_config.py").exists():
        return Config()
    return PyFileConfigLoader("nbgrader_config.py", path=str(course)).load_config()


def course_directory(root: Path, settings: Config, **ids: str) -> CourseDirectory:
    """nbgrader's view of a course folder whose gradebook lies in it."""
    return CourseDirectory(
        root=str(root), db_url=f"sqlite:///{root / 'gradebook.db'}?timeout=120",
        config=settings, **ids,
    )  # fmt: skip


class _Messages(logging.Handler):
    """Keeps the messages of errors."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextlib.contextmanager
def logged_errors(logger: logging.Logger) -> Iterator[list[str]]:
    """What nbgrader logs as an error while the block runs."""
    handler = _Messages()
    logger.addHandler(handler)
    try:
        yield handler.messages
    finally:
        logger.removeHandler(handler)


def generate_release(root: Path, name: str, settings: Config) -> None:
    """Let nbgrader make release/NAME from source/NAME below `root`, and note it in the gradebook.

    Raises:
        CourseError: nbgrader refuses the source; with its reasons.
    """
    log = logging.getLogger("grading.nbgrader")
    converter = GenerateAssignment(
        coursedir=course_directory(root, settings, assignment_id=name), force=True, config=settings
    )
    converter.log = converter.coursedir.log = log
    with logged_errors(log) as messages:
        try:
            converter.start()
        except NbGraderException as error:
            reason = next((line for line in reversed(messages) if "Error" in line), str(error))
            reason = reason.strip().splitlines()[-1]
            raise CourseError(f"nbgrader cannot make a release of {name}: {reason}") from error
