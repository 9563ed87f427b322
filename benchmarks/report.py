"""Medians, verdicts and pictures from what the other files measured."""

import statistics
from collections.abc import Sequence

from benchmarks import contenders

RECIPES = {
    "series": "this series, with labels",
    "unlabelled": "this series, without labels",
    "tutorial": "TensorFlow's DCGAN tutorial",
    "classic": "classic fully connected pair",
}
# Speed of the series over a peer's: (pair, peer) -> (least ratio, whether it must be exceeded).
SPEED_TARGETS = {
    ("dense", contenders.TUTORIAL): (1.8, False),
    ("dense", contenders.TORCH): (1.0, True),
    ("dense", contenders.TORCH_COMPILED): (1.0, True),
    ("tutorial", contenders.TUTORIAL): (1.0, False),
    ("tutorial", contenders.TUTORIAL_ONEDNN): (1.0, False),
    ("tutorial", contenders.TORCH): (1.0, False),
    ("tutorial", contenders.TORCH_COMPILED): (1.0, False),
}
# How the series updates where it is compared with a peer. The tutorial's step, which takes both
# gradients from one pass, is compared with both: like with like, and what the notebooks use.
COMPARED = {
    contenders.TUTORIAL: (contenders.SIMULTANEOUS, contenders.SERIES),
    contenders.TUTORIAL_ONEDNN: (contenders.SIMULTANEOUS, contenders.SERIES),
    contenders.TORCH: (contenders.SERIES,),
    contenders.TORCH_COMPILED: (contenders.SERIES,),
}
NAMES = {contenders.SERIES: "series, in turn", contenders.SIMULTANEOUS: "series, simultaneous"}
# Distance of the series at a mark over the tutorial's at 300 s: mark -> largest ratio.
QUALITY_TARGETS = {60: 1 / 8, 180: 1 / 16}
TUTORIAL_MARK = 300
NOT_RUN = "Not run."
# What `machine.facts` tells, in the order of a table's first line.
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


def measured_on(facts: dict[str, str]) -> str:
    """One line of facts under a heading; older measurements hold fewer."""
    return "Measured " + "; ".join(facts[name] for name in FACTS if name in facts) + "."


def speed_ratio(pair_name: str, pair: dict, series: str, peer: str) -> list[str]:
    """One row: the series over a peer, the target and whether it is met."""
    least, exceeded = SPEED_TARGETS[pair_name, peer]
    target = f"{'above' if exceeded else 'at least'} {least:.1f}"
    if peer not in pair["speeds"]:
        return [f"{NAMES[series]} / {peer}", "not available", target, "open"]
    ours, theirs = (statistics.median(pair["speeds"][name]) for name in (series, peer))
    ratio = ours / theirs
    met = ratio > least if exceeded else ratio >= least
    return [f"{NAMES[series]} / {peer}", f"{ratio:.2f}", target, verdict(met)]


def render_pair(name: str, pair: dict) -> list[str]:
    """The tables of one pair of networks."""
    speeds, missing, flops = pair["speeds"], pair["missing"], pair["flops"]
    speed_rows = [["contender", "images a second: median", "quartiles"]]
    for contender in contenders.TRAINERS:
        if contender in speeds:
            low, middle, high = quartiles(speeds[contender])
            speed_rows.append([contender, number(middle), f"{number(low)} to {number(high)}"])
        else:
            speed_rows.append([contender, f"not available: {missing[contender]}", ""])
    ratios = [["ratio of medians", "measured", "target", "verdict"]]
    ratios += [
        speed_ratio(name, pair, series, peer)
        for pair_name, peer in SPEED_TARGETS
        if pair_name == name
        for series in COMPARED[peer]
    ]
    reached = statistics.median(speeds[contenders.SERIES]) * flops[contenders.SERIES] / 1e9
    shares = [["this machine's rate", "GFLOP/s: median", "quartiles", "share the series reaches"]]
    for rate in contenders.RATES:
        low, middle, high = (value / 1e9 for value in quartiles(speeds[rate]))
        spread = f"{number(low)} to {number(high)}"
        shares.append([rate, number(middle), spread, f"{reached / middle:.0%}"])
    what = {
        "dense": "Fully connected pair: latent 100, hidden 128, batch 100, Adam 2e-3 (beta_1 0.5)",
        "tutorial": "Networks of TensorFlow's DCGAN tutorial: batch 256, Adam 1e-4",
    }[name]
    return [
        f"### {what}",
        table(*speed_rows),
        table(*ratios),
        f"A step of the series takes {flops[contenders.SERIES] / 1e6:.1f} MFLOP a real image, so "
        f"it does {number(reached)} GFLOP/s. With simultaneous=True a step takes "
        f"{flops[contenders.SIMULTANEOUS] / 1e6:.1f} MFLOP.",
        table(*shares),
    ]


def render_steps(part: dict) -> list[str]:
    """The section on step speed."""
    text = [
        measured_on(part["machine"]),
        f"Contenders take turns, each in a process of its own: {part['rounds']} rounds, slices "
        f"of about {part['seconds']:g} s, after warming up, on the processor alone. The series is "
        "`GAN.fit` with the defaults of `compile`. The series, Keras and PyTorch update "
        "in turn; TensorFlow's tutorial takes both gradients from one forward pass, which is "
        "less work a step, and so does the series with simultaneous=True. The series turns "
        "TensorFlow's oneDNN kernels on. The other contenders in TensorFlow leave that to "
        "TensorFlow, which on Linux does so by itself on a processor with AVX512_VNNI, "
        'AVX512_BF16, AVX_VNNI or AMX, and not for AVX-512 alone; except for "the same '
        "step, oneDNN on\". PyTorch, as in its own tutorial, uses D's fakes again for G; it has "
        "one thread or all, whichever was faster while warming up.",
    ]
    for name, pair in part["pairs"].items():
        text += render_pair(name, pair)
    return text + [
        "FLOP of a step of the series, for a real image: 8 D - 2 D1 + 4 G - G1 in turn, "
        "7 D - 2 D1 + 3 G - G1 simultaneously, where G and D are the forward passes and G1 and D1 "
        "those of the first layers; a dense layer takes 2 x inputs x outputs, a convolution that "
        "at each place of its output, a transposed one at each place of its input. "
        "`flops.py` derives it."
    ]


def points_at(runs: list[dict], recipe: str, mark: float) -> list[dict]:
    """What the runs of a recipe measured at a mark, one entry a seed."""
    points = [point for run in runs if run["recipe"] == recipe for point in run["points"]]
    return [point for point in points if point["mark"] == mark]


def median_at(runs: list[dict], recipe: str, mark: float) -> float | None:
    """Median distance of a recipe at a mark, None if that was not measured."""
    distances = [point["distance"] for point in points_at(runs, recipe, mark)]
    return statistics.median(distances) if distances else None


def marks_of(runs: list[dict], recipe: str) -> list[float]:
    """The marks at which a recipe was measured, rising."""
    return sorted({p["mark"] for run in runs if run["recipe"] == recipe for p in run["points"]})


def quality_ratios(runs: list[dict]) -> list[list[str]]:
    """One row a target: the series at a mark over the tutorial at its end."""
    rows = []
    theirs = median_at(runs, "tutorial", TUTORIAL_MARK)
    for mark, largest in QUALITY_TARGETS.items():
        name = f"series at {mark} s / tutorial at {TUTORIAL_MARK} s"
        target = f"at most 1/{1 / largest:.0f} = {largest:.4f}"
        ours = median_at(runs, "series", mark)
        if ours is None or theirs is None:
            rows.append([name, "not measured", target, "open"])
        else:
            rows.append([name, f"{ours / theirs:.4f}", target, verdict(ours / theirs <= largest)])
    return rows


def turning_point(runs: list[dict]) -> list[str]:
    """A paragraph where the series' recipe gets worse after its best mark."""
    medians = {mark: median_at(runs, "series", mark) for mark in marks_of(runs, "series")}
    if not medians:
        return []
    best, last = min(medians, key=lambda mark: medians[mark]), max(medians)
    if best == last:
        return []
    return [
        f"Longer is not always better: in the median the series' recipe is closest after {best:g} "
        f"s, at {number(medians[best])}, and {number(medians[last])} away after {last:g} s."
    ]


def render_quality(part: dict) -> list[str]:
    """The section on time to quality."""
    runs = part["runs"]
    rows = [["recipe", "mark", "training: median", "distance: median", "range", "seeds"]]
    for recipe, label in RECIPES.items():
        for mark in marks_of(runs, recipe):
            points = points_at(runs, recipe, mark)
            distances = [point["distance"] for point in points]
            seconds = statistics.median(point["seconds"] for point in points)
            spread = f"{number(min(distances))} to {number(max(distances))}"
            middle = number(statistics.median(distances))
            rows.append(
                [label, f"{mark:g} s", f"{seconds:.1f} s", middle, spread, str(len(points))]
            )
    return [
        measured_on(part["machine"]),
        "Digit Fréchet distance of 10,000 samples from the 10,000 test digits (lower is better); "
        f"the 5,000 digits trained on are at {number(part['real'])}. The clock counts training "
        "alone, tracing included, and stands still while samples are drawn and measured; samples "
        "are measured when the first call ends after the mark. Every training runs in a new "
        "process, the recipes in turn, seed by seed. The series' recipe is the conditional one of "
        "notebook 05: it is told the labels of the digits, which none of the others uses. The "
        "classic pair is trained by this series' `GAN.fit`, the tutorial's networks by the "
        "tutorial's step.",
        "![A line for each recipe: its distance over the seconds of training, on logarithmic axes, "
        "with a band from the lowest to the highest seed. The table below holds the same numbers.]"
        "(time_to_quality.png)",
        table(*rows),
        table(["ratio of medians", "measured", "target", "verdict"], *quality_ratios(runs)),
        *turning_point(runs),
    ]


def render_startup(part: dict) -> list[str]:
    """The section on waiting times."""
    rows = [["wait", "median", "range"]]
    for name, values in part["seconds"].items():
        spread = f"{number(min(values))} to {number(max(values))} s"
        rows.append([name, f"{number(statistics.median(values))} s", spread])
    deciles = statistics.quantiles(part["slider"], n=10)
    rows.append(
        ["one frame of the smoothing slider", f"{deciles[4]:.1f} ms",
         f"nine in ten within {deciles[8]:.1f} ms"]
    )  # fmt: skip
    times = len(part["seconds"]["import gan_helpers"])
    return [
        measured_on(part["machine"]),
        f"Repeated {times} times, each in a new process. A first step is a `fit` of one batch "
        "of 100, with tracing and compiling.",
        table(*rows),
    ]


def render_grading(part: dict) -> list[str]:
    """The section on a class that is graded in one go."""
    students = part["students"]
    groups = [["submissions", "students", "kinds", "full points", "one question lost",
               "more lost", "no grade", "needs a look"]]  # fmt: skip
    names = ("group", "students", "kinds", "full", "one", "more", "no_grade", "look")
    groups += [[str(group[name]) for name in names] for group in part["groups"]]
    kinds = [["broken or hostile", "copies", "questions lost", "state", "message"]]
    for row in sorted(part["rows"], key=lambda row: (row["group"], row["kind"])):
        if row["group"] in ("broken", "hostile"):
            zeros = [name for name, points in row["tests"].items() if not points]
            lost = ", ".join(zeros).replace("test_", "") or "none"
            lost = lost if row["tests"] else "no grade"
            kinds.append([row["kind"], str(row["copies"]), lost, row["state"], row["message"]])
    same = "All are the same." if not part["different"] else (
        "**These differ:** " + "; ".join(part["different"]) + "."
    )  # fmt: skip
    ways = [["at a time", "packages imported", "a student", "median submission", "longest",
             "peak memory"]]  # fmt: skip
    for way in part["ways"]:
        ways.append(
            [str(way["jobs"]), "once, `WARM=1`" if way["warm"] else "by each submission",
             f"{way['seconds'] / students:.1f} s", f"{way['median']:.1f} s",
             f"{way['longest']:.0f} s", f"{way['peak'] / 2**30:.1f} GiB"]
        )  # fmt: skip
    hostile = sum(row["copies"] for row in part["rows"] if row["group"] == "hostile")
    return [
        measured_on(part["machine"]),
        f"{students} submissions of `{part['assignment']}`, graded by `make grade` in "
        f"{len(ways) - 1} ways: so many submissions at a time, with `WARM=1` and without. A "
        "student's time is the time of the class over its number; the memory is that of all "
        "processes of the grading together, in which pages that two of them share count twice.",
        table(*ways),
        f"{part['gained']} of the {hostile} hostile submissions gained a point by its attack, in "
        "any of the ways. The first way in groups:",
        table(*groups),
        "Every kind of submission was graded once more elsewhere, and its result compared with "
        f"that of each copy in the class, in each way: points, state and message. {same}",
        table(*kinds),
    ]


def render(results: dict) -> str:
    """RESULTS.md."""
    sections = {
        "steps": ("Step speed", render_steps),
        "quality": ("Time to quality", render_quality),
        "startup": ("Start-up", render_startup),
        "grading": ("Grading a class", render_grading),
    }
    text = [
        "# This series against its peers",
        "Written by `make bench`, from the numbers in `results.json`. On another machine the "
        "numbers are others; the ratios say more.",
    ]
    for part, (title, section) in sections.items():
        text += [f"## {title}", *(section(results[part]) if part in results else [NOT_RUN])]
    return "\n\n".join(text) + "\n"


def finding(runs: list[dict]) -> str:
    """The curve's title: how the series after a minute compares with the tutorial at its end."""
    marks = {recipe: marks_of(runs, recipe) for recipe in ("series", "tutorial")}
    if not all(marks.values()):
        return "Digit Fréchet distance against training time"
    # In a short trial the marks of the targets are missing.
    early = 60 if 60 in marks["series"] else marks["series"][-1]
    late = marks["tutorial"][-1]
    ratio = median_at(runs, "tutorial", late) / median_at(runs, "series", early)
    share = f"1/{number(ratio)} of" if ratio >= 1 else f"{1 / ratio:.1f} times"
    return f"At {early:g} s the series' distance is {share} the tutorial's at {late:g} s"


def curve(part: dict):
    """Distance against seconds of training, the median as a line in the range of the seeds."""
    from gan_helpers import charts

    runs = part["runs"]
    lines, ranges = {}, []
    for recipe, label in RECIPES.items():
        points = [points_at(runs, recipe, mark) for mark in marks_of(runs, recipe)]
        if not points:
            continue
        x = [statistics.median(p["seconds"] for p in at) for at in points]
        distances = [[p["distance"] for p in at] for at in points]
        lines[label] = x, [statistics.median(values) for values in distances]
        ranges.append((x, list(map(min, distances)), list(map(max, distances))))
    title = finding(runs)
    words = "; ".join(f"{label}: {number(y[-1])} in the end" for label, (_, y) in lines.items())
    figure = charts.curves(
        charts.Panel(
            title,
            "seconds of training",
            "digit Fréchet distance (lower is better)",
            lines,
            levels={"the real digits trained on": part["real"]},
        ),
        alt=f"{title}. {words}.",
        height=4.8,
    )
    axis = figure.axes[0]
    axis.set(xscale="log", yscale="log")
    marks = sorted({mark for recipe in RECIPES for mark in marks_of(runs, recipe)})
    axis.set_xticks(marks, [f"{mark:g}" for mark in marks])
    axis.set_xticks([], minor=True)
    for (label, _), marker, colour, (x, low, high) in zip(
        lines.items(), "osD^", charts.COLORS, ranges, strict=False
    ):
        figure.artists_by_label[0, label].set(marker=marker, markersize=5)
        axis.fill_between(x, low, high, color=colour, alpha=0.2, linewidth=0)
    # Under the axes: the lines leave no corner free.
    axis.legend(fontsize=8.5, ncols=2, loc="upper center", bbox_to_anchor=(0.5, -0.16))
    return figure
