"""What label smoothing does to D, and to what G hears: notebook 02."""

from collections.abc import Sequence
from typing import Any

from gan_helpers.charts import BLACK, FAKE, GREEN, GREY, REAL, Panel, Picture, curves, finish

import numpy as np


def gradient_on_real(logit: np.ndarray, slopes: dict[str, np.ndarray]) -> Picture:
    """Draw the gradient of the loss on a real sample over D's logit, and where it is zero.

    Args:
        logit: float (n,), rising.
        slopes: name of the label -> the gradient at each logit, float (n,), rising; the last one
            is marked where it crosses zero.

    Returns:
        The picture.
    """
    *_, smoothed = slopes
    zero = float(np.interp(0, slopes[smoothed], logit))
    panel = Panel(
        f"With {smoothed}, the gradient changes sign at logit {zero:.2f}",
        "D's logit on a real sample",
        "gradient of the loss",
        {label: (logit, slope) for label, slope in slopes.items()},
        points={f"({zero:.2f}, 0)": (zero, 0)},
        colours=dict.fromkeys(slopes, REAL),
        direct=True,
    )
    ends = ", ".join(f"{y[0]:.1f} to {y[-1]:.3f} with {label}" for label, y in slopes.items())
    alt = f"The gradient on a real sample rises with the logit, from {ends}; a marked point, "
    return curves(panel, alt=f"{alt}({zero:.2f}, 0), is where it is zero with {smoothed}.")


def scaled_discriminator(
    x: np.ndarray, theory: dict[float, np.ndarray], trained: dict[float, np.ndarray]
) -> Picture:
    """Draw the best D for several s as lines, and trained networks as dots on them.

    Args:
        x: float (n,).
        theory: s -> D* at x, float (n,), for at most five s.
        trained: s -> the answers of a trained D at x, float (n,).

    Returns:
        The picture; its title holds the largest gap between the two.
    """
    gap = np.ceil(100 * max(np.abs(theory[s] - trained[s]).max() for s in theory)) / 100
    lines = {f"D*, s = {s}": (x, best) for s, best in theory.items()}
    panel = Panel(
        f"Smoothing scales D* by 1 - s; trained networks come within {gap:.2f} of it",
        "x (real samples around -1, fakes around 1)",
        "probability",
        lines,
        colours=dict.fromkeys(lines, GREEN),
    )
    alt = (
        f"Green lines, D* for s = {', '.join(map(str, theory))}, fall from nearly 1 - s on the "
        "left to nearly 0 on the right. Dots of the trained networks lie on each."
    )
    picture = curves(panel, alt=alt)
    (axis,) = picture.axes
    for answers, label in zip(
        trained.values(), ["trained D", *[None] * len(trained)], strict=False
    ):
        axis.plot(x[::6], answers[::6], "o", color=BLACK, markersize=3.5, label=label)
    axis.legend(fontsize=8.5)
    return picture


def what_g_hears(x: np.ndarray, *cases: tuple, at: float = 3.9) -> Picture:
    """Draw the slope of log D*, one- and two-sided, over both densities drawn faint.

    Args:
        x: float (n,), rising.
        cases: for each panel what its title begins with, then p_data, p_g, and the slope of
            log D* with one-sided and with two-sided smoothing, each float (n,) at x.
        at: the x to mark; each panel's title ends with what is heard there.

    Returns:
        The picture. The densities have an axis of their own, which is not drawn: they show
        where samples fall, not how many.
    """
    names, panels, words = ("one-sided: 0.9 and 0", "two-sided: 0.9 and 0.1"), [], []
    for case, _, _, *slopes in cases:
        heard = [np.interp(at, x, y) for y in slopes]
        one, two = (f"{y:+.2f}" if abs(y) > 0.1 else f"{y:+.2g}" for y in heard)
        title = f"{case}: {one} one-sided, {two} two-sided"
        low = [f"down to {y.min():.1f}" for y in slopes]
        words.append(f"{title}; the one-sided slope goes {low[0]}, the two-sided {low[1]}.")
        lines = {name: (x, y) for name, y in zip(names, slopes, strict=True)}
        colours = dict(zip(names, (GREEN, BLACK), strict=True))
        points = {f"_{name}": (at, np.interp(at, x, y)) for name, (_, y) in lines.items()}
        colours |= {f"_{name}": colours[name] for name in names}
        xlabel = f"x (marked: {at:g})"
        panels.append(Panel(title, xlabel, "slope of log D*", lines, points, colours=colours))
    alt = "Slope of log D* over x, above the densities p_data and p_g. " + " ".join(words)
    picture = curves(*panels, alt=alt)
    for axis, (_, p_data, p_g, *_) in zip(picture.axes[:], cases, strict=True):
        axis.axhline(0, color=GREY, linewidth=0.8)
        behind = axis.twinx()
        behind.axis("off")
        behind.set_ylim(0, 2.6 * max(np.max(p_data), np.max(p_g)))
        axis.set_zorder(behind.get_zorder() + 1)
        axis.patch.set_visible(False)
        faint = [
            behind.fill_between(x, y, color=colour, alpha=0.15, linewidth=0, label=label)
            for label, y, colour in (("p_data", p_data, REAL), ("p_g", p_g, FAKE))
        ]
        if legend := axis.get_legend():
            legend.remove()
    # One legend for all panels, where the last one has room.
    shown: list[Any] = [line for line in axis.lines if line.get_label() in names]
    place: Any = "upper left" if cases[-1][3][-1] > 0 else "center right"
    axis.legend(handles=shown + faint, fontsize=8.5, loc=place)
    return picture


def overconfidence(
    log_losses: dict[str, Sequence[float]], title: str = "Each smoothed side lowers the log loss"
) -> Picture:
    """Draw the log loss of D on new samples, one dot a seed, in a column for each pair of labels.

    Args:
        log_losses: pair of labels, as words, with a second line for what else differs -> one
            loss in nats for each seed.
        title: the finding; the medians are written behind it.

    Returns:
        The picture, on a logarithmic axis; a bar and a number in each column are its median, a
        line across is the loss of D = 1/2 everywhere.
    """
    medians = {name: float(np.median(each)) for name, each in log_losses.items()}
    guess = 2 * np.log(2)
    figure = Picture(
        alt=f"Log loss on new samples, {len(next(iter(log_losses.values())))} seeds a column. "
        + "Medians: "
        + "; ".join(
            f"≈ {median:.1f} with labels {', '.join(name.splitlines())}"
            for name, median in medians.items()
        )
        + f". A line marks D = 1/2 everywhere, {guess:.3f}.",
        figsize=(6.4 if len(medians) < 4 else 9.2, 3.4),
    )
    axis = figure.subplots()
    word = "median " if len(medians) < 4 else ""  # where there is room
    for column, (name, numbers) in enumerate(log_losses.items()):
        places = column + np.linspace(-0.22, 0.22, len(numbers))
        axis.plot(places, numbers, "o", color=GREEN, markersize=5, alpha=0.8)
        axis.plot([column - 0.3, column + 0.3], [medians[name]] * 2, color=BLACK, linewidth=1.6)
        axis.annotate(
            f"{word}{medians[name]:.1f}", (column + 0.3, medians[name]), (4, 0),
            textcoords="offset points", va="center", fontsize=9,
        )  # fmt: skip
    axis.axhline(guess, color=GREY, linestyle="--", linewidth=1.2)
    axis.annotate(f"D = 1/2 everywhere: {guess:.2f}", (len(medians) - 0.27, guess), (0, 4),
                  ha="right", textcoords="offset points", color=GREY, fontsize=9)  # fmt: skip
    axis.set_yscale("log")
    axis.set_xticks(range(len(medians)), [f"labels {name}" for name in medians])
    axis.set_xlim(-0.5, len(medians) - 0.25)
    told = (" to " if len(medians) < 4 else ", ").join(
        f"{median:.1f}" for median in medians.values()
    )
    finish(axis, f"{title}: {told}", "", "log loss (nats)")
    axis.set_yticks([1, 2, 5, 10, 20], ["1", "2", "5", "10", "20"])
    axis.minorticks_off()
    return figure
