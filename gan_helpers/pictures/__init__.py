"""Every picture that belongs to one chapter, and the grids of images that all of them use.

`from gan_helpers import pictures`, then for example `pictures.image_grid(...)`. What any chapter
may draw, such as curves and histograms, is in `charts`.
"""

from gan_helpers.pictures.choices import dots_over_band
from gan_helpers.pictures.discriminator import (
    gradient_on_real,
    overconfidence,
    scaled_discriminator,
    what_g_hears,
)
from gan_helpers.pictures.game import game_diagram, game_paths, pixel_slopes
from gan_helpers.pictures.generator import samples_through_time
from gan_helpers.pictures.grids import (
    image_grid,
    image_rows,
    tile,
    training_curves,
    training_view,
)
from gan_helpers.pictures.quality import balls, bias, frechet_steps, pairs

__all__ = [
    "balls",
    "bias",
    "dots_over_band",
    "frechet_steps",
    "game_diagram",
    "game_paths",
    "gradient_on_real",
    "image_grid",
    "image_rows",
    "overconfidence",
    "pairs",
    "pixel_slopes",
    "samples_through_time",
    "scaled_discriminator",
    "tile",
    "training_curves",
    "training_view",
    "what_g_hears",
]
