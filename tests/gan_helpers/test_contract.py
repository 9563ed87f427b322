"""Keras's contract: what GAN does with each public method and argument of `keras.Model`.

One test for each row: what is given, and what the reader then sees. It is kept as Keras
documents it, or refused in one line that names the argument.
"""

from gan_helpers import losses
from gan_helpers.gan import GAN
from gan_helpers.losses import NonFiniteLossError
from tests.gan_helpers.eager_networks import (
    LABELS,
    REAL,
    compiled,
    conditional,
    distance,
    fit,
    layers,
    one_line,
    pair,
    sgd,
    weights,
)

import keras
import numpy as np
import pytest
import tensorflow as tf

# Losses that the networks bring themselves


@pytest.mark.parametrize("simultaneous", [False, True])
@pytest.mark.parametrize("who", ["generator", "discriminator"])
def test_a_regularizer_counts_in_its_own_networks_turn(who, simultaneous):
    g, d = pair()
    g_heavy, d_heavy = pair(kernel_regularizer=keras.regularizers.L2(0.5))
    nets = (g_heavy, d) if who == "generator" else (g, d_heavy)
    regularized = compiled(nets, simultaneous=simultaneous)
    plain = compiled((keras.models.clone_model(g), keras.models.clone_model(d)),
                     simultaneous=simultaneous)  # fmt: skip
    plain.set_weights(regularized.get_weights())
    kernel = getattr(plain, who).layers[0].kernel.numpy()
    fit(plain, batch_size=40)
    fit(regularized, batch_size=40)
    # One step of SGD: the kernel moves by rate times the gradient 2 * 0.5 * kernel more.
    extra = (
        getattr(plain, who).layers[0].kernel.numpy() - getattr(regularized, who).layers[0].kernel
    )
    np.testing.assert_allclose(extra, 0.1 * kernel, atol=1e-6)


class AddLoss(layers.Layer):
    def call(self, x):
        self.add_loss(tf.reduce_mean(x**2))
        return x


def test_a_loss_of_add_loss_counts_once_for_both_halves_of_d():
    """As it would if D saw one batch, half real and half fake."""
    gan = compiled(pair(d_layers=[AddLoss()]))
    g, d = gan.generator, gan.discriminator
    before = [v.numpy() for v in d.trainable_variables]
    z = tf.random.normal((40, 3), seed=1)
    with tf.GradientTape() as tape:
        logits = d(tf.concat([REAL, g(z)], axis=0))
        loss = losses.d_loss(logits[:40], logits[40:], 0.1) + d.losses[0]
    expected = tape.gradient(loss, d.trainable_variables)
    gan.train_d(tf.constant(REAL), z)
    for old, new, gradient in zip(before, d.trainable_variables, expected, strict=True):
        np.testing.assert_allclose(old - new.numpy(), 0.1 * gradient, atol=1e-6)


def test_the_opponents_own_losses_do_not_count():
    gan, plain = compiled(pair(d_layers=[AddLoss()])), compiled()
    z = tf.random.normal((40, 3), seed=1)
    gan.train_g(tf.constant(REAL), z)
    plain.train_g(tf.constant(REAL), z)
    for one, other in zip(gan.generator.weights, plain.generator.weights, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-7)


@pytest.mark.parametrize(
    "kwargs",
    [
        {"validation_data": REAL[:10]},
        {"validation_data": (REAL[:10],)},
        {"validation_data": tf.data.Dataset.from_tensor_slices(REAL[:10]).batch(10)},
        {"validation_split": 0.25},
    ],
    ids=["array", "tuple", "dataset", "split"],
)
def test_validation_data_are_measured_and_change_nothing(kwargs):
    gan, plain = compiled(), compiled()
    history = fit(gan, epochs=2, shuffle=False, **kwargs).history
    fit(plain, REAL[:30] if "validation_split" in kwargs else REAL, epochs=2, shuffle=False)
    assert distance(gan, plain) == 0
    names = ("d_loss", "g_loss", "d_real", "d_fake")
    assert set(history) == {*names, *(f"val_{name}" for name in names)}
    held_out = REAL[30:] if "validation_split" in kwargs else REAL[:10]
    answer = float(tf.reduce_mean(tf.sigmoid(gan.discriminator(held_out))))
    assert history["val_d_real"][-1] == pytest.approx(answer, rel=1e-5)


def test_evaluate_says_the_same_each_time_and_trains_nothing():
    gan = compiled(pair(g_layers=[layers.BatchNormalization()], d_layers=[layers.Dropout(0.5)]))
    before = weights(gan)
    one, other = (gan.evaluate(REAL, verbose=0, return_dict=True) for _ in range(2))
    assert one == other and set(one) == {"d_loss", "g_loss", "d_real", "d_fake"}
    np.testing.assert_array_equal(before, weights(gan))
    labelled = conditional()
    assert len(labelled.evaluate(REAL, LABELS, verbose=0)) == 4
    with pytest.raises(ValueError, match="y must be from 0 to 2, got 3"):
        labelled.evaluate(REAL, LABELS + 1, verbose=0)


def test_initial_epoch_is_honoured():
    history = fit(compiled(), epochs=3, initial_epoch=1)
    assert history.epoch == [1, 2]


# Single batches


def test_train_on_batch_is_one_step_and_test_on_batch_none():
    gan, plain = compiled(), compiled()
    gan.train_on_batch(REAL)
    fit(plain, batch_size=40, shuffle=False)
    for one, other in zip(gan.discriminator.weights, plain.discriminator.weights, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-7)
    before = weights(gan)
    assert len(gan.test_on_batch(REAL)) == 4
    np.testing.assert_array_equal(before, weights(gan))
    for method in (gan.train_on_batch, gan.test_on_batch):
        with pytest.raises(ValueError, match="sample_weight must be None"):
            method(REAL, sample_weight=np.ones(40))


def test_predict_and_summary_are_kerass(capsys):
    gan = compiled()
    np.testing.assert_allclose(gan.predict(np.zeros((5, 3)), verbose=0), gan(np.zeros((5, 3))))
    gan.summary()
    assert "discriminator" in capsys.readouterr().out


# Compiling


def test_compiled_again_the_average_of_g_is_kept():
    gan = compiled(g_ema=0.9)
    fit(gan)
    before, average = gan.sample(5, seed=1), gan.ema_generator
    gan.compile(sgd(), sgd(), g_ema=0.5, run_eagerly=True)
    assert gan.ema_generator is average
    np.testing.assert_array_equal(gan.sample(5, seed=1), before)
    gan.compile(sgd(), sgd(), run_eagerly=True)
    assert gan.ema_generator is gan.generator


def test_an_optimizer_of_other_networks_is_refused_at_compile():
    used = sgd()
    used.build(pair()[0].trainable_variables)
    for optimizers, name in (((used, sgd()), "d_optimizer"), ((sgd(), used), "g_optimizer")):
        with pytest.raises(ValueError, match=f"{name} was built for other variables") as caught:
            GAN(*pair()).compile(*optimizers)
        one_line(caught)


@pytest.mark.parametrize("who", ["generator", "discriminator"])
def test_a_network_without_trainable_variables_is_refused(who):
    g, d = pair()
    (g if who == "generator" else d).trainable = False
    with pytest.raises(
        ValueError, match=f"{who} must have trainable variables.*{who}.trainable"
    ) as caught:
        GAN(g, d).compile(sgd(), sgd())
    one_line(caught)


def test_a_network_that_is_frozen_after_compile_is_refused_at_fit():
    gan = compiled()
    gan.discriminator.trainable = False
    with pytest.raises(ValueError, match="trainable variables of the discriminator are not those"):
        fit(gan)
    gan.discriminator.trainable = True
    fit(gan)


@pytest.mark.parametrize("argument", ["optimizer", "loss", "metrics", "loss_weights"])
def test_kerass_own_arguments_of_compile_are_refused_by_name(argument):
    with pytest.raises(TypeError, match=argument):
        GAN(*pair()).compile(sgd(), sgd(), **{argument: "mse"})


def test_an_average_that_an_optimizer_would_keep_is_refused():
    averaging = keras.optimizers.SGD(0.1, use_ema=True)
    with pytest.raises(ValueError, match="g_optimizer must not have use_ema=True.*g_ema"):
        GAN(*pair()).compile(sgd(), averaging)


# Networks


def ends_in(*last):
    return keras.Sequential([keras.Input((2,)), *last])


@pytest.mark.parametrize(
    ("last", "name"),
    [
        ([layers.Dense(1, "sigmoid")], "sigmoid"),
        ([layers.Dense(1), layers.Activation("sigmoid")], "sigmoid"),
        ([layers.Dense(1), layers.Softmax()], "softmax"),
        ([ends_in(layers.Dense(1, "sigmoid"))], "sigmoid"),
    ],
)
def test_a_discriminator_that_gives_probabilities_is_refused(last, name):
    with pytest.raises(
        ValueError, match=f"discriminator must give logits.* got {name} as its last"
    ):
        GAN(pair()[0], ends_in(*last))


def test_networks_that_share_variables_are_refused():
    shared = layers.Dense(2)
    g = keras.Sequential([keras.Input((2,)), shared])
    d = keras.Sequential([keras.Input((2,)), shared, layers.Dense(1)])
    with pytest.raises(ValueError, match="must not share trainable variables"):
        GAN(g, d)


def test_a_generator_of_several_inputs_is_refused():
    z, label = keras.Input((3,)), keras.Input((4,))
    g = keras.Model([z, label], layers.Dense(2)(layers.Concatenate()([z, label])))
    with pytest.raises(
        ValueError, match=r"generator must take latent vectors, shape \(n, latent_dim\)"
    ):
        GAN(g, pair()[1])


# Precision


def test_networks_of_another_precision_train_in_it():
    keras.config.set_dtype_policy("float64")
    try:
        gan = compiled(pair(kernel_regularizer=keras.regularizers.L2(0.1)))
    finally:
        keras.config.set_dtype_policy("float32")
    fit(gan)
    assert gan.sample(3, seed=0).dtype == np.float64


@pytest.fixture
def mixed_float16():
    keras.mixed_precision.set_dtype_policy("mixed_float16")
    yield
    keras.mixed_precision.set_dtype_policy("float32")


def test_mixed_float16_trains_as_float32_does(mixed_float16):
    half = compiled(pair([layers.BatchNormalization()]), run_eagerly=False)
    keras.mixed_precision.set_dtype_policy("float32")
    full = compiled(pair([layers.BatchNormalization()]), run_eagerly=False)
    start = weights(full)
    for gan in (half, full):
        fit(gan, epochs=4, shuffle=False)
    moved = np.abs(weights(full) - start)
    one, other = (
        np.concatenate([w.ravel() for w in gan.generator.get_weights()]) for gan in (half, full)
    )
    gap = np.abs(one - other).max()
    assert gap < 0.02 * moved.max(), (gap, moved.max())
    assert isinstance(half.d_optimizer, keras.optimizers.LossScaleOptimizer)
    assert half.sample(3, seed=0).dtype == np.float32


def test_an_optimizer_that_scales_already_is_not_wrapped_twice(mixed_float16):
    scaling = keras.optimizers.LossScaleOptimizer(sgd())
    gan = GAN(*pair())
    gan.compile(scaling, sgd(), run_eagerly=True)
    assert gan.d_optimizer is scaling
    fit(gan)


# Losses that are not finite


def test_eagerly_too_a_loss_that_is_not_finite_is_named():
    spoilt = REAL.copy()
    spoilt[30] = np.nan
    with pytest.raises(NonFiniteLossError, match="d_logits_real must be finite.*At step 2"):
        fit(compiled(), spoilt, shuffle=False)


def test_after_a_training_that_failed_the_weights_are_blamed_and_not_the_data():
    gan = compiled(run_eagerly=False)
    spoilt = REAL.copy()
    spoilt[0] = np.nan
    with pytest.raises(NonFiniteLossError, match="d_loss is not finite at step"):
        fit(gan, spoilt)
    with pytest.raises(NonFiniteLossError, match="weights of the .* are not finite.*build the net"):
        fit(gan)


# More than one device


def test_a_strategy_that_is_not_served_is_refused_by_name():
    """Those that are served: tests/gan_helpers/test_distribute.py."""
    networks, gan, ready = pair(), GAN(*pair()), compiled()
    served = "trains with MirroredStrategy or MultiWorkerMirroredStrategy, got OneDeviceStrategy"
    with tf.distribute.OneDeviceStrategy("/cpu:0").scope():
        for refused, message in (
            (lambda: GAN(*networks), served),
            (lambda: gan.compile(sgd(), sgd()), served),
            (lambda: fit(ready), "leave the scope of OneDeviceStrategy before you call `fit`"),
            (lambda: ready.evaluate(REAL), "leave the scope of OneDeviceStrategy"),
            (lambda: ready.test_on_batch(REAL), "leave the scope of OneDeviceStrategy"),
        ):
            with pytest.raises(ValueError, match=message) as caught:
                refused()
            one_line(caught)


# Dropout in the opponent


def test_d_has_a_new_mask_in_gs_turn_and_its_statistics_stay():
    gan = compiled(pair(d_layers=[layers.BatchNormalization(), layers.Dropout(0.5)]))
    state, statistics = (
        gan.discriminator.layers[2].seed_generator.state,
        gan.discriminator.layers[1],
    )
    before = state.numpy()
    gan.train_g(tf.constant(REAL[:8]), gan.latent(8))
    after = state.numpy()
    assert not np.array_equal(before, after)
    np.testing.assert_array_equal(statistics.moving_mean, 0)
