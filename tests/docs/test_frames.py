"""Which cells the pictures of a playground come from, and when they are made anew."""

from docs import frames

import nbformat


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
