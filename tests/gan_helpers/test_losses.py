"""The losses and their gradients against their definitions, worked out with many digits."""

import inspect
import logging
from fractions import Fraction

from gan_helpers.losses import (
    d_loss,
    d_loss_fake,
    d_loss_real,
    equilibrium,
    g_loss,
    g_loss_minimax,
    optimal_discriminator,
)
from tests.gan_helpers.definitions import (
    DTYPES,
    LOGITS,
    SMOOTH,
    log_of_the_rest,
    mean_cross_entropy,
    probability,
    repeatable,
    smooths,
    target,
)

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import example, given
from hypothesis import strategies as st
from mpmath import mp

logit_lists = st.lists(st.floats(-1e4, 1e4, width=32), min_size=1, max_size=12)


@pytest.fixture(scope="module", autouse=True)
def tensorflow_log():
    """All that TensorFlow logs: it warns of a function only when it first traces it."""
    records = []
    handler = logging.Handler()
    handler.emit = records.append
    tf.get_logger().addHandler(handler)
    yield records
    tf.get_logger().removeHandler(handler)


def label_entropy(smooth):
    mp.dps = 40
    s = mp.mpf(float(smooth))
    return -(1 - s) * mp.log1p(-s) - (s * mp.log(s) if s else 0)


def rounding(logits, loss):
    logits = np.asarray(logits)
    unit = np.finfo(logits.dtype).eps
    return unit * (3 * np.abs(logits).mean(dtype=np.float64) + 4 + logits.size * abs(loss))


@pytest.mark.parametrize("smooth", SMOOTH)
@pytest.mark.parametrize("dtype", DTYPES)
def test_d_loss_real_is_the_cross_entropy_with_the_smoothed_label(dtype, smooth):
    for logit in LOGITS.astype(dtype):
        expected = mean_cross_entropy(logit, target(smooth))
        assert abs(d_loss_real(logit, smooth).numpy() - expected) <= rounding(logit, expected)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("loss", "oracle"),
    [
        (lambda x: d_loss_real(x, 0), lambda x: mean_cross_entropy(x, 1)),
        (d_loss_fake, lambda x: mean_cross_entropy(x, 0)),
        (g_loss, lambda x: mean_cross_entropy(x, 1)),
        (g_loss_minimax, log_of_the_rest),
    ],
    ids=["d_loss_real without smoothing", "d_loss_fake", "g_loss", "g_loss_minimax"],
)
def test_losses_with_a_hard_label_keep_all_their_digits(loss, oracle, dtype):
    """With a label of 0 or 1 nothing cancels, so that small losses are exact too."""
    limits = np.finfo(dtype)
    for logit in LOGITS.astype(dtype):
        expected = oracle(logit)
        # Below the smallest normal number TensorFlow may return 0.
        bound = 6 * float(limits.eps) * abs(expected) + float(limits.tiny)
        assert abs(loss(logit).numpy() - expected) <= bound, logit


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(), (7,), (7, 1), (2, 3, 4), (1, 1)])
def test_losses_are_means_over_all_logits_whatever_the_shape(shape, dtype):
    logits = np.random.default_rng(0).normal(0, 5, size=shape).astype(dtype)
    others = logits[::-1][:5] if logits.ndim else logits
    cases = [
        (d_loss_real(logits, 0.3), mean_cross_entropy(logits, target(0.3))),
        (d_loss_real(logits), mean_cross_entropy(logits, target(0.1))),
        (d_loss_fake(logits), mean_cross_entropy(logits, 0)),
        (g_loss(logits), mean_cross_entropy(logits, 1)),
        (g_loss_minimax(logits), log_of_the_rest(logits)),
        (
            d_loss(logits, others, 0.3),
            mean_cross_entropy(logits, target(0.3)) + mean_cross_entropy(others, 0),
        ),
    ]
    for found, expected in cases:
        assert found.shape == ()
        assert found.dtype == dtype
        assert abs(found.numpy() - expected) <= 2 * rounding(logits, expected)


@pytest.mark.parametrize(("dtype", "unit"), [("float16", 2**-10), ("bfloat16", 2**-7)])
def test_losses_keep_half_precision(dtype, unit):
    logits = tf.constant([-2.0, 0.5, 3.0], dtype)
    expected = mean_cross_entropy(logits.numpy().astype(float), target(0.1))
    found = d_loss_real(logits)
    assert found.dtype == logits.dtype
    assert abs(float(found) - expected) <= unit * (3 * 3 + 4 + 3 * expected)


@repeatable
@given(logit_lists, logit_lists, smooths)
@example([1e4], [-1e4], 0.0)
@example([-1e4, 1e4], [1e4], 0.9)
def test_d_loss_is_the_sum_of_its_halves(real, fake, smooth):
    real, fake = np.float32(real), np.float32(fake)
    halves = d_loss_real(real, smooth).numpy(), d_loss_fake(fake).numpy()
    assert d_loss(real, fake, smooth).numpy() == np.add(*halves)


@repeatable
@given(logit_lists, logit_lists)
def test_without_smoothing_d_loss_is_the_classic_one(real, fake):
    real, fake = np.float64(real), np.float64(fake)
    # The softplus forms of -log D and -log(1 - D).
    classic = np.logaddexp(0, -real).mean() + np.logaddexp(0, fake).mean()
    bound = rounding(real, classic) + rounding(fake, classic)
    assert abs(d_loss(real, fake, 0).numpy() - classic) <= bound


@repeatable
@given(logit_lists, smooths)
def test_d_loss_real_is_never_below_the_entropy_of_its_label(logits, smooth):
    logits = np.float64(logits)
    entropy = label_entropy(smooth)
    assert d_loss_real(logits, smooth).numpy() >= entropy - rounding(logits, entropy)


@pytest.mark.parametrize("smooth", [0.01, 0.1, 0.2, 0.5, 0.9])
def test_d_loss_real_reaches_the_entropy_where_d_answers_the_label(smooth):
    label, entropy = target(smooth), label_entropy(smooth)
    logit = np.float64(mp.log(label / (1 - label)))
    assert abs(d_loss_real(logit, smooth).numpy() - entropy) <= rounding(logit, entropy)


@repeatable
@given(logit_lists, smooths, st.randoms(use_true_random=False))
def test_the_order_of_the_logits_does_not_matter(logits, smooth, random):
    shuffled = random.sample(logits, len(logits))
    for loss in (lambda x: d_loss_real(x, smooth), d_loss_fake, g_loss, g_loss_minimax):
        one, other = (loss(np.float64(order)).numpy() for order in (logits, shuffled))
        # The same terms, so that only the rounding of their sum can differ.
        assert abs(one - other) <= len(logits) * np.finfo(np.float64).eps * abs(one)


@repeatable
@given(logit_lists)
def test_the_minimax_loss_is_the_negative_of_d_loss_fake(logits):
    logits = np.float32(logits)
    assert g_loss_minimax(logits).numpy() == -d_loss_fake(logits).numpy()


@pytest.mark.parametrize("loss", [d_loss_fake, g_loss, g_loss_minimax])
def test_smoothing_is_one_sided(loss):
    assert list(inspect.signature(loss).parameters) == ["d_logits_fake"]
    with pytest.raises(TypeError, match="smooth"):
        loss(np.float32([0.0]), smooth=0.1)


@pytest.mark.parametrize("function", [d_loss_real, d_loss, optimal_discriminator, equilibrium])
def test_smoothing_is_a_tenth_unless_said_otherwise(function):
    assert inspect.signature(function).parameters["smooth"].default == 0.1


GRADIENTS = {  # loss: sign of the loss, label
    "d_loss_real": (lambda x: d_loss_real(x, 0.1), 1, 1 - Fraction(0.1)),
    "d_loss_real, smooth 0": (lambda x: d_loss_real(x, 0), 1, 1),
    "d_loss, real half": (lambda x: d_loss(x, tf.zeros(3, x.dtype), 0.3), 1, 1 - Fraction(0.3)),
    "d_loss, fake half": (lambda x: d_loss(tf.zeros(3, x.dtype), x, 0.3), 1, 0),
    "d_loss_fake": (d_loss_fake, 1, 0),
    "g_loss": (g_loss, 1, 1),
    "g_loss_minimax": (g_loss_minimax, -1, 0),
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", GRADIENTS)
def test_gradient_is_the_answer_minus_the_label(name, dtype):
    loss, sign, label = GRADIENTS[name]
    logits = tf.constant(LOGITS.astype(dtype))
    with tf.GradientTape() as tape:
        tape.watch(logits)
        value = loss(logits)
    gradient = tape.gradient(value, logits).numpy()
    label = mp.mpf(label.numerator) / label.denominator
    n = len(LOGITS)
    for found, logit in zip(gradient, logits.numpy(), strict=True):
        expected = sign * (probability(logit) - label) / n
        # D and the label are at most 1, so that each operation rounds by at most epsilon.
        assert abs(found - expected) <= 4 * np.finfo(dtype).eps / n, logit


def test_the_two_generator_losses_differ_where_d_is_sure_of_a_fake():
    """The reason for the non-saturating loss: its gradient stays, the other one vanishes."""
    logit = tf.Variable([-1e4])
    with tf.GradientTape(persistent=True) as tape:
        non_saturating, minimax = g_loss(logit), g_loss_minimax(logit)
    assert tape.gradient(non_saturating, logit).numpy() == -1
    assert tape.gradient(minimax, logit).numpy() == 0


@pytest.mark.parametrize("make", [tf.constant, tf.Variable, keras.Variable])
def test_smooth_may_be_a_scalar_tensor(make):
    logits = tf.constant([-3.0, 0.0, 2.0])
    for smooth in (0.0, 0.125, 0.5):  # exact in float32
        assert d_loss_real(logits, make(smooth)) == d_loss_real(logits, smooth)
        assert equilibrium(make(smooth)) == equilibrium(smooth)


def test_a_tensor_changes_smooth_without_a_new_trace():
    logits = tf.constant([-3.0, 0.0, 2.0])
    variable = tf.Variable(0.0)
    traces = []

    @tf.function
    def both(smooth):
        traces.append(smooth)
        return d_loss_real(logits, smooth), d_loss(logits, logits, variable)

    for smooth in (0.0, 0.125, 0.5):
        variable.assign(smooth)
        by_argument, by_variable = both(tf.constant(smooth))
        # A compiled graph may fuse operations, so equal up to rounding.
        expected = d_loss_real(logits, smooth), d_loss(logits, logits, smooth)
        assert abs(by_argument - expected[0]) <= rounding(logits.numpy(), 1.0)
        assert abs(by_variable - expected[1]) <= 2 * rounding(logits.numpy(), 1.0)
    assert len(traces) == 1


def test_the_losses_are_traced_without_a_warning(tensorflow_log):
    @tf.function
    def all_losses(real, fake):
        return d_loss(real, fake), g_loss(fake), g_loss_minimax(fake)

    all_losses(tf.zeros((2, 1)), tf.ones((3, 1)))
    assert tensorflow_log == []


@pytest.mark.parametrize("loss", [d_loss, g_loss, g_loss_minimax])
def test_a_saved_gan_finds_its_loss_by_a_name_of_the_package(loss):
    assert keras.saving.get_registered_name(loss) == f"gan_helpers>{loss.__name__}"
    assert keras.saving.get_registered_object(f"gan_helpers>{loss.__name__}") is loss
