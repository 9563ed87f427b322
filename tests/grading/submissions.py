"""The catalogue of submissions that are right, wrong, broken or hostile, and what comes of each.

Tests hand them in to the small course, the benchmark hands some of them in to an assignment. So an
entry changes a draft, a notebook with right answers, and calls its questions first, second and
third. What must come of it is said for the small course.
"""

import json
from collections.abc import Callable
from typing import NamedTuple

from tests.grading import small_course

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

FULL = dict.fromkeys(small_course.TESTS, 2.0)
GRADED, BY_HAND, LOOK = "graded", "to grade by hand", "needs a look"
EITHER = f"{BY_HAND} or {LOOK}"  # where what holds the sandbox can be killed, the kernel ends
REACHED = "REACHED THE OUTSIDE"  # what a hostile cell prints when it got through


class Draft(NamedTuple):
    """A release with right answers, and the names of three of its answer cells."""

    notebook: NotebookNode
    first: str = "add"
    second: str = "double"
    third: str = "mean"

    def cell(self, name: str) -> NotebookNode:
        """The cell of this id."""
        return next(cell for cell in self.notebook.cells if cell.id == name)


class Submission(NamedTuple):
    """What a student hands in, and what must come of it in the small course."""

    make: Callable[[Draft], NotebookNode | bytes]
    points: dict[str, float] | None  # None: no grade
    state: str = BY_HAND
    message: str = ""  # a part of it


def without(*tests: str) -> dict[str, float]:
    """Full points but for these tests."""
    return {**FULL, **dict.fromkeys(tests, 0.0)}


def change(edit: Callable[[Draft], object]) -> Callable[[Draft], NotebookNode]:
    """Right answers, then a change of the notebook."""

    def make(draft: Draft) -> NotebookNode:
        edit(draft)
        return draft.notebook

    return make


def put_answer(draft: Draft, question: str, source: str) -> None:
    """Put an answer in; in its text NAME stands for the name that the question asks for."""
    name = getattr(draft, question)
    cell = draft.cell(name)
    first_line = cell.source.split("\n")[0]
    cell.source = f"{first_line}\n{source.replace('NAME', name)}"


def answer(question: str, source: str) -> Callable[[Draft], NotebookNode]:
    """Right answers, and this one in the place of one of them."""
    return change(lambda draft: put_answer(draft, question, source))


def own_cell(source: str) -> Callable[[Draft], NotebookNode]:
    """Right answers, and a cell of the student's own behind the first of them."""

    def insert(draft: Draft) -> None:
        place = draft.notebook.cells.index(draft.cell(draft.first))
        draft.notebook.cells.insert(place + 1, new_code_cell(source))

    return change(insert)


def remove(draft: Draft, name: str) -> None:
    draft.notebook.cells.remove(draft.cell(name))


def remove_answers(draft: Draft) -> None:
    for cell in draft.notebook.cells:
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = "# nothing\nraise NotImplementedError()"


def lose_metadata(draft: Draft) -> None:
    for cell in draft.notebook.cells:
        cell.metadata = NotebookNode(id="colab")
        del cell["id"]


def raise_points(draft: Draft) -> None:
    for cell in draft.notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata.nbgrader.points = 1000


def large_output(draft: Draft) -> None:
    draft.cell(draft.first).outputs = [new_output("stream", text="x" * 50_000_000)]


def wrong_answer_without_its_test(draft: Draft) -> None:
    put_answer(draft, "third", "def NAME(*arguments): return 2")
    remove(draft, f"test_{draft.third}")


def wrong_answer_with_an_empty_test(draft: Draft) -> None:
    put_answer(draft, "third", "def NAME(*arguments): return 0")
    draft.cell(f"test_{draft.third}").source = "pass"


def answer_at_the_top(draft: Draft) -> None:
    """The third question answered a second time, before all other cells."""
    again = draft.cell(draft.third) | {"source": f"{draft.third} = None"}
    draft.notebook.cells.insert(0, again)


def add_script(draft: Draft) -> None:
    tag = "<script>document.title = 'taken'</script>"
    draft.cell("why").source += f"\n\n{tag}<img src=x onerror=alert(1)> but a < b"
    draft.notebook.cells.append(new_markdown_cell(tag))
    draft.notebook.cells.append(
        new_code_cell(f'from IPython.display import HTML\ndisplay(HTML("{tag}"))')
    )


def attempt(code: str) -> str:
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
        "assert any(b'-m\\0grading\\0' in path.read_bytes() for path in paths)",
        "raises its limits": "import resource\n"
        "resource.setrlimit(resource.RLIMIT_DATA, (2**40, 2**40))",
        "makes namespaces": "import ctypes\nassert ctypes.CDLL(None).unshare(0x10000000) == 0",
    }  # fmt: skip


NO_POINTS = dict.fromkeys(FULL, 0.0)
NOT_SECOND, NOT_THIRD = without("test_double"), without("test_mean")
ENDED = "it ended the kernel"
LATE = "took more than 8 s"


def ordinary() -> dict[str, Submission]:
    """Good students, and ordinary mistakes."""
    return {
        "right": Submission(change(lambda draft: None), FULL),
        "wrong": Submission(answer("first", "def NAME(a, b): return a - b"), without("test_add")),
        "right for the visible test alone": Submission(
            answer("third", "def NAME(*arguments): return 2"), NOT_THIRD
        ),
        "not answered": Submission(change(remove_answers), NO_POINTS),
        "own cells": Submission(own_cell("print(add(20, 22))"), FULL),
        "warns on stderr": Submission(
            answer("third", "import warnings\ndef mean(values):\n    warnings.warn('hm')\n"
                   "    return sum(values) / len(values)"), FULL,
        ),
        "syntax error": Submission(answer("second", "def NAME(a) return a"), NOT_SECOND),
    }  # fmt: skip


def broken() -> dict[str, Submission]:
    """Files that are damaged, and notebooks changed where students have nothing to change."""
    return {
        "empty file": Submission(lambda draft: b"", None, LOOK, "the file is empty"),
        "corrupt file": Submission(
            lambda draft: json.dumps(draft.notebook).encode()[:700], None, LOOK, "was cut short"
        ),
        "no cells": Submission(
            lambda draft: b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
            NO_POINTS, LOOK, "no cell of the assignment is in the file",
        ),
        "large output": Submission(change(large_output), FULL),
        "deleted test": Submission(
            change(lambda draft: remove(draft, f"test_{draft.third}")), FULL, BY_HAND,
            "the student deleted test_mean: the original was put back",
        ),
        "deleted test of a wrong answer": Submission(
            change(wrong_answer_without_its_test), NOT_THIRD,
        ),
        "test twice": Submission(
            change(lambda d: d.notebook.cells.append(d.cell(f"test_{d.third}").copy())), FULL,
            BY_HAND, "the student had test_mean 2 times: it counts once",
        ),
        "changed test": Submission(
            change(wrong_answer_with_an_empty_test), NOT_THIRD, BY_HAND,
            "the student changed test_mean: the original was used",
        ),
        "edited points": Submission(change(raise_points), FULL, BY_HAND, "the points of test_add"),
        "other order": Submission(
            change(lambda draft: draft.notebook.cells.reverse()), FULL, BY_HAND, "another order"
        ),
        "lost metadata": Submission(change(lose_metadata), FULL),
        "deleted answer": Submission(
            change(lambda draft: remove(draft, draft.second)), NOT_SECOND, LOOK, "double is missing"
        ),
        "answered twice": Submission(
            change(answer_at_the_top), FULL, LOOK, "mean is answered 2 times",
        ),
    }  # fmt: skip


def greedy() -> dict[str, Submission]:
    """Code that does not come back, or takes all there is."""
    return {
        "endless loop": Submission(
            answer("third", "while True: pass"), NOT_THIRD, LOOK, f"mean: the cell {LATE}"
        ),
        "endless loop in the answer": Submission(
            answer("third", "def NAME(*arguments):\n    while True: pass"), NOT_THIRD, LOOK,
            f"test_mean: the cell {LATE}",
        ),
        "loop that cannot be interrupted": Submission(
            answer("second", "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
                   "while True: pass"), NOT_SECOND, LOOK, "did not stop after",
        ),
        "sys.exit": Submission(answer("third", "import sys\nsys.exit()"), NOT_THIRD),
        "exit": Submission(answer("second", "exit()"), NOT_SECOND, LOOK, f"double: {ENDED}"),
        "os._exit": Submission(answer("second", "import os\nos._exit(0)"), NOT_SECOND, LOOK, ENDED),
        "os._exit in the answer": Submission(
            answer("second", "import os\ndef NAME(*arguments): os._exit(0)"), NOT_SECOND, LOOK,
            f"test_double: {ENDED}",
        ),
        "crash": Submission(
            answer("second", "import ctypes\nctypes.string_at(0)"), NOT_SECOND, LOOK, ENDED
        ),
        "20 GB of memory": Submission(answer("third", "x = bytearray(20 * 2**30)"), NOT_THIRD),
        "memory in many processes": Submission(
            answer("second", "import os, time\nfor _ in range(12):\n    if os.fork() == 0:\n"
                   "        x = b'x' * 150_000_000\n        time.sleep(60)\ntime.sleep(60)"),
            NOT_SECOND, LOOK, "of memory",
        ),
        "fork bomb": Submission(
            answer("second", "import os\nwhile True: os.fork()"), NOT_SECOND, LOOK,
            "stopped, because",
        ),
        "prints 50 MB": Submission(own_cell("print('x' * 50_000_000)"), FULL),
        "prints for ever": Submission(
            answer("third", "while True: print('x' * 1000)"), NOT_THIRD, LOOK, LATE
        ),
        "fills the disk": Submission(
            own_cell("import os\nfor folder in ('/tmp', '/dev/shm', '.'):\n  try:\n"
                     "    with open(f'{folder}/large', 'wb') as file:\n"
                     "      for _ in range(2000): file.write(bytes(2**20))\n"
                     "  except OSError as error: print(error)\n  os.unlink(f'{folder}/large')"),
            FULL,
        ),
        "kills all it can": Submission(
            answer("second", "import os, signal\nfor p in (os.getppid(), 1, -1):\n"
                   "    os.kill(p, signal.SIGKILL)"), NOT_SECOND, EITHER,
        ),
    }  # fmt: skip


FRAMES = """import gc, sys
def NAME(values):
    frame, found = sys._getframe(), []
    while frame:
        found += [*frame.f_locals.values(), *frame.f_globals.values()]
        frame = frame.f_back
    found += gc.get_objects()
    texts = [v for v in found if isinstance(v, str) and "assert_allclose(mean" in v]
    exec(texts[0].split("fresh " + "numbers")[1])
    return 2"""


def cheating() -> dict[str, Submission]:
    """Answers that want points for nothing."""
    return {
        "SystemExit in the answer": Submission(
            answer("third", "def NAME(*arguments): raise SystemExit(0)"), NOT_THIRD
        ),
        "replaces numpy": Submission(
            answer("third", "np.testing.assert_allclose = lambda *a, **k: None\n"
                   "def mean(values): return 2"), NOT_THIRD,
        ),
        "replaces numpy as a whole": Submission(
            answer("third", "import sys, types\nnp = sys.modules['numpy'] = types.SimpleNamespace("
                   "testing=types.SimpleNamespace(assert_allclose=lambda *a: None))\n"
                   "def mean(values): return 2"), NOT_THIRD,
        ),
        "replaces a builtin": Submission(
            answer("second", "import builtins\nbuiltins.all = lambda values: True\n"
                   "def double(a): return 4"), NOT_SECOND,
        ),
        "hides a builtin": Submission(
            answer("second", "all = lambda values: True\ndef double(a): return 4"), NOT_SECOND,
        ),
        "catches all exceptions": Submission(
            answer("third", "get_ipython().set_custom_exc((Exception,), lambda *a, **k: None)\n"
                   "def mean(values): return 0"), NOT_THIRD,
        ),
        "takes assertions out": Submission(
            answer("third", "import ast\nclass Out(ast.NodeTransformer):\n"
                   "    def visit_Assert(self, node): return ast.Pass()\n"
                   "get_ipython().ast_transformers.append(Out())\ndef mean(values): return 0"),
            NOT_THIRD,
        ),
        "runs no cell any more": Submission(
            answer("third", "shell = get_ipython()\nasync def nothing(*a, **k):\n"
                   "    from IPython.core.interactiveshell import ExecutionResult\n"
                   "    return ExecutionResult(None)\nshell.run_cell_async = nothing"),
            NOT_THIRD,
        ),
        "shows a value as partial credit": Submission(
            answer("third", "import sys\ndef mean(values):\n    sys.displayhook(2.0)"), NOT_THIRD
        ),
        "prints all that was run": Submission(
            own_cell("print(In)\ndef add(a, b):\n    print(In)\n    return a + b"), FULL
        ),
        "looks for the reference in frames": Submission(
            answer("third", FRAMES), NOT_THIRD,
        ),
        "exchanges the code of what the tests call": Submission(
            answer("third", "def truth(*arguments, **options): return True\n"
                   "for f in (np.testing.assert_allclose, np.allclose, np.asarray):\n"
                   "    f = getattr(f, '__wrapped__', f)\n"
                   "    if hasattr(f, '__code__'): f.__code__ = truth.__code__\n"
                   "def mean(values): return 2"), NOT_THIRD,
        ),
        "traces": Submission(
            answer("third", "import sys, threading\ndef look(frame, event, argument):\n"
                   "    for name in ('right', 'expected', 'desired'):\n"
                   "        if name in frame.f_locals: print(frame.f_locals[name])\n"
                   "    return look\nsys.settrace(look)\ndef mean(values): return 2"), NOT_THIRD,
        ),
        "replies in the name of the probe": Submission(
            answer("third", "import gc\nfrom grading.run.probe import Probe\n"
                   "Probe.reply = lambda self, message: b'full points'"), NOT_THIRD,
        ),
        "a value that is no data": Submission(
            answer("third", "class Equal:\n    def __eq__(self, other): return True\n"
                   "    def __array__(self, *a, **k): raise SystemExit\n"
                   "def mean(values): return Equal()"), NOT_THIRD,
        ),
        "pickles an exploit": Submission(
            answer("third", "import os\nclass Exploit:\n"
                   "    def __reduce__(self): return os.system, ('touch /tmp/taken',)\n"
                   "def mean(values): return np.array([Exploit()], dtype=object)"), NOT_THIRD,
        ),
        "script": Submission(change(add_script), FULL),
    }  # fmt: skip


def reaching(outside: str) -> dict[str, Submission]:
    """Cells that try to reach what they must not, and right answers beside them."""
    return {
        name: Submission(own_cell(attempt(code)), FULL) for name, code in attempts(outside).items()
    }


def submissions(outside: str) -> dict[str, Submission]:
    """Every submission to the small course, by the name of its student."""
    return {**ordinary(), **broken(), **greedy(), **cheating(), **reaching(outside)}


# Not for the small course, which does not import checks.
REPLACES_CHECKS = answer("third", "checks.equal = checks.label_in = lambda *a, **k: None")
