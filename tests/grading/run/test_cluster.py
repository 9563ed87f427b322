"""A class graded on a cluster: the same table, also where a worker is killed."""

import contextlib
import io
import json
import subprocess
import sys
import time

from grading import course
from grading.fingerprint import code_digest
from grading.run import cluster, sandbox
from tests.grading.small_course import NAME, ROOT, hand_in, read_table, run_grading, with_answers

import psutil
import pytest

ANSWERS = {
    "ada": {},
    "bob": {"add": "# Question 1: add\ndef add(a, b):\n    return 3"},
    "eve": {"double": "# Question 2: double\nimport os\nos._exit(1)"},
    "zoe": {"mean": "# Question 3: mean\nimport time\ntime.sleep(2)\nmean = np.mean"},
}


BOTH_ARE_THERE = "import distributed, sys; distributed.Client(sys.argv[1]).wait_for_workers(2)"


def job(small, **changes):
    source = course.read_notebook(small / "source", NAME)
    released = course.read_notebook(small / "release", NAME)
    limits = vars(sandbox.Limits(**source.metadata.grading))
    whole = {
        "notebook": with_answers(released), "source": source, "isolation": "bwrap",
        "limits": limits, "code": code_digest(source),
    }  # fmt: skip
    return json.dumps(whole | changes)


def test_one_submission_is_one_process(small, isolated):
    command = [sys.executable, "-m", "grading", "one"]
    done = subprocess.run(command, cwd=ROOT, input=job(small), capture_output=True, text=True)
    result = json.loads(done.stdout)
    assert result["doubts"] == [] and any("seed" in line for line in result["log"])
    tests = [c for c in result["notebook"]["cells"] if c["id"].startswith("test_")]
    assert len(tests) == 3 and not any(cell["outputs"] for cell in tests)


def test_a_worker_with_other_code_refuses(small):
    told = io.StringIO()
    cluster.do_one(io.StringIO(job(small, code="of last year")), told)
    result = json.loads(told.getvalue())
    assert "copy of the project is another one" in result["error"] and "notebook" not in result


def test_where_there_is_no_scheduler_it_is_said_in_words(small, released, tmp_path, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.5)
    for address in ("tcp://127.0.0.1:9", "nonsense"):
        with pytest.raises(cluster.ClusterError, match="SCHEDULER must be the address"):
            cluster.size(address)


def test_without_dask_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(cluster.ClusterError, match="pip install"):
        cluster.size("tcp://127.0.0.1:8786")


def children(process, words):
    """The processes below one whose command holds some words."""
    found = []
    for child in process.children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if words in " ".join(child.cmdline()):
                found.append(child)
    return found


@pytest.fixture
def two_workers(isolated, tmp_path):
    """A cluster as assignments/README.md starts one: its address, and its workers' process."""
    pytest.importorskip("distributed")
    dask, contact = [sys.executable, "-m", "dask"], tmp_path / "scheduler.json"
    scheduler = [
        *dask, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
        "--scheduler-file", contact,
    ]  # fmt: skip
    workers = [
        *dask, "worker", "--scheduler-file", contact, "--host", "127.0.0.1", "--no-dashboard",
        "--nthreads", "1", "--nworkers", "2", "--local-directory", tmp_path / "dask",
    ]  # fmt: skip
    with contextlib.ExitStack() as stack:
        for command in scheduler, workers:
            with (tmp_path / f"{command[3]}.log").open("w") as log:
                started = subprocess.Popen(command, cwd=ROOT, stderr=log)
            stack.callback(started.wait, timeout=60)
            stack.callback(started.terminate)
            while not contact.exists():
                assert started.poll() is None, (tmp_path / "scheduler.log").read_text()
                time.sleep(0.1)
        address = json.loads(contact.read_text())["address"]
        subprocess.run([sys.executable, "-c", BOTH_ARE_THERE, address], check=True, timeout=300)
        yield address, psutil.Process(started.pid)


def test_a_killed_worker_changes_nothing(two_workers, small, released, tmp_path):
    """The table is that of a grading without a cluster; what was lost runs again."""
    address, workers = two_workers
    for student, answers in ANSWERS.items():
        hand_in(tmp_path / "class", student, with_answers(released, **answers))
    run_grading(small, "grade", tmp_path / "class", "--out", tmp_path / "here", "--jobs", "2")
    command = [
        sys.executable, "-m", "grading", "--course", str(small), "grade", str(tmp_path / "class"),
        "--out", str(tmp_path / "there"), "--scheduler", address,
    ]  # fmt: skip
    grading = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    while not (busy := children(workers, "grading one")):
        assert grading.poll() is None
        time.sleep(0.02)
    lost = busy[0].parent()
    lost.kill()
    assert grading.wait(timeout=300) == 0
    # The worker is gone, what it ran ended with it, and another is in its place.
    assert not lost.is_running() and not busy[0].is_running()
    assert len(children(workers, "spawn_main")) == 2
    assert read_table(tmp_path / "there") == read_table(tmp_path / "here")
    assert set(read_table(tmp_path / "there")) == set(ANSWERS)
    assert "seed" in (tmp_path / "there" / "grading.log").read_text()
