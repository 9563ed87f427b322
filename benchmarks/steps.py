"""Images per second of a training step, contenders taking turns.

Each contender lives in a process of its own, so that no library's threads get in another's
way, and only one works at a time. A round gives each of them a slice of a few seconds.

This file imports neither TensorFlow nor PyTorch: a worker loads only what it measures.
"""

import argparse
import datetime
import os
import time
from collections.abc import Sequence
from concurrent.futures import Executor

from benchmarks import contenders, kept
from benchmarks.contenders import PAIRS, RATES, SERIES, SIMULTANEOUS, Pair, left_out
from benchmarks.processes import in_new_process, worker

import numpy as np


def load_images() -> np.ndarray:
    """The digits to train on. It runs in a worker: see above."""
    from gan_helpers import data

    return data.load_digits().images


def count_flops() -> dict[str, dict[str, int]]:
    """Operations a real image of the series' two steps, for each pair."""
    from benchmarks import flops, peers

    pairs = {pair.name: peers.build(pair.name) for pair in PAIRS}
    return {
        name: {SERIES: flops.step_in_turns(*pair), SIMULTANEOUS: flops.simultaneous_step(*pair)}
        for name, pair in pairs.items()
    }


# In a worker: the function that does so many units of its contender's work; see `peers.Train`.
_work = None


def import_tensorflow_as_it_is() -> None:
    """Import TensorFlow before gan_helpers turns oneDNN on, and without the log lines.

    What keeps gan_helpers quiet cannot be called here: to import it is to turn oneDNN on.
    """
    stderr = os.dup(2)
    try:
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        import tensorflow  # noqa: F401
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)


def prepare(contender: str, pair: Pair, images: np.ndarray) -> tuple[int, float]:
    """Build and warm up a contender; what a unit of its work counts, and the seconds of one."""
    global _work
    # A worker inherits it from the shell, or from gan_helpers once a picture has been drawn.
    os.environ.pop("TF_ENABLE_ONEDNN_OPTS", None)
    if contender in contenders.IN_TORCH:
        from benchmarks import peers_torch

        _work, amount = peers_torch.trainer(contender, pair, images), len(images)
    else:
        if contender in contenders.TENSORFLOW_AS_IT_IS:
            import_tensorflow_as_it_is()
        from benchmarks import peers

        if contender in RATES:
            _work, amount = peers.rate(contender)
        else:
            _work, amount = peers.trainer(contender, pair, images), len(images)
    work(1)  # traces and compiles
    return amount, work(1)


def work(units: int) -> float:
    """Do so many units of work, an epoch each for a training, and return the seconds."""
    start = time.perf_counter()
    done = _work(units)
    return (done or time.perf_counter()) - start


def first_line(error: Exception) -> str:
    """What went wrong, in one line for a table."""
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0][:150]}" if text else type(error).__name__


def measure_pair(
    pair: Pair, images: np.ndarray, names: Sequence[str], rounds: int, seconds: float
) -> dict:
    """Units a second of each of these contenders in each round, or why there are none."""
    images = images[: pair.batches * pair.batch_size]
    missing, amounts, units = {}, {}, {}
    workers: dict[str, Executor] = {name: worker() for name in names}
    try:
        for name in list(workers):
            print(f"  warming up: {name}", flush=True)
            try:
                amounts[name], once = workers[name].submit(prepare, name, pair, images).result()
                guess = max(1, round(seconds / once))
                # Once more at full length: one unit alone is mostly what a call costs at all.
                each = workers[name].submit(work, guess).result() / guess
                units[name] = max(1, round(seconds / each))
            except Exception as error:  # a peer may be anything from not installed to broken
                if name in (SERIES, SIMULTANEOUS):
                    raise
                missing[name] = first_line(error)
                workers.pop(name).shutdown()
                print(f"  not available: {missing[name]}", flush=True)
        speeds = {name: [] for name in workers}
        for number in range(rounds):
            # Another one begins each time, so that nobody always follows the same neighbour.
            first = number % len(workers)
            names = list(workers)
            for name in names[first:] + names[:first]:
                took = workers[name].submit(work, units[name]).result()
                speeds[name].append(amounts[name] * units[name] / took)
            print(f"  round {number + 1} of {rounds}", flush=True)
    finally:
        for process in workers.values():
            process.shutdown()
    return {"speeds": speeds, "missing": missing, "batch_size": pair.batch_size}


def measure_changed(pair: Pair, images: np.ndarray, old: dict, options) -> dict:
    """A pair's results, with what is stored of it where nothing has changed since.

    Of two runs it makes one table only if the machine is as fast as it was.
    """
    how = options.rounds, options.seconds
    today = kept.keys(pair, *how)
    changed = [name for name in today if old.get("keys", {}).get(name) != today[name]]
    if not changed:
        print("  nothing has changed since it was measured; --again measures anew", flush=True)
        return old
    if len(changed) < len(today):
        now = measure_pair(pair, images, RATES, *how)["speeds"]
        if not kept.as_fast(old["speeds"], now):
            print("  the machine is not as fast as it was: all are measured anew", flush=True)
            changed = list(today)
    new = measure_pair(pair, images, [*changed, *RATES], *how)
    made = kept.merged(old, new, today, datetime.date.today().isoformat())
    return made | {"missing": left_out(pair) | made["missing"]}


def measure(options: argparse.Namespace) -> dict:
    """Both pairs, as `report` reads them; `options.stored` is what the last run measured."""
    images = in_new_process(load_images)
    flops = in_new_process(count_flops)
    stored = {} if options.again else options.stored
    results = {"rounds": options.rounds, "seconds": options.seconds, "pairs": {}}
    for pair in PAIRS:
        print(f"step speed, {pair.name} pair", flush=True)
        old = stored.get("pairs", {}).get(pair.name, {})
        result = measure_changed(pair, images, old, options)
        results["pairs"][pair.name] = result | {"flops": flops[pair.name]}
    if results["pairs"] == stored.get("pairs"):
        return stored  # with the date and the machine of then
    return results
