"""What measures of quality see, and how sure they are: notebook 06."""

from collections.abc import Sequence

from gan_helpers.charts import BLUE, GREY, ORANGE, Picture, clouds, finish
from gan_helpers.metrics import frechet_distance

import numpy as np
from sklearn.neighbors import NearestNeighbors


def frechet_steps(real: np.ndarray, fake: np.ndarray) -> Picture:
    """Draw pairs of Gaussians: on a line, in the plane, and around two clouds of features.

    Args:
        real, fake: two features of each image, float (n, 2) and (m, 2).

    Returns:
        The picture: densities with means 1 and 4 and standard deviations 2 and 3; ellipses of
        variances 1 and covariances 0.9 and -0.9; the clouds. Ellipses lie two standard
        deviations from the mean. The titles give the squared Fréchet distances.
    """
    figure = Picture(
        alt="Left: two bell curves, the dashed one further right, lower and wider. Middle: two "
        "narrow ellipses with one centre, tilted to opposite sides. Right: blue dots of real "
        "digits and orange crosses of blurred ones, an ellipse around each cloud.",
        figsize=(9.2, 3.3),
    )
    line, plane, seen = figure.subplots(1, 3)
    circle = 2 * np.stack([f(np.linspace(0, 2 * np.pi, 200)) for f in (np.cos, np.sin)])
    looks = ((BLUE, "-", "."), (ORANGE, "--", "x"))
    x = np.linspace(-6, 14, 300)
    for (colour, style, marker), mean, std, tilt, cloud in zip(
        looks, (1, 4), (2, 3), (0.9, -0.9), (real, fake), strict=True
    ):
        look = {"color": colour, "linestyle": style, "linewidth": 2}
        density = np.exp(-((x - mean) ** 2) / (2 * std**2)) / (std * np.sqrt(2 * np.pi))
        line.plot(x, density, **look)
        seen.plot(*np.transpose(cloud), marker, color=colour, markersize=3, alpha=0.35)
        for axis, centre, covariance in (
            (plane, np.zeros(2), np.array([[1, tilt], [tilt, 1]])),
            (seen, np.mean(cloud, axis=0), np.cov(cloud, rowvar=False)),
        ):
            values, vectors = np.linalg.eigh(covariance)
            axis.plot(*(centre[:, None] + (vectors * np.sqrt(values)) @ circle), **look)
    plane.set_aspect("equal")
    finish(line, "On a line: 3² + 1² = 10", "x", "density")
    finish(plane, "In the plane: 2.26, all of it tilt", "first number", "second number")
    gaussians = [(np.mean(each, axis=0), np.cov(each, rowvar=False)) for each in (real, fake)]
    distance = frechet_distance(*gaussians[0], *gaussians[1])
    finish(seen, f"Real and blurred: {distance:.1f}", "one of 128 features", "another")
    return figure


def balls(real: np.ndarray, fakes: dict[str, np.ndarray], k: int = 3) -> Picture:
    """Draw points of the plane with discs that reach to each one's k-th neighbour.

    Args:
        real: float (n, 2), n > k.
        fakes: title of the column -> float (m, 2), m > k.
        k: which neighbour the discs reach to.

    Returns:
        The picture: in the upper row discs around the real points, below around the fakes.
    """

    def radii(points):
        return NearestNeighbors(n_neighbors=k + 1).fit(points).kneighbors(points)[0][:, k]

    return clouds(
        real,
        fakes,
        alt="Real points in eight groups on a ring, and in each column other fakes: "
        f"{'; '.join(fakes)}. Above, pale discs around the real points; below, around the fakes. "
        "A fake in a disc above counts for precision, a real point in a disc below for recall.",
        radii=radii(real),
        fake_radii=[radii(points) for points in fakes.values()],
    )


def bias(sizes: Sequence[int], draws: dict[str, np.ndarray], title: str) -> Picture:
    """Draw how the Fréchet distance depends on the number of images: mean, spread and limit.

    Args:
        sizes: numbers of images, each once.
        draws: label -> what was measured, float (len(sizes), draws); at most two, the first in
            blue, the second in orange.
        title: the finding.

    Returns:
        The picture: over 1/n the means, a band of two standard deviations around them, and the
        straight line through the means down to endlessly many images.
    """
    figure = Picture(
        alt="Over 1/n the mean distances rise along nearly straight lines. Bands of two standard "
        "deviations around them widen as the sets get smaller. Circles on the left axis mark "
        "where the lines end, for endlessly many images.",
        figsize=(6.8, 3.8),
    )
    axis = figure.subplots()
    inverse = 1 / np.array(sizes)
    for (label, found), colour, style in zip(draws.items(), (BLUE, ORANGE), "os", strict=False):
        mean, spread = np.mean(found, axis=1), np.std(found, axis=1, ddof=1)
        axis.fill_between(
            inverse, mean - 2 * spread, mean + 2 * spread, color=colour, alpha=0.18, lw=0,
            label=f"{label}: ± two standard deviations",
        )  # fmt: skip
        axis.plot(inverse, mean, style, color=colour, label=f"{label}: mean of {len(found[0])}")
        slope, limit = np.polyfit(inverse, mean, 1)
        ends = np.array([0, inverse.max()])
        axis.plot(ends, limit + slope * ends, "--", color=colour, linewidth=1.2)
        axis.plot(0, limit, style, color="white", markeredgecolor=colour, zorder=5, clip_on=False)
        axis.annotate(
            f"{limit:.1f}", (0, limit), (6, 5), textcoords="offset points", fontsize=9, color=colour
        )
    axis.set_xticks([0, *inverse], ["endlessly\nmany", *(f"{size:,}" for size in sizes)])
    axis.set_xlim(0)
    finish(axis, title, "number of images n, spaced as 1/n", "Fréchet distance")
    axis.legend(fontsize=8.5, loc="upper left")
    return figure


def pairs(values: dict[str, np.ndarray], names: tuple[str, str], title: str) -> Picture:
    """Draw what two generators reach in several trainings, a line for each training.

    Args:
        values: measure -> float (trainings, 2), one column for each generator.
        names: what the two generators are called.
        title: the finding.

    Returns:
        The picture, a panel for each measure.
    """
    alt = f"In each panel a line for each training, from {names[0]} to {names[1]}."
    figure = Picture(alt=alt, figsize=(9.2, 3.2))
    figure.suptitle(title, fontsize=10.5)
    axes = figure.subplots(1, len(values), squeeze=False)[0]
    for axis, (measure, found) in zip(axes, values.items(), strict=True):
        for number, pair in enumerate(found):
            axis.plot((0, 1), pair, "-", color=GREY, linewidth=1)
            axis.plot((0, 1), pair, "osD^v"[number % 5], color=ORANGE, markersize=6)
        axis.set_xticks((0, 1), names)
        axis.set_xlim(-0.4, 1.4)
        finish(axis, measure, "", "")
    return figure
