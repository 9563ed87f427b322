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

from gan_helpers._quiet import import_tensorflow_quietly

import_tensorflow_quietly()
