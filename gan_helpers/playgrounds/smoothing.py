"""The slider over label smoothing of notebook 02."""

from collections.abc import Callable

from gan_helpers import charts, losses
from gan_helpers.data import GaussianMixture, gaussian
from gan_helpers.playgrounds.base import Playground, sigmoid, slider_for

import numpy as np
import tensorflow as tf


def smoothing(
    d_loss_real: Callable = losses.d_loss_real,
    d_loss_fake: Callable | None = None,
    data: GaussianMixture | None = None,
    model: GaussianMixture | None = None,
    smooth: float = 0.1,
) -> Playground:
    """A slider over label smoothing: both loss curves with their minima, and D*.

    D* is found as the minimum of p_data * d_loss_real + p_g * d_loss_fake over the logit, so
    that the picture is right for any loss.

    Args:
        d_loss_real: your own loss on real samples, (logits, smooth) -> scalar tensor, built
            from TensorFlow operations, without a Python `if` on their values.
        d_loss_fake: your own loss on fake samples, also called as (logits, smooth); by
            default the one-sided loss, with labels 0 whatever smooth is.
        data, model: one-dimensional densities p_data and p_g; by default Gaussians of width
            1 at -1.5 and 1.5.
        smooth: where the slider starts, 0 <= smooth < 0.5.

    Returns:
        The playground; `sliders["smooth"].value` moves it.

    Raises:
        TypeError: a loss is not callable, or smooth is not a number.
        ValueError: smooth outside [0, 0.5), a density that is not one-dimensional, or a loss
            that does not return a scalar.
    """
    for name, loss in (("d_loss_real", d_loss_real), ("d_loss_fake", d_loss_fake)):
        if loss is not None and not callable(loss):
            raise TypeError(f"{name} must be a function, got {loss!r}")
    if not losses.check_smooth(smooth) < 0.5:
        raise ValueError(f"smooth must satisfy 0 <= smooth < 0.5, got {smooth!r}")
    data, model = data or gaussian(-1.5), model or gaussian(1.5)
    for name, mixture in (("data", data), ("model", model)):
        if mixture.means.shape[1] != 1:
            raise ValueError(
                f"{name} must be one-dimensional, got {mixture.means.shape[1]} dimensions"
            )
    x = np.linspace(-5, 5, 201)
    p_data, p_g = data.density(x), model.density(x)
    logits = np.linspace(-8, 8, 1601)
    curves = _loss_curves(d_loss_real, d_loss_fake or _one_sided, logits)

    picture = charts.curves(
        charts.Panel(
            "Loss on one sample, by D's logit",
            "logit",
            "loss (nats)",
            {"real": (logits, 0 * logits), "fake": (logits, 0 * logits)},
            points={"real: minimum": (0, 0), "fake: minimum": (0, 0)},
            ylim=(-0.3, 6),
        ),
        charts.Panel(
            "The best D for these densities",
            "x",
            "density, probability",
            {"p_data": (x, p_data), "p_g": (x, p_g), "D*": (x, p_g)},
            levels={"D* where p_data = p_g": 0.5},
            ylim=(-0.03, 1.03),
        ),
        alt="",
    )
    artists = picture.artists_by_label

    def redraw(smooth: float) -> str:
        real, fake = curves(tf.constant(smooth, tf.float64))
        best = {}
        for label, curve in (("real", real), ("fake", fake)):
            artists[0, label].set_ydata(curve)
            best[label], least = _minimum(logits, curve)
            inside = abs(best[label]) < logits[-1]  # at the edge there is no minimum to mark
            artists[0, f"{label}: minimum"].set_data(
                [best[label]] if inside else [], [least] if inside else []
            )
        cost = np.outer(p_data, real) + np.outer(p_g, fake)
        artists[1, "D*"].set_ydata([sigmoid(_minimum(logits, row)[0]) for row in cost])
        balance, d_loss = _minimum(logits, real + fake)
        d = sigmoid(balance)
        artists[1, "D* where p_data = p_g"].set_ydata([d, d])
        return (
            f"smooth = {smooth:.2f}. The loss on a real sample {_least_at(best['real'])}; "
            f"the loss on a fake sample {_least_at(best['fake'])}. "
            f"Where p_data = p_g: D* = {d:.3f}, d_loss = {d_loss:.3f}, "
            f"g_loss = {-np.log(d):.3f}."
        )

    hint = "Label smoothing: real labels are 1 - smooth"
    slider = slider_for("smooth", smooth, 0, 0.49, 0.01, hint)
    moving = [artist for (_, label), artist in artists.items() if label not in ("p_data", "p_g")]
    shows = (
        "Left: the loss on one real and on one fake sample over D's logit, each with its minimum "
        "marked where it has one. Right: the densities p_data and p_g, the best D, and a level "
        "line at its value where the densities are equal."
    )
    return Playground({"smooth": slider}, redraw, picture, moving, shows)


def _one_sided(d_logits_fake: tf.Tensor, smooth: tf.Tensor) -> tf.Tensor:
    return losses.d_loss_fake(d_logits_fake)


def _loss_curves(d_loss_real: Callable, d_loss_fake: Callable, logits: np.ndarray) -> Callable:
    """Function smooth -> the two losses at each logit alone, traced once for speed."""
    # In float32, rounding would show in the third digit of the equilibrium.
    column = tf.constant(logits[:, None], tf.float64)

    @tf.function(autograph=False)  # which warns about the lambdas that readers like to pass
    def curves(smooth):
        both = [
            tf.vectorized_map(lambda logit, loss=loss: loss(logit, smooth), column)
            for loss in (d_loss_real, d_loss_fake)
        ]
        for name, curve in zip(("d_loss_real", "d_loss_fake"), both, strict=True):
            if curve.shape != logits.shape:
                raise ValueError(f"{name} must return a scalar, got shape {curve.shape[1:]}")
        return both

    return lambda smooth: [curve.numpy() for curve in curves(smooth)]


def _minimum(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Where y is least, refined by the parabola through three points, and its least value."""
    i = int(np.argmin(y))
    if i in (0, len(x) - 1):
        return x[i], y[i]
    left, middle, right = y[i - 1 : i + 2]
    shift = 0.5 * (left - right) / (left - 2 * middle + right)
    return x[i] + shift * (x[1] - x[0]), middle


def _least_at(logit: float) -> str:
    if abs(logit) >= 8:  # the edge of the curve
        end = "plus" if logit > 0 else "minus"
        return f"has no minimum: it falls on as the logit goes to {end} infinity"
    return f"is least at logit {logit:.2f}, where D = {sigmoid(logit):.2f}"
