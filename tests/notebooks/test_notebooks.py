"""What every notebook keeps to, and that it defines what gan_helpers defines."""

import ast
import difflib
import functools
import importlib
import inspect
import json
import pkgutil
import re
from collections import defaultdict
from pathlib import Path

import gan_helpers
from tools.count_code import lines_of_code

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager

PATHS = sorted((Path(__file__).parents[2] / "notebooks").glob("[0-9][0-9]_*.ipynb"))
MAX_CODE_LINES = 25
ONE_SITTING = {"words": 1700, "lines of code": 200}  # without what is folded
NO_WORDS = re.compile(r"```.*?```|<[^>]*>|(?<=\])\([^)]*\)", re.DOTALL)  # code, tags, addresses
FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$]*\$", re.DOTALL)
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|root|tmp|home|Users)/|[A-Z]:\\+Users")
UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX)\b")
CI_SWITCH = re.compile(r"\bif\b.*\bCI\b")
every_notebook = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def read(path):
    return nbformat.read(path, as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def python(cell):
    """A cell's source with IPython's own commands, such as %time, turned into Python."""
    return TransformerManager().transform_cell(cell.source)


def markdown_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "markdown"]


def test_there_are_notebooks_and_their_numbers_have_no_gap():
    assert PATHS
    assert [int(path.name[:2]) for path in PATHS] == list(range(1, len(PATHS) + 1))


@every_notebook
def test_is_valid_and_each_cell_has_its_own_id(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))  # nbformat would mend the ids
    ids = [cell.get("id") for cell in notebook["cells"]]
    assert None not in ids
    assert len(ids) == len(set(ids))
    nbformat.validate(notebook)


@every_notebook
def test_was_executed_top_to_bottom(path):
    cells = code_cells(read(path))
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))


def shows_something(source):
    """Whether the last statement of a cell prints, or is a value that the notebook shows."""
    statements = ast.parse(source).body
    if not statements or not isinstance(statements[-1], ast.Expr):
        return False
    value = statements[-1].value
    # A call may well return None, as plt.show() does; only of print it is known.
    return not isinstance(value, ast.Call) or ast.unparse(value.func) == "print"


@every_notebook
def test_outputs_are_stored(path):
    cells = code_cells(read(path))
    assert any(cell.outputs for cell in cells)
    for cell in cells:
        assert cell.outputs or not shows_something(python(cell)), cell.source


@every_notebook
def test_stores_no_error_and_no_stderr(path):
    for cell in code_cells(read(path)):
        for output in cell.outputs:
            assert output.output_type != "error", cell.source
            assert output.get("name") != "stderr", cell.source


@every_notebook
def test_each_picture_is_described_in_words(path):
    for cell in code_cells(read(path)):
        pictures = [output for output in cell.outputs if "image/png" in output.get("data", {})]
        assert len(pictures) <= 1, cell.source  # so that a page knows whose description it is
        for picture in pictures:
            assert len(picture.metadata["image/png"]["alt"].split()) > 5, cell.source


@every_notebook
def test_stores_nothing_of_the_machine(path):
    notebook = read(path)
    assert "widgets" not in notebook.metadata
    assert "version" not in notebook.metadata.get("language_info", {})
    assert notebook.metadata.kernelspec.name == "python3"
    for cell in notebook.cells:
        assert "execution" not in cell.metadata
        for output in cell.get("outputs", []):
            # A picture is base64, in which any letters may occur.
            output.get("data", {}).pop("image/png", None)
        assert not MACHINE_PATH.search(str(cell)), cell.source


@every_notebook
def test_is_finished_and_runs_the_same_in_ci(path):
    for cell in read(path).cells:
        assert not UNFINISHED.search(cell.source), cell.source
        assert not CI_SWITCH.search(cell.source), cell.source


@every_notebook
def test_code_cells_are_short_and_hide_no_output(path):
    for cell in code_cells(read(path)):
        length = len(cell.source.splitlines())
        assert length <= MAX_CODE_LINES, cell.source
        assert not cell.source.rstrip().endswith(";"), cell.source


def is_folded(cell):
    return cell.metadata.get("jupyter", {}).get("source_hidden", False)


@every_notebook
def test_is_read_in_one_sitting(path):
    notebook = read(path)
    prose = "\n".join(cell.source for cell in markdown_cells(notebook))
    words = FORMULA.sub(" formula ", NO_WORDS.sub(" ", prose)).split()
    in_sight = [cell for cell in code_cells(notebook) if not is_folded(cell)]
    length = {
        "words": sum(any(letter.isalnum() for letter in word) for word in words),
        "lines of code": sum(lines_of_code(python(cell)) for cell in in_sight),
    }
    assert {what: n for what, n in length.items() if n > ONE_SITTING[what]} == {}


@every_notebook
def test_opening_tells_what_to_expect(path):
    opening = read(path).cells[0]
    assert opening.cell_type == "markdown"
    assert opening.source.startswith("# ")
    assert re.search(r"run time", opening.source, re.IGNORECASE)
    assert re.search(r"need to know", opening.source, re.IGNORECASE)


@every_notebook
def test_ends_with_exercises_and_a_summary(path):
    cells = markdown_cells(read(path))
    headings = [
        line for cell in cells for line in cell.source.splitlines() if line.startswith("##")
    ]
    ending = " ".join(headings[-4:]).lower()
    assert "exercise" in ending and "summary" in ending
    text = "\n".join(cell.source for cell in cells)
    assert "<details>" in text, "answers to the exercises are folded away"
    assert text.count("<details>") == text.count("</details>")


# The central check: a function shown in a notebook is the function that is imported later.


class _OnlyTheCode(ast.NodeTransformer):
    """Removes what may differ: docstrings, decorators and annotations."""

    def visit_FunctionDef(self, node):
        self.generic_visit(node)
        node.decorator_list, node.returns = [], None
        self.drop_docstring(node)
        return node

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node):
        self.generic_visit(node)
        node.decorator_list = []
        self.drop_docstring(node)
        return node

    def visit_arg(self, node):
        node.annotation = None
        return node

    def visit_AnnAssign(self, node):
        self.generic_visit(node)
        if node.value is None:  # `name: type` alone declares a field, so its name must stay
            return ast.Expr(node.target)
        return ast.Assign(targets=[node.target], value=node.value)

    def drop_docstring(self, node):
        if ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]


def only_the_code(source):
    """The code of a definition in one fixed layout, without what may differ."""
    tree = _OnlyTheCode().visit(ast.parse(source))
    return ast.unparse(ast.fix_missing_locations(tree))


def difference(notebook_source, module_source):
    """Unified diff between two definitions; empty where their code is the same."""
    return "\n".join(
        difflib.unified_diff(
            only_the_code(notebook_source).splitlines(),
            only_the_code(module_source).splitlines(),
            "notebook",
            "gan_helpers",
            lineterm="",
        )
    )


@functools.cache
def module_definitions():
    """Public name -> sources of the functions and classes of that name in gan_helpers."""
    sources = defaultdict(dict)
    for info in pkgutil.iter_modules(gan_helpers.__path__, "gan_helpers."):
        name = info.name.rpartition(".")[2]
        if not name.startswith("_") and name != "checks":  # which belongs to the assignments
            module = importlib.import_module(info.name)
            for name, text in definitions(inspect.getsource(module)):
                if not name.startswith("_"):
                    sources[name][info.name] = text
    return sources


def definitions(source):
    """(name, source) of each function or class at the top level of `source`."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, ast.get_source_segment(source, node)


@every_notebook
def test_defines_the_same_code_as_gan_helpers(path):
    ours = module_definitions()
    for cell in code_cells(read(path)):
        for name, text in definitions(python(cell)):
            differences = [difference(text, ours[name][module]) for module in ours[name]]
            # The same name may be in two modules; one of them must be the one shown.
            assert not differences or "" in differences, "\n".join([name, *differences])


def test_series_defines_some_of_gan_helpers():
    shown = {
        name
        for path in PATHS
        for cell in code_cells(read(path))
        for name, _ in definitions(python(cell))
    }
    assert {"d_loss_real", "d_loss_fake", "g_loss"} <= shown & set(module_definitions())


def test_docstring_decorator_and_annotations_make_no_difference():
    shown = "def f(x, smooth=0.1):\n    y = x\n    return y - smooth"
    ours = (
        "@checked\ndef f(x: int, smooth: float = 0.1) -> int:\n"
        '    """Subtract."""\n    y: int = x\n    return y - smooth'
    )
    assert difference(shown, ours) == ""


@pytest.mark.parametrize(
    ("shown", "ours", "line"),
    [
        ("def f(x, smooth=0.1): return x", "def f(x, smooth=0.2): return x", "smooth=0.2"),
        ("def f(x): return 1 - x", "def f(x): return x - 1", "+    return x - 1"),
        ("class A:\n    d: float\n    g: float", "class A:\n    d: float", "-    g"),
        ("def f(x): return x", "def f(x): 'Doc'", "+    pass"),
    ],
)
def test_different_code_is_found(shown, ours, line):
    assert line in difference(shown, ours)
