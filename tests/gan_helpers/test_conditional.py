"""The conditional GAN: the same loop, with a label handed to both networks."""

from gan_helpers.batches import several
from gan_helpers.gan import GAN, ConditionalGAN
from gan_helpers.players import opponent

import keras
import numpy as np
import pytest
import tensorflow as tf

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

ROUNDING = 32 * np.finfo(np.float32).eps
LABELS = np.arange(60) % 3
# The samples of label k lie around (2 k, 1).
POINTS = np.random.default_rng(0).normal(0, 0.3, (60, 2)).astype(np.float32)
POINTS += np.stack([2 * LABELS, np.ones(60)], axis=1).astype(np.float32)


def networks(labels=3):
    keras.utils.set_random_seed(1)
    layers = keras.layers
    g = keras.Sequential(
        [keras.Input((4 + labels,)), layers.Dense(8), layers.BatchNormalization(), layers.Dense(2)]
    )
    x, label = keras.Input((2,)), keras.Input((labels,))
    hidden = layers.Dropout(0.2)(layers.Dense(8, "tanh")(layers.Concatenate()([x, label])))
    return g, keras.Model([x, label], layers.Dense(1)(hidden))


def adam(rate=0.01):
    return keras.optimizers.Adam(rate, beta_1=0.5)


def compiled(seed=7, **kwargs):
    gan = ConditionalGAN(*networks(), seed=seed)
    gan.compile(adam(), adam(0.02), **{"steps_per_execution": 2, "jit_compile": False} | kwargs)
    return gan


def fit(gan, x=POINTS, y=LABELS, **kwargs):
    return gan.fit(x, y, **{"batch_size": 20, "epochs": 2, "shuffle": False, "verbose": 0} | kwargs)


def values(model):
    return [variable.numpy() for variable in model.variables]


def equal(one, other):
    return [np.array_equal(a, b) for a, b in zip(one, other, strict=True)]


def cross_entropy(logits, target):
    return tf.reduce_mean(
        tf.nn.sigmoid_cross_entropy_with_logits(tf.fill(tf.shape(logits), target), logits)
    )


def test_fit_is_the_loop_written_by_hand():
    """Eagerly the same kernels run in the same order: every bit agrees."""
    (g, d), d_optimizer, g_optimizer = networks(), adam(), adam(0.02)
    draws = keras.random.SeedGenerator(7)
    for start in [0, 20, 40] * 2:
        real = tf.constant(POINTS[start : start + 20])
        label = tf.one_hot(LABELS[start : start + 20], 3)
        z = keras.random.normal((20, 4), seed=draws)
        fake = opponent(g, tf.concat([z, label], axis=1))
        with tf.GradientTape() as tape:
            on_real, on_fake = d([real, label], training=True), d([fake, label], training=True)
            loss = cross_entropy(on_real, 0.75) + cross_entropy(on_fake, 0.0)
        d_optimizer.apply(tape.gradient(loss, d.trainable_variables), d.trainable_variables)

        z = keras.random.normal((20, 4), seed=draws)
        with tf.GradientTape() as tape:
            fake = g(tf.concat([z, label], axis=1), training=True)
            loss = cross_entropy(opponent(d, [fake, label]), 1.0)
        g_optimizer.apply(tape.gradient(loss, g.trainable_variables), g.trainable_variables)

    gan = compiled(smooth=0.25, run_eagerly=True)
    fit(gan)
    assert all(equal(values(gan.generator), values(g)))
    assert all(equal(values(gan.discriminator), values(d)))


def test_a_simultaneous_step_is_the_one_written_by_hand():
    (g, d), d_optimizer, g_optimizer = networks(), adam(), adam(0.02)
    real, label = tf.constant(POINTS[:20]), tf.one_hot(LABELS[:20], 3)
    z = keras.random.normal((20, 4), seed=keras.random.SeedGenerator(7))
    with tf.GradientTape(persistent=True) as tape:
        fake = g(tf.concat([z, label], axis=1), training=True)
        on_real, on_fake = d([real, label], training=True), d([fake, label], training=True)
        d_loss = cross_entropy(on_real, 0.9) + cross_entropy(on_fake, 0.0)
        g_loss = cross_entropy(on_fake, 1.0)
    for loss, network, optimizer in ((d_loss, d, d_optimizer), (g_loss, g, g_optimizer)):
        variables = network.trainable_variables
        optimizer.apply(tape.gradient(loss, variables), variables)

    gan = compiled(simultaneous=True, run_eagerly=True)
    fit(gan, POINTS[:20], LABELS[:20], epochs=1)
    assert all(equal(values(gan.generator), values(g)))
    assert all(equal(values(gan.discriminator), values(d)))


def test_each_turn_changes_only_its_own_network():
    gan = compiled()
    label = tf.one_hot(LABELS, 3)
    before_g, before_d = values(gan.generator), values(gan.discriminator)
    gan.train_d(tf.constant(POINTS), gan.latent(60), label)
    after_d = values(gan.discriminator)
    assert all(equal(before_g, values(gan.generator)))
    assert not any(equal(before_d, after_d))
    gan.train_g(tf.constant(POINTS), gan.latent(60), label)
    state = [v.name == "seed_generator_state" for v in gan.discriminator.variables]
    unchanged = equal(after_d, values(gan.discriminator))
    assert unchanged == [not is_mask for is_mask in state], "only dropout has a new mask"
    assert not any(equal(before_g, values(gan.generator)))


@pytest.mark.parametrize("jit_compile", [False, True], ids=["graph", "XLA"])
def test_g_learns_to_draw_what_it_is_asked_for(jit_compile):
    gan = compiled(jit_compile=jit_compile)
    fit(gan, shuffle=True, epochs=150)
    for label in range(3):
        drawn = gan(gan.latents_for(np.full(500, label), seed=0)).numpy()
        # The centres are 2 apart: nearer than 1 is nearest to its own.
        assert abs(drawn[:, 0].mean() - 2 * label) < 1


def test_labels_stay_with_their_samples_when_the_order_is_new():
    seen = []

    class Watched(ConditionalGAN):
        def turn(self, latents, real, label):
            seen.append((real.numpy(), label.numpy()))

    gan = Watched(*networks(), seed=7)
    gan.compile(adam(), adam(), steps_per_execution=2, run_eagerly=True)
    fit(gan, batch_size=25, epochs=1, shuffle=True)
    x, y = (np.concatenate(parts) for parts in zip(*seen, strict=True))
    assert not np.array_equal(y, LABELS)
    assert sorted(map(tuple, x)) == sorted(map(tuple, POINTS))
    label_of = {tuple(point): label for point, label in zip(POINTS, LABELS, strict=True)}
    assert [label_of[tuple(point)] for point in x] == y.tolist()


@pytest.mark.parametrize(
    "data",
    [
        (tf.data.Dataset.from_tensor_slices((POINTS, LABELS)).batch(20), None),
        (several(tf.data.Dataset.from_tensor_slices((POINTS, LABELS)).batch(20), 3), None),
        (POINTS.astype(np.float64), LABELS.tolist()),
        (tf.constant(POINTS), tf.constant(LABELS, tf.uint8)),
    ],
    ids=["batches", "several batches at once", "list", "tensors"],
)
def test_samples_and_labels_may_come_in_any_form_that_keras_takes(data):
    plain, other = compiled(), compiled()
    fit(plain, epochs=1)
    x, y = data
    kwargs = {"batch_size": None} if y is None else {}
    fit(other, x, y, epochs=1, **kwargs)
    for a, b in zip(plain.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=ROUNDING, atol=ROUNDING)


def test_sample_asks_for_each_label_in_turn():
    gan = compiled()
    gan.generator = gan.ema_generator = keras.Sequential(
        [keras.Input((7,)), keras.layers.Lambda(lambda z: z[:, 4:])]
    )
    np.testing.assert_array_equal(gan.sample(5, seed=0), np.eye(3)[[0, 1, 2, 0, 1]])
    np.testing.assert_array_equal(gan(gan.latents_for([2, 0], seed=0)), np.eye(3)[[2, 0]])


def test_the_latent_vector_depends_on_the_seed_alone():
    gan = compiled()
    z, other = gan.latents_for([0, 1], seed=4).numpy(), gan.latents_for([2, 2], seed=4).numpy()
    assert z.shape == (2, 7)
    np.testing.assert_array_equal(z[:, :4], other[:, :4])
    assert np.abs(z[:, :4] - gan.latents_for([0, 1], seed=5).numpy()[:, :4]).min() > 0


def test_a_training_that_stopped_goes_on_bit_for_bit(tmp_path):
    whole, first, second = compiled(), compiled(), compiled()
    fit(whole, shuffle=True, epochs=4)
    fit(first, shuffle=True, epochs=2, save_dir=tmp_path)
    fit(second, shuffle=True, epochs=4, save_dir=tmp_path)
    assert all(equal(whole.get_weights(), second.get_weights()))


def test_a_save_of_other_labels_is_refused(tmp_path):
    fit(compiled(), save_dir=tmp_path)
    with pytest.raises(ValueError, match="y was .* is "):
        fit(compiled(), y=2 - LABELS, save_dir=tmp_path)


# What cannot work


@pytest.mark.parametrize("labels", [LABELS + 1, LABELS - 1], ids=["too large", "negative"])
def test_a_dataset_with_labels_out_of_range_is_refused(labels):
    data = tf.data.Dataset.from_tensor_slices((POINTS, labels)).batch(20)
    with pytest.raises(ValueError, match="^labels in x must be from 0 to 2, got (3|-1)$"):
        fit(compiled(), data, None, batch_size=None)


def test_a_label_out_of_range_later_in_a_dataset_is_refused_when_it_is_read():
    labels = np.where(np.arange(60) == 50, 3, LABELS)
    data = tf.data.Dataset.from_tensor_slices((POINTS, labels)).batch(20)
    with pytest.raises(ValueError, match="^labels in x must be from 0 to 2$"):
        fit(compiled(), data, None, batch_size=None)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (None, "y must hold the label of each sample, got None"),
        (LABELS[:50], "y must hold a label for each sample, got 50 for 60"),
        (LABELS + 1, "y must be from 0 to 2, got 3"),
        (LABELS - 1, "y must be from 0 to 2, got -1"),
        (LABELS.astype(float), r"y must be whole numbers of shape \(n,\), got float64 \(60,\)"),
        (np.eye(3, dtype=int)[LABELS], r"y must be whole numbers .* got int64 \(60, 3\)"),
    ],
    ids=["none", "too few", "too large", "negative", "float", "one-hot"],
)
def test_wrong_labels_are_named(y, message):
    with pytest.raises(ValueError, match=message):
        fit(compiled(), y=y)


def test_a_dataset_without_labels_is_refused():
    points = tf.data.Dataset.from_tensor_slices(POINTS).batch(20)
    with pytest.raises(ValueError, match=r"x must hold pairs \(samples, labels\), got samples"):
        fit(compiled(), points, None, batch_size=None)


@pytest.mark.parametrize(
    ("labels", "message"),
    [([], r"labels must be whole numbers .* got float64 \(0,\)"), ([3], "from 0 to 2, got 3")],
)
def test_labels_that_g_does_not_know_are_named(labels, message):
    with pytest.raises(ValueError, match=message):
        compiled().latents_for(labels, seed=0)


def test_networks_that_do_not_fit_are_named():
    g, d = networks()
    alone = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    short = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    with pytest.raises(ValueError, match=r"discriminator must take \[samples, one-hot labels\]"):
        ConditionalGAN(g, alone)
    with pytest.raises(ValueError, match=r"generator must .* 3 numbers for the label .* \(None, 3"):
        ConditionalGAN(short, d)
    with pytest.raises(ValueError, match="discriminator must take samples alone.*ConditionalGAN"):
        GAN(g, d)
