"""The slider through training time of notebooks 04 and 05."""

from collections.abc import Sequence
from typing import Any

from gan_helpers import charts, pictures
from gan_helpers.playgrounds.base import Playground

import ipywidgets
import numpy as np
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.text import Text

_STRIP_ROWS, _STRIP_COLUMNS = 6, 3


def scrubber(epochs: Sequence[int], samples: Sequence[np.ndarray], columns: int = 8) -> Playground:
    """A slider through time: the same latent vectors after more and more training.

    Beside the samples of the moment stands a strip, which does not move: the first few samples
    at some epochs from first to last, denser at the start, where most happens. A mark at its
    edge shows where the moment lies.

    Args:
        epochs: how many epochs were over at each moment, rising.
        samples: images (n, height, width[, channels]) in [-1, 1] at each moment, as in
            `pictures.tile`, all of one shape.
        columns: images a row.

    Returns:
        The playground; `sliders["moment"].value` is the index of the moment shown.

    Raises:
        ValueError: no moment, `epochs` and `samples` of different lengths, epochs that do not
            rise, samples of different shapes, or as in `pictures.tile`.
    """
    if len(epochs) != len(samples) or not len(epochs):
        raise ValueError(
            f"epochs and samples must be as many, and at least one, got {len(epochs)} "
            f"and {len(samples)}"
        )
    if not all(np.diff(epochs) > 0):
        raise ValueError(f"epochs must rise, got {list(epochs)}")
    shapes = {np.shape(images) for images in samples}
    if len(shapes) > 1:
        raise ValueError(f"samples must have one shape at every moment, got {sorted(shapes)}")

    last = len(epochs) - 1
    shown = moments_of_strip(last)
    picture = view(samples[last], {epochs[one]: samples[one] for one in shown}, columns)
    grid, title, mark = picture.grid, picture.title, picture.mark
    label = ipywidgets.Label()

    def redraw(moment: int) -> str:
        grid.set_data(pictures.tile(samples[moment], columns))
        title.set_text(after(epochs[moment]))
        mark.set_ydata([np.interp(moment, shown, picture.row_centres)])
        label.value = f"epoch {epochs[moment]}"
        return f"{after(epochs[moment])}, {len(samples[moment])} samples."

    slider = ipywidgets.IntSlider(last, min=0, max=last, description="moment", readout=False)
    slider.tooltip = "How far training had come"
    slider.layout.width = "420px"
    *others, end = (str(epochs[one]) for one in shown)
    when = f"{', '.join(others)} and {end}" if others else end
    shows = (
        "Left: the images that the same latent vectors give at this moment of training. "
        f"Right: the first of them in rows, after {when} epochs, and a mark at this moment."
    )
    playground = Playground({"moment": slider}, redraw, picture, [grid, title, mark], shows)
    beside = ipywidgets.HBox([slider, label], layout={"flex_flow": "row wrap"})
    playground.children = (beside, *playground.children[1:])
    return playground


def after(epochs: int) -> str:
    """How a moment is named: after so many epochs."""
    return f"After {epochs} epoch{'' if epochs == 1 else 's'}"


def moments_of_strip(last: int) -> list[int]:
    """Which of the moments 0 to `last` the strip shows: the first, then ever farther apart."""
    if last == 0:
        return [0]
    return sorted({0, *np.geomspace(1, last, _STRIP_ROWS - 1).round().astype(int).tolist()})


class View(charts.Picture):
    """The samples of a moment beside a strip of moments."""

    grid: AxesImage
    title: Text
    mark: Line2D
    row_centres: np.ndarray


def view(images: np.ndarray, strip: dict[int, np.ndarray], columns: int) -> View:
    """Draw the samples of a moment, and rows of the first samples after some epochs.

    Returns:
        The picture, with what moves: `grid`, the image of all samples, `title`, the words above
        it, and `mark`, at the right edge of the strip, whose rows have `row_centres`.
    """
    tiled = pictures.tile(images, columns)
    across = min(_STRIP_COLUMNS, len(images))
    rows = pictures.tile(np.concatenate([some[:across] for some in strip.values()]), across)
    # Both parts are as high, so the strip's width follows from its shape.
    wide, narrow = (part.shape[1] / part.shape[0] for part in (tiled, rows))
    height = min(4.6, 8.2 / (wide + narrow))
    figure = View(alt="", figsize=(height * (wide + narrow) + 1.0, height + 0.45))
    left, right = figure.subplots(1, 2, width_ratios=(wide, narrow))
    look: dict[str, Any] = {"cmap": "gray", "vmin": -1, "vmax": 1}
    figure.grid = left.imshow(tiled, **look)
    left.axis("off")
    figure.title = left.set_title(after(max(strip)), fontsize=10.5)
    right.imshow(rows, **look)
    each = rows.shape[0] / len(strip)
    figure.row_centres = each * (np.arange(len(strip)) + 0.5) - 0.5
    right.set_yticks(figure.row_centres, list(strip))
    right.set_xticks([])
    right.tick_params(length=0)
    right.spines[:].set_visible(False)
    right.set_ylabel("epochs")
    right.set_title("The first of them", fontsize=10.5)
    (figure.mark,) = right.plot(
        [rows.shape[1] + 1], [figure.row_centres[-1]], "<", color=charts.BLACK, markersize=8,
        clip_on=False,
    )  # fmt: skip
    right.set(xlim=(-0.5, rows.shape[1] - 0.5), ylim=(rows.shape[0] - 0.5, -0.5))
    return figure
