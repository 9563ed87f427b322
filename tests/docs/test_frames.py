"""Which cells the pictures of a playground come from, and when they are made anew."""

import ast
from pathlib import Path

from docs import frames

import nbformat
import pytest


def notebook_of(*sources):
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    return nbformat.v4.new_notebook(cells=cells)


def test_only_the_cells_that_a_playground_needs_are_run():
    notebook = notebook_of(
        "%pip install nothing",
        "import numpy as np",
        "unrelated = np.ones(3)",
        "def build():\n    return [scale]",
        "scale = 2",
        "gan = build()",
        "np.linspace(0, 1)",
        "gan.fit(3)",
        "other = unrelated.sum()",
        "playgrounds.scrubber(gan)",
    )
    assert frames.cells_behind(notebook, [9]) == [0, 3, 4, 5, 7, 9]


def test_frames_are_made_anew_when_the_code_changes():
    assert frames.key(["a", "b"]) == frames.key(["a", "b"]) != frames.key(["a", "c"])


@pytest.fixture
def chapter(tmp_path, monkeypatch):
    """A notebook with two playgrounds, whose kernel nobody may start."""
    notebook = notebook_of("import numpy as np", *["playgrounds.dirac(np)"] * 2)
    for cell in notebook.cells[1:]:
        picture = {"image/png": "", "text/plain": ""}
        cell.outputs = [nbformat.v4.new_output("display_data", picture)]
    nbformat.write(notebook, tmp_path / "01_a.ipynb")
    monkeypatch.setattr(frames, "CACHE", tmp_path / "kept")
    monkeypatch.setattr(frames, "run_cells", lambda *_: pytest.fail("a kernel was started"))
    return tmp_path / "01_a.ipynb"


def recorder(code):
    """Does what a kernel does with the code that records a playground, without a kernel."""
    folder = Path(ast.literal_eval(code.rpartition(", ")[2].rstrip(")")))
    folder.mkdir(parents=True)
    (folder / "frames.json").write_text("{}")


def test_frames_that_were_kept_in_passing_are_not_made_again(chapter):
    old = frames.CACHE / "01_a-of-another-code"
    old.mkdir(parents=True)
    frames.keep_in_passing(chapter, 0, lambda code: pytest.fail("no playground is there"))
    for index in (1, 2):
        frames.keep_in_passing(chapter, index, recorder)
    found = frames.frames_of(chapter)
    assert list(found) == [1, 2]
    assert all((folder / "frames.json").exists() for folder in found.values())
    assert not old.exists() and len(list(frames.CACHE.iterdir())) == 1
    frames.keep_in_passing(chapter, 1, lambda code: pytest.fail("it is there already"))


def test_half_of_the_frames_is_not_kept(chapter):
    frames.keep_in_passing(chapter, 1, recorder)

    def fail(code):
        raise RuntimeError("the kernel has gone")

    with pytest.raises(RuntimeError, match="gone"):
        frames.keep_in_passing(chapter, 2, fail)
    with pytest.raises(pytest.fail.Exception, match="a kernel was started"):
        frames.frames_of(chapter)
    frames.keep_in_passing(chapter, 2, recorder)
    assert list(frames.frames_of(chapter)) == [1, 2]
