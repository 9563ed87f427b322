"""No cell of a notebook passes unless its last statement has run.

IPython answers a misspelt magic with a line on stderr, which our nbval does not compare, and
leaves the rest of the cell out. Two checks close that hole: `conftest.py` asks the kernel whether
the cell ran to its end, and the magics of all notebooks are looked up in IPython's own list.
"""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from IPython.core.interactiveshell import InteractiveShell
from nbformat.v4 import new_code_cell, new_notebook

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ROOT / "notebooks"
PATHS = [
    path
    for path in sorted(NOTEBOOKS.rglob("*.ipynb"))
    if not {"saved", ".ipynb_checkpoints"} & set(path.parts)
]
KNOWN = {
    "%pip",  # of the kernel, not of the bare shell
    *(f"%{name}" for name in InteractiveShell.instance().magics_manager.magics["line"]),
}


def nbval(folder, *sources):
    """Let pytest run a notebook of these cells as `make test` does; returns what it says."""
    cells = [new_code_cell(source, execution_count=n) for n, source in enumerate(sources, start=1)]
    nbformat.write(new_notebook(cells=cells), folder / "small.ipynb")
    shutil.copy(ROOT / "conftest.py", folder)
    command = [sys.executable, "-m", "pytest", "-q", "--nbval", "--nbval-current-env"]
    options = ["-p", "no:cacheprovider", "--rootdir", folder, "small.ipynb"]
    return subprocess.run([*command, *options], cwd=folder, capture_output=True, text=True)


@pytest.mark.parametrize(
    "cell",
    [
        "%tiem\nassert False",
        "%%tiem\nassert False",
        "done = get_ipython().run_cell('%tiem')\nassert True",  # the kernel calls this ok
        "x = 1\nif x:\n    %tiem\nassert False",
    ],
)
def test_a_cell_that_stops_early_is_red(tmp_path, cell):
    done = nbval(tmp_path, "x = 1", cell, "x = 2")
    assert "1 failed, 2 passed" in done.stdout, done.stdout
    assert "did not run to its end" in done.stdout and "tiem" in done.stdout


def test_cells_that_run_to_their_end_are_green(tmp_path):
    done = nbval(
        tmp_path,
        "import sys",
        "print('a library logs', file=sys.stderr)",
        "%matplotlib agg",
        "# NBVAL_RAISES_EXCEPTION\nassert True",
    )
    assert "4 passed" in done.stdout, done.stdout


def magics(source):
    """Each magic of a cell as it is written: %name for a line, %%name for a cell."""
    found = []
    for node in ast.walk(ast.parse(TransformerManager().transform_cell(source))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            sign = {"run_line_magic": "%", "run_cell_magic": "%%"}.get(node.func.attr)
            if sign:
                found.append(sign + ast.literal_eval(node.args[0]))
    return found


def unsure(source):
    """The magics of a cell of which it is not sure that they run and report the whole cell.

    A cell magic runs the cell in its own way: %%capture, for one, keeps an error to itself.
    """
    return [magic for magic in magics(source) if magic not in KNOWN]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: str(path.relative_to(NOTEBOOKS)))
def test_every_magic_is_known_to_ipython(path):
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            assert unsure(cell.source) == [], cell.source


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("%tiem\nassert False", ["%tiem"]),
        ("%%tiem\nassert False", ["%%tiem"]),
        ("%%capture\nassert False", ["%%capture"]),
        ("if True:\n    %tiem", ["%tiem"]),
        ("%pip install x\nx = 7 % 3\n%time x", []),
    ],
)
def test_a_magic_that_is_unsure_is_found(source, found):
    assert unsure(source) == found


def test_all_notebooks_are_looked_at():
    folders = {path.relative_to(NOTEBOOKS).parts[0] for path in PATHS}
    assert {"01_the_adversarial_game.ipynb", "assignments"} <= folders
