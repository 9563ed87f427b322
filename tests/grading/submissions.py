"""Submissions to the small course that are right, wrong, broken or hostile.

Each one is a function from the release to what the student hands in, with what must come of it.
"""

import json
from collections.abc import Callable
from typing import NamedTuple

from tests.grading import small_course

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

FULL = dict.fromkeys(small_course.TESTS, 2.0)
GRADED, BY_HAND, LOOK = "graded", "to grade by hand", "needs a look"
REACHED = "REACHED THE OUTSIDE"  # what a hostile cell prints when it got through


class Submission(NamedTuple):
    """What a student hands in, and what must come of it."""

    make: Callable[[NotebookNode], object]  # release with right answers -> notebook or bytes
    points: dict[str, float] | None  # None: no grade
    state: str = BY_HAND
    message: str = ""  # a part of it


def without(*tests: str) -> dict[str, float]:
    """Full points but for these tests."""
    return {**FULL, **dict.fromkeys(tests, 0.0)}


def cell_of(notebook, name):
    return next(cell for cell in notebook.cells if cell.id == name)


def answer(name: str, source: str):
    """Right answers, and this one in the place of one of them."""

    def make(notebook):
        first = small_course.RIGHT[name].split("\n")[0]
        cell_of(notebook, name).source = f"{first}\n{source}"
        return notebook

    return make


def own_cell(source: str):
    """Right answers, and a cell of the student's own behind the first of them."""

    def make(notebook):
        place = notebook.cells.index(cell_of(notebook, "add"))
        notebook.cells.insert(place + 1, new_code_cell(source))
        return notebook

    return make


def edit(change):
    """Right answers, then a change of the notebook."""

    def make(notebook):
        change(notebook)
        return notebook

    return make


def empty(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = "# nothing\nraise NotImplementedError()"


def lose_metadata(notebook):
    for cell in notebook.cells:
        cell.metadata = NotebookNode(id="colab")
        del cell["id"]


def edit_points(notebook):
    for cell in notebook.cells:
        if cell.metadata.nbgrader.get("grade") if "nbgrader" in cell.metadata else False:
            cell.metadata.nbgrader.points = 1000


def reorder(notebook):
    notebook.cells.reverse()


def large_output(notebook):
    output = new_output("stream", text="x" * 50_000_000)
    cell_of(notebook, "add").outputs = [output]


def script(notebook):
    tag = "<script>document.title = 'taken'</script>"
    cell_of(notebook, "why").source += f"\n\n{tag}<img src=x onerror=alert(1)> but a < b"
    notebook.cells.append(new_markdown_cell(tag))
    notebook.cells.append(
        new_code_cell(f'from IPython.display import HTML\ndisplay(HTML("{tag}"))')
    )


def tell(code: str) -> str:
    """Code that tries something, and prints REACHED if it worked."""
    body = "\n".join(f"    {line}" for line in code.splitlines())
    word = " + ".join(repr(part) for part in (REACHED[:4], REACHED[4:]))
    return (
        f"try:\n{body}\n    print({word})\nexcept BaseException as error:\n    print(repr(error))"
    )


def attempts(outside: str) -> dict[str, str]:
    """Attempts to reach what must not be reached; `outside` is the folder with all of it."""
    return {
        "reads solutions": f"open('{outside}/course/source/adding/adding.ipynb').read()",
        "reads the gradebook": f"open('{outside}/out/gradebook.db', 'rb').read()",
        "reads other students' work": f"open('{outside}/class/right/adding/adding.ipynb')",
        "reads the tests of the project": "import importlib.util, pathlib\n"
        "package = pathlib.Path(importlib.util.find_spec('gan_helpers').origin).parent\n"
        "assert list(package.parent.glob('tests/*.py'))",
        "writes outside": f"open('{outside}/class/right/adding/adding.ipynb', 'a').write(' ')",
        "writes to the packages": "import numpy, pathlib\n"
        "pathlib.Path(numpy.__file__).write_text('')",
        "opens the network": "import socket\n"
        "socket.create_connection(('127.0.0.1', 22), timeout=2)\n",
        "finds a network": "import socket\n"
        "assert {name for _, name in socket.if_nameindex()} - {'lo'}",
        "sees processes": "import pathlib\n"
        "paths = pathlib.Path('/proc').glob('[0-9]*/cmdline')\n"
        "assert any(b'-m\\0grading' in path.read_bytes() for path in paths)",
        "raises its limits": "import resource\n"
        "resource.setrlimit(resource.RLIMIT_DATA, (2**40, 2**40))",
        "makes namespaces": "import ctypes\nassert ctypes.CDLL(None).unshare(0x10000000) == 0",
    }  # fmt: skip


def submissions(outside: str) -> dict[str, Submission]:
    """Every submission of the class, by the name of its student."""
    mean, double = without("test_mean"), without("test_double")
    dead = "it ended the kernel"
    late = "took more than 8 s"
    found = {
        # Good students, and ordinary mistakes.
        "right": Submission(lambda notebook: notebook, FULL),
        "wrong": Submission(answer("add", "def add(a, b): return a - b"), without("test_add")),
        "right for the visible test alone": Submission(
            answer("mean", "def mean(values): return 2"), mean
        ),
        "not answered": Submission(edit(empty), dict.fromkeys(FULL, 0.0)),
        "own cells": Submission(own_cell("print(add(20, 22))"), FULL),
        "warns on stderr": Submission(
            answer("mean", "import warnings\ndef mean(values):\n    warnings.warn('hm')\n"
                   "    return sum(values) / len(values)"), FULL,
        ),
        "syntax error": Submission(answer("double", "def double(a) return a"), double),
        # Files.
        "empty file": Submission(lambda notebook: b"", None, LOOK, "the file is empty"),
        "corrupt file": Submission(
            lambda notebook: json.dumps(notebook).encode()[:700], None, LOOK, "not a notebook"
        ),
        "no cells": Submission(
            lambda notebook: b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
            dict.fromkeys(FULL, 0.0), LOOK, "no cell of the assignment was found",
        ),
        "large output": Submission(edit(large_output), FULL),
        # Notebooks that were changed where students have nothing to change.
        "deleted test": Submission(
            edit(lambda n: n.cells.remove(cell_of(n, "test_mean"))), FULL, BY_HAND,
            "test_mean was missing and is back",
        ),
        "deleted test of a wrong answer": Submission(
            edit(lambda n: (answer("mean", "def mean(v): return 2")(n),
                            n.cells.remove(cell_of(n, "test_mean")))), mean,
        ),
        "test twice": Submission(
            edit(lambda n: n.cells.append(cell_of(n, "test_mean").copy())), FULL, BY_HAND,
            "test_mean was there 2 times",
        ),
        "changed test": Submission(
            edit(lambda n: (answer("mean", "def mean(v): return 0")(n),
                            cell_of(n, "test_mean").update(source="pass"))), mean, BY_HAND,
            "test_mean had been changed",
        ),
        "edited points": Submission(edit(edit_points), FULL, BY_HAND, "the points of test_add"),
        "other order": Submission(edit(reorder), FULL, BY_HAND, "another order"),
        "lost metadata": Submission(edit(lose_metadata), FULL),
        "deleted answer": Submission(
            edit(lambda n: n.cells.remove(cell_of(n, "double"))), double, LOOK, "double is missing"
        ),
        "answered twice": Submission(
            edit(lambda n: n.cells.insert(0, cell_of(n, "mean") | {"source": "mean = None"})),
            FULL, LOOK, "mean is answered 2 times",
        ),
        # Code that does not come back, or takes all there is.
        "endless loop": Submission(
            answer("mean", "while True: pass"), mean, LOOK, f"mean: the cell {late}"
        ),
        "endless loop in the answer": Submission(
            answer("mean", "def mean(values):\n    while True: pass"), mean, LOOK,
            f"test_mean: the cell {late}",
        ),
        "loop that cannot be interrupted": Submission(
            answer("double", "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
                   "while True: pass"), double, LOOK, "did not stop after",
        ),
        "sys.exit": Submission(answer("mean", "import sys\nsys.exit()"), mean),
        "exit": Submission(answer("double", "exit()"), double, LOOK, f"double: {dead}"),
        "os._exit": Submission(answer("double", "import os\nos._exit(0)"), double, LOOK, dead),
        "os._exit in the answer": Submission(
            answer("double", "import os\ndef double(a): os._exit(0)"), double, LOOK,
            f"test_double: {dead}",
        ),
        "crash": Submission(
            answer("double", "import ctypes\nctypes.string_at(0)"), double, LOOK, dead
        ),
        "20 GB of memory": Submission(answer("mean", "x = bytearray(20 * 2**30)"), mean),
        "memory in many processes": Submission(
            answer("double", "import os, time\nfor _ in range(12):\n    if os.fork() == 0:\n"
                   "        x = b'x' * 150_000_000\n        time.sleep(60)\ntime.sleep(60)"),
            double, LOOK, "of memory",
        ),
        "fork bomb": Submission(
            answer("double", "import os\nwhile True: os.fork()"), double, LOOK, "stopped, because"
        ),
        "prints 50 MB": Submission(own_cell("print('x' * 50_000_000)"), FULL),
        "prints for ever": Submission(
            answer("mean", "while True: print('x' * 1000)"), mean, LOOK, late
        ),
        "fills the disk": Submission(
            own_cell("import os\nfor folder in ('/tmp', '/dev/shm', '.'):\n  try:\n"
                     "    with open(f'{folder}/large', 'wb') as file:\n"
                     "      for _ in range(2000): file.write(bytes(2**20))\n"
                     "  except OSError as error: print(error)\n  os.unlink(f'{folder}/large')"),
            FULL,
        ),
        "kills all it can": Submission(
            answer("double", "import os, signal\nfor p in (os.getppid(), 1, -1):\n"
                   "    os.kill(p, signal.SIGKILL)"), double,
        ),
        # Answers that want points for nothing.
        "SystemExit in the answer": Submission(
            answer("mean", "def mean(values): raise SystemExit(0)"), mean
        ),
        "replaces numpy": Submission(
            answer("mean", "np.testing.assert_allclose = lambda *a, **k: None\n"
                   "def mean(values): return 2"), mean, LOOK, "numpy.testing.assert_allclose",
        ),
        "replaces numpy as a whole": Submission(
            answer("mean", "import sys, types\nnp = sys.modules['numpy'] = types.SimpleNamespace("
                   "testing=types.SimpleNamespace(assert_allclose=lambda *a: None))\n"
                   "def mean(values): return 2"), mean, LOOK, "replaced np",
        ),
        "replaces a builtin": Submission(
            answer("double", "import builtins\nbuiltins.all = lambda values: True\n"
                   "def double(a): return 4"), double, LOOK, "replaced builtins.all",
        ),
        "hides a builtin": Submission(
            answer("double", "all = lambda values: True\ndef double(a): return 4"), double, LOOK,
            "replaced all",
        ),
        "catches all exceptions": Submission(
            answer("mean", "get_ipython().set_custom_exc((Exception,), lambda *a, **k: None)\n"
                   "def mean(values): return 0"), mean,
        ),
        "takes assertions out": Submission(
            answer("mean", "import ast\nclass Out(ast.NodeTransformer):\n"
                   "    def visit_Assert(self, node): return ast.Pass()\n"
                   "get_ipython().ast_transformers.append(Out())\ndef mean(values): return 0"),
            mean, LOOK, "keeps tests from failing",
        ),
        "runs no cell any more": Submission(
            answer("mean", "shell = get_ipython()\nasync def nothing(*a, **k):\n"
                   "    from IPython.core.interactiveshell import ExecutionResult\n"
                   "    return ExecutionResult(None)\nshell.run_cell_async = nothing"),
            mean, LOOK, "test_mean: it did not stop",
        ),
        "shows a value as partial credit": Submission(
            answer("mean", "import sys\ndef mean(values):\n    sys.displayhook(2.0)"), mean
        ),
        "prints hidden tests": Submission(
            own_cell("def add(a, b):\n    print(In)\n    return a + b"), FULL
        ),
        "script": Submission(edit(script), FULL),
    }  # fmt: skip
    for name, code in attempts(outside).items():
        found[name] = Submission(own_cell(tell(code)), FULL)
    return found
