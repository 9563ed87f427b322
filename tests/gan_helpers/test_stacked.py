"""A thousand modes that one can count."""

from gan_helpers import data, metrics, stacked

import numpy as np
import pytest


@pytest.fixture(scope="module")
def digits():
    return data.load_digits()


def test_each_colour_holds_each_digit_once(digits):
    images = digits.images[:50]
    samples = stacked.stacked(images, seed=1)
    for colour in range(3):
        one = samples[..., colour].reshape(50, -1)
        all_of_it = images.reshape(50, -1)
        np.testing.assert_array_equal(one[np.lexsort(one.T)], all_of_it[np.lexsort(all_of_it.T)])
    assert not np.array_equal(samples[..., 0], samples[..., 1])
    assert not np.array_equal(samples, stacked.stacked(images, seed=2))


def test_modes_of_known_stacks(digits):
    """All thousand, each once: the classifier names each of the ten digits shown."""
    ten = digits.images[:10]
    red, green, blue = np.unravel_index(np.arange(1000), (10, 10, 10))
    every = np.concatenate([ten[red], ten[green], ten[blue]], axis=3)
    found = stacked.modes(every)
    assert (found.found, found.sure, found.share) == (1000, 1000, 1.0)
    assert found.kl == pytest.approx(0, abs=1e-12)
    same = stacked.modes(np.repeat(ten, 3, axis=3))
    assert (same.found, same.sure) == (10, 10)
    assert same.kl == pytest.approx(np.log(100))


def test_one_unsure_colour_makes_a_sample_unsure(digits):
    mixed = np.maximum(digits.images[:100], digits.images[100:200][::-1])  # one over the other
    unsure = metrics.probabilities(mixed).max(axis=1).argmin()
    sample = np.repeat(digits.images[:1], 3, axis=3)
    sample[..., 2] = mixed[unsure, ..., 0]
    found = stacked.modes(sample)
    assert (found.found, found.sure, found.share) == (1, 0, 0.0)


def test_other_shapes_are_refused(digits):
    with pytest.raises(ValueError, match=r"images must have shape \(n, height, width, 1\)"):
        stacked.stacked(digits.images[..., 0], seed=0)
    with pytest.raises(ValueError, match=r"samples must have shape \(n, 28, 28, 3\)"):
        stacked.modes(digits.images[:2])
