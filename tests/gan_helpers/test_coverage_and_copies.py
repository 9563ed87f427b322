"""Density and coverage, the kernel distance and the search for copies, by their definitions."""

from gan_helpers import data, metrics

import numpy as np
import pytest
from scipy import ndimage

DIGITS = data.load_digits()
RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def seen():
    return metrics.features(DIGITS.images)


@pytest.mark.parametrize("k", [1, 5])
@pytest.mark.parametrize(("shift", "scale"), [(0.0, 1.0), (0.8, 0.4), (3.0, 2.0)])
def test_density_and_coverage_follow_their_definition(k, shift, scale):
    """Naeem et al. 2020, sec. 3, one pair of samples after the other."""
    real, fake = RNG.normal(size=(40, 3)), shift + scale * RNG.normal(size=(30, 3))
    balls = [(x, np.sort(np.linalg.norm(real - x, axis=1))[k]) for x in real]
    inside = [[np.linalg.norm(y - x) <= radius for x, radius in balls] for y in fake]
    density, coverage = metrics.density_and_coverage(real, fake, k)
    assert density == pytest.approx(np.sum(inside) / (k * len(fake)), rel=1e-12)
    assert coverage == np.mean(np.any(inside, axis=0))


def test_copies_among_the_fakes_fool_recall_but_not_coverage(seen):
    real, few = seen[:2500], seen[2500:2550]
    once, often = (metrics.density_and_coverage(real, np.repeat(few, n, axis=0)) for n in (1, 24))
    assert often == pytest.approx(once) and once.coverage < 0.2
    recalls = [
        metrics.precision_and_recall(real, np.repeat(few, n, axis=0)).recall for n in (1, 24)
    ]
    assert recalls[0] > 0.9 and recalls[1] < 0.01


def test_each_of_many_copies_lies_in_its_own_ball(seen):
    """Rounding must not leave a copy outside a ball of radius 0, or of its own distance."""
    real, copies = seen[:2500], np.repeat(seen[:50], 24, axis=0)
    assert metrics.share_inside(real, copies) == 50 / 2500
    assert metrics.share_inside(1e4 + real, 1e4 + copies) == 50 / 2500
    found = metrics.density_and_coverage(copies, seen[:50])
    assert found.coverage == 1 and found.density == 24 / 5


def test_kid_follows_its_definition_and_sees_what_it_should():
    real, fake = RNG.normal(size=(30, 4)), 0.5 + RNG.normal(size=(20, 4))

    def mean_of(x, y, same):
        values = [
            (np.dot(a, b) / 4 + 1) ** 3
            for i, a in enumerate(x)
            for j, b in enumerate(y)
            if not (same and i == j)
        ]
        return np.mean(values)

    expected = (
        mean_of(real, real, True) + mean_of(fake, fake, True) - 2 * mean_of(real, fake, False)
    )
    assert metrics.kid(real, fake) == pytest.approx(expected, rel=1e-9)
    assert metrics.kid(fake, real) == pytest.approx(expected, rel=1e-9)


def test_kid_has_no_bias_where_the_frechet_distance_has_one():
    draws = RNG.normal(size=(400, 2, 20, 3))
    kids = [metrics.kid(*pair) for pair in draws]
    assert abs(np.mean(kids)) < 4 * np.std(kids) / np.sqrt(len(kids))
    gaussians = [[metrics.mean_and_covariance(x) for x in pair] for pair in draws]
    distances = [metrics.frechet_distance(*one, *two) for one, two in gaussians]
    assert np.mean(distances) > 20 * np.std(distances) / np.sqrt(len(distances))


@pytest.mark.parametrize("measure", [metrics.kid, metrics.density_and_coverage])
@pytest.mark.parametrize(
    ("real", "fake"),
    [
        (np.zeros((9, 2)), np.zeros((9, 3))),
        (np.zeros(9), np.zeros((9, 3))),
        (np.zeros((1, 2)), np.zeros((9, 2))),
        (np.zeros((9, 2)), np.zeros((0, 2))),
    ],
)
def test_kid_and_coverage_name_what_is_wrong(measure, real, fake):
    with pytest.raises(ValueError, match=r"must be (\(n, d\)|at least 1)"):
        measure(real, fake)


def test_nearest_with_a_shift_is_the_least_over_the_moves():
    training, samples = DIGITS.images[:200], DIGITS.images[200:230]
    moves = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    each = [metrics.nearest(np.roll(samples, move, (1, 2)), training) for move in moves]
    indices, distances = metrics.nearest(samples, training, shift=1)
    np.testing.assert_allclose(distances, np.min([d for _, d in each], axis=0))
    for row, (index, distance) in enumerate(zip(indices, distances, strict=True)):
        assert (index, distance) in [(i[row], d[row]) for i, d in each]


@pytest.mark.parametrize("move", [(1, 0), (0, -1), (-1, 1)])
def test_a_moved_copy_is_found_by_shift_alone(move):
    training = DIGITS.images[:300]
    samples = np.roll(training[[250, 3]], move, (1, 2))
    assert metrics.nearest(samples, training)[1].min() > 2
    indices, distances = metrics.nearest(samples, training, shift=1)
    assert indices.tolist() == [250, 3]
    np.testing.assert_allclose(distances, 0, atol=2e-3)


@pytest.mark.parametrize(("samples", "shift"), [(np.zeros((2, 4)), 1), (np.zeros((2, 4, 4)), -1)])
def test_nearest_names_a_shift_that_cannot_be(samples, shift):
    with pytest.raises(ValueError, match=f"shift must be at least 0, .* got {shift}"):
        metrics.nearest(samples, samples, shift)


def test_copied_share_finds_the_share_of_copies_and_no_more_than_the_quantile_in_real_digits():
    training, held_out, others = np.split(DIGITS.images[:3000], 3)
    assert metrics.copied_share(others, training, held_out) == pytest.approx(0.05, abs=0.04)
    assert metrics.copied_share(held_out, training, held_out, quantile=0.2) == pytest.approx(0.2)
    mixed = np.concatenate([np.roll(training[:200], 1, axis=1), others[:300]])
    assert metrics.copied_share(mixed, training, held_out) == pytest.approx(0.43, abs=0.03)
    assert metrics.copied_share(mixed, training, held_out, shift=0) < 0.1
    with pytest.raises(ValueError, match="quantile must satisfy .* got 1"):
        metrics.copied_share(others, training, held_out, quantile=1)


def bolder(images):
    """Each pixel takes the largest value of itself and the eight around it."""
    moves = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    return np.max([np.roll(images, move, (1, 2)) for move in moves], axis=0)


def test_the_docstring_of_copied_share_is_right_about_what_passes():
    training, held_out = DIGITS.images[:2000], DIGITS.images[2000:3000]
    copies = training[:200]

    def turned(angle):
        return ndimage.rotate(copies, angle, (1, 2), reshape=False, order=1, cval=-1)

    for near in (turned(2), 0.9 * (copies + 1) - 1, np.roll(copies, 1, axis=1)):
        assert metrics.copied_share(near, training, held_out) > 0.9
    for far in (turned(8), copies[:, :, ::-1], bolder(copies)):
        assert metrics.copied_share(far, training, held_out) < 0.12
    few = np.concatenate([copies[:10], DIGITS.images[3000:3190]])  # a twentieth is copied
    assert metrics.copied_share(few, training, held_out) < 0.15
    ones = DIGITS.images[3000:][DIGITS.labels[3000:] == 1]
    assert metrics.copied_share(ones, training, held_out) > 0.2
