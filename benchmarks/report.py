"""The whole report, RESULTS.md, and the curve of distance against time."""

import statistics

from benchmarks import speeds, spent, targets
from benchmarks.targets import TUTORIAL_MARK, median_at, points_at
from benchmarks.words import NOT_RUN, measured_on, number, table

RECIPES = {
    "series": "this series, with labels",
    "unlabelled": "this series, without labels",
    "tutorial": "TensorFlow's DCGAN tutorial",
    "classic": "classic fully connected pair",
}


def marks_of(runs: list[dict], recipe: str) -> list[float]:
    """The marks at which a recipe was measured, rising."""
    return sorted({p["mark"] for run in runs if run["recipe"] == recipe for p in run["points"]})


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
        f"tutorial's step. That tutorial trains for 11,750 steps of 256 images; {TUTORIAL_MARK} s "
        "on a processor are only the beginning of them.",
        "![A line for each recipe: its distance over the seconds of training, on logarithmic axes, "
        "with a band from the lowest to the highest seed. The table below holds the same numbers.]"
        "(time_to_quality.png)",
        table(*rows),
        *turning_point(runs),
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
    ways = [["at a time", "a student", "median submission", "longest", "peak memory"]]
    for way in part["ways"]:
        ways.append(
            [str(way["jobs"]), f"{way['seconds'] / students:.1f} s", f"{way['median']:.1f} s",
             f"{way['longest']:.0f} s", f"{way['peak'] / 2**30:.1f} GiB"]
        )  # fmt: skip
    hostile = sum(row["copies"] for row in part["rows"] if row["group"] == "hostile")
    return [
        measured_on(part["machine"]),
        f"{students} submissions of `{part['assignment']}`, graded by `make grade`, with one and "
        "with two at a time. A student's time is that of the class over their number; the memory "
        "is that of all processes of the grading together, in which pages that two of them share "
        "count twice.",
        table(*ways),
        f"{len(part['gained'])} of the {hostile} hostile submissions gained a point by its attack. "
        "The class graded one at a time, in groups:",
        table(*groups),
        "Every kind of submission was graded once more elsewhere, and its result compared with "
        f"that of each copy in the class: points, state and message. {same}",
        table(*kinds),
    ]


def render(results: dict) -> str:
    """RESULTS.md."""
    sections = {
        "steps": ("Step speed", speeds.render_steps),
        "quality": ("Time to quality", render_quality),
        "spent": ("Time to quality, in processor time", spent.render),
        "startup": ("Start-up", speeds.render_startup),
        "grading": ("Grading a class", render_grading),
    }
    text = [
        "# This series against its peers",
        "Written by `make bench`, from the numbers in `results.json`. On another machine the "
        "numbers are others; the ratios say more.",
        "## Targets",
        "What the series is to reach, for each kind of processor by what was measured on that "
        "kind; a target is open where nothing was. `python -m benchmarks --targets` prints the "
        "table.",
        targets.in_markdown(results),
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
