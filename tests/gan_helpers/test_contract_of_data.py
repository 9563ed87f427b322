"""Keras's contract, of the data that fit takes: what is refused, with what is said."""

import warnings

from gan_helpers import batches, data, networks, pictures
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
    weights,
)

import keras
import numpy as np
import pytest
import tensorflow as tf

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


# What must be taken as it is


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
