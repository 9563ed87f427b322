"""The report's section on distance from real digits against processor time, and its curve.

`benchmarks.quality` has measured all recipes with one thread an operation, and `benchmarks.modern`
those of notebook 08 once more, for longer and with all threads.
"""

import itertools
import json
import statistics

from benchmarks import modern, quality
from benchmarks.words import NOT_RUN, measured_on, number, table

NAMES = {
    quality.GROUPS: "notebook 08: groups, pairing, R1 and R2",
    modern.BESIDE: "the same, the ten labels given",
    quality.LABELS: "the same, the ten labels given, rates that halve",
    quality.OURS: "the same, no groups and no labels",
    quality.TORCH: "the same in PyTorch: R3GAN's losses",
    quality.GIVEN: "notebook 05, the ten labels given",
    quality.STAYING: "the same, rates that stay",
    quality.ALONE: "notebook 05, no labels",
    quality.CLASSIC: "classic fully connected pair",
    quality.TUTORIAL: "TensorFlow's DCGAN tutorial",
    quality.WGAN_GP: "Keras's WGAN-GP recipe",
    quality.ADA: "Keras's ADA recipe",
    quality.FLOW: quality.FLOW,
}
FAKES = {quality.STAYING: "new fakes for G", quality.REUSED: "D's fakes again"}
CURVES = quality.GROUPS, quality.GIVEN, quality.ALONE, quality.CLASSIC, quality.TUTORIAL
IMAGES = 5000  # in `data.load_digits`
TUTORIAL_MARK = 300  # processor seconds after which the tutorial's distance is the measure


def read() -> dict:
    """The parts "quality" and "long" of the results: the machines and the rows of each file.

    "quality" has beside them the rows of the tutorial's whole training, "whole", those of both
    games of `FAKES`, "reused", and those of real digits, "real".
    """
    parts = {}
    for file, part in ((quality.FILE, "quality"), (modern.FILE, "long")):
        found = json.loads(file.read_text()) if file.exists() else {}
        if found.get(part):
            parts[part] = {"rows": found[part]}
            beside = ("whole", "reused", "real") if file == quality.FILE else ()
            parts[part] |= {name: found[name] for name in beside if name in found}
            used = sorted({row["machine"] for rows in parts[part].values() for row in rows})
            parts[part]["machines"] = [found["machines"][index] for index in used]
    return parts


def found_at(rows: list[dict], way: str, mark: float, measure: str = "digit_fid") -> list[float]:
    """What was measured at a mark, a number for each seed."""
    return [row[measure] for row in rows if row["way"] == way and row["mark"] == mark]


def median_of(rows: list[dict], way: str, mark: float, measure: str = "digit_fid") -> float | None:
    """The median over the seeds at a mark, None if it was not measured."""
    found = found_at(rows, way, mark, measure)
    return statistics.median(found) if found else None


def marks_of(rows: list[dict], way: str) -> list[float]:
    """The marks at which a way was judged, rising."""
    return sorted({row["mark"] for row in rows if row["way"] == way})


def by_seed(rows: list[dict], mark: float, measure: str) -> dict[int, dict[str, float]]:
    """Seed -> way -> what was measured at a mark."""
    found = {}
    for row in rows:
        if row["mark"] == mark:
            found.setdefault(row["seed"], {})[row["way"]] = row[measure]
    return found


def marks_of_all(rows: list[dict], way: str) -> list[float]:
    """The marks that all seeds of a way have reached, rising."""
    seeds = {mark: len(found_at(rows, way, mark)) for mark in marks_of(rows, way)}
    return [mark for mark, n in seeds.items() if n == max(seeds.values())]


def worst_after_best(rows: list[dict], way: str) -> float | None:
    """The most that a median lies over the nearest one up to it, as a ratio; None if none is."""
    medians = [median_of(rows, way, mark) for mark in marks_of(rows, way)]
    best = itertools.accumulate(medians, min)
    return max((one / least for one, least in zip(medians, best, strict=True)), default=None)


def who_is_ahead(rows: list[dict]) -> list[str]:
    """A sentence on the two games that differ in nothing but their library."""
    marks = set(marks_of_all(rows, quality.OURS)) & set(marks_of_all(rows, quality.TORCH))
    if not marks:
        return []
    last, ways = max(marks), (quality.TORCH, quality.OURS)
    far = [number(median_of(rows, way, last)) for way in ways]
    steps = by_seed(rows, last, "steps").values()
    run = by_seed(rows, last, "machine").values()
    # Between two runs the machine may differ more than the libraries.
    ratios = [
        taken[ways[0]] / taken[ways[1]]
        for taken, on in zip(steps, run, strict=True)
        if {*ways} <= {*taken} and on[ways[0]] == on[ways[1]]
    ]
    text = (
        f"The same game without groups: after {last:g} s PyTorch is at {far[0]} in the median, "
        f"`GAN.fit` at {far[1]}."
    )
    if ratios:
        times = " to ".join(dict.fromkeys(f"{end(ratios):.2f}" for end in (min, max)))
        text += (
            f" Where both trained in one run, PyTorch has taken {times} times as many steps "
            f"(seeds: {len(ratios)})."
        )
    return [text]


def finding(rows: list[dict]) -> str:
    """The curve's title: how notebook 08 compares with the tutorial, which has hardly begun."""
    far = [median_of(rows, way, TUTORIAL_MARK) for way in (quality.GROUPS, quality.TUTORIAL)]
    if None in far:
        return "Digit Fréchet distance against processor time"
    return (
        f"After {TUTORIAL_MARK} s notebook 08's groups are at {number(far[0])}, the tutorial's "
        f"beginning at {number(far[1])}"
    )


def curve(part: dict):
    """Distance against processor time: the median as a line in the range of the seeds."""
    from gan_helpers import charts

    rows, lines, ranges = part["rows"], {}, []
    for way in (way for way in CURVES if marks_of(part["rows"], way)):
        x = marks_of(rows, way)
        far = [found_at(rows, way, mark) for mark in x]
        lines[NAMES[way]] = x, [statistics.median(each) for each in far]
        ranges.append((x, [min(each) for each in far], [max(each) for each in far]))
    title = finding(rows)
    words = "; ".join(f"{name}: {number(y[-1])} in the end" for name, (_, y) in lines.items())
    panel = charts.Panel(
        title, "seconds of processor time", "digit Fréchet distance (lower is better)", lines
    )
    figure = charts.curves(panel, alt=f"{title}. {words}.", height=4.8)
    axis = figure.axes[0]
    axis.set(xscale="log", yscale="log")
    marks = sorted({mark for x, *_ in ranges for mark in x})
    axis.set_xticks(marks, [f"{mark:g}" for mark in marks])
    axis.set_xticks([], minor=True)
    for name, marker, colour, (x, low, high) in zip(
        lines, "osD^v", charts.COLORS, ranges, strict=False
    ):
        figure.artists_by_label[0, name].set(marker=marker, markersize=5)
        axis.fill_between(x, low, high, color=colour, alpha=0.2, linewidth=0)
    # Under the axes: the lines leave no corner free.
    axis.legend(fontsize=8.5, ncols=2, loc="upper center", bbox_to_anchor=(0.5, -0.16))
    return figure


def about_recipes(rows: list[dict]) -> str:
    """What the recipes train with: a paragraph that names those that were measured alone."""
    there = {row["way"] for row in rows}
    text = ["Where nothing else is said, the networks are the small ones of notebook 05."]
    if quality.CLASSIC in there:
        text.append("The classic pair is trained by `GAN.fit`.")
    if quality.TUTORIAL in there:
        text.append(
            "TensorFlow's tutorial has its own networks, batches of 256 and its own step; it "
            f"trains for 11,750 of them, so {TUTORIAL_MARK} s are only its beginning."
        )
    if quality.FLOW in there:
        text.append("Flow matching trains a small U-Net.")
    keras = {quality.WGAN_GP: "WGAN-GP (512)", quality.ADA: "ADA (128)"}
    found = [name for way, name in keras.items() if way in there]
    if found:
        text.append(
            f"Keras's {' and '.join(found)} keep the losses, the rates and the batches of its "
            "examples, which were made for larger networks, other images and a GPU; here each "
            "updates in turn."
        )
    text.append(
        "Groups were cut along principal components of the pixels, which favours them in that "
        "column."
    )
    return " ".join(text)


def yardstick(rows: list[dict]) -> list[str]:
    """What as many real digits come to: a paragraph."""
    if not rows:
        return []
    far, pixels = ([number(row[name]) for row in rows] for name in ("digit_fid", "pixel_frechet"))
    return [
        f"A yardstick with as many samples: 10,000 draws, with replacement, from the {IMAGES:,} "
        f"digits themselves are at {', '.join(far)}, in pixels at {', '.join(pixels)} (seeds: "
        f"{len(rows)})."
    ]


def turning_point(rows: list[dict]) -> list[str]:
    """A paragraph where notebook 05's game gets worse after its best mark if its rates stay."""
    marks = marks_of_all(rows, quality.STAYING)
    medians = {mark: median_of(rows, quality.STAYING, mark) for mark in marks}
    if not medians:
        return []
    best = marks.index(min(marks, key=lambda mark: medians[mark]))
    if marks[best] == marks[-1]:
        return []
    told = [*marks[max(best - 1, 0) : best + 1], marks[-1]]
    found = ", ".join(f"{number(medians[mark])} after {mark:g} s" for mark in told)
    return [
        "Longer is not always better: if its rates stay, notebook 05's game with labels is in the "
        f"median at this distance: {found}."
    ]


def to_its_end(rows: list[dict], whole: list[dict]) -> list[str]:
    """The tutorial's whole training, and how soon the other recipes were nearer than its end."""
    if not whole:
        return []
    made = [["steps of the tutorial", "seconds", "digit Fréchet distance", "distance in pixels",
             "precision", "recall"]]  # fmt: skip
    measures = ("digit_fid", "pixel_frechet", "precision", "recall")
    made += [
        [f"{row['steps']:,}", f"{row['seconds']:,.0f}", *(number(row[name]) for name in measures)]
        for row in whole
    ]
    end, sooner, never = whole[-1]["digit_fid"], [], []
    for way, name in NAMES.items():
        nearer = [mark for mark in marks_of(rows, way) if median_of(rows, way, mark) < end]
        if nearer:
            sooner.append(f"{name}, {nearer[0]:g} s")
        elif marks_of(rows, way) and way != quality.TUTORIAL:
            never.append(name)
    text = (
        f"The tutorial to its own end, with one seed and on the {IMAGES:,} digits that all others "
        "have here (its own text has 60,000):"
    )
    after = (
        "First marks at which the median of a recipe was nearer than the tutorial's end, "
        f"{number(end)}: {'; '.join(sooner) or 'none'}."
    )
    if never:
        after += f" At none of their marks were nearer: {'; '.join(never)}."
    return [text, table(*made), after]


def fakes_again(rows: list[dict]) -> list[str]:
    """What it brings to use D's fakes again for G: a paragraph and a table."""
    if not rows:
        return []
    new, again = FAKES
    marks = marks_of(rows, again)
    steps = [median_of(rows, way, marks[-1], "steps") for way in FAKES]
    far = [by_seed(rows, mark, "digit_fid") for mark in marks]
    nearer = [sum(pair[again] < pair[new] for pair in at_mark.values()) for at_mark in far]
    counts = ", ".join(f"{n} at {mark:g} s" for n, mark in zip(nearer, marks, strict=True))
    text = (
        "G's turn may also use D's fakes again, as in PyTorch's tutorial, which saves a pass of G. "
        "Notebook 05's game with labels, at rates that stay, was played both ways, in one process "
        "that goes from one game to the other at each mark; both took their first steps before the "
        "clock started. "
        f"After {marks[-1]:g} s the one with D's fakes again has taken {steps[1] / steps[0]:.2f} "
        f"times as many steps, and of {len(far[0])} seeds it is the nearer one in {counts}."
    )
    if len(marks) > 1 and all(
        far[-2][seed][way] < last for seed, pair in far[-1].items() for way, last in pair.items()
    ):
        text += (
            f" From {marks[-2]:g} to {marks[-1]:g} s both get worse with every seed: there more "
            "steps count against a game."
        )
    return [text, medians(rows, FAKES)]


def medians(rows: list[dict], names: dict[str, str] = NAMES) -> str:
    """A table: a recipe a row, its median distance at each mark, and more of the last one."""
    marks = sorted({row["mark"] for row in rows})
    made = [["recipe", *(f"{mark:g} s" for mark in marks), "seeds", "at its last mark: range",
             "steps", "distance in pixels", "precision", "recall"]]  # fmt: skip
    for way, name in names.items():
        of_way = marks_of(rows, way)
        if not of_way:
            continue
        far = [median_of(rows, way, mark) for mark in marks]
        at_last = found_at(rows, way, of_way[-1])
        ends = dict.fromkeys(number(end(at_last)) for end in (min, max))
        measures = ("pixel_frechet", "precision", "recall")
        last = [number(median_of(rows, way, of_way[-1], measure)) for measure in measures]
        steps = f"{median_of(rows, way, of_way[-1], 'steps'):,.0f}"
        cells = ["" if value is None else number(value) for value in far]
        most = max(len(found_at(rows, way, mark)) for mark in of_way)
        seeds = str(most) if len(at_last) == most else f"{most}, at the last mark {len(at_last)}"
        made.append([name, *cells, seeds, " to ".join(ends), steps, *last])
    return table(*made)


def render(part: dict | None) -> list[str]:
    """The section."""
    if part is None:
        return [NOT_RUN]
    rows = part["rows"]
    return [
        measured_on(*part["machines"]),
        "Digit Fréchet distance of 10,000 samples from the 10,000 test digits, medians over the "
        "seeds, after seconds of processor time, with one thread for each operation; with more, a "
        "second of the clock does more, but one of processor time less. Tracing counts; judging "
        "does not, nor does sorting the digits into groups, which takes a few seconds. Beside it: "
        "a Fréchet distance in 64 principal components of the pixels, which no label ever touched, "
        "and precision and recall of 2,500 samples, all three from digits that are trained on. "
        "Where fewer seeds have reached the last mark, its median is theirs alone. "
        "Written by `python -m benchmarks.quality`.",
        about_recipes(rows),
        "![A line for each of five recipes: its distance over the seconds of processor time, on "
        "logarithmic axes, with a band from the lowest to the highest seed. The table below holds "
        "the same medians.](time_to_quality.png)",
        medians(rows),
        *yardstick(part.get("real", [])),
        *turning_point(rows),
        *who_is_ahead(rows),
        *fakes_again(part.get("reused", [])),
        *to_its_end(rows, part.get("whole", [])),
    ]


def render_long(part: dict | None) -> list[str]:
    """The section on the games of notebook 08 that go on for longer."""
    if part is None:
        return [NOT_RUN]
    return [
        measured_on(*part["machines"]),
        "The same measures, with both cores at work and their processor time added up; these are "
        "the numbers of notebook 08. Written by `python -m benchmarks.modern`.",
        medians(part["rows"]),
    ]
