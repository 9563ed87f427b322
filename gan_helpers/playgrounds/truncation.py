"""The slider over truncation of notebook 06."""

from collections.abc import Sequence

from gan_helpers import charts, pictures
from gan_helpers.playgrounds.base import Playground, slider_for

import numpy as np
from numpy.typing import ArrayLike

MARKS = (("-", "o"), ("--", "s"), ("-.", "D"), (":", "^"))


def truncation(
    psis: ArrayLike,
    samples: Sequence[np.ndarray],
    scores: dict[str, Sequence[float]],
    columns: int = 10,
) -> Playground:
    """A slider over psi, the number that latent vectors are multiplied by: drawings and measures.

    A small psi keeps to the middle of the latent space, where drawings are typical and alike.

    Args:
        psis: the values of psi, rising in even steps; the slider starts at the last.
        samples: images (n, height, width, 1) in [-1, 1], drawn at each psi.
        scores: measure -> its value at each psi. Measures from 0 to 1 are drawn as curves, at
            most four; all of them are told in words.
        columns: images a row.

    Returns:
        The playground; `sliders["psi"].value` is one of `psis`.

    Raises:
        ValueError: fewer than two psis, psis that do not rise evenly, samples or scores not
            one for each psi, or more than four curves.

    Sources: Marchesi 2017 and Brock et al. 2019, who draw the far values of z again; by a
    factor psi, in another latent space: Karras et al. 2019.
    """
    psis = np.asarray(psis, dtype=np.float64)
    steps = np.diff(psis)
    if psis.ndim != 1 or len(psis) < 2 or not steps[0] > 0 or not np.allclose(steps, steps[0]):
        raise ValueError(f"psis must be at least two, and rise in even steps, got {psis.tolist()}")
    for name, values in (("samples", samples), *((f"scores[{k!r}]", scores[k]) for k in scores)):
        if len(values) != len(psis):
            raise ValueError(f"{name} must be one for each of {len(psis)} psis, got {len(values)}")
    shares = {
        name: values
        for name, values in scores.items()
        if np.min(values) >= 0 and np.max(values) <= 1
    }
    if len(shares) > len(MARKS):
        raise ValueError(f"scores must hold at most {len(MARKS)} shares, got {len(shares)}")

    picture = charts.Picture(alt="", figsize=(9.2, 3.6))
    left, right = picture.subplots(1, 2, width_ratios=(1.4, 1))
    grid = left.imshow(pictures.tile(samples[-1], columns), cmap="gray", vmin=-1, vmax=1)
    left.axis("off")
    dots = []
    for (name, values), (style, marker) in zip(shares.items(), MARKS, strict=False):
        right.plot(psis, values, style, color=charts.GREY, linewidth=1.5)
        (dot,) = right.plot([], [], marker, color=charts.FAKE, markersize=8, label=name)
        at = (psis[0], values[0]), (-8, 0)  # at the right end, curves may meet
        right.annotate(name, *at, textcoords="offset points", fontsize=9, ha="right", va="center")
        dots.append((dot, values))
    ends = ", ".join(f"{name} {v[0]:.2f} to {v[-1]:.2f}" for name, v in shares.items())
    right.set(ylim=(-0.03, 1.03), xlim=(psis[0] - 0.45 * (psis[-1] - psis[0]), psis[-1] + 0.04))
    right.set_xticks(psis, [f"{psi:.2g}" for psi in psis])
    charts.finish(right, f"psi {psis[0]:.2g} to {psis[-1]:.2g}:\n{ends}", "psi", "share")

    def redraw(psi: float) -> str:
        at = int(np.abs(psis - psi).argmin())
        grid.set_data(pictures.tile(samples[at], columns))
        for dot, values in dots:
            dot.set_data([psis[at]], [values[at]])
        words = ", ".join(f"{name} ≈ {_rounded(values[at])}" for name, values in scores.items())
        return f"psi = {psis[at]:.2f}: {words}."

    hint = "What latent vectors are multiplied by"
    slider = slider_for("psi", psis[-1], psis[0], psis[-1], steps[0], hint)
    shows = (
        "Left: a grid of drawings from the same latent vectors, multiplied by psi. Right: "
        f"curves of {' and '.join(shares) or 'nothing'} over psi, marked where the slider stands."
    )
    return Playground({"psi": slider}, redraw, picture, [grid, *(dot for dot, _ in dots)], shows)


def _rounded(number: float) -> str:
    return f"{number:.2f}" if abs(number) < 3 else f"{number:.0f}"
