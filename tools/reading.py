"""Read a notebook file: the one place where what other programs leave in it is mended."""

from pathlib import Path

import nbformat

WIDGET_STATE = "application/vnd.jupyter.widget-state+json"


def read_notebook(path: Path) -> nbformat.NotebookNode:
    """A notebook in the current format, without states of widgets that nothing can show.

    Colab saves `metadata.widgets` without the key `state`, over which nbconvert stumbles. The
    kernel that they belonged to is gone, and whatever runs the notebook makes them anew.
    """
    notebook = nbformat.read(path, as_version=4)
    widgets = notebook.metadata.get("widgets")
    state = widgets.get(WIDGET_STATE) if isinstance(widgets, dict) else None
    if widgets is not None and not (isinstance(state, dict) and "state" in state):
        del notebook.metadata["widgets"]
    return notebook
