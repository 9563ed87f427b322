"""How measured numbers are written: medians, tables, verdicts."""

import statistics
from collections.abc import Sequence

NOT_RUN = "Not run."
# What `machine.facts` tells, in the order of the line under a heading.
FACTS = ("date", "commit", "processor", "vectors", "onednn", "memory", "system", "packages")


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """Lower quartile, median and upper quartile."""
    if len(values) == 1:
        return values[0], values[0], values[0]
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, middle, high


def number(value: float) -> str:
    """Three digits that count, or the whole number if that is longer."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"


def verdict(met: bool) -> str:
    """The word for the table."""
    return "met" if met else "**missed**"


def table(*rows: Sequence[str]) -> str:
    """A Markdown table; the first row is its head."""
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]])


def columns(*rows: Sequence[str]) -> str:
    """The same table for a terminal: columns under each other, no Markdown."""
    plain = [[cell.replace("**", "") for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*plain, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in plain]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def measured_on(*machines: dict[str, str]) -> str:
    """One line of facts under a heading, each as often as it differs; older ones are fewer."""
    found = []
    for name in FACTS:
        values = dict.fromkeys(facts[name] for facts in machines if name in facts)
        found += [" and ".join(values)] if values else []
    return "Measured " + "; ".join(found) + "."
