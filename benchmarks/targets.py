"""What the series is to reach, and whether it does, for each kind of processor.

A kind that was not measured leaves its targets open. None of them stands on the results of another.
"""

import operator
import statistics
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks import contenders, machine, quality, spent
from benchmarks.contenders import CONVOLUTION, MATMUL, SERIES, SIMULTANEOUS, TORCH, TUTORIAL
from benchmarks.words import columns, table, verdict

BY_KIND = ("steps", "startup")  # parts whose results are kept for each kind of processor
SENSES = {"at least": operator.ge, "above": operator.gt, "at most": operator.le}


def speed(results: dict, pair: str, contender: str) -> float | None:
    """Median of a contender's images a second, None if it was not measured."""
    values = results["steps"]["pairs"][pair]["speeds"].get(contender)
    return statistics.median(values) if values else None


def over(pair: str, ours: str, peer: str) -> Callable[[dict], float | None]:
    """The ratio of the series' speed to a peer's."""

    def ratio(results: dict) -> float | None:
        theirs = speed(results, pair, peer)
        return speed(results, pair, ours) / theirs if theirs else None

    return ratio


def share(pair: str, rate: str) -> Callable[[dict], float]:
    """The share of a rate of the machine that the series reaches in turn."""

    def reached(results: dict) -> float:
        flops = results["steps"]["pairs"][pair]["flops"][SERIES]
        return speed(results, pair, SERIES) * flops / speed(results, pair, rate)

    return reached


def first_wait(results: dict) -> float:
    """Seconds of the import and of a first step, of the pair whose first step takes longer."""
    waits = {
        name: statistics.median(values) for name, values in results["startup"]["seconds"].items()
    }
    steps = [seconds for name, seconds in waits.items() if name.startswith("first step")]
    return waits["import gan_helpers"] + max(steps)


def distance(way: str, mark: float, *over: tuple[str, float]) -> Callable[[dict], float | None]:
    """A recipe's median distance after so much processor time, or its ratio to another's."""

    def value(results: dict) -> float | None:
        rows = results["quality"]["rows"]
        far, *others = (spent.median_of(rows, *each) for each in ((way, mark), *over))
        return None if None in (far, *others) else far / (others[0] if others else 1)

    return value


def steady(part: str, way: str) -> Callable[[dict], float | None]:
    """How much worse a game gets after its best mark, as a ratio."""
    return lambda results: spent.worst_after_best(results[part]["rows"], way)


@dataclass(frozen=True)
class Target:
    """One thing to reach.

    Attributes:
        name: what is measured, in words.
        part: the part of the benchmark that measures it.
        value: takes the results of one kind of processor, part by part; returns the number, or
            None where it is not among them.
        sense, limit: "at least", "above" or "at most", and the number.
        form: how the number is written.
        kind: the only kind of processor that it is asked of, None for every kind.
    """

    name: str
    part: str
    value: Callable[[dict], float | None]
    sense: str
    limit: float
    form: str = "{:.2f}"
    kind: str | None = None

    def verdict_on(self, results: dict, kind: str) -> str:
        """What was measured on that kind of processor, and "met", "missed" or "open"."""
        if self.part not in results:
            return "open" if self.kind in (None, kind) else "no target"
        value = self.value(results)
        if value is None:
            return "open"
        text = self.form.format(value)
        if self.kind in (None, kind):
            return f"{text}, {verdict(SENSES[self.sense](value, self.limit))}"
        return f"{text}, {'open' if kind == machine.UNKNOWN else 'no target'}"


def speeds(pair: str, words: str, ours: str, peer: str, sense: str, limit: float) -> Target:
    """A target for a ratio of speeds."""
    how = {SERIES: "in turn", SIMULTANEOUS: "simultaneous"}[ours]
    return Target(f"{words}, {how} / {peer}", "steps", over(pair, ours, peer), sense, limit)


DENSE, CONV = "dense pair", "tutorial's networks"
TARGETS = (
    speeds("dense", DENSE, SERIES, TUTORIAL, "at least", 2.2),
    speeds("dense", DENSE, SERIES, TORCH, "above", 1.0),
    speeds("dense", DENSE, SERIES, contenders.TORCH_COMPILED, "above", 1.0),
    Target(
        f"{DENSE}, share of the matrix rate",
        "steps", share("dense", MATMUL), "at least", 0.45, "{:.1%}",
    ),
    speeds("tutorial", CONV, SERIES, TUTORIAL, "at least", 0.87),
    speeds("tutorial", CONV, SIMULTANEOUS, TUTORIAL, "at least", 1.0),
    speeds("tutorial", CONV, SERIES, contenders.TUTORIAL_ONEDNN, "at least", 0.87),
    speeds("tutorial", CONV, SIMULTANEOUS, contenders.TUTORIAL_ONEDNN, "at least", 1.0),
    speeds("tutorial", CONV, SERIES, TORCH, "at least", 1.0),
    speeds("tutorial", CONV, SERIES, contenders.TORCH_COMPILED, "at least", 1.0),
    Target(
        f"{CONV}, share of the convolution rate",
        "steps", share("tutorial", CONVOLUTION), "at least", 0.80, "{:.1%}",
    ),
    Target(
        "import and first step together",
        "startup", first_wait, "at most", 3.8, "{:.1f} s", machine.WITH,
    ),
    *(
        Target(
            f"notebook 05 with labels, at {mark} s / tutorial's at {spent.TUTORIAL_MARK} s",
            "quality", distance(quality.GIVEN, mark, (quality.TUTORIAL, spent.TUTORIAL_MARK)),
            "at most", largest, "{:.4f}",
        )
        for mark, largest in ((60, 1 / 8), (180, 1 / 16))
    ),
    # An eighth and a twelfth of what notebook 05's game without labels reached in 60 s, 45.7.
    Target(
        "notebook 08's groups, distance at 60 s of processor time",
        "quality", distance(quality.GROUPS, 60), "at most", 5.71,
    ),
    Target(
        "notebook 08's groups, distance at 300 s of processor time",
        "quality", distance(quality.GROUPS, 300), "at most", 3.81,
    ),
    Target(
        "the same with labels, at 60 s of processor time",
        "quality", distance(quality.LABELS, 60), "at most", 3.45,
    ),
    *(
        Target(
            f"the same with labels, at {mark} s / at 60 s",
            "quality", distance(quality.LABELS, mark, (quality.LABELS, 60)), "at most", 1.0,
        )
        for mark in (180, 300)
    ),
    *(
        Target(
            f"{words}, up to 600 s: the most over the best so far",
            part, steady(part, way), "at most", 1.1,
        )
        for part, way, words in (
            ("quality", quality.GIVEN, "notebook 05 with labels"),
            ("quality", quality.ALONE, "notebook 05 without labels"),
            ("long", quality.GROUPS, "notebook 08's groups"),
            ("long", quality.LABELS, "the same with labels"),
        )
    ),
)  # fmt: skip


def of_kind(results: dict, kind: str) -> dict:
    """The results, part by part, that were measured on that kind of processor."""
    found = {part: results[part][kind] for part in BY_KIND if kind in results.get(part, {})}
    for part in results.keys() - set(BY_KIND):
        on = results[part].get("machines") or [results[part]["machine"]]
        if {facts.get("kind", machine.UNKNOWN) for facts in on} == {kind}:
            found[part] = results[part]
    return found


def kinds_shown(results: dict) -> list[str]:
    """Both kinds of processor, and the unknown ones if there are results of such."""
    unknown = {target.part for target in TARGETS} & of_kind(results, machine.UNKNOWN).keys()
    return [kind for kind in machine.KINDS if kind != machine.UNKNOWN or unknown]


def rows(results: dict) -> list[list[str]]:
    """A head, and a row for each target: its name, what is wanted, the verdict for each kind."""
    kinds = kinds_shown(results)
    made = [["target", "wanted", *kinds]]
    for target in TARGETS:
        wanted = f"{target.sense} {target.form.format(target.limit)}"
        verdicts = [target.verdict_on(of_kind(results, kind), kind) for kind in kinds]
        made.append([target.name, wanted, *verdicts])
    return made


def in_markdown(results: dict) -> str:
    """The table of the report."""
    return table(*rows(results))


def in_terminal(results: dict) -> str:
    """The table that the command prints."""
    return columns(*rows(results))
