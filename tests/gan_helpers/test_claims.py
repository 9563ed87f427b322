"""A claim is shown with its number, and a claim that fails stops the cell."""

from gan_helpers.claims import claim

import numpy as np
import pytest


@pytest.mark.parametrize(
    ("value", "bounds", "line"),
    [
        (2.9731, {"above": 2.5, "below": 3.5}, "x ≈ 2.97 (claimed: between 2.5 and 3.5)"),
        (0.0, {"below": 1e-5}, "x ≈ 0 (claimed: below 1e-05)"),
        (-0.0435, {"above": -0.1}, "x ≈ -0.0435 (claimed: above -0.1)"),
        (12345.6, {"above": 0}, "x ≈ 12,346 (claimed: above 0)"),
        (3.2e-8, {"below": 1e-6}, "x ≈ 3.20e-08 (claimed: below 1e-06)"),
        (np.float32(0.25), {"below": 1, "unit": "nats"}, "x ≈ 0.250 nats (claimed: below 1 nats)"),
    ],
)
def test_a_claim_that_holds_prints_number_and_bound(capsys, value, bounds, line):
    assert claim("x", value, **bounds) == value
    assert capsys.readouterr().out == line + "\n"


@pytest.mark.parametrize(
    ("value", "bounds"),
    [
        (1.0, {"above": 1.0}),
        (1.0, {"below": 1.0}),
        (2.0, {"above": 0, "below": 1}),
        (float("nan"), {"below": 1}),
        (float("inf"), {"above": 0}),
    ],
)
def test_a_claim_that_fails_raises_with_both(capsys, value, bounds):
    with pytest.raises(AssertionError, match=r"does not hold: x ≈ .*\(claimed: "):
        claim("x", value, **bounds)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("bounds", [{}, {"above": 2, "below": 1}])
def test_a_claim_without_a_bound_that_can_hold_is_refused(bounds):
    with pytest.raises(ValueError, match="bound|above must be less"):
        claim("x", 1.0, **bounds)
