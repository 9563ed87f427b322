"""What each playground shows at each position of its slider, as pictures and words.

The notebook's own cells run in a kernel, as many as its playgrounds need, and the real slider
is then moved from end to end. The results are kept under build/ for as long as code and
packages stay the same. `make test`, which runs all cells anyway, keeps them in passing.
`python -m docs.frames` lists what is said there, for translators.
"""

import ast
import hashlib
import importlib.metadata
import json
import re
import shutil
import symtable
from collections.abc import Callable
from pathlib import Path

from tools.execution import run_cells
from tools.files import rename, write_whole
from tools.reading import read_notebook
from tools.translate.sources import SLIDERS, masked

import nbformat
from IPython.core.inputtransformer2 import TransformerManager
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / "build" / "frames"
UNFINISHED = "-unfinished"
RECORD = Path(__file__).with_name("record.py")
# What draws or trains; another version of one of these may draw other pictures.
PACKAGES = ("ipywidgets", "keras", "matplotlib", "mlxtend", "numpy", "pillow", "tensorflow")


def _makers() -> list[str]:
    """How a notebook calls the functions that return a Playground."""
    found = []
    for path in sorted((ROOT / "gan_helpers" / "playgrounds").glob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.returns:
                found += [node.name] * (ast.unparse(node.returns) == "Playground")
    return [f"playgrounds.{name}(" for name in found]


def playground_cells(notebook: nbformat.NotebookNode) -> list[int]:
    """Indices of the cells that show a playground."""
    makers = _makers()
    return [
        index
        for index, cell in enumerate(notebook.cells)
        if cell.cell_type == "code"
        and any(maker in cell.source for maker in makers)
        and any("image/png" in output.get("data", {}) for output in cell.outputs)
    ]


def cells_behind(notebook: nbformat.NotebookNode, cells: list[int]) -> list[int]:
    """Indices of `cells` and of all cells before them on which their playgrounds depend.

    A cell is needed if it gives a value to a name that a later needed cell uses, or calls a
    method of such an object, as in `gan.fit(...)`; and the first one, which finds gan_helpers.
    The other trainings of a notebook, which take most of its time, are left out.
    """
    first = min(i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code")
    sources = [
        TransformerManager().transform_cell(cell.source) if cell.cell_type == "code" else ""
        for cell in notebook.cells[: max(cells) + 1]
    ]
    modules = {
        symbol.get_name()
        for source in sources
        for symbol in _table(source).get_symbols()
        if symbol.is_imported()
    }
    needed: list[int] = []
    used_by_all: set[str] = set()
    known: set[str] | None = None
    # Again until nothing is new: a function may use a name that gets its value after it.
    while used_by_all != known:
        needed, names, known = [], set(used_by_all), set(used_by_all)
        for index in reversed(range(len(sources))):
            given, used = _given_and_used(sources[index])
            changed = set(re.findall(r"\b(\w+)\.\w+\(", sources[index])) - modules
            if index in (first, *cells) or (given | changed) & names:
                needed.append(index)
                names = names - given | used
                used_by_all |= used
    return needed[::-1]


def _given_and_used(source: str) -> tuple[set[str], set[str]]:
    """The names that code gives a value, and those that it uses before it does so."""
    given: set[str] = set()
    used: set[str] = set()
    for statement in ast.parse(source).body:
        table = _table(ast.unparse(statement))
        used |= _used(table) - given
        given |= {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()}
    return given, used


def _table(source: str) -> symtable.SymbolTable:
    return symtable.symtable(source, "a cell", "exec")


def _used(table: symtable.SymbolTable) -> set[str]:
    """The global names that code reads, inside its functions as well."""
    found = {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_referenced() and (table.get_type() == "module" or symbol.is_global())
    }
    return found.union(*(_used(child) for child in table.get_children()))


def key(sources: list[str]) -> str:
    """A fingerprint of everything that the frames depend on."""
    digest = hashlib.sha256("\0".join(sources).encode())
    digest.update(RECORD.read_bytes())
    for path in sorted((ROOT / "gan_helpers").rglob("*.[pnk]*")):
        digest.update(path.read_bytes())
    for package in PACKAGES:
        digest.update(importlib.metadata.version(package).encode())
    return digest.hexdigest()[:16]


def _place(path: Path, notebook: nbformat.NotebookNode, cells: list[int]) -> Path:
    """The folder that keeps the frames of a notebook as it is now."""
    needed = cells_behind(notebook, cells)
    return CACHE / f"{path.stem}-{key([notebook.cells[index].source for index in needed])}"


def _keep(unfinished: Path, kept: Path) -> None:
    """Put a folder in its place, and remove those of the notebook as it was before."""
    stem = kept.name.rpartition("-")[0]
    for old in CACHE.glob(f"{stem}-*"):
        if not old.name.endswith(UNFINISHED):  # another process may be at work there
            shutil.rmtree(old)
    rename(unfinished, kept)


def frames_of(path: Path) -> dict[int, Path]:
    """Cell index -> folder with frames.json and pictures, for each playground of a notebook.

    Runs the notebook's cells unless that has been done before.

    Raises:
        tools.execution.NotebookError: a cell failed.
    """
    notebook = read_notebook(path)
    cells = playground_cells(notebook)
    if not cells:
        return {}
    kept = _place(path, notebook, cells)
    if not kept.exists():
        unfinished = CACHE / f"{path.stem}-alone{UNFINISHED}"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)

        def record(client: NotebookClient, index: int) -> None:
            if index in cells:
                call = _recording(unfinished / str(cells.index(index)))
                client.execute_cell(nbformat.v4.new_code_cell(call), 0)

        needed = cells_behind(notebook, cells)
        run_cells(notebook, path.name, path.parent, unfinished / "kernel.log", needed, record)
        _keep(unfinished, kept)
    return {index: kept / str(number) for number, index in enumerate(cells)}


def keep_in_passing(path: Path, index: int, run: Callable[[str], object]) -> None:
    """Keep the frames of a cell that somebody else has just run, so that `frames_of` finds them.

    Args:
        path: of the notebook.
        index: of the cell, among all cells of the notebook.
        run: runs code in the kernel of that cell; raises an error where the code does.
    """
    notebook = read_notebook(path)
    cells = playground_cells(notebook)
    if index not in cells or (kept := _place(path, notebook, cells)).exists():
        return
    unfinished = kept.with_name(f"{kept.name}-in_passing{UNFINISHED}")
    folder = unfinished / str(cells.index(index))
    shutil.rmtree(folder, ignore_errors=True)
    run(_recording(folder))
    if all((unfinished / str(number) / "frames.json").exists() for number in range(len(cells))):
        _keep(unfinished, kept)


def said() -> dict[str, list[str]]:
    """Cell with a playground -> what is said beside its slider, its numbers aside."""
    found = {}
    for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        for index, folder in frames_of(path).items():
            shown = json.loads((folder / "frames.json").read_text(encoding="utf-8"))
            texts = [shown["hint"], shown["shows"], *(each["words"] for each in shown["frames"])]
            place = f"{path.relative_to(ROOT).as_posix()}:{cells[index]['id']}"
            found[place] = list(dict.fromkeys(map(masked, texts)))
    return found


def _recording(folder: Path) -> str:
    """Code for a kernel whose last output is a playground; no name of the notebook is touched."""
    return (
        f"__import__('runpy').run_path({str(RECORD)!r})['record'](Out[max(Out)], {str(folder)!r})"
    )


if __name__ == "__main__":
    write_whole(SLIDERS, json.dumps(said(), indent=1, ensure_ascii=False) + "\n")
