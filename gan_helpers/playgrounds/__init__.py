"""Every playground of the notebooks: one function, and one file, for each.

`from gan_helpers import playgrounds`, then for example `playgrounds.smoothing()`.
"""

from gan_helpers.playgrounds.base import Playground
from gan_helpers.playgrounds.dirac import dirac
from gan_helpers.playgrounds.game import game
from gan_helpers.playgrounds.generator_loss import generator_loss
from gan_helpers.playgrounds.interpolation import interpolation
from gan_helpers.playgrounds.scrubber import scrubber
from gan_helpers.playgrounds.smoothing import smoothing
from gan_helpers.playgrounds.truncation import truncation

__all__ = [
    "Playground",
    "dirac",
    "game",
    "generator_loss",
    "interpolation",
    "scrubber",
    "smoothing",
    "truncation",
]
