"""The syllabus says what the notebooks say of themselves."""

import re

from tools import hours

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

PAGE = hours.PAGE.read_text(encoding="utf-8")
LATITUDE = 0.2  # a corrected sentence must not make the page wrong


def rows(text):
    """The cells of each row of the tables in a text, without their heads."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    found = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in found if not set(row[0]) <= {"-"}]


def number(cell):
    return int(cell.replace(",", "").removesuffix(" s"))


def test_what_is_counted():
    notebook = new_notebook(
        cells=[
            new_markdown_cell("# One\n\ntwo three four <details>"),
            new_code_cell("a = 1\n\nb = 2"),
            new_code_cell("import os", metadata={"jupyter": {"source_hidden": True}}),
        ]
    )
    assert (hours.words(notebook), hours.lines(notebook), hours.exercises(notebook)) == (6, 2, 1)
    assert hours.minutes(notebook, 0) == 15  # 10.3, in steps of five


def test_the_tables_are_those_of_the_notebooks():
    now, there = rows(hours.table(hours.ROOT)), rows(hours.TABLE.search(PAGE)[0])
    assert [row[0] for row in now] == [row[0] for row in there], "run python -m tools.hours"
    for new, old in zip(now, there, strict=True):
        if new[1:] and new[1][0].isdigit():
            for a, b in zip(new[1:], old[1:], strict=True):
                assert number(b) == pytest.approx(number(a), rel=LATITUDE, abs=1), new[0]


@pytest.mark.parametrize("plan", ["Six weeks", "Two weeks"])
def test_the_hours_of_a_week_are_the_sum_of_its_parts(plan):
    tables = rows(hours.TABLE.search(PAGE)[0])
    chapter = {f"{int(row[0][1 : row[0].index('.')]):02}": number(row[5])
               for row in tables if row[0].startswith("[")}  # fmt: skip
    work = {row[0].split()[1].rstrip("."): number(row[2])
            for row in tables if row[0].startswith("Assignment ")}  # fmt: skip
    section = PAGE.split(f"## {plan}")[1].split("\n## ")[0]
    weeks = rows(section)[1:]
    assert weeks
    for _, read, hand_in, said, _ in weeks:
        parts = [chapter[name] for name in read.split(", ")]
        parts += [work[name] for name in hand_in.split(", ") if name]
        whole, rest = map(int, re.fullmatch(r"(\d+) h (\d+)", said).groups())
        assert 60 * whole + rest == pytest.approx(sum(parts), rel=LATITUDE)


def test_every_assignment_says_its_time_and_points():
    for path in (hours.ROOT / "notebooks" / "assignments" / "release").glob("*/*.ipynb"):
        assert hours.work_row(path).count("|") == 4, nbformat.read(path, as_version=4).cells[0]
