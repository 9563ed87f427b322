"""A loss that is not finite stops the training, and is named with its step."""

from gan_helpers import losses
from gan_helpers.losses import NonFiniteLossError
from tests.gan_helpers.small_networks import NAMES, REAL, compiled, fit

import numpy as np
import pytest
import tensorflow as tf

# Keras 3.12 itself calls numpy 2 in the old way, when it traces and when it saves.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def failing(loss, at, lasting=False, value=np.nan):
    """The loss, but `value` at the step `at`; a lasting failure spoils the gradient as well."""
    count = tf.Variable(0, dtype=tf.int64)

    def counted(*args):
        fails = count.assign_add(1) == at
        right = loss(*args)
        return right * tf.where(fails, value, 1.0) if lasting else tf.where(fails, value, right)

    return counted


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "lasting"])
@pytest.mark.parametrize("steps_per_execution", [1, 4])
@pytest.mark.parametrize("name", ["d_loss", "g_loss"])
def test_a_loss_that_is_nan_stops_training_with_its_name_and_step(
    name, steps_per_execution, lasting
):
    loss = failing(getattr(losses, name), at=6, lasting=lasting)
    gan = compiled(steps_per_execution=steps_per_execution, **{name: loss})
    with pytest.raises(NonFiniteLossError, match=f"^{name} is not finite at step 6; lower the"):
        fit(gan)
    # Eight steps are two epochs, so that steps 5 to 8 are one execution of four.
    assert int(gan.steps.numpy()) == (6 if steps_per_execution == 1 else 8)


@pytest.mark.parametrize(
    ("d_step", "g_step", "first"),
    [(3, 2, "g_loss is not finite at step 2"), (3, 3, "d_loss is not finite at step 3")],
)
def test_of_two_losses_that_fail_the_first_is_named(d_step, g_step, first):
    gan = compiled(
        d_loss=failing(losses.d_loss, d_step, value=np.inf),
        g_loss=failing(losses.g_loss, g_step, value=-np.inf),
        steps_per_execution=4,
    )
    with pytest.raises(NonFiniteLossError, match=first):
        fit(gan)


def test_steps_are_counted_from_the_first_fit_and_training_can_go_on_after_a_failure():
    gan = compiled(g_loss=failing(losses.g_loss, at=3), d_loss=failing(losses.d_loss, at=9))
    with pytest.raises(NonFiniteLossError, match="g_loss is not finite at step 3"):
        fit(gan)
    history = fit(gan, epochs=1)
    assert np.isfinite([history[name] for name in NAMES]).all()
    with pytest.raises(NonFiniteLossError, match="d_loss is not finite at step 9"):
        fit(gan)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_data_that_are_not_finite_stop_training_at_once(bad):
    real = REAL.copy()
    real[3, 1] = bad
    with pytest.raises(NonFiniteLossError, match="d_loss is not finite at step 1;.*in the data"):
        fit(compiled(), real)


def test_the_error_is_a_floating_point_error():
    assert issubclass(NonFiniteLossError, FloatingPointError)
