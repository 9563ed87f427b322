"""Keras's contract: what GAN does with each public method and argument of `keras.Model`.

One test for each row: what is given, and what the reader then sees. It is kept as Keras
documents it, or refused in one line that names the argument.
"""

import copy
import pickle
import warnings

from gan_helpers import batches, data, losses, networks, pictures
from gan_helpers.gan import GAN, ConditionalGAN
from gan_helpers.losses import NonFiniteLossError

import keras
import numpy as np
import pytest
import tensorflow as tf

layers = keras.layers
REAL = np.random.default_rng(0).normal(1, 0.3, (40, 2)).astype(np.float32)
LABELS = np.arange(40) % 3


def pair(g_layers=(), d_layers=(), activation=None, **dense):
    """Small networks in the plane."""
    keras.utils.set_random_seed(1)
    g = [keras.Input((3,)), layers.Dense(4, **dense), *g_layers, layers.Dense(2, activation)]
    d = [keras.Input((2,)), layers.Dense(4, "tanh", **dense), *d_layers, layers.Dense(1)]
    return keras.Sequential(g, name="generator"), keras.Sequential(d, name="discriminator")


def sgd(rate=0.1):
    return keras.optimizers.SGD(rate)


def compiled(networks=None, **kwargs):
    gan = GAN(*(networks or pair()))
    gan.compile(sgd(), sgd(), **{"run_eagerly": True, "steps_per_execution": 2} | kwargs)
    return gan


def fit(gan, x=REAL, y=None, **kwargs):
    return gan.fit(x, y, **{"batch_size": 20, "verbose": 0} | kwargs)


def conditional():
    keras.utils.set_random_seed(1)
    g = keras.Sequential([keras.Input((5,)), layers.Dense(2)])
    x, label = keras.Input((2,)), keras.Input((3,))
    d = keras.Model([x, label], layers.Dense(1)(layers.Concatenate()([x, label])))
    gan = ConditionalGAN(g, d)
    gan.compile(sgd(), sgd(), run_eagerly=True)
    return gan


def weights(gan):
    return np.concatenate([w.ravel() for w in gan.get_weights()])


def distance(one, other):
    return np.abs(weights(one) - weights(other)).max()


def one_line(caught):
    assert "\n" not in str(caught.value)


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
    gan.train_g(z)
    plain.train_g(z)
    for one, other in zip(gan.generator.weights, plain.generator.weights, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-7)


# Arguments of fit


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"sample_weight": np.ones(40)}, "sample_weight must be None"),
        ({"class_weight": {0: 1.0}}, "class_weight must be None"),
        ({"y": LABELS}, "y must be None.*use ConditionalGAN"),
        ({"steps_per_epoch": 3}, "steps_per_epoch must be None for an array.*got 3"),
        ({"batch_size": 0}, "batch_size must be a positive whole number, got 0"),
        ({"validation_split": 1.0}, "validation_split must be a share.*got 1.0"),
        ({"x": tf.data.Dataset.from_tensor_slices(REAL).batch(20)}, "batch_size must be None for"),
        ({"x": REAL[:, :1]}, r"x must have shape \(n, 2\), got \(40, 1\)"),
        ({"x": (row for row in REAL)}, "x must be an array or a tf.data.Dataset, got generator"),
        ({"x": np.array([["a", "b"]])}, "x must hold numbers, got string"),
        ({"x": None}, "x must be an array or a tf.data.Dataset, got NoneType"),
        ({"callbacks": [keras.callbacks.SwapEMAWeights()]}, "SwapEMAWeights; .* g_ema"),
    ],
)
def test_what_fit_cannot_serve_is_refused_by_name(kwargs, message):
    gan = compiled()
    before = weights(gan)
    with pytest.raises((ValueError, TypeError), match=message) as caught:
        fit(gan, **kwargs)
    one_line(caught)
    np.testing.assert_array_equal(before, weights(gan))


def test_sample_weights_in_a_dataset_are_refused_too():
    weighted = tf.data.Dataset.from_tensor_slices((REAL, LABELS, np.ones(40))).batch(20)
    with pytest.raises(ValueError, match="x must hold no sample weights"):
        fit(conditional(), weighted, batch_size=None)


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


def test_one_batch_of_the_wrong_rank_is_not_taken_for_several():
    gan = compiled((networks.build_generator(3, 4), networks.build_discriminator(4)))
    images = np.zeros((6, 28, 28), np.float32)
    with pytest.raises(ValueError, match=r"x must have shape \(n, 28, 28, 1\), got \(6, 28, 28\)"):
        fit(gan, images, batch_size=1)
    dataset = tf.data.Dataset.from_tensor_slices(images).batch(1)
    with pytest.raises(ValueError, match=r"x must have shape .*, got \(1, 28, 28\)"):
        fit(gan, dataset, batch_size=None)


def test_several_batches_are_a_type_of_their_own():
    gan, plain = compiled(), compiled()
    dataset = batches.several(tf.data.Dataset.from_tensor_slices(REAL).batch(10), 3)
    fit(gan, dataset, batch_size=None)
    fit(plain, batch_size=10, shuffle=False)
    assert int(gan.steps.numpy()) == 4
    assert distance(gan, plain) < 1e-6


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


# Labels in a dataset


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.eye(3, dtype=int)[LABELS], r"labels in x must be whole numbers of shape \(n,\), got"),
        (LABELS.astype(np.float32), r"labels in x must be whole numbers .*, got float32 \(20,\)"),
        (
            LABELS[:, None],
            r"labels in x must be whole numbers of shape \(n,\), got int64 \(20, 1\)",
        ),
        (LABELS.astype(str), "labels in x must be whole numbers"),
        (LABELS + 1, "labels in x must be from 0 to 2, got 3"),
    ],
    ids=["one-hot", "float", "(n, 1)", "text", "out of range"],
)
def test_labels_in_a_dataset_are_refused_as_those_of_arrays_are(labels, message):
    dataset = tf.data.Dataset.from_tensor_slices((REAL, labels)).batch(20)
    with pytest.raises(ValueError, match=message) as caught:
        fit(conditional(), dataset, batch_size=None)
    one_line(caught)


# The range of the samples


@pytest.mark.parametrize("as_dataset", [False, True], ids=["array", "dataset"])
@pytest.mark.parametrize(
    ("activation", "low", "high"),
    [("tanh", 0, 255), ("tanh", -2, 2), ("sigmoid", -1, 1), ("relu", -1, 1)],
)
def test_samples_that_g_cannot_reach_are_refused(activation, low, high, as_dataset):
    x = np.linspace(low, high, 80, dtype=np.float32).reshape(40, 2)
    x = tf.data.Dataset.from_tensor_slices(x).batch(40) if as_dataset else x
    with pytest.raises(
        ValueError, match=f"x must lie in .* {activation}, got values from {low} to"
    ):
        fit(compiled(pair(activation=activation)), x, batch_size=None)


def test_samples_out_of_range_later_in_a_dataset_are_refused_when_they_are_read():
    x = np.clip(REAL, -1, 1)
    x[35] = 7
    dataset = tf.data.Dataset.from_tensor_slices(x).batch(20)
    with pytest.raises(
        ValueError, match="samples in x must lie from -1 to 1, the range of"
    ) as caught:
        fit(compiled(pair(activation="tanh")), dataset, batch_size=None)
    one_line(caught)


def test_images_in_0_to_1_for_a_tanh_give_a_warning():
    x = np.random.default_rng(0).uniform(0, 1, (40, 2)).astype(np.float32)
    with pytest.warns(UserWarning, match=r"x should fill \[-1, 1\].*got values from .*2 \* x - 1"):
        fit(compiled(pair(activation="tanh")), x)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit(compiled(pair(activation="tanh")), 2 * x - 1)
        fit(compiled(pair(activation="sigmoid")), x)
        fit(compiled(), 255 * x)  # a linear layer reaches everything


# Batches of one


def test_a_single_last_sample_joins_the_batch_before_where_g_normalises():
    normalised, plain = compiled(pair([layers.BatchNormalization()])), compiled()
    fit(normalised, np.concatenate([REAL, REAL[:1]]))
    fit(plain, np.concatenate([REAL, REAL[:1]]))
    assert (int(normalised.steps.numpy()), int(plain.steps.numpy())) == (2, 3)


def test_batches_of_one_are_refused_where_g_normalises():
    gan = compiled(pair([layers.BatchNormalization()]))
    with pytest.raises(
        ValueError, match="in batches of at least 2.*got 40 samples and batch_size=1"
    ):
        fit(gan, batch_size=1)
    dataset = tf.data.Dataset.from_tensor_slices(REAL[:21]).batch(20)
    with pytest.raises(ValueError, match="samples in x must come in batches of at least 2"):
        fit(gan, dataset, batch_size=None)


# Callbacks


def two_rates():
    gan = GAN(*pair())
    gan.compile(sgd(0.1), sgd(0.4), run_eagerly=True)
    return gan


def rates(gan):
    return float(gan.d_optimizer.learning_rate), float(gan.g_optimizer.learning_rate)


def test_learning_rate_scheduler_sets_ds_rate_and_keeps_the_proportion():
    gan = two_rates()
    seen = []

    def schedule(epoch, rate):
        seen.append(rate)
        return rate / 2

    fit(gan, epochs=2, callbacks=[keras.callbacks.LearningRateScheduler(schedule)])
    assert seen == pytest.approx([0.1, 0.05])
    assert rates(gan) == pytest.approx((0.025, 0.1))


def test_reduce_lr_on_plateau_reduces_both():
    gan = two_rates()
    plateau = keras.callbacks.ReduceLROnPlateau(
        "d_loss", factor=0.5, patience=1, mode="max", min_delta=100
    )
    fit(gan, epochs=3, callbacks=[plateau])
    assert rates(gan) == pytest.approx((0.025, 0.1))


@pytest.mark.parametrize("whole", [False, True], ids=["weights", "model"])
def test_model_checkpoint_writes_what_loads(tmp_path, whole):
    gan = compiled(g_ema=0.9)
    file = tmp_path / ("{epoch}.keras" if whole else "{epoch}.weights.h5")
    fit(
        gan,
        epochs=2,
        callbacks=[keras.callbacks.ModelCheckpoint(file, save_weights_only=not whole)],
    )
    if whole:
        loaded = keras.saving.load_model(tmp_path / "2.keras")
    else:
        loaded = compiled(g_ema=0.9)
        loaded.load_weights(tmp_path / "2.weights.h5")
    assert distance(gan, loaded) == 0


def test_early_stopping_stops_and_restores():
    gan = compiled()
    stop = keras.callbacks.EarlyStopping("d_loss", patience=1, mode="max", min_delta=100,
                                         restore_best_weights=True)  # fmt: skip
    history = fit(gan, epochs=9, callbacks=[stop])
    assert len(history.epoch) == 2
    one = compiled()
    fit(one, epochs=1)
    assert distance(gan, one) == 0


def test_csv_logger_writes_a_row_an_epoch(tmp_path):
    logger = keras.callbacks.CSVLogger(tmp_path / "log.csv")
    fit(compiled(), epochs=2, callbacks=[logger], validation_split=0.5)
    first, *rows = (tmp_path / "log.csv").read_text().splitlines()
    assert first.startswith("epoch,d_fake,d_loss,d_real,g_loss,val_d_fake,") and len(rows) == 2


def test_tensorboard_writes(tmp_path):
    pytest.importorskip("tensorboard")
    board = keras.callbacks.TensorBoard(tmp_path, histogram_freq=1, write_steps_per_second=True)
    fit(compiled(), epochs=2, callbacks=[board], validation_split=0.5)
    assert list((tmp_path / "train").iterdir())


def test_backup_and_restore_goes_on(tmp_path):
    class Fail(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 1:
                raise RuntimeError("stopped")

    whole, first, second = compiled(), compiled(), compiled()
    fit(whole, epochs=3)
    with pytest.raises(RuntimeError, match="stopped"):
        fit(first, epochs=3, callbacks=[keras.callbacks.BackupAndRestore(tmp_path), Fail()])
    fit(second, epochs=3, callbacks=keras.callbacks.BackupAndRestore(tmp_path))
    assert distance(whole, second) == 0


# Saving


def my_g_loss(d_logits_fake):
    return 2 * losses.g_loss(d_logits_fake)


def copies(gan, tmp_path):
    gan.save(tmp_path / "gan.keras")
    return [keras.saving.load_model(tmp_path / "gan.keras"), pickle.loads(pickle.dumps(gan)),
            copy.deepcopy(gan)]  # fmt: skip


def with_everything(seed):
    """A GAN in the middle of training: moments, an average, dropout, moving statistics."""
    keras.utils.set_random_seed(seed)
    gan = GAN(*pair([layers.BatchNormalization()], [layers.Dropout(0.5)]), seed=seed)
    adams = [keras.optimizers.Adam(0.01, beta_1=0.5) for _ in range(2)]
    gan.compile(*adams, smooth=0.2, g_ema=0.9, run_eagerly=True, steps_per_execution=3)
    fit(gan, epochs=2)
    return gan


def test_what_is_loaded_draws_the_same_and_takes_the_same_next_step(tmp_path):
    gan = with_everything(3)
    for other in copies(gan, tmp_path):
        np.testing.assert_array_equal(gan.sample(5, seed=1), other.sample(5, seed=1))
        assert other.steps_per_call == 3 and float(other.smooth) == 0.2
    others = copies(gan, tmp_path)
    fit(gan, epochs=1)
    for other in others:
        fit(other, epochs=1)
        np.testing.assert_array_equal(gan.sample(5, seed=1), other.sample(5, seed=1))
        assert distance(gan, other) == 0


def test_a_conditional_gan_loads_as_one(tmp_path):
    gan = conditional()
    for other in copies(gan, tmp_path):
        assert isinstance(other, ConditionalGAN)
        np.testing.assert_array_equal(gan.sample(5, seed=1), other.sample(5, seed=1))


def test_a_loss_of_ones_own_comes_along(tmp_path):
    gan = compiled(g_loss=my_g_loss)
    for other in (pickle.loads(pickle.dumps(gan)), copy.deepcopy(gan)):
        assert other.g_loss_fn is my_g_loss
    gan.save(tmp_path / "gan.keras")
    loaded = keras.saving.load_model(tmp_path / "gan.keras", {"my_g_loss": my_g_loss})
    assert loaded.g_loss_fn is my_g_loss


def test_a_lambda_cannot_be_saved_and_says_so(tmp_path):
    gan = compiled(g_loss=lambda d_logits_fake: losses.g_loss(d_logits_fake))
    with pytest.raises(ValueError, match="g_loss is a lambda, which cannot be saved"):
        gan.save(tmp_path / "gan.keras")


def test_a_gan_that_is_not_compiled_can_be_saved(tmp_path):
    gan = GAN(*pair())
    gan.save(tmp_path / "gan.keras")
    loaded = keras.saving.load_model(tmp_path / "gan.keras")
    np.testing.assert_array_equal(gan.sample(5, seed=1), loaded.sample(5, seed=1))
    assert not loaded.compiled


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


def test_a_strategy_of_tf_distribute_is_refused_by_name():
    networks, gan = pair(), GAN(*pair())
    ready = compiled()
    with tf.distribute.OneDeviceStrategy("/cpu:0").scope():
        for refused in (
            lambda: GAN(*networks),
            lambda: gan.compile(sgd(), sgd()),
            lambda: fit(ready),
        ):
            with pytest.raises(
                ValueError, match="one device, got OneDeviceStrategy: leave the scope"
            ):
                refused()


# Dropout in the opponent


def test_d_has_a_new_mask_in_gs_turn_and_its_statistics_stay():
    gan = compiled(pair(d_layers=[layers.BatchNormalization(), layers.Dropout(0.5)]))
    state, statistics = (
        gan.discriminator.layers[2].seed_generator.state,
        gan.discriminator.layers[1],
    )
    before = state.numpy()
    gan.train_g(gan.latent(8))
    after = state.numpy()
    assert not np.array_equal(before, after)
    np.testing.assert_array_equal(statistics.moving_mean, 0)


# Pictures of what was trained


@pytest.mark.parametrize("shape", [(8, 8, 3), (12, 10, 1)])
def test_images_of_other_sizes_and_colours_are_trained_and_drawn(shape):
    gan = compiled((networks.build_generator(3, 4, shape), networks.build_discriminator(4, shape)))
    fit(gan, np.random.default_rng(0).uniform(-1, 1, (20, *shape)).astype(np.float32))
    assert pictures.image_grid(gan.sample(4, seed=0), columns=2, alt="").png()


def test_the_digits_fit_without_a_warning():
    gan = compiled((networks.build_generator(3, 4), networks.build_discriminator(4)))
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        fit(gan, data.load_digits().images[:40])
