"""Pictures of the series' own subjects: grids of images, training as it goes, the game itself."""

from collections.abc import Sequence

from gan_helpers.charts import BLACK, BLUE, COLORS, GREEN, ORANGE, STYLES, Picture, finish

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


def samples_through_time(
    real: np.ndarray,
    fakes: dict[str, np.ndarray],
    times: Sequence[int],
    xlim: tuple[float, float],
    alt: str,
) -> Picture:
    """Draw histograms of numbers at several moments, one moment below the other.

    Args:
        real: real samples, any shape; their histogram is outlined at each moment.
        fakes: name of a panel -> G's samples at each moment, float (moments, n); the title adds
            the mean and the standard deviation at the last moment.
        times: the step of each moment, from top to bottom.
        xlim: range of the axis; numbers outside it are not drawn.
        alt: description of the whole picture.

    Returns:
        The picture: in each row of each panel the share of samples in each of 60 bins, all
        on one scale; columns too high for their row are cut at its top.

    Raises:
        ValueError: no panel, or moments that do not match the times.
    """
    if not fakes or not len(times):
        raise ValueError("fakes and times must hold at least one panel and one moment")
    for name, moments in fakes.items():
        if len(moments) != len(times):
            raise ValueError(
                f"fakes[{name!r}] must have a row for each of {len(times)} times, "
                f"got {len(moments)}"
            )
    edges = np.linspace(*xlim, 61)

    def shares(values):
        return np.histogram(np.ravel(values), edges)[0] / np.size(values)

    figure = Picture(alt=alt, figsize=(9.2, 0.9 + 0.62 * len(times)))
    rows = list(range(len(times)))[::-1]
    tallest = 1.15 * shares(real).max() or 1.0  # all real samples may lie outside
    axes = figure.subplots(1, len(fakes), squeeze=False, sharey=True)[0]
    for axis, (name, moments) in zip(axes, fakes.items(), strict=True):
        axis.set_axisbelow(True)
        for row, samples in zip(rows, moments, strict=True):
            heights = np.minimum(shares(samples) / tallest, 0.92)
            axis.stairs(row + heights, edges, baseline=row, fill=True, color=ORANGE, alpha=0.6,
                        label="" if row else "G's samples")  # fmt: skip
            axis.stairs(row + shares(real) / tallest, edges, baseline=row, color=BLUE,
                        linewidth=1.4, label="" if row else "real samples")  # fmt: skip
        axis.set(xlim=xlim, ylim=(-0.05, len(times)))
        axis.set_yticks(rows, [f"step {time}" for time in times])
        mean, spread = np.mean(moments[-1]), np.std(moments[-1])
        finish(axis, f"{name}: ends at mean {mean:.2f}, spread {spread:.2f}", "x", "")
    axes[0].legend(fontsize=8.5, loc="lower left", framealpha=0.9)
    return figure
