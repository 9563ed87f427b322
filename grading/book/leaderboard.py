"""Pages that rank submissions whose students want it, by what the verdict has measured.

A hidden test prints a line for a student who gave a nickname: `leaderboard: ` and JSON, an object
with `name`, `distance` and further numbers. Outputs of test cells are the verdict's own, so nobody
else can print such a line. The page holds nicknames alone.
"""

import html
import json
import math
from pathlib import Path
from typing import Any

from grading.course import graded_cells
from tools.files import write_whole

import nbformat

MARK = "leaderboard: "
PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{title}</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 45rem; margin: 2rem auto; }}
table {{ border-collapse: collapse; width: 100% }}
th, td {{ text-align: right; padding: .3rem .6rem; border-bottom: 1px solid #ccc }}
th:nth-child(2), td:nth-child(2) {{ text-align: left }}
</style>
<h1>{title}</h1>
<p>The smallest distance first. All numbers are measured by the grader on new drawings.</p>
<table><thead><tr>{head}</tr></thead>
<tbody>
{rows}
</tbody></table>
</html>
"""


def write_leaderboards(out: Path) -> None:
    """Write leaderboard_NAME.html for each assignment that has one; remove those that have none."""
    pages: dict[Path, list[dict[str, Any]]] = {path: [] for path in out.glob("leaderboard_*.html")}
    for path in sorted((out / "autograded").glob("*/*/*.ipynb")):
        row = read_row(path)
        if row is not None:
            pages.setdefault(out / f"leaderboard_{path.parent.name}.html", []).append(row)
    for page, rows in pages.items():
        if rows:
            write_whole(page, page_of(page.stem.removeprefix("leaderboard_"), rows))
        else:
            page.unlink()


def read_row(path: Path) -> dict[str, Any] | None:
    """The row of a submission, None where its student is on no leaderboard."""
    for cell in graded_cells(nbformat.read(path, as_version=4)):
        for output in cell.get("outputs", []):
            for line in output.get("text", "").splitlines():
                if line.startswith(MARK):
                    return json.loads(line.removeprefix(MARK))
    return None


def page_of(name: str, rows: list[dict[str, Any]]) -> str:
    """The page of an assignment, the smallest distance first."""
    rows = sorted(rows, key=lambda row: row.get("distance", math.inf))
    measures = [key for key in rows[0] if key != "name"]
    head = "".join(f"<th>{html.escape(word)}</th>" for word in ("place", "name", *measures))
    lines = [
        "<tr>"
        + "".join(
            f"<td>{html.escape(text)}</td>"
            for text in (f"{place}", row["name"], *(shown(row.get(key)) for key in measures))
        )
        + "</tr>"
        for place, row in enumerate(rows, start=1)
    ]
    title = f"Leaderboard: {name.replace('_', ' ')}"
    return PAGE.format(title=html.escape(title), head=head, rows="\n".join(lines))


def shown(number: float | None) -> str:
    """A number as it stands in the table."""
    if number is None:
        return ""
    return f"{number:,}" if isinstance(number, int) else f"{number:.2f}"
