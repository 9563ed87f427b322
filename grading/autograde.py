"""One submission through nbgrader: sanitized, executed in the sandbox, points in the gradebook."""

import logging
import re
import shutil
from pathlib import Path

from grading import course, sandbox
from grading.execute import SandboxedExecute

import nbformat
from nbconvert.preprocessors.sanitize import SanitizeHTML
from nbformat import NotebookNode
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import Execute
from traitlets import Bool

TAG = re.compile(r"<[a-zA-Z/!?]")


class GradingError(RuntimeError):
    """A submission could not be graded; the message says why."""


class HarmlessText(SanitizeHTML):
    """Takes scripts out of students' text, which the teacher's browser shows later."""

    enabled = Bool(True)

    def preprocess_cell(self, cell: NotebookNode, resources: dict, index: int):
        """Clean one cell, if there are tags in it: else > and & would change for nothing."""
        if cell.cell_type != "code" and TAG.search(cell.source):
            cell.source = self.sanitize_html_tags(cell.source)
        return cell, resources


def autograde(
    out: Path,
    name: str,
    student: str,
    notebook: NotebookNode,
    settings,
    isolation: str,
    limits: sandbox.Limits,
) -> list[str]:
    """Grade a rebuilt submission; returns what a person should look at.

    out: the folder of the grading, in which `course.prepare` has put the assignment.

    Raises:
        GradingError: nbgrader or the kernel failed, through no fault of the answers.
    """
    submitted = out / "submitted" / student / name
    shutil.rmtree(submitted, ignore_errors=True)
    course.write(submitted / f"{name}.ipynb", nbformat.writes(notebook))
    log = logging.getLogger("grading.nbgrader")
    place = course.directory(out, settings, assignment_id=name, student_id=student)
    converter = Autograde(coursedir=place, force=True, config=settings)
    converter.log = place.log = log
    execute = SandboxedExecute(
        isolation=isolation,
        limits=limits,
        answers=course.answer_names(course.read(out / "source", name)),
    )
    converter.autograde_preprocessors = [
        *(execute if step is Execute else step for step in converter.autograde_preprocessors),
        HarmlessText(),
    ]
    with course.said(log) as lines:
        try:
            converter.start()
        except NbGraderException as error:
            told = [line.strip().splitlines()[-1] for line in lines if "Traceback" in line]
            raise GradingError((told or [str(error)])[0]) from error
    return execute.doubts
