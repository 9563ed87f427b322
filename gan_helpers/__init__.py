"""The small module behind the GAN notebooks: one idea a file.

losses    the formulas of the game, and what they are at equilibrium
data      real digits and toy distributions with known densities
networks  the fully connected pair and a small convolutional one
training  the adversarial loop as a Keras model
saves     saves of a training that nothing spoils
metrics   how good and how varied the samples are
plots     every picture, as a matplotlib Figure with its description
widgets   every slider and playground, as ipywidgets

Imports point one way: widgets -> plots, training -> losses, networks, data, saves.
"""

import os
import platform

from gan_helpers._quiet import import_tensorflow_quietly

# TensorFlow leaves oneDNN off on x86 processors without AVX-512, where it is worth having as
# well: `make bench` compares. It is read once, when TensorFlow is imported.
if platform.machine() in ("x86_64", "AMD64"):
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
import_tensorflow_quietly()
