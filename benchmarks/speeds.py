"""The sections on step speed and on start-up, each kind of processor under a heading of its own."""

import statistics
from collections.abc import Callable

from benchmarks import contenders, machine, targets
from benchmarks.contenders import (
    KERAS,
    PAIRS,
    RATES,
    ROWS,
    SERIES,
    SETTINGS,
    SIMULTANEOUS,
    STEPS_A_CALL,
    SWITCHED,
    TORCH,
    TRAINERS,
    TUTORIAL,
)
from benchmarks.kept import DRIFT
from benchmarks.words import NOT_RUN, measured_on, number, quartiles, table

# How the series updates where it is compared with a peer. The tutorial's step, which takes both
# gradients from one pass, is compared with both: like with like, and what the notebooks use.
COMPARED = {TUTORIAL: (SIMULTANEOUS, SERIES), KERAS: (SERIES,), TORCH: (SERIES,)}
NAMES = {SERIES: "series, in turn", SIMULTANEOUS: "series, simultaneous"}
HEADINGS = {
    machine.WITH: "Processors with AVX-512",
    machine.WITHOUT: "Processors without AVX-512",
    machine.UNKNOWN: "A processor whose vector instructions were not recorded",
}
NOTES = {
    machine.UNKNOWN: [
        "Whether it has AVX-512 is not known, nor whether TensorFlow turned oneDNN on by itself: "
        "these numbers stand for neither kind."
    ]
}
PAIR_HEADINGS = {
    "dense": "Fully connected pair: latent 100, hidden 128, batch 100, Adam 2e-3 (beta_1 0.5)",
    "tutorial": "Networks of TensorFlow's DCGAN tutorial: batch 256, Adam 1e-4",
}


def switched(pair: dict, peer: str) -> str | None:
    """The fastest of a peer's contenders, None if none with every switch was measured."""
    speeds = pair["speeds"]
    if not any(name in speeds for name in SWITCHED[peer]):
        return None
    names = [name for name in ROWS[peer] if name in speeds]
    return max(names, key=lambda name: statistics.median(speeds[name]))


def gains(pair: dict) -> list[tuple[str, str, float, float]]:
    """(series, peer, gain from settings, gain from us) for each that was measured."""
    found = []
    for peer, ways in COMPARED.items():
        equal = switched(pair, peer)
        if equal is None or peer not in pair["speeds"]:
            continue
        documented, fastest = (statistics.median(pair["speeds"][name]) for name in (peer, equal))
        for ours in ways:
            speed = statistics.median(pair["speeds"][ours])
            found.append((ours, peer, fastest / documented, speed / fastest))
    return found


def gains_table(pair: dict) -> str:
    """What a peer gains from settings, and what the series gains beyond them."""
    rows = [["series / peer", "over the peer as documented", "from settings", "from us",
             "the peer's fastest row"]]  # fmt: skip
    measured = {(ours, peer): both for ours, peer, *both in gains(pair)}
    for peer, ways in COMPARED.items():
        for ours in ways:
            name = f"{NAMES[ours]} / {peer}"
            if (ours, peer) in measured:
                settings, us = measured[ours, peer]
                cells = [f"{settings * us:.2f}", f"{settings:.2f}", f"{us:.2f}"]
                rows.append([name, *cells, switched(pair, peer)])
            else:
                rows.append([name, *["not measured"] * 3, ""])
    return table(*rows)


def who_is_ahead(pair: dict) -> str:
    """A sentence that names the peers that are faster at equal settings."""
    found = gains(pair)
    if not found:
        return "Equal settings were not measured here."
    ahead = [f"{peer} (against the {NAMES[ours]}: {1 / us:.2f} times)"
             for ours, peer, _, us in found if us < 1]  # fmt: skip
    if not ahead:
        return "At equal settings no peer that was measured is ahead of the series."
    return f"At its fastest settings ahead of the series: {'; '.join(ahead)}."


def render_pair(name: str, pair: dict) -> list[str]:
    """The tables of one pair of networks."""
    speeds, missing, flops = pair["speeds"], pair["missing"], pair["flops"]
    rows = [["contender", "settings", "images a second: median", "quartiles"]]
    for contender in TRAINERS:
        if contender in speeds:
            low, middle, high = quartiles(speeds[contender])
            cells = [number(middle), f"{number(low)} to {number(high)}"]
        elif contender in missing:
            cells = [f"not available: {missing[contender]}", ""]
        else:
            cells = ["not measured", ""]
        rows.append([contender, SETTINGS[contender], *cells])
    done = {NAMES[way]: statistics.median(speeds[way]) * flops[way] / 1e9 for way in NAMES}
    best = switched(pair, TUTORIAL)
    if best:
        # Like the series with simultaneous=True, it takes both gradients from one forward pass.
        done["tutorial's fastest row"] = statistics.median(speeds[best]) * flops[SIMULTANEOUS] / 1e9
    shares = [["this machine's rate", "GFLOP/s: median", "quartiles",
               *(f"share: {name}" for name in done)]]  # fmt: skip
    for rate in RATES:
        low, middle, high = (value / 1e9 for value in quartiles(speeds[rate]))
        spread = f"{number(low)} to {number(high)}"
        each = [f"{reached / middle:.1%}" for reached in done.values()]
        shares.append([rate, number(middle), spread, *each])
    return [
        f"#### {PAIR_HEADINGS[name]}",
        table(*rows),
        gains_table(pair),
        who_is_ahead(pair),
        f"A step of the series takes {flops[SERIES] / 1e6:.1f} MFLOP a real image in turn, so it "
        f"does {number(done[NAMES[SERIES]])} GFLOP/s. With simultaneous=True it takes "
        f"{flops[SIMULTANEOUS] / 1e6:.1f} MFLOP, as many as a step of the tutorial. Where both "
        "reach the same share of a rate, the series in turn is at "
        f"{flops[SIMULTANEOUS] / flops[SERIES]:.2f} of the tutorial's speed.",
        table(*shares),
    ]


def measured_earlier(pair: dict, date: str) -> list[str]:
    """A paragraph that names the rows of earlier runs, if there are any."""
    earlier = [f"{name} ({when})" for name, when in pair.get("dates", {}).items() if when != date]
    if not earlier:
        return []
    return [
        f"Measured in an earlier run, when both rates of the machine were the same within "
        f"{DRIFT:.0%}, and kept because nothing that they depend on has changed: "
        f"{'; '.join(earlier)}."
    ]


def render_kind(kind: str, part: dict) -> list[str]:
    """Both pairs on one kind of processor."""
    text = [
        measured_on(part["machine"]),
        f"{part['rounds']} rounds, slices of about {part['seconds']:g} s.",
    ]
    if kind == machine.UNKNOWN:
        rate = statistics.median(part["pairs"]["dense"]["speeds"][contenders.MATMUL]) / 1e9
        text[1] += (
            f" What is known is its matrix rate, {number(rate)} GFLOP/s. Keras's speeds are too "
            "low: a wait at the end of its `fit` was timed as well."
        )
    for name, pair in part["pairs"].items():
        text += render_pair(name, pair)
        text += measured_earlier(pair, part["machine"]["date"])
    return text


def how_it_is_measured() -> list[str]:
    """What holds for every kind of processor: who is compared, and with which settings."""
    calls = " and ".join(
        f"{min(STEPS_A_CALL, pair.batches)} for the {words}"
        for pair, words in zip(PAIRS, ("fully connected pair", "tutorial's networks"), strict=True)
    )
    return [
        "Contenders take turns, each in a process of its own, after warming up, on the processor "
        "alone. The series, Keras and PyTorch update in turn; TensorFlow's tutorial takes both "
        "gradients from one forward pass, which is less work a step, and so does the series with "
        "simultaneous=True. PyTorch, as in its own tutorial, uses D's fakes again for G, which is "
        "less work than new ones; it has one thread or all, whichever was faster while warming up.",
        "**Settings.** The series is `GAN.fit` with its defaults. They, and the import of "
        "`gan_helpers`, switch on what its peers may leave off as documented: TensorFlow's "
        "oneDNN kernels, by the import; many steps in one "
        f"compiled call, at most {STEPS_A_CALL} and at most an epoch, so {calls}; and, without "
        "convolutions, XLA. Therefore each peer is measured twice.",
        "- As documented: the tutorial takes a step a call from a `tf.data` pipeline; Keras takes "
        "a step a call and chooses by itself whether to use XLA; PyTorch has its default Adam.\n"
        "- With every switch: the tutorial's step gets oneDNN, its batches as rows of one tensor "
        "(as PyTorch does always), as many steps a call as the series, and XLA where the series "
        f"has it; Keras gets oneDNN and `steps_per_execution={STEPS_A_CALL}`, with XLA and "
        "without; PyTorch gets a fused Adam, D's parameters frozen in G's turn and images with "
        "their channels last in memory, with `torch.compile` and without. The fastest of all "
        "of a peer's rows counts.",
        "The gain over a peer as documented is a product: from settings (the peer's fastest row "
        "over the peer as documented) times from us (the series over the peer's fastest row). "
        "Below 1, the peer is ahead there. Each `fit` ends with its last epoch: "
        "Keras's may return later, while `tf.data` still tunes its pipeline.",
        "TensorFlow on Linux turns oneDNN on by itself for a processor with AVX512_VNNI, "
        "AVX512_BF16, AVX_VNNI or AMX, and leaves it off for AVX-512 alone. That is how the "
        "tutorial and Keras have it as documented.",
    ]


def by_kind(part: dict, render: Callable[[str, dict], list[str]]) -> list[str]:
    """A part's kinds of processor, each under its heading; that of unknown ones only if any."""
    text = []
    for kind in machine.KINDS:
        if kind in part:
            text += [f"### {HEADINGS[kind]}", *NOTES.get(kind, []), *render(kind, part[kind])]
        elif kind != machine.UNKNOWN:
            text += [f"### {HEADINGS[kind]}", NOT_RUN]
    return text


def render_steps(part: dict) -> list[str]:
    """The section on step speed: kind of processor -> what was measured there."""
    return [
        *how_it_is_measured(),
        *by_kind(part, render_kind),
        "FLOP of a step of the series, for a real image: 8 D - 2 D1 + 4 G - G1 in turn, "
        "7 D - 2 D1 + 3 G - G1 simultaneously, where G and D are the forward passes and G1 and D1 "
        "those of the first layers; a dense layer takes 2 x inputs x outputs, a convolution that "
        "at each place of its output, a transposed one at each place of its input. "
        "`flops.py` derives it.",
    ]


def render_waits(kind: str, part: dict) -> list[str]:
    """The waiting times on one kind of processor."""
    rows = [["wait", "median", "range"]]
    for name, values in part["seconds"].items():
        spread = f"{number(min(values))} to {number(max(values))} s"
        rows.append([name, f"{number(statistics.median(values))} s", spread])
    together = targets.first_wait({"startup": part})
    rows.append(["import and the longer first step", f"{number(together)} s", "sum of medians"])
    deciles = statistics.quantiles(part["slider"], n=10)
    rows.append(
        ["one frame of the smoothing slider", f"{deciles[4]:.1f} ms",
         f"nine in ten within {deciles[8]:.1f} ms"]
    )  # fmt: skip
    times = len(part["seconds"]["import gan_helpers"])
    return [
        measured_on(part["machine"]),
        f"Repeated {times} times, each in a new process; the slider's frames are of one.",
        table(*rows),
    ]


def render_startup(part: dict) -> list[str]:
    """The section on waiting times: kind of processor -> what was measured there."""
    return [
        "A first step is a `fit` of one batch of 100, with tracing and compiling. "
        "`import gan_helpers` imports TensorFlow, which is also timed alone; two parts of Keras, "
        "which load scikit-learn and pyplot, wait until somebody uses them.",
        *by_kind(part, render_waits),
    ]
