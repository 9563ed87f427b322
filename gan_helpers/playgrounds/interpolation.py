"""The slider over the label of notebook 05: from one digit to another, with z fixed."""

from collections.abc import Callable

from gan_helpers import metrics, pictures
from gan_helpers.gan import latent_vectors
from gan_helpers.playgrounds.base import Playground, slider_for

import numpy as np

LABELS = 10


def interpolation(
    generator: Callable,
    start: int = 3,
    end: int = 8,
    latents: np.ndarray | None = None,
    share: float = 0.5,
) -> Playground:
    """A slider that turns one label into another, while each drawing keeps its z.

    At the share t of the way, G is given the label vector (1 - t) times the one-hot vector of
    `start` plus t times that of `end`.

    Args:
        generator: function or Keras model, such as a `ConditionalGAN`, from latent vectors each
            followed by a label vector, float32 (n, d + 10), to images (n, 28, 28, 1) in [-1, 1].
        start, end: two different digits, 0 to 9.
        latents: float (n, d), one latent vector for each drawing; by default 20 for d = 64, drawn
            with the seed 8.
        share: where the slider starts, 0 to 1.

    Returns:
        The playground; `sliders["t"].value` moves it.

    Raises:
        TypeError: the generator is not callable.
        ValueError: start and end are not two digits, latents of another shape, share outside
            [0, 1], or a generator that draws something else.

    Source: label vectors between classes: Miyato and Koyama 2018 (category morphing).
    """
    if not callable(generator):
        raise TypeError(f"generator must be a function or a model, got {generator!r}")
    for name, digit in (("start", start), ("end", end)):
        if digit not in range(LABELS):
            raise ValueError(f"{name} must be a digit from 0 to 9, got {digit!r}")
    if start == end:
        raise ValueError(f"start and end must be two different digits, got {start} twice")
    if latents is None:
        latents = latent_vectors(20, 64, seed=8)
    latents = np.asarray(latents, np.float32)
    if latents.ndim != 2 or len(latents) == 0:
        raise ValueError(f"latents must have shape (n, d), got {latents.shape}")
    if not 0 <= share <= 1:
        raise ValueError(f"share must satisfy 0 <= share <= 1, got {share!r}")
    ends = np.eye(LABELS, dtype=np.float32)[[start, end]]

    def drawn(t: float) -> np.ndarray:
        label = (1 - t) * ends[0] + t * ends[1]
        images = generator(np.hstack([latents, np.tile(label, (len(latents), 1))]))
        return np.asarray(images, np.float32)

    columns = min(10, len(latents))
    picture = pictures.image_grid(drawn(share), columns=columns, titles=[" "], alt="")
    axis = picture.axes[0]
    grid = axis.images[0]

    def redraw(t: float) -> str:
        images = drawn(t)
        grid.set_data(pictures.tile(images, columns))
        mean = metrics.probabilities(images).mean(axis=0)
        others = 1 - mean[start] - mean[end]
        # What follows the sign ≈ may differ a little from one machine to another.
        found = f"{start} ≈ {mean[start]:.2f}, {end} ≈ {mean[end]:.2f}, others ≈ {others:.2f}"
        axis.title.set_text(f"Label {1 - t:.2f} · {start} + {t:.2f} · {end}: taken for {found}")
        return (
            f"{len(images)} drawings of the label {1 - t:.2f} at {start} and {t:.2f} at {end}. "
            f"In the mean the classifier takes them for {found}."
        )

    slider = slider_for("t", share, 0, 1, 0.05, f"Share of the way from {start} to {end}")
    shows = (
        "Grid of drawings, each from its own latent vector, which stays the same. The slider "
        "changes the label that all of them are given."
    )
    return Playground({"t": slider}, redraw, picture, [grid, axis.title], shows)
