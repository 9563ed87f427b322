"""Augmentation: what it does to an image, its gradient, and that both turns see both halves."""

from gan_helpers import augment
from tests.gan_helpers.small_networks import assert_same_up_to_rounding, compiled

import keras
import numpy as np
import pytest
import tensorflow as tf

SEED = tf.constant([1, 2])
IMAGES = np.random.default_rng(0).uniform(-1, 1, (200, 5, 6, 2))
KINDS = [augment.Shift(2), augment.Cutout(3), augment.diff_augment(1, 2, fill=0.5)]
every_kind = pytest.mark.parametrize("kind", KINDS, ids=["shift", "cutout", "both"])


def moved(image, rows, columns, fill=-1.0):
    """What is moved by so many rows and columns, in numpy: out[i, j] = image[i + rows, ...]."""
    padded = np.pad(image, [(2, 2), (2, 2), (0, 0)], constant_values=fill)
    return padded[2 + rows : 7 + rows, 2 + columns : 8 + columns]


def test_a_shift_moves_by_whole_pixels_each_way_equally_often():
    found = augment.Shift(2)(tf.constant(IMAGES), SEED).numpy()
    ways = []
    for before, after in zip(IMAGES, found, strict=True):
        all_ways = [(r, c) for r in range(-2, 3) for c in range(-2, 3)]
        fits = [way for way in all_ways if np.allclose(moved(before, *way), after)]
        assert len(fits) == 1
        ways += fits
    assert set(ways) == {(r, c) for r in range(-2, 3) for c in range(-2, 3)}
    assert np.abs(np.mean(ways, axis=0)).max() < 0.3


def test_a_cutout_is_a_square_of_the_fill_whose_middle_lies_in_the_image():
    found = augment.Cutout(3, fill=9.0)(tf.constant(IMAGES), SEED).numpy()
    corners = set()
    for before, after in zip(IMAGES, found, strict=True):
        cut = (after == 9.0).all(axis=-1)
        np.testing.assert_array_equal(after[~cut], before[~cut])
        rows, columns = np.flatnonzero(cut.any(axis=1)), np.flatnonzero(cut.any(axis=0))
        assert cut.sum() == len(rows) * len(columns) and 2 <= len(rows) <= 3 >= len(columns) >= 2
        corners.add((rows[0] + len(rows), columns[0] + len(columns)))
    assert len(corners) == 4 * 5, "of 5 x 6 middles the first and second end at the same row"


@every_kind
def test_another_seed_gives_another_change_and_the_same_seed_the_same(kind):
    x = tf.constant(IMAGES)
    one, again, other = kind(x, SEED), kind(x, SEED), kind(x, SEED + 1)
    np.testing.assert_array_equal(one, again)
    assert np.abs(one - other).max() > 0.1
    graph, xla = (tf.function(kind, jit_compile=jit)(x, SEED) for jit in (False, True))
    np.testing.assert_allclose(one, graph, atol=1e-12)
    np.testing.assert_allclose(one, xla, atol=1e-12)


@every_kind
def test_its_gradient_is_that_of_finite_differences(kind):
    x, weights = tf.constant(IMAGES[:3]), np.random.default_rng(1).normal(size=IMAGES[:3].shape)
    with tf.GradientTape() as tape:
        tape.watch(x)
        total = tf.reduce_sum(kind(x, SEED) ** 2 * weights)
    gradient = tape.gradient(total, x).numpy()
    for place in list(np.ndindex(3, 5, 6, 1))[::4]:
        nudge = np.zeros_like(IMAGES[:3])
        nudge[place] = 1e-5
        up, down = (np.sum(kind(x + sign * nudge, SEED) ** 2 * weights) for sign in (1, -1))
        assert gradient[place] == pytest.approx((up - down) / 2e-5, abs=1e-7)


@every_kind
def test_it_is_what_it_was_after_it_was_written_down(kind):
    config = keras.saving.serialize_keras_object(kind)
    again = keras.saving.deserialize_keras_object(config)
    x = tf.constant(IMAGES)
    np.testing.assert_array_equal(kind(x, SEED), again(x, SEED))


@pytest.mark.parametrize("make", [augment.Shift, augment.Cutout])
def test_wrong_sizes_and_wrong_samples_are_refused(make):
    for wrong in (0, -1, 1.5, True):
        with pytest.raises(ValueError, match="pixels must be a positive whole number, got"):
            make(wrong)
    with pytest.raises(ValueError, match=r"needs images of shape .* got \(4, 2\)"):
        make(1)(tf.zeros((4, 2)), SEED)
    with pytest.raises(TypeError, match=r"steps must be functions \(x, seed\), got 3"):
        augment.Chain([3])


# In a GAN


def pair():
    keras.utils.set_random_seed(1)
    layers = keras.layers
    g = keras.Sequential([keras.Input((2,)), layers.Dense(16), layers.Reshape((4, 4, 1))])
    d = keras.Sequential([keras.Input((4, 4, 1)), layers.Flatten(), layers.Dense(1)])
    return g, d


REAL = np.random.default_rng(2).normal(size=(20, 4, 4, 1)).astype(np.float32)


@pytest.mark.parametrize(
    ("simultaneous", "calls"), [(False, 3), (True, 2)], ids=["in turn", "at once"]
)
def test_each_turn_augments_real_and_fake_and_evaluate_does_not(simultaneous, calls):
    seen = []

    def count(x, seed):
        seen.append((np.allclose(x, REAL[:5]), tuple(seed.numpy())))
        return x

    gan = compiled(pair(), augment=count, simultaneous=simultaneous, run_eagerly=True)
    gan.train_on_batch(REAL[:5])
    assert [is_real for is_real, _ in seen] == [True, False, False][:calls]  # D: both, G: fakes
    gan.train_on_batch(REAL[:5])
    assert len({seed for _, seed in seen}) == 2 * calls, "each time another one"
    gan.evaluate(REAL, batch_size=5, verbose=0)
    gan.sample(3, seed=1)
    assert len(seen) == 2 * calls


def test_g_learns_through_it():
    def half_dark(x, seed):
        return x * tf.constant([1.0, 0.0, 1.0, 0.0])[:, None]

    gan = compiled(pair(), augment=half_dark, run_eagerly=True)
    before = gan.generator.get_weights()[1].reshape(4, 4)
    gan.train_g(tf.constant(REAL[:5]), gan.latent(5))
    change = np.abs(gan.generator.get_weights()[1].reshape(4, 4) - before)
    assert (change[:, 0] > 0).all() and (change[:, 1] == 0).all()


def test_steps_in_one_compiled_call_see_the_same_changes():
    how = {"augment": augment.diff_augment(1, 2), "g_ema": 0.9}
    eager = compiled(pair(), run_eagerly=True, **how)
    several = compiled(pair(), steps_per_execution=4, jit_compile=True, **how)
    for gan in (eager, several):
        gan.fit(REAL, batch_size=5, epochs=1, shuffle=False, verbose=0)
    assert_same_up_to_rounding(eager, several)


def test_what_is_no_augmentation_is_refused():
    for wrong in (3, augment.Shift, keras.layers.RandomTranslation(0.1, 0.1)):
        with pytest.raises(TypeError, match=r"augment must be a function \(x, seed\)"):
            compiled(pair(), augment=wrong)
