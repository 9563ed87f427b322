"""Measurements that take long: each is stored as it ends, and what is stored is not done again."""

import argparse
import json
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks import machine
from tools.files import write_whole


def parse(
    command: str, description: str, file: Path, seeds: int, arguments: list[str] | None = None
) -> argparse.Namespace:
    """The options; their defaults are the full measurement.

    Args:
        command: name of the module, for the help.
        description: what it does, for the help.
        file: where the numbers go.
        seeds: how many trainings of each kind are the full measurement.
        arguments: of the command line, by default those of the process.
    """
    parser = argparse.ArgumentParser(prog=command, description=description)
    parser.add_argument("--seeds", type=int, default=seeds, help="trainings of each kind")
    parser.add_argument("--again", action="store_true", help="forget what is stored")
    parser.add_argument("--out", type=Path, default=file, help="file of the numbers")
    options = parser.parse_args(arguments)
    if options.seeds < 1:
        parser.error(f"--seeds must be above 0, got {options.seeds}")
    return options


def read(options: argparse.Namespace) -> dict:
    """What is stored; nothing with --again. From here on, no GPU is seen."""
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
    stored = options.out.exists() and not options.again
    return json.loads(options.out.read_text()) if stored else {}


def write(results: dict, file: Path) -> None:
    """Write the file of the numbers whole."""
    write_whole(file, json.dumps(results, indent=1) + "\n")


def go_on(
    results: dict,
    jobs: Iterable[tuple],
    measure: Callable[[Callable, tuple], list[dict]],
    facts: Callable[[str, tuple], dict],
    write: Callable[[], None],
) -> None:
    """Do each job that is not in the results yet, and write them after each.

    Args:
        results: part -> rows; changed in place.
        jobs: (part, function, arguments) in the order in which they are done.
        measure: (function, arguments) -> rows.
        facts: (part, arguments) -> what else each row holds, beside the key and the date.
        write: stores the results.
    """
    for part, function, arguments in jobs:
        key = json.dumps(arguments)
        rows = results.setdefault(part, [])
        if any(row["key"] == key for row in rows):
            continue
        measured_on = machine.facts()
        about = {"key": key, "date": measured_on["date"], **facts(part, arguments)}
        start = time.perf_counter()
        rows += [about | row for row in measure(function, arguments)]
        results["machine"] = measured_on
        write()
        print(f"{part} {key}: {time.perf_counter() - start:.0f} s", flush=True)
