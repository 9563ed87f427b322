"""The slider through training time of notebooks 04 and 05."""

from collections.abc import Sequence

from gan_helpers import pictures
from gan_helpers.playgrounds.base import Playground

import ipywidgets
import numpy as np


def scrubber(epochs: Sequence[int], samples: Sequence[np.ndarray], columns: int = 8) -> Playground:
    """A slider through time: the same latent vectors after more and more training.

    Args:
        epochs: how many epochs were over at each moment.
        samples: images (n, height, width, 1) in [-1, 1] at each moment.
        columns: images a row.

    Returns:
        The playground; `sliders["moment"].value` is the index of the moment shown.

    Raises:
        ValueError: no moment, or `epochs` and `samples` of different lengths.
    """
    if len(epochs) != len(samples) or not len(epochs):
        raise ValueError(
            f"epochs and samples must be as many, and at least one, got {len(epochs)} "
            f"and {len(samples)}"
        )
    last = len(epochs) - 1
    picture = pictures.image_grid(samples[last], columns=columns, alt="")
    grid = picture.axes[0].images[0]

    def redraw(moment: int) -> str:
        grid.set_data(pictures.tile(samples[moment], columns))
        return f"After {epochs[moment]} epochs, {len(samples[moment])} samples."

    slider = ipywidgets.IntSlider(last, min=0, max=last, description="moment", readout=False)
    slider.tooltip = "How far training had come"
    slider.layout.width = "420px"
    shows = "Grid of the images that the same latent vectors give at this moment of training."
    return Playground({"moment": slider}, redraw, picture, [grid], shows)
