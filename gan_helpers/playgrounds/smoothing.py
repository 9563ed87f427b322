"""The slider over label smoothing of notebook 02."""

from collections.abc import Callable
from typing import Any, NamedTuple

from gan_helpers import charts, losses
from gan_helpers.data import GaussianMixture, gaussian
from gan_helpers.playgrounds.base import Playground, sigmoid, slider_for

import numpy as np
import tensorflow as tf

LOGITS = np.linspace(-8, 8, 1601)
# Far outside the picture: there one sees whether a loss falls without bound. Behind float64's
# rounding, and not so far that the exponential of a float32 overflows.
FAR = np.array([-80.0, -40.0, 40.0, 80.0])
FALLS = -1e-6  # a slope below it is no rounding


def smoothing(
    d_loss_real: Callable = losses.d_loss_real,
    d_loss_fake: Callable | None = None,
    data: GaussianMixture | None = None,
    model: GaussianMixture | None = None,
    smooth: float = 0.1,
) -> Playground:
    """A slider over label smoothing: both loss curves with their minima, and D*.

    D* is found as the minimum of p_data * d_loss_real + p_g * d_loss_fake over the logit, so
    that the picture is right for any loss. Where that sum falls without bound there is no D*,
    and none is drawn; the words say so.

    Args:
        d_loss_real: your own loss on real samples, (logits, smooth) -> scalar tensor, built
            from TensorFlow operations, without a Python `if` on their values.
        d_loss_fake: your own loss on fake samples, also called as (logits, smooth); by
            default the one-sided loss, with labels 0 whatever smooth is.
        data, model: one-dimensional densities p_data and p_g; by default Gaussians of width
            1 at -1 and 1.
        smooth: where the slider starts, 0 <= smooth < 0.5.

    Returns:
        The playground; `sliders["smooth"].value` moves it.

    Raises:
        TypeError: a loss is not callable, or smooth is not a number.
        ValueError: smooth outside [0, 0.5), a density that is not one-dimensional, or a loss
            that does not return a scalar, or not the same one for the same logits.
    """
    if not losses.check_smooth(smooth) < 0.5:
        raise ValueError(f"smooth must satisfy 0 <= smooth < 0.5, got {smooth!r}")
    d_loss_fake = _one_sided if d_loss_fake is None else d_loss_fake
    for name, loss in (("d_loss_real", d_loss_real), ("d_loss_fake", d_loss_fake)):
        if not callable(loss):
            raise TypeError(f"{name} must be a function, got {loss!r}")
        _check_repeats(name, loss, smooth)
    data, model = data or gaussian(-1.0), model or gaussian(1.0)
    for name, mixture in (("data", data), ("model", model)):
        if mixture.means.shape[1] != 1:
            raise ValueError(
                f"{name} must be one-dimensional, got {mixture.means.shape[1]} dimensions"
            )
    x = np.linspace(-5, 5, 201)
    p_data, p_g = data.density(x), model.density(x)
    share = np.divide(p_data, p_data + p_g, out=np.full(len(x), np.nan), where=p_data + p_g > 0)
    curves = _loss_curves(d_loss_real, d_loss_fake)
    picture = _picture(x, p_data, p_g)
    artists = picture.artists_by_label

    def redraw(smooth: float) -> str:
        real, fake = curves(tf.constant(smooth, tf.float64))
        for label, loss in (("real", real), ("fake", fake)):
            artists[0, label].set_ydata(loss.inside)
            artists[0, f"_{label}: minimum"].set_data(*_mark(loss))
        best = _best(share, real, fake)
        artists[1, "D*"].set_ydata(sigmoid(best))
        (d,) = sigmoid(_best(np.array([0.5]), real, fake))
        artists[1, "D* where p_data = p_g"].set_ydata([d, d])
        words = [
            f"smooth = {smooth:.2f}. The loss on a real sample {_least_at(real)}; "
            f"the loss on a fake sample {_least_at(fake)}."
        ]
        missing = int(np.isnan(best).sum())
        if missing:
            words.append(f"There is no best D at {missing} of the {len(x)} points x drawn.")
        if np.isnan(d):
            words.append("Where p_data = p_g there is no best D.")
        else:
            least = np.min(real.inside + fake.inside)
            words.append(
                f"Where p_data = p_g: D* = {d:.3f}, d_loss = {least:.3f}, "
                f"g_loss = {-np.log(d):.3f}."
            )
        return " ".join(words)

    hint = "Label smoothing: real labels are 1 - smooth"
    slider = slider_for("smooth", smooth, 0, 0.49, 0.01, hint)
    moving = [artist for (_, label), artist in artists.items() if label not in ("p_data", "p_g")]
    shows = (
        "Left: the loss on one real and on one fake sample over D's logit, with a mark at each "
        "minimum there is. Right: the densities p_data and p_g, the best D, and a level "
        "line at its value where the densities are equal."
    )
    return Playground({"smooth": slider}, redraw, picture, moving, shows)


def _picture(x: np.ndarray, p_data: np.ndarray, p_g: np.ndarray) -> charts.Picture:
    empty = (LOGITS, 0 * LOGITS)
    colours = {"real": charts.REAL, "fake": charts.FAKE}
    picture = charts.curves(
        charts.Panel(
            "Loss on one sample, by D's logit: a mark at each minimum",
            "logit",
            "loss (nats)",
            {"real": empty, "fake": empty},
            # A leading underscore keeps the dots out of the legend: not every loss has them.
            points={"_real: minimum": (0, 0), "_fake: minimum": (0, 0)},
            ylim=(-0.3, 6),
            colours=colours | {f"_{label}: minimum": hue for label, hue in colours.items()},
        ),
        charts.Panel(
            "The best D for these densities",
            "x",
            "density, probability",
            {"p_data": (x, p_data), "p_g": (x, p_g), "D*": (x, p_g)},
            levels={"D* where p_data = p_g": 0.5},
            ylim=(-0.03, 1.03),
            colours={"p_data": charts.REAL, "p_g": charts.FAKE, "D*": charts.DISCRIMINATOR},
        ),
        alt="",
    )
    places: tuple[Any, Any] = ("upper center", "upper right")
    for axis, place in zip(picture.axes, places, strict=True):
        if legend := axis.get_legend():
            legend.set_loc(place)  # the best place would hang on where the slider starts
    return picture


def _one_sided(d_logits_fake: tf.Tensor, smooth: tf.Tensor) -> tf.Tensor:
    return losses.d_loss_fake(d_logits_fake)


def _check_repeats(name: str, loss: Callable, smooth: float) -> None:
    """Refuse a loss with chance in it: its curve, and so D*, would be noise."""
    logits, smooth = (
        tf.linspace(tf.constant(-6.0, tf.float64), 6, 64),
        tf.constant(smooth, tf.float64),
    )
    first, second = (np.asarray(loss(logits, smooth)) for _ in range(2))
    if first.shape == () and not np.isclose(first, second, rtol=1e-9, equal_nan=True):
        raise ValueError(
            f"{name} must give the same loss for the same logits, got {first:.6g} and then "
            f"{second:.6g}: is there chance in it?"
        )


class _Loss(NamedTuple):
    """Losses over the logit.

    Attributes:
        inside: their values at LOGITS, float64 (..., 1601).
        left, right: those at the two logits of FAR on that side, from left to right (..., 2).
    """

    inside: np.ndarray
    left: np.ndarray
    right: np.ndarray

    def ends(self) -> np.ndarray:
        """On which side each falls without bound: -1, 1, or 0 for neither."""
        with np.errstate(invalid="ignore"):  # inf - inf, where a loss overflows upwards
            left, right = (np.diff(side)[..., 0] for side in (self.left, self.right))
        run = FAR[1] - FAR[0]
        return np.where(-left / run < FALLS, -1, np.where(right / run < FALLS, 1, 0))


def _loss_curves(d_loss_real: Callable, d_loss_fake: Callable) -> Callable:
    """Function smooth -> the two losses at each logit alone, traced once for speed."""
    # In float32, rounding would show in the third digit of the equilibrium.
    column = tf.constant(np.concatenate([LOGITS, FAR])[:, None], tf.float64)

    @tf.function(autograph=False)  # which warns about the lambdas that readers like to pass
    def curves(smooth):
        both = [
            tf.vectorized_map(lambda logit, loss=loss: loss(logit, smooth), column)
            for loss in (d_loss_real, d_loss_fake)
        ]
        for name, curve in zip(("d_loss_real", "d_loss_fake"), both, strict=True):
            if curve.shape != column.shape[:1]:
                raise ValueError(f"{name} must return a scalar, got shape {curve.shape[1:]}")
        return both

    def split(curve) -> _Loss:
        values, n = curve.numpy().astype(np.float64), len(LOGITS)
        return _Loss(values[:n], values[n : n + 2], values[n + 2 :])

    return lambda smooth: [split(curve) for curve in curves(smooth)]


def _best(share: np.ndarray, real: _Loss, fake: _Loss) -> np.ndarray:
    """The best logit where a sample is real with probability `share`; NaN where there is none."""
    weight = share[:, None]
    with np.errstate(invalid="ignore"):  # 0 * inf
        mixed = _Loss(*(weight * a + (1 - weight) * b for a, b in zip(real, fake, strict=True)))
    none = (mixed.ends() != 0) | np.isnan(mixed.inside).any(axis=-1)
    low, high = _minimum(mixed.inside)
    return np.where(none, np.nan, np.clip(0, low, high))  # of several, the least sure


def _minimum(y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """From which logit to which each row of y, values at LOGITS, is least.

    A single logit is refined by the parabola through three points.
    """
    least = y.min(axis=-1, keepdims=True)
    equal = y <= least + 1e-12 * np.maximum(1, abs(least))
    last = len(LOGITS) - 1
    i, j = equal.argmax(axis=-1), last - equal[..., ::-1].argmax(axis=-1)
    low, high = LOGITS[i], LOGITS[j]
    middle = np.clip(i, 1, last - 1)
    a, b, c = (np.take_along_axis(y, (middle + k)[..., None], -1)[..., 0] for k in (-1, 0, 1))
    alone = (i == j) & (i == middle)
    bend = np.where(alone, a - 2 * b + c, 1)
    shift = np.where(alone, 0.5 * (a - c) / bend * (LOGITS[1] - LOGITS[0]), 0)
    return low + shift, high + shift


def _mark(loss: _Loss) -> tuple[list[float], list[float]]:
    """Where to put the dot, as lists of x and y: empty where there is no minimum to mark."""
    logit = np.clip(0, *_minimum(loss.inside))
    if loss.ends() or np.isnan(loss.inside).any() or abs(logit) >= LOGITS[-1]:
        return [], []
    return [logit], [loss.inside.min()]


def _least_at(loss: _Loss) -> str:
    """Where the loss is least, in words."""
    if np.isnan(loss.inside).any():
        return f"is not a number at logit {LOGITS[np.isnan(loss.inside)][0]:.2f}"
    if end := loss.ends():
        way, label = ("grows", "above 1") if end > 0 else ("falls", "below 0")
        return f"falls without bound as the logit {way} (a label {label}?)"
    low, high = _minimum(loss.inside)
    if low == high and abs(low) == LOGITS[-1]:
        side, beyond = ("plus", loss.right) if low > 0 else ("minus", loss.left[::-1])
        if beyond.min() == beyond[-1]:
            return f"has no minimum: it falls on as the logit goes to {side} infinity"
        return f"is least beyond logit {low:.0f}, outside the picture"
    if high > low + 1e-9:
        first = "minus infinity" if low == LOGITS[0] else f"{low:.2f}"
        last = "plus infinity" if high == LOGITS[-1] else f"{high:.2f}"
        return f"is least from logit {first} to {last}"
    return f"is least at logit {low:.2f}, where D = {sigmoid(low):.2f}"
