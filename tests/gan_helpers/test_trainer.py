"""Every way to call fit, and what goes on after a stop."""

import logging

from gan_helpers.gan import GAN
from tests.gan_helpers.small_networks import (
    NAMES,
    REAL,
    ROUNDING,
    adam,
    assert_same_up_to_rounding,
    compiled,
    equal,
    fit,
    networks,
    sgd,
    values,
)

import keras
import numpy as np
import pytest
import tensorflow as tf

# Keras 3.12 itself calls numpy 2 in the old way, when it traces and when it saves.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.mark.parametrize("kwargs", [{"steps_per_execution": 10}, {"steps_per_execution": 3}])
def test_several_steps_in_one_call_are_the_same_steps(kwargs):
    one, several = compiled(), compiled(**kwargs)
    history, other = fit(one), fit(several)
    assert_same_up_to_rounding(one, several)
    for name in NAMES:
        np.testing.assert_allclose(history[name], other[name], rtol=ROUNDING)


def test_xla_takes_the_same_steps():
    pairs = [networks([keras.layers.BatchNormalization()]) for _ in range(2)]
    plain = compiled(pairs[0], jit_compile=False)
    xla = compiled(pairs[1], jit_compile=True)
    history, other = fit(plain), fit(xla)
    assert_same_up_to_rounding(plain, xla)
    for name in NAMES:
        np.testing.assert_allclose(history[name], other[name], rtol=ROUNDING)


@pytest.mark.parametrize(
    "data",
    [
        {"data": tf.data.Dataset.from_tensor_slices(REAL).batch(25), "batch_size": None},
        {"data": tf.constant(REAL)},
        {"data": REAL.astype(np.float64)},
    ],
    ids=["tf.data", "tensor", "float64"],
)
def test_data_may_come_in_any_form_that_keras_takes(data):
    plain, other = compiled(), compiled()
    fit(plain, epochs=1)
    fit(other, epochs=1, **data)
    assert_same_up_to_rounding(plain, other)


def test_the_same_seeds_give_the_same_weights():
    one, again, other = compiled(), compiled(), compiled(seed=8)
    for gan in (one, again, other):
        fit(gan, epochs=1)
    assert all(equal(one.get_weights(), again.get_weights()))
    assert not all(equal(one.generator.get_weights(), other.generator.get_weights()))


def test_fit_takes_callbacks_and_shows_its_progress(capsys):
    epochs, steps = [], []
    callbacks = [
        keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: epochs.append(logs)),
        keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: steps.append(batch)),
    ]
    gan = compiled()
    history = fit(gan, callbacks=callbacks, verbose=1)
    assert set(history) == set(NAMES)
    assert [{name: history[name][i] for name in NAMES} for i in range(2)] == epochs
    assert steps == [0, 1, 2, 3] * 2
    shown = capsys.readouterr().out
    for part in ("Epoch 2/2", "4/4", *NAMES):
        assert part in shown
    fit(gan, callbacks=callbacks[0])
    fit(gan, callbacks=tuple(callbacks), epochs=1)
    assert (len(epochs), len(steps)) == (5, 12)


def test_xla_is_chosen_for_networks_without_convolutions():
    image = (8, 8, 1)
    dense = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(64), keras.layers.Reshape(image)]
    )
    inner = keras.Sequential([keras.Input(image), keras.layers.Conv2D(2, 3)])
    for middle, expected in (([], True), ([inner], False)):
        d = keras.Sequential(
            [keras.Input(image), *middle, keras.layers.Flatten(), keras.layers.Dense(1)]
        )
        gan = GAN(keras.models.clone_model(dense), d)
        gan.compile(sgd(), sgd())
        assert gan.turns_of._jit_compile is expected
        gan.compile(sgd(), sgd(), jit_compile=not expected)
        assert gan.turns_of._jit_compile is not expected
        gan.compile(sgd(), sgd(), simultaneous=True)
        assert gan.turns_of._jit_compile is expected


def state(gan):
    return [*values(gan), *values(gan.d_optimizer), *values(gan.g_optimizer)]


def with_adam():
    return compiled(optimizers=(adam(), adam()))


def test_training_from_saved_weights_goes_on_as_if_never_stopped(tmp_path):
    whole, first, second = with_adam(), with_adam(), with_adam()
    fit(whole, epochs=4)
    fit(first, epochs=2)
    first.save_weights(tmp_path / "gan.weights.h5")
    second.load_weights(tmp_path / "gan.weights.h5")
    fit(second, epochs=2)
    assert all(equal(state(whole), state(second)))


def test_training_that_was_interrupted_resumes_exactly(tmp_path):
    class Interrupt(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                raise KeyboardInterrupt

    whole, stopped, resumed = with_adam(), with_adam(), with_adam()
    fit(whole, epochs=4)
    backup = [keras.callbacks.BackupAndRestore(tmp_path / "backup") for _ in range(2)]
    with pytest.raises(KeyboardInterrupt):
        fit(stopped, epochs=4, callbacks=[backup[0], Interrupt()])
    history = fit(resumed, epochs=4, callbacks=[backup[1]])
    assert len(history["d_loss"]) == 2
    assert all(equal(state(whole), state(resumed)))


def test_fit_before_compile_says_so():
    with pytest.raises(ValueError, match=r"call `compile\(\)`"):
        fit(GAN(*networks()))


def test_training_logs_nothing_by_itself(caplog, capfd):
    with caplog.at_level(logging.WARNING):
        fit(compiled(), epochs=1)
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")
