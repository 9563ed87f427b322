"""One submission through nbgrader: sanitized, executed in the sandbox, points in the gradebook."""

import functools
import logging
import re
import shutil
from pathlib import Path

from grading import course
from grading.run import cluster, sandbox
from grading.run.execute import SandboxedExecute
from tools.files import write_whole

import nbformat
from nbformat import NotebookNode
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import Execute, NbGraderPreprocessor
from traitlets import Bool
from traitlets.config import Config

TAG = re.compile(r"<(?=[a-zA-Z/!?])")
CODE = re.compile(r"(^```.*?^```|`[^`\n]+`)", re.DOTALL | re.MULTILINE)


class GradingError(RuntimeError):
    """A submission could not be graded; the message says why."""


class HarmlessText(NbGraderPreprocessor):
    """Shows tags in students' text as they were written, so that no browser runs any of them.

    Nothing is taken out: "a <b and c> d" is no tag, but an essay's own words.
    """

    enabled = Bool(True)

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict, index: int
    ) -> tuple[NotebookNode, dict]:
        """Write each < that begins a tag as &lt;, outside of code, which shows it as it is."""
        if cell.cell_type != "code":
            parts = CODE.split(cell.source)
            parts[::2] = [TAG.sub("&lt;", text) for text in parts[::2]]
            cell.source = "".join(parts)
        return cell, resources


def autograde(
    out: Path,
    name: str,
    student: str,
    notebook: NotebookNode,
    settings: Config,
    isolation: str,
    limits: sandbox.Limits,
    scheduler: str | None = None,
) -> list[str]:
    """Grade a rebuilt submission; returns what a person should look at.

    out: the folder of the grading, in which `gradebook.prepare_assignment` has put the assignment.
    scheduler: of a dask cluster that runs it; None: it runs here.

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
        elsewhere=functools.partial(cluster.execute, scheduler) if scheduler else None,
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
