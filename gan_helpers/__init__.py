"""The small module behind the GAN notebooks: one idea a file.

The core, in reading order:

losses       the formulas of the game, and what they are at equilibrium
data         real digits and toy distributions with known densities
networks     the fully connected pair and a small convolutional one
gan          the adversarial loop as a Keras model
metrics      how good and how varied the samples are

What chapter 07 adds to the game, each an argument of `GAN.compile` or a wrapper of a network:

modern_losses  Wasserstein's losses, the hinge, relativistic pairing
penalties    on D's slope: R1, R2, the gradient penalty
augment      shifts and cutouts of real and fake, in both turns
lipschitz    spectral normalisation, clipped weights

What chapter 08 needs besides:

clusters     labels that nobody gave, by k-means
stacked      three digits as one image: a thousand modes, counted

What you bring yourself:

folders      a folder of images, read in one call

Behind the loop:

settings     what a GAN is built from and compiled with, checked
players      one network's part in a turn: how it plays, how its opponent answers
trainer      Keras's contract: fit, evaluate, save and their kin
inputs       what fit is given, checked before the first step
batches      arrays dealt out in batches, an order for each epoch
callbacks    what may be done after each epoch
replicas     one training on several devices or machines
resume       going on with a training exactly
saves        saves of a training that nothing spoils

For the reader of a notebook:

claims       a claim of the text, checked and shown with its number
charts       the kit behind every picture: matplotlib Figures with their description
pictures     what one chapter draws: one file for each, and grids of images for all
playgrounds  every slider, as ipywidgets: one file for each
live         training as you watch
checks       what the tests of the assignments share
hand_in      trained weights as a text in a notebook, to be handed in

Imports point one way. losses, modern_losses, data, networks, metrics, lipschitz, folders, players,
claims, charts and hand_in import nothing of the package. gan -> trainer -> resume -> settings ->
inputs, augment, penalties -> batches; resume -> saves, callbacks -> losses; trainer -> replicas ->
inputs, players, saves.
live -> playgrounds -> pictures -> charts. checks -> losses. clusters, stacked -> metrics.
"""

import os
import platform

from gan_helpers._backend import require_tensorflow_backend
from gan_helpers._quiet import import_tensorflow_quietly

# TensorFlow turns oneDNN on by itself only for AVX512_VNNI, AVX512_BF16, AVX_VNNI or AMX. It is
# worth having elsewhere on x86 as well: `make bench` compares. Read when TensorFlow is imported.
if platform.machine() in ("x86_64", "AMD64"):
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
require_tensorflow_backend()
import_tensorflow_quietly()
