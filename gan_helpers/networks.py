"""The fully connected pair of the classic MNIST example, and a small convolutional pair.

Weights are drawn from Keras's global seed: call `keras.utils.set_random_seed` first.
"""

import functools
import inspect
import math
import numbers
from collections.abc import Callable, Iterable

import keras


def _size(name: str, value) -> int:
    if isinstance(value, bool) or not isinstance(value, numbers.Integral) or value < 1:
        raise ValueError(f"{name} must be a positive whole number, got {value!r}")
    return int(value)  # Keras takes no NumPy integers


def _shape(name: str, value) -> tuple[int, ...]:
    if not isinstance(value, Iterable) or isinstance(value, str):
        raise ValueError(f"{name} must be a tuple of positive whole numbers, got {value!r}")
    return tuple(_size(name, size) for size in value)


def _shape_of_convolutions(name: str, value) -> tuple[int, ...]:
    shape = _shape(name, value)
    if len(shape) != 3 or shape[0] % 4 or shape[1] % 4 or shape[2] not in (1, 3):
        raise ValueError(
            f"{name} must be (height, width, channels), with sides that 4 divides and 1 or 3 "
            f"channels, got {shape}"
        )
    return shape


def _checked_sizes(function: Callable, shape: Callable = _shape) -> Callable:
    """Check that every argument of `function` is a size, so that its own code stays readable."""
    signature = inspect.signature(function)

    @functools.wraps(function)
    def checked(*args, **kwargs):
        call = signature.bind(*args, **kwargs)
        call.apply_defaults()
        for name, value in call.arguments.items():
            check = shape if name == "image_shape" else _size
            call.arguments[name] = check(name, value)
        return function(*call.args)

    return checked


_checked_convolutions = functools.partial(_checked_sizes, shape=_shape_of_convolutions)


@_checked_sizes
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

    Source: fully connected networks: Goodfellow et al. 2014, sec. 5, who have ReLU and sigmoid
    in G and maxout in D; leaky ReLU: Maas et al. 2013; tanh at the end of G, and the slope of
    0.2, in D only: Radford et al. 2016, sec. 3 and 4.

    >>> build_generator(latent_dim=2, image_shape=(4, 4, 3)).output_shape
    (None, 4, 4, 3)
    """
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


@_checked_sizes
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

    >>> build_discriminator(image_shape=(2,)).count_params()  # (2 + 1) 128 + 128 + 1
    513
    """
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


@_checked_convolutions
def build_conv_generator(
    latent_dim: int = 64, width: int = 32, image_shape: tuple[int, ...] = (28, 28, 1)
) -> keras.Model:
    """Build G of a small DCGAN: latent vector -> 7 x 7 -> 14 x 14 -> 28 x 28, tanh.

    The sizes named here and below are those of digits; other images begin at a quarter of theirs.

    Args:
        latent_dim: length of the latent vector z.
        width: channels at 14 x 14; twice as many at 7 x 7.
        image_shape: (height, width, channels) of a sample: sides that 4 divides, and 1 channel
            or 3.

    Returns:
        Keras model from float32 (n, latent_dim) to float32 (n, *image_shape) in [-1, 1].

    Raises:
        ValueError: a size is not a positive whole number, or image_shape is none of those.

    Source: Radford et al. 2016, sec. 3; kernels that the stride divides: Odena et al. 2016.

    >>> build_conv_generator(image_shape=(32, 32, 3)).output_shape
    (None, 32, 32, 3)
    """
    rows, columns, channels = image_shape
    return keras.Sequential(
        [
            keras.Input((latent_dim,), name="z"),
            keras.layers.Dense((rows // 4) * (columns // 4) * 2 * width, use_bias=False),
            keras.layers.BatchNormalization(momentum=0.9),
            keras.layers.ReLU(),
            keras.layers.Reshape((rows // 4, columns // 4, 2 * width)),
            keras.layers.Conv2DTranspose(width, 4, strides=2, padding="same", use_bias=False),
            keras.layers.BatchNormalization(momentum=0.9),
            keras.layers.ReLU(),
            keras.layers.Conv2DTranspose(channels, 4, strides=2, padding="same", activation="tanh"),
        ],
        name="generator",
    )


@_checked_convolutions
def build_conv_discriminator(
    width: int = 32, image_shape: tuple[int, ...] = (28, 28, 1)
) -> keras.Model:
    """Build D of a small DCGAN: 28 x 28 -> 14 x 14 -> 7 x 7 -> one logit, with no sigmoid.

    Args:
        width: channels at 14 x 14; twice as many at 7 x 7.
        image_shape: as in `build_conv_generator`.

    Returns:
        Keras model from float32 (n, *image_shape) to float32 logits (n, 1).

    Raises:
        ValueError: as in `build_conv_generator`.

    Source: Radford et al. 2016, sec. 3, without their batch normalisation.

    >>> build_conv_discriminator(width=8).output_shape
    (None, 1)
    """
    return keras.Sequential(
        [
            keras.Input(image_shape, name="x"),
            keras.layers.Conv2D(width, 4, strides=2, padding="same"),
            keras.layers.LeakyReLU(negative_slope=0.2),
            keras.layers.Conv2D(2 * width, 4, strides=2, padding="same"),
            keras.layers.LeakyReLU(negative_slope=0.2),
            keras.layers.Flatten(),
            keras.layers.Dense(1, name="logit"),
        ],
        name="discriminator",
    )


@_checked_convolutions
def build_conditional_discriminator(
    width: int = 32, labels: int = 10, image_shape: tuple[int, ...] = (28, 28, 1)
) -> keras.Model:
    """Build D of a conditional GAN: `build_conv_discriminator` with one logit for each label.

    It asks of an image "a real 0?", "a real 1?" and so on; the label picks the answer.

    Args:
        width: channels at 14 x 14; twice as many at 7 x 7.
        labels: how many there are.
        image_shape: as in `build_conv_generator`.

    Returns:
        Keras model from [float32 (n, *image_shape), one-hot labels (n, labels)] to float32
        logits (n, 1).

    Raises:
        ValueError: as in `build_conv_generator`.

    Source: the inner product with the label of Miyato and Koyama 2018, sec. 3, without the term
    that all labels share, and with a bias for each label.

    >>> build_conditional_discriminator(width=8).input_shape
    [(None, 28, 28, 1), (None, 10)]
    """
    x, label = keras.Input(image_shape, name="x"), keras.Input((labels,), name="label")
    *body, _ = build_conv_discriminator(width, image_shape).layers
    seen = x
    for layer in body:
        seen = layer(seen)
    logits = keras.layers.Dense(labels, name="logits")(seen)
    picked = keras.layers.Dot(axes=1, name="logit")([logits, label])
    return keras.Model([x, label], picked, name="discriminator")
