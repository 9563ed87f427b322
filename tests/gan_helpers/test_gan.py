"""The adversarial loop against one written out by hand, with one's own losses and networks."""

import inspect

from gan_helpers import losses
from gan_helpers.data import gaussian
from gan_helpers.gan import latent_vectors
from tests.gan_helpers.small_networks import (
    NAMES,
    REAL,
    ROUNDING,
    adam,
    assert_same_up_to_rounding,
    by_hand,
    compiled,
    cross_entropy,
    equal,
    fakes_of_training,
    fit,
    networks,
    networks_with_state,
    sgd,
    values,
)

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

# Keras 3.12 itself calls numpy 2 in the old way, when it traces and when it saves.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def test_fit_is_the_loop_written_by_hand():
    """Eagerly the same kernels run in the same order: every bit agrees, also with Adam."""
    pair, optimizers = networks(), (adam(0.01), adam(0.02))
    rows = by_hand(pair, optimizers, 7, np.split(REAL, 4) * 2, 0.25)
    gan = compiled(optimizers=(adam(0.01), adam(0.02)), smooth=0.25, run_eagerly=True)
    history = fit(gan)
    for network, expected in zip((gan.generator, gan.discriminator), pair, strict=True):
        assert all(equal(values(network), values(expected)))
    for name, column in zip(NAMES, rows.T, strict=True):
        # Keras adds up the means of the batches in float32.
        np.testing.assert_allclose(history[name], column.reshape(2, 4).mean(axis=1), rtol=ROUNDING)


def test_a_compiled_fit_is_the_loop_written_by_hand_up_to_rounding():
    pair = networks()
    rows = by_hand(pair, (sgd(), sgd()), 7, np.split(REAL, 4) * 2, 0.1)
    gan = compiled()
    history = fit(gan)
    for network, expected in zip((gan.generator, gan.discriminator), pair, strict=True):
        assert_same_up_to_rounding(network, expected)
    for name, column in zip(NAMES, rows.T, strict=True):
        np.testing.assert_allclose(history[name], column.reshape(2, 4).mean(axis=1), rtol=ROUNDING)


def simultaneous_by_hand(g, d, batches, z_of, smooth):
    """Gradient descent of both at once, one derivative for each weight from one forward pass."""
    for real in batches:
        z = z_of(len(real))
        with tf.GradientTape(persistent=True) as tape:
            on_real, on_fake = d(real, training=True), d(g(z, training=True), training=True)
            d_loss = cross_entropy(on_real, 1 - smooth) + cross_entropy(on_fake, 0.0)
            g_loss = cross_entropy(on_fake, 1.0)
        steps = [(d, tape.gradient(d_loss, d.trainable_variables))]
        steps.append((g, tape.gradient(g_loss, g.trainable_variables)))
        for network, gradients in steps:
            for variable, gradient in zip(network.trainable_variables, gradients, strict=True):
                variable.assign_sub(0.05 * gradient)


@pytest.mark.parametrize("kwargs", [{"run_eagerly": True}, {}, {"jit_compile": True}])
def test_simultaneous_steps_are_those_written_by_hand(kwargs):
    g, d = networks()
    gan = compiled(smooth=0.25, simultaneous=True, **kwargs)
    z_of = compiled().latent  # of the same seed
    simultaneous_by_hand(g, d, np.split(REAL, 4) * 2, z_of, 0.25)
    fit(gan)
    assert_same_up_to_rounding(gan.generator, g)
    assert_same_up_to_rounding(gan.discriminator, d)

    alternating = compiled(smooth=0.25)
    fit(alternating)
    assert not any(equal(values(gan.generator), values(alternating.generator)))


def test_a_simultaneous_step_keeps_the_statistics_of_both_networks():
    gan = compiled(networks_with_state(), simultaneous=True)
    before = values(gan.generator), values(gan.discriminator)
    fit(gan, epochs=1)
    for was, network in zip(before, (gan.generator, gan.discriminator), strict=True):
        assert not any(equal(was, values(network)))
        (mean,) = [v for v in network.non_trainable_variables if v.path.endswith("moving_mean")]
        assert np.isfinite(mean.numpy()).all()


def test_training_moves_the_samples_to_the_data():
    keras.utils.set_random_seed(0)
    g = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    d = keras.Sequential([keras.Input((1,)), keras.layers.Dense(16, "tanh"), keras.layers.Dense(1)])
    gan = compiled((g, d), optimizers=(adam(0.02), adam(0.01)))
    assert abs(gan.sample(5000, seed=0).mean() - 3) > 2
    fit(gan, gaussian(3, 0.5).sample(3200, seed=0), batch_size=64, epochs=8)
    assert abs(gan.sample(5000, seed=0).mean() - 3) < 0.5


def test_the_metrics_are_what_they_are_named_after():
    """With a learning rate of 0 nothing moves, so that they can be worked out afterwards."""
    gan = compiled(optimizers=(sgd(0.0), sgd(0.0)), smooth=0.3)
    on_fake_d, on_fake_g = (tf.concat(x, axis=0) for x in fakes_of_training(gan, steps=4, n=25))
    on_real = gan.discriminator(REAL).numpy()
    expected = {
        "d_loss": losses.d_loss(on_real, on_fake_d, 0.3),
        "g_loss": losses.g_loss(on_fake_g),
        "d_real": tf.reduce_mean(tf.sigmoid(on_real)),
        "d_fake": tf.reduce_mean(tf.sigmoid(on_fake_d)),
    }
    history = fit(gan, epochs=1)
    for name in NAMES:
        np.testing.assert_allclose(history[name], [expected[name]], rtol=ROUNDING)


# The moving average of G


def test_g_ema_is_the_moving_average_of_all_of_gs_weights():
    gan = compiled(networks_with_state(), g_ema=0.75)
    averages = gan.generator.get_weights()

    class ByHand(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            for i, weight in enumerate(gan.generator.get_weights()):
                averages[i] = 0.75 * averages[i] + 0.25 * weight

    fit(gan, callbacks=[ByHand()])
    for average, expected in zip(gan.ema_generator.get_weights(), averages, strict=True):
        np.testing.assert_allclose(average, expected, rtol=ROUNDING, atol=ROUNDING)
    z = latent_vectors(5, 3, seed=0)
    assert np.array_equal(gan.sample(5, seed=0), gan.ema_generator(z).numpy())
    assert not np.allclose(gan.sample(5, seed=0), gan.generator(z).numpy())


def test_g_ema_does_not_change_training():
    plain, averaged = compiled(), compiled(g_ema=0.9)
    fit(plain)
    fit(averaged)
    assert_same_up_to_rounding(plain.generator, averaged.generator)
    assert_same_up_to_rounding(plain.discriminator, averaged.discriminator)
    assert plain.ema_generator is plain.generator


# One's own losses, networks and smoothing


def test_losses_of_ones_own_are_the_ones_that_are_used():
    def d_loss(d_logits_real, d_logits_fake, smooth):
        """Least squares, with the real target smoothed."""
        on_real = tf.reduce_mean((d_logits_real - (1 - smooth)) ** 2)
        return on_real + tf.reduce_mean(d_logits_fake**2)

    def g_loss(d_logits_fake):
        return 0.0 * tf.reduce_sum(d_logits_fake) + 42.0

    gan = compiled(d_loss=d_loss, g_loss=g_loss, smooth=0.25)
    before_g, before_d = values(gan.generator), values(gan.discriminator)
    z = keras.random.normal((100, 3), seed=keras.random.SeedGenerator(7))
    expected = d_loss(gan.discriminator(REAL), gan.discriminator(gan.generator(z)), 0.25)
    history = fit(gan, batch_size=100, epochs=1)
    np.testing.assert_allclose(history["d_loss"], [expected], rtol=ROUNDING)
    assert history["g_loss"] == [42]
    assert all(equal(before_g, values(gan.generator))), "a constant loss teaches nothing"
    assert not any(equal(before_d, values(gan.discriminator)))


def test_a_loss_runs_as_it_is_written_as_in_a_train_step_of_keras():
    """AutoGraph would write it anew, and all that a turn calls: a third of a first step's wait."""
    callers = []

    def g_loss(d_logits_fake):
        callers.append(inspect.stack()[1].filename)
        return losses.g_loss(d_logits_fake)

    gan = compiled(g_loss=g_loss)
    fit(gan, batch_size=100, epochs=1)
    assert set(callers) == {inspect.getsourcefile(type(gan))}


def test_networks_of_ones_own_may_be_convolutional_or_functional():
    keras.utils.set_random_seed(0)
    z = keras.Input((4,))
    x = keras.layers.Reshape((4, 4, 1))(keras.layers.Dense(16)(z))
    x = keras.layers.Conv2DTranspose(1, 3, strides=2, padding="same", activation="tanh")(x)
    g = keras.Model(z, x)
    d = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Conv2D(2, 3, strides=2),
            keras.layers.Flatten(),
            keras.layers.Dense(1),
        ]
    )
    gan = compiled((g, d))
    before = gan.get_weights()
    fit(gan, np.random.default_rng(0).uniform(-1, 1, (16, 8, 8, 1)), batch_size=8, epochs=1)
    assert not any(equal(before, gan.get_weights())[-8:])
    assert gan.sample(5, seed=0).shape == (5, 8, 8, 1)


@pytest.mark.parametrize("make", [tf.Variable, keras.Variable])
def test_smooth_may_change_during_training_without_a_new_trace(make):
    smooth, traces = make(0.0), []

    def d_loss(d_logits_real, d_logits_fake, smooth):
        traces.append(smooth)
        return losses.d_loss(d_logits_real, d_logits_fake, smooth)

    gan = compiled(optimizers=(sgd(0.0), sgd(0.0)), smooth=smooth, d_loss=d_loss)
    schedule = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: smooth.assign(epoch / 4)
    )
    history = fit(gan, batch_size=100, epochs=3, callbacks=[schedule])
    on_real = gan.discriminator(REAL)
    on_fake, _ = fakes_of_training(gan, steps=3, n=100)
    expected = [losses.d_loss(on_real, on_fake[i], i / 4) for i in range(3)]
    np.testing.assert_allclose(history["d_loss"], expected, rtol=ROUNDING)
    traced = len(traces)
    fit(gan, batch_size=100, callbacks=[schedule])
    assert len(traces) == traced


def test_sample_is_reproducible_and_leaves_training_alone():
    gan = compiled(networks_with_state())
    before = values(gan)
    one, again, other = (gan.sample(50, seed=seed) for seed in (3, 3, 4))
    assert one.shape == (50, 2)
    assert one.dtype == np.float32
    assert np.array_equal(one, again)
    assert not np.isclose(one, other).all(axis=1).any()
    assert np.array_equal(one, gan(latent_vectors(50, 3, seed=3)).numpy())
    assert all(equal(before, values(gan)))


def test_latent_vectors_are_standard_normal():
    z = latent_vectors(10_000, 3, seed=0).numpy()
    assert z.shape == (10_000, 3)
    assert z.dtype == np.float32
    assert stats.kstest(z.ravel(), stats.norm.cdf).pvalue > 0.01
    assert np.abs(np.corrcoef(z.T) - np.eye(3)).max() < 4 / np.sqrt(len(z))


def test_each_turn_draws_new_latent_vectors():
    gan = compiled()
    one, other = gan.latent(5000).numpy(), gan.latent(5000).numpy()
    assert not np.isclose(one, other).all(axis=1).any()
    assert stats.kstest(one.ravel(), stats.norm.cdf).pvalue > 0.01
    again = compiled()
    assert np.array_equal(one, again.latent(5000).numpy())


def test_a_saved_generator_gives_the_same_samples(tmp_path):
    gan = compiled(networks_with_state())
    fit(gan, epochs=1)
    gan.generator.save(tmp_path / "g.keras")
    loaded = keras.models.load_model(tmp_path / "g.keras")
    z = latent_vectors(20, 3, seed=5)
    assert np.array_equal(loaded(z, training=False).numpy(), gan.sample(20, seed=5))
