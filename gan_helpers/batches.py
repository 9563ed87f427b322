"""What `fit` is given, dealt out in batches: several in one element, an order for each epoch."""

from collections.abc import Callable
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf


class Batches(NamedTuple):
    """Several batches of one size, for as many steps in one compiled call.

    Attributes:
        arrays: the samples, float (k, n, ...), and for a `ConditionalGAN` their labels,
            integers (k, n): k batches of n.
    """

    arrays: tuple[tf.Tensor, ...]


def several(dataset: tf.data.Dataset, k: int) -> tf.data.Dataset:
    """Put k batches of a dataset together, so that `GAN.fit` takes k steps in one call.

    Args:
        dataset: batches (n, ...), or pairs (samples, labels), all of one size: give
            `drop_remainder=True` where you batch it.
        k: how many, at least 1; the last element of an epoch may hold fewer.

    Raises:
        ValueError: k is not a positive whole number.
    """
    positive("k", k)
    return dataset.batch(k).map(lambda *arrays: Batches(arrays))


def positive(name: str, value: int) -> int:
    """Return `value` if it is a whole number above 0.

    Raises:
        ValueError: it is not.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"{name} must be a positive whole number, got {value!r}")
    return value


class Orders(keras.callbacks.Callback):
    """The order of the samples in this epoch and in the next.

    It is made here, not by a Python function in the dataset: when TensorFlow 2.21 calls one, it
    changes how memory is handed out, and from then on convolutions take half as long again
    (tests/gan_helpers/test_batches.py). Two orders, because the dataset is up to one element ahead.

    Args:
        n: how many samples there are.
        steps: how many steps an epoch has.
        seed: of the orders, together with the number of steps taken before the epoch, so that
            a training that goes on later deals as it would have done; None for no shuffling.
    """

    def __init__(self, n: int, steps: int, seed: int | None):
        super().__init__()
        self.n, self.steps, self.seed = n, steps, seed
        with tf.device("CPU"):  # where datasets live
            self.two = tf.Variable(np.tile(np.arange(n), (2, 1)))

    def order(self, epoch: int) -> np.ndarray:
        """The order of the samples in an epoch of this `fit`, counted from 0."""
        if self.seed is None:
            return np.arange(self.n)
        before = self.first + epoch * self.steps
        return np.random.default_rng([self.seed, before]).permutation(self.n)

    def on_train_begin(self, logs=None):
        # Not earlier: another callback may have restored a training until now.
        self.first, self.epoch = int(self.model.steps.numpy()), 0
        self.two.assign(np.stack([self.order(0), self.order(1)]))

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch += 1
        self.two[self.epoch % 2].assign(self.order(self.epoch))


class Deal(NamedTuple):
    """Arrays dealt out: a dataset of `Batches` without an end, and how it is cut into epochs."""

    dataset: tf.data.Dataset
    elements: int
    orders: Orders


def sizes(n: int, batch_size: int, single: bool) -> tuple[int, int]:
    """How many batches of that size n samples make, and how many samples the last one has beside.

    Args:
        n, batch_size: positive.
        single: whether a batch of one sample is wanted. False: a last batch of one is put to
            the batch before it, for batch normalisation, which makes a single sample of a
            dense layer equal to its shift, whatever it was.

    >>> sizes(41, 20, single=True), sizes(41, 20, single=False)
    ((2, 1), (1, 21))
    """
    batches, rest = divmod(n, batch_size)
    if rest == 1 and batches and not single:
        batches, rest = batches - 1, batch_size + 1
    return batches, rest


def deal(
    arrays: tuple[tf.Tensor, ...], batch_size: int, k: int, seed: int | None, single: bool
) -> Deal:
    """Deal arrays out in batches, k of them in one element; the last batch may be smaller.

    Args:
        arrays: samples, and labels if there are any, each (n, ...).
        batch_size: samples in a batch.
        k: batches in an element.
        seed: of the order of the samples; None for the order in which they are given.
        single: of `sizes`.
    """
    n = len(arrays[0])
    batches, rest = sizes(n, batch_size, single)
    full = batches * batch_size  # samples in batches of that size
    each = k * batch_size
    calls = -(-full // each)
    elements = calls + bool(rest)
    orders = Orders(n, batches + bool(rest), seed)

    @tf.autograph.experimental.do_not_convert  # which takes longer than all else here
    def element(number: tf.Tensor) -> Batches:
        epoch, call = number // elements, number % elements
        is_rest = call == calls
        first = tf.minimum(call * each, full)
        last = tf.where(is_rest, tf.cast(n, tf.int64), tf.minimum(first + each, full))
        rows = orders.two[epoch % 2, first:last]
        rows = tf.reshape(rows, (-1, tf.where(is_rest, rest, batch_size)))
        return Batches(tuple(tf.gather(array, rows) for array in arrays))

    data = tf.data.Dataset.range(tf.int64.max).map(element)
    # There is nothing here to tune, and the end of `fit` would sometimes wait for the
    # tuner, which wakes up after 10 ms, 20 ms, and so on up to 5 s and more.
    options = tf.data.Options()
    options.autotune.enabled = False
    options.experimental_optimization.apply_default_optimizations = False
    return Deal(data.prefetch(1).with_options(options), elements, orders)


def first_element(dataset: tf.data.Dataset, name: str = "x"):
    """The first element of a dataset.

    Raises:
        ValueError: there is none.
    """
    for element in dataset.take(1):
        return element
    raise ValueError(f"{name} must hold at least one batch, got an empty dataset")


def checked(dataset: tf.data.Dataset, check: Callable) -> tf.data.Dataset:
    """The dataset with `check(element)`, a list of assertions, made on each as it is read."""

    def passed(*element):
        with tf.control_dependencies(check(element)):
            same = tf.nest.map_structure(tf.identity, element)
        return same[0] if len(same) == 1 else same

    return dataset.map(passed)
