"""The fully connected pair of the classic MNIST example, and a small convolutional pair.

Weights are drawn from Keras's global seed: call `keras.utils.set_random_seed` first.
"""

import functools
import inspect
import math
import numbers
from collections.abc import Callable

import keras


def _check_size(name: str, value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, numbers.Integral) or value < 1:
        raise ValueError(f"{name} must be a positive whole number, got {value!r}")
    return int(value)  # Keras takes no NumPy integers


def build_generator(
    latent_dim: int = 100,
    hidden_units: int = 128,
    image_shape: tuple[int, ...] = (28, 28, 1),
) -> keras.Model:
    """Build G: latent vector -> hidden layer with leaky ReLU -> image with tanh.

    Args:
        latent_dim: length of the latent vector z.
        hidden_units: width of the hidden layer.
        image_shape: shape of one sample x.

    Returns:
        Keras model from float32 (n, latent_dim) to float32 (n, *image_shape) in [-1, 1].

    Raises:
        ValueError: a size is not a positive whole number.

    Source: Goodfellow et al. 2014, sec. 5; tanh and leaky ReLU: Radford et al. 2016, sec. 3.
    """
    latent_dim = _check_size("latent_dim", latent_dim)
    hidden_units = _check_size("hidden_units", hidden_units)
    image_shape = tuple(_check_size("image_shape", size) for size in image_shape)
    return keras.Sequential(
        [
            keras.Input((latent_dim,), name="z"),
            keras.layers.Dense(hidden_units),
            keras.layers.LeakyReLU(negative_slope=0.2),
            keras.layers.Dense(math.prod(image_shape), activation="tanh"),
            keras.layers.Reshape(image_shape),
        ],
        name="generator",
    )


def build_discriminator(
    hidden_units: int = 128, image_shape: tuple[int, ...] = (28, 28, 1)
) -> keras.Model:
    """Build D: image -> hidden layer with leaky ReLU -> one logit, with no sigmoid.

    Args:
        hidden_units: width of the hidden layer.
        image_shape: shape of one sample x.

    Returns:
        Keras model from float32 (n, *image_shape) to float32 logits (n, 1).

    Raises:
        ValueError: a size is not a positive whole number.

    Source: as `build_generator`.
    """
    hidden_units = _check_size("hidden_units", hidden_units)
    image_shape = tuple(_check_size("image_shape", size) for size in image_shape)
    return keras.Sequential(
        [
            keras.Input(image_shape, name="x"),
            keras.layers.Flatten(),
            keras.layers.Dense(hidden_units),
            keras.layers.LeakyReLU(negative_slope=0.2),
            keras.layers.Dense(1, name="logit"),
        ],
        name="discriminator",
    )


def _checked_sizes(function: Callable) -> Callable:
    """Check that every argument of `function` is a size, so that its own code stays readable."""
    signature = inspect.signature(function)

    @functools.wraps(function)
    def checked(*args, **kwargs):
        call = signature.bind(*args, **kwargs)
        call.apply_defaults()
        return function(*(_check_size(*argument) for argument in call.arguments.items()))

    return checked


@_checked_sizes
def build_conv_generator(latent_dim: int = 64, width: int = 32) -> keras.Model:
    """Build G of a small DCGAN: latent vector -> 7 x 7 -> 14 x 14 -> 28 x 28, tanh.

    Args:
        latent_dim: length of the latent vector z.
        width: channels at 14 x 14; twice as many at 7 x 7.

    Returns:
        Keras model from float32 (n, latent_dim) to float32 (n, 28, 28, 1) in [-1, 1].

    Raises:
        ValueError: a size is not a positive whole number.

    Source: Radford et al. 2016, sec. 3; kernels that the stride divides: Odena et al. 2016.
    """
    return keras.Sequential(
        [
            keras.Input((latent_dim,), name="z"),
            keras.layers.Dense(7 * 7 * 2 * width, use_bias=False),
            keras.layers.BatchNormalization(momentum=0.9),
            keras.layers.ReLU(),
            keras.layers.Reshape((7, 7, 2 * width)),
            keras.layers.Conv2DTranspose(width, 4, strides=2, padding="same", use_bias=False),
            keras.layers.BatchNormalization(momentum=0.9),
            keras.layers.ReLU(),
            keras.layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="tanh"),
        ],
        name="generator",
    )


@_checked_sizes
def build_conv_discriminator(width: int = 32) -> keras.Model:
    """Build D of a small DCGAN: 28 x 28 -> 14 x 14 -> 7 x 7 -> one logit, with no sigmoid.

    Args:
        width: channels at 14 x 14; twice as many at 7 x 7.

    Returns:
        Keras model from float32 (n, 28, 28, 1) to float32 logits (n, 1).

    Raises:
        ValueError: a size is not a positive whole number.

    Source: as `build_conv_generator`.
    """
    return keras.Sequential(
        [
            keras.Input((28, 28, 1), name="x"),
            keras.layers.Conv2D(width, 4, strides=2, padding="same"),
            keras.layers.LeakyReLU(negative_slope=0.2),
            keras.layers.Conv2D(2 * width, 4, strides=2, padding="same"),
            keras.layers.LeakyReLU(negative_slope=0.2),
            keras.layers.Flatten(),
            keras.layers.Dense(1, name="logit"),
        ],
        name="discriminator",
    )


@_checked_sizes
def build_conditional_discriminator(width: int = 32, labels: int = 10) -> keras.Model:
    """Build D of a conditional GAN: `build_conv_discriminator` with one logit for each label.

    It asks of an image "a real 0?", "a real 1?" and so on; the label picks the answer.

    Args:
        width: channels at 14 x 14; twice as many at 7 x 7.
        labels: how many there are.

    Returns:
        Keras model from [float32 (n, 28, 28, 1), one-hot labels (n, labels)] to float32
        logits (n, 1).

    Raises:
        ValueError: a size is not a positive whole number.

    Source: Miyato and Koyama 2018, eq. 3, without the part that all labels share.
    """
    x, label = keras.Input((28, 28, 1), name="x"), keras.Input((labels,), name="label")
    *body, _ = build_conv_discriminator(width).layers
    seen = x
    for layer in body:
        seen = layer(seen)
    logits = keras.layers.Dense(labels, name="logits")(seen)
    picked = keras.layers.Dot(axes=1, name="logit")([logits, label])
    return keras.Model([x, label], picked, name="discriminator")
