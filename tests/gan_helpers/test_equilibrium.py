"""The game at its equilibrium, and the best discriminator, against searches and exact fractions."""

from fractions import Fraction

from gan_helpers.losses import (
    d_loss,
    equilibrium,
    g_loss,
    optimal_discriminator,
)
from tests.gan_helpers.definitions import SMOOTH, probability, repeatable, smooths, target

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from mpmath import mp
from scipy.optimize import minimize_scalar

TABLE = {  # smooth: D, d_loss and g_loss at equilibrium, as published, to four decimals
    0: (0.5, 1.3863, 0.6931),
    0.1: (0.45, 1.3763, 0.7985),
    0.2: (0.40, 1.3460, 0.9163),
}


@pytest.mark.parametrize("smooth", SMOOTH)
def test_equilibrium_against_another_form_with_many_digits(smooth):
    """With D = (1 - s) / 2, d_loss is twice the entropy of D, and g_loss is log 2 - log(1 - s)."""
    mp.dps = 40
    label = target(smooth)
    d = label / 2
    expected = (
        d,
        -2 * (d * mp.log(d) + (1 - d) * mp.log(1 - d)),
        mp.log(2) - mp.log(label),
    )
    # A handful of operations on numbers of one size; nothing cancels.
    for found, exact in zip(equilibrium(smooth), expected, strict=True):
        assert abs(found - exact) <= 4 * np.finfo(np.float64).eps * exact


@pytest.mark.parametrize("smooth", TABLE)
def test_equilibrium_against_the_published_table(smooth):
    assert tuple(round(value, 4) for value in equilibrium(smooth)) == TABLE[smooth]


@pytest.mark.parametrize("smooth", [0, 0.1, 0.2, 0.5, 0.9])
def test_equilibrium_is_where_the_loss_of_d_is_least(smooth):
    """When p_g = p_data, D sees each x as often real as fake, so one logit serves for all."""
    best = minimize_scalar(
        lambda logit: float(d_loss(np.float64(logit), np.float64(logit), smooth)),
        bounds=(-10, 10),
        method="bounded",
        options={"xatol": 1e-9},
    )
    d, least, g = equilibrium(smooth)
    # Near the minimum the loss is flat: an error of h in the logit moves it by h squared. So a
    # search sees the logit to about the square root of epsilon, and the loss to epsilon.
    assert best.fun == pytest.approx(least, abs=1e-14)
    assert float(probability(best.x)) == pytest.approx(d, abs=1e-7)
    assert float(g_loss(np.float64(best.x))) == pytest.approx(g, abs=1e-7)


@pytest.mark.parametrize("smooth", [0, 0.1, 0.4, 0.9])
def test_optimal_discriminator_against_a_search_over_all_answers(smooth):
    rng = np.random.default_rng(1)
    p_data, p_g = rng.exponential(size=(2, 40))
    p_data[0] = 0  # only fakes here
    p_g[1] = 0  # only real samples here
    answers = np.linspace(0, 1, 200_001)[1:-1]
    with_real = -(1 - smooth) * np.log(answers) - smooth * np.log(1 - answers)
    with_fake = -np.log(1 - answers)
    best = [
        answers[np.argmin(real * with_real + fake * with_fake)]
        for real, fake in zip(p_data, p_g, strict=True)
    ]
    # The search cannot do better than its grid.
    np.testing.assert_allclose(optimal_discriminator(p_data, p_g, smooth), best, atol=1e-5)


densities = st.one_of(st.just(0.0), st.floats(1e-100, 1e100))


@repeatable
@given(densities, densities, smooths)
@example(0.0, 0.0, 0.1)
@example(0.0, 1.0, 0.0)
@example(1.0, 0.0, 0.0)
def test_optimal_discriminator_is_where_the_gradient_is_zero(p_data, p_g, smooth):
    d = optimal_discriminator(p_data, p_g, smooth)
    assert d.dtype == np.float64
    if p_data == p_g == 0:
        assert np.isnan(d)
        return
    rounded = 4 * np.finfo(np.float64).eps
    assert 0 <= d <= (1 - smooth) * (1 + rounded)
    # p_data (D - label) + p_g D = 0, in exact fractions.
    real, fake, answer = Fraction(p_data), Fraction(p_g), Fraction(float(d))
    label = 1 - Fraction(smooth)
    assert abs((real + fake) * answer - real * label) <= rounded * real


def test_optimal_discriminator_takes_any_shape_and_broadcasts():
    p_data = np.array([[0.2], [0.0]])
    found = optimal_discriminator(p_data, [0.2, 0.6, 0.0], 0.5)
    np.testing.assert_allclose(
        found, [[0.25, 0.125, 0.5], [0, 0, np.nan]], rtol=np.finfo(np.float64).eps
    )
    assert optimal_discriminator([1, 0], [1, 1], 0).tolist() == [0.5, 0]


@pytest.mark.filterwarnings("error")
def test_optimal_discriminator_is_silent_where_both_densities_are_zero():
    assert np.isnan(optimal_discriminator([0.0], [0.0])).all()
