"""Pictures of the series' own subjects: grids of images, training as it goes, the game itself."""

from collections.abc import Sequence

from gan_helpers.charts import (
    BLACK,
    BLUE,
    COLORS,
    GREEN,
    GREY,
    ORANGE,
    STYLES,
    Picture,
    clouds,
    finish,
)

import numpy as np
from matplotlib.patches import FancyBboxPatch
from sklearn.neighbors import NearestNeighbors


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
        The picture, with its moving parts in `artists_by_label`: the image of all samples under
        (0, "samples"), the lines under (1, "d_loss") and (1, "g_loss").
    """
    figure = Picture(alt="", figsize=(9.2, 3.6))
    left, right = figure.subplots(1, 2, width_ratios=(1.25, 1))
    tiled = tile(images, columns)
    figure.artists_by_label[0, "samples"] = left.imshow(tiled, cmap="gray", vmin=-1, vmax=1)
    left.axis("off")
    for label, colour, style in (("d_loss", GREEN, "-"), ("g_loss", ORANGE, "--")):
        (line,) = right.plot([], [], color=colour, linestyle=style, label=label)
        figure.artists_by_label[1, label] = line
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


def image_rows(rows: dict[str, np.ndarray], title: str, alt: str) -> Picture:
    """Draw images in rows, each behind its label.

    Args:
        rows: label -> images as in `tile`, as many in each row.
        title: the finding.
        alt: description of the picture.

    Returns:
        The picture.

    Raises:
        ValueError: no rows, or rows of different lengths.
    """
    lengths = {len(images) for images in rows.values()}
    if len(lengths) != 1:
        raise ValueError(f"rows must be of one length, got {sorted(lengths)}")
    tiled = tile(np.concatenate(list(rows.values())), lengths.pop())
    figure = Picture(alt=alt, figsize=(9.2, 0.4 + 7.2 * tiled.shape[0] / tiled.shape[1]))
    axis = figure.subplots()
    axis.imshow(tiled, cmap="gray", vmin=-1, vmax=1)
    height = tiled.shape[0] / len(rows)
    axis.set_yticks(height * (np.arange(len(rows)) + 0.5), rows, fontsize=9)
    axis.set_xticks([])
    axis.tick_params(length=0)
    axis.spines[:].set_visible(False)
    axis.set_title(title, fontsize=10.5)
    return figure


def frechet_steps(real: np.ndarray, fake: np.ndarray) -> Picture:
    """Draw pairs of Gaussians: on a line, in the plane, and around two clouds of features.

    Args:
        real, fake: two features of each image, float (n, 2) and (m, 2).

    Returns:
        The picture: densities with means 1 and 4 and standard deviations 2 and 3; ellipses of
        variances 1 and covariances 0.9 and -0.9; the clouds. Ellipses lie two standard
        deviations from the mean.
    """
    figure = Picture(
        alt="Left: two bell curves, the dashed one further right, lower and wider. Middle: two "
        "narrow ellipses with one centre, tilted to opposite sides. Right: blue dots of real "
        "digits and orange crosses of blurred ones, an ellipse around each cloud.",
        figsize=(9.2, 3.3),
    )
    line, plane, seen = figure.subplots(1, 3)
    circle = 2 * np.stack([f(np.linspace(0, 2 * np.pi, 200)) for f in (np.cos, np.sin)])
    looks = ((BLUE, "-", "."), (ORANGE, "--", "x"))
    x = np.linspace(-6, 14, 300)
    for (colour, style, marker), mean, std, tilt, cloud in zip(
        looks, (1, 4), (2, 3), (0.9, -0.9), (real, fake), strict=True
    ):
        look = {"color": colour, "linestyle": style, "linewidth": 2}
        density = np.exp(-((x - mean) ** 2) / (2 * std**2)) / (std * np.sqrt(2 * np.pi))
        line.plot(x, density, **look)
        seen.plot(*np.transpose(cloud), marker, color=colour, markersize=3, alpha=0.35)
        for axis, centre, covariance in (
            (plane, np.zeros(2), np.array([[1, tilt], [tilt, 1]])),
            (seen, np.mean(cloud, axis=0), np.cov(cloud, rowvar=False)),
        ):
            values, vectors = np.linalg.eigh(covariance)
            axis.plot(*(centre[:, None] + (vectors * np.sqrt(values)) @ circle), **look)
    plane.set_aspect("equal")
    finish(line, "On a line: 3² + 1² = 10", "x", "density")
    finish(plane, "In the plane: 2.26, all of it tilt", "first number", "second number")
    finish(seen, "Real and blurred: no ellipses", "one of 128 features", "another")
    return figure


def balls(real: np.ndarray, fakes: dict[str, np.ndarray], k: int = 3) -> Picture:
    """Draw points of the plane with discs that reach to each one's k-th neighbour.

    Args:
        real: float (n, 2), n > k.
        fakes: title of the column -> float (m, 2), m > k.
        k: which neighbour the discs reach to.

    Returns:
        The picture: in the upper row discs around the real points, below around the fakes.
    """

    def radii(points):
        return NearestNeighbors(n_neighbors=k + 1).fit(points).kneighbors(points)[0][:, k]

    return clouds(
        real,
        fakes,
        alt="Real points in eight groups on a ring, and in each column other fakes: "
        f"{'; '.join(fakes)}. Above, pale discs around the real points; below, around the fakes. "
        "A fake in a disc above counts for precision, a real point in a disc below for recall.",
        radii=radii(real),
        fake_radii=[radii(points) for points in fakes.values()],
    )


def bias(sizes: Sequence[int], draws: dict[str, np.ndarray], title: str) -> Picture:
    """Draw how the Fréchet distance depends on the number of images: mean, spread and limit.

    Args:
        sizes: numbers of images, each once.
        draws: label -> what was measured, float (len(sizes), draws); at most two, the first in
            blue, the second in orange.
        title: the finding.

    Returns:
        The picture: over 1/n the means, a band of two standard deviations around them, and the
        straight line through the means down to endlessly many images.
    """
    figure = Picture(
        alt="Over 1/n the mean distances rise along nearly straight lines. Bands of two standard "
        "deviations around them widen as the sets get smaller. Circles on the left axis mark "
        "where the lines end, for endlessly many images.",
        figsize=(6.8, 3.8),
    )
    axis = figure.subplots()
    inverse = 1 / np.array(sizes)
    for (label, found), colour, style in zip(draws.items(), (BLUE, ORANGE), "os", strict=False):
        mean, spread = np.mean(found, axis=1), np.std(found, axis=1, ddof=1)
        axis.fill_between(
            inverse, mean - 2 * spread, mean + 2 * spread, color=colour, alpha=0.18, lw=0,
            label=f"{label}: two standard deviations",
        )  # fmt: skip
        axis.plot(inverse, mean, style, color=colour, label=f"{label}: mean of {len(found[0])}")
        slope, limit = np.polyfit(inverse, mean, 1)
        ends = np.array([0, inverse.max()])
        axis.plot(ends, limit + slope * ends, "--", color=colour, linewidth=1.2)
        axis.plot(0, limit, style, color="white", markeredgecolor=colour, zorder=5, clip_on=False)
        axis.annotate(
            f"{limit:.1f}", (0, limit), (6, 5), textcoords="offset points", fontsize=9, color=colour
        )
    axis.set_xticks([0, *inverse], ["endlessly\nmany", *(f"{size:,}" for size in sizes)])
    axis.set_xlim(0)
    finish(axis, title, "number of images n, spaced as 1/n", "Fréchet distance")
    axis.legend(fontsize=8.5, loc="upper left")
    return figure


def pairs(values: dict[str, np.ndarray], names: tuple[str, str], title: str, alt: str) -> Picture:
    """Draw what two generators reach in several trainings, a line for each training.

    Args:
        values: measure -> float (trainings, 2), one column for each generator.
        names: what the two generators are called.
        title: the finding.
        alt: description of the picture.

    Returns:
        The picture, a panel for each measure.
    """
    figure = Picture(alt=alt, figsize=(9.2, 3.2))
    figure.suptitle(title, fontsize=10.5)
    axes = figure.subplots(1, len(values), squeeze=False)[0]
    for axis, (measure, found) in zip(axes, values.items(), strict=True):
        for number, pair in enumerate(found):
            axis.plot((0, 1), pair, "-", color=GREY, linewidth=1)
            axis.plot((0, 1), pair, "osD^v"[number % 5], color=ORANGE, markersize=6)
        axis.set_xticks((0, 1), names)
        axis.set_xlim(-0.4, 1.4)
        finish(axis, measure, "", "")
    return figure
