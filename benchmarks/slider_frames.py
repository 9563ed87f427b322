"""Print how long one frame of the smoothing slider takes in the kernel.

A frame is everything between the slider's new value and the new picture: the loss curves,
D*, the words, the drawing and the PNG.
"""

import statistics
import time

from gan_helpers import widgets

import numpy as np

playground = widgets.smoothing_playground()
slider = playground.sliders["smooth"]
values = np.tile(np.arange(0.0, 0.49, 0.01), 4)

milliseconds = []
for value in values:
    before = playground.image.value
    start = time.perf_counter()
    slider.value = value
    elapsed = time.perf_counter() - start
    if playground.image.value != before:  # the first value may be the one already shown
        milliseconds.append(1000 * elapsed)

deciles = statistics.quantiles(milliseconds, n=10)
print(f"smoothing slider, {len(milliseconds)} frames: median {deciles[4]:.1f} ms, ", end="")
print(f"nine in ten within {deciles[8]:.1f} ms")
