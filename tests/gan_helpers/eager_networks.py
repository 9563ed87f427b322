"""A tiny pair of networks that is trained eagerly: to compile takes longer than a few steps."""

from gan_helpers.gan import GAN, ConditionalGAN

import keras
import numpy as np

layers = keras.layers
REAL = np.random.default_rng(0).normal(1, 0.3, (40, 2)).astype(np.float32)
LABELS = np.arange(40) % 3


def pair(g_layers=(), d_layers=(), activation=None, **dense):
    """Small networks in the plane."""
    keras.utils.set_random_seed(1)
    g = [keras.Input((3,)), layers.Dense(4, **dense), *g_layers, layers.Dense(2, activation)]
    d = [keras.Input((2,)), layers.Dense(4, "tanh", **dense), *d_layers, layers.Dense(1)]
    return keras.Sequential(g, name="generator"), keras.Sequential(d, name="discriminator")


def sgd(rate=0.1):
    return keras.optimizers.SGD(rate)


def compiled(networks=None, **kwargs):
    gan = GAN(*(networks or pair()))
    gan.compile(sgd(), sgd(), **{"run_eagerly": True, "steps_per_execution": 2} | kwargs)
    return gan


def fit(gan, x=REAL, y=None, **kwargs):
    return gan.fit(x, y, **{"batch_size": 20, "verbose": 0} | kwargs)


def conditional():
    keras.utils.set_random_seed(1)
    g = keras.Sequential([keras.Input((5,)), layers.Dense(2)])
    x, label = keras.Input((2,)), keras.Input((3,))
    d = keras.Model([x, label], layers.Dense(1)(layers.Concatenate()([x, label])))
    gan = ConditionalGAN(g, d)
    gan.compile(sgd(), sgd(), run_eagerly=True)
    return gan


def weights(gan):
    return np.concatenate([w.ravel() for w in gan.get_weights()])


def distance(one, other):
    return np.abs(weights(one) - weights(other)).max()


def one_line(caught):
    assert "\n" not in str(caught.value)
