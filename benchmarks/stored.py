"""Measurements that take long: each is stored as it ends, under a hash of what it depends on.

What is stored is not done again, unless the code, the versions or the processor are others now.
"""

import argparse
import ast
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks import machine
from tools.files import write_whole

# The files of the series that no training and no measure runs through.
NO_PART = (
    "_later", "_quiet", "charts", "checks", "claims", "folders", "hand_in", "live", "messages",
)  # fmt: skip


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
    parser.add_argument(
        "--missing", action="store_true", help="keep what other code, versions or processors gave"
    )
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


def meaning(text: str) -> str:
    """What of a file's text counts: all but comments, docstrings, errors' words and its form."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
        if isinstance(node, kinds) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:]
        if isinstance(node, ast.Raise):  # what is measured was not refused
            node.exc = None
    return ast.dump(tree)


def code_of(*benchmarks: str, root: Path = machine.ROOT) -> str:
    """A hash of the code of a measurement: of the series, and of these files of benchmarks/."""
    series = [file for file in root.glob("gan_helpers/*.py") if file.stem not in NO_PART]
    files = [*sorted(series), *(root / "benchmarks" / name for name in benchmarks)]
    parts = [file.name + "\n" + meaning(file.read_text(encoding="utf-8")) for file in files]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def hash_of(code: str, facts: dict[str, str], torch: bool) -> str:
    """A hash of what a measurement depends on: its code, and of `machine.facts` what counts."""
    packages = [name for name in facts["packages"].split(", ") if torch or "torch" not in name]
    parts = [code, facts["processor"], facts["vectors"], *packages]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def gives_way(row: dict, about: dict, missing: bool) -> bool:
    """Whether a row is replaced by what was measured now: by its key, or older code by its facts.

    Other code may have had other arguments for the same facts, such as a number of steps.
    """
    facts = about.keys() - {"key", "hash", "machine"}
    older = not missing and row["hash"] != about["hash"]
    same = all(row.get(name) == about[name] for name in facts)
    return row["key"] == about["key"] or (older and same)


def go_on(
    results: dict,
    jobs: Iterable[tuple],
    measure: Callable[[Callable, tuple], list[dict]],
    facts: Callable[[str, tuple], dict],
    write: Callable[[], None],
    code: str,
    missing: bool = False,
    torch: bool = False,
) -> None:
    """Do each job that is not in the results yet, and write them after each.

    Args:
        results: part -> rows; changed in place. "machines" is what they were measured on, to
            which each row has the index.
        jobs: (part, function, arguments) in the order in which they are done.
        measure: (function, arguments) -> rows.
        facts: (part, arguments) -> what else each row holds.
        write: stores the results.
        code: hash of the code, from `code_of`.
        missing: keep rows with another hash.
        torch: whether PyTorch's version counts.
    """
    measured_on = machine.facts()
    today = hash_of(code, measured_on, torch)
    for part, function, arguments in jobs:
        key = json.dumps(arguments)
        rows = results.setdefault(part, [])
        if any(row["key"] == key and (missing or row["hash"] == today) for row in rows):
            continue
        start = time.perf_counter()
        found = measure(function, arguments)
        machines = results.setdefault("machines", [])
        if measured_on not in machines:
            machines.append(measured_on)
        about = {"key": key, "hash": today, "machine": machines.index(measured_on)}
        about |= facts(part, arguments)
        rows[:] = [row for row in rows if not gives_way(row, about, missing)]
        rows += [about | row for row in found]
        write()
        print(f"{part} {key}: {time.perf_counter() - start:.0f} s", flush=True)
