"""What the verdict on an assignment depends on, and nothing else.

Graded cells of its source, what they import of this project, directly or through another module,
the files that those modules read, and what runs answers and judges them.
"""

import ast
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from grading.course import ROOT, read_notebook

from nbformat import NotebookNode

# What every verdict goes through.
JUDGES = ("grading/intake/rebuild.py", "grading/run")
OURS = ("gan_helpers", "grading")
CELLS = "its graded cells"
RUBRIC = re.compile(r"### BEGIN SOLUTION.*?### END SOLUTION", re.DOTALL)


def parts(course: Path, name: str, project: Path = ROOT) -> dict[str, str]:
    """What a grade depends on, except the submission: name for a person -> digest of what it is."""
    notebook = read_notebook(course / "source", name)
    cells = hashlib.sha256(repr(notebook.metadata.get("grading")).encode())
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            about = sorted(cell.metadata.nbgrader.items())
            cells.update(repr((cell.id, cell.cell_type, what_counts(cell), about)).encode())
    own = {path for path in (course / "source" / name).rglob("*") if path.is_file()}
    own -= {course / "source" / name / f"{name}.ipynb"}
    files = {course / "nbgrader_config.py", *own, *files_used(verdict_code(notebook), project)}
    found = {CELLS: cells.hexdigest()}
    for path in sorted(files):
        if path.exists() and not path.name.startswith("."):
            root = next(root for root in (course, project) if path.is_relative_to(root))
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            found[path.relative_to(root).as_posix()] = digest
    return found


def fingerprint(judged_by: dict[str, str]) -> str:
    """Changes whenever one of `parts` does."""
    return hashlib.sha256(repr(sorted(judged_by.items())).encode()).hexdigest()


def read_mark(path: Path) -> dict[str, Any] | None:
    """What an assignment was when it was brought in; None if it never was, {} if nobody can say."""
    if not path.exists():
        return None
    try:
        return dict(json.loads(path.read_text()))
    except ValueError:  # as an older version wrote it
        return {}


def differences(before: dict[str, str], now: dict[str, str]) -> str:
    """The names of the parts that are not as they were, as a person reads them."""
    names = sorted(name for name in {*before, *now} if before.get(name) != now.get(name))
    if not before:
        return "an older version had graded them"
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def code_digest(source: NotebookNode, project: Path = ROOT) -> str:
    """The same on two machines if the code of this project that judges an assignment is."""
    digest = hashlib.sha256()
    for path in sorted(files_used(verdict_code(source), project)):
        if path.is_file():
            place = path.relative_to(project).as_posix()
            digest.update(place.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def verdict_code(source: NotebookNode) -> list[str]:
    """The cells of an assignment that a verdict runs."""
    return [cell.source for cell in source.cells if runs_in_verdict(cell)]


def what_counts(cell: NotebookNode) -> str:
    """A cell without the rubric of a written answer, which a person reads and no verdict."""
    return cell.source if cell.cell_type == "code" else RUBRIC.sub("", cell.source)


def files_used(code: Iterable[str], project: Path) -> set[Path]:
    """The files of this project that cells use, and those that judge them."""
    found: set[Path] = set()
    for part in JUDGES:
        path = project / part
        found |= {path} if path.suffix else set(path.glob("*.py"))
    code = list(code)
    used = {
        node.id for text in code for node in ast.walk(parsed(text)) if isinstance(node, ast.Name)
    }
    todo = [path for text in code for path in imported(text, project, used)]
    while todo:
        path = todo.pop()
        if path not in found:
            found.add(path)
            todo += imported(path.read_text(encoding="utf-8"), project)
    texts = "\n".join(path.read_text(encoding="utf-8") for path in found)
    assets = (project / "gan_helpers" / "assets").glob("*")
    return found | {path for path in assets if path.name in texts}


def runs_in_verdict(cell: NotebookNode) -> bool:
    """Whether a cell is given or a test: answers run elsewhere, and the rest is no part of it."""
    about = cell.metadata.get("nbgrader")
    return cell.cell_type == "code" and about is not None and not about.solution


def parsed(source: str) -> ast.Module:
    """The syntax of Python code, empty where it has none."""
    try:
        return ast.parse(source)
    except SyntaxError:
        return ast.Module([], [])


def imported(source: str, project: Path, used: set[str] | None = None) -> Iterator[Path]:
    """The files of this project that Python code imports; under one of these names, if given."""
    for node in ast.walk(parsed(source)):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        for alias in node.names:
            if used is not None and (alias.asname or alias.name).split(".")[0] not in used:
                continue
            name = alias.name
            if isinstance(node, ast.ImportFrom):
                name = f"{node.module}.{alias.name}"
            if name.split(".")[0] in OURS:
                yield from files_of(name, project)


def files_of(module: str, project: Path) -> Iterator[Path]:
    """The file of a module, and those of the packages around it; none where it is no module."""
    parts = module.split(".")
    for count in range(1, len(parts) + 1):
        place = project.joinpath(*parts[:count])
        for path in (place.with_suffix(".py"), place / "__init__.py"):
            if path.is_file():
                yield path
