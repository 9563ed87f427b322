"""Run notebooks with other seeds and report which printed verdicts change.

Every notebook prints verdicts, not raw numbers, after training. This shows that they do not
depend on the one seed whose outputs are stored. For maintainers; it takes as long as the
series itself for each seed: python -m tools.vary_seeds 2 3 4 5
"""

import argparse
import difflib
import sys
import tempfile
from pathlib import Path

from tools.execution import NotebookError, run_cells

import nbformat

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
STORED_SEEDS = ("set_random_seed(1)", "seed=1)")  # in the set-up cells and as defaults


def printed(notebook: nbformat.NotebookNode) -> list[str]:
    """Every line that the notebook's cells print, in order."""
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", []))
    text = "".join(output.text for output in outputs if output.output_type == "stream")
    return text.splitlines()


def with_seed(path: Path, seed: int) -> nbformat.NotebookNode:
    """The notebook, executed with `seed` in the place of the stored seed."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            for stored in STORED_SEEDS:
                cell.source = cell.source.replace(stored, stored.replace("1", str(seed)))
    with tempfile.TemporaryDirectory() as folder:
        run_cells(notebook, f"{path.name}, seed {seed}", Path(folder), Path(folder, "kernel.log"))
    return notebook


def main() -> None:
    """Read the command line, run the notebooks, and exit with 1 if a verdict changed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("seeds", type=int, nargs="+", help="seeds to try")
    parser.add_argument("--notebooks", default="[0-9][0-9]_*.ipynb", help="which, as a pattern")
    arguments = parser.parse_args()
    changed = False
    for path in sorted(NOTEBOOKS.glob(arguments.notebooks)):
        stored = printed(nbformat.read(path, as_version=4))
        for seed in arguments.seeds:
            try:
                lines = printed(with_seed(path, seed))
            except NotebookError as error:  # a claim that does not hold
                lines = [*stored, *str(error).splitlines()]
            verdict = "the same verdicts" if lines == stored else "differs"
            print(f"{path.stem}, seed {seed}: {verdict}", flush=True)
            for line in difflib.unified_diff(stored, lines, n=0, lineterm=""):
                print(f"    {line}")
            changed = changed or lines != stored
    sys.exit(changed)


if __name__ == "__main__":
    main()
