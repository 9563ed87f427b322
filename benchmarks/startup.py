"""How long one waits: for the import, for the first step, and for a frame of the slider.

Most of `import gan_helpers` is that of TensorFlow, which is measured beside it.
"""

import argparse
import subprocess
import sys
import time

from benchmarks.processes import in_new_process

IMPORT = "import time; t = time.perf_counter(); import {}; print(time.perf_counter() - t)"


def seconds_of_import(package: str) -> float:
    """Seconds of an import in a new Python."""
    command = [sys.executable, "-c", IMPORT.format(package)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"import {package} failed: {done.stderr.strip()}")
    return float(done.stdout)


def first_step(pair: str) -> float:
    """Seconds of a first `fit` of one step: tracing, compiling and the step."""
    from gan_helpers import data, networks
    from gan_helpers.gan import GAN

    import keras

    if pair == "convolutional":
        models = networks.build_conv_generator(), networks.build_conv_discriminator()
    else:
        models = networks.build_generator(), networks.build_discriminator()
    gan = GAN(*models)
    gan.compile(keras.optimizers.Adam(), keras.optimizers.Adam())
    images = data.load_digits().images[:100]
    start = time.perf_counter()
    gan.fit(images, batch_size=100, epochs=1, verbose=0)
    return time.perf_counter() - start


def slider_frames() -> list[float]:
    """Milliseconds of each frame of the smoothing slider.

    A frame is everything between the slider's new value and the new picture: the loss
    curves, D*, the words, the drawing and the PNG.
    """
    from gan_helpers import playgrounds

    import numpy as np

    playground = playgrounds.smoothing()
    slider = playground.sliders["smooth"]
    milliseconds = []
    for value in np.tile(np.arange(0.0, 0.49, 0.01), 4):
        before = playground.image.value
        start = time.perf_counter()
        slider.value = value
        elapsed = time.perf_counter() - start
        if playground.image.value != before:  # the first value may be the one already shown
            milliseconds.append(1000 * elapsed)
    return milliseconds


def measure(options: argparse.Namespace) -> dict:
    """All waiting times, as `report` reads them."""
    waits = {
        "import tensorflow": lambda: seconds_of_import("tensorflow"),
        "import gan_helpers": lambda: seconds_of_import("gan_helpers"),
        "first step, fully connected pair": lambda: in_new_process(first_step, "dense"),
        "first step, convolutional pair": lambda: in_new_process(first_step, "convolutional"),
    }
    seconds: dict[str, list[float]] = {name: [] for name in waits}
    for number in range(options.repeats):
        for name, wait in waits.items():
            seconds[name].append(wait())
        print(f"start-up, {number + 1} of {options.repeats}", flush=True)
    return {"seconds": seconds, "slider": in_new_process(slider_frames)}
