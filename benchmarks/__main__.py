"""Measure this series against its peers and write the report: `make bench`.

The numbers go to results.json, from which RESULTS.md is made. A part that is not run keeps the
numbers it had. Step speed and start-up keep numbers for each kind of processor, and a run replaces
those of its own kind: of step speed only where a contender's code, a version or the processor has
changed. Distances from real digits, and time_to_quality.png, come from what `benchmarks.modern` and
`benchmarks.quality` have stored: they take hours, and are commands of their own.
"""

import argparse
import importlib
import json
import os
from pathlib import Path

from tools.files import write_whole

# Nothing that computes is imported here: each worker begins by importing this file.
PARTS = ("steps", "startup", "grading")
HERE = Path(__file__).resolve().parent


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The options; their defaults are the full measurement."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--parts", nargs="+", choices=PARTS, default=PARTS, help="what to measure; default: all")
    add("--rounds", type=int, default=7, help="steps: rounds of slices")
    add("--seconds", type=float, default=3.0, help="steps: length of a slice")
    add("--repeats", type=int, default=5, help="startup: new processes for each wait")
    add("--students", type=int, default=100, help="grading: size of the class")
    add("--again", action="store_true", help="steps: measure what has not changed as well")
    add("--targets", action="store_true", help="print the targets from stored results alone")
    add("--report", action="store_true", help="write the report from stored results alone")
    add("--out", type=Path, default=HERE, help="folder of the report; default: benchmarks/")
    options = parser.parse_args(arguments)
    for name in ("rounds", "seconds", "repeats", "students"):
        if not getattr(options, name) > 0:
            option = "--" + name.replace("_", "-")
            parser.error(f"{option} must be above 0, got {getattr(options, name)}")
    return options


def write(folder: Path, results: dict) -> None:
    """Write the report and its picture."""
    from benchmarks import report, spent

    results = results | spent.read()
    write_whole(folder / "RESULTS.md", report.render(results))
    if "quality" in results:
        write_whole(folder / "time_to_quality.png", spent.curve(results["quality"]).png(2))


def main() -> None:
    """Measure part by part, and write the report after each."""
    from benchmarks import machine, spent, targets

    options = parse()
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"  # processors are compared, whatever else is there
    file = options.out / "results.json"
    results = json.loads(file.read_text()) if file.exists() else {}
    if options.targets:
        print(targets.in_terminal(results | spent.read()))
        return
    options.out.mkdir(parents=True, exist_ok=True)
    for part in () if options.report else options.parts:
        facts = machine.facts()
        by_kind = results.setdefault(part, {}) if part in targets.BY_KIND else {}
        options.stored = by_kind.get(facts["kind"], {})
        measured = importlib.import_module(f"benchmarks.{part}").measure(options)
        result = {"machine": facts} | measured
        if part in targets.BY_KIND:
            by_kind[facts["kind"]] = result
            result = by_kind
        results[part] = result
        write_whole(file, json.dumps(results, indent=1) + "\n")
        write(options.out, results)
    if options.report:
        write(options.out, results)
    print(f"wrote {options.out / 'RESULTS.md'}\n")
    print(targets.in_terminal(results | spent.read()))


if __name__ == "__main__":
    main()
