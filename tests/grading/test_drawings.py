"""Copies of the given digits are near, however they are moved, and digits of one's own are not."""

import functools

from gan_helpers import data
from grading import drawings

import numpy as np
import pytest
from scipy import ndimage

NUMBER = 60


@functools.cache
def digits():
    return data.load_digits()


def some():
    return np.random.default_rng(1).permutation(5000)[:NUMBER]


def moved_by_parts_of_pixels(images):
    rng = np.random.default_rng(2)
    return np.stack([
        ndimage.shift(image, (*rng.uniform(-2, 2, 2), 0), order=1, cval=-1) for image in images
    ])  # fmt: skip


def turned(images):
    rng = np.random.default_rng(3)
    return np.stack([
        ndimage.rotate(image, rng.uniform(-15, 15), reshape=False, order=1, cval=-1)
        for image in images
    ])  # fmt: skip


def averaged(images):
    given = digits().images
    flat = given.reshape(len(given), -1)
    distances = np.sum(flat**2, axis=1) - 2 * images.reshape(len(images), -1) @ flat.T
    return (images + given[np.argsort(distances, axis=1)[:, 1]]) / 2


COPIES = {
    "as they are": lambda images: images,
    "moved by whole pixels": lambda images: np.roll(images, (2, -1), (1, 2)),
    "moved by parts of pixels": moved_by_parts_of_pixels,
    "turned": turned,
    "averaged with their neighbours": averaged,
    "with noise": lambda images: images + np.float32(0.1) * np.sign(images),
}


@pytest.mark.parametrize("how", COPIES)
def test_copies_are_near(how):
    chosen = some()
    copies = COPIES[how](digits().images[chosen]).astype(np.float32)
    near = drawings.nearness(copies, digits().images, digits().labels, digits().labels[chosen])
    assert np.mean(near < 0.75) > 0.5


def test_digits_that_were_not_given_are_not_near():
    chosen = some()
    given = np.setdiff1d(np.arange(5000), chosen)
    images, labels = digits().images[given], digits().labels[given]
    near = drawings.nearness(digits().images[chosen], images, labels, digits().labels[chosen])
    assert np.mean(near < 0.75) < 0.1 and np.mean(near > 2) < 0.1
    assert 0.9 < np.median(near) < 1.2


def test_noise_is_far_from_every_digit():
    noise = np.random.default_rng(4).uniform(-1, 1, (20, 28, 28, 1)).astype(np.float32)
    near = drawings.nearness(noise, digits().images, digits().labels, np.full(20, 8))
    assert near.min() > 2
