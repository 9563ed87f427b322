"""The fully connected pair of the classic MNIST example.

Weights are drawn from Keras's global seed: call `keras.utils.set_random_seed` first.
"""

import math
import numbers

import keras


def _check_size(name: str, value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, numbers.Integral) or value < 1:
        raise ValueError(f"{name} must be a positive whole number, got {value!r}")
    return value


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
