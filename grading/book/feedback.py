"""What a student reads afterwards: the own notebook with points, and messages without hidden tests.

Hidden tests hold the reference, so they are left out, and of a failed test only its message is
shown.
"""

import hashlib
import html
import logging
import re
from pathlib import Path

from grading import course
from grading.book.gradebook import read_grades
from grading.book.questions import questions_of
from tools.files import write_whole

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.converters import GenerateFeedback
from nbgrader.preprocessors import ClearHiddenTests, GetGrades, NbGraderPreprocessor
from traitlets import Bool, List
from traitlets.config import Config

TEMPLATES = Path(__file__).parent / "templates"
ADVICE = re.compile(r"[;:,]? ask for [^;]*")  # to the teacher
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
        """Clear hidden tests; outputs cannot hold any, since they never were in the kernel."""
        for cell in nb.cells:
            if cell.cell_type == "code" and utils.is_grade(cell):
                for output in cell.outputs:
                    if output.output_type == "error":
                        output.traceback = [f"{output.ename}: {output.evalue}".rstrip(": ")]
        return ClearHiddenTests().preprocess(nb, resources)


class NameQuestions(NbGraderPreprocessor):
    """Tells the page what each test is called, what it said, and which answers wait."""

    enabled = Bool(True)
    display_data_priority: List = List()

    def __init__(self, titles: dict[str, str], waiting: set[str]) -> None:
        super().__init__()
        self.titles, self.waiting = titles, waiting

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Note it in the cells' metadata, and in the resources how many points wait."""
        more = 0.0
        for cell in nb.cells:
            if not utils.is_grade(cell):
                continue
            about = cell.metadata.nbgrader
            about.title = self.titles.get(about.grade_id, about.grade_id)
            about.waits = about.grade_id in self.waiting
            about.message = self.message(cell)
            more += about.points if about.waits else 0.0
        resources["nbgrader"]["waiting"] = more
        return nb, resources

    @staticmethod
    def message(cell: NotebookNode) -> str:
        """What a test said; that it was passed where it said nothing."""
        errors = [out for out in cell.get("outputs", []) if out.output_type == "error"]
        if errors:
            return "\n".join(errors[0].traceback).removeprefix("AssertionError: ").strip()
        return "Passed." if cell.metadata.nbgrader.score else "No points."


def write_page(out: Path, name: str, student: str, settings: Config) -> None:
    """Write feedback/STUDENT/NAME/NAME.html from the autograded notebook and the gradebook."""
    directory = course.course_directory(out, settings, assignment_id=name, student_id=student)
    look = {"template_name": "feedback_page", "extra_template_basedirs": [str(TEMPLATES)]}
    safe = Config({"HTMLExporter": {"sanitize_html": True, **look}})
    converter = GenerateFeedback(coursedir=directory, force=True, config=safe)
    waiting = {
        question
        for question, grade in read_grades(out, settings, name, student).items()
        if grade.waits
    }
    titles = {
        one.name: one.title for one in questions_of(course.read_notebook(out / "source", name))
    }
    converter.preprocessors = [
        GetGrades, HideHiddenTests, CSSHTMLHeaderPreprocessor, NameQuestions(titles, waiting),
    ]  # fmt: skip
    converter.log = directory.log = logging.getLogger("grading.nbgrader")
    converter.start()


def page_path(out: Path, name: str, student: str) -> Path:
    """Where a student's page lies."""
    return out / "feedback" / student / name / f"{name}.html"


def file_digest(out: Path, name: str, student: str) -> str:
    """Changes with a student's page; empty where there is none."""
    try:
        return hashlib.sha256(page_path(out, name, student).read_bytes()).hexdigest()
    except OSError:
        return ""


def write_not_graded(out: Path, name: str, student: str, why: str) -> None:
    """Write the page of a submission that has no grade."""
    title = html.escape(f"{name}: {student}")
    told = ADVICE.sub("", why)
    page = NOT_GRADED.format(title=title, why=html.escape(told))
    write_whole(page_path(out, name, student), page)
