"""Pictures of the series' own subjects: grids of images, training as it goes, the game itself."""

from collections.abc import Sequence

from gan_helpers.charts import (
    BLACK,
    BLUE,
    COLORS,
    FAKE,
    GREEN,
    GREY,
    ORANGE,
    REAL,
    STYLES,
    Panel,
    Picture,
    curves,
    finish,
)

import numpy as np
from matplotlib.patches import FancyBboxPatch


def tile(images: np.ndarray, columns: int) -> np.ndarray:
    """Lay images side by side, one pixel of background around each.

    Args:
        images: (n, height, width, 1) or (n, height, width), values in [-1, 1].
        columns: images a row; the last row is filled with background (-1).

    Returns:
        float32 (rows * (height + 2), columns * (width + 2)).

    Raises:
        ValueError: no images, images of another shape, or columns not positive.
    """
    images = np.asarray(images, dtype=np.float32)
    if images.ndim == 4 and images.shape[-1] == 1:
        images = images[..., 0]
    if images.ndim != 3 or 0 in images.shape:
        raise ValueError(f"images must have shape (n, height, width[, 1]), got {images.shape}")
    if columns < 1:
        raise ValueError(f"columns must be at least 1, got {columns!r}")
    images = np.pad(images, ((0, 0), (1, 1), (1, 1)), constant_values=-1)
    n, height, width = images.shape
    rows = -(-n // columns)
    filled = np.full((rows * columns, height, width), -1, dtype=np.float32)
    filled[:n] = images
    grid = filled.reshape(rows, columns, height, width).swapaxes(1, 2)
    return grid.reshape(rows * height, columns * width)


def image_grid(
    *grids: np.ndarray, columns: int = 8, titles: Sequence[str] = (), alt: str
) -> Picture:
    """Draw one or more grids of grey images side by side.

    Args:
        grids: each (n, height, width, 1) in [-1, 1]; white is 1, black is -1.
        columns: images a row in each grid.
        titles: one title for each grid.
        alt: description of the whole picture.

    Returns:
        The picture.

    Raises:
        ValueError: no grid, titles that do not match the grids, or as in `tile`.
    """
    if not grids or (titles and len(titles) != len(grids)):
        raise ValueError(f"titles must be one for each grid, got {len(titles)} for {len(grids)}")
    tiles = [tile(grid, columns) for grid in grids]
    height, width = tiles[0].shape
    across = min(9.2, 0.55 * columns * len(grids))
    size = (across, across / len(grids) * height / width + (0.35 if titles else 0.1))
    figure = Picture(alt=alt, figsize=size)
    for number, (axis, tiled) in enumerate(
        zip(figure.subplots(1, len(grids), squeeze=False)[0], tiles, strict=True)
    ):
        axis.imshow(tiled, cmap="gray", vmin=-1, vmax=1)
        axis.axis("off")
        if titles:
            axis.set_title(titles[number], fontsize=10.5)
    return figure


def training_view(images: np.ndarray, columns: int, epochs: int) -> Picture:
    """Draw samples beside empty axes for the two losses, to be filled during training.

    Args:
        images: (n, height, width, 1) in [-1, 1].
        columns: images a row.
        epochs: where the axis of time ends.

    Returns:
        The picture, with its moving parts: `grid`, the image of all samples, and
        `loss_lines`, the lines of d_loss and of g_loss.
    """
    figure = Picture(alt="", figsize=(9.2, 3.6))
    left, right = figure.subplots(1, 2, width_ratios=(1.25, 1))
    tiled = tile(images, columns)
    figure.grid = left.imshow(tiled, cmap="gray", vmin=-1, vmax=1)
    left.axis("off")
    figure.loss_lines = [
        right.plot([], [], color=colour, linestyle=style, label=label)[0]
        for label, colour, style in zip(("d_loss", "g_loss"), COLORS, STYLES, strict=False)
    ]
    right.set(xlim=(0, epochs), ylim=(0, 4))
    finish(right, "Losses, mean of the epoch so far", "epoch", "loss (nats)")
    right.legend(fontsize=8.5, loc="upper right")
    return figure


def game_diagram() -> Picture:
    """Draw the structure of the game: who feeds whom, and who learns from what."""
    figure = Picture(
        alt="Diagram: a latent vector z goes into the generator G, which makes a fake x. Real x "
        "from the data and fake x go, half and half, into the discriminator D, which answers "
        "with the probability that x is real. D learns from both halves, G from the fake half.",
        figsize=(9.2, 3.0),
    )
    axis = figure.subplots()
    axis.set(xlim=(0, 9.2), ylim=(0, 3))
    axis.axis("off")

    def box(x, y, text, colour, width=1.55):
        patch = FancyBboxPatch(
            (x, y), width, 0.72, boxstyle="round,pad=0.06", fc="white", ec=colour, lw=2
        )
        axis.add_patch(patch)
        axis.text(x + width / 2, y + 0.36, text, ha="center", va="center", fontsize=10.5)

    def arrow(start, end, text="", dy=0.14, **kwargs):
        axis.annotate(
            "", end, start, arrowprops={"arrowstyle": "-|>", "lw": 1.6, "color": BLACK} | kwargs
        )
        middle = (np.array(start) + np.array(end)) / 2
        axis.text(middle[0], middle[1] + dy, text, ha="center", va="center", fontsize=9.5)

    box(0.15, 0.35, "latent vector\n$z$", BLACK, 1.3)
    box(2.25, 0.35, "generator\n$x = g(z;\\,\\theta_g)$", ORANGE)
    box(2.25, 1.95, "real digits\n$x \\sim p_{data}$", BLUE)
    box(5.1, 1.15, "discriminator\n$d(x;\\,\\theta_d)$", GREEN)
    box(7.75, 1.15, "probability\nthat $x$ is real", BLACK, 1.3)
    arrow((1.52, 0.71), (2.18, 0.71))
    arrow((3.87, 2.31), (5.03, 1.68), "half real", 0.24)
    arrow((3.87, 0.71), (5.03, 1.34), "half fake", -0.26)
    arrow((6.72, 1.51), (7.68, 1.51))

    def learns(start, end, bend, colour, text, x, y):
        path = f"arc3,rad={bend}"
        arrow(start, end, linestyle="--", lw=1.3, color=colour, connectionstyle=path)
        axis.text(x, y, text, ha="center", fontsize=9.5)

    learns((8.4, 1.95), (5.9, 1.95), 0.35, GREEN, "$D$ learns from both halves", 7.15, 2.6)
    learns((8.4, 1.07), (3.05, 0.27), -0.25, ORANGE, "$G$ learns from the fake half", 8.1, 0.2)
    return figure


def game_paths(paths: dict[str, np.ndarray], title: str, alt: str) -> Picture:
    """Draw the paths of two players in the plane of their two parameters.

    Args:
        paths: label -> (steps, 2): G's parameter theta, then D's parameter psi.
        title: the finding.
        alt: description of the picture.

    Returns:
        The picture; the start is a dot, the equilibrium at (0, 0) a star.
    """
    figure = Picture(alt=alt, figsize=(6.6, 4.6))
    axis = figure.subplots()
    for (label, path), colour, style in zip(paths.items(), COLORS, STYLES, strict=False):
        axis.plot(*path.T, color=colour, linestyle=style, linewidth=1.4, label=label)
        axis.plot(*path[0], "o", color=colour)
    axis.plot(0, 0, "*", color=BLACK, markersize=13, label="equilibrium")
    axis.set_aspect("equal")
    finish(axis, title, r"$\theta$: where $G$ puts its sample", r"$\psi$: slope of $D$'s logit")
    axis.legend(fontsize=8.5, loc="center left", bbox_to_anchor=(1.02, 0.5))
    return figure


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
        axis.get_legend().remove()
    # One legend for all panels, where the last one has room.
    lines = [line for line in axis.lines if line.get_label() in names]
    place = "upper left" if cases[-1][3][-1] > 0 else "center right"
    axis.legend(handles=lines + faint, fontsize=8.5, loc=place)
    return picture


def overconfidence(log_losses: dict[str, Sequence[float]]) -> Picture:
    """Draw the log loss of D on new samples, one dot a seed, in a column for each pair of labels.

    Args:
        log_losses: pair of labels, as words -> one loss in nats for each seed.

    Returns:
        The picture, on a logarithmic axis; a bar and a number in each column are its mean, a
        line across is the loss of D = 1/2 everywhere.
    """
    means = {name: float(np.mean(each)) for name, each in log_losses.items()}
    guess = 2 * np.log(2)
    figure = Picture(
        alt=f"Log loss on new samples, {len(next(iter(log_losses.values())))} seeds a column. "
        + "Means: "
        + ", ".join(f"{mean:.1f} with labels {name}" for name, mean in means.items())
        + f". A line marks D = 1/2 everywhere, {guess:.3f}.",
        figsize=(6.4, 3.4),
    )
    axis = figure.subplots()
    for column, (name, numbers) in enumerate(log_losses.items()):
        places = column + np.linspace(-0.22, 0.22, len(numbers))
        axis.plot(places, numbers, "o", color=GREEN, markersize=5, alpha=0.8)
        axis.plot([column - 0.3, column + 0.3], [means[name]] * 2, color=BLACK, linewidth=1.6)
        axis.annotate(
            f"mean {means[name]:.1f}", (column + 0.3, means[name]), (4, 0),
            textcoords="offset points", va="center", fontsize=9,
        )  # fmt: skip
    axis.axhline(guess, color=GREY, linestyle="--", linewidth=1.2)
    axis.annotate(f"D = 1/2 everywhere: {guess:.2f}", (-0.45, guess), (0, -11),
                  textcoords="offset points", color=GREY, fontsize=9)  # fmt: skip
    axis.set_yscale("log")
    axis.set_xticks(range(len(means)), [f"labels {name}" for name in means])
    axis.set_xlim(-0.5, len(means) - 0.25)
    told = " to ".join(f"{mean:.1f}" for mean in means.values())
    finish(axis, f"Each smoothed side lowers the log loss: {told}", "", "log loss (nats)")
    axis.set_yticks([1, 2, 5, 10, 20], ["1", "2", "5", "10", "20"])
    axis.minorticks_off()
    return figure
