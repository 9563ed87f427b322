"""Who gives a nickname is ranked by what the verdict measured; nobody else is."""

from grading.book import leaderboard
from tests.grading import small_course

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output


def submission(folder, student, *lines, test=True):
    """An autograded notebook whose one cell, a test or an answer, has printed these lines."""
    output = new_output("stream", text="passed\n" + "".join(f"{line}\n" for line in lines))
    cell = new_code_cell("pass", outputs=[output])
    cell = small_course.marked(cell, "test_draw", 5 if test else None, answer=not test)
    path = folder / "autograded" / student / "small_project" / "small_project.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(new_notebook(cells=[cell]), path)
    return path


def row(name, distance):
    return f'leaderboard: {{"name": "{name}", "weights": 58945, "distance": {distance}}}'


@pytest.fixture
def page(tmp_path):
    """The leaderboard of four students, of whom one has no nickname and one printed the line."""
    submission(tmp_path, "bob_12", row("second", 12.5))
    submission(tmp_path, "ada_34", row("<b>first</b>", 4.25))
    submission(tmp_path, "eve_56")
    submission(tmp_path, "mallory_78", row("printed by the answer", 0.0), test=False)
    leaderboard.write_leaderboards(tmp_path)
    return tmp_path / "leaderboard_small_project.html"


def test_smallest_distance_is_first(page):
    text = page.read_text(encoding="utf-8")
    first, second = text.index("first"), text.index("second")
    assert first < second and "<td>4.25</td>" in text and "<td>58,945</td>" in text


def test_page_holds_nicknames_alone_and_runs_nothing(page):
    text = page.read_text(encoding="utf-8")
    assert "&lt;b&gt;first" in text and "<b>" not in text
    assert not any(name in text for name in ("ada", "bob", "eve", "mallory"))


def test_line_of_an_answer_is_not_taken(page):
    assert "printed by the answer" not in page.read_text(encoding="utf-8")


def test_page_goes_when_nobody_is_on_it(page):
    for path in (page.parent / "autograded").glob("*/*/*.ipynb"):
        path.unlink()
    leaderboard.write_leaderboards(page.parent)
    assert not page.exists()
