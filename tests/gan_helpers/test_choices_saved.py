"""Penalties, augmentation and losses of both logits: saved, copied, resumed, conditional."""

import copy
import pickle

from gan_helpers import augment, modern_losses, penalties
from gan_helpers.gan import GAN, ConditionalGAN
from gan_helpers.lipschitz import spectrally_normalised

import keras
import numpy as np
import pytest
import tensorflow as tf

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
REAL = np.random.default_rng(2).normal(size=(24, 4, 4, 1)).astype(np.float32)
layers = keras.layers


def my_penalty(d, real, fake, seed):
    return tf.reduce_mean(d(fake) ** 2)


class MyPenalty:
    def __init__(self, strength=1.0):
        self.strength = strength

    def get_config(self):
        return {"strength": self.strength}

    @classmethod
    def from_config(cls, config):
        return cls(**config)

    def __call__(self, d, real, fake, seed):
        return self.strength * tf.reduce_mean(d(real) ** 2)


def choices(**kwargs):
    return {
        "d_loss": modern_losses.d_loss_pairing,
        "g_loss": modern_losses.g_loss_pairing,
        "d_penalty": [penalties.R1(0.5), penalties.GradientPenalty(1.0)],
        "penalty_every": 2,
        "augment": augment.diff_augment(1, 2),
        "run_eagerly": True,
        **kwargs,
    }


def made(**kwargs):
    keras.utils.set_random_seed(1)
    g = keras.Sequential([keras.Input((2,)), layers.Dense(16), layers.Reshape((4, 4, 1))])
    d = keras.Sequential(
        [keras.Input((4, 4, 1)), layers.Flatten(), layers.Dense(4), layers.Dense(1)]
    )
    gan = GAN(g, spectrally_normalised(d), seed=3)
    decay = keras.optimizers.schedules.CosineDecay(0.05, decay_steps=20)
    gan.compile(keras.optimizers.Adam(decay), keras.optimizers.Adam(0.01), **choices(**kwargs))
    return gan


def fit(gan, epochs=1, **kwargs):
    return gan.fit(REAL, batch_size=8, epochs=epochs, verbose=0, **kwargs)


def saved(gan, folder):
    gan.save(folder / "gan.keras")
    return keras.saving.load_model(folder / "gan.keras")


WAYS = {
    "save": saved,
    "pickle": lambda gan, folder: pickle.loads(pickle.dumps(gan)),
    "deepcopy": lambda gan, folder: copy.deepcopy(gan),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_copy_goes_on_with_the_same_step(tmp_path, way):
    gan = made()
    fit(gan)
    other = way(gan, tmp_path)
    assert [type(one).__name__ for one in other.d_penalties] == ["R1", "GradientPenalty"]
    assert other.penalty_every == 2 and other.smooth == 0.0
    assert other.augment.get_config() == gan.augment.get_config()
    for each in (gan, other):
        fit(each)
    for one, again in zip(gan.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(one, again)


def test_functions_and_classes_of_ones_own_are_pickled_and_a_lambda_cannot_be_saved(tmp_path):
    gan = made(d_penalty=[my_penalty, MyPenalty(2.0)])
    other = pickle.loads(pickle.dumps(gan))
    assert other.d_penalties[0] is my_penalty and other.d_penalties[1].strength == 2.0
    for name, choice in (
        (r"d_penalty\[0\]", {"d_penalty": lambda d, real, fake, seed: 0.0}),
        ("augment", {"augment": lambda x, seed: x}),
    ):
        with pytest.raises(ValueError, match=f"{name} is a lambda, which cannot be saved"):
            made(**choice).save(tmp_path / "gan.keras")


def test_a_training_that_stopped_goes_on_bit_for_bit(tmp_path):
    whole, first, second = made(), made(), made()
    fit(whole, epochs=3)
    fit(first, epochs=1, save_dir=tmp_path)
    fit(second, epochs=3, save_dir=tmp_path)
    for one, again in zip(whole.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_array_equal(one, again)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"d_penalty": penalties.R1(0.5)}, r"d_penalty\[1\] was GradientPenalty .*, is None"),
        (
            {"d_penalty": [penalties.R1(0.6), penalties.GradientPenalty(1.0)]},
            r'd_penalty\[0\] was R1 \w+ {"strength": 0.5}, is R1 \w+ {"strength": 0.6}',
        ),
        ({"penalty_every": 1}, "penalty_every was 2, is None"),
        ({"augment": None}, "augment was Chain .*, is None"),
        ({"augment": augment.diff_augment(2, 2)}, "augment was Chain .*, is Chain"),
    ],
    ids=["fewer", "weaker", "not lazy", "not augmented", "otherwise"],
)
def test_a_save_of_other_choices_is_refused(tmp_path, change, message):
    fit(made(), save_dir=tmp_path)
    with pytest.raises(ValueError, match=f"other settings: {message}"):
        fit(made(**change), epochs=2, save_dir=tmp_path)


def test_a_penalty_that_cannot_be_told_from_another_is_refused(tmp_path):
    gan = made(d_penalty=lambda d, real, fake, seed: tf.reduce_sum(d(real)))
    with pytest.raises(ValueError, match=r"save_dir needs a d_penalty\[0\] that .*a lambda"):
        fit(gan, save_dir=tmp_path)


def test_a_conditional_gan_tells_d_the_label_in_penalties_and_pairs():
    keras.utils.set_random_seed(1)
    labels, asked = np.arange(24) % 3, []
    g = keras.Sequential([keras.Input((5,)), layers.Dense(16), layers.Reshape((4, 4, 1))])
    x, label = keras.Input((4, 4, 1)), keras.Input((3,))
    logits = layers.Dense(3)(layers.Flatten()(x))
    gan = ConditionalGAN(g, keras.Model([x, label], layers.Dot(axes=1)([logits, label])))

    def remember(d, real, fake, seed):
        asked.append((d(real).numpy(), real.numpy()))
        return penalties.R1(1.0)(d, real, fake, seed)

    sgd = keras.optimizers.SGD
    gan.compile(sgd(0.0), sgd(0.0), **choices(d_penalty=remember, penalty_every=1, augment=None))
    gan.fit(REAL, labels, batch_size=8, shuffle=False, verbose=0)
    for step, (logits, real) in enumerate(asked):
        hot = np.eye(3, dtype=np.float32)[labels[8 * step : 8 * step + 8]]
        np.testing.assert_allclose(logits, gan.discriminator([real, hot]), atol=1e-6)
    assert len(asked) == 3
