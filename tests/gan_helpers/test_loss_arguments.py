"""What the losses do not take is named with its value."""

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
    ([np.inf, 0.0, np.nan], ValueError, "finite, got inf; has the"),
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


def test_in_a_graph_a_smooth_of_unknown_shape_is_refused_by_name():
    one = tf.constant([0.0])
    graph = tf.function(lambda smooth: d_loss_real(one, smooth), [tf.TensorSpec(None)])
    with pytest.raises(TypeError, match="smooth must be a number or a scalar float tensor"):
        graph(0.5)


@pytest.mark.parametrize("bad", [-0.5, float("nan"), float("inf")])
def test_a_density_that_cannot_be_one_is_named_with_its_value(bad):
    for name, call in (
        ("p_data", lambda: optimal_discriminator([0.5, bad], [1, 1])),
        ("p_g", lambda: optimal_discriminator([[1.0]], [[bad]])),
    ):
        with pytest.raises(ValueError, match=f"^{name} must be finite and not negative, got {bad}"):
            call()


def test_of_several_densities_that_cannot_be_the_first_is_named():
    with pytest.raises(ValueError, match="got -2.0$"):
        optimal_discriminator([0.0, -2.0, -1.0, np.nan], [1.0, 1.0, 1.0, 1.0])
