"""Work in a new process, so that every contender starts with its own memory and threads."""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor


def worker() -> ProcessPoolExecutor:
    """One new process that does what is submitted to it, and keeps its state in between."""
    return ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))


def in_new_process(function: Callable, *args):
    """What function(*args) returns, or raises, in a process of its own."""
    with worker() as process:
        return process.submit(function, *args).result()
