"""A small training with every kind of state, which stops and goes on."""

from gan_helpers.data import ring
from gan_helpers.gan import GAN

import keras
import numpy as np

REAL = ring().sample(90, seed=0)
EPOCHS = 6


def trained(
    save_dir=None,
    epochs=EPOCHS,
    callbacks=(),
    seed=3,
    rate=0.01,
    data=REAL,
    run_eagerly=True,
    **kwargs,
):
    """A GAN with every kind of state: moments, moving statistics, dropout, an average of G.

    Eagerly, because to compile takes longer than these few steps.
    """
    keras.utils.set_random_seed(1)
    layers = keras.layers
    g = keras.Sequential(
        [keras.Input((3,)), layers.Dense(8), layers.BatchNormalization(), layers.Dense(2)]
    )
    d = keras.Sequential([keras.Input((2,)), layers.Dense(8), layers.Dropout(0.3), layers.Dense(1)])
    gan = GAN(g, d, seed=seed)
    gan.compile(
        keras.optimizers.Adam(rate),
        keras.optimizers.Adam(0.02),
        g_ema=0.9,
        steps_per_execution=2,
        run_eagerly=run_eagerly,
    )
    settings = {"batch_size": 20, "verbose": 0, **kwargs}
    history = gan.fit(data, epochs=epochs, callbacks=callbacks, save_dir=save_dir, **settings)
    return gan, history


def state(gan):
    return [variable.numpy() for variable in gan._state()]


def assert_same_bits(one, other):
    for a, b in zip(state(one), state(other), strict=True):
        np.testing.assert_array_equal(a, b)


class StopAt(keras.callbacks.Callback):
    """Raises after so many calls, as a crash in the middle of an epoch would."""

    def __init__(self, calls):
        super().__init__()
        self.calls = calls

    def on_train_batch_end(self, batch, logs=None):
        self.calls -= 1
        if self.calls == 0:
            raise RuntimeError("stopped")


def damage(path, how):
    data = bytearray(path.read_bytes())
    if how == "truncated":
        data = data[: len(data) // 2]
    elif how == "one bit":
        data[len(data) // 2] ^= 1
    else:
        data = b""
    path.write_bytes(data)
