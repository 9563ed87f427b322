"""The formulas of the adversarial game, and what they are at equilibrium.

Notebooks 02 and 03 define these functions in full view; the code here is the same,
with the checks of the arguments in a decorator, so that the formulas stay readable.
"""

import functools
import inspect
import math
import numbers
from collections.abc import Callable
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf


class NonFiniteLossError(FloatingPointError):
    """A loss became NaN or infinite in training; the message names the loss and the step."""


class NonFiniteLogitsError(ValueError):
    """Logits are NaN or infinite; the message names them and the value."""


def check_smooth(smooth, name: str = "smooth"):
    """Return `smooth` unchanged if it is a number in [0, 1).

    A scalar TensorFlow tensor or variable is allowed too, so that `smooth` can change
    without a new trace; its value is checked only where it is known.

    Raises:
        TypeError: `smooth` is not a number.
        ValueError: `smooth` is outside [0, 1).

    >>> check_smooth(0.1)
    0.1
    """
    if tf.is_tensor(smooth) or isinstance(smooth, tf.Variable):
        if smooth.shape.rank != 0 or not tf.as_dtype(smooth.dtype).is_floating:
            raise TypeError(f"{name} must be a number or a scalar float tensor, got {smooth!r}")
        if not tf.executing_eagerly():
            return smooth
    elif isinstance(smooth, bool) or not isinstance(smooth, numbers.Real):
        raise TypeError(f"{name} must be a number with 0 <= {name} < 1, got {smooth!r}")
    if not 0 <= float(smooth) < 1:
        raise ValueError(f"{name} must satisfy 0 <= {name} < 1, got {float(smooth)!r}")
    return smooth


def _check_logits(logits, name: str) -> tf.Tensor:
    try:
        logits = tf.convert_to_tensor(logits)
    except (ValueError, TypeError) as error:
        raise TypeError(f"{name} must be a tensor of float logits, got {logits!r}") from error
    if not logits.dtype.is_floating:
        raise TypeError(
            f"{name} must have a float dtype, got {logits.dtype.name}; "
            "logits are the discriminator's raw output, before any sigmoid or rounding"
        )
    if logits.shape.rank is not None and 0 in logits.shape.as_list():
        raise ValueError(f"{name} must hold at least one logit, got shape {tuple(logits.shape)}")
    values = np.asarray(logits.numpy() if hasattr(logits, "numpy") else 0.0)  # unknown in a graph
    if not np.isfinite(values).all():
        bad = values[~np.isfinite(values)][0]
        raise NonFiniteLogitsError(
            f"{name} must be finite, got {bad}; has the discriminator diverged?"
        )
    return logits


def _check_density(density, name: str) -> np.ndarray:
    density = np.asarray(density, dtype=np.float64)
    if not np.isfinite(density).all() or (density < 0).any():
        bad = density[~(np.isfinite(density) & (density >= 0))].flat[0]
        raise ValueError(f"{name} must be finite and not negative, got {bad}")
    return density


_CHECKS = {
    "smooth": check_smooth,
    "d_logits_real": _check_logits,
    "d_logits_fake": _check_logits,
    "p_data": _check_density,
    "p_g": _check_density,
}


def _checked(function: Callable) -> Callable:
    """Check every argument of `function` by its name before the call."""
    signature = inspect.signature(function)

    @functools.wraps(function)
    @tf.autograph.experimental.do_not_convert  # there is no Python control flow to convert
    def checked(*args, **kwargs):
        call = signature.bind(*args, **kwargs)
        for name, value in call.arguments.items():
            call.arguments[name] = _CHECKS[name](value, name)
        with np.errstate(invalid="ignore"):  # 0 / 0 where both densities are 0
            return function(*call.args)

    return checked


@_checked
def d_loss_real(d_logits_real: tf.Tensor, smooth: float = 0.1) -> tf.Tensor:
    """Discriminator's loss on real samples: cross-entropy with labels 1 - smooth.

    Args:
        d_logits_real: D's logits on real samples; any shape but empty, float, finite.
        smooth: one-sided label smoothing, 0 <= smooth < 1.

    Returns:
        Scalar tensor of the logits' dtype: the mean over all logits, in nats, >= 0.

    Raises:
        TypeError: logits are not float, or smooth is not a number.
        ValueError: no logits, logits that are not finite (seen in eager mode only),
            or smooth outside [0, 1).

    Source: Goodfellow et al. 2014, eq. 1; label smoothing: Salimans et al. 2016, sec. 3.4.

    >>> f"{d_loss_real([2.2], smooth=0):.4f}"  # -log D, where D = 0.9
    '0.1051'
    """
    return tf.reduce_mean(
        tf.nn.sigmoid_cross_entropy_with_logits(
            logits=d_logits_real, labels=tf.ones_like(d_logits_real) * (1 - smooth)
        )
    )


@_checked
def d_loss_fake(d_logits_fake: tf.Tensor) -> tf.Tensor:
    """Discriminator's loss on generated samples: cross-entropy with labels 0, never smoothed.

    Args:
        d_logits_fake: D's logits on generated samples; any shape but empty, float, finite.

    Returns:
        Scalar tensor of the logits' dtype: the mean over all logits, in nats, >= 0.

    Raises:
        TypeError, ValueError: as in `d_loss_real`.

    Source: Goodfellow et al. 2014, eq. 1.

    >>> f"{d_loss_fake([0.0]):.4f}"  # -log(1 - D), where D = 1/2
    '0.6931'
    """
    return tf.reduce_mean(
        tf.nn.sigmoid_cross_entropy_with_logits(
            logits=d_logits_fake, labels=tf.zeros_like(d_logits_fake)
        )
    )


@keras.saving.register_keras_serializable(package="gan_helpers")
def d_loss(d_logits_real: tf.Tensor, d_logits_fake: tf.Tensor, smooth: float = 0.1) -> tf.Tensor:
    """Discriminator's loss: d_loss_real + d_loss_fake.

    Args:
        d_logits_real: D's logits on real samples; any shape but empty, float, finite.
        d_logits_fake: D's logits on generated samples, of the same dtype. The two batches
            need not be of one size: each term is a mean, so each half counts the same.
        smooth: one-sided label smoothing, 0 <= smooth < 1.

    Returns:
        Scalar tensor of the logits' dtype, in nats, >= 0.

    Raises:
        TypeError, ValueError: as in `d_loss_real`.

    Source: Goodfellow et al. 2014, eq. 1; label smoothing: Salimans et al. 2016, sec. 3.4.

    >>> f"{d_loss([0.0], [0.0]):.4f}"  # 2 log 2, whatever the smoothing
    '1.3863'
    """
    return d_loss_real(d_logits_real, smooth) + d_loss_fake(d_logits_fake)


@keras.saving.register_keras_serializable(package="gan_helpers")
@_checked
def g_loss(d_logits_fake: tf.Tensor) -> tf.Tensor:
    """Generator's non-saturating loss: cross-entropy of D's logits on fakes with labels 1.

    Args:
        d_logits_fake: D's logits on generated samples; any shape but empty, float, finite.

    Returns:
        Scalar tensor of the logits' dtype: the mean of -log D(G(z)), in nats, >= 0.

    Raises:
        TypeError, ValueError: as in `d_loss_real`.

    Source: Goodfellow et al. 2014, sec. 3 (the paragraph before fig. 1); named
    non-saturating in Goodfellow 2016, sec. 3.2.3.

    >>> f"{g_loss([-10.0]):.4f}"  # D is sure that it is a fake
    '10.0000'
    """
    return tf.reduce_mean(
        tf.nn.sigmoid_cross_entropy_with_logits(
            logits=d_logits_fake, labels=tf.ones_like(d_logits_fake)
        )
    )


@keras.saving.register_keras_serializable(package="gan_helpers")
@_checked
def g_loss_minimax(d_logits_fake: tf.Tensor) -> tf.Tensor:
    """Generator's minimax loss, for comparison: the mean of log(1 - D(G(z))).

    Args:
        d_logits_fake: D's logits on generated samples; any shape but empty, float, finite.

    Returns:
        Scalar tensor of the logits' dtype, in nats, <= 0.

    Raises:
        TypeError, ValueError: as in `d_loss_real`.

    Source: Goodfellow et al. 2014, eq. 1 (the second term).

    >>> f"{g_loss_minimax([-10.0]):.6f}"  # and this loss hardly notices
    '-0.000045'
    """
    return -tf.reduce_mean(
        tf.nn.sigmoid_cross_entropy_with_logits(
            logits=d_logits_fake, labels=tf.zeros_like(d_logits_fake)
        )
    )


@_checked
def optimal_discriminator(p_data: np.ndarray, p_g: np.ndarray, smooth: float = 0.1) -> np.ndarray:
    """Best discriminator for two known densities: D*(x) = (1 - smooth) p_data / (p_data + p_g).

    Args:
        p_data: density of the real samples at some points x; any shape, finite, >= 0.
        p_g: density of the generated samples at the same points.
        smooth: one-sided label smoothing, 0 <= smooth < 1.

    Returns:
        Array of float64, of the broadcast shape, in [0, 1 - smooth]; NaN where both
        densities are 0, because any answer is as good as any other there.

    Raises:
        TypeError: smooth is not a number.
        ValueError: a density is negative or not finite, or smooth is outside [0, 1).

    Source: Goodfellow et al. 2014, prop. 1; with smoothing: Salimans et al. 2016, sec. 3.4.

    >>> optimal_discriminator([0.3, 0.3, 0.0], [0.0, 0.1, 0.1], smooth=0)
    array([1.  , 0.75, 0.  ])
    """
    return (1 - smooth) * p_data / (p_data + p_g)


class Equilibrium(NamedTuple):
    """What the game's quantities are when p_g = p_data and D is optimal."""

    d: float
    d_loss: float
    g_loss: float


def equilibrium(smooth: float = 0.1) -> Equilibrium:
    """Values of D, d_loss and g_loss at the equilibrium, where p_g = p_data and D = D*.

    Args:
        smooth: one-sided label smoothing, a number with 0 <= smooth < 1.

    Returns:
        `d` = (1 - smooth) / 2, a probability; `d_loss` and `g_loss` in nats.

    Raises:
        TypeError, ValueError: as in `d_loss_real`.

    Source: Goodfellow et al. 2014, theorem 1, with the D* of Salimans et al. 2016, sec. 3.4.

    >>> [round(value, 4) for value in equilibrium(smooth=0.1)]
    [0.45, 1.3763, 0.7985]
    """
    label = 1 - float(check_smooth(smooth))
    d = label / 2
    real = -label * math.log(d) - (1 - label) * math.log1p(-d)
    fake = -math.log1p(-d)
    return Equilibrium(d=d, d_loss=real + fake, g_loss=-math.log(d))
