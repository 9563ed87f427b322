"""Processor time of calls that take turns, so that a busier moment falls on none of them alone."""

import math
import time
from collections.abc import Mapping


def least_times(calls: Mapping, rounds: int) -> dict:
    """Name -> least processor seconds of its call in so many rounds, after one that compiles.

    Args:
        calls: name -> function without arguments.
        rounds: how often each is called and timed.
    """
    least: dict = {}
    for number in range(rounds + 1):
        for name, call in calls.items():
            start = time.process_time()
            call()
            if number:
                least[name] = min(time.process_time() - start, least.get(name, math.inf))
    return least
