"""R1, R2 and the gradient penalty: their formulas, second derivatives, and the Dirac-GAN."""

import itertools

from gan_helpers import penalties
from gan_helpers.gan import GAN
from gan_helpers.losses import g_loss_minimax
from gan_helpers.penalties import R1, R2, GradientPenalty
from tests.gan_helpers.small_networks import (
    REAL,
    assert_same_up_to_rounding,
    compiled,
    fit,
    networks,
    values,
)

import keras
import numpy as np
import pytest
import tensorflow as tf

SEED = tf.constant([1, 2])
RNG = np.random.default_rng(0)
REALS, FAKES = RNG.normal(size=(2, 6, 3))


def curved(weights):
    """D with a logit that is no line: a . tanh(W x), and its gradient in x, in numpy."""
    w, a = weights

    def d(x):
        return tf.tanh(x @ tf.transpose(w)) @ a[:, None]

    def slope(x, w, a):
        return (a * (1 - np.tanh(x @ w.T) ** 2)) @ w

    return d, slope


def in_numpy(penalty, w, a):
    _, slope = curved((w, a))
    if isinstance(penalty, GradientPenalty):
        place = penalties.uniform(6, SEED, tf.float64).numpy()[:, None]
        norms = np.linalg.norm(slope(place * REALS + (1 - place) * FAKES, w, a), axis=1)
        return penalty.strength * np.mean((norms - 1) ** 2)
    x = REALS if isinstance(penalty, R1) else FAKES
    return penalty.strength / 2 * np.mean(np.sum(slope(x, w, a) ** 2, axis=1))


@pytest.mark.parametrize("compile_it", [None, False, True], ids=["eager", "graph", "XLA"])
@pytest.mark.parametrize("penalty", [R1(3.0), R2(0.5), GradientPenalty()], ids=["R1", "R2", "GP"])
def test_value_and_gradient_in_ds_weights_are_those_of_the_formula(penalty, compile_it):
    w, a = RNG.normal(size=(4, 3)), RNG.normal(size=4)

    def both(w, a):
        with tf.GradientTape() as tape:
            tape.watch([w, a])
            value = penalty(curved((w, a))[0], tf.constant(REALS), tf.constant(FAKES), SEED)
        return value, *tape.gradient(value, [w, a])

    if compile_it is not None:
        both = tf.function(both, jit_compile=compile_it)
    value, in_w, in_a = both(tf.constant(w), tf.constant(a))
    assert float(value) == pytest.approx(in_numpy(penalty, w, a), rel=1e-10)
    for i, j in itertools.product(range(4), range(3)):
        nudge = np.zeros_like(w)
        nudge[i, j] = 1e-6
        slope = (in_numpy(penalty, w + nudge, a) - in_numpy(penalty, w - nudge, a)) / 2e-6
        assert float(in_w[i, j]) == pytest.approx(slope, abs=1e-6)
    for i in range(4):
        nudge = np.eye(4)[i] * 1e-6
        slope = (in_numpy(penalty, w, a + nudge) - in_numpy(penalty, w, a - nudge)) / 2e-6
        assert float(in_a[i]) == pytest.approx(slope, abs=1e-6)


def test_a_flat_d_has_a_gradient_penalty_with_a_finite_gradient():
    weight = tf.Variable([[0.0], [0.0]])
    with tf.GradientTape() as tape:
        value = GradientPenalty(10.0)(lambda x: x @ weight, tf.ones((3, 2)), tf.zeros((3, 2)), SEED)
    assert float(value) == pytest.approx(10.0)
    np.testing.assert_array_equal(tape.gradient(value, weight), 0)
    value = R1(1.0)(lambda x: tf.zeros((3, 1)), tf.ones((3, 2)), None, SEED)
    assert float(value) == 0, "a D that does not look"


def test_the_places_between_are_uniform_and_one_for_each_pair():
    seen = []

    def d(x):
        seen.append(x.numpy())
        return tf.reduce_sum(x, axis=[1, 2], keepdims=True)[:, :, 0]

    real, fake = tf.ones((20_000, 2, 2)), tf.zeros((20_000, 2, 2))
    for seed in (SEED, SEED, SEED + 1):
        GradientPenalty()(d, real, fake, seed)
    places = seen[0][:, 0, 0]
    assert np.array_equal(seen[0], np.broadcast_to(places[:, None, None], seen[0].shape))
    assert np.array_equal(seen[0], seen[1]) and not np.array_equal(seen[0], seen[2])
    shares = np.histogram(places, bins=10, range=(0, 1))[0] / len(places)
    assert np.abs(shares - 0.1).max() < 0.01  # a normal one leaves [0, 1]


@pytest.mark.parametrize("strength", [0, -1.0, float("nan"), float("inf")])
def test_a_strength_that_is_none_is_refused(strength):
    with pytest.raises(ValueError, match="strength must be finite and above 0, got"):
        R1(strength)


def test_what_is_no_penalty_is_refused_in_one_line():
    with pytest.raises(TypeError, match="strength must be a number above 0, got '1'"):
        R1("1")
    for wrong in (1.0, R1, [R1(1.0), 2]):
        with pytest.raises(TypeError, match=r"d_penalty must be a function \(d, real, fake, seed"):
            compiled(d_penalty=wrong)
    with pytest.raises(ValueError, match="penalty_every must be a positive whole number, got 0"):
        compiled(d_penalty=R1(1.0), penalty_every=0)
    with pytest.raises(ValueError, match="as many fakes as real samples"):
        GradientPenalty()(None, tf.zeros((3, 2)), tf.zeros((2, 2)), SEED)


# The Dirac-GAN: data at 0, G's sample theta, D's logit psi * x


def dirac(strength, simultaneous):
    theta = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
    psi = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    theta.layers[0].kernel.assign([[0.0]])
    theta.layers[0].bias.assign([1.0])
    psi.layers[0].kernel.assign([[0.0]])
    theta.layers[0].kernel.trainable = False
    gan = GAN(theta, psi)
    sgd = keras.optimizers.SGD
    gan.compile(
        sgd(0.1),
        sgd(0.1),
        smooth=0.0,
        g_loss=g_loss_minimax,
        d_penalty=R1(strength) if strength else None,
        simultaneous=simultaneous,
        run_eagerly=False,
        jit_compile=False,
    )
    return gan, theta.layers[0].bias, psi.layers[0].kernel


def step_matrix(strength, rate=0.1):
    """Of (theta, psi), simultaneous, near (0, 0): 1 + rate * the Jacobian of the paper."""
    return np.eye(2) + rate * np.array([[0, 0.5], [-0.5, -strength]])


@pytest.mark.parametrize("strength", [0.0, 0.3, 1.0])
def test_r1_on_the_dirac_gan_spirals_in_with_the_eigenvalues_of_the_paper(strength):
    """Mescheder et al. 2018, lemma D.? : -γ/2 ± sqrt(γ²/4 - f'(0)²), with f'(0) = 1/2."""
    roots = np.linalg.eigvals((step_matrix(strength) - np.eye(2)) / 0.1)
    paper = [-strength / 2 + sign * np.emath.sqrt(strength**2 / 4 - 0.25) for sign in (1, -1)]
    np.testing.assert_allclose(sorted(roots, key=np.imag), sorted(paper, key=np.imag), atol=1e-7)

    gan, theta, psi = dirac(strength, simultaneous=True)
    theta.assign([1e-3])  # near the equilibrium, where the game is its linear part
    data = np.zeros((40 * 8, 1), np.float32)
    gan.fit(data, batch_size=8, epochs=1, verbose=0)  # 40 steps
    expected = np.linalg.matrix_power(step_matrix(strength), 40) @ [1e-3, 0]
    found = [float(theta.numpy()[0]), float(psi.numpy()[0, 0])]
    np.testing.assert_allclose(found, expected, atol=2e-8)
    distance = np.hypot(*found) / 1e-3
    assert distance > 1 if strength == 0 else distance < 0.6


# In a GAN


def without_d(d, real, fake, seed):
    return tf.reduce_sum(d(real)) * 0 + 1.0


def test_it_moves_d_by_its_gradient_and_g_not_at_all():
    with_it, plain = compiled(d_penalty=[R1(2.0), R2(1.0)]), compiled()
    real, z = tf.constant(REAL[:25]), tf.random.normal((25, 3), seed=1)
    g, d = with_it.generator, with_it.discriminator
    with tf.GradientTape() as tape:
        total = R1(2.0)(d, real, None, SEED) + R2(1.0)(d, None, g(z), SEED)
    zero = tf.UnconnectedGradients.ZERO  # the last bias moves no slope
    variables = [variable.value for variable in d.trainable_variables]
    expected = tape.gradient(total, variables, unconnected_gradients=zero)
    with_it.train_d(real, z)
    plain.train_d(real, z)
    for one, other, slope in zip(
        d.trainable_variables, plain.discriminator.trainable_variables, expected, strict=True
    ):
        np.testing.assert_allclose(other - one, 0.05 * slope, atol=1e-6)
    assert np.abs(expected[0]).max() > 0.01
    for one, other in zip(g.weights, plain.generator.weights, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("jit_compile", [False, True], ids=["graph", "XLA"])
@pytest.mark.parametrize("simultaneous", [False, True], ids=["in turn", "at once"])
def test_compiled_steps_are_the_eager_ones(jit_compile, simultaneous):
    how = {"d_penalty": [R1(1.0), GradientPenalty(1.0)], "simultaneous": simultaneous}
    eager = compiled(run_eagerly=True, **how)
    several = compiled(jit_compile=jit_compile, steps_per_execution=3, penalty_every=1, **how)
    fit(eager, epochs=1)
    fit(several, epochs=1)
    assert_same_up_to_rounding(eager, several)


@pytest.mark.parametrize("jit_compile", [None, False, True], ids=["eager", "graph", "XLA"])
def test_a_lazy_penalty_counts_at_every_so_many_th_step_so_many_times(jit_compile):
    """4 steps, every 3: at the steps 0 and 3."""
    how = {"run_eagerly": True} if jit_compile is None else {"jit_compile": jit_compile}
    lazy = compiled(d_penalty=R1(0.5), penalty_every=3, steps_per_execution=4, **how)
    by_hand, real = compiled(run_eagerly=True), tf.data.Dataset.from_tensor_slices(REAL).batch(25)
    fit(lazy, epochs=1)
    for step, batch in enumerate(real):
        by_hand.d_penalties = (R1(1.5),) if step % 3 == 0 else ()
        by_hand.train_step(batch)
    for name in ("generator", "discriminator"):
        assert_same_up_to_rounding(getattr(lazy, name), getattr(by_hand, name))


def test_float16_scales_the_second_derivative_as_well():
    keras.config.set_dtype_policy("mixed_float16")
    try:
        pair = networks()
    finally:
        keras.config.set_dtype_policy("float32")
    half, full = compiled(pair, d_penalty=R1(1.0)), compiled(d_penalty=R1(1.0))
    assert type(half.d_optimizer).__name__ == "LossScaleOptimizer"
    half.d_optimizer.inner_optimizer.learning_rate = 0.05
    fit(half, epochs=1)
    fit(full, epochs=1)
    for one, other in zip(values(half.discriminator), values(full.discriminator), strict=True):
        np.testing.assert_allclose(one, other, atol=0.01)
    assert np.abs(values(full.discriminator)[0] - values(networks()[1])[0]).max() > 0.02


def test_the_opponents_statistics_stay_and_each_call_has_another_seed():
    seeds = []

    def remember(d, real, fake, seed):
        seeds.append(tuple(seed.numpy()))
        return tf.reduce_mean(d(real) ** 2)

    gan = compiled(d_penalty=[remember, remember], run_eagerly=True)
    fit(gan, epochs=2)
    assert len(seeds) == len(set(seeds)) == 16


def test_convolutions_with_r1_train_with_xla_and_without():
    """The second derivative of strided convolutions, against each other."""
    found = []
    for jit_compile in (False, True):
        keras.utils.set_random_seed(1)
        layers = keras.layers
        g = keras.Sequential(
            [
                keras.Input((2,)),
                layers.Dense(64),
                layers.Reshape((8, 8, 1)),
                layers.Activation("tanh"),
            ]
        )
        d = keras.Sequential(
            [
                keras.Input((8, 8, 1)),
                layers.Conv2D(3, 4, strides=2, padding="same"),
                layers.LeakyReLU(negative_slope=0.2),
                layers.Flatten(),
                layers.Dense(1),
            ]
        )
        gan = compiled((g, d), d_penalty=R1(1.0), jit_compile=jit_compile)
        images = np.random.default_rng(0).uniform(-1, 1, (20, 8, 8, 1)).astype("float32")
        gan.fit(images, batch_size=5, epochs=1, shuffle=False, verbose=0)
        found.append(gan)
    assert_same_up_to_rounding(*found)


def test_listed_takes_one_none_or_several():
    r1 = R1(1.0)
    assert penalties.listed(None) == () and penalties.listed(r1) == (r1,)
    assert penalties.listed([r1, without_d]) == (r1, without_d)


def test_networks_of_another_precision_and_no_word_on_the_way(caplog):
    keras.config.set_dtype_policy("float64")
    try:
        pair = networks()
    finally:
        keras.config.set_dtype_policy("float32")
    gan = compiled(pair, d_penalty=[R1(1.0), GradientPenalty()], penalty_every=2)
    fit(gan, epochs=1)
    assert np.isfinite(gan.discriminator.get_weights()[0]).all()
    said = [record.message for record in caplog.records if "AutoGraph" in record.message]
    assert not said, "it cannot convert an object"
