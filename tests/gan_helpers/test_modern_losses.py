"""Wasserstein's losses, the hinge and relativistic pairing: values, gradients, their place."""

import functools

from gan_helpers import modern_losses as modern
from tests.gan_helpers.small_networks import REAL, compiled, fit, networks

import keras
import numpy as np
import pytest
import tensorflow as tf

RNG = np.random.default_rng(0)
A, B = RNG.normal(size=(2, 12, 1)) * 3


def softplus(x):
    return np.logaddexp(0, x)


@pytest.mark.parametrize(
    ("loss", "logits", "by_numpy"),
    [
        (modern.d_loss_wasserstein, (A, B), lambda a, b: b.mean() - a.mean()),
        (modern.g_loss_wasserstein, (B,), lambda b: -b.mean()),
        (
            modern.d_loss_hinge,
            (A, B),
            lambda a, b: np.maximum(0, 1 - a).mean() + np.maximum(0, 1 + b).mean(),
        ),
        (modern.d_loss_pairing, (A, B), lambda a, b: softplus(b - a).mean()),
        (modern.g_loss_pairing, (A, B), lambda a, b: softplus(a - b).mean()),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_value_and_gradient_are_those_of_the_formula(loss, logits, by_numpy):
    tensors = [tf.constant(each) for each in logits]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        value = loss(*tensors)
    assert value.shape == ()
    assert float(value) == pytest.approx(by_numpy(*logits), rel=1e-12)
    for place, gradient in enumerate(tape.gradient(value, tensors)):
        for i in range(len(A)):
            nudge = np.zeros_like(A)
            nudge[i] = 1e-6
            up, down = (
                [each + sign * nudge * (j == place) for j, each in enumerate(logits)]
                for sign in (1, -1)
            )
            slope = (by_numpy(*up) - by_numpy(*down)) / 2e-6
            assert float(gradient[i, 0]) == pytest.approx(slope, abs=1e-8)


def test_pairing_hears_only_the_difference_of_a_pair():
    moved = modern.d_loss_pairing(A + 7, B + 7), modern.g_loss_pairing(A + 7, B + 7)
    assert np.allclose(moved, (modern.d_loss_pairing(A, B), modern.g_loss_pairing(A, B)))


@pytest.mark.parametrize("loss", [modern.d_loss_pairing, modern.g_loss_pairing])
def test_logits_that_cannot_be_paired_are_refused(loss):
    with pytest.raises(ValueError, match=r"one shape to be paired, got \(12, 1\) and \(5, 1\)"):
        loss(A, B[:5])


# In a GAN


def gradient_of_g(gan, real, z):
    with tf.GradientTape() as tape:
        on_real, on_fake = gan.discriminator(real), gan.discriminator(gan.generator(z))
        loss = modern.g_loss_pairing(on_real, on_fake)
    return tape.gradient(loss, gan.generator.trainable_variables)


@pytest.mark.parametrize("simultaneous", [False, True])
def test_g_learns_from_both_logits(simultaneous):
    how = {"d_loss": modern.d_loss_pairing, "g_loss": modern.g_loss_pairing}
    gan = compiled(simultaneous=simultaneous, run_eagerly=True, **how)
    real, z = tf.constant(REAL[:25]), gan.latent(25)
    before = [v.numpy() for v in gan.generator.trainable_variables]
    expected = gradient_of_g(gan, real, z)
    (gan.train_both if simultaneous else gan.train_g)(real, z)
    for old, new, slope in zip(before, gan.generator.trainable_variables, expected, strict=True):
        np.testing.assert_allclose(old - new.numpy(), 0.05 * slope, atol=1e-6)


def test_all_that_fit_and_evaluate_report_is_that_of_the_losses():
    gan = compiled(d_loss=modern.d_loss_pairing, g_loss=modern.g_loss_pairing, run_eagerly=True)
    history = fit(gan, epochs=1)
    assert 0 < history["d_loss"][0] < 2 and 0 < history["g_loss"][0] < 2
    found = gan.evaluate(REAL, batch_size=100, verbose=0, return_dict=True)
    assert 0 < found["d_loss"] < 2 and 0 < found["g_loss"] < 2


def test_smoothing_is_for_losses_that_take_it():
    assert compiled().smooth == 0.1 and compiled().smoothing == (0.1,)
    assert compiled(smooth=0.3).smoothing == (0.3,)
    for smooth in (None, 0, 0.0):
        gan = compiled(d_loss=modern.d_loss_hinge, smooth=smooth)
        assert gan.smooth == 0.0 and gan.smoothing == ()
    with pytest.raises(ValueError, match="smooth must be 0 with this d_loss.*got 0.1"):
        compiled(d_loss=modern.d_loss_hinge, smooth=0.1)
    with pytest.raises(TypeError, match="smooth must be a number"):
        compiled(d_loss=modern.d_loss_hinge, smooth="0")


def with_default(d_logits_fake, weight=2.0):
    return weight * tf.reduce_mean(d_logits_fake)


def test_a_g_loss_is_told_what_it_asks_for():
    def sees(loss):
        return (1, 2)[compiled(g_loss=loss).g_sees]

    assert sees(modern.g_loss_wasserstein) == (2,)
    assert sees(modern.g_loss_pairing) == (1, 2)
    assert sees(with_default) == (2,)
    assert sees(functools.partial(with_default, weight=1.0)) == (2,)
    with pytest.raises(ValueError, match=r"g_loss must take .*got \(a, b, c\)"):
        compiled(g_loss=lambda a, b, c: a)


def test_a_rate_may_be_a_schedule():
    decay = keras.optimizers.schedules.CosineDecay(0.1, decay_steps=8)
    optimizers = keras.optimizers.SGD(decay), keras.optimizers.SGD(0.05)
    gan = compiled(networks(), optimizers=optimizers, steps_per_execution=4)
    fit(gan, epochs=1)  # 4 steps
    assert float(gan.d_optimizer.learning_rate) == pytest.approx(0.05, rel=1e-5)
    fit(gan, epochs=1)
    assert float(gan.d_optimizer.learning_rate) == pytest.approx(0, abs=1e-6)
    assert float(gan.g_optimizer.learning_rate) == pytest.approx(0.05)
