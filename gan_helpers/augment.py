"""Augmentation of real samples and fakes alike, in both turns, through which G can learn.

An augmentation is a function (x, seed) -> samples like x. It must be differentiable in x, and must
do the same to real samples and fakes: then D cannot tell the augmented ones from the others, and
G need not draw them. seed is an integer tensor (2,), another one in each call, for the stateless
random functions of TensorFlow. So you can write your own.

Source: Zhao et al. 2020 (DiffAugment); Karras et al. 2020 (ADA), on which augmentations leak.
"""

from gan_helpers.batches import positive

import keras
import tensorflow as tf


class _Filled:
    """What `Shift` and `Cutout` share: a number of pixels, and what they put in."""

    def __init__(self, pixels: int, fill: float = -1.0):
        self.pixels, self.fill = positive("pixels", pixels), float(fill)

    def get_config(self) -> dict:
        """What Keras saves of it."""
        return {"pixels": self.pixels, "fill": self.fill}

    @classmethod
    def from_config(cls, config: dict):
        """As `get_config` has written it down."""
        return cls(**config)


@keras.saving.register_keras_serializable(package="gan_helpers")
class Shift(_Filled):
    """Shift each image by up to so many pixels, up or down and to a side; what comes in is `fill`.

    Args:
        pixels: the largest shift, a positive whole number; each shift is equally likely.
        fill: value of the pixels that come in, -1 for the black of images in [-1, 1].

    Raises:
        ValueError: pixels is not a positive whole number; on call: x is not (n, h, w, channels).
    """

    def __init__(self, pixels: int = 1, fill: float = -1.0):
        super().__init__(pixels, fill)

    def __call__(self, x: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """Shifted images, float (n, height, width, channels) as x."""
        _check_images("Shift", x)
        n, height, width = tf.shape(x)[0], x.shape[1], x.shape[2]
        by = _whole_numbers((2, n), seed, -self.pixels, self.pixels)
        # A matrix of each image's rows, one of its columns: linear in x, so that even the
        # gradient of a gradient goes through, and XLA compiles it.
        rows = tf.one_hot(tf.range(height) + by[0][:, None], height, dtype=x.dtype)
        columns = tf.one_hot(tf.range(width) + by[1][:, None], width, dtype=x.dtype)
        return tf.einsum("nij,njkc,nlk->nilc", rows, x - self.fill, columns) + self.fill


@keras.saving.register_keras_serializable(package="gan_helpers")
class Cutout(_Filled):
    """Set a square of each image to `fill`, at a place of its own.

    Args:
        pixels: side of the square, a positive whole number. Its middle may lie on any pixel,
            so that a part of it may lie outside.
        fill: as in `Shift`.

    Raises:
        ValueError: as in `Shift`.
    """

    def __init__(self, pixels: int = 14, fill: float = -1.0):
        super().__init__(pixels, fill)

    def __call__(self, x: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """Images with a square cut out, float (n, height, width, channels) as x."""
        _check_images("Cutout", x)
        cut = []
        for size, row in zip(x.shape[1:3], tf.unstack(_split(seed, 2)), strict=True):
            middle = _whole_numbers((tf.shape(x)[0], 1), row, 0, size - 1)
            away = tf.range(size) - (middle - self.pixels // 2)
            cut.append((away >= 0) & (away < self.pixels))
        inside = cut[0][:, :, None, None] & cut[1][:, None, :, None]
        return tf.where(inside, tf.cast(self.fill, x.dtype), x)


@keras.saving.register_keras_serializable(package="gan_helpers")
class Chain:
    """Several augmentations, one after the other.

    Args:
        steps: functions (x, seed).

    Raises:
        TypeError: one of them is not callable.
    """

    def __init__(self, steps: list):
        for one in steps:
            if not callable(one):
                raise TypeError(f"steps must be functions (x, seed), got {one!r}")
        self.steps = list(steps)

    def get_config(self) -> dict:
        """What Keras saves of it."""
        return {"steps": [keras.saving.serialize_keras_object(one) for one in self.steps]}

    @classmethod
    def from_config(cls, config: dict) -> "Chain":
        """As `get_config` has written it down."""
        return cls([keras.saving.deserialize_keras_object(one) for one in config["steps"]])

    def __call__(self, x: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """Samples like x, each changed by all steps."""
        for step, own in zip(self.steps, tf.unstack(_split(seed, len(self.steps))), strict=True):
            x = step(x, own)
        return x


def diff_augment(shift: int = 3, cutout: int = 14, fill: float = -1.0) -> Chain:
    """Shift, then cut out: DiffAugment for images without colours.

    Args:
        shift, cutout, fill: of `Shift` and `Cutout`. The defaults are those of the source for
            28 × 28 pixels, an eighth and a half of the side, but for the fill, there 0.

    Raises:
        ValueError: as in `Shift`.

    Source: Zhao et al. 2020, sec. 3.2, without the changes of colour.
    """
    return Chain([Shift(shift, fill), Cutout(cutout, fill)])


def nothing(x: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """No augmentation."""
    return x


def _split(seed: tf.Tensor, n: int) -> tf.Tensor:
    return tf.random.split(tf.cast(seed, tf.int32), n, alg="philox")


def _whole_numbers(shape: tuple, seed: tf.Tensor, low: int, high: int) -> tf.Tensor:
    # Named, since XLA would choose another algorithm by itself.
    return tf.random.stateless_uniform(shape, seed, low, high + 1, tf.int32, alg="philox")


def _check_images(name: str, x: tf.Tensor) -> None:
    if len(x.shape) != 4 or None in x.shape[1:3]:
        raise ValueError(
            f"{name} needs images of shape (n, height, width, channels), got {tuple(x.shape)}"
        )
