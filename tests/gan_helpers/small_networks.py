"""A tiny pair of networks for points in the plane, its training, and that training by hand.

Two runs of the same steps in float32 may differ by rounding where TensorFlow compiles them in
different ways. Weights and inputs here are of size 1, and plain gradient descent passes on an
error as it is (Adam would blow up that of a tiny gradient), so that a few dozen operations a
step over a few steps stay below `ROUNDING`.
"""

from gan_helpers.data import ring
from gan_helpers.gan import GAN

import keras
import numpy as np
import tensorflow as tf

ROUNDING = 32 * np.finfo(np.float32).eps
NAMES = ["d_loss", "g_loss", "d_real", "d_fake"]
REAL = ring().sample(100, seed=0)


def networks(inner_g=(), inner_d=(), seed=1):
    """A tiny pair for points in the plane, with layers of one's choice in the middle."""
    keras.utils.set_random_seed(seed)

    def network(inputs, inner, outputs):
        # Batch normalisation takes a bias out again, and its gradient would be mere rounding.
        hidden = keras.layers.Dense(8, use_bias=not inner)
        end = [keras.layers.LeakyReLU(), keras.layers.Dense(outputs)]
        return keras.Sequential([keras.Input((inputs,)), hidden, *inner, *end])

    return network(3, inner_g, 2), network(2, inner_d, 1)


def networks_with_state():
    norm, dropout = keras.layers.BatchNormalization, keras.layers.Dropout
    return networks([norm(), dropout(0.2)], [norm(), dropout(0.3)])


def sgd(rate=0.05):
    return keras.optimizers.SGD(rate)


def adam(rate=0.01):
    return keras.optimizers.Adam(rate, beta_1=0.5)


def compiled(pair=None, make=GAN, optimizers=None, seed=7, **kwargs):
    gan = make(*(pair or networks()), seed=seed)
    d_optimizer, g_optimizer = optimizers or (sgd(), sgd())
    gan.compile(
        d_optimizer, g_optimizer, **{"steps_per_execution": 1, "jit_compile": False} | kwargs
    )
    return gan


def fit(gan, data=REAL, **kwargs):
    kwargs = {"batch_size": 25, "epochs": 2, "shuffle": False, "verbose": 0, **kwargs}
    return gan.fit(data, **kwargs).history


def values(model):
    return [variable.numpy() for variable in model.variables]


def equal(one, other):
    return [np.array_equal(a, b) for a, b in zip(one, other, strict=True)]


def assert_same_up_to_rounding(one, other):
    for a, b in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=ROUNDING, atol=ROUNDING)


def cross_entropy(logits, target):
    return tf.reduce_mean(
        tf.nn.sigmoid_cross_entropy_with_logits(tf.fill(tf.shape(logits), target), logits)
    )


def by_hand(pair, optimizers, seed, batches, smooth):
    """Algorithm 1 with a tape for each turn, and nothing of GAN in it."""
    (g, d), (d_optimizer, g_optimizer) = pair, optimizers
    draws = keras.random.SeedGenerator(seed)
    rows = []
    for real in batches:
        fake = g(keras.random.normal((len(real), 3), seed=draws), training=True)
        with tf.GradientTape() as tape:
            on_real, on_fake = d(real, training=True), d(fake, training=True)
            d_loss = cross_entropy(on_real, 1 - smooth) + cross_entropy(on_fake, 0.0)
        gradient = tape.gradient(d_loss, d.trainable_variables)
        d_optimizer.apply_gradients(zip(gradient, d.trainable_variables, strict=True))

        z = keras.random.normal((len(real), 3), seed=draws)
        with tf.GradientTape() as tape:
            g_loss = cross_entropy(d(g(z, training=True), training=True), 1.0)
        gradient = tape.gradient(g_loss, g.trainable_variables)
        g_optimizer.apply_gradients(zip(gradient, g.trainable_variables, strict=True))
        answers = (tf.reduce_mean(tf.sigmoid(logits)) for logits in (on_real, on_fake))
        rows.append([float(value) for value in (d_loss, g_loss, *answers)])
    return np.array(rows)


def fakes_of_training(gan, steps, n):
    """D's logits on the fakes of each step of an untrained GAN: in D's turns, in G's turns."""
    draws = keras.random.SeedGenerator(7)
    logits = [
        gan.discriminator(gan.generator(keras.random.normal((n, 3), seed=draws)))
        for _ in range(2 * steps)
    ]
    return logits[0::2], logits[1::2]


def dense(inputs, outputs):
    return keras.Sequential([keras.Input((inputs,)), keras.layers.Dense(outputs)])
