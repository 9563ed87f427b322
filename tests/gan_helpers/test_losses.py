"""The formulas against their definitions, worked out with many digits.

The rounding of a formula is bounded from the machine epsilon of its dtype: with u = epsilon
and a logit x, the products and sums in it are of size |x| at most, so that each of its few
operations adds at most u |x|. Adding up n losses adds at most n u of their mean size.
"""

import inspect
import logging
from fractions import Fraction

from gan_helpers import losses
from gan_helpers.losses import (
    d_loss,
    d_loss_fake,
    d_loss_real,
    equilibrium,
    g_loss,
    g_loss_minimax,
    optimal_discriminator,
)

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mpmath import mp
from scipy.optimize import minimize_scalar

DTYPES = (np.float32, np.float64)
LOGITS = np.array([0, 1e-30, 1e-3, 0.5, 1, 2.1972, 7, 15, 17.5, 36.5, 88, 104, 700, 800, 5e3, 1e4])
LOGITS = np.concatenate([-LOGITS[::-1], LOGITS])
SMOOTH = (0, 5e-324, 1e-12, 0.01, 0.1, 0.2, 0.25, 1 / 3, 0.5, 0.9, 0.999999, 1 - 2**-53)
TABLE = {  # smooth: D, d_loss and g_loss at equilibrium, as published, to four decimals
    0: (0.5, 1.3863, 0.6931),
    0.1: (0.45, 1.3763, 0.7985),
    0.2: (0.40, 1.3460, 0.9163),
}

# The same examples in each run, so that a red run can be repeated.
repeatable = settings(derandomize=True, deadline=None, database=None, max_examples=60)
logit_lists = st.lists(st.floats(-1e4, 1e4, width=32), min_size=1, max_size=12)
smooths = st.floats(0, 1, exclude_max=True)


@pytest.fixture(scope="module", autouse=True)
def tensorflow_log():
    """All that TensorFlow logs: it warns of a function only when it first traces it."""
    records = []
    handler = logging.Handler()
    handler.emit = records.append
    tf.get_logger().addHandler(handler)
    yield records
    tf.get_logger().removeHandler(handler)


def probability(logit):
    """D's answer, with enough digits that 1 - D is exact to 30 of them too."""
    mp.dps = 40 + int(abs(logit) / 2.3)
    return 1 / (1 + mp.exp(-mp.mpf(float(logit))))


def cross_entropy(logit, target):
    """-t log D - (1 - t) log(1 - D), the definition."""
    d = probability(logit)
    return -target * mp.log(d) - (1 - target) * mp.log(1 - d)


def mean_cross_entropy(logits, target=1):
    values = [cross_entropy(logit, target) for logit in np.ravel(logits)]
    return mp.fsum(values) / len(values)


def log_of_the_rest(logits):
    """The mean of log(1 - D), the definition of the minimax loss."""
    values = [mp.log(1 - probability(logit)) for logit in np.ravel(logits)]
    return mp.fsum(values) / len(values)


def target(smooth):
    return 1 - mp.mpf(float(smooth))


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


@pytest.mark.parametrize("smooth", SMOOTH)
def test_equilibrium_against_another_form_with_many_digits(smooth):
    """With D = (1 - s) / 2, d_loss is twice the entropy of D, and g_loss is log 2 - log(1 - s)."""
    mp.dps = 40
    label = target(smooth)
    d = label / 2
    expected = (
        d,
        -2 * (d * mp.log(d) + (1 - d) * mp.log(1 - d)),
        mp.log(2) - mp.log(label),
    )
    # A handful of operations on numbers of one size; nothing cancels.
    for found, exact in zip(equilibrium(smooth), expected, strict=True):
        assert abs(found - exact) <= 4 * np.finfo(np.float64).eps * exact


@pytest.mark.parametrize("smooth", TABLE)
def test_equilibrium_against_the_published_table(smooth):
    assert tuple(round(value, 4) for value in equilibrium(smooth)) == TABLE[smooth]


@pytest.mark.parametrize("smooth", [0, 0.1, 0.2, 0.5, 0.9])
def test_equilibrium_is_where_the_loss_of_d_is_least(smooth):
    """When p_g = p_data, D sees each x as often real as fake, so one logit serves for all."""
    best = minimize_scalar(
        lambda logit: float(d_loss(np.float64(logit), np.float64(logit), smooth)),
        bounds=(-10, 10),
        method="bounded",
        options={"xatol": 1e-9},
    )
    d, least, g = equilibrium(smooth)
    # Near the minimum the loss is flat: an error of h in the logit moves it by h squared. So a
    # search sees the logit to about the square root of epsilon, and the loss to epsilon.
    assert best.fun == pytest.approx(least, abs=1e-14)
    assert float(probability(best.x)) == pytest.approx(d, abs=1e-7)
    assert float(g_loss(np.float64(best.x))) == pytest.approx(g, abs=1e-7)


@pytest.mark.parametrize("smooth", [0, 0.1, 0.4, 0.9])
def test_optimal_discriminator_against_a_search_over_all_answers(smooth):
    rng = np.random.default_rng(1)
    p_data, p_g = rng.exponential(size=(2, 40))
    p_data[0] = 0  # only fakes here
    p_g[1] = 0  # only real samples here
    answers = np.linspace(0, 1, 200_001)[1:-1]
    with_real = -(1 - smooth) * np.log(answers) - smooth * np.log(1 - answers)
    with_fake = -np.log(1 - answers)
    best = [
        answers[np.argmin(real * with_real + fake * with_fake)]
        for real, fake in zip(p_data, p_g, strict=True)
    ]
    # The search cannot do better than its grid.
    np.testing.assert_allclose(optimal_discriminator(p_data, p_g, smooth), best, atol=1e-5)


densities = st.one_of(st.just(0.0), st.floats(1e-100, 1e100))


@repeatable
@given(densities, densities, smooths)
@example(0.0, 0.0, 0.1)
@example(0.0, 1.0, 0.0)
@example(1.0, 0.0, 0.0)
def test_optimal_discriminator_is_where_the_gradient_is_zero(p_data, p_g, smooth):
    d = optimal_discriminator(p_data, p_g, smooth)
    assert d.dtype == np.float64
    if p_data == p_g == 0:
        assert np.isnan(d)
        return
    rounded = 4 * np.finfo(np.float64).eps
    assert 0 <= d <= (1 - smooth) * (1 + rounded)
    # p_data (D - label) + p_g D = 0, in exact fractions.
    real, fake, answer = Fraction(p_data), Fraction(p_g), Fraction(float(d))
    label = 1 - Fraction(smooth)
    assert abs((real + fake) * answer - real * label) <= rounded * real


def test_optimal_discriminator_takes_any_shape_and_broadcasts():
    p_data = np.array([[0.2], [0.0]])
    found = optimal_discriminator(p_data, [0.2, 0.6, 0.0], 0.5)
    np.testing.assert_allclose(
        found, [[0.25, 0.125, 0.5], [0, 0, np.nan]], rtol=np.finfo(np.float64).eps
    )
    assert optimal_discriminator([1, 0], [1, 1], 0).tolist() == [0.5, 0]


@pytest.mark.filterwarnings("error")
def test_optimal_discriminator_is_silent_where_both_densities_are_zero():
    assert np.isnan(optimal_discriminator([0.0], [0.0])).all()


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


BAD_SMOOTH = [
    (-0.1, ValueError, "-0.1"),
    (1, ValueError, "1"),
    (1.5, ValueError, "1.5"),
    (float("nan"), ValueError, "nan"),
    (float("inf"), ValueError, "inf"),
    (-float("inf"), ValueError, "-inf"),
    (np.float32(1), ValueError, "1"),
    (tf.constant(1.5), ValueError, "1.5"),
    (tf.Variable(-0.5), ValueError, "-0.5"),
    (keras.Variable(2.5), ValueError, "2.5"),
    (True, TypeError, "True"),
    (np.True_, TypeError, "True"),
    ("0.1", TypeError, "'0.1'"),
    (None, TypeError, "None"),
    (0.1j, TypeError, "0.1j"),
    ([0.1], TypeError, r"\[0.1\]"),
    (np.array([0.1]), TypeError, r"array\(\[0.1\]\)"),
    (tf.constant([0.25]), TypeError, r"\[0.25\]"),
    (tf.constant(0), TypeError, "int32"),
]


def case_name(case):
    return case if isinstance(case, str) else getattr(case, "__name__", type(case).__name__)


@pytest.mark.parametrize(("smooth", "error", "value"), BAD_SMOOTH, ids=case_name)
@pytest.mark.parametrize(
    "call",
    [
        lambda smooth: d_loss_real(np.float32([1]), smooth),
        lambda smooth: d_loss(np.float32([1]), np.float32([1]), smooth),
        lambda smooth: d_loss(np.float32([1]), np.float32([1]), smooth=smooth),
        lambda smooth: optimal_discriminator(1.0, 1.0, smooth),
        equilibrium,
        losses.check_smooth,
    ],
    ids=[
        "d_loss_real",
        "d_loss",
        "d_loss by name",
        "optimal_discriminator",
        "equilibrium",
        "check",
    ],
)
def test_a_wrong_smooth_is_named_with_its_value(call, smooth, error, value):
    with pytest.raises(error, match=rf"^smooth must .*got .*{value}"):
        call(smooth)


BAD_LOGITS = [
    (np.zeros((0,), np.float32), ValueError, r"at least one logit, got shape \(0,\)"),
    (np.zeros((0, 1), np.float32), ValueError, r"at least one logit, got shape \(0, 1\)"),
    ([], ValueError, r"at least one logit, got shape \(0,\)"),
    ([0.5, float("nan")], ValueError, "finite, got nan"),
    (np.array([[np.inf], [1]]), ValueError, "finite, got inf"),
    (tf.constant([1, -np.inf]), ValueError, "finite, got -inf"),
    (float("nan"), ValueError, "finite, got nan"),
    ([1, 0], TypeError, "float dtype, got int32"),
    (np.array([1, 0]), TypeError, "float dtype, got int64"),
    (np.array([True, False]), TypeError, "float dtype, got bool"),
    (["0.5"], TypeError, "float dtype, got string"),
    (1j, TypeError, "float dtype, got complex128"),
    (None, TypeError, "float logits, got None"),
    ([[1.0], [1.0, 2.0]], TypeError, r"float logits, got \[\[1.0\], \[1.0, 2.0\]\]"),
]
GOOD = np.float32([0.5])


@pytest.mark.parametrize(("logits", "error", "message"), BAD_LOGITS, ids=case_name)
@pytest.mark.parametrize(
    ("call", "name"),
    [
        (d_loss_real, "d_logits_real"),
        (d_loss_fake, "d_logits_fake"),
        (g_loss, "d_logits_fake"),
        (g_loss_minimax, "d_logits_fake"),
        (lambda logits: d_loss(logits, GOOD), "d_logits_real"),
        (lambda logits: d_loss(GOOD, logits), "d_logits_fake"),
    ],
    ids=["d_loss_real", "d_loss_fake", "g_loss", "g_loss_minimax", "d_loss, real", "d_loss, fake"],
)
def test_wrong_logits_are_named_with_what_is_wrong(call, name, logits, error, message):
    with pytest.raises(error, match=f"^{name} must .*{message}"):
        call(logits)


def test_in_a_graph_logits_that_are_not_finite_give_a_loss_that_is_not():
    """There the values are unknown at the check; training looks at the loss instead."""
    graph = tf.function(d_loss)
    assert np.isnan(graph(tf.constant([np.nan]), tf.constant([0.0])))
    with pytest.raises(TypeError, match="d_logits_fake must have a float dtype, got int32"):
        graph(tf.constant([0.0]), tf.constant([0]))
    with pytest.raises(ValueError, match="smooth must satisfy .* got 1.5"):
        graph(tf.constant([0.0]), tf.constant([0.0]), 1.5)
    with pytest.raises(TypeError, match="d_logits_fake must be a tensor of float logits"):
        tf.function(lambda: g_loss([0.5, "a"]))()
    of_any_shape = tf.function(g_loss, input_signature=[tf.TensorSpec(None)])
    assert of_any_shape(tf.constant([[0.0]])) == g_loss(tf.constant([0.0]))


@pytest.mark.parametrize("bad", [-0.5, float("nan"), float("inf")])
def test_a_density_that_cannot_be_one_is_named_with_its_value(bad):
    for name, call in (
        ("p_data", lambda: optimal_discriminator([0.5, bad], [1, 1])),
        ("p_g", lambda: optimal_discriminator([[1.0]], [[bad]])),
    ):
        with pytest.raises(ValueError, match=f"^{name} must be finite and not negative, got {bad}"):
            call()
