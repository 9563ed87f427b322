"""What all playgrounds share, and the slider through training time."""

import io

from gan_helpers import live as live_module
from gan_helpers import playgrounds

import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter
from PIL import Image


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def test_scrubber_shows_the_chosen_moment():
    moments = [np.full((4, 28, 28, 1), value, np.float32) for value in (-1, 0, 1)]
    scrubber = playgrounds.scrubber([0, 5, 10], moments, columns=2)
    assert "After 10 epochs, 4 samples." in scrubber.text.value
    assert scrubber.sliders["moment"].value == 2, "it starts at the last moment"
    bright = []
    for moment in range(3):
        scrubber.sliders["moment"].value = moment
        bright.append(pixels(scrubber.image.value).mean())
    assert bright[0] < bright[1] < bright[2]
    with pytest.raises(ValueError, match="got 1 and 3"):
        playgrounds.scrubber([0], moments)
    with pytest.raises(ValueError, match="at least one, got 0"):
        playgrounds.scrubber([], [])


def test_stored_display_has_words_and_a_picture_for_readers_without_a_kernel():
    playground = playgrounds.smoothing()
    bundle, metadata = DisplayFormatter().format(playground)
    assert bundle["text/plain"] == playground.picture.alt != ""
    alt = metadata["image/png"]["alt"]
    assert alt == f"{playground.shows} {playground.picture.alt}" and "densities" in alt
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == playground.model_id
    assert len(bundle["image/png"]) > 1000
    # ipywidgets 7 has a method of this name, which IPython prefers to the bundle.
    assert playground._ipython_display_ is live_module._ProgressView._ipython_display_ is None
