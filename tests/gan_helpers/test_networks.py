"""The two networks against their forward passes, written out in numpy."""

import math

from gan_helpers.networks import (
    build_conditional_discriminator,
    build_conv_discriminator,
    build_conv_generator,
    build_discriminator,
    build_generator,
)

import keras
import numpy as np
import pytest

SIZES = [(100, 128, (28, 28, 1)), (2, 7, (2,)), (5, 3, (4, 3, 2)), (1, 1, (1,))]


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def leaky(x):
    return np.where(x > 0, x, 0.2 * x)


def forward(network, x):
    """The hidden layer with its leaky ReLU, then the last layer without its activation."""
    (kernel, bias), (last_kernel, last_bias) = (
        [variable.numpy().astype(np.float64) for variable in layer.weights]
        for layer in network.layers
        if layer.weights
    )
    x = x.reshape(len(x), -1)
    # In float32 a sum is off by some epsilon of the sum of its absolute values.
    size = (abs(x) @ abs(kernel) + abs(bias)) @ abs(last_kernel) + abs(last_bias)
    rounding = 4 * np.finfo(np.float32).eps * size.max()
    return leaky(x @ kernel + bias) @ last_kernel + last_bias, rounding


def randomised(network, rng):
    """Weights for which both sides of each activation, and its ends, are reached."""
    network.set_weights([rng.normal(size=weight.shape) for weight in network.get_weights()])
    return network


@pytest.mark.parametrize(("latent_dim", "hidden_units", "image_shape"), SIZES)
def test_generator_is_a_leaky_hidden_layer_and_a_tanh(rng, latent_dim, hidden_units, image_shape):
    generator = randomised(build_generator(latent_dim, hidden_units, image_shape), rng)
    z = rng.normal(size=(9, latent_dim)).astype(np.float32)
    x = generator(z).numpy()
    assert x.shape == (9, *image_shape)
    assert x.dtype == np.float32
    assert np.abs(x).max() <= 1
    expected, rounding = forward(generator, z)
    # tanh does not stretch errors.
    np.testing.assert_allclose(x, np.tanh(expected).reshape(x.shape), rtol=0, atol=rounding)


@pytest.mark.parametrize(("latent_dim", "hidden_units", "image_shape"), SIZES)
def test_discriminator_is_a_leaky_hidden_layer_and_a_plain_logit(
    rng, latent_dim, hidden_units, image_shape
):
    discriminator = randomised(build_discriminator(hidden_units, image_shape), rng)
    x = 10 * rng.normal(size=(9, *image_shape)).astype(np.float32)
    logits = discriminator(x).numpy()
    assert logits.shape == (9, 1)
    assert logits.dtype == np.float32
    expected, rounding = forward(discriminator, x)
    np.testing.assert_allclose(logits, expected, rtol=0, atol=rounding)


def test_logits_reach_far_to_both_sides(rng):
    logits = randomised(build_discriminator(), rng)(rng.normal(size=(200, 28, 28, 1)))
    assert logits.numpy().max() > 10
    assert logits.numpy().min() < -10


@pytest.mark.parametrize(("latent_dim", "hidden_units", "image_shape"), SIZES)
def test_parameters_are_counted_by_the_formula(latent_dim, hidden_units, image_shape):
    pixels = math.prod(image_shape)
    generator = build_generator(latent_dim, hidden_units, image_shape)
    assert generator.count_params() == (latent_dim + 1) * hidden_units + (hidden_units + 1) * pixels
    discriminator = build_discriminator(hidden_units, image_shape)
    assert discriminator.count_params() == (pixels + 1) * hidden_units + hidden_units + 1


def test_the_sizes_are_those_of_the_classic_example_unless_said_otherwise():
    generator, discriminator = build_generator(), build_discriminator()
    assert generator.input_shape == (None, 100)
    assert generator.output_shape == discriminator.input_shape == (None, 28, 28, 1)
    assert discriminator.output_shape == (None, 1)
    assert generator.count_params() == 101 * 128 + 129 * 784
    assert discriminator.count_params() == 785 * 128 + 129
    assert (generator.name, discriminator.name) == ("generator", "discriminator")
    assert (generator.inputs[0].name, discriminator.inputs[0].name) == ("z", "x")
    assert discriminator.layers[-1].name == "logit"


@pytest.mark.parametrize("build", [build_generator, build_discriminator])
def test_the_global_seed_reproduces_the_weights(build):
    weights = []
    for seed in (1, 1, 2):
        keras.utils.set_random_seed(seed)
        weights.append(build(hidden_units=16).get_weights()[0])
    one, again, other = weights
    assert (one == again).all()
    assert (one != other).any()


def test_numpy_integers_are_whole_numbers():
    generator = build_generator(np.int64(3), np.int32(4), (np.int64(2), 2))
    assert generator.output_shape == (None, 2, 2)


@pytest.mark.parametrize("size", [0, -1, 1.5, 2.0, True, "3", None, float("nan")])
@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("latent_dim", lambda size: build_generator(latent_dim=size)),
        ("hidden_units", lambda size: build_generator(hidden_units=size)),
        ("image_shape", lambda size: build_generator(image_shape=(28, size))),
        ("hidden_units", lambda size: build_discriminator(hidden_units=size)),
        ("image_shape", lambda size: build_discriminator(image_shape=(size, 28, 1))),
    ],
    ids=["G latent_dim", "G hidden_units", "G image_shape", "D hidden_units", "D image_shape"],
)
def test_a_wrong_size_is_named_with_its_value(name, call, size):
    with pytest.raises(ValueError, match=f"^{name} must be a positive whole number, got {size!r}$"):
        call(size)


# The convolutional pair


def transposed(x, kernel):
    """Each pixel of x paints a 4 x 4 square; squares are 2 apart. "same" cuts one off each side."""
    n, height, width, _ = x.shape
    painted = np.zeros((n, 2 * height + 2, 2 * width + 2, kernel.shape[2]))
    for row in range(height):
        for column in range(width):
            square = np.einsum("ni,hwoi->nhwo", x[:, row, column], kernel)
            painted[:, 2 * row : 2 * row + 4, 2 * column : 2 * column + 4] += square
    return painted[:, 1:-1, 1:-1]


def strided(x, kernel):
    """The scalar product of the kernel with each 4 x 4 square, 2 apart, of the padded image."""
    x = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    squares = np.lib.stride_tricks.sliding_window_view(x, (4, 4), axis=(1, 2))[:, ::2, ::2]
    return np.einsum("nhwirc,rcio->nhwo", squares, kernel)


def weights_of(network):
    weights = (layer.get_weights() for layer in network.layers if layer.weights)
    return [[weight.astype(np.float64) for weight in group] for group in weights]


def random_weights(network, rng):
    """Random weights of any sign, but variances, which are positive."""
    network.set_weights(
        [
            np.abs(0.3 * rng.normal(size=w.shape)) + 0.5
            if "variance" in w.path
            else 0.3 * rng.normal(size=w.shape)
            for w in network.weights
        ]
    )


def test_conv_generator_is_its_layers_written_out(rng):
    generator = build_conv_generator(latent_dim=5, width=3)
    random_weights(generator, rng)
    z = rng.normal(size=(4, 5)).astype(np.float32)
    (dense,), norm_1, (kernel,), norm_2, (last, bias) = weights_of(generator)

    def relu_of_normalised(x, gamma, beta, mean, variance):
        return np.maximum(gamma * (x - mean) / np.sqrt(variance + 1e-3) + beta, 0)

    x = relu_of_normalised(z @ dense, *norm_1).reshape(4, 7, 7, 6)
    x = relu_of_normalised(transposed(x, kernel), *norm_2)
    expected = np.tanh(transposed(x, last) + bias)
    made = generator(z).numpy()
    assert made.shape == (4, 28, 28, 1) and made.dtype == np.float32
    np.testing.assert_allclose(made, expected, atol=1e-4)


@pytest.mark.parametrize("shape", [(32, 32, 3), (4, 8, 1)])
def test_the_convolutional_networks_fit_other_sizes_and_colours(rng, shape):
    rows, columns, channels = shape
    generator = build_conv_generator(5, 3, image_shape=shape)
    random_weights(generator, rng)
    (dense,), _, (kernel,), _, (last, bias) = weights_of(generator)
    assert dense.shape == (5, rows // 4 * (columns // 4) * 6)
    assert kernel.shape == (4, 4, 3, 6) and last.shape == (4, 4, channels, 3)
    assert bias.shape == (channels,)
    x = generator(rng.normal(size=(4, 5)).astype(np.float32)).numpy()
    assert x.shape == (4, *shape)

    discriminator = build_conv_discriminator(3, image_shape=shape)
    random_weights(discriminator, rng)
    (kernel_1, bias_1), (kernel_2, bias_2), (last, last_bias) = weights_of(discriminator)
    hidden = leaky(strided(leaky(strided(x, kernel_1) + bias_1), kernel_2) + bias_2)
    expected = hidden.reshape(4, -1) @ last + last_bias
    np.testing.assert_allclose(discriminator(x).numpy(), expected, atol=1e-4)
    told = build_conditional_discriminator(3, 4, image_shape=shape)
    assert told.input_shape == [(None, *shape), (None, 4)] and told.output_shape == (None, 1)


@pytest.mark.parametrize(
    "shape", [(28, 28), (30, 28, 1), (28, 30, 1), (28, 28, 2), (28, 28, 4), (2, 28, 28, 1), ()]
)
@pytest.mark.parametrize(
    "build", [build_conv_generator, build_conv_discriminator, build_conditional_discriminator]
)
def test_an_image_that_convolutions_cannot_make_is_named(build, shape):
    with pytest.raises(ValueError, match="image_shape must be .* 4 divides .* channels, got") as e:
        build(image_shape=shape)
    assert str(e.value).endswith(f"got {shape}")


@pytest.mark.parametrize("build", [build_generator, build_conv_generator, build_discriminator])
@pytest.mark.parametrize("shape", [28, None, "28"])
def test_an_image_shape_that_is_no_tuple_is_named(build, shape):
    with pytest.raises(ValueError, match=f"image_shape must be a tuple of .* got {shape!r}"):
        build(image_shape=shape)


def test_conv_discriminator_is_its_layers_written_out(rng):
    discriminator = build_conv_discriminator(width=3)
    random_weights(discriminator, rng)
    x = rng.uniform(-1, 1, (4, 28, 28, 1)).astype(np.float32)
    (kernel_1, bias_1), (kernel_2, bias_2), (last, last_bias) = weights_of(discriminator)
    hidden = leaky(strided(leaky(strided(x, kernel_1) + bias_1), kernel_2) + bias_2)
    assert hidden.shape == (4, 7, 7, 6)
    expected = hidden.reshape(4, -1) @ last + last_bias
    logits = discriminator(x).numpy()
    assert logits.shape == (4, 1) and logits.dtype == np.float32
    np.testing.assert_allclose(logits, expected, atol=1e-4)


def test_the_label_picks_one_of_the_logits_of_the_conditional_discriminator(rng):
    discriminator = build_conditional_discriminator(width=3, labels=4)
    random_weights(discriminator, rng)
    x = rng.uniform(-1, 1, (5, 28, 28, 1)).astype(np.float32)
    label = np.array([3, 0, 1, 1, 2])
    (kernel_1, bias_1), (kernel_2, bias_2), (last, last_bias) = weights_of(discriminator)
    hidden = leaky(strided(leaky(strided(x, kernel_1) + bias_1), kernel_2) + bias_2)
    expected = (hidden.reshape(5, -1) @ last + last_bias)[np.arange(5), label]
    logits = discriminator([x, np.eye(4, dtype=np.float32)[label]]).numpy()
    assert logits.shape == (5, 1) and logits.dtype == np.float32
    np.testing.assert_allclose(logits[:, 0], expected, atol=1e-4)


def test_the_conditional_pair_has_the_sizes_of_mnist_unless_said_otherwise():
    discriminator = build_conditional_discriminator()
    assert discriminator.input_shape == [(None, 28, 28, 1), (None, 10)]
    # The same body, and ten logits in the place of one.
    more = 9 * (7 * 7 * 64 + 1)
    assert discriminator.count_params() == build_conv_discriminator().count_params() + more


@pytest.mark.parametrize("name", ["width", "labels"])
@pytest.mark.parametrize("value", [0, 2.5])
def test_wrong_sizes_of_the_conditional_discriminator_are_named(name, value):
    with pytest.raises(ValueError, match=f"{name} must be a positive whole number, got {value}"):
        build_conditional_discriminator(**{name: value})


@pytest.mark.parametrize("name", ["latent_dim", "width"])
@pytest.mark.parametrize("value", [0, -1, 2.5, True, "32", None])
def test_conv_sizes_that_are_no_sizes_are_named(name, value):
    with pytest.raises(ValueError, match=f"{name} must be a positive whole number, got {value!r}"):
        build_conv_generator(**{name: value})
    if name == "width":
        with pytest.raises(ValueError, match="width must be a positive"):
            build_conv_discriminator(value)
