"""The same training on one replica, on two, and in two processes: run as a program.

Logical devices must be set before TensorFlow starts, so that none of this runs in pytest itself.
"""

import contextlib
import itertools
import json
import os
import signal
import sys
from pathlib import Path

from gan_helpers import modern_losses, penalties, replicas
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


def made(make, strategy=None):
    with strategy.scope() if strategy else contextlib.nullcontext():
        return make()


def compared(one, two):
    """How far apart a GAN on one replica and one on two are, and how far the steps went."""
    kernel = one.generator.layers[0].kernel.numpy()
    falling = keras.callbacks.LearningRateScheduler(lambda epoch, rate: 0.9 * rate)
    (end, log), (other, other_log) = (fitted(gan, callbacks=[falling]) for gan in (one, two))
    return {
        "states": apart(end, other),
        "histories": float(np.abs(log - other_log).max()),
        "moved": float(np.abs(kernel - one.generator.layers[0].kernel.numpy()).max()),
    }


def rounding(optimizer, strategy):
    """In float32, with the rows of each batch permuted in several ways: how far two replicas are
    from one on the same rows, and how far the runs of one are from each other."""
    one, two = made(lambda: plain(optimizer)), made(lambda: plain(optimizer), strategy)
    start, ends, found = state(one), [], []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        rows = np.concatenate([n * BATCH + rng.permutation(BATCH) for n in range(BATCHES)])
        for gan in (one, two):
            reset(gan, start)
        ends.append(fitted(one, REAL[rows], shuffle=False)[0])
        found.append(apart(ends[-1], fitted(two, REAL[rows], shuffle=False)[0]))
    permuted = [apart(*pair) for pair in itertools.combinations(ends, 2)]
    return {"two": found, "permuted": permuted}


def resumed(folder, one, two, start):
    """A training on two replicas that stops after 2 epochs, then goes on with one, and with two."""
    reset(two, start)
    whole, _ = fitted(two)
    reset(two, start)
    fitted(two, epochs=2, save_dir=folder / "saved")
    other = said(lambda: fitted(one, save_dir=folder / "saved"))
    reset(two, start)
    end, _ = fitted(two, save_dir=folder / "saved")
    return {"states": apart(whole, end), "said of one replica": other}


def as_dataset(two, start):
    """Batches of a dataset are cut as those of an array are; what cannot be cut is refused."""
    reset(two, start)
    end, _ = fitted(two, shuffle=False)
    reset(two, start)
    data = tf.data.Dataset.from_tensor_slices(REAL)
    other, _ = fitted(two, data.batch(BATCH), batch_size=None)
    odd = said(lambda: fitted(two, data.batch(BATCH - 1), batch_size=None))
    return {"states": apart(end, other), "said of odd batches": odd}


def said(call):
    """The error that a call ends in."""
    try:
        call()
    except (ValueError, FloatingPointError) as error:
        return f"{type(error).__name__}: {error}"
    return "nothing"


def refused(strategy):
    """What is said of things that cannot be served, by name."""
    networks = pair()
    ours, theirs = made(lambda: GAN(*pair()), strategy), GAN(*pair())
    outside = [sgd() for _ in range(2)]

    def compiled(change=lambda network: network, optimizer=sgd, **kwargs):
        with strategy.scope():
            g, d = pair()
            gan = GAN(g, change(d))
            gan.compile(optimizer(), optimizer(), run_eagerly=True, **kwargs)
        return gan

    def with_layer(layer):
        def change(network):
            x = keras.Input((2,))
            hidden = layer()(layers.Dense(4)(x))
            return keras.Model(x, layers.Dense(1)(hidden), name="discriminator")

        return change

    def in_scope(call):
        with strategy.scope():
            return said(call)

    ready = compiled()
    spoilt = REAL.copy()
    spoilt[BATCH + BATCH // 2 + 1] = np.nan  # in the second replica's part of step 2
    r1, batch_norm = penalties.R1(0.5), with_layer(norm)

    def with_setting(name, value):
        return said(lambda: compiled(optimizer=lambda: keras.optimizers.SGD(0.1, **{name: value})))

    clipping = ("clipnorm", "global_clipnorm", "clipvalue")
    return {
        "networks": in_scope(lambda: GAN(*networks).compile(sgd(), sgd())),
        "optimizers": in_scope(lambda: ours.compile(*outside)),
        "compile outside": said(lambda: ours.compile(sgd(), sgd())),
        "compile inside": in_scope(lambda: theirs.compile(sgd(), sgd())),
        "fit": in_scope(lambda: fitted(ready)),
        "evaluate": in_scope(lambda: ready.evaluate(REAL, verbose=0)),
        "jit_compile": said(lambda: compiled(jit_compile=True)),
        "normalisation": said(lambda: compiled(with_layer(layers.BatchNormalization))),
        "dropout": said(lambda: compiled(with_layer(lambda: layers.Dropout(0.1)))),
        "lazy": said(lambda: compiled(batch_norm, d_penalty=r1, penalty_every=2)),
        "scaling": said(
            lambda: compiled(optimizer=lambda: keras.optimizers.LossScaleOptimizer(sgd()))
        ),
        **{name: with_setting(name, 1.0) for name in clipping},
        "gradient_accumulation_steps": with_setting("gradient_accumulation_steps", 2),
        "batch_size": said(lambda: fitted(ready, batch_size=5)),
        "rest": said(lambda: fitted(ready, REAL[:-1])),
        "add_loss": said(
            lambda: fitted(compiled(with_layer(lambda: layers.ActivityRegularization(0.1))))
        ),
        "not finite": said(lambda: fitted(made(plain, strategy), spoilt, shuffle=False)),
        "synchronised": said(lambda: compiled(synchronised_copy)),
    }


def synchronised_copy(network):
    """Batch normalisation that looks at one replica only, then at all."""
    x = keras.Input((2,))
    hidden = layers.BatchNormalization()(layers.Dense(4)(x))
    return replicas.synchronised(keras.Model(x, layers.Dense(1)(hidden), name="discriminator"))


def served(folder, strategy):
    """What else works, by name: an empty text, or the error."""
    keras.mixed_precision.set_dtype_policy("mixed_bfloat16")
    half = made(lambda: plain(run_eagerly=True), strategy)
    keras.mixed_precision.set_dtype_policy("float32")
    ready = made(lambda: plain(run_eagerly=True), strategy)
    one = made(lambda: plain(run_eagerly=True))
    found = {"bfloat16": said(lambda: fitted(half, epochs=1))}
    for gan in (one, ready):
        gan.train_on_batch(REAL[:BATCH])
    found["train_on_batch"] = apart(state(one), state(ready))
    values = [gan.evaluate(REAL, verbose=0, return_dict=True)["d_loss"] for gan in (one, ready)]
    found["evaluate"] = abs(values[0] - values[1])
    ready.save(folder / "gan.keras")
    loaded = made(lambda: keras.models.load_model(folder / "gan.keras"), strategy)
    found["load_model"] = apart(state(ready), state(loaded))
    return found


def two_processors():
    """Make two logical devices of the one there is, before TensorFlow starts."""
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)


def page(folder):
    """The program of notebooks/distributed.md, with few digits and on two processors.

    It has a strategy of its own, and the replicas of two strategies would meet in one process.
    """
    two_processors()
    text = (Path(__file__).parents[2] / "notebooks" / "distributed.md").read_text(encoding="utf-8")
    program = text.split("```python\n")[1].split("```")[0]
    for old, new in (
        ("MirroredStrategy()", 'MirroredStrategy(["CPU:0", "CPU:1"])'),
        (".images,", ".images[:8],"),
        ("batch_size=64", "batch_size=8"),
        ("epochs=20", "epochs=1"),
        ("saved/together", str(folder / "together")),
    ):
        assert old in program, old
        program = program.replace(old, new)
    names: dict = {}
    exec(program, names)
    (folder / "page.json").write_text(json.dumps(int(names["gan"].steps.numpy())))


def mirrored(folder):
    """All that two logical devices show, into a file."""
    two_processors()
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    found = {"refused": refused(strategy), "served": served(folder, strategy)}
    with precision("float64"):
        for name, make in CASES.items():
            one, two = made(make), made(make, strategy)
            start = state(one)
            found[name] = compared(one, two)
            if name == "sgd":
                found["resumed"] = resumed(folder, one, two, start)
                found["dataset"] = as_dataset(two, start)
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


class CountAndKill(keras.callbacks.Callback):
    """Counts epochs; after so many, what a machine does that loses its power."""

    def __init__(self, kill_after):
        super().__init__()
        self.epochs, self.kill_after = 0, kill_after

    def on_epoch_end(self, epoch, logs=None):
        self.epochs += 1
        if self.epochs == self.kill_after:
            os.kill(os.getpid(), signal.SIGKILL)


def worker(folder, number, ports, save_dir=None, kill_after=0, refuse=False):
    """One of two processes, each with one replica."""
    cluster = {"worker": [f"127.0.0.1:{port}" for port in ports]}
    os.environ["TF_CONFIG"] = json.dumps(
        {"cluster": cluster, "task": {"type": "worker", "index": number}}
    )
    strategy = tf.distribute.MultiWorkerMirroredStrategy()
    watch, errors = CountAndKill(kill_after), []
    with precision("float64"):
        gan = made(workers_game, strategy)
        if refuse:
            data = tf.data.Dataset.from_tensor_slices(REAL).batch(BATCH)
            errors += [said(lambda: fitted(gan, data, batch_size=None))]
            errors += [said(lambda: fitted(gan, REAL + number))]
        end, log = fitted(gan, save_dir=save_dir, callbacks=[watch])
    np.savez(folder / f"worker_{number}.npz", log, *end)
    (folder / f"worker_{number}.json").write_text(json.dumps([watch.epochs, errors]))


if __name__ == "__main__":
    task = json.loads(sys.argv[1])
    task["folder"] = Path(task["folder"])
    {"mirrored": mirrored, "page": page, "worker": worker}[task.pop("run")](**task)
