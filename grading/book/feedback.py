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
from grading.book.gradebook import Grade, read_grades
from tools.files import write_whole

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.converters import GenerateFeedback
from nbgrader.preprocessors import ClearHiddenTests, GetGrades, NbGraderPreprocessor
from traitlets import Bool, List
from traitlets.config import Config

SCORE = r"\(Score: (?P<points>[\d.]+) / (?P<most>[\d.]+)\)"
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


def write_page(out: Path, name: str, student: str, settings: Config) -> None:
    """Write feedback/STUDENT/NAME/NAME.html from the autograded notebook and the gradebook."""
    directory = course.course_directory(out, settings, assignment_id=name, student_id=student)
    safe = Config({"HTMLExporter": {"sanitize_html": True}})
    converter = GenerateFeedback(coursedir=directory, force=True, config=safe)
    converter.preprocessors = [GetGrades, HideHiddenTests, CSSHTMLHeaderPreprocessor]
    converter.log = directory.log = logging.getLogger("grading.nbgrader")
    converter.start()
    waiting = [
        (question, grade)
        for question, grade in read_grades(out, settings, name, student).items()
        if grade.waits
    ]
    if waiting:
        path = page_path(out, name, student)
        write_whole(path, say_what_waits(path.read_text(encoding="utf-8"), waiting))


def say_what_waits(page: str, waiting: list[tuple[str, Grade]]) -> str:
    """A page on which answers that no person has graded yet are not graded with 0."""
    more = sum(grade.most for _, grade in waiting)

    def so_far(score: re.Match) -> str:
        most = float(score["most"]) - more
        return f"(Score so far: {score['points']} / {most}; {more} more wait for your teacher)"

    page = re.sub(SCORE, so_far, page, count=1)
    for question, grade in waiting:
        anchor = re.escape(f'<a href="#{question}">')
        waits = f"waits for your teacher / {grade.most})"
        page = re.sub(rf"({anchor}[^<]*</a> ){SCORE}", rf"\g<1>({waits}", page, count=1)
        head = re.escape(f'<a name="{question}"></a>')
        page = re.sub(
            rf"({head}(?:(?!</div>).)*?)Score: [\d.]+ / ", r"\1Waits for your teacher / ", page,
            count=1, flags=re.DOTALL,
        )  # fmt: skip
    return page


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
    page = NOT_GRADED.format(title=title, why=html.escape(why))
    write_whole(page_path(out, name, student), page)
