"""The packages of grading import each other in one direction, and no file is long."""

import ast
import graphlib
import io
import tokenize
from pathlib import Path

import pytest

GRADING = Path(__file__).parents[2] / "grading"
FILES = sorted(GRADING.rglob("*.py"))
# Of what each part may import others; modules of one package import each other without circles.
BASE = {"course", "files", "leaks"}
MAY_IMPORT = {
    "__init__": set(), "course": set(), "files": set(), "leaks": set(),
    "fingerprint": {"course"}, "variants": {"course"},
    "release": BASE,
    "intake": BASE, "run": {*BASE, "fingerprint"}, "book": BASE,
    "grade": {*BASE, "fingerprint", "intake", "run", "book"},
    "__main__": {*BASE, "release", "variants", "grade", "intake", "run", "book"},
}  # fmt: skip


def module_of(path):
    """The dotted name of a file below grading/."""
    return ".".join(path.relative_to(GRADING.parent).with_suffix("").parts)


def imports_of(path):
    """The modules of grading that a file imports."""
    names = {module_of(file).removesuffix(".__init__") for file in FILES}
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("grading"):
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found.add(whole if whole in names else node.module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.startswith("grading")}
    return found


def part_of(module):
    return module.split(".")[1]


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_imports_point_one_way(path):
    part = part_of(module_of(path))
    others = {part_of(module) for module in imports_of(path)} - {part}
    assert others <= MAY_IMPORT[part]


def test_no_circle_of_imports():
    graph = {module_of(path): imports_of(path) for path in FILES}
    list(graphlib.TopologicalSorter(graph).static_order())


def code_lines(text):
    """Lines that hold more than blanks, comments and docstrings."""
    skip = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT,
            tokenize.ENDMARKER}  # fmt: skip
    lines = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in skip:
            lines |= set(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            lines -= set(range(node.lineno, node.end_lineno + 1))
    return len(lines)


@pytest.mark.parametrize(
    "path",
    [*FILES, *sorted(Path(__file__).parent.glob("**/test_*.py"))],
    ids=lambda path: path.stem,
)
def test_no_file_is_long(path):
    assert code_lines(path.read_text()) <= 300
