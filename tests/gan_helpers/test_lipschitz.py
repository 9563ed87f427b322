"""Spectral normalisation against numpy's singular values, and clipped weights."""

from gan_helpers import lipschitz
from gan_helpers.lipschitz import ClipWeights, SpectralNorm, clipped, spectrally_normalised
from gan_helpers.networks import build_conditional_discriminator, build_conv_discriminator
from tests.gan_helpers.small_networks import REAL, adam, compiled, equal, fit, networks

import keras
import numpy as np
import pytest
import tensorflow as tf

layers = keras.layers
LAYERS = [
    (layers.Dense(5), (7,)),
    (layers.Conv2D(3, 4, strides=2, padding="same"), (6, 6, 2)),
    (layers.Conv2DTranspose(4, 3, strides=2), (3, 3, 2)),
]
every_layer = pytest.mark.parametrize(("layer", "shape"), LAYERS, ids=["dense", "conv", "back"])


def wrapped(layer, shape, dtype="float64", iterations=300):
    keras.utils.set_random_seed(1)
    inner = type(layer).from_config(layer.get_config() | {"dtype": dtype})
    norm = SpectralNorm(inner, dtype=dtype)
    norm.build((None, *shape))
    inner.bias.assign(tf.random.normal(inner.bias.shape, dtype=inner.bias.dtype))
    for _ in range(iterations):
        norm.iterate()
    return norm


def in_numpy(norm, kernel=None):
    """The largest singular value of the kernel as a matrix, a row for each output channel."""
    kernel = norm.layer.kernel.numpy() if kernel is None else kernel
    if isinstance(norm.layer, layers.Conv2DTranspose):
        kernel = np.swapaxes(kernel, -1, -2)
    return np.linalg.svd(kernel.reshape(-1, kernel.shape[-1]))[1][0]


@every_layer
def test_sigma_is_the_largest_singular_value_and_the_layer_divides_by_it(layer, shape):
    norm = wrapped(layer, shape)
    assert float(norm.sigma()) == pytest.approx(in_numpy(norm), rel=1e-10)
    x = tf.random.normal((4, *shape), dtype="float64")
    found = norm(x).numpy()
    inner = norm.layer
    inner.kernel.assign(inner.kernel / in_numpy(norm))
    np.testing.assert_allclose(found, inner(x).numpy(), atol=1e-10)
    assert found.shape == tuple(norm.compute_output_shape((4, *shape)))


@every_layer
def test_the_gradient_goes_through_sigma(layer, shape):
    """Against finite differences of W / σ(W), with σ by numpy."""
    norm = wrapped(layer, shape)
    kernel, x = norm.layer.kernel.numpy(), tf.random.normal((4, *shape), dtype="float64")
    weights = tf.random.normal(norm(x).shape, dtype="float64")
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(norm(x) * weights)
    gradient = tape.gradient(total, norm.layer.kernel.value).numpy()

    def by_numpy(kernel):
        norm.layer.kernel.assign(kernel / in_numpy(norm, kernel))
        return float(tf.reduce_sum(norm.layer(x) * weights))

    for place in list(np.ndindex(*kernel.shape))[::5]:
        nudge = np.zeros_like(kernel)
        nudge[place] = 1e-6
        slope = (by_numpy(kernel + nudge) - by_numpy(kernel - nudge)) / 2e-6
        assert gradient[place] == pytest.approx(slope, abs=1e-6)
    assert abs(np.sum(gradient * kernel)) < 1e-8, "a longer kernel is the same layer"


def test_a_convolutions_norm_is_not_that_of_its_matrix():
    norm = wrapped(layers.Conv2D(1, 4, padding="same", use_bias=True), (8, 8, 1))
    norm.layer.bias.assign([0.0])
    norm.layer.kernel.assign(tf.ones((4, 4, 1, 1), tf.float64))  # of norm 4
    lipschitz.iterate(keras.Sequential([norm]))
    operator = norm(tf.eye(64, dtype="float64")[:, :].numpy().reshape(64, 8, 8, 1))
    gain = np.linalg.svd(operator.numpy().reshape(64, 64))[1][0]
    assert gain > 2, "though the matrix has norm 1"


def test_one_iteration_a_training_step_and_none_elsewhere():
    g, d = networks()
    d = spectrally_normalised(d)
    first = d.layers[0]
    expected = [np.array(first.u)]
    gan = compiled((g, d), run_eagerly=True)
    for _ in range(2):
        before = first.layer.kernel.numpy()  # the iteration comes before the step
        gan.train_on_batch(REAL[:10])
        v = before @ expected[-1]
        u = before.T @ (v / np.linalg.norm(v))
        expected.append(u / np.linalg.norm(u))
        np.testing.assert_allclose(first.u.numpy(), expected[-1], atol=1e-5)
    u = first.u.numpy()
    gan.evaluate(REAL, batch_size=50, verbose=0)
    d(REAL, training=True)
    np.testing.assert_array_equal(u, first.u.numpy())
    assert not first.u.trainable and any(v is first.u for v in gan.non_trainable_variables)


@pytest.mark.parametrize("jit_compile", [False, True], ids=["graph", "XLA"])
def test_it_trains_compiled_and_holds_the_norm_at_1(jit_compile):
    g, d = networks()
    gan = compiled(
        (g, spectrally_normalised(d)),
        optimizers=(adam(), adam()),
        steps_per_execution=4,
        jit_compile=jit_compile,
    )
    fit(gan, epochs=20)
    for layer in gan.discriminator.layers[::2]:
        kernel = layer.layer.kernel.numpy() / float(layer.sigma())
        assert np.linalg.svd(kernel)[1][0] == pytest.approx(1, abs=0.02)


def test_a_copy_has_the_same_weights_and_answers_as_divided():
    keras.utils.set_random_seed(1)
    d = build_conv_discriminator(width=4)
    copy = spectrally_normalised(d)
    assert all(equal(d.get_weights(), [v.numpy() for v in copy.trainable_variables]))
    assert copy.output_shape == (None, 1)
    clone = keras.models.clone_model(copy)
    clone.set_weights(copy.get_weights())
    x = tf.random.normal((3, 28, 28, 1))
    np.testing.assert_array_equal(copy(x), clone(x))


def test_the_discriminator_of_a_conditional_gan_is_normalised_as_well():
    d = build_conditional_discriminator(width=4, labels=3)
    copy = spectrally_normalised(d)
    assert sum(isinstance(layer, SpectralNorm) for layer in copy.layers) == 3
    given = [tf.random.normal((3, 28, 28, 1)), tf.eye(3)]
    before = copy(given).numpy()
    for layer in copy.layers:
        if isinstance(layer, SpectralNorm):
            layer.layer.kernel.assign(100 * layer.layer.kernel)
    np.testing.assert_allclose(copy(given), before, atol=1e-5)
    assert np.abs(d(given) - before).max() > 1e-3


def test_it_is_saved_and_loaded(tmp_path):
    gan = compiled((networks()[0], spectrally_normalised(networks()[1])))
    gan.save(tmp_path / "gan.keras")
    loaded = keras.saving.load_model(tmp_path / "gan.keras")
    assert all(equal(gan.get_weights(), loaded.get_weights()))
    np.testing.assert_array_equal(gan.discriminator(REAL), loaded.discriminator(REAL))


def test_half_precision_computes_sigma_in_full():
    norm = wrapped(layers.Dense(5), (7,), dtype="mixed_float16", iterations=50)
    seen, sigma = [], norm.sigma
    norm.sigma = lambda: seen.append(sigma().dtype) or sigma()
    assert norm(tf.ones((2, 7))).dtype == tf.float16
    assert seen == [tf.float32]
    assert float(norm.sigma()) == pytest.approx(in_numpy(norm), rel=1e-4)


def test_weights_are_clipped_at_once_and_after_each_step():
    d = clipped(networks()[1], 0.05)
    assert np.abs(np.concatenate([w.ravel() for w in d.get_weights()])).max() <= 0.05
    gan = compiled((networks()[0], d), optimizers=(adam(0.1), adam()), steps_per_execution=4)
    fit(gan, epochs=2)
    weights = np.abs(np.concatenate([w.ravel() for w in d.get_weights()]))
    assert weights.max() == pytest.approx(0.05) and np.mean(weights > 0.0499) > 0.2
    again = keras.saving.deserialize_keras_object(
        keras.saving.serialize_keras_object(ClipWeights(0.05))
    )
    assert again.limit == 0.05


def test_what_cannot_be_served_is_refused():
    with pytest.raises(ValueError, match="layer must be Dense, a convolution.*got LeakyReLU"):
        SpectralNorm(layers.LeakyReLU())
    flat = keras.Sequential([keras.Input((2,)), layers.LeakyReLU()])
    for change in (spectrally_normalised, clipped):
        with pytest.raises(ValueError, match="network must have a dense layer or a convolution"):
            change(flat)
    with pytest.raises(ValueError, match="limit must be finite and above 0, got 0"):
        ClipWeights(0)
    sigmoid = keras.Sequential([keras.Input((2,)), layers.Dense(1, activation="sigmoid")])
    with pytest.raises(ValueError, match="must give logits.*got sigmoid"):
        compiled((networks()[0], spectrally_normalised(sigmoid)))
