"""The movable fake of notebook 03: how far each generator's loss pushes it under D's curve."""

from collections.abc import Callable

from gan_helpers import charts, losses
from gan_helpers.playgrounds.base import Playground, slider_for

import numpy as np
import tensorflow as tf
from matplotlib.patches import FancyArrowPatch

_LOW, _HIGH, _EACH = -3.0, 3.0, 0.1  # where the slider moves the fake
_HEAD = 0.04  # the length of an arrow's head, as a share of the axis
_COLOURS = (charts.BLACK, charts.GREY, charts.PURPLE, charts.PALE)


def generator_loss(
    g_losses: dict[str, Callable] | None = None,
    discriminator: Callable | None = None,
    x: float = -2.0,
) -> Playground:
    """A slider that moves one fake on the line: under D's curve, the step that each loss gives it.

    Args:
        g_losses: label -> loss, (d_logits_fake) -> scalar tensor, built from TensorFlow
            operations; at most 4. By default the non-saturating and the minimax loss.
        discriminator: function or Keras model from samples, float32 (n, 1), to logits (n, 1). By
            default the logit 2x, the best D for real samples from N(1, 1) and fakes from N(-1, 1).
        x: where the fake starts, -3 to 3.

    Returns:
        The playground; `sliders["x"].value` moves the fake. An arrow is a step of plain gradient
        descent on the fake's own place x with rate 1, so it is the gradient with its sign
        reversed; a bar without a head, as long as the step, where the head would be longer.

    Raises:
        TypeError: a loss or the discriminator is not callable.
        ValueError: x outside [-3, 3], more than 4 losses, or a loss that is no scalar.

    Source: Goodfellow et al. 2014, sec. 3 (the two losses and their gradients).
    """
    g_losses = g_losses or {
        "non-saturating": losses.g_loss,
        "minimax": losses.g_loss_minimax,
    }
    for label, loss in g_losses.items():
        if not callable(loss):
            raise TypeError(f"g_losses[{label!r}] must be a function, got {loss!r}")
    if len(g_losses) > len(_COLOURS):
        raise ValueError(f"g_losses must hold at most {len(_COLOURS)}, got {len(g_losses)}")
    discriminator = discriminator or (lambda samples: 2 * samples)
    if not callable(discriminator):
        raise TypeError(f"discriminator must be a function, got {discriminator!r}")
    if not _LOW <= x <= _HIGH:
        raise ValueError(f"x must satisfy {_LOW:g} <= x <= {_HIGH:g}, got {x!r}")

    places = np.linspace(_LOW, _HIGH, round((_HIGH - _LOW) / _EACH) + 1)
    answers, values, steps = _along(places, discriminator, g_losses)
    picture, moving = _draw(places, answers, values, steps)
    fake, stem, title, arrows, points = moving
    low, high = picture.axes[0].get_xlim()
    head = _HEAD * (high - low)

    def redraw(x: float) -> str:
        x = round(x, 2) + 0.0  # no "-0.00"
        d = np.interp(x, places, answers)
        fake.set_data([x], [d])
        stem.set_data([x, x], [0, d])
        words, numbers = [], []
        for row, label in enumerate(g_losses):
            value, step = (np.interp(x, places, y[label]) + 0.0 for y in (values, steps))
            _point(arrows[row], x, step, _height(row), head)
            points[row].set_data([x], [value])
            words.append(f"{label}: loss {value:.3f}, step {step:+.3f}")
            numbers.append(f"{step:+.3f}")
        title.set_text(f"D(x) = {d:.3f}: " + " and ".join(["steps of " + numbers[0], *numbers[1:]]))
        return f"x = {x:.2f}: D(x) = {d:.4f}. " + "; ".join(words) + "."

    slider = slider_for("x", x, _LOW, _HIGH, _EACH, "Where the fake lies on the line")
    shows = (
        "Left: D's answer over x, with the fake as a dot on the curve and, below it, an arrow for "
        "each loss: the step of gradient descent with rate 1. Right: each loss over x, with a "
        "marker at the fake."
    )
    artists = [fake, stem, title, *arrows, *points]
    return Playground({"x": slider}, redraw, picture, artists, shows)


def _along(places: np.ndarray, discriminator: Callable, g_losses: dict[str, Callable]):
    """D's answer at each place, and for each loss its value and the step there."""
    x = tf.constant(places[:, None], tf.float32)
    values, steps = {}, {}
    for label, loss in g_losses.items():
        with tf.GradientTape() as tape:
            tape.watch(x)
            logits = discriminator(x)
            each = tf.vectorized_map(loss, logits)
        if each.shape != places.shape:
            raise ValueError(f"g_losses[{label!r}] must return a scalar, got {each.shape[1:]}")
        gradient = tape.gradient(each, x)
        values[label] = each.numpy()
        steps[label] = np.zeros(len(x)) if gradient is None else -gradient.numpy()[:, 0]
    return tf.sigmoid(discriminator(x)).numpy()[:, 0], values, steps


def _draw(places: np.ndarray, answers: np.ndarray, values: dict, steps: dict):
    """The picture, and its moving parts: the fake, its stem, the title, arrows and points."""
    colours = {f"{mark}{label}": colour for label, colour in zip(values, _COLOURS, strict=False)
               for mark in ("", "_")}  # fmt: skip
    picture = charts.curves(
        charts.Panel(
            " ",  # keeps room for the moving title
            "x",
            "D(x)",
            {"D(x)": (places, answers)},
            points={"the fake": (0, 0)},
            colours={"D(x)": charts.DISCRIMINATOR, "the fake": charts.FAKE},
        ),
        charts.Panel(
            "The losses of that fake",
            "x",
            "loss (nats)",
            {label: (places, y) for label, y in values.items()},
            # A leading underscore keeps the moving points out of the legend.
            points={f"_{label}": (0, 0) for label in values},
            colours=colours,
        ),
        alt="",
        height=3.8,
    )
    artists = picture.artists_by_label
    axis = picture.axes[0]
    rows = [_height(row) for row in range(len(values))]
    reach = np.concatenate([places, *(places + step for step in steps.values())])
    axis.set(xlim=(reach.min() - 0.2, reach.max() + 0.2), ylim=(_height(len(values)), 1.08))
    axis.set_yticks([0, 0.5, 1, *rows], ["0", "0.5", "1", *values])
    axis.axhline(0, color=charts.BLACK, linewidth=0.8)
    (stem,) = axis.plot([0, 0], [0, 0], color=charts.FAKE, linewidth=1.2, linestyle=":")
    arrows = []
    for y, label, tick in zip(rows, values, axis.get_yticklabels()[3:], strict=True):
        tick.set_color(colours[label])
        arrow = FancyArrowPatch((0, y), (1, y), arrowstyle="-|>", color=colours[label],
                                shrinkA=0, shrinkB=0, mutation_scale=14,
                                capstyle="butt", joinstyle="miter")  # fmt: skip
        arrows.append(axis.add_patch(arrow))
    points = [artists[1, f"_{label}"] for label in values]
    return picture, (artists[0, "the fake"], stem, axis.title, arrows, points)


def _height(row: int) -> float:
    """Where the arrow of a loss lies, below D's curve."""
    return -0.14 - 0.14 * row


def _point(arrow: FancyArrowPatch, x: float, step: float, y: float, head: float) -> None:
    """Lay an arrow. A step shorter than a head is a bar, for a head would reach behind it."""
    style, width = ("-|>", 2.2) if abs(step) > head else ("-", 6.0)
    arrow.set(arrowstyle=style, linewidth=width)
    arrow.set_positions((x, y), (x + step, y))
