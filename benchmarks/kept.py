"""What a contender's speed depends on, so that it is measured anew only when that changes."""

import hashlib
import statistics

from benchmarks import contenders, machine, stored
from benchmarks.contenders import IN_TORCH, RATES, SERIES, SIMULTANEOUS, Pair

# The files whose code counts: who measures, and what a contender consists of.
MEASURING = ("benchmarks/steps.py", "benchmarks/processes.py")
CODE = {
    "series": ("benchmarks/peers.py", "gan_helpers/*.py"),
    "tensorflow": ("benchmarks/peers.py", "gan_helpers/networks.py"),
    "torch": ("benchmarks/peers_torch.py",),
}
PACKAGES = {
    "series": ("tensorflow", "keras", "numpy"),
    "tensorflow": ("tensorflow", "keras", "numpy"),
    "torch": ("torch", "numpy"),
}
# Rows of two runs stand in one table only if the machine was about as fast in both.
DRIFT = 0.02  # targets are told to a hundredth


def group(contender: str) -> str:
    """Which of `CODE` a contender belongs to."""
    if contender in IN_TORCH:
        return "torch"
    return "series" if contender in (SERIES, SIMULTANEOUS) else "tensorflow"


def key(contender: str, pair: Pair, rounds: int, seconds: float) -> str:
    """A hash of what a contender's speed depends on: code, versions, processor, settings."""
    kind = group(contender)
    patterns = MEASURING + CODE[kind]
    files = sorted(file for pattern in patterns for file in machine.ROOT.glob(pattern))
    parts = [contender, repr(pair), str(rounds), str(seconds), machine.processor()]
    parts += [str(machine.vectors()), *map(machine.version, PACKAGES[kind])]
    parts += [file.name + "\n" + stored.meaning(file.read_text(encoding="utf-8")) for file in files]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def keys(pair: Pair, rounds: int, seconds: float) -> dict[str, str]:
    """The hash of each contender of a pair; the machine's rates are always measured."""
    left_out = contenders.left_out(pair)
    names = [name for name in contenders.TRAINERS if name not in left_out]
    return {name: key(name, pair, rounds, seconds) for name in names}


def as_fast(then: dict, now: dict) -> bool:
    """Whether both rates of the machine are what they were, up to `DRIFT`."""
    ratios = [statistics.median(now[rate]) / statistics.median(then[rate]) for rate in RATES]
    return all(abs(ratio - 1) <= DRIFT for ratio in ratios)


def merged(old: dict, new: dict, today: dict[str, str], date: str) -> dict:
    """A pair's results: what was measured now, and of the others what was measured then.

    Args:
        old, new: of `steps.measure_pair`; in `new` only some of the contenders.
        today: the hash of each contender.
        date: of the new ones.
    """
    fresh = new["speeds"].keys() | new["missing"].keys()
    rest = today.keys() - fresh
    for part in ("speeds", "missing"):
        before = {name: value for name, value in old.get(part, {}).items() if name in rest}
        new = new | {part: before | new[part]}
    dates = {name: old["dates"][name] if name in rest else date for name in today}
    return new | {"keys": today, "dates": dates}
