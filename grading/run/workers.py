"""Processes that grade one submission each: some at a time, with limits of memory and time."""

import ctypes
import multiprocessing
import os
import resource
import signal
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from grading.run import sandbox

GRACE_SECONDS = 180  # beyond a task's own limit: start of kernels, nbgrader's own work
WORKER_MEMORY = 4 * 2**30  # of the process that judges what a kernel sends
PR_SET_PDEATHSIG = 1
Task = TypeVar("Task")
Result = TypeVar("Result")


class Worker(NamedTuple, Generic[Task]):
    """A process at work."""

    process: BaseProcess
    task: Task
    latest: float  # when it is ended, by time.monotonic


class WorkerError(RuntimeError):
    """A worker gave no result; the message says in which way."""


def run_tasks(
    tasks: list[Task],
    do: Callable[[Task], Result],
    seconds: Callable[[Task], float],
    jobs: int,
    log: Path,
) -> Iterator[tuple[Task, Result | WorkerError]]:
    """Do each task in a process of its own, at most `jobs` at a time; yields what is ready.

    do: called in the process, a fork of this one. seconds: how long a task may take.
    log: the file that gets what the processes print.
    """
    context = multiprocessing.get_context("fork")
    queue = list(reversed(tasks))
    running: dict[Connection, Worker[Task]] = {}
    try:
        while queue or running:
            while queue and len(running) < jobs:
                task = queue.pop()
                ours, theirs = context.Pipe(duplex=False)
                process = context.Process(
                    target=_in_worker, args=(theirs, os.getpid(), do, task, log), name=str(task)
                )
                process.start()
                theirs.close()
                latest = time.monotonic() + seconds(task) + GRACE_SECONDS
                running[ours] = Worker(process, task, latest)
            ready = wait(list(running), timeout=1)
            for ours in [pipe for pipe in running if pipe in ready]:
                worker = running.pop(ours)
                result = _receive(ours)
                worker.process.join()
                yield worker.task, result
            for ours, worker in list(running.items()):
                if time.monotonic() > worker.latest:
                    del running[ours]
                    _end(worker.process)
                    yield worker.task, WorkerError("the grading of it did not end")
    finally:
        for worker in running.values():
            _end(worker.process)


def _in_worker(
    pipe: Connection, parent: int, do: Callable[[Task], Result], task: Task, log: Path
) -> None:
    """Do one task within the limits, and send its result."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before the line above
        os._exit(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process above
    with log.open("ab") as file:  # what libraries print
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    # Not of addresses, of which TensorFlow takes many and uses few.
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (WORKER_MEMORY, hard))
    pipe.send(do(task))


def _receive(pipe: Connection):
    """The result that a worker sent, or an error in its place."""
    try:
        return pipe.recv()
    except EOFError:
        return WorkerError("the grading of it ended without a result")
    finally:
        pipe.close()


def _end(process: BaseProcess) -> None:
    """End a worker, and with it the kernel that it started."""
    assert process.pid is not None
    sandbox.kill_family(process.pid)
    process.join()
