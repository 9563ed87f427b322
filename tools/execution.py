"""Run a notebook's cells in a fresh kernel: the one place of the project that does."""

import contextlib
import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, DeadKernelError

ROOT = Path(__file__).resolve().parent.parent
CELL_TIMEOUT = 600  # seconds
TRACEBACK_LINES = 8
COLOUR_CODE = re.compile(r"\x1b\[[0-9;]*m")


class NotebookError(Exception):
    """A notebook did not run to its end; the message names the cell and the reason."""


def run_cells(
    notebook: nbformat.NotebookNode,
    name: str,
    folder: Path,
    log: Path,
    cells: Iterable[int] | None = None,
    after: Callable[[NotebookClient, int], object] = lambda client, index: None,
) -> None:
    """Run code cells in a fresh kernel; their outputs go into `notebook`, also when one fails.

    Args:
        notebook: its stored outputs are removed first, where all cells run.
        name: of the notebook, for the message of an error.
        folder: in which the kernel works.
        log: what the kernel itself reports, as opposed to the cells, is added to this file.
        cells: indices of the cells to run, in this order; by default all.
        after: called with the client and the index of each cell that has run.

    Raises:
        NotebookError: a cell failed, took too long, or ended the kernel.
    """
    code = [index for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    if cells is None:
        for index in code:
            notebook.cells[index].outputs, notebook.cells[index].execution_count = [], None
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=CELL_TIMEOUT,
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(folder)}},
    )
    number = 0
    try:
        # Cell by cell instead of client.execute(), to know which cell it was that failed.
        with log.open("a") as kernel_log, _kernel(client, kernel_log):
            for index in code if cells is None else cells:
                number = code.index(index) + 1
                client.execute_cell(notebook.cells[index], index, execution_count=number)
                after(client, index)
    except (CellControlSignal, DeadKernelError) as error:
        lines = COLOUR_CODE.sub("", str(error)).strip().splitlines()[-TRACEBACK_LINES:]
        raise NotebookError("\n".join([f"{name}, cell [{number}]:", *lines])) from error


def _kernel(client: NotebookClient, log) -> contextlib.AbstractContextManager:
    # The gan_helpers of this copy of the project, also where another one is installed.
    places = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(places)}
    return client.setup_kernel(stderr=log, env=environment)
