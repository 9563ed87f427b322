"""Every playground of the notebooks: one function, and one file, for each.

`from gan_helpers import playgrounds`, then for example `playgrounds.smoothing()`.
"""

from gan_helpers.playgrounds.base import Playground
from gan_helpers.playgrounds.generator_loss import generator_loss
from gan_helpers.playgrounds.interpolation import interpolation
from gan_helpers.playgrounds.scrubber import scrubber
from gan_helpers.playgrounds.smoothing import smoothing

__all__ = ["Playground", "generator_loss", "interpolation", "scrubber", "smoothing"]
