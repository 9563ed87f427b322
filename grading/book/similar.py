"""Pairs of submissions that are alike beyond the given code: a hint, computed on this machine.

What two of them share counts only where it is rare: a statement of the release or of the solution,
or one that many of the class have written, says nothing. Statements are compared by their syntax,
so that other names of variables, other comments and another layout make no difference; words of
essays by runs of eight.
"""

import ast
import copy
import dataclasses
import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from grading.leaks import SMALLEST_SOLUTION

from nbformat import NotebookNode
from nbgrader import utils

RUN = 8  # words of an essay
COMMON = 0.1  # of the class; at least FEW
FEW = 3
LEAST = 30  # of a shared piece: nodes of syntax, or words
SHARE = 0.5  # of the rare pieces of the shorter of the two
MARKS = re.compile(r"^\s*###.*$", re.MULTILINE)

Pieces = dict[str, int]  # what was written -> its size


@dataclasses.dataclass(frozen=True)
class Pair:
    """Two submissions that share what few others have."""

    one: str
    other: str
    share: float  # of the rare pieces of the one that has fewer
    size: int  # nodes of syntax and words
    questions: tuple[str, ...]
    example: str


class _Plain(ast.NodeTransformer):
    """Calls all variables and arguments alike, and drops docstrings and hints of types."""

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.copy_location(ast.Name("_", ast.Load()), node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return ast.copy_location(ast.arg("_"), node)


def pieces_of_code(source: str) -> dict[str, tuple[int, str]]:
    """Syntax -> (size, text) of each statement that is not made of other statements."""
    try:
        tree = ast.parse(MARKS.sub("", source))
    except (SyntaxError, ValueError, RecursionError):
        return {}
    found = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.stmt) or hasattr(node, "body"):
            continue
        if isinstance(node, ast.Import | ast.ImportFrom | ast.Pass):
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):  # a docstring
            continue
        plain = _Plain().visit(copy.deepcopy(node))
        size = sum(not isinstance(part, ast.expr_context) for part in ast.walk(plain))
        if size >= SMALLEST_SOLUTION:
            found[ast.dump(plain)] = (size, ast.unparse(node))
    return found


def pieces_of_text(text: str) -> dict[str, tuple[int, str]]:
    """Each run of words -> (1, the run)."""
    words = re.findall(r"\w+", text.casefold())
    runs = (" ".join(words[start : start + RUN]) for start in range(len(words) - RUN + 1))
    return {f"words {run}": (1, run) for run in runs}


def pieces(cells: Iterable[NotebookNode], all_of_them: bool = False) -> dict[str, tuple]:
    """Piece -> (size, text, question) of what a student wrote, or of all cells."""
    found: dict[str, tuple] = {}
    for cell in cells:
        if not all_of_them and not utils.is_solution(cell):
            continue
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        read = pieces_of_code if cell.cell_type == "code" else pieces_of_text
        for piece, (size, text) in read(cell.source).items():
            found.setdefault(piece, (size, text, name))
    return found


def similar(
    submissions: Mapping[str, Iterable[NotebookNode]], given: Iterable[NotebookNode]
) -> list[Pair]:
    """The pairs that are alike, the most alike first.

    submissions: student -> cells. given: those of the release and of the source.
    """
    known = set(pieces(given, all_of_them=True))
    own = {
        student: {p: about for p, about in pieces(cells).items() if p not in known}
        for student, cells in submissions.items()
    }
    owners = defaultdict(list)
    for student, found in own.items():
        for piece in found:
            owners[piece].append(student)
    most = max(FEW, round(COMMON * len(own)))
    rare = {piece for piece, students in owners.items() if len(students) <= most}
    total = {
        s: sum(about[0] for p, about in found.items() if p in rare) for s, found in own.items()
    }
    shared: Counter = Counter()
    for piece in rare:
        for pair in itertools.combinations(sorted(owners[piece]), 2):
            shared[pair] += own[pair[0]][piece][0]
    result = []
    for (one, other), size in shared.items():
        share = size / min(total[one], total[other])
        if size >= LEAST and share >= SHARE:
            both = [own[one][p] for p in own[one].keys() & own[other].keys() & rare]
            names = tuple(sorted({about[2] for about in both}))
            example = max(both, key=lambda about: (about[0], about[1]))[1]
            result.append(Pair(one, other, share, size, names, example))
    return sorted(result, key=lambda pair: (-pair.size * pair.share, pair.one, pair.other))
