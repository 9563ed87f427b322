"""What the tests of the assignments share: which latent vectors pass, and which calls."""

from gan_helpers import checks, losses

import numpy as np
import pytest

N, LATENT = 2400, 3
NUMBERS = np.random.default_rng


def one_number(rng):
    return np.repeat(rng.standard_normal((N, 1)), LATENT, axis=1)


def cut_off(rng):
    z = rng.standard_normal((N, LATENT))
    while (abs(z) > 2).any():
        z = np.where(abs(z) > 2, rng.standard_normal(z.shape), z)
    return z


OTHERS = {  # how z is drawn -> what the message says
    "coins": (lambda rng: rng.choice([-1.0, 1.0], (N, LATENT)), "share a latent vector"),
    "noisy coins": (
        lambda rng: rng.choice([-1.0, 1.0], (N, LATENT)) + 1e-3 * rng.standard_normal((N, LATENT)),
        "share beyond 2 and -2 0.000",
    ),
    "uniform": (lambda rng: rng.uniform(-(3**0.5), 3**0.5, (N, LATENT)), "share beyond 2 and -2"),
    "cut off at 2": (cut_off, "standard deviation 0.8"),
    "standard deviation 0.9": (
        lambda rng: 0.9 * rng.standard_normal((N, LATENT)), "the standard deviation 0",
    ),
    "mean 0.1": (lambda rng: 0.1 + rng.standard_normal((N, LATENT)), "the mean 0"),
    "one number in all dimensions": (one_number, "go together"),
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
    checks.own(lambda logits: np.logaddexp(0, logits).mean(), LOGITS)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (losses.g_loss, r"g_loss calls losses\.g_loss, which"),
        (lambda logits: losses.d_loss_fake(logits).numpy(), r"calls losses\.d_loss_fake, which"),
        (lambda logits: checks.cross_entropy(logits, 0).mean(), r"calls checks\.cross_entropy"),
    ],
)
def test_handed_on_answer_is_refused(answer, says):
    with pytest.raises(AssertionError, match=says):
        checks.own(answer, LOGITS)


def test_what_may_be_called_passes():
    checks.own(losses.g_loss, LOGITS, may=["losses.g_loss"])


def test_moving_averages_are_no_trainable_variables():
    network = checks.players(normalised=True).discriminator
    before, moving = checks.weights(network), network.get_weights()
    network(np.ones((4, 2), np.float32), training=True)
    assert any((a != b).any() for a, b in zip(network.get_weights(), moving, strict=True))
    np.testing.assert_array_equal(checks.weights(network), before)
