"""Labels that nobody gave."""

from gan_helpers import data
from gan_helpers.clusters import cluster_labels

import numpy as np
import pytest


@pytest.fixture(scope="module")
def digits():
    return data.load_digits()


def test_clusters_know_no_label_yet_hold_like_digits(digits):
    labels = cluster_labels(digits.images[:2000], clusters=100)
    assert labels.shape == (2000,) and labels.dtype == np.int64
    assert np.bincount(labels).min() >= 1 and labels.max() == 99
    commonest = [np.bincount(digits.labels[:2000][labels == each]).max() for each in range(100)]
    assert sum(commonest) / 2000 > 0.75, "by chance it would be about a fifth"


def test_the_same_seed_gives_the_same_clusters(digits):
    images = digits.images[:300]
    one, other = cluster_labels(images, 10, seed=3), cluster_labels(images, 10, seed=3)
    np.testing.assert_array_equal(one, other)


def test_more_components_than_there_are_is_as_many_as_there_are():
    points = np.array([[0.0, 0.0], [0.1, 0.0], [5.0, 5.0]])
    one, two, far = cluster_labels(points, clusters=2)
    assert one == two != far


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"clusters": 0}, r"clusters must be from 1 to 20, the number of samples, got 0"),
        ({"clusters": 21}, r"clusters must be from 1 to 20, the number of samples, got 21"),
        ({"clusters": 2.5}, r"clusters must be a whole number, got 2.5"),
        ({"clusters": 3, "components": 0}, r"components must be at least 1, got 0"),
    ],
)
def test_sizes_out_of_range_are_refused(digits, how, message):
    with pytest.raises(ValueError, match=message):
        cluster_labels(digits.images[:20], **how)


def test_images_that_are_not_finite_are_refused(digits):
    broken = digits.images[:20].copy()
    broken[3, 5, 5] = np.nan
    with pytest.raises(ValueError, match="images must be finite"):
        cluster_labels(broken, 2)
