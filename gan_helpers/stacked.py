"""Stacked MNIST: three digits as the colours of one image, so a thousand modes that one can count.

The benchmark of Metz et al. 2017 (sec. 3.3.1) and Srivastava et al. 2017 (VEEGAN, sec. 5.2).
"""

from typing import NamedTuple

from gan_helpers import metrics

import numpy as np

MODES = 1000


def stacked(images: np.ndarray, seed: int) -> np.ndarray:
    """Each digit once as red, once as green and once as blue, in three orders of their own.

    Args:
        images: float (n, 28, 28, 1).
        seed: of the three orders.

    Returns:
        Samples like `images`, (n, 28, 28, 3).

    Raises:
        ValueError: images of another shape.

    >>> from gan_helpers import data
    >>> stacked(data.load_digits().images, seed=0).shape
    (5000, 28, 28, 3)
    """
    if images.ndim != 4 or images.shape[3] != 1:
        raise ValueError(f"images must have shape (n, height, width, 1), got {images.shape}")
    random = np.random.default_rng(seed)
    return np.concatenate([images[random.permutation(len(images))] for _ in range(3)], axis=3)


class Modes(NamedTuple):
    """How many of the thousand modes are there.

    Attributes:
        found: modes with at least one sample.
        sure: modes with at least one sample whose three digits are each judged with a
            probability above 0.95.
        kl: Kullback-Leibler divergence of the samples' modes from the uniform distribution, in
            nats, >= 0; about 0.02 for 25,600 perfect samples.
        share: share of the samples whose three digits are so sure.
    """

    found: int
    sure: int
    kl: float
    share: float


def modes(samples: np.ndarray) -> Modes:
    """Count the modes of stacked digits with the digit classifier of `metrics`.

    Args:
        samples: float (n, 28, 28, 3) in [-1, 1]; 25,600 or more of them in the literature.

    Raises:
        ValueError: samples of another shape or range.

    >>> from gan_helpers import data
    >>> digits = data.load_digits().images[:10]
    >>> modes(np.repeat(digits, 3, axis=3)).found  # 000, 111, 222 ...
    10
    """
    if samples.ndim != 4 or samples.shape[1:] != (28, 28, 3):
        raise ValueError(f"samples must have shape (n, 28, 28, 3), got {samples.shape}")
    judged = [metrics.probabilities(samples[..., colour, None]) for colour in range(3)]
    mode = sum(p.argmax(axis=1) * 10**place for place, p in enumerate(judged))
    sure = np.all([p.max(axis=1) > 0.95 for p in judged], axis=0)
    shares = np.bincount(mode, minlength=MODES) / len(samples)
    there = shares[shares > 0]
    return Modes(
        found=len(there),
        sure=len(np.unique(mode[sure])),
        kl=float(np.sum(there * np.log(there * MODES))),
        share=float(sure.mean()),
    )
