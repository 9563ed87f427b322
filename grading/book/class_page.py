"""The page of a class, class.html: how the questions went, what to teach again, who needs a look.

One file for the teacher alone, which asks no other host for anything.
"""

import urllib.parse
from collections import defaultdict
from pathlib import Path
from typing import Any

from grading.book import plots
from grading.book.late import UNKNOWN
from grading.book.questions import (
    Question,
    essay,
    failed_tests,
    kind_of,
    questions_of,
    read_cells,
)
from grading.book.sheets import sheet
from grading.book.similar import Pair, similar
from grading.book.table import LOOK, NOTHING
from grading.course import read_notebook
from tools.files import write_whole

import jinja2
from nbconvert.filters import markdown2html
from nbformat import NotebookNode

TEMPLATES = Path(__file__).parent / "templates"
MOST_PAIRS = 20  # on the page; the csv has all
PAIR_HEADS = ("assignment", "student", "other student", "alike", "questions", "for example")

Rows = list[dict[str, Any]]


def write_pages(out: Path, rows: Rows) -> None:
    """Write class.html and similar.csv anew, from the rows of grades.csv and what was graded."""
    names = sorted({row["assignment"] for row in rows})
    sections, pairs = [], []
    for name in names:
        of_it = [row for row in rows if row["assignment"] == name]
        section = _section(out, name, of_it)
        sections.append(section)
        pairs += [(name, pair) for pair in section["pairs"]]
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["points"] = lambda value: f"{value:.3g}"
    page = environment.get_template("class.html.j2").render(
        sections=sections, most=MOST_PAIRS, unknown=UNKNOWN
    )
    write_whole(out / "class.html", page)
    lines = [
        dict(zip(PAIR_HEADS, (name, pair.one, pair.other, f"{pair.share:.0%}",
                              " ".join(pair.questions), pair.example), strict=True))
        for name, pair in pairs
    ]  # fmt: skip
    write_whole(out / "similar.csv", sheet(PAIR_HEADS, lines, bom=True))


def _section(out: Path, name: str, rows: Rows) -> dict[str, Any]:
    """What the page says of one assignment."""
    source, release = (read_notebook(out / folder, name) for folder in ("source", "release"))
    asked = questions_of(source)
    there = [row for row in rows if row["state"] != NOTHING]
    graded = [row for row in there if row["max"] != ""]
    ran = {row["student"]: _cells(out, "autograded", name, row) for row in graded}
    # As students wrote it: in the autograded copy tags are marked.
    handed_in = {row["student"]: _cells(out, "submitted", name, row) for row in graded}
    complete = [row["total"] for row in graded if row["total"] != ""]
    tests = [question.name for question in asked if not question.written]
    # Without what comes off for late days, and without written answers that are graded already.
    by_tests = [sum(row.get(test, "") or 0 for test in tests) for row in graded]
    most = sum(question.most for question in asked)
    waiting = any(row["total"] == "" for row in graded)
    tested = sum(question.most for question in asked if not question.written)
    values, best = (by_tests, tested) if waiting else (complete, most)
    what = f"{name}, {'points of the tests' if waiting else 'totals'}"
    return {
        "name": name, "rows": rows, "there": there, "graded": graded, "most": most,
        "best": best, "waiting": waiting,
        "mean": sum(values) / len(values) if values else None,
        "plot": plots.histogram(values, best, what) if values else "",
        "look": [_person(row) for row in there if row["state"] == LOOK],
        "missing": [_person(row) for row in rows if row["state"] == NOTHING],
        "late": [_person(row) for row in graded if row["late"]],
        "undated": [row for row in graded if row["undated"]],
        "questions": [_how_it_went(question, graded) for question in asked],
        "mistakes": mistakes(ran, {question.name: question.title for question in asked}),
        "essays": [
            _essays(question, name, graded, handed_in, release)
            for question in asked if question.written
        ],
        "pairs": _pairs(handed_in, [*source.cells, *release.cells]),
        "people": {row["student"]: _person(row) for row in rows},
    }  # fmt: skip


def _cells(out: Path, folder: str, name: str, row: dict[str, Any]) -> list[NotebookNode]:
    return read_cells(out / folder / row["student"] / name / f"{name}.ipynb")


def _pairs(handed_in: dict[str, list[NotebookNode]], given: list[NotebookNode]) -> list[Pair]:
    return similar(handed_in, given)


def _person(row: dict[str, Any]) -> dict[str, Any]:
    """A row of grades.csv as the page shows it: called by name, with the student's page."""
    place = "/".join(map(urllib.parse.quote, (row["student"], row["assignment"])))
    page = f"feedback/{place}/{urllib.parse.quote(row['assignment'])}.html"
    shown = row["name"] or row["student"]
    return row | {"shown": shown, "page": page if row["state"] != NOTHING else ""}


def _how_it_went(question: Question, graded: Rows) -> dict[str, Any]:
    """The points of a question in the class."""
    points = [row[question.name] for row in graded if row.get(question.name, "") != ""]
    mean = sum(points) / len(points) if points else None
    share = 100 * mean / question.most if mean is not None and question.most else 0.0
    return {
        "title": question.title, "most": question.most, "mean": mean, "count": len(points),
        "lost": sum(value < question.most for value in points),
        "waits": len(graded) - len(points),
        "share": share,
    }  # fmt: skip


def mistakes(ran: dict[str, list[NotebookNode]], titles: dict[str, str]) -> list[dict[str, Any]]:
    """What failed tests said, and to whom, the most frequent first.

    ran: student -> cells as they were graded. titles: test -> what its question is called.
    """
    said: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for student, cells in ran.items():
        for test, message in failed_tests(cells):
            said[test, kind_of(message)][student] = message
    order = list(titles)
    found = [
        {
            "question": titles.get(test, test), "message": next(iter(messages.values())),
            "students": sorted(messages), "count": len(messages),
            "share": 100 * len(messages) / len(ran), "test": test,
        }
        for (test, _), messages in said.items()
    ]  # fmt: skip
    return sorted(
        found,
        key=lambda one: (-one["count"], order.index(one["test"]) if one["test"] in order else 0),
    )


def _essays(
    question: Question,
    name: str,
    graded: Rows,
    handed_in: dict[str, list[NotebookNode]],
    release: NotebookNode,
) -> dict[str, Any]:
    """A written question: its rubric, and what waits for a person."""
    waiting = [
        _person(row) | {"text": essay(handed_in[row["student"]], question.name, release)}
        for row in graded
        if row.get(question.name, "") == ""
    ]
    return {
        "title": question.title, "name": question.name, "most": question.most,
        "rubric": markdown2html(question.rubric), "waiting": waiting,
        "done": len(graded) - len(waiting),
    }  # fmt: skip
