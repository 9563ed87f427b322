"""What every playground is made of: sliders, one reused Figure, and the same in words.

A playground draws into an `ipywidgets.Image`, whose value is the PNG of one reused Figure:
no flicker, the same in ipywidgets 7 and 8, and visible to a test as a changed trait.
"""

import base64
import html
from collections.abc import Callable, Sequence
from typing import Any

from gan_helpers import charts

import ipywidgets
import numpy as np
from matplotlib.artist import Artist


class Playground(ipywidgets.VBox):
    """Sliders, a picture that they redraw, and the same in words.

    Without a kernel (a web page, a printout) the first picture and its words are shown.

    Args:
        sliders: name -> slider; the names are the arguments of `redraw`.
        redraw: function (**values) -> text, which updates `picture` and says what it shows.
        picture: the Figure that `redraw` updates.
        moving: the artists of the picture that `redraw` changes.
        shows: a sentence or two on what is in the picture, wherever the sliders stand.

    Attributes:
        sliders, shows: as given.
        image: the `ipywidgets.Image` that holds the picture.
        text: the `ipywidgets.HTML` that holds the words, announced by screen readers.
    """

    def __init__(
        self,
        sliders: dict[str, ipywidgets.Widget],
        redraw: Callable[..., str],
        picture: charts.Picture,
        moving: Sequence[Artist],
        shows: str,
    ):
        self.sliders, self.picture, self.shows = sliders, picture, shows
        self._redraw, self._moving = redraw, list(moving)
        self.image = image_for(picture)
        self.text = ipywidgets.HTML()
        super().__init__([*sliders.values(), self.image, self.text])
        for slider in sliders.values():
            slider.observe(self._update, "value")
        self._update()

    def _update(self, change=None) -> None:
        words = self._redraw(**{name: slider.value for name, slider in self.sliders.items()})
        self.picture.alt = words
        self.image.value = self.picture.frame(self._moving)
        self.text.value = f'<p role="status" aria-live="polite">{html.escape(words)}</p>'

    _ipython_display_ = None  # ipywidgets 7 would bypass the bundle below

    def _repr_mimebundle_(self, include=None, exclude=None):
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        return {
            "application/vnd.jupyter.widget-view+json": view,
            "image/png": base64.b64encode(self.image.value).decode(),
            "text/plain": self.picture.alt,
        }, {"image/png": {"alt": f"{self.shows} {self.picture.alt}", **self.picture.shown_size()}}


def image_for(picture: charts.Picture) -> ipywidgets.Image:
    """An image as wide as the picture, or as the page where that is narrower."""
    width = f"{round(100 * picture.get_figwidth())}px"
    return ipywidgets.Image(format="png", layout={"max_width": "100%", "width": width})


def slider_for(name: str, value: float, low: float, high: float, step: float, hint: str):
    """A labelled slider from low to high, with a hint that screen readers and the site use."""
    slider = ipywidgets.FloatSlider(
        value, min=low, max=high, step=step, description=name, readout_format=".2f"
    )
    slider.layout.width = "420px"
    slider.tooltip = hint
    return slider


def sigmoid(logit: Any) -> Any:
    """The probability that a logit, a number or an array, stands for."""
    return 1 / (1 + np.exp(-logit))
