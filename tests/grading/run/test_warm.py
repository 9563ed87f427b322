"""A kernel that is a fork: isolated as any other, with nothing of the grader in it."""

import ast
import copy
import functools
import time
from pathlib import Path

from grading.run import execute, launch, sandbox
from tests.grading import small_course

import psutil
import pytest
from nbformat.v4 import new_code_cell

SOURCE = small_course.source()
LOOK = """import os, socket, sys
def tried(do):
    try:
        return do()
    except OSError as error:
        return type(error).__name__
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print([status[name].strip() for name in ("CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs")])
inside = {name for name in sys.modules if name.split(".")[0] in ("grading", "nbgrader")}
print(sorted(inside - {"grading.run.kernel"}))  # else it is called __main__
print(bool(os.fstatvfs(os.open("/proc/self/exe", os.O_RDONLY)).f_flag & os.ST_RDONLY))
print([tried(lambda: os.unshare(0x10000000)) if hasattr(os, "unshare") else "OSError"])
print(tried(lambda: socket.create_connection(("127.0.0.1", 22), 1)))
print([tried(lambda: open(path, "w")) for path in ("/usr/a", "/opt/course/grading/run/wire.py")])
print([os.path.exists(path) for path in PLACES])
print(sorted(int(name) for name in os.listdir("/proc") if name.isdigit())[-1] < 10)
print([os.environ["HOME"], os.getcwd(), "KERAS_HOME" in os.environ])
print(np.random.random())"""


@pytest.fixture(scope="module")
def warm(isolated, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        # As in a grading: sockets lie in a folder with a short name.
        folder = tmp_path_factory.mktemp("t").parent.parent
        patch.setattr(launch.tempfile, "tempdir", str(folder))
        with launch.warm_process(["numpy.random", "ipykernel.ipkernel", "ipykernel.kernelapp"]):
            yield


def run(*added, **answers):
    """A submission that was run, and what a person should look at."""
    notebook = copy.deepcopy(small_course.with_answers(SOURCE, **answers))
    notebook.cells[2:2] = [new_code_cell(text, id=f"added-{n}") for n, text in enumerate(added)]
    limits = sandbox.Limits(**SOURCE.metadata.grading)
    return notebook, execute.execute_notebook(notebook, SOURCE, "bwrap", limits)


def outputs(notebook, name):
    return next(cell.outputs for cell in notebook.cells if cell.id == name)


def test_it_sees_and_may_what_any_kernel_sees_and_may(warm, monkeypatch, tmp_path):
    places = [str(tmp_path), str(Path(small_course.__file__)), str(Path.home() / ".bashrc")]
    look = f"PLACES = {places!r}\n{LOOK}"
    forked = [run(look)[0] for _ in range(2)]
    monkeypatch.setattr(sandbox, "before_start", None)
    started = run(look)[0]
    seen = [outputs(book, "added-0")[0].text.splitlines() for book in (*forked, started)]
    assert seen[0][2] == "True"  # where it is still bound to the disk outside, it cannot write
    assert seen[0][:-1] == seen[1][:-1] == seen[2][:-1]
    assert len({lines[-1] for lines in seen}) == 3, "each has random numbers of its own"
    assert ast.literal_eval(seen[0][0]) == ["0" * 16] * 4 + ["1"]
    assert not any(ast.literal_eval(seen[0][6]))


def test_answers_are_judged_as_ever(warm):
    wrong = "# Question 1: add\ndef add(a, b):\n    return 3"
    notebook, doubts = run(add=wrong)
    assert doubts == [] and "not for all values" in outputs(notebook, "test_add")[0].evalue
    assert not outputs(notebook, "test_double") and not outputs(notebook, "test_mean")


def test_a_cell_that_ends_its_kernel_costs_its_own_question(warm):
    notebook, doubts = run(double="# Question 2: double\nimport os\nos._exit(1)")
    (doubt,) = doubts
    assert doubt.startswith("double: it ended the kernel")
    assert outputs(notebook, "test_double") and not outputs(notebook, "test_mean")


def test_its_memory_is_limited(warm):
    notebook, doubts = run("held = [np.empty(2**25) for _ in range(9)]")  # 256 MiB each
    told = str(doubts) + str(outputs(notebook, "added-0"))
    assert "MemoryError" in told or "GiB of memory" in told
    assert not outputs(notebook, "test_mean")


def test_nothing_is_left_running(warm):
    run()
    for _ in range(50):
        left = [
            p for p in psutil.process_iter(["cmdline"]) if "infinity" in (p.info["cmdline"] or [])
        ]
        if not left:
            return
        time.sleep(0.1)
    assert left == []


def test_where_nothing_can_be_forked_it_starts_as_ever(isolated, monkeypatch, tmp_path):
    nobody = functools.partial(launch.start_by_fork, tmp_path / "nobody")
    monkeypatch.setattr(sandbox, "before_start", nobody)
    notebook, doubts = run()
    assert doubts == [] and not outputs(notebook, "test_mean")


def test_where_python_could_be_written_kernels_start_as_ever(monkeypatch):
    monkeypatch.setattr(sandbox, "before_start", None)
    monkeypatch.setattr(launch.tempfile, "gettempdir", lambda: "/")
    with launch.warm_process():
        assert sandbox.before_start is None
