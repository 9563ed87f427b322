"""Every sample once an epoch, in an order that the seed fixes."""

import platform
import subprocess
import sys
from pathlib import Path

from gan_helpers.batches import deal, several
from tests.gan_helpers.small_networks import (
    REAL,
    assert_same_up_to_rounding,
    by_hand,
    compiled,
    fit,
    networks,
    sgd,
)

import numpy as np
import pytest
import tensorflow as tf

# Keras 3.12 itself calls numpy 2 in the old way, when it traces and when it saves.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

ROOT = Path(__file__).parents[2]


def test_a_last_smaller_batch_counts_too():
    pair = networks()
    batches = [REAL[:32], REAL[32:64], REAL[64:96], REAL[96:]]
    by_hand(pair, (sgd(), sgd()), 7, batches, 0.1)
    gan = compiled()
    fit(gan, batch_size=32, epochs=1)
    for network, expected in zip((gan.generator, gan.discriminator), pair, strict=True):
        assert_same_up_to_rounding(network, expected)


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
