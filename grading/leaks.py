"""What must not reach students: found in a release, and in a module that they import.

A line of a cell is secret if it lies between BEGIN and END of a solution or a hidden test. A
module gives a solution away if it holds the same syntax, whatever its variables are called.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode

# Also a mark with a slip in it, which nbgrader does not know and leaves in.
MARK = re.compile(r"\b(?:BEGIN|END)\s+[A-Z]{3,}|\b(?i:begin|end)\s+(?i:solution|hidden|mark)")
SECRET = re.compile(r"BEGIN (SOLUTION|HIDDEN TESTS|MARK SCHEME)")
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|root|tmp|home|Users)/|[A-Z]:\\+Users")
SHORTEST_SECRET = 20  # characters; a shorter line may well occur twice by chance
SMALLEST_SOLUTION = 6  # nodes of syntax; `a + b` has 4 and says nothing


def leaks(source: NotebookNode, release: NotebookNode) -> list[str]:
    """What of the source a release must not hold but does, a line each with its cell."""
    secrets: dict[str, str] = {}
    public = {line for cell in source.cells for line in public_lines(cell.source)}
    for cell in source.cells:
        for line, kind in secret_lines(cell.source):
            # What the author shows elsewhere is no secret, as a line of a piece to be mended.
            if line not in public:
                secrets.setdefault(line, f"{kind} of {title(cell)}")
    solutions = [
        (title(cell), {line for line, kind in secret_lines(cell.source) if kind == "solution"})
        for cell in source.cells
    ]
    return [leak for cell in release.cells for leak in _leaks_of_cell(cell, secrets, solutions)]


def _leaks_of_cell(
    cell: NotebookNode, secrets: dict[str, str], solutions: list[tuple[str, set[str]]]
) -> Iterator[str]:
    """The leaks of one cell of a release.

    secrets: line -> where it is from. solutions: (where it is from, its lines).
    """
    name = title(cell)
    if cell.get("outputs") or cell.get("execution_count") is not None:
        yield f"{name} has an output"
    mark = MARK.search(cell.source)
    if mark:
        yield f'{name} still says "{mark[0]}"'
    for line in dict.fromkeys(map(str.strip, cell.source.splitlines())):
        if line in secrets:
            yield f"{name} holds a line of the {secrets[line]}: {line}"
    for where, lines in solutions:
        if lines and lines <= public_lines(cell.source):
            yield f"{name} holds the whole solution of {where}"
    rest = str({**cell.metadata, **cell.get("attachments", {})})
    for line, where in secrets.items():
        if line in rest:
            yield f"the metadata of {name} hold a line of the {where}: {line}"
    path = MACHINE_PATH.search(cell.source + rest)
    if path:
        yield f"{name} names a folder of this machine: {path[0]}"


def title(cell: NotebookNode) -> str:
    """What to call a cell in a message."""
    return f"cell {cell.metadata.get('nbgrader', {}).get('grade_id') or cell.get('id')}"


def lines_by_kind(source: str) -> Iterator[tuple[str, str | None]]:
    """The lines of a cell, each with what it belongs to: None outside of BEGIN and END."""
    kind = None
    for line in map(str.strip, source.splitlines()):
        begin = SECRET.search(line)
        if begin:
            kind = begin[1].lower()
        elif MARK.search(line):
            kind = None
        else:
            yield line, kind


def public_lines(source: str) -> set[str]:
    """The lines that students get."""
    return {line for line, kind in lines_by_kind(source) if kind is None}


def secret_lines(source: str) -> Iterator[tuple[str, str]]:
    """The lines that students do not get and that say something, with what they belong to."""
    for line, kind in lines_by_kind(source):
        if kind and len(line) >= SHORTEST_SECRET and not line.startswith(("import ", "from ")):
            yield line, kind


def module_leaks(source: NotebookNode, module: Path) -> list[str]:
    """The solutions of an assignment whose syntax a Python file holds, a line each.

    Names of variables and arguments, type hints and docstrings do not count.
    """
    tree = _EraseNames().visit(ast.parse(module.read_text(encoding="utf-8")))
    found = {}
    for cell in source.cells:
        if cell.cell_type != "code" or "BEGIN SOLUTION" not in cell.source:
            continue
        for solution in _solutions(cell.source):
            line = _line_of(solution, tree)
            if line is not None:
                where = f"{module.parent.name}/{module.name}, line {line},"
                found[title(cell)] = f"{where} holds the solution of {title(cell)}"
    return list(found.values())


def _solutions(source: str) -> Iterator[list[ast.AST]]:
    """What gives a solution away: the body of each function, or the expression it returns."""
    for node in ast.walk(_EraseNames().visit(ast.parse(source))):
        if not isinstance(node, ast.FunctionDef):
            continue
        parts: list[ast.AST] = list(node.body)
        if len(parts) == 1 and isinstance(parts[0], ast.Return) and parts[0].value:
            parts = [parts[0].value]
        size = sum(
            not isinstance(inner, ast.expr_context) for part in parts for inner in ast.walk(part)
        )
        if size >= SMALLEST_SOLUTION:
            yield parts


def _line_of(solution: list[ast.AST], tree: ast.AST) -> int | None:
    """The line where a tree holds these statements in a row, or this expression."""
    wanted = [ast.dump(part) for part in solution]
    for node in ast.walk(tree):
        runs = [[node]] if isinstance(node, ast.expr) else []
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list):
                last = len(block) - len(wanted) + 1
                runs += [block[start : start + len(wanted)] for start in range(last)]
        for run in runs:
            if len(run) == len(wanted) and [ast.dump(part) for part in run] == wanted:
                return getattr(run[0], "lineno", 0)
    return None


class _EraseNames(ast.NodeTransformer):
    """Calls every variable, argument and function the same, and drops docstrings and hints."""

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = "_"
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.arg, node.annotation = "_", None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        first = node.body[0]
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            node.body = node.body[1:]
        self.generic_visit(node)
        node.name, node.returns = "_", None
        return node
