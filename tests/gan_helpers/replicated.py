"""The same training on one replica, on two, and in two processes: run as a program.

Logical devices must be set before TensorFlow starts, so that none of this runs in pytest itself.
"""

import contextlib
import json
import os
import signal
import sys
from pathlib import Path

from gan_helpers import modern_losses, penalties
from gan_helpers.gan import GAN, ConditionalGAN

import keras
import numpy as np
import tensorflow as tf

layers = keras.layers
BATCH, BATCHES, EPOCHS = 8, 4, 5  # 20 steps
REAL = np.random.default_rng(0).normal(1, 0.5, (BATCH * BATCHES, 2))
LABELS = np.arange(len(REAL)) % 3


@tf.autograph.experimental.do_not_convert
def jitter(x, seed):
    """An augmentation: each sample by a number of its own."""
    return x + 0.1 * tf.random.stateless_normal(tf.shape(x), seed, dtype=x.dtype)


def norm():
    return layers.BatchNormalization(synchronized=True)


def pair(in_d=(), labels=0):
    """A tiny pair for points in the plane."""
    keras.utils.set_random_seed(1)
    g = [keras.Input((3 + labels,)), layers.Dense(6, use_bias=False), norm()]
    g = keras.Sequential([*g, layers.LeakyReLU(), layers.Dense(2)], name="generator")
    x, label = keras.Input((2,)), keras.Input((labels,))
    seen = layers.Concatenate()([x, label]) if labels else x
    seen = layers.Dense(6, kernel_regularizer=keras.regularizers.L2(0.01))(seen)
    for layer in in_d:
        seen = layer(seen)
    logit = layers.Dense(1)(layers.LeakyReLU()(seen))
    return g, keras.Model([x, label] if labels else x, logit, name="discriminator")


def sgd():
    return keras.optimizers.SGD(0.1)


def adam():
    return keras.optimizers.Adam(0.01, beta_1=0.5)


def plain(optimizer=sgd, g_optimizer=None, **kwargs):
    """The game of 2014, with batch normalisation in both networks."""
    gan = GAN(*pair([norm()]))
    how = {"steps_per_execution": 3, "jit_compile": False} | kwargs
    gan.compile(optimizer(), (g_optimizer or optimizer)(), **how)
    return gan


def modern():
    """All that a step may have beside it."""
    gan = GAN(*pair())
    gan.compile(
        adam(),
        adam(),
        d_loss=modern_losses.d_loss_pairing,
        g_loss=modern_losses.g_loss_pairing,
        d_penalty=[penalties.R1(0.5), penalties.R2(0.5)],
        penalty_every=3,
        augment=jitter,
        g_ema=0.9,
        steps_per_execution=3,
        jit_compile=False,
    )
    return gan


def conditional():
    gan = ConditionalGAN(*pair(labels=3))
    gan.compile(sgd(), adam(), simultaneous=True, steps_per_execution=3, jit_compile=False)
    return gan


def state(gan):
    return [variable.numpy() for variable in gan._state()]


def reset(gan, values):
    for variable, value in zip(gan._state(), values, strict=True):
        variable.assign(value)


def apart(one, other):
    """The largest difference of two states, of weights, averages, moments, counters and seeds."""
    return max(float(np.abs(a - b).max()) for a, b in zip(one, other, strict=True))


def fitted(gan, x=REAL, **kwargs):
    """State and history after 20 steps."""
    y = LABELS if gan.labels else None
    kwargs = {"batch_size": BATCH, "epochs": EPOCHS, "verbose": 0} | kwargs
    history = gan.fit(x, y, **kwargs).history
    return state(gan), np.array(list(history.values()))


@contextlib.contextmanager
def precision(name):
    before = keras.config.floatx()
    keras.config.set_floatx(name)
    keras.config.set_dtype_policy(name)
    yield
    keras.config.set_floatx(before)
    keras.config.set_dtype_policy(before)


def made(make, strategy=None, **kwargs):
    with strategy.scope() if strategy else contextlib.nullcontext():
        return make(**kwargs)


def compared(make, strategy, **kwargs):
    """How far apart one replica and two are."""
    (one, log), (two, other) = (
        fitted(made(make, where, **kwargs), validation_data=None) for where in (None, strategy)
    )
    return {"states": apart(one, two), "histories": float(np.abs(log - other).max())}


def rounding(optimizer, strategy):
    """In float32: how far two replicas are from one, and permuted rows, several times."""
    one, two = made(plain, optimizer=optimizer), made(plain, strategy, optimizer=optimizer)
    start = state(one)
    end, _ = fitted(one, shuffle=False)
    permuted = []
    for seed in range(8):
        reset(one, start)
        rng = np.random.default_rng(seed)
        rows = [batch * BATCH + rng.permutation(BATCH) for batch in range(BATCHES)]
        permuted.append(apart(end, fitted(one, REAL[np.concatenate(rows)], shuffle=False)[0]))
    return {"two": apart(end, fitted(two, shuffle=False)[0]), "permuted": permuted}


def mirrored(folder):
    """All that two logical devices show, into a file."""
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    found = {}
    with precision("float64"):
        for name, make in CASES.items():
            found[name] = compared(make, strategy)
        end, log = fitted(made(workers_game))
        np.savez(folder / "one.npz", log, *end)
    for optimizer in (sgd, adam):
        found[f"float32 {optimizer.__name__}"] = rounding(optimizer, strategy)
    (folder / "mirrored.json").write_text(json.dumps(found))


def workers_game():
    """SGD for D, which shows a wrong factor, and Adam for G."""
    return plain(sgd, adam, g_ema=0.9)


CASES = {
    "sgd": lambda: plain(sgd),
    "adam": lambda: plain(adam),
    "modern": modern,
    "conditional": conditional,
}


class KillAt(keras.callbacks.Callback):
    """What a machine does that loses its power after so many epochs."""

    def __init__(self, epochs):
        super().__init__()
        self.epochs = epochs

    def on_epoch_end(self, epoch, logs=None):
        if epoch + 1 == self.epochs:
            os.kill(os.getpid(), signal.SIGKILL)


def worker(folder, number, ports, save_dir=None, kill=0):
    """One of two processes, each with one replica."""
    cluster = {"worker": [f"127.0.0.1:{port}" for port in ports]}
    os.environ["TF_CONFIG"] = json.dumps(
        {"cluster": cluster, "task": {"type": "worker", "index": number}}
    )
    strategy = tf.distribute.MultiWorkerMirroredStrategy()
    callbacks = [KillAt(kill)] if kill else []
    with precision("float64"):
        gan = made(workers_game, strategy)
        end, log = fitted(gan, save_dir=save_dir, callbacks=callbacks)
    np.savez(folder / f"worker_{number}.npz", log, *end)


if __name__ == "__main__":
    task = json.loads(sys.argv[1])
    task["folder"] = Path(task["folder"])
    {"mirrored": mirrored, "worker": worker}[task.pop("run")](**task)
