"""What a student reads afterwards: the own notebook with points, and messages without hidden tests.

Hidden tests hold the reference, so they are left out, and of a failed test only its message is
shown. Where a submission prints a line of a hidden test, that output is left out too.
"""

import html
import logging
import re
from pathlib import Path

from grading import course, leaks
from tools.files import write_whole

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.converters import GenerateFeedback
from nbgrader.preprocessors import ClearHiddenTests, GetGrades, NbGraderPreprocessor
from traitlets import Bool, List
from traitlets.config import Config

COLOUR_CODE = re.compile(r"\x1b\[[0-9;]*m")
LEFT_OUT = "[This output held a line of a hidden test and is left out.]\n"
NOT_GRADED = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>
<body><h1>{title}</h1><p>This submission was not graded: {why}.</p>
<p>Ask your teacher, or hand it in again.</p></body></html>
"""


class HideHiddenTests(NbGraderPreprocessor):
    """Leaves of a test what the student had, and of its failure the message."""

    enabled = Bool(True)
    display_data_priority: List = List()  # which nbconvert sets on every preprocessor

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Clear hidden tests from sources and outputs."""
        hidden = {
            line
            for cell in nb.cells
            if utils.is_grade(cell)
            for line, kind in leaks.secret_lines(cell.source)
            if kind == "hidden tests"
        }
        hidden -= {line for cell in nb.cells for line in leaks.public_lines(cell.source)}
        for cell in nb.cells:
            if cell.cell_type != "code":
                continue
            if utils.is_grade(cell):
                for output in cell.outputs:
                    if output.output_type == "error":
                        output.traceback = [f"{output.ename}: {output.evalue}".rstrip(": ")]
            cell.outputs = [without_secrets(output, hidden) for output in cell.outputs]
        return ClearHiddenTests().preprocess(nb, resources)


def without_secrets(output: NotebookNode, hidden: set[str]) -> NotebookNode:
    """The output, or a word in its place where it tells a hidden test."""
    parts = [output.get("text", ""), output.get("evalue", ""), *output.get("traceback", [])]
    parts += [value for value in output.get("data", {}).values() if isinstance(value, str)]
    text = COLOUR_CODE.sub("", "\n".join(parts)).replace("\\n", "\n").replace("\\'", "'")
    if any(line in text for line in hidden):
        return NotebookNode(output_type="stream", name="stdout", text=LEFT_OUT)
    return output


def write_page(out: Path, name: str, student: str, settings: Config) -> None:
    """Write feedback/STUDENT/NAME/NAME.html from the autograded notebook and the gradebook."""
    directory = course.course_directory(out, settings, assignment_id=name, student_id=student)
    safe = Config({"HTMLExporter": {"sanitize_html": True}})
    converter = GenerateFeedback(coursedir=directory, force=True, config=safe)
    converter.preprocessors = [GetGrades, HideHiddenTests, CSSHTMLHeaderPreprocessor]
    converter.log = directory.log = logging.getLogger("grading.nbgrader")
    converter.start()


def write_not_graded(out: Path, name: str, student: str, why: str) -> None:
    """Write the page of a submission that has no grade."""
    title = html.escape(f"{name}: {student}")
    page = NOT_GRADED.format(title=title, why=html.escape(why))
    write_whole(out / "feedback" / student / name / f"{name}.html", page)
