"""Images side by side, and training as it goes."""

from collections.abc import Sequence

from gan_helpers.charts import BLACK, BLUE, GREEN, ORANGE, STYLES, Picture, finish

import numpy as np


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


def image_rows(rows: dict[str, np.ndarray], title: str, alt: str) -> Picture:
    """Draw images in rows, each behind its label: sets side by side, or moments of a training.

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


def training_curves(
    logs: dict[str, Sequence[float]], there: tuple[float, float, float], last: int = 20
) -> Picture:
    """Draw the two losses and D's two mean answers over the epochs, with their equilibrium.

    Args:
        logs: epoch means of d_loss, g_loss, d_real and d_fake, each float (epochs,).
        there: D's answer, d_loss and g_loss at the equilibrium, as `losses.equilibrium` gives
            them, each loss drawn in the colour of its curve.
        last: how many epochs at the end the titles' numbers are means of.

    Returns:
        The picture; its titles say how far the curves end from the equilibrium.

    Raises:
        ValueError: a metric is missing, or no epochs.
    """
    names = ("d_loss", "g_loss", "d_real", "d_fake")
    if not set(names) <= set(logs) or not len(logs["d_loss"]):
        raise ValueError(f"logs must hold at least one epoch of {names}, got {sorted(logs)}")
    ends = {name: float(np.mean(logs[name][-last:])) for name in names}
    epochs = np.arange(1, len(logs["d_loss"]) + 1)
    d, d_loss, g_loss = there
    off = [f"{ends['d_loss'] - d_loss:+.2f}", f"{ends['g_loss'] - g_loss:+.2f}"]
    figure = Picture(
        alt=f"Left: d_loss and g_loss over {len(epochs)} epochs, each with a level line at its "
        f"equilibrium, {d_loss:.2f} and {g_loss:.2f}; what lies above 2.5 is cut off. Right: D's "
        f"mean answer on real and on fake digits, with a level line at {d:.2f} for both.",
        figsize=(9.2, 3.6),
    )
    left, right = figure.subplots(1, 2)
    for axis, *pair in (
        (left, ("d_loss", "d_loss", GREEN, "-"), ("g_loss", "g_loss", ORANGE, "--")),
        (right, ("d_real", "on real", BLUE, "-"), ("d_fake", "on fakes", ORANGE, "--")),
    ):
        pair.sort(key=lambda line: ends[line[0]])
        # The lower curve is named below its end, the higher one above, so that they stay apart.
        for (name, label, colour, style), farthest, up in zip(
            pair, (min, max), (-1, 1), strict=True
        ):
            axis.plot(epochs, logs[name], color=colour, linestyle=style, linewidth=1.8)
            axis.annotate(
                label, (epochs[-1], farthest(logs[name][-last:])), (0, 3 * up), color=colour,
                textcoords="offset points", ha="right", va="bottom" if up > 0 else "top",
            )  # fmt: skip
    for axis, level, words, colour in (
        (left, d_loss, f"d_loss at equilibrium {d_loss:.2f}", GREEN),
        (left, g_loss, f"g_loss at equilibrium {g_loss:.2f}", ORANGE),
        (right, d, f"both at equilibrium {d:.2f}", BLACK),
    ):
        axis.axhline(level, color=colour, linestyle=STYLES[3], linewidth=1.4)
        axis.annotate(
            words, (epochs[-1], level), (0, 3), textcoords="offset points", color=colour,
            ha="right", fontsize=8.5,
        )  # fmt: skip
    left.set_ylim(0.5, 2.5)
    right.set_ylim(0, 1)
    if (highest := max(logs["g_loss"])) > 2.5:
        words = f"g_loss starts above, at up to {highest:.1f}"
        left.annotate(words, (epochs[-1] / 20, 2.4), color=ORANGE, fontsize=8.5)
    title = f"From equilibrium to the end: d_loss {off[0]}, g_loss {off[1]}"
    finish(left, title, "epoch", "loss (nats), mean of the epoch")
    title = f"D ends at {ends['d_real']:.2f} on real digits, {ends['d_fake']:.2f} on fakes"
    finish(right, title, "epoch", "D's mean answer")
    return figure
