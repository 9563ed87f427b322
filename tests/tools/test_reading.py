"""Notebooks that somebody has saved in Colab: each command reads them, or names them."""

import json
import subprocess
import sys
from pathlib import Path

from docs import build
from grading import course, release
from grading.intake import rebuild
from tests.grading import small_course
from tools import reading, run_series

import nbformat
import pytest
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

ROOT = Path(__file__).parents[2]
# As Colab writes it: models by their number, without the key `state` around them.
MODEL = {"model_module": "@jupyter-widgets/base", "model_name": "LayoutModel", "state": {}}
COLAB = {reading.WIDGET_STATE: {"0a1b": MODEL}}


DRAWN = {"text/plain": "drawn"}


def write(path, shown):
    """A notebook saved in Colab, with the output of its one code cell."""
    cell = new_code_cell("display({'text/plain': 'drawn'}, raw=True)", execution_count=1)
    cell.outputs = [new_output("display_data", shown)]
    notebook = new_notebook(cells=[new_markdown_cell("# Title"), cell])
    notebook.metadata["widgets"] = COLAB
    nbformat.write(notebook, path)
    return path


@pytest.fixture
def saved_in_colab(tmp_path):
    """The file of a notebook that nbconvert cannot read as it is."""
    path = write(tmp_path / "01_part.ipynb", DRAWN | {run_series.WIDGET: {"model_id": "0a1b"}})
    with pytest.raises(KeyError, match="state"):
        HTMLExporter().from_filename(str(path))
    return path


def test_make_run_and_make_notebooks(saved_in_colab, tmp_path):
    run_series.execute(saved_in_colab, tmp_path / "log")
    run_series.write_page(saved_in_colab, tmp_path)
    assert "drawn" in (tmp_path / "01_part.html").read_text()
    (tmp_path / "notebooks").mkdir()
    run_series.store([saved_in_colab], tmp_path / "notebooks")
    assert "widgets" not in (tmp_path / "notebooks" / "01_part.ipynb").read_text()


def test_make_site(saved_in_colab, tmp_path, monkeypatch):
    monkeypatch.setattr(build, "SOURCE", tmp_path / "site")
    (tmp_path / "site" / "notebooks").mkdir(parents=True)
    build.prepare(saved_in_colab)
    HTMLExporter().from_filename(str(tmp_path / "site" / "notebooks" / "01_part.ipynb"))


def test_make_test(tmp_path):
    """nbval reads such a file as it is."""
    path = write(tmp_path / "01_part.ipynb", DRAWN)
    line = [sys.executable, "-m", "pytest", "-q", "-n", "0", "--nbval", "--nbval-current-env",
            "-p", "no:cacheprovider", str(path)]  # fmt: skip
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_make_assignments_and_make_grade(tmp_path):
    source = small_course.source()
    source.metadata["widgets"] = COLAB
    folder = small_course.write(tmp_path, source)
    assert "widgets" not in course.read_notebook(folder / "source", small_course.NAME).metadata
    release.make_release(folder)
    released = course.read_notebook(folder / "release", small_course.NAME)
    assert set(released.metadata) <= release.NOTEBOOK_METADATA
    # A student's file: nothing but its cells is read.
    handed_in = small_course.with_answers(released) | {"metadata": {"widgets": COLAB}}
    rebuilt = rebuild.rebuild(released, rebuild.read_cells(json.dumps(handed_in).encode()))
    assert rebuilt.doubts == [] and "widgets" not in rebuilt.notebook.metadata


def test_states_that_can_be_shown_stay(tmp_path):
    notebook = new_notebook()
    whole = {reading.WIDGET_STATE: {"state": {"0a1b": MODEL}, "version_major": 2}}
    notebook.metadata["widgets"] = whole
    nbformat.write(notebook, tmp_path / "a.ipynb")
    assert reading.read_notebook(tmp_path / "a.ipynb").metadata["widgets"] == whole
