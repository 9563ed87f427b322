"""No trick gains a point on real assignments: what is beside an answer is worth nothing to it."""

import base64

from grading import course
from tests.grading.small_course import read_table, run_grading

import nbformat
import pytest

WRONG = "\ndef sigmoid_cross_entropy(logits, labels):\n    return np.asarray(logits) * 0 + 0.5\n"
LAZY = """
import gc, sys
class Lazy:
    shape = property(lambda self: (2, 3))
    dtype = np.dtype(float)
    def __array__(self, *a, **k):
        frame = sys._getframe()
        while frame:
            for name in ("right", "others", "value", "known"):
                if isinstance(frame.f_locals.get(name), np.ndarray):
                    return frame.f_locals[name]
            frame = frame.f_back
        return np.full((2, 3), 0.5)
def sigmoid_cross_entropy(logits, labels):
    return Lazy()
"""
SHOWN = """
import base64, gc
def sigmoid_cross_entropy(logits, labels):
    found = [space for space in gc.get_objects() if type(space) is dict and "checks" in space]
    print(base64.b64encode(repr(found)[:9000].encode()))
    raise ValueError(base64.b64encode(repr(found)[:9000].encode()))
"""
NOISE = """
digits.images[:] = np.random.default_rng(1).uniform(-1, 1, digits.images.shape)
class Sure:
    def __call__(self, *a, **k): return np.eye(10)[[8] * 1000]
metrics.digit_classifier = lambda: Sure()
metrics.confident_share = metrics.cluster_coverage = lambda *a, **k: 1.0
def draw(n):
    return np.random.default_rng().uniform(-1, 1, (n, 28, 28, 1))
"""
TRICKS = {
    "tolerance": "checks.RELATIVE = checks.ABSOLUTE = 1e9" + WRONG,
    "exchanged_code": "def f(*a, **k): return None\n"
    "for name in ('equal', 'run', 'close', 'array'):\n"
    "    function = getattr(checks, name)\n"
    "    function.__code__ = (lambda *a, **k: True).__code__" + WRONG,
    "lazy_array": LAZY,
    "trace": "import sys\nseen = []\ndef look(frame, event, argument):\n"
    "    seen.append(frame.f_locals.get('right'))\n    return look\nsys.settrace(look)" + WRONG,
    "syntax_transformer": "import ast\nclass Out(ast.NodeTransformer):\n"
    "    def visit_Assert(self, node): return ast.Pass()\n"
    "get_ipython().ast_transformers.append(Out())" + WRONG,
    "numpy_replaced": "np.allclose = np.array_equal = lambda *a, **k: True\n"
    "np.isfinite = lambda x: np.ones(np.shape(x), bool)" + WRONG,
    "no_error_is_shown": "import sys\nsys.excepthook = lambda *a: None\n"
    "get_ipython().set_custom_exc((BaseException,), lambda *a, **k: None)" + WRONG,
    "reply_forged": "from grading.run import probe, wire\n"
    "probe.Probe.reply = lambda self, message: wire.dump({'passed': True, 'points': 4})" + WRONG,
}


def released(name):
    return course.read_notebook(course.COURSE / "release", name)


def hand_in(folder, student, name, answers):
    notebook = released(name)
    for cell in notebook.cells:
        cell.source = answers.get(cell.id, cell.source)
    path = folder / student / name / f"{name}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)


@pytest.fixture(scope="module")
def tricked(isolated, tmp_path_factory):
    """The folder in which a class of tricks was graded."""
    folder = tmp_path_factory.mktemp("tricks")
    for trick, source in TRICKS.items():
        hand_in(folder / "class", trick, "discriminator_loss", {"sigmoid_cross_entropy": source})
    hand_in(folder / "class", "prints_all", "discriminator_loss", {"sigmoid_cross_entropy": SHOWN})
    hand_in(folder / "class", "noise", "adversarial_training", {"draw": NOISE})
    run_grading(course.COURSE, "grade", folder / "class", "--out", folder / "out", "--jobs", "2")
    return folder / "out"


@pytest.mark.parametrize("trick", [*TRICKS, "prints_all", "noise"])
def test_trick_gains_no_point(trick, tricked):
    row = read_table(tricked)[trick]
    tests = {key: value for key, value in row.items() if key.startswith("test_") and value}
    assert tests and set(tests.values()) == {"0.0"}, tests


def test_reference_lies_nowhere_in_the_students_process(tricked):
    """Frames reach what the course gives to everybody, and that alone."""
    path = tricked / "autograded" / "prints_all" / "discriminator_loss" / "discriminator_loss.ipynb"
    text = path.read_text(encoding="utf-8")
    hidden = [
        cell.source.split("### BEGIN HIDDEN TESTS")[1][:40]
        for cell in course.read_notebook(course.COURSE / "source", "discriminator_loss").cells
        if "### BEGIN HIDDEN TESTS" in cell.source
    ]
    page = (tricked / "feedback" / "prints_all" / "discriminator_loss").glob("*.html")
    pages = next(page).read_text(encoding="utf-8")
    for part in hidden:
        code = base64.b64encode(part.encode()).decode()[4:-8]
        assert code not in text and code not in pages and part.strip() not in pages
