"""What `fit` and `evaluate` are given, checked before the first step.

A dataset is looked at twice: its first element here, so that errors come early and in one line,
and each element as it is read, for what only its values can tell.
"""

import re
import warnings
from collections.abc import Sequence
from typing import NamedTuple

from gan_helpers.batches import Batches, checked, first_element, positive

import keras
import numpy as np
import tensorflow as tf


class Wanted(NamedTuple):
    """What the two networks take.

    Attributes:
        shape: of one sample, with None where any size will do.
        labels: how many there are, or None for networks that take none.
        range: what G's last layer can give, or None if that is not known.
        single: whether one sample can be a batch: not where G has batch normalisation, which
            makes of a single one nothing but its learned shift.
    """

    shape: tuple[int | None, ...]
    labels: int | None
    range: "Range | None"
    single: bool


class Data(NamedTuple):
    """Real samples to train on: either arrays, or a dataset that brings its own batches."""

    arrays: tuple[tf.Tensor, ...] = ()
    batch_size: int | None = None
    dataset: tf.data.Dataset | None = None
    steps_per_epoch: int | None = None


class Range(NamedTuple):
    """From which value to which the last activation of a network can go."""

    activation: str
    low: float
    high: float

    @property
    def slack(self) -> float:
        """A hundredth, for what resizing an image may add."""
        return 0.01 * min(self.high - self.low, 2.0)


RANGES = [Range("tanh", -1.0, 1.0), Range("sigmoid", 0.0, 1.0), Range("relu", 0.0, np.inf)]


def last_activation(network: keras.Model) -> str | None:
    """The name of a network's last activation, if nothing but a change of shape follows it."""
    for layer in reversed(network.layers):
        if isinstance(layer, keras.Model):
            return last_activation(layer)
        if hasattr(layer, "activation"):
            return getattr(layer.activation, "__name__", None)
        if isinstance(layer, keras.layers.Softmax | keras.layers.ReLU):
            return type(layer).__name__.lower()
        if not isinstance(layer, keras.layers.Reshape | keras.layers.Flatten):
            return None
    return None


def range_of(network: keras.Model) -> Range | None:
    """The range of a network's last activation, if it is known."""
    name = last_activation(network)
    return next((known for known in RANGES if known.activation == name), None)


def refuse_weights(sample_weight, class_weight) -> None:
    """Refuse the weights of samples that Keras's signatures have.

    Raises:
        ValueError: one is given.
    """
    for name, weight in (("sample_weight", sample_weight), ("class_weight", class_weight)):
        if weight is not None:
            raise ValueError(
                f"{name} must be None: both losses are means over the batch; to weigh samples, "
                "repeat those that count more"
            )


def listed(callbacks) -> list[keras.callbacks.Callback]:
    """Callbacks as a list, whether they were given alone, in a list or in Keras's own.

    Raises:
        ValueError: one that cannot work with two optimizers.
    """
    if isinstance(callbacks, keras.callbacks.CallbackList):
        callbacks = callbacks.callbacks
    elif isinstance(callbacks, keras.callbacks.Callback):
        callbacks = [callbacks]
    callbacks = list(callbacks or [])
    if any(isinstance(one, keras.callbacks.SwapEMAWeights) for one in callbacks):
        raise ValueError(
            "callbacks must not hold SwapEMAWeights; for an average of G, give compile a g_ema"
        )
    return callbacks


def for_training(x, y, batch_size: int | None, steps_per_epoch: int | None, wanted: Wanted) -> Data:
    """What `fit` was given, checked.

    Raises:
        TypeError, ValueError: an argument that does not go with the others, or wrong data.
    """
    if isinstance(x, tf.data.Dataset):
        for name, value in (("y", y), ("batch_size", batch_size)):
            if value is not None:
                raise ValueError(f"{name} must be None for a dataset, which brings its own")
        return Data(dataset=checked_dataset(x, wanted), steps_per_epoch=steps_per_epoch)
    if steps_per_epoch is not None:
        raise ValueError(
            "steps_per_epoch must be None for an array, all of which makes an epoch, "
            f"got {steps_per_epoch!r}"
        )
    batch_size = positive("batch_size", 32 if batch_size is None else batch_size)
    arrays = checked_arrays(x, y, wanted)
    if not wanted.single and min(batch_size, len(arrays[0])) == 1:
        raise ValueError(
            "x must be dealt out in batches of at least 2, since generator has batch "
            f"normalisation, got {len(arrays[0])} samples and batch_size={batch_size}"
        )
    return Data(arrays=arrays, batch_size=batch_size)


def for_validation(data: Data, split: float, given, wanted: Wanted) -> tuple[Data, object]:
    """What is left for training, and the data to validate on in the form that Keras takes.

    Raises:
        TypeError, ValueError: as in `for_training`, or a split that is not a share of an array.
    """
    if given is not None:
        if isinstance(given, tf.data.Dataset):
            return data, checked_dataset(given, wanted, "validation_data")
        x, *labels = given if isinstance(given, tuple | list) else (given,)
        if len(labels) > 1:
            refuse_weights(labels[1], None)
        names = ("x in validation_data", "y in validation_data")
        return data, checked_arrays(x, labels[0] if labels else None, wanted, names)
    if not split:
        return data, None
    if not data.arrays or not 0 < split < 1:
        raise ValueError(
            f"validation_split must be a share of an array, 0 < share < 1, got {split!r}"
            f"{'' if data.arrays else ' for a dataset: give validation_data'}"
        )
    first = int(len(data.arrays[0]) * (1 - split))
    if not 0 < first < len(data.arrays[0]):
        raise ValueError(
            f"validation_split must leave samples for both, got {split!r} of {len(data.arrays[0])}"
        )
    kept = data._replace(arrays=tuple(array[:first] for array in data.arrays))
    return kept, tuple(array[first:] for array in data.arrays)


def checked_arrays(x, y, wanted: Wanted, names: Sequence[str] = ("x", "y")) -> tuple:
    """Samples, and labels if there are any, as tensors.

    Raises:
        TypeError: x is neither an array nor something that makes one.
        ValueError: wrong shapes or values; the message names the argument, by `names`.
    """
    if not (hasattr(x, "__array__") or isinstance(x, list | tuple)):
        raise TypeError(f"{names[0]} must be an array or a tf.data.Dataset, got {type(x).__name__}")
    x = tf.convert_to_tensor(x)
    if not (x.dtype.is_floating or x.dtype.is_integer):
        raise TypeError(f"{names[0]} must hold numbers, got {x.dtype.name}")
    x = tf.cast(x, keras.config.floatx())
    _check_shape(names[0], x.shape, "n", wanted)
    if len(x) == 0:
        raise ValueError(f"{names[0]} must hold at least one sample, got shape {tuple(x.shape)}")
    _check_range(names[0], x, wanted)
    if wanted.labels is None:
        if y is not None:
            raise ValueError(
                f"{names[1]} must be None, since these networks take no labels; "
                "use ConditionalGAN, or leave it out"
            )
        return (x,)
    if y is None:
        raise ValueError(f"{names[1]} must hold the label of each sample, got None")
    y = checked_labels(names[1], y, wanted.labels)
    if len(y) != len(x):
        raise ValueError(f"{names[1]} must hold a label for each sample, got {len(y)} for {len(x)}")
    return x, tf.convert_to_tensor(y)


def checked_labels(name: str, labels, n: int) -> np.ndarray:
    """Labels as an array of integers (k,) from 0 to n - 1.

    Raises:
        ValueError: they are something else.
    """
    labels = np.asarray(labels)
    if labels.ndim != 1 or not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(
            f"{name} must be whole numbers of shape (n,), got {labels.dtype} {labels.shape}"
        )
    wrong = labels[(labels < 0) | (labels >= n)]
    if len(wrong):
        raise ValueError(f"{name} must be from 0 to {n - 1}, got {wrong[0]}")
    return labels


def checked_dataset(x: tf.data.Dataset, wanted: Wanted, name: str = "x") -> tf.data.Dataset:
    """A dataset whose elements are checked, the first one now and the others when they are read.

    Raises:
        ValueError: its first element is not what the networks take.
    """
    element = first_element(x, name)
    several = isinstance(element, Batches)
    arrays = _arrays(element, name)
    if len(arrays) > 2:
        raise ValueError(f"{name} must hold no sample weights, which a GAN has no use for")
    samples, labels = arrays if len(arrays) == 2 else (arrays[0], None)
    _check_shape(name, samples.shape, "k, n" if several else "n", wanted)
    _check_range(name, tf.cast(samples, keras.config.floatx()), wanted)
    if wanted.labels is None and labels is not None:
        raise ValueError(
            f"{name} must hold samples alone, since these networks take no labels; "
            "use ConditionalGAN, or map the labels away"
        )
    if wanted.labels is not None:
        if labels is None:
            raise ValueError(f"{name} must hold pairs (samples, labels), got samples alone")
        if several and labels.shape.rank == 2:
            checked_labels(f"labels in {name}", tf.reshape(labels, [-1]), wanted.labels)
        else:
            checked_labels(f"labels in {name}", labels, wanted.labels)
    return checked(x, lambda element: _assertions(element, wanted, name))


def one_line(error: tf.errors.InvalidArgumentError) -> ValueError | None:
    """What an assertion of `checked_dataset` says, as the error that arrays would have given."""
    found = re.search(r"(?:labels|samples) in \w+ must [^\n\]']*", error.message)
    return ValueError(found[0].strip()) if found else None


def _arrays(element, name: str) -> tuple:
    if isinstance(element, Batches):
        return element.arrays
    if isinstance(element, dict):
        raise ValueError(f"{name} must hold samples, or pairs (samples, labels), got a dictionary")
    return tuple(element) if isinstance(element, tuple | list) else (element,)


def _assertions(element: tuple, wanted: Wanted, name: str) -> list:
    """What must hold for the values of each element of a dataset."""
    samples, *labels = _arrays(element[0] if len(element) == 1 else element, name)
    found = []
    if wanted.range:
        name_of_range, low, high = wanted.range
        message = (
            f"samples in {name} must lie from {low:g} to {high:g}, "
            f"the range of the generator and its {name_of_range}"
        )
        samples, slack = tf.cast(samples, keras.config.floatx()), wanted.range.slack
        # One element that is not a number is for the loss to find, which names the step.
        outside = tf.reduce_any((samples < low - slack) | (samples > high + slack))
        found.append(tf.debugging.Assert(~outside, [message]))
    if not wanted.single:
        message = f"samples in {name} must come in batches of at least 2, since generator has "
        message += "batch normalisation; drop_remainder=True leaves out a last batch of one"
        size = tf.shape(samples)[samples.shape.rank - len(wanted.shape) - 1]
        found.append(tf.debugging.Assert(size > 1, [message]))
    if wanted.labels is not None:
        message = f"labels in {name} must be from 0 to {wanted.labels - 1}"
        inside = (labels[0] >= 0) & (labels[0] < tf.cast(wanted.labels, labels[0].dtype))
        found.append(tf.debugging.Assert(tf.reduce_all(inside), [message]))
    return found


def _check_shape(name: str, shape: tf.TensorShape, first: str, wanted: Wanted) -> None:
    axes = len(first.split(","))
    sizes = ["any" if size is None else str(size) for size in wanted.shape]
    if shape.rank != axes + len(wanted.shape) or not shape[axes:].is_compatible_with(wanted.shape):
        raise ValueError(
            f"{name} must have shape ({', '.join([first, *sizes])}), got {tuple(shape)}"
        )


def _check_range(name: str, x: tf.Tensor, wanted: Wanted) -> None:
    """Compare the values of the samples with what G's last layer can give."""
    if wanted.range is None:
        return
    activation, low, high = wanted.range
    least, most = float(tf.reduce_min(x)), float(tf.reduce_max(x))
    found = f"got values from {least:g} to {most:g}"
    range_of_g = f"[{low:g}, {high:g}], the range of the generator's {activation}"
    # False for NaN, which the loss will find.
    if least < low - wanted.range.slack or most > high + wanted.range.slack:
        raise ValueError(f"{name} must lie in {range_of_g}, {found}; scale the samples")
    if activation == "tanh" and least >= 0 and most > 0:
        warnings.warn(
            f"{name} should fill {range_of_g}, {found}; unless that is meant, "
            "scale it: 2 * x - 1 for images in [0, 1]",
            stacklevel=4,
        )
