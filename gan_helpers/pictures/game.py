"""The game itself: who feeds whom, the paths of two players, what D tells G."""

from collections.abc import Callable
from typing import Any

from gan_helpers.charts import (
    BLACK,
    BLUE,
    DARK_GREEN,
    DARK_ORANGE,
    GREEN,
    GREY,
    ORANGE,
    PALE,
    STYLES,
    Picture,
    finish,
)

import numpy as np
from matplotlib.patches import FancyBboxPatch
from matplotlib.quiver import Quiver


def game_diagram(real: np.ndarray | None = None, fake: np.ndarray | None = None) -> Picture:
    """Draw the structure of the game: who feeds whom, and who learns from what.

    Args:
        real: one real image, (height, width, 1) in [-1, 1], drawn into its box; None for none.
        fake: one image of the generator, drawn beside it; None for none.

    Returns:
        The picture.
    """
    figure = Picture(
        alt="Diagram: a latent vector z goes into the generator G, which makes a fake x. Real x "
        "from the data and fake x go, half and half, into the discriminator D, which answers "
        "with the probability that x is real. D learns from the answers to both halves. What G "
        "learns comes from the answers to the fake half and goes back through D, then into G.",
        figsize=(9.2, 3.05),
    )
    axis = figure.subplots()
    axis.set(xlim=(0, 9.2), ylim=(0.4, 3.35))
    axis.axis("off")

    def box(x, y, text, colour, width=1.55, picture=None):
        patch = FancyBboxPatch(
            (x, y), width, 0.8, boxstyle="round,pad=0.06", fc="white", ec=colour, lw=2, zorder=1
        )
        axis.add_patch(patch)
        left = x
        if picture is not None:
            left, extent = x + 0.78, (x, x + 0.78, y + 0.01, y + 0.79)
            axis.imshow(np.squeeze(picture), cmap="gray", vmin=-1, vmax=1, extent=extent, zorder=2)
        middle = (left + x + width) / 2
        axis.text(middle, y + 0.42, text, ha="center", va="center", fontsize=10, zorder=4)

    def arrow(start, end, text="", dy=0.14, **kwargs):
        look = {"arrowstyle": "-|>", "lw": 1.6, "color": BLACK, "shrinkA": 0, "shrinkB": 0}
        axis.annotate("", end, start, arrowprops=look | kwargs, zorder=3)
        middle = (np.array(start) + np.array(end)) / 2
        axis.text(middle[0], middle[1] + dy, text, ha="center", va="center", fontsize=9.5)

    box(0.1, 0.6, "latent\nvector $z$", BLACK, 0.95)
    box(1.55, 0.6, "generator\n$x = g(z;\\,\\theta_g)$", ORANGE, 2.3, fake)
    box(1.55, 2.3, "real digits\n$x \\sim p_{data}$", BLUE, 2.3, real)
    box(5.15, 1.45, "discriminator\n$d(x;\\,\\theta_d)$", GREEN, 1.7)
    box(7.75, 1.45, "probability\nthat $x$ is real", BLACK, 1.3)
    arrow((1.13, 1.0), (1.47, 1.0))
    arrow((3.93, 2.7), (5.07, 2.1), "half real", 0.24)
    arrow((3.93, 1.25), (5.07, 1.75), "half fake", 0.24)
    arrow((6.93, 2.0), (7.67, 2.0))

    back: dict[str, Any] = {"linestyle": "--", "lw": 1.4}
    arrow((8.4, 2.35), (6.0, 2.35), color=GREEN, connectionstyle="arc3,rad=0.3", **back)
    axis.text(7.2, 3.0, "$D$ learns from both halves", ha="center", fontsize=9.5, color=DARK_GREEN)
    # In at D's right side, out at its left: over the box, so that it is seen to go through.
    axis.plot((7.67, 5.05, 4.95), (1.57, 1.57, 1.5), color=ORANGE, zorder=3, **back)
    arrow((4.95, 1.5), (3.93, 0.85), color=ORANGE, **back)
    axis.text(
        6.3, 0.75, "$G$ learns from the fake half,\nback through $D$", ha="center", fontsize=9.5,
        color=DARK_ORANGE,
    )  # fmt: skip
    axis.set_aspect("equal")
    return figure


class Plane(Picture):
    """The plane of two players' parameters, whose parts can be drawn anew."""

    field: Quiver
    set_field: Callable[[Callable], None]
    paths: "dict[str, _Path]"


def game_paths(
    paths: dict[str, np.ndarray],
    title: str,
    alt: str,
    field: Callable | None = None,
    reach: float | None = None,
) -> "Plane":
    """Draw the paths of two players in the plane of their two parameters.

    Args:
        paths: label -> (steps + 1, 2): G's parameter theta, then D's parameter psi.
        title: the finding.
        alt: description of the picture.
        field: function (theta, psi) -> (G's step, D's step), of arrays, drawn as arrows of one
            length; None for none.
        reach: how far the axes go in each direction; None to fit the paths.

    Returns:
        The picture; the start is a dot, where each path is after its last step a square, the
        equilibrium at (0, 0) a star.
        With a field, `picture.field` holds its arrows and `picture.set_field` turns them;
        `picture.paths` maps each label to a path that `set` draws anew.
    """
    figure = Plane(alt=alt, figsize=(8.2, 4.8))
    axis = figure.subplots()
    reach = reach or 1.15 * max(np.abs(path).max() for path in paths.values())
    if field is not None:
        grid = np.meshgrid(*[np.linspace(-0.95, 0.95, 16) * reach] * 2)  # none lies on the star
        look: dict[str, Any] = {
            "color": PALE,
            "headwidth": 4.5,
            "pivot": "mid",
            "units": "width",
            "width": 0.0035,
            "scale": 23,
        }
        figure.field = axis.quiver(*grid, *grid, zorder=1, **look)

        def set_field(field: Callable) -> None:
            steps = np.array(field(*grid))
            figure.field.set_UVC(*steps / np.maximum(np.hypot(*steps), 1e-12))

        figure.set_field = set_field
        set_field(field)
    figure.paths = {
        label: _Path(axis, label, path, colour, style)
        for (label, path), colour, style in zip(paths.items(), (BLACK, GREY), STYLES, strict=False)
    }
    axis.plot(0, 0, "*", color=BLACK, markersize=13, label="equilibrium", zorder=4)
    axis.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
    finish(axis, title, r"$\theta$: where $G$ puts its sample", r"$\psi$: slope of $D$'s logit")
    axis.xaxis.label.set_color(DARK_ORANGE)
    axis.yaxis.label.set_color(DARK_GREEN)
    handles, labels = axis.get_legend_handles_labels()
    once = dict(zip(labels, handles, strict=True))  # a label that several paths have, once
    axis.legend(once.values(), once, fontsize=8.5, loc="center left", bbox_to_anchor=(1.02, 0.5))
    return figure


class _Path:
    """A line with its start, where it is after its last step, and arrowheads along it."""

    HEADS = 7

    def __init__(self, axis, label: str, path: np.ndarray, colour: str, style):
        (line,) = axis.plot([], [], color=colour, linestyle=style, linewidth=1.4, label=label)
        (start,) = axis.plot([], [], "o", color=BLACK, label="start", zorder=4)
        last = f"after {len(path) - 1:,} steps"
        end = axis.scatter([0], [0], marker="s", color=colour, label=last, zorder=4)
        heads = axis.quiver(
            *np.zeros((4, self.HEADS)), color=colour, pivot="mid", units="width", width=0.008,
            scale=60, headwidth=5, headlength=6, headaxislength=6, minlength=0, zorder=3,
        )  # fmt: skip
        self.artists = [line, heads, start, end]
        self.set(path)

    def set(self, path: np.ndarray) -> None:
        """Draw another path of as many steps, (steps + 1, 2)."""
        line, heads, start, end = self.artists
        line.set_data(*path.T)
        start.set_data(*path[:1].T)
        end.set_offsets(path[-1:])
        steps = np.diff(path, axis=0)
        if len(steps):
            far = np.cumsum(np.hypot(*steps.T))
            at = np.searchsorted(far, np.linspace(0, far[-1], self.HEADS + 2)[1:-1])
            lengths = np.maximum(np.hypot(*steps[at].T), 1e-12)
            heads.set_offsets((path[at] + path[at + 1]) / 2)
            heads.set_UVC(*(steps[at].T / lengths))


def pixel_slopes(image: np.ndarray, slope: np.ndarray, title: str, alt: str) -> Picture:
    """Draw an image beside the slope of a number, such as D's logit, in each of its pixels.

    Args:
        image: (height, width, 1) in [-1, 1].
        slope: (height, width, 1); red is above 0, blue below, white is 0.
        title: the finding.
        alt: description of the picture.

    Returns:
        The picture.
    """
    figure = Picture(alt=alt, figsize=(7.2, 3.3))
    left, right = figure.subplots(1, 2)
    left.imshow(np.squeeze(image), cmap="gray", vmin=-1, vmax=1)
    left.set_title("One fake", fontsize=10.5)
    largest = np.abs(slope).max()
    shown = right.imshow(np.squeeze(slope), cmap="RdBu_r", vmin=-largest, vmax=largest)
    right.set_title(title, fontsize=10.5)
    figure.colorbar(shown, ax=right, label="slope of the logit in this pixel", shrink=0.85)
    for axis in (left, right):
        axis.axis("off")
    return figure
