"""A class on several machines: each submission is one process on a worker of a dask cluster.

dask.distributed decides where a submission runs, and lets it run again where a worker was killed.
What goes to a worker is a job as JSON, and what comes back is the executed notebook with what the
verdict made of it; nothing is shared but the network. Scores, pages and the table are made here.
"""

import ctypes
import json
import logging
import os
import signal
import subprocess
import sys
from typing import IO, Any

from grading.fingerprint import code_digest
from grading.run import sandbox
from grading.run.execute import execute_notebook

import nbformat
from nbformat import NotebookNode

CONNECT_SECONDS = 20
TRIES = 4  # of a submission whose worker is killed: dask's own default
PR_SET_PDEATHSIG = 1
MISSING = "SCHEDULER needs dask.distributed: pip install -e '.[cluster]'"
NO_CLUSTER = (
    "SCHEDULER must be the address of a dask scheduler that has workers, as in "
    "tcp://10.0.0.1:8786, got {address!r}: {reason}"
)


class ClusterError(RuntimeError):
    """The cluster does not grade; the message says why and what to do."""


def connect(address: str) -> Any:
    """A client of the scheduler at an address, for a with block.

    Raises:
        ClusterError: dask is missing, or nothing answers there.
    """
    try:
        import distributed
    except ImportError:
        raise ClusterError(MISSING) from None
    try:
        return distributed.Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise ClusterError(NO_CLUSTER.format(address=address, reason=error)) from None


def size(address: str) -> int:
    """How many submissions a cluster runs at a time.

    Raises:
        ClusterError: as `connect` does, or there are no workers.
    """
    with connect(address) as client:
        threads = sum(client.nthreads().values())
    if threads < 1:
        raise ClusterError(NO_CLUSTER.format(address=address, reason="it has no workers"))
    return threads


def execute(
    address: str, notebook: NotebookNode, source: NotebookNode, isolation: str,
    limits: sandbox.Limits,
) -> tuple[NotebookNode, list[str]]:  # fmt: skip
    """As `execute_notebook`, on a worker; waits for it, and returns (notebook, doubts).

    Raises:
        ClusterError: the worker could not do it; no fault of the submission.
    """
    job = {
        "notebook": notebook, "source": source, "isolation": isolation,
        "limits": vars(limits), "code": code_digest(source),
    }  # fmt: skip
    with connect(address) as client:
        # Not pure: the same answers of two students are two submissions.
        result = json.loads(client.submit(run_one, json.dumps(job), pure=False).result())
    log = logging.getLogger("grading")
    for line in result["log"]:
        log.info("%s", line)
    if "error" in result:
        raise ClusterError(result["error"])
    return nbformat.from_dict(result["notebook"]), result["doubts"]


def run_one(job: str) -> str:
    """Run a job in a process of its own, on the worker that calls this."""
    command = [sys.executable, "-m", "grading", "one"]
    done = subprocess.run(
        command, input=job, capture_output=True, encoding="utf-8", cwd=sandbox.ROOT
    )
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"]
        return json.dumps({"error": f"on {os.uname().nodename}: {lines[-1]}", "log": []})
    return done.stdout


def end_with_worker() -> None:
    """Let this process, and with it the sandbox, end when the worker that started it does."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def do_one(read: IO[str], write: IO[str]) -> None:
    """Read a job, do it, and write its result: what `python -m grading one` does."""
    job = json.load(read)
    log = _Lines()
    logger = logging.getLogger("grading")
    logger.addHandler(log)
    logger.setLevel(logging.INFO)
    source = nbformat.from_dict(job["source"])
    result: dict[str, Any] = {"log": log.lines}
    try:
        if code_digest(source) != job["code"]:
            raise ClusterError("this worker's copy of the project is another one: bring it here")
        sandbox.check_isolation(job["isolation"])
        notebook = nbformat.from_dict(job["notebook"])
        limits = sandbox.Limits(**job["limits"])
        result["doubts"] = execute_notebook(notebook, source, job["isolation"], limits)
        result["notebook"] = notebook
    except Exception as error:
        result["error"] = f"on {os.uname().nodename}: {error}"
    finally:
        logger.removeHandler(log)
    json.dump(result, write)


class _Lines(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))
