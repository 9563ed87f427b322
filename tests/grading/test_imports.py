"""What students import answers no graded question.

Every function, class and method of gan_helpers is tried as the answer to every question: assigned
to the name that the question asks for, beside right answers to all other questions.
"""

import ast
import contextlib
import importlib
import inspect
import io
import pkgutil

import gan_helpers
from grading.run.syntax import functions_of
from tests.grading.answers import test_assignments as assignments

import pytest

# Assignment -> question -> what of gan_helpers passes it. An entry would be a solution that
# students can look up: an import may stand for an earlier question, never for the one that is
# asked.
PASSES: dict[str, dict[str, set[str]]] = {name: {} for name in assignments.NAMES}


TRAINS = {"draw", "cured", "collapsed"}  # cells that take long, and which no import can answer


def candidates():
    """All that can be called in gan_helpers, private or not, by where it is defined."""
    found = {}
    for module in pkgutil.walk_packages(gan_helpers.__path__, "gan_helpers."):
        for name, value in vars(importlib.import_module(module.name)).items():
            where = getattr(value, "__module__", None) or ""
            if callable(value) and where.startswith("gan_helpers"):
                place = f"{where.removeprefix('gan_helpers.')}.{name}"
                found[place] = value
                if inspect.isclass(value):
                    methods = {n: m for n, m in vars(value).items() if inspect.isfunction(m)}
                    found |= {f"{place}.{n}": method for n, method in methods.items()}
    return found


def arguments_of(source, name):
    """How many arguments the function of an answer cell takes."""
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    return next(len(function.args.args) for function in functions if function.name == name)


def takes(value, count):
    """Whether something can be called with so many arguments."""
    try:
        inspect.signature(value).bind(*[None] * count)
    except TypeError:
        return False
    except ValueError:  # it does not tell its arguments
        return True
    return True


def passes(test, namespace):
    """Whether a test cell runs to its end."""
    quiet = contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO())
    with quiet[0], quiet[1]:
        try:
            assignments.execute(test, "<test>", namespace)
        except Exception:
            return False
    return True


@pytest.fixture(scope="module")
def tried(tmp_path_factory):
    """Assignment -> question -> what of gan_helpers passes it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("tried"))
        return {name: try_assignment(name) for name in assignments.NAMES}


def try_assignment(name):
    notebook, namespace, found = assignments.source(name), {"__name__": "__main__"}, {}
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in notebook.cells:
            untrained = cell.id not in TRAINS and assignments.kind(cell) != "test"
            if cell.cell_type == "code" and untrained:
                assignments.execute(cell.source, f"<{name} {cell.id}>", namespace)
    everything = candidates()
    for cell in assignments.cells_of(notebook, "solution"):
        question = cell.metadata.nbgrader.grade_id
        if question not in functions_of(cell.source):
            continue  # data, or a network that was trained
        test = next(c.source for c in notebook.cells if c.id == f"test_{question}")
        reference, count = namespace.get(question), arguments_of(cell.source, question)
        assert reference is None or passes(test, namespace), f"{question}: the reference fails"
        found[question] = set()
        for place, value in everything.items():
            namespace[question] = value
            if takes(value, count) and passes(test, namespace):
                found[question].add(place)
        namespace[question] = reference
    return found


def test_nothing_is_tried_in_vain(tried):
    assert len(candidates()) > 100
    assert {name: len(questions) for name, questions in tried.items()} == {
        "discriminator_loss": 5, "generator_loss": 5, "adversarial_training": 4,
        "debug_this_gan": 8, "measure_and_cure": 3, "small_project": 1,
    }  # fmt: skip


@pytest.mark.parametrize("name", assignments.NAMES)
def test_nothing_passes(name, tried):
    assert {question: found for question, found in tried[name].items() if found} == PASSES[name]


def test_checks_pass_no_question(tried):
    found = [place for of in tried.values() for places in of.values() for place in places]
    assert not [place for place in found if place.startswith("checks.")]
