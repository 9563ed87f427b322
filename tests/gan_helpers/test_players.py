"""What the players do in each other's turns."""

from gan_helpers.players import opponent
from tests.gan_helpers.small_networks import (
    REAL,
    adam,
    compiled,
    equal,
    networks,
    networks_with_state,
    values,
)

import keras
import numpy as np
import pytest
import tensorflow as tf

# Keras 3.12 itself calls numpy 2 in the old way, when it traces and when it saves.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


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
    wrap(gan.train_g)(tf.constant(REAL), gan.latent(50))
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
