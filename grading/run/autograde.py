"""One submission through nbgrader: sanitized, executed in the sandbox, points in the gradebook."""

import logging
import re
import shutil
from pathlib import Path

from grading import course
from grading.run import sandbox
from grading.run.execute import SandboxedExecute
from tools.files import write_whole

import nbformat
from nbconvert.preprocessors.sanitize import SanitizeHTML
from nbformat import NotebookNode
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import Execute
from traitlets import Bool
from traitlets.config import Config

TAG = re.compile(r"<[a-zA-Z/!?]")


class GradingError(RuntimeError):
    """A submission could not be graded; the message says why."""


class HarmlessText(SanitizeHTML):
    """Takes scripts out of students' text, which the teacher's browser shows later."""

    enabled = Bool(True)

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict, index: int
    ) -> tuple[NotebookNode, dict]:
        """Clean one cell, if there are tags in it: else > and & would change for nothing."""
        if cell.cell_type != "code" and TAG.search(cell.source):
            cell.source = self.sanitize_html_tags(cell.source)
        return cell, resources


def autograde(
    out: Path,
    name: str,
    student: str,
    notebook: NotebookNode,
    settings: Config,
    isolation: str,
    limits: sandbox.Limits,
) -> list[str]:
    """Grade a rebuilt submission; returns what a person should look at.

    out: the folder of the grading, in which `gradebook.prepare_assignment` has put the assignment.

    Raises:
        GradingError: nbgrader or the kernel failed, through no fault of the answers.
    """
    submitted = out / "submitted" / student / name
    shutil.rmtree(submitted, ignore_errors=True)
    write_whole(submitted / f"{name}.ipynb", nbformat.writes(notebook))
    log = logging.getLogger("grading.nbgrader")
    directory = course.course_directory(out, settings, assignment_id=name, student_id=student)
    converter = Autograde(coursedir=directory, force=True, config=settings)
    converter.log = directory.log = log
    execute = SandboxedExecute(
        isolation=isolation,
        limits=limits,
        source=course.read_notebook(out / "source", name),
    )
    converter.autograde_preprocessors = [
        *(execute if step is Execute else step for step in converter.autograde_preprocessors),
        HarmlessText(),
    ]
    with course.logged_errors(log) as messages:
        try:
            converter.start()
        except NbGraderException as error:
            reasons = [text.strip().splitlines()[-1] for text in messages if "Traceback" in text]
            raise GradingError((reasons or [str(error)])[0]) from error
    return execute.doubts
