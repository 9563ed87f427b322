"""Networks, settings and data that cannot work are named."""

from gan_helpers.gan import GAN, latent_vectors
from tests.gan_helpers.small_networks import adam, compiled, dense, fit

import keras
import numpy as np
import pytest
import tensorflow as tf

# Keras 3.12 itself calls numpy 2 in the old way, when it traces and when it saves.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(2)

    def call(self, z):
        return self.dense(z)


def called():
    network = Subclassed()
    network(tf.zeros((1, 3)))
    return network


@pytest.mark.parametrize(
    ("generator", "discriminator", "message"),
    [
        (keras.Sequential([keras.layers.Dense(2)]), dense(2, 1), "generator must .*keras.Input"),
        (
            dense(3, 2),
            keras.Sequential([keras.layers.Dense(1)]),
            "discriminator must .*keras.Input",
        ),
        (called(), dense(2, 1), "generator must .*keras.Input"),
        (
            keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Flatten()]),
            dense(16, 1),
            r"generator must take latent vectors.*got \(None, 4, 4, 1\)",
        ),
        (dense(3, 2), dense(4, 1), r"makes samples \(2,\), but discriminator takes \(4,\)"),
        (dense(3, 2), dense(2, 2), r"discriminator must give one logit.*got \(None, 2\)"),
        (
            dense(3, 2),
            keras.Sequential([keras.Input((2,)), keras.layers.Reshape((2, 1))]),
            r"discriminator must give one logit.*got \(None, 2, 1\)",
        ),
    ],
    ids=["unbuilt G", "unbuilt D", "subclassed", "image to image", "shapes", "two", "unflattened"],
)
def test_networks_that_do_not_fit_are_named(generator, discriminator, message):
    with pytest.raises(ValueError, match=message):
        GAN(generator, discriminator)


@pytest.mark.parametrize(
    ("kwargs", "error", "message"),
    [
        ({"d_loss": None}, TypeError, "d_loss must be a function, got None"),
        ({"g_loss": 3}, TypeError, "g_loss must be a function, got 3"),
        ({"g_ema": 1.0}, ValueError, "g_ema must be None or satisfy .* got 1.0"),
        ({"g_ema": 0}, ValueError, "g_ema must be None or satisfy .* got 0"),
        ({"g_ema": "0.9"}, ValueError, "g_ema must be None or satisfy .* got '0.9'"),
        ({"steps_per_execution": 0}, ValueError, "steps_per_execution must be .* got 0"),
        ({"steps_per_execution": 1.5}, ValueError, "steps_per_execution must be .* got 1.5"),
        ({"simultaneous": 1}, TypeError, "simultaneous must be True or False, got 1"),
        ({"smooth": 1}, ValueError, "smooth must satisfy .* got 1.0"),
        ({"smooth": -0.1}, ValueError, "smooth must satisfy .* got -0.1"),
        ({"smooth": float("nan")}, ValueError, "smooth must satisfy .* got nan"),
        ({"smooth": "0.1"}, TypeError, "smooth must be a number .* got '0.1'"),
        ({"smooth": True}, TypeError, "smooth must be a number .* got True"),
    ],
)
def test_compile_names_what_is_wrong(kwargs, error, message):
    with pytest.raises(error, match=message):
        compiled(**kwargs)


def test_one_optimizer_cannot_serve_both_networks():
    optimizer = adam()
    with pytest.raises(ValueError, match="d_optimizer and g_optimizer must be two optimizers"):
        compiled(optimizers=(optimizer, optimizer))
    gan = compiled(optimizers=("adam", "adam"))
    assert gan.d_optimizer is not gan.g_optimizer


@pytest.mark.parametrize("n", [0, -1])
def test_a_number_of_samples_below_one_is_named(n):
    gan = compiled()
    for call in (lambda: gan.sample(n, seed=0), lambda: latent_vectors(n, 3, seed=0)):
        with pytest.raises(ValueError, match=f"n must be at least 1, got {n}"):
            call()


def test_data_of_another_shape_are_refused():
    with pytest.raises(ValueError, match="shape"):
        fit(compiled(), np.zeros((10, 5), np.float32))


@pytest.mark.parametrize("batch_size", [0, -1, 2.5])
def test_a_wrong_batch_size_is_named(batch_size):
    with pytest.raises(ValueError, match=f"batch_size must be a positive .* got {batch_size}"):
        fit(compiled(), batch_size=batch_size)
    with pytest.raises(ValueError, match=r"x must hold at least one sample, got shape \(0, 2\)"):
        fit(compiled(), np.zeros((0, 2), np.float32))
