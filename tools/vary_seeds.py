"""Run notebooks with other seeds and report which claims fail, and what else they print anew.

A claim prints an approximate value and the bound that its sentence relies on. The value may
change with the seed; that no bound is passed shows that the sentence does not hang on the one
seed whose outputs are stored. For maintainers; it takes as long as the series itself for each
seed: python -m tools.vary_seeds 2 3 4 5
"""

import argparse
import difflib
import re
import sys
import tempfile
from pathlib import Path

from tools.execution import NotebookError, run_cells
from tools.reading import read_notebook

import nbformat

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
STORED_SEEDS = ("set_random_seed(1)", "seed=1)")  # in the set-up cells and as defaults
# What NumPy draws comes from seeds all over a notebook: each then gives another stream.
OTHER_STREAMS = """import numpy as np
_stored = np.random.default_rng
np.random.default_rng = lambda seed=None: _stored(
    [{}, seed] if isinstance(seed, int) else seed
)
"""


def printed(notebook: nbformat.NotebookNode) -> list[str]:
    """Every line that the notebook's cells print, in order, without approximate values."""
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", []))
    text = "".join(output.text for output in outputs if output.output_type == "stream")
    return re.sub(r"≈ \S+", "≈", text).splitlines()


def with_seed(path: Path, seed: int) -> nbformat.NotebookNode:
    """The notebook, executed with `seed` in the place of the stored seed."""
    notebook = read_notebook(path)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            for stored in STORED_SEEDS:
                cell.source = cell.source.replace(stored, stored.replace("1", str(seed)))
    notebook.cells.insert(0, nbformat.v4.new_code_cell(OTHER_STREAMS.format(seed)))
    with tempfile.TemporaryDirectory() as folder:
        run_cells(notebook, f"{path.name}, seed {seed}", Path(folder), Path(folder, "kernel.log"))
    return notebook


def main() -> None:
    """Read the command line, run the notebooks, and exit with 1 if a claim fails."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("seeds", type=int, nargs="+", help="seeds to try")
    parser.add_argument("--notebooks", default="[0-9][0-9]_*.ipynb", help="which, as a pattern")
    arguments = parser.parse_args()
    failed = False
    for path in sorted(NOTEBOOKS.glob(arguments.notebooks)):
        stored = printed(read_notebook(path))
        for seed in arguments.seeds:
            try:
                lines, verdict = printed(with_seed(path, seed)), "every claim holds"
            except NotebookError as error:
                lines, verdict, failed = [*stored, *str(error).splitlines()], "FAILS", True
            print(f"{path.stem}, seed {seed}: {verdict}", flush=True)
            for line in difflib.unified_diff(stored, lines, n=0, lineterm=""):
                print(f"    {line}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
