"""The game with D's fakes used again is the game of PyTorch's tutorial, and both get equal time."""

import time

from benchmarks import quality, reused
from gan_helpers import losses, networks
from gan_helpers.gan import ConditionalGAN

import keras
import numpy as np
import pytest
import tensorflow as tf


def pair(kind):
    """A small game, by gradient descent, whose steps show each gradient as it is."""
    keras.utils.set_random_seed(1)
    g = networks.build_conv_generator(64 + 10, width=8)
    gan = kind(g, networks.build_conditional_discriminator(width=8), seed=1)
    gan.compile(keras.optimizers.SGD(0.5), keras.optimizers.SGD(0.5))
    return gan


@pytest.fixture
def batch():
    real = tf.random.stateless_uniform((6, 28, 28, 1), (1, 1), -1, 1)
    z = tf.random.stateless_normal((6, 64), (1, 2))
    return real, z, tf.one_hot([0, 1, 2, 3, 4, 5], 10)


def test_g_learns_from_the_fakes_that_d_has_just_trained_on(batch):
    real, z, label = batch
    gan, plain = pair(reused.Reused), pair(ConditionalGAN)
    d_loss, *_ = gan.train_d(real, z, label)
    assert float(d_loss) == pytest.approx(float(plain.train_d(real, z, label)[0]), rel=1e-5)
    for one, other in zip(gan.discriminator.weights, plain.discriminator.weights, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)  # D's turn is the same

    fake = plain.generator(plain.g_input(z, label), training=True)
    wanted = losses.g_loss(plain.discriminator([fake, label], training=True))
    g_loss = gan.train_g(real, -z, label)  # other latents, of which it takes no notice
    assert float(g_loss) == pytest.approx(float(wanted), rel=1e-5)
    with_new = pair(ConditionalGAN)
    with_new.train_d(real, z, label)
    assert abs(float(with_new.train_g(real, -z, label)) - float(wanted)) > 1e-4
    plain.train_g(real, z, label)  # the same fakes, drawn once more
    for one, other in zip(gan.generator.weights, plain.generator.weights, strict=True):
        if "moving" not in one.path:
            np.testing.assert_allclose(one, other, atol=1e-5)


def test_it_trains_by_fit_as_any_gan():
    gan = pair(reused.Reused)
    before = [weight.copy() for weight in gan.generator.get_weights()]
    images = np.random.default_rng(0).uniform(-1, 1, (8, 28, 28, 1)).astype(np.float32)
    gan.fit(images, np.arange(8), batch_size=4, epochs=2, verbose=0)
    assert int(gan.steps.numpy()) == 4
    assert all(np.isfinite(weight).all() for weight in gan.generator.get_weights())
    assert any((a != b).any() for a, b in zip(before, gan.generator.get_weights(), strict=True))


def test_both_games_get_each_mark_in_turns_and_judging_costs_no_time(monkeypatch):
    clock, told = [0.0], []
    monkeypatch.setattr(time, "process_time", lambda: clock[0])
    monkeypatch.setattr(reused, "MARKS", (2, 5))

    def taking(way, seconds):
        def go_on():
            clock[0] += seconds
            told.append(way)

        return go_on, 10, lambda n: way

    def judge(draw):
        clock[0] += 100
        return {"drawn": draw(1)}

    rows = reused.side_by_side({"slow": taking("slow", 1.0), "fast": taking("fast", 0.5)}, judge)
    assert [(row["way"], row["mark"], row["steps"], row["seconds"]) for row in rows] == [
        ("slow", 2, 30, 2.0), ("fast", 2, 50, 2.0), ("slow", 5, 60, 5.0), ("fast", 5, 110, 5.0),
    ]  # fmt: skip
    assert [row["drawn"] for row in rows] == ["slow", "fast"] * 2
    warming = ["slow", "fast"]  # which costs no time, but counts as steps
    assert told == warming + ["slow"] * 2 + ["fast"] * 4 + ["slow"] * 3 + ["fast"] * 6


def test_the_jobs_have_both_games_for_each_seed_and_facts_for_every_row():
    done = [arguments for part, _, arguments in quality.jobs(3) if part == "reused"]
    assert done == [(seed,) for seed in range(1, 6)], "as many as notebook 05's own"
    assert set(quality.BESIDE) == {quality.STAYING, quality.REUSED}
    assert quality.facts("reused", (2,)) == {"seed": 2}
    assert quality.facts("quality", (quality.GIVEN, 2)) == {"way": quality.GIVEN, "seed": 2}
