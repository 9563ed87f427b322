"""Pictures of the series' own subjects: grids of images, training as it goes, the game itself."""

from collections.abc import Sequence

from gan_helpers.charts import BLACK, BLUE, COLORS, GREEN, ORANGE, STYLES, Picture, finish

import numpy as np
from matplotlib.patches import FancyBboxPatch
from matplotlib.ticker import LogLocator, NullFormatter


def tile(images: np.ndarray, columns: int) -> np.ndarray:
    """Lay images side by side, one pixel of background around each.

    Args:
        images: (n, height, width, channels) with 1 or 3 channels, or (n, height, width), of any
            size, values in [-1, 1].
        columns: images a row; the last row is filled with background (-1, black).

    Returns:
        float32 (rows * (height + 2), columns * (width + 2)) in [-1, 1]; of colour images
        (rows * (height + 2), columns * (width + 2), 3) in [0, 1], as matplotlib draws them.

    Raises:
        ValueError: no images, images of another shape, or columns not positive.

    >>> tile(np.zeros((5, 28, 28, 1)), columns=3).shape
    (60, 90)
    >>> tile(np.zeros((5, 32, 32, 3)), columns=3).shape
    (68, 102, 3)
    """
    images = np.asarray(images, dtype=np.float32)
    colour = images.ndim == 4 and images.shape[-1] == 3
    if images.ndim == 3:
        images = images[..., np.newaxis]
    if images.ndim != 4 or images.shape[-1] not in (1, 3) or 0 in images.shape:
        raise ValueError(
            "images must have shape (n, height, width[, channels]) with 1 or 3 channels, "
            f"got {np.shape(images)}"
        )
    if columns < 1:
        raise ValueError(f"columns must be at least 1, got {columns!r}")
    images = np.pad(images, ((0, 0), (1, 1), (1, 1), (0, 0)), constant_values=-1)
    n, height, width, channels = images.shape
    rows = -(-n // columns)
    filled = np.full((rows * columns, height, width, channels), -1, dtype=np.float32)
    filled[:n] = images
    grid = filled.reshape(rows, columns, height, width, channels).swapaxes(1, 2)
    grid = grid.reshape(rows * height, columns * width, channels)
    return np.clip((grid + 1) / 2, 0, 1) if colour else grid[..., 0]


def image_grid(
    *grids: np.ndarray, columns: int = 8, titles: Sequence[str] = (), alt: str
) -> Picture:
    """Draw one or more grids of images side by side.

    Args:
        grids: each as in `tile`, in [-1, 1]; white is 1, black is -1.
        columns: images a row in each grid.
        titles: one title for each grid.
        alt: description of the whole picture.

    Returns:
        The picture.

    Raises:
        ValueError: no grid, titles that do not match the grids, or as in `tile`.

    >>> picture = image_grid(np.zeros((6, 28, 28, 1)), columns=3, alt="Six grey squares.")
    >>> picture.axes[0].images[0].get_array().shape
    (60, 90)
    """
    if not grids or (titles and len(titles) != len(grids)):
        raise ValueError(f"titles must be one for each grid, got {len(titles)} for {len(grids)}")
    tiles = [tile(grid, columns) for grid in grids]
    height, width = tiles[0].shape[:2]
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
        images: as in `tile`, in [-1, 1].
        columns: images a row.
        epochs: where the axis of time ends.

    Returns:
        The picture, with its moving parts: `grid`, the image of all samples, and
        `loss_lines`, the lines of d_loss and of g_loss.

    Raises:
        ValueError: as in `tile`.
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


def dots_over_band(
    panels: dict[str, dict[str, Sequence[float]]],
    baseline: str,
    xlabel: str,
    title: str,
    alt: str,
) -> Picture:
    """Draw the numbers of repeated runs as dots, over the band that one of the rows spans.

    Args:
        panels: title of the panel -> label of the row -> a number above 0 for each run; the rows
            go from top to bottom, in the order of the first panel.
        baseline: the row whose least and greatest number bound the band.
        xlabel: what the numbers are; the axis is logarithmic.
        title: the finding.
        alt: description of the picture.

    Returns:
        The picture. A dot inside the band is grey and hollow, outside it black and filled.

    Raises:
        ValueError: a panel without the baseline, or a number that is not above 0.

    >>> runs = {"after 1 epoch": {"the recipe": [2.0, 3.0], "changed": [2.5, 6.0]}}
    >>> picture = dots_over_band(runs, "the recipe", "distance", "One differs", alt="Two rows.")
    >>> [label.get_text() for label in picture.axes[0].get_yticklabels()]
    ['the recipe', 'changed']
    """
    for name, rows in panels.items():
        if baseline not in rows:
            raise ValueError(f"panels[{name!r}] must hold the row {baseline!r}, got {list(rows)}")
        if not all(number > 0 for numbers in rows.values() for number in numbers):
            raise ValueError(f"panels[{name!r}] must hold numbers above 0")
    order = list(next(iter(panels.values())))
    figure = Picture(alt=alt, figsize=(9.2, 1.1 + 0.3 * len(order)))
    figure.suptitle(title, fontsize=10.5)
    axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for axis, (name, rows) in zip(axes, panels.items(), strict=True):
        low, high = min(rows[baseline]), max(rows[baseline])
        axis.axvspan(low, high, color="#E4E4E4")
        for height, row in enumerate(order):
            for number in rows.get(row, ()):
                inside = low <= number <= high
                axis.plot(number, height, "o", markersize=6, markeredgecolor=BLACK,
                          color="white" if inside else BLACK)  # fmt: skip
        axis.set_xscale("log")
        axis.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.xaxis.set_major_formatter("{x:g}")
        axis.xaxis.set_minor_formatter(NullFormatter())
        finish(axis, name, xlabel, "")
    axes[0].set_yticks(range(len(order)), order)
    axes[0].set_ylim(len(order) - 0.5, -0.5)
    return figure
