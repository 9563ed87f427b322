"""The toy distributions against scipy."""

import dataclasses

from gan_helpers.data import GaussianMixture, gaussian, ring

import numpy as np
import pytest
from scipy import integrate, stats


@pytest.mark.parametrize(("mean", "std"), [(0, 1), (3, 0.5), (-2.5, 1e-3), (1e3, 40)])
def test_gaussian_has_the_density_of_the_normal_distribution(mean, std):
    x = mean + std * np.linspace(-8, 8, 101)
    found = gaussian(mean, std).density(x)
    assert found.shape == (101,)
    assert found.dtype == np.float64
    # x - mean cancels, and the exponent of at most 32 multiplies its relative rounding.
    cancelled = np.finfo(np.float64).eps * (abs(mean) / std + 1) * 100
    np.testing.assert_allclose(found, stats.norm(mean, std).pdf(x), rtol=cancelled)
    assert (gaussian(mean, std).density(x[:, None]) == found).all()


@pytest.mark.parametrize("means", [[[0.5]], [[-2.0], [0.0], [4.0]]])
def test_density_on_the_line_integrates_to_one(means):
    mixture = GaussianMixture(means, 0.7)
    total, error = integrate.quad(lambda x: mixture.density([x])[0], -10, 12, points=[-2, 0, 4])
    assert abs(total - 1) <= error + 1e-12


@pytest.mark.parametrize(
    "mixture",
    [
        ring(),
        ring(modes=1),
        ring(modes=5, radius=1.0, std=0.3),
        GaussianMixture([[1.0, -1.0]], 0.5),
    ],
)
def test_density_in_the_plane_integrates_to_one(mixture):
    # On a grid of half a standard deviation the rectangle rule is exact for a Gaussian up to
    # 4 exp(-2 (pi / 0.5)^2), about 1e-34, and nine of them from the last mode the rest is less.
    step = mixture.std / 2
    edge = np.abs(mixture.means).max() + 9 * mixture.std
    axis = np.arange(-edge, edge + step, step)
    points = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    assert mixture.density(points).sum() * step**2 == pytest.approx(1, abs=1e-12)


def test_ring_is_evenly_spaced_and_has_the_density_of_its_modes():
    mixture = ring(modes=6, radius=3.0, std=0.4)
    assert mixture.means.shape == (6, 2)
    as_complex = mixture.means @ [1, 1j]
    np.testing.assert_allclose(as_complex**6, 3.0**6, rtol=1e-14)
    assert len(np.unique(as_complex.round(6))) == 6
    points = np.random.default_rng(0).normal(0, 2, size=(50, 2))
    modes = [stats.multivariate_normal(mean, 0.4**2) for mean in mixture.means]
    expected = np.mean([mode.pdf(points) for mode in modes], axis=0)
    np.testing.assert_allclose(mixture.density(points), expected, rtol=1e-12)


@pytest.mark.parametrize(("mean", "std"), [(0, 1), (3, 0.5)])
def test_samples_on_the_line_follow_the_density(mean, std):
    n = 20_000
    x = gaussian(mean, std).sample(n, seed=1)
    assert x.shape == (n, 1)
    assert x.dtype == np.float32
    # Four standard errors: once in 16,000 seeds by chance, and the seed is fixed.
    assert abs(x.mean() - mean) <= 4 * std / np.sqrt(n)
    assert abs(x.std() - std) <= 4 * std / np.sqrt(2 * n)
    assert stats.kstest(x[:, 0], stats.norm(mean, std).cdf).pvalue > 0.01


def test_samples_of_a_mixture_follow_its_density():
    means = np.array([[-2.0], [0.0], [4.0]])
    x = GaussianMixture(means, 0.7).sample(20_000, seed=2)[:, 0]
    assert stats.kstest(x, lambda t: stats.norm(means, 0.7).cdf(t).mean(axis=0)).pvalue > 0.01


def test_samples_of_the_ring_are_spread_over_its_modes_and_around_them():
    mixture, n = ring(), 8_000
    x = mixture.sample(n, seed=3)
    assert x.shape == (n, 2)
    distance = np.linalg.norm(x[:, None] - mixture.means, axis=-1)
    nearest = distance.argmin(axis=1)
    assert stats.chisquare(np.bincount(nearest, minlength=8)).pvalue > 0.01
    pairs = 8 * nearest[0::2] + nearest[1::2]
    assert stats.chisquare(np.bincount(pairs, minlength=64)).pvalue > 0.01, "each drawn anew"
    for residual in (x - mixture.means[nearest]).T:
        assert stats.kstest(residual, stats.norm(0, 0.1).cdf).pvalue > 0.01
    # Independent directions: the distance to the mode follows the Rayleigh distribution.
    assert stats.kstest(distance.min(axis=1), stats.rayleigh(scale=0.1).cdf).pvalue > 0.01


def test_without_arguments_gaussian_is_standard_and_ring_has_eight_modes_at_two():
    assert (gaussian().means.tolist(), gaussian().std) == ([[0]], 1)
    np.testing.assert_allclose(np.linalg.norm(ring().means, axis=1), [2] * 8)
    assert ring().std == 0.1


def test_a_checked_mixture_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        ring().std = -1.0


@pytest.mark.parametrize("mixture", [gaussian(), ring()])
def test_a_seed_reproduces_the_samples(mixture):
    one, again, other = (mixture.sample(100, seed=seed) for seed in (5, 5, 6))
    assert (one == again).all()
    assert (one != other).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: GaussianMixture([0.0, 1.0], 1), r"means must be .* shape \(k, d\)"),
        (lambda: GaussianMixture(np.zeros((0, 2)), 1), "means must be"),
        (lambda: GaussianMixture([[np.nan]], 1), "means must be a finite .*nan"),
        (lambda: gaussian(mean=np.inf), "means must be a finite .*inf"),
        (lambda: gaussian(std=0), "std must be positive and finite, got 0"),
        (lambda: gaussian(std=-1.5), "std must be positive and finite, got -1.5"),
        (lambda: gaussian(std=np.nan), "std must be positive and finite, got nan"),
        (lambda: gaussian(std=np.inf), "std must be positive and finite, got inf"),
        (lambda: ring(std=0), "std must be positive and finite, got 0"),
        (lambda: ring(modes=0), "modes must be at least 1, got 0"),
        (lambda: ring(modes=-3), "modes must be at least 1, got -3"),
        (lambda: gaussian().sample(0, seed=0), "n must be at least 1, got 0"),
        (lambda: ring().sample(-2, seed=0), "n must be at least 1, got -2"),
        (lambda: ring().density([0.0, 1.0]), r"x must have shape \(n, 2\), got \(2,\)"),
        (lambda: ring().density(np.zeros((4, 3))), r"x must have shape \(n, 2\), got \(4, 3\)"),
        (lambda: gaussian().density(1.0), r"x must have shape \(n, 1\), got \(\)"),
        (lambda: gaussian().density(np.zeros((4, 2))), r"x must have shape \(n, 1\), got \(4, 2\)"),
    ],
)
def test_wrong_arguments_are_named_with_their_value(call, message):
    with pytest.raises(ValueError, match=message):
        call()
