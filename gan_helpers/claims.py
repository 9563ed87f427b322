"""A claim of the text, checked by a cell that shows the number beside the bound."""

import math


class Claimed(float):
    """A number that a cell does not show once more where it stands in its last line."""

    def _ipython_display_(self) -> None:
        pass


def claim(
    what: str,
    value: float,
    *,
    above: float | None = None,
    below: float | None = None,
    unit: str = "",
) -> float:
    """Print a number beside the bound that the text claims for it, and fail if it is outside.

    `claim("distance to real digits", d, below=10)` prints
    `distance to real digits ≈ 4.91 (claimed: below 10)`. What follows the sign ≈ may differ a
    little from one machine to another, so the tests compare everything but that.

    Args:
        what: what the number is, as a phrase.
        value: the number.
        above: the claim is value > above.
        below: the claim is value < below; with both, the number lies between them.
        unit: written behind the number, for example "nats".

    Returns:
        The value, as a float that a notebook does not show once more.

    Raises:
        AssertionError: the claim fails; the message holds the value and the bound.
        ValueError: no bound is given, or no number lies above `above` and below `below`.

    >>> claim("mean of the samples", 2.9731, above=2.5, below=3.5)
    mean of the samples ≈ 2.97 (claimed: between 2.5 and 3.5)
    2.9731
    """
    value = float(value)
    if above is None and below is None:
        raise ValueError("claim needs a bound: above, below, or both")
    if above is not None and below is not None and not above < below:
        raise ValueError(f"above must be less than below, got {above!r} and {below!r}")
    low, high = -math.inf if above is None else above, math.inf if below is None else below
    if above is None:
        bound = f"below {below:.10g}"
    elif below is None:
        bound = f"above {above:.10g}"
    else:
        bound = f"between {above:.10g} and {below:.10g}"
    behind = f" {unit}" if unit else ""
    sentence = f"{what} ≈ {_rounded(value)}{behind} (claimed: {bound}{behind})"
    if not low < value < high:  # NaN fails as well
        raise AssertionError(f"The claim does not hold: {sentence}")
    print(sentence)
    return Claimed(value)


def _rounded(value: float) -> str:
    """At least three significant figures, without an exponent where that can be read."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    if 1e-4 <= abs(value) < 1e6:
        return f"{value:,.{max(2 - math.floor(math.log10(abs(value))), 0)}f}"
    return f"{value:.2e}"
