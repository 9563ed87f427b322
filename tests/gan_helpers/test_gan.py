"""The adversarial loop against one written out by hand, and every way to call it.

Two runs of the same steps in float32 may differ by rounding where TensorFlow compiles them in
different ways. Weights and inputs here are of size 1, and plain gradient descent passes on an
error as it is (Adam would blow up that of a tiny gradient), so that a few dozen operations a
step over a few steps stay below `ROUNDING`.
"""

import logging
import platform
import subprocess
import sys
from pathlib import Path

from gan_helpers import losses
from gan_helpers.batches import deal, several
from gan_helpers.callbacks import Snapshots
from gan_helpers.data import gaussian, ring
from gan_helpers.gan import GAN, latent_vectors
from gan_helpers.losses import NonFiniteLossError
from gan_helpers.players import opponent

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

ROOT = Path(__file__).parents[2]
ROUNDING = 32 * np.finfo(np.float32).eps
NAMES = ["d_loss", "g_loss", "d_real", "d_fake"]
# Keras 3.12 itself calls numpy 2 in the old way, when it traces and when it saves.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

REAL = ring().sample(100, seed=0)


def networks(inner_g=(), inner_d=(), seed=1):
    """A tiny pair for points in the plane, with layers of one's choice in the middle."""
    keras.utils.set_random_seed(seed)

    def network(inputs, inner, outputs):
        # Batch normalisation takes a bias out again, and its gradient would be mere rounding.
        hidden = keras.layers.Dense(8, use_bias=not inner)
        end = [keras.layers.LeakyReLU(), keras.layers.Dense(outputs)]
        return keras.Sequential([keras.Input((inputs,)), hidden, *inner, *end])

    return network(3, inner_g, 2), network(2, inner_d, 1)


def networks_with_state():
    norm, dropout = keras.layers.BatchNormalization, keras.layers.Dropout
    return networks([norm(), dropout(0.2)], [norm(), dropout(0.3)])


def sgd(rate=0.05):
    return keras.optimizers.SGD(rate)


def adam(rate=0.01):
    return keras.optimizers.Adam(rate, beta_1=0.5)


def compiled(pair=None, make=GAN, optimizers=None, seed=7, **kwargs):
    gan = make(*(pair or networks()), seed=seed)
    d_optimizer, g_optimizer = optimizers or (sgd(), sgd())
    gan.compile(
        d_optimizer, g_optimizer, **{"steps_per_execution": 1, "jit_compile": False} | kwargs
    )
    return gan


def fit(gan, data=REAL, **kwargs):
    kwargs = {"batch_size": 25, "epochs": 2, "shuffle": False, "verbose": 0, **kwargs}
    return gan.fit(data, **kwargs).history


def values(model):
    return [variable.numpy() for variable in model.variables]


def equal(one, other):
    return [np.array_equal(a, b) for a, b in zip(one, other, strict=True)]


def assert_same_up_to_rounding(one, other):
    for a, b in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=ROUNDING, atol=ROUNDING)


# The two turns


@pytest.mark.parametrize("wrap", [lambda turn: turn, tf.function], ids=["eager", "graph"])
def test_each_turn_changes_only_its_own_network(wrap):
    """But for the random states of the opponent, which has new masks of dropout in each call."""
    gan = compiled(networks_with_state(), optimizers=(adam(), adam()))
    g, d = gan.generator, gan.discriminator
    before_g, before_d = values(g), values(d)
    before_g_optimizer = values(gan.g_optimizer)

    wrap(gan.train_d)(tf.constant(REAL), gan.latent(50))
    after_d = values(d)
    assert equal(before_g, values(g)) == [not is_random for is_random in random_states(g)]
    assert all(equal(before_g_optimizer, values(gan.g_optimizer)))
    assert not any(equal(before_d, after_d)), "weights, moving statistics and dropout's state"

    before_d_optimizer = values(gan.d_optimizer)
    wrap(gan.train_g)(gan.latent(50))
    assert equal(after_d, values(d)) == [not is_random for is_random in random_states(d)]
    assert all(equal(before_d_optimizer, values(gan.d_optimizer)))
    assert not any(equal(before_g, values(g)))


def random_states(network):
    return [variable.name == "seed_generator_state" for variable in network.variables]


def test_the_opponent_plays_in_training_mode():
    _, discriminator = networks([], [keras.layers.BatchNormalization()])
    x = tf.constant(5 * REAL + 3)
    before = values(discriminator)
    played = opponent(discriminator, x).numpy()
    assert all(equal(before, values(discriminator)))
    resting = discriminator(x, training=False).numpy()
    assert np.abs(played - resting).max() > 0.1
    assert np.array_equal(played, discriminator(x, training=True).numpy())


def cross_entropy(logits, target):
    return tf.reduce_mean(
        tf.nn.sigmoid_cross_entropy_with_logits(tf.fill(tf.shape(logits), target), logits)
    )


def by_hand(pair, optimizers, seed, batches, smooth):
    """Algorithm 1 with a tape for each turn, and nothing of GAN in it."""
    (g, d), (d_optimizer, g_optimizer) = pair, optimizers
    draws = keras.random.SeedGenerator(seed)
    rows = []
    for real in batches:
        fake = g(keras.random.normal((len(real), 3), seed=draws), training=True)
        with tf.GradientTape() as tape:
            on_real, on_fake = d(real, training=True), d(fake, training=True)
            d_loss = cross_entropy(on_real, 1 - smooth) + cross_entropy(on_fake, 0.0)
        gradient = tape.gradient(d_loss, d.trainable_variables)
        d_optimizer.apply_gradients(zip(gradient, d.trainable_variables, strict=True))

        z = keras.random.normal((len(real), 3), seed=draws)
        with tf.GradientTape() as tape:
            g_loss = cross_entropy(d(g(z, training=True), training=True), 1.0)
        gradient = tape.gradient(g_loss, g.trainable_variables)
        g_optimizer.apply_gradients(zip(gradient, g.trainable_variables, strict=True))
        answers = (tf.reduce_mean(tf.sigmoid(logits)) for logits in (on_real, on_fake))
        rows.append([float(value) for value in (d_loss, g_loss, *answers)])
    return np.array(rows)


def test_fit_is_the_loop_written_by_hand():
    """Eagerly the same kernels run in the same order: every bit agrees, also with Adam."""
    pair, optimizers = networks(), (adam(0.01), adam(0.02))
    rows = by_hand(pair, optimizers, 7, np.split(REAL, 4) * 2, 0.25)
    gan = compiled(optimizers=(adam(0.01), adam(0.02)), smooth=0.25, run_eagerly=True)
    history = fit(gan)
    for network, expected in zip((gan.generator, gan.discriminator), pair, strict=True):
        assert all(equal(values(network), values(expected)))
    for name, column in zip(NAMES, rows.T, strict=True):
        # Keras adds up the means of the batches in float32.
        np.testing.assert_allclose(history[name], column.reshape(2, 4).mean(axis=1), rtol=ROUNDING)


def test_a_compiled_fit_is_the_loop_written_by_hand_up_to_rounding():
    pair = networks()
    rows = by_hand(pair, (sgd(), sgd()), 7, np.split(REAL, 4) * 2, 0.1)
    gan = compiled()
    history = fit(gan)
    for network, expected in zip((gan.generator, gan.discriminator), pair, strict=True):
        assert_same_up_to_rounding(network, expected)
    for name, column in zip(NAMES, rows.T, strict=True):
        np.testing.assert_allclose(history[name], column.reshape(2, 4).mean(axis=1), rtol=ROUNDING)


def simultaneous_by_hand(g, d, batches, z_of, smooth):
    """Gradient descent of both at once, one derivative for each weight from one forward pass."""
    for real in batches:
        z = z_of(len(real))
        with tf.GradientTape(persistent=True) as tape:
            on_real, on_fake = d(real, training=True), d(g(z, training=True), training=True)
            d_loss = cross_entropy(on_real, 1 - smooth) + cross_entropy(on_fake, 0.0)
            g_loss = cross_entropy(on_fake, 1.0)
        steps = [(d, tape.gradient(d_loss, d.trainable_variables))]
        steps.append((g, tape.gradient(g_loss, g.trainable_variables)))
        for network, gradients in steps:
            for variable, gradient in zip(network.trainable_variables, gradients, strict=True):
                variable.assign_sub(0.05 * gradient)


@pytest.mark.parametrize("kwargs", [{"run_eagerly": True}, {}, {"jit_compile": True}])
def test_simultaneous_steps_are_those_written_by_hand(kwargs):
    g, d = networks()
    gan = compiled(smooth=0.25, simultaneous=True, **kwargs)
    z_of = compiled().latent  # of the same seed
    simultaneous_by_hand(g, d, np.split(REAL, 4) * 2, z_of, 0.25)
    fit(gan)
    assert_same_up_to_rounding(gan.generator, g)
    assert_same_up_to_rounding(gan.discriminator, d)

    alternating = compiled(smooth=0.25)
    fit(alternating)
    assert not any(equal(values(gan.generator), values(alternating.generator)))


def test_a_simultaneous_step_keeps_the_statistics_of_both_networks():
    gan = compiled(networks_with_state(), simultaneous=True)
    before = values(gan.generator), values(gan.discriminator)
    fit(gan, epochs=1)
    for was, network in zip(before, (gan.generator, gan.discriminator), strict=True):
        assert not any(equal(was, values(network)))
        (mean,) = [v for v in network.non_trainable_variables if v.path.endswith("moving_mean")]
        assert np.isfinite(mean.numpy()).all()


def test_training_moves_the_samples_to_the_data():
    keras.utils.set_random_seed(0)
    g = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    d = keras.Sequential([keras.Input((1,)), keras.layers.Dense(16, "tanh"), keras.layers.Dense(1)])
    gan = compiled((g, d), optimizers=(adam(0.02), adam(0.01)))
    assert abs(gan.sample(5000, seed=0).mean() - 3) > 2
    fit(gan, gaussian(3, 0.5).sample(3200, seed=0), batch_size=64, epochs=8)
    assert abs(gan.sample(5000, seed=0).mean() - 3) < 0.5


def fakes_of_training(gan, steps, n):
    """D's logits on the fakes of each step of an untrained GAN: in D's turns, in G's turns."""
    draws = keras.random.SeedGenerator(7)
    logits = [
        gan.discriminator(gan.generator(keras.random.normal((n, 3), seed=draws)))
        for _ in range(2 * steps)
    ]
    return logits[0::2], logits[1::2]


# Ways to call fit


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


def test_a_last_smaller_batch_counts_too():
    pair = networks()
    batches = [REAL[:32], REAL[32:64], REAL[64:96], REAL[96:]]
    by_hand(pair, (sgd(), sgd()), 7, batches, 0.1)
    gan = compiled()
    fit(gan, batch_size=32, epochs=1)
    for network, expected in zip((gan.generator, gan.discriminator), pair, strict=True):
        assert_same_up_to_rounding(network, expected)


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


def test_the_metrics_are_what_they_are_named_after():
    """With a learning rate of 0 nothing moves, so that they can be worked out afterwards."""
    gan = compiled(optimizers=(sgd(0.0), sgd(0.0)), smooth=0.3)
    on_fake_d, on_fake_g = (tf.concat(x, axis=0) for x in fakes_of_training(gan, steps=4, n=25))
    on_real = gan.discriminator(REAL).numpy()
    expected = {
        "d_loss": losses.d_loss(on_real, on_fake_d, 0.3),
        "g_loss": losses.g_loss(on_fake_g),
        "d_real": tf.reduce_mean(tf.sigmoid(on_real)),
        "d_fake": tf.reduce_mean(tf.sigmoid(on_fake_d)),
    }
    history = fit(gan, epochs=1)
    for name in NAMES:
        np.testing.assert_allclose(history[name], [expected[name]], rtol=ROUNDING)


def test_several_batches_at_once_in_a_dataset_are_as_many_steps():
    plain, other = compiled(), compiled()
    fit(plain, epochs=1)
    at_once = several(tf.data.Dataset.from_tensor_slices(REAL).batch(25), 2)
    fit(other, at_once, epochs=1, batch_size=None)
    assert int(other.steps.numpy()) == 4
    assert_same_up_to_rounding(plain, other)


def dealt(seed, epochs=2, n=23, batch_size=5, steps_per_execution=2, single=True):
    """What an array is dealt into: for each epoch, the batches that each call gets."""
    data, calls, orders = deal((tf.range(n),), batch_size, steps_per_execution, seed, single)
    orders.set_model(compiled(seed=0))
    orders.on_train_begin()
    elements, dealt_out = data.as_numpy_iterator(), []
    for epoch in range(epochs):
        orders.on_epoch_begin(epoch)
        dealt_out.append([next(elements).arrays[0] for _ in range(calls)])
    return dealt_out


@pytest.mark.parametrize("seed", [None, 0, 1])
@pytest.mark.parametrize(("n", "batch_size"), [(23, 5), (20, 5), (3, 5), (5, 5), (1, 1)])
def test_each_epoch_deals_out_every_sample_once(seed, n, batch_size):
    for epoch in dealt(seed, n=n, batch_size=batch_size):
        batches = [batch for call in epoch for batch in call]
        assert sorted(np.concatenate(batches)) == list(range(n))
        assert [len(batch) for batch in batches[:-1]] == [batch_size] * (len(batches) - 1)
        assert max(len(call) for call in epoch) <= 2


@pytest.mark.parametrize(("n", "sizes"), [(21, [5, 5, 5, 6]), (6, [6]), (20, [5, 5, 5, 5])])
def test_a_last_batch_of_one_is_put_to_the_batch_before(n, sizes):
    for epoch in dealt(0, n=n, single=False):
        assert [len(batch) for call in epoch for batch in call] == sizes
        assert sorted(in_order(epoch)) == list(range(n))


def in_order(epoch):
    return [int(row) for call in epoch for row in np.ravel(call)]


def test_the_order_is_new_each_epoch_and_fixed_by_the_seed():
    first, second = (in_order(epoch) for epoch in dealt(seed=1))
    assert first != second
    assert [first, second] == [in_order(epoch) for epoch in dealt(seed=1, steps_per_execution=7)]
    assert first != in_order(dealt(seed=2)[0])
    assert in_order(dealt(seed=None)[1]) == list(range(23))


def test_a_second_fit_deals_in_an_order_of_its_own():
    gan, orders = compiled(), []
    for _ in range(2):
        dealt = deal((tf.range(23),), 23, 1, 0, True)
        dealt.orders.set_model(gan)
        dealt.orders.on_train_begin()
        orders.append(next(dealt.dataset.as_numpy_iterator()).arrays[0].ravel().tolist())
        fit(gan, epochs=1)
    assert orders[0] != orders[1]


def test_the_end_of_fit_does_not_wait_for_a_tuner_of_the_data():
    data, _, _ = deal((tf.range(23),), 5, 1, 0, True)
    assert data.options().autotune.enabled is False


FIT_THEN_ASK_FOR_MEMORY = """
import ctypes
from gan_helpers import data, networks
from gan_helpers.gan import GAN
gan = GAN(networks.build_generator(), networks.build_discriminator())
gan.compile("adam", "adam", run_eagerly=True)
gan.fit(data.load_digits().images[:4], batch_size=2, epochs=1, verbose=0)
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.free.argtypes = [ctypes.c_void_p]
for _ in range(3):
    place = libc.malloc(ctypes.c_size_t(3 * 2**20))
    print("mapped" if place % 4096 == 16 else "kept")
    libc.free(place)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="about the allocator of glibc")
def test_fit_leaves_the_allocator_as_it_was():
    """glibc maps a large block anew but once: it then keeps what is freed for the next one."""
    command = [sys.executable, "-c", FIT_THEN_ASK_FOR_MEMORY]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.split()[1:] == ["kept", "kept"], done.stderr


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


# The moving average of G


def test_g_ema_is_the_moving_average_of_all_of_gs_weights():
    gan = compiled(networks_with_state(), g_ema=0.75)
    averages = gan.generator.get_weights()

    class ByHand(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            for i, weight in enumerate(gan.generator.get_weights()):
                averages[i] = 0.75 * averages[i] + 0.25 * weight

    fit(gan, callbacks=[ByHand()])
    for average, expected in zip(gan.ema_generator.get_weights(), averages, strict=True):
        np.testing.assert_allclose(average, expected, rtol=ROUNDING, atol=ROUNDING)
    z = latent_vectors(5, 3, seed=0)
    assert np.array_equal(gan.sample(5, seed=0), gan.ema_generator(z).numpy())
    assert not np.allclose(gan.sample(5, seed=0), gan.generator(z).numpy())


def test_g_ema_does_not_change_training():
    plain, averaged = compiled(), compiled(g_ema=0.9)
    fit(plain)
    fit(averaged)
    assert_same_up_to_rounding(plain.generator, averaged.generator)
    assert_same_up_to_rounding(plain.discriminator, averaged.discriminator)
    assert plain.ema_generator is plain.generator


# One's own losses, networks and smoothing


def test_losses_of_ones_own_are_the_ones_that_are_used():
    def d_loss(d_logits_real, d_logits_fake, smooth):
        """Least squares, with the real target smoothed."""
        on_real = tf.reduce_mean((d_logits_real - (1 - smooth)) ** 2)
        return on_real + tf.reduce_mean(d_logits_fake**2)

    def g_loss(d_logits_fake):
        return 0.0 * tf.reduce_sum(d_logits_fake) + 42.0

    gan = compiled(d_loss=d_loss, g_loss=g_loss, smooth=0.25)
    before_g, before_d = values(gan.generator), values(gan.discriminator)
    z = keras.random.normal((100, 3), seed=keras.random.SeedGenerator(7))
    expected = d_loss(gan.discriminator(REAL), gan.discriminator(gan.generator(z)), 0.25)
    history = fit(gan, batch_size=100, epochs=1)
    np.testing.assert_allclose(history["d_loss"], [expected], rtol=ROUNDING)
    assert history["g_loss"] == [42]
    assert all(equal(before_g, values(gan.generator))), "a constant loss teaches nothing"
    assert not any(equal(before_d, values(gan.discriminator)))


def test_networks_of_ones_own_may_be_convolutional_or_functional():
    keras.utils.set_random_seed(0)
    z = keras.Input((4,))
    x = keras.layers.Reshape((4, 4, 1))(keras.layers.Dense(16)(z))
    x = keras.layers.Conv2DTranspose(1, 3, strides=2, padding="same", activation="tanh")(x)
    g = keras.Model(z, x)
    d = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Conv2D(2, 3, strides=2),
            keras.layers.Flatten(),
            keras.layers.Dense(1),
        ]
    )
    gan = compiled((g, d))
    before = gan.get_weights()
    fit(gan, np.random.default_rng(0).uniform(-1, 1, (16, 8, 8, 1)), batch_size=8, epochs=1)
    assert not any(equal(before, gan.get_weights())[-8:])
    assert gan.sample(5, seed=0).shape == (5, 8, 8, 1)


@pytest.mark.parametrize("make", [tf.Variable, keras.Variable])
def test_smooth_may_change_during_training_without_a_new_trace(make):
    smooth, traces = make(0.0), []

    def d_loss(d_logits_real, d_logits_fake, smooth):
        traces.append(smooth)
        return losses.d_loss(d_logits_real, d_logits_fake, smooth)

    gan = compiled(optimizers=(sgd(0.0), sgd(0.0)), smooth=smooth, d_loss=d_loss)
    schedule = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: smooth.assign(epoch / 4)
    )
    history = fit(gan, batch_size=100, epochs=3, callbacks=[schedule])
    on_real = gan.discriminator(REAL)
    on_fake, _ = fakes_of_training(gan, steps=3, n=100)
    expected = [losses.d_loss(on_real, on_fake[i], i / 4) for i in range(3)]
    np.testing.assert_allclose(history["d_loss"], expected, rtol=ROUNDING)
    traced = len(traces)
    fit(gan, batch_size=100, callbacks=[schedule])
    assert len(traces) == traced


# Losses that are not finite


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


# Snapshots, samples, saving


def test_snapshots_keep_samples_and_losses_epoch_by_epoch():
    gan = compiled()
    latents = latent_vectors(6, 3, seed=0)
    snapshots, drawn = Snapshots(latents, every=2), [gan.generator(latents).numpy()]
    record = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: drawn.append(gan.generator(latents).numpy())
    )
    history = fit(gan, epochs=5, callbacks=[snapshots, record])
    assert snapshots.epochs == [0, 2, 4]
    assert all(equal(snapshots.samples, drawn[0:5:2]))
    assert not np.array_equal(snapshots.samples[0], snapshots.samples[1])
    assert snapshots.logs == history

    more = fit(gan, epochs=3, callbacks=[snapshots, record])
    assert snapshots.epochs == [0, 2, 4, 6, 8]
    assert all(equal(snapshots.samples, drawn[0:9:2]))
    assert snapshots.logs == {name: history[name] + more[name] for name in NAMES}
    assert {sample.dtype for sample in snapshots.samples} == {np.dtype(np.float32)}


def test_snapshots_draw_as_sample_does_not_as_training_does():
    gan = compiled(networks_with_state())
    before = values(gan.generator)
    snapshots = Snapshots(latent_vectors(6, 3, seed=4), every=1)
    snapshots.set_model(gan)
    snapshots.on_train_begin()
    assert np.array_equal(snapshots.samples[0], gan.sample(6, seed=4))
    assert all(equal(before, values(gan.generator)))


def test_sample_is_reproducible_and_leaves_training_alone():
    gan = compiled(networks_with_state())
    before = values(gan)
    one, again, other = (gan.sample(50, seed=seed) for seed in (3, 3, 4))
    assert one.shape == (50, 2)
    assert one.dtype == np.float32
    assert np.array_equal(one, again)
    assert not np.isclose(one, other).all(axis=1).any()
    assert np.array_equal(one, gan(latent_vectors(50, 3, seed=3)).numpy())
    assert all(equal(before, values(gan)))


def test_latent_vectors_are_standard_normal():
    z = latent_vectors(10_000, 3, seed=0).numpy()
    assert z.shape == (10_000, 3)
    assert z.dtype == np.float32
    assert stats.kstest(z.ravel(), stats.norm.cdf).pvalue > 0.01
    assert np.abs(np.corrcoef(z.T) - np.eye(3)).max() < 4 / np.sqrt(len(z))


def test_each_turn_draws_new_latent_vectors():
    gan = compiled()
    one, other = gan.latent(5000).numpy(), gan.latent(5000).numpy()
    assert not np.isclose(one, other).all(axis=1).any()
    assert stats.kstest(one.ravel(), stats.norm.cdf).pvalue > 0.01
    again = compiled()
    assert np.array_equal(one, again.latent(5000).numpy())


def test_a_saved_generator_gives_the_same_samples(tmp_path):
    gan = compiled(networks_with_state())
    fit(gan, epochs=1)
    gan.generator.save(tmp_path / "g.keras")
    loaded = keras.models.load_model(tmp_path / "g.keras")
    z = latent_vectors(20, 3, seed=5)
    assert np.array_equal(loaded(z, training=False).numpy(), gan.sample(20, seed=5))


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


# What cannot work


def dense(inputs, outputs):
    return keras.Sequential([keras.Input((inputs,)), keras.layers.Dense(outputs)])


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(2)

    def call(self, z):
        return self.dense(z)


def called():
    network = Subclassed()
    network(tf.zeros((1, 3)))
    return network


@pytest.mark.parametrize(
    ("generator", "discriminator", "message"),
    [
        (keras.Sequential([keras.layers.Dense(2)]), dense(2, 1), "generator must .*keras.Input"),
        (
            dense(3, 2),
            keras.Sequential([keras.layers.Dense(1)]),
            "discriminator must .*keras.Input",
        ),
        (called(), dense(2, 1), "generator must .*keras.Input"),
        (
            keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Flatten()]),
            dense(16, 1),
            r"generator must take latent vectors.*got \(None, 4, 4, 1\)",
        ),
        (dense(3, 2), dense(4, 1), r"makes samples \(2,\), but discriminator takes \(4,\)"),
        (dense(3, 2), dense(2, 2), r"discriminator must give one logit.*got \(None, 2\)"),
        (
            dense(3, 2),
            keras.Sequential([keras.Input((2,)), keras.layers.Reshape((2, 1))]),
            r"discriminator must give one logit.*got \(None, 2, 1\)",
        ),
    ],
    ids=["unbuilt G", "unbuilt D", "subclassed", "image to image", "shapes", "two", "unflattened"],
)
def test_networks_that_do_not_fit_are_named(generator, discriminator, message):
    with pytest.raises(ValueError, match=message):
        GAN(generator, discriminator)


@pytest.mark.parametrize(
    ("kwargs", "error", "message"),
    [
        ({"d_loss": None}, TypeError, "d_loss must be a function, got None"),
        ({"g_loss": 3}, TypeError, "g_loss must be a function, got 3"),
        ({"g_ema": 1.0}, ValueError, "g_ema must be None or satisfy .* got 1.0"),
        ({"g_ema": 0}, ValueError, "g_ema must be None or satisfy .* got 0"),
        ({"g_ema": "0.9"}, ValueError, "g_ema must be None or satisfy .* got '0.9'"),
        ({"steps_per_execution": 0}, ValueError, "steps_per_execution must be .* got 0"),
        ({"steps_per_execution": 1.5}, ValueError, "steps_per_execution must be .* got 1.5"),
        ({"simultaneous": 1}, TypeError, "simultaneous must be True or False, got 1"),
        ({"smooth": 1}, ValueError, "smooth must satisfy .* got 1.0"),
        ({"smooth": -0.1}, ValueError, "smooth must satisfy .* got -0.1"),
        ({"smooth": float("nan")}, ValueError, "smooth must satisfy .* got nan"),
        ({"smooth": "0.1"}, TypeError, "smooth must be a number .* got '0.1'"),
        ({"smooth": True}, TypeError, "smooth must be a number .* got True"),
    ],
)
def test_compile_names_what_is_wrong(kwargs, error, message):
    with pytest.raises(error, match=message):
        compiled(**kwargs)


def test_one_optimizer_cannot_serve_both_networks():
    optimizer = adam()
    with pytest.raises(ValueError, match="d_optimizer and g_optimizer must be two optimizers"):
        compiled(optimizers=(optimizer, optimizer))
    gan = compiled(optimizers=("adam", "adam"))
    assert gan.d_optimizer is not gan.g_optimizer


@pytest.mark.parametrize("n", [0, -1])
def test_a_number_of_samples_below_one_is_named(n):
    gan = compiled()
    for call in (lambda: gan.sample(n, seed=0), lambda: latent_vectors(n, 3, seed=0)):
        with pytest.raises(ValueError, match=f"n must be at least 1, got {n}"):
            call()


@pytest.mark.parametrize("every", [0, -2])
def test_snapshots_need_a_positive_interval(every):
    with pytest.raises(ValueError, match=f"every must be at least 1, got {every}"):
        Snapshots(latent_vectors(1, 3, seed=0), every=every)


def test_fit_before_compile_says_so():
    with pytest.raises(ValueError, match=r"call `compile\(\)`"):
        fit(GAN(*networks()))


def test_data_of_another_shape_are_refused():
    with pytest.raises(ValueError, match="shape"):
        fit(compiled(), np.zeros((10, 5), np.float32))


@pytest.mark.parametrize("batch_size", [0, -1, 2.5])
def test_a_wrong_batch_size_is_named(batch_size):
    with pytest.raises(ValueError, match=f"batch_size must be a positive .* got {batch_size}"):
        fit(compiled(), batch_size=batch_size)
    with pytest.raises(ValueError, match=r"x must hold at least one sample, got shape \(0, 2\)"):
        fit(compiled(), np.zeros((0, 2), np.float32))


def test_training_logs_nothing_by_itself(caplog, capfd):
    with caplog.at_level(logging.WARNING):
        fit(compiled(), epochs=1)
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")
