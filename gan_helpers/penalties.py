"""Penalties on D's slope, which `GAN.compile` adds to D's loss: R1, R2, the gradient penalty.

A penalty is a function (d, real, fake, seed) -> scalar tensor. d gives D's logits for samples, in
training mode, with the labels and the augmentation of the step; seed is an integer tensor (2,),
another one in each call, for the stateless random functions of TensorFlow. So you can write your
own. They want a D without batch normalisation, in which each logit hangs on one sample alone.

The second derivatives work with XLA and without: on a CPU nothing must have it off. (Tried: dense
layers, convolutions of each kind, pooling, normalisation, resizing.)
"""

import numbers
from collections.abc import Callable, Sequence

import keras
import tensorflow as tf


class Penalty:
    """A strength times a function of D, real and fake samples.

    Args:
        strength: a finite number, above 0.

    Raises:
        TypeError: strength is not a number.
        ValueError: it is not finite, or not above 0.
    """

    def __init__(self, strength: float):
        if isinstance(strength, bool) or not isinstance(strength, numbers.Real):
            raise TypeError(f"strength must be a number above 0, got {strength!r}")
        if not 0 < strength < float("inf"):
            raise ValueError(f"strength must be finite and above 0, got {strength!r}")
        self.strength: float = float(strength)

    def get_config(self) -> dict:
        """What Keras saves of it."""
        return {"strength": self.strength}

    @classmethod
    def from_config(cls, config: dict) -> "Penalty":
        """As `get_config` has written it down."""
        return cls(**config)

    def __call__(self, d: Callable, real: tf.Tensor, fake: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """The penalty, a scalar tensor."""
        raise NotImplementedError


@keras.saving.register_keras_serializable(package="gan_helpers")
class R1(Penalty):
    """Half the strength times the mean squared gradient of D's logit in its input, on real samples.

    Source: Mescheder et al. 2018, eq. 9 (there the strength is γ); Roth et al. 2017.
    """

    def __call__(self, d, real, fake, seed):
        return self.strength / 2 * tf.reduce_mean(squared_slopes(d, real))


@keras.saving.register_keras_serializable(package="gan_helpers")
class R2(Penalty):
    """R1 on fakes.

    Source: Mescheder et al. 2018, eq. 10; beside R1 in Huang et al. 2024.
    """

    def __call__(self, d, real, fake, seed):
        return self.strength / 2 * tf.reduce_mean(squared_slopes(d, fake))


@keras.saving.register_keras_serializable(package="gan_helpers")
class GradientPenalty(Penalty):
    """Strength times the mean of (slope - 1)², at points between real samples and fakes.

    The slope is the length of the gradient of D's logit. Each point lies on the line from one
    real sample to one fake, at a place drawn uniformly between 0 and 1.

    Raises:
        ValueError: on call: there are not as many fakes as real samples.

    Source: Gulrajani et al. 2017, algorithm 1 (there the strength is λ = 10).
    """

    def __init__(self, strength: float = 10.0):
        super().__init__(strength)

    def __call__(self, d, real, fake, seed):
        if not real.shape.is_compatible_with(fake.shape):
            raise ValueError(
                "GradientPenalty needs as many fakes as real samples, got shapes "
                f"{tuple(real.shape)} and {tuple(fake.shape)}"
            )
        fake = tf.cast(fake, real.dtype)  # networks may compute in another precision
        place = uniform(tf.shape(real)[0], seed, real.dtype)
        place = tf.reshape(place, [-1] + [1] * (len(real.shape) - 1))
        between = place * real + (1 - place) * fake
        return self.strength * tf.reduce_mean((safe_sqrt(squared_slopes(d, between)) - 1) ** 2)


def squared_slopes(d: Callable, x: tf.Tensor) -> tf.Tensor:
    """The squared length of the gradient of D's logit in each sample, (n,).

    Args:
        d: function from samples to logits (n, 1).
        x: samples, float (n, ...).
    """
    x = tf.stop_gradient(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        logits = d(x)
    slopes = tape.gradient(logits, x, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    return tf.reduce_sum(tf.reshape(slopes, [tf.shape(x)[0], -1]) ** 2, axis=1)


def uniform(n: tf.Tensor, seed: tf.Tensor, dtype: tf.DType) -> tf.Tensor:
    """n numbers between 0 and 1, (n,): the same with XLA and without.

    XLA makes other fractions of the same seed than TensorFlow does, but the same whole numbers.

    >>> numbers = uniform(1000, tf.constant([1, 2]), tf.float32).numpy()
    >>> bool(0 <= numbers.min() and numbers.max() < 1)
    True
    """
    whole = tf.random.stateless_uniform([n], seed, 0, 2**24, tf.int32, alg="philox")
    return tf.cast(whole, dtype) / 2**24


def safe_sqrt(squared: tf.Tensor) -> tf.Tensor:
    """The square root, with gradient 0 at 0, where the true one is infinite.

    >>> safe_sqrt(tf.constant([0.0, 4.0])).numpy()
    array([0., 2.], dtype=float32)
    """
    above = squared > 0
    return tf.where(above, tf.sqrt(tf.where(above, squared, tf.ones_like(squared))), 0)


def listed(given) -> tuple[Callable, ...]:
    """The penalties that `compile` was given: none, one, or several.

    Raises:
        TypeError: one is not callable.
    """
    several = given if isinstance(given, Sequence) else () if given is None else (given,)
    for one in several:
        if not callable(one) or isinstance(one, type):
            raise TypeError(
                "d_penalty must be a function (d, real, fake, seed), such as penalties.R1(1.0), "
                f"or a list of them, got {one!r}"
            )
    return tuple(several)


def total(
    penalties: Sequence[Callable], d: Callable, samples: tuple, step, every: int, seed, dtype
) -> tf.Tensor:
    """The sum of the penalties at this step, 0 if there are none.

    Args:
        penalties: functions (d, real, fake, seed).
        d: function from samples to logits.
        samples: real samples, and fakes.
        step: how many steps have been taken.
        every: at so many steps the penalties count once, and then so many times: lazily.
        seed: function that gives another seed in each call.
        dtype: of the sum.

    Source of lazy penalties: Karras et al. 2020 (StyleGAN2), sec. 2.2.
    """
    if not penalties:
        return tf.zeros((), dtype)

    def now() -> tf.Tensor:
        return every * tf.add_n([tf.cast(one(d, *samples, seed()), dtype) for one in penalties])

    if every == 1:
        return now()
    return tf.cond(step % every == 0, now, lambda: tf.zeros((), dtype))
