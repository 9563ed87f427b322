"""What all playgrounds share."""

import io

from gan_helpers import live as live_module
from gan_helpers import playgrounds

import numpy as np
from IPython.core.formatters import DisplayFormatter
from PIL import Image


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


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
