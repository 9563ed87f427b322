"""The peers are what was published, with switches as without, and operations are counted right."""

import math
import os

from benchmarks import contenders, flops, peers, steps
from gan_helpers import networks

import keras
import numpy as np
import pytest
import tensorflow as tf

# Keras itself calls numpy 2 in the old way, when it traces.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def shapes(model):
    """Output shape and number of parameters of each layer that has any."""
    return [(layer.output.shape[1:], layer.count_params()) for layer in model.layers
            if layer.count_params()]  # fmt: skip


def test_tutorial_generator_is_as_published():
    assert shapes(peers.tutorial_generator()) == [
        ((12544,), 100 * 12544),
        ((12544,), 4 * 12544),
        ((7, 7, 128), 25 * 256 * 128),
        ((7, 7, 128), 4 * 128),
        ((14, 14, 64), 25 * 128 * 64),
        ((14, 14, 64), 4 * 64),
        ((28, 28, 1), 25 * 64),
    ]
    assert peers.tutorial_generator().count_params() == 2_330_944


def test_tutorial_discriminator_is_as_published():
    assert shapes(peers.tutorial_discriminator()) == [
        ((14, 14, 64), 25 * 64 + 64),
        ((7, 7, 128), 25 * 64 * 128 + 128),
        ((1,), 7 * 7 * 128 + 1),
    ]
    assert peers.tutorial_discriminator().count_params() == 212_865


@pytest.mark.parametrize("pair", contenders.PAIRS, ids=lambda pair: pair.name)
def test_pytorch_has_the_same_networks(pair):
    torch = pytest.importorskip("torch")
    from benchmarks import peers_torch

    ours, theirs = peers.build(pair.name), peers_torch.build(pair.name)
    for model, module in zip(ours, theirs, strict=True):
        trained = sum(math.prod(weight.shape) for weight in model.trainable_weights)
        assert sum(weight.numel() for weight in module.parameters()) == trained
    fake = theirs[0](torch.zeros(2, peers.LATENT_DIM))
    assert fake.shape == (2, 1, 28, 28) and theirs[1](fake).shape == (2, 1)


@pytest.mark.parametrize(
    "contender",
    [contenders.SERIES, contenders.SIMULTANEOUS, contenders.TUTORIAL, contenders.KERAS_PLAIN],
)
def test_contender_trains_both_networks(contender, monkeypatch):
    pair = networks.build_generator(hidden_units=4), networks.build_discriminator(4)
    monkeypatch.setattr(peers, "build", lambda name: pair)
    before = [weight.numpy() for model in pair for weight in model.trainable_weights]
    images = np.random.default_rng(0).uniform(-1, 1, (8, 28, 28, 1)).astype(np.float32)
    peers.trainer(contender, contenders.Pair("dense", 4, 1e-3, 0.5, 2), images)(2)
    after = [weight.numpy() for model in pair for weight in model.trainable_weights]
    for one, other in zip(before, after, strict=True):
        assert np.isfinite(other).all() and not np.array_equal(one, other)


N = 4  # batch size of the tests below


def small_training(contender, batches, monkeypatch):
    """A contender on small networks, always the same, without chance in order or latent vectors.

    Returns the function that trains, the images and the networks' weights.
    """
    keras.utils.set_random_seed(7)
    pair = networks.build_generator(hidden_units=4), networks.build_discriminator(4)
    monkeypatch.setattr(peers, "build", lambda name: pair)
    z = np.random.default_rng(1).normal(size=(N, peers.LATENT_DIM)).astype(np.float32)
    monkeypatch.setattr(peers.tf.random, "normal", lambda shape: tf.broadcast_to(z, shape))
    monkeypatch.setattr(keras.random, "normal", lambda shape, seed: tf.constant(z))
    monkeypatch.setattr(peers.tf.random, "shuffle", lambda rows: rows)
    images = np.random.default_rng(0).uniform(-1, 1, (batches * N, 28, 28, 1)).astype(np.float32)
    train = peers.trainer(contender, contenders.Pair("dense", N, 1e-3, 0.5, batches), images)
    return train, images, [weight for model in pair for weight in model.trainable_weights]


def moved(weights, train):
    """How far each weight goes in a training."""
    before = [weight.numpy() for weight in weights]
    train()
    return [weight.numpy() - old for weight, old in zip(weights, before, strict=True)]


def assert_same_moves(theirs, ours):
    """Adam takes steps of 1e-3 in each weight, so that 2e-5 is a fiftieth of the first step."""
    for one, other in zip(theirs, ours, strict=True):
        assert np.abs(one).max() > 1e-3
        np.testing.assert_allclose(other, one, atol=2e-5)


@pytest.mark.parametrize(
    "contender",
    [contenders.TUTORIAL_ROWS, contenders.TUTORIAL_CALLS, contenders.TUTORIAL_XLA],
)
def test_switches_leave_the_tutorials_step_as_it_is(contender, monkeypatch):
    monkeypatch.setattr(peers, "STEPS_A_CALL", 2)  # of 3 batches: a whole call and a shorter one
    train, images, weights = small_training(contenders.TUTORIAL, 3, monkeypatch)
    loop = train.__self__

    def one_epoch():
        for first in range(0, len(images), N):
            loop.step(tf.constant(images[first : first + N]))

    plain = moved(weights, one_epoch)
    train, _, weights = small_training(contender, 3, monkeypatch)
    assert_same_moves(plain, moved(weights, lambda: train(1)))


def test_a_fit_that_returns_late_was_done_with_its_last_epoch(monkeypatch):
    class Slow:
        def fit(self, images, epochs, batch_size, verbose, callbacks):
            for epoch in range(epochs):
                clock.append(10.0 * (epoch + 1))
                callbacks[0].on_epoch_end(epoch, {})
            clock.append(99.0)

    clock = [0.0]
    monkeypatch.setattr(peers.time, "perf_counter", lambda: clock[-1])
    train = peers.fitting(Slow(), contenders.Pair("dense", N, 1e-3, 0.5, 2), np.zeros(3))
    assert train(2) == 20.0 and clock[-1] == 99.0
    clock.append(0.0)
    monkeypatch.setattr(steps, "_work", train)
    assert steps.work(3) == 30.0, "the seconds until then"
    monkeypatch.setattr(steps, "_work", lambda units: clock.append(clock[-1] + units))
    assert steps.work(7) == 7.0, "one that says nothing was done when it returned"


@pytest.mark.parametrize("contender", [contenders.KERAS_CALLS, contenders.KERAS_XLA])
def test_switches_leave_the_keras_step_as_it_is(contender, monkeypatch):
    """50 steps a call, of an epoch that has one, repeated: no step is left out or done twice."""
    train, _, weights = small_training(contenders.KERAS_PLAIN, 1, monkeypatch)
    plain = moved(weights, lambda: train(3))
    train, _, weights = small_training(contender, 1, monkeypatch)
    assert_same_moves(plain, moved(weights, lambda: train(3)))


def test_keras_takes_the_steps_of_an_epoch_that_is_shorter_than_a_call(monkeypatch):
    made = []
    fitting = peers.fitting
    monkeypatch.setattr(
        peers, "fitting", lambda model, *how: made.append(model) or fitting(model, *how)
    )
    train, _, _ = small_training(contenders.KERAS_CALLS, 3, monkeypatch)
    train(2)
    (model,) = made
    assert model.steps_per_execution == contenders.STEPS_A_CALL
    assert int(model.d_optimizer.iterations) == int(model.g_optimizer.iterations) == 6


@pytest.mark.parametrize("contender", contenders.IN_TORCH)
def test_pytorch_trains_both_networks(contender, monkeypatch):
    torch = pytest.importorskip("torch")
    from benchmarks import peers_torch

    if contender in (contenders.TORCH_COMPILED, contenders.TORCH_SWITCHES_COMPILED):
        monkeypatch.setattr(torch, "compile", lambda model: model)  # needs a compiler for C++
    made = peers_torch.build("tutorial")
    monkeypatch.setattr(peers_torch, "build", lambda name: made)
    before = [weight.detach().clone() for model in made for weight in model.parameters()]
    images = np.random.default_rng(0).uniform(-1, 1, (8, 28, 28, 1)).astype(np.float32)
    peers_torch.trainer_with(1, contender, contenders.Pair("tutorial", N, 1e-3, 0.5, 2), images)(1)
    after = [weight for model in made for weight in model.parameters()]
    for one, other in zip(before, after, strict=True):
        assert other.requires_grad and torch.isfinite(other).all() and not torch.equal(one, other)
    kernels = [weight for weight in after if weight.dim() == 4 and min(weight.shape[:2]) > 1]
    last = [weight.is_contiguous(memory_format=torch.channels_last) for weight in kernels]
    assert last == [contender in contenders.SWITCHED[contenders.TORCH]] * len(kernels)


def test_switches_leave_pytorchs_step_as_it_is():
    torch = pytest.importorskip("torch")
    from benchmarks import peers_torch

    pair = contenders.Pair("dense", N, 1e-3, 0.5, 1)
    ends = []
    for kind, fused in ((peers_torch.Training, None), (peers_torch.FrozenD, True)):
        torch.manual_seed(1)
        made = peers_torch.build("dense")
        training = kind(*made, pair, fused)
        for _ in range(3):
            training.step(torch.rand(N, 1, 28, 28))
        ends.append([weight.detach() for model in made for weight in model.parameters()])
    for one, other in zip(*ends, strict=True):
        torch.testing.assert_close(one, other, atol=2e-5, rtol=0)


def test_a_worker_does_not_inherit_whether_onednn_is_on(monkeypatch):
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "0")
    monkeypatch.setattr(steps, "_work", None)
    amount, seconds = steps.prepare(contenders.MATMUL, contenders.PAIRS[0], np.zeros(1))
    assert "TF_ENABLE_ONEDNN_OPTS" not in os.environ
    assert amount == 2 * 2048**3 and seconds > 0


def test_every_contender_has_somebody_who_trains_it():
    assert set(peers.TRAINERS) | set(contenders.IN_TORCH) == set(contenders.TRAINERS)
    assert list(contenders.left_out(contenders.PAIRS[1])) == [contenders.TUTORIAL_XLA]
    assert contenders.left_out(contenders.PAIRS[0]) == {}


def test_tutorial_loop_goes_through_all_images_each_epoch(monkeypatch):
    images = np.arange(5, dtype=np.float32).reshape(5, 1, 1, 1)
    loop = peers.TutorialLoop(None, None, None, None, images, batch_size=2)
    seen = []
    monkeypatch.setattr(loop, "step", lambda real: seen.extend(real.numpy().ravel()))
    loop.train(2)
    assert sorted(seen[:5]) == sorted(seen[5:]) == [0, 1, 2, 3, 4]


# Counting operations


def test_operations_of_layers_worked_by_hand():
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((4, 4, 1)),
            layers.Conv2D(2, 3, strides=2, padding="same"),  # 2 x 2 places, 9 weights a channel
            layers.LeakyReLU(),
            layers.Conv2DTranspose(3, 5, strides=2, padding="same"),  # from 2 x 2 places
            layers.Flatten(),
            layers.Dense(7),  # from 4 * 4 * 3
        ]
    )
    counts = [flops.forward(layer) for layer in model.layers]
    assert counts == [2 * 4 * 9 * 1 * 2, 0, 2 * 4 * 25 * 2 * 3, 0, 2 * 48 * 7]
    assert flops.network(model) == (sum(counts), counts[0])


def test_operations_of_a_step_worked_by_hand():
    generator = networks.build_generator(latent_dim=2, hidden_units=3, image_shape=(5,))
    discriminator = networks.build_discriminator(hidden_units=4, image_shape=(5,))
    g1, g2, d1, d2 = 2 * 2 * 3, 2 * 3 * 5, 2 * 5 * 4, 2 * 4 * 1
    d_turn = g1 + g2 + 2 * (d1 + d2) + 2 * (d1 + d2) + 2 * d2  # forward, weights, inputs
    g_turn = g1 + g2 + d1 + d2 + (d1 + d2) + (g1 + g2) + g2  # forward, D, weights, inputs
    assert flops.step_in_turns(generator, discriminator) == d_turn + g_turn
    # At once, G's pass serves both turns, and so does D's pass over the fakes.
    at_once = d_turn + g_turn - (g1 + g2) - (d1 + d2)
    assert flops.simultaneous_step(generator, discriminator) == at_once
