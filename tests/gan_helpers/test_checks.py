"""What the tests of the assignments share: which latent vectors pass, and which calls."""

from gan_helpers import checks, losses, metrics
from gan_helpers.gan import GAN

import keras
import numpy as np
import pytest
import tensorflow as tf

N, LATENT = 2400, 3
NUMBERS = np.random.default_rng


def one_number(rng):
    return np.repeat(rng.standard_normal((N, 1)), LATENT, axis=1)


def one_number_twice_by_chance(rng):
    z = one_number(rng)
    z[1] = z[0]
    return z


def cut_off(rng):
    z = rng.standard_normal((N, LATENT))
    while (abs(z) > 2).any():
        z = np.where(abs(z) > 2, rng.standard_normal(z.shape), z)
    return z


OTHERS = {  # how z is drawn -> what the message says
    "coins": (lambda rng: rng.choice([-1.0, 1.0], (N, LATENT)), "share a latent vector"),
    "noisy coins": (
        lambda rng: rng.choice([-1.0, 1.0], (N, LATENT)) + 1e-3 * rng.standard_normal((N, LATENT)),
        "share of z beyond 2 and -2 is 0.000",
    ),
    "uniform": (lambda rng: rng.uniform(-(3**0.5), 3**0.5, (N, LATENT)), "of z beyond 2 and -2"),
    "cut off at 2": (cut_off, "standard deviation of z is 0.8"),
    "standard deviation 0.9": (
        lambda rng: 0.9 * rng.standard_normal((N, LATENT)), "the standard deviation of z is 0",
    ),
    "mean 0.1": (lambda rng: 0.1 + rng.standard_normal((N, LATENT)), "the mean of z is 0"),
    "one number in all dimensions": (one_number, "go together"),
    "one number, two of them equal": (one_number_twice_by_chance, "go together"),
    "one dimension wider": (
        lambda rng: rng.standard_normal((N, LATENT)) * [1.22, 0.87, 0.87], "differ in spread",
    ),
    "zeros": (lambda rng: np.zeros((N, LATENT)), "share a latent vector"),
    "half of the batch twice": (
        lambda rng: np.tile(rng.standard_normal((N // 2, LATENT)), (2, 1)), "share a latent vector",
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", OTHERS)
@pytest.mark.parametrize("seed", range(3))
def test_other_latent_vectors_are_refused(how, seed):
    draw, says = OTHERS[how]
    with pytest.raises(AssertionError, match=says):
        checks.standard_normal([draw(NUMBERS(seed))], N, LATENT)


@pytest.mark.parametrize("n", [5, 500, N])
def test_standard_normal_latent_vectors_pass(n):
    for seed in range(200):
        z = NUMBERS(seed).standard_normal((n, LATENT)).astype(np.float32)
        batches = checks.standard_normal([z[: n // 2], z[n // 2 :]], n, LATENT)
        np.testing.assert_array_equal(batches, [z])


LOGITS = np.array([[1.0], [-2.0]])


def test_own_answer_passes():
    answer = checks.own(lambda logits: np.logaddexp(0, logits).mean())
    assert answer(LOGITS) == np.logaddexp(0, LOGITS).mean()


def made_before():
    graph = tf.function(losses.g_loss)
    graph(LOGITS)
    return graph


@pytest.mark.parametrize(
    "answer",
    [
        losses.g_loss,
        lambda logits: losses.d_loss_fake(logits).numpy(),
        lambda logits: checks.cross_entropy(logits, 0).mean(),
        made_before(),
    ],
    ids=["the function", "a call", "what tests use", "a graph made before"],
)
def test_handed_on_answer_is_refused(answer):
    with pytest.raises(RuntimeError, match="does what this question asks"):
        checks.own(answer)(LOGITS)
    answer(LOGITS)  # as before, once the question is judged


def test_what_may_be_called_passes():
    assert checks.own(losses.g_loss, losses.g_loss)(LOGITS) == losses.g_loss(LOGITS)


@pytest.mark.parametrize("name", checks.MEASURES)
def test_measure_of_the_package_is_refused_where_it_is_asked_for(name):
    clouds = np.random.default_rng(0).normal(size=(2, 9, 2))
    inputs = {
        "digit_fid": [np.zeros((2, 28, 28, 1))],
        "frechet_distance": [np.zeros(2), np.eye(2), np.zeros(2), np.eye(2)],
    }.get(name, clouds)
    measure = getattr(metrics, name)
    with pytest.raises(RuntimeError, match="does what this question asks"):
        checks.own(lambda *x: measure(*x), among=checks.MEASURES)(*inputs)
    if name != "digit_fid":
        measure(*inputs)  # as before, once the question is judged


@pytest.mark.parametrize("step", ["train_d", "train_g", "train_both"])
def test_no_turn_of_the_gan_itself_is_a_step(step):
    def turn_of_gan(generator, discriminator, optimizer, real):
        gan = GAN(generator, discriminator)
        gan.compile(optimizer, keras.optimizers.SGD(0.1))
        z = tf.random.normal((len(real), 3))
        return getattr(gan, step)(tf.constant(real), z)

    game, real = checks.players(), np.ones((4, 2), np.float32)
    with pytest.raises(RuntimeError, match="does what this question asks"):
        checks.turn(turn_of_gan, game, [0.1], [real])
    turn_of_gan(*game[:2], keras.optimizers.SGD(0.1), real)


def test_moving_averages_are_no_trainable_variables():
    network = checks.players(normalised=True).discriminator
    before, moving = checks.weights(network), network.get_weights()
    network(np.ones((4, 2), np.float32), training=True)
    assert any((a != b).any() for a, b in zip(network.get_weights(), moving, strict=True))
    np.testing.assert_array_equal(checks.weights(network), before)
