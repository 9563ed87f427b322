"""Every slider and playground of the notebooks, as ipywidgets.

A playground draws into an `ipywidgets.Image`, whose value is the PNG of one reused Figure:
no flicker, the same in ipywidgets 7 and 8, and visible to a test as a changed trait.
"""

import base64
import html
from collections.abc import Callable, Sequence

from gan_helpers import charts, losses, pictures
from gan_helpers.data import GaussianMixture, gaussian

import ipywidgets
import numpy as np
import tensorflow as tf
from matplotlib.artist import Artist


class Playground(ipywidgets.VBox):
    """Sliders, a picture that they redraw, and the same in words.

    Without a kernel (a web page, a printout) the first picture and its words are shown.

    Args:
        sliders: name -> slider; the names are the arguments of `redraw`.
        redraw: function (**values) -> text, which updates `picture` and says what it shows.
        picture: the Figure that `redraw` updates.
        moving: the artists of the picture that `redraw` changes.
        shows: a sentence or two on what is in the picture, wherever the sliders stand.

    Attributes:
        sliders, shows: as given.
        image: the `ipywidgets.Image` that holds the picture.
        text: the `ipywidgets.HTML` that holds the words, announced by screen readers.
    """

    def __init__(
        self,
        sliders: dict[str, ipywidgets.Widget],
        redraw: Callable[..., str],
        picture: charts.Picture,
        moving: Sequence[Artist],
        shows: str,
    ):
        self.sliders, self.picture, self.shows = sliders, picture, shows
        self._redraw, self._moving = redraw, list(moving)
        self.image = image_for(picture)
        self.text = ipywidgets.HTML()
        super().__init__([*sliders.values(), self.image, self.text])
        for slider in sliders.values():
            slider.observe(self._update, "value")
        self._update()

    def _update(self, change=None) -> None:
        words = self._redraw(**{name: slider.value for name, slider in self.sliders.items()})
        self.picture.alt = words
        self.image.value = self.picture.frame(self._moving)
        self.text.value = f'<p role="status" aria-live="polite">{html.escape(words)}</p>'

    _ipython_display_ = None  # ipywidgets 7 would bypass the bundle below

    def _repr_mimebundle_(self, include=None, exclude=None):
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        return {
            "application/vnd.jupyter.widget-view+json": view,
            "image/png": base64.b64encode(self.image.value).decode(),
            "text/plain": self.picture.alt,
        }, {"image/png": {"alt": f"{self.shows} {self.picture.alt}"}}


def image_for(picture: charts.Picture) -> ipywidgets.Image:
    """An image as wide as the picture, or as the page where that is narrower."""
    width = f"{round(100 * picture.get_figwidth())}px"
    return ipywidgets.Image(format="png", layout={"max_width": "100%", "width": width})


def _slider(name: str, value: float, low: float, high: float, step: float, hint: str):
    slider = ipywidgets.FloatSlider(
        value, min=low, max=high, step=step, description=name, readout_format=".2f"
    )
    slider.layout.width = "420px"
    slider.tooltip = hint
    return slider


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
        artists[1, "D*"].set_ydata([_sigmoid(_minimum(logits, row)[0]) for row in cost])
        balance, d_loss = _minimum(logits, real + fake)
        d = _sigmoid(balance)
        artists[1, "D* where p_data = p_g"].set_ydata([d, d])
        return (
            f"smooth = {smooth:.2f}. The loss on a real sample {_least_at(best['real'])}; "
            f"the loss on a fake sample {_least_at(best['fake'])}. "
            f"Where p_data = p_g: D* = {d:.3f}, d_loss = {d_loss:.3f}, "
            f"g_loss = {-np.log(d):.3f}."
        )

    hint = "Label smoothing: real labels are 1 - smooth"
    slider = _slider("smooth", smooth, 0, 0.49, 0.01, hint)
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


def _sigmoid(logit: float) -> float:
    return 1 / (1 + np.exp(-logit))


def _least_at(logit: float) -> str:
    if abs(logit) >= 8:  # the edge of the curve
        end = "plus" if logit > 0 else "minus"
        return f"has no minimum: it falls on as the logit goes to {end} infinity"
    return f"is least at logit {logit:.2f}, where D = {_sigmoid(logit):.2f}"


def generator_loss(g_losses: dict[str, Callable] | None = None, logit: float = -4.0) -> Playground:
    """A slider on how sure D is of a fake: generator's losses and their gradients there.

    Args:
        g_losses: label -> loss, (d_logits_fake) -> scalar tensor, built from TensorFlow
            operations; by default the non-saturating and the minimax loss.
        logit: D's logit on a fake sample where the slider starts, -8 to 8.

    Returns:
        The playground; `sliders["logit"].value` moves it.

    Raises:
        TypeError: a loss is not callable.
        ValueError: logit outside [-8, 8].
    """
    g_losses = g_losses or {
        "non-saturating: -log D": losses.g_loss,
        "minimax: log(1 - D)": losses.g_loss_minimax,
    }
    for label, loss in g_losses.items():
        if not callable(loss):
            raise TypeError(f"g_losses[{label!r}] must be a function, got {loss!r}")
    if not -8 <= logit <= 8:
        raise ValueError(f"logit must satisfy -8 <= logit <= 8, got {logit!r}")
    logits = np.linspace(-8, 8, 401)
    column = tf.constant(logits[:, None], tf.float32)
    values, slopes = {}, {}
    for label, loss in g_losses.items():
        with tf.GradientTape() as tape:
            tape.watch(column)
            each = tf.vectorized_map(loss, column)
        values[label] = each.numpy()
        slopes[label] = tape.gradient(each, column).numpy()[:, 0]

    titles = ("Generator's loss on one fake", "Its gradient in the logit")
    picture = charts.curves(
        *(
            charts.Panel(
                title,
                "D's logit on the fake",
                ylabel,
                {label: (logits, y) for label, y in lines.items()},
                # A leading underscore keeps the moving points out of the legend.
                points={f"_{label}": (0, 0) for label in lines},
            )
            for title, ylabel, lines in zip(
                titles, ("loss (nats)", "gradient"), (values, slopes), strict=True
            )
        ),
        alt="",
    )
    artists = picture.artists_by_label

    def redraw(logit: float) -> str:
        words = []
        for label in g_losses:
            for number, lines in enumerate((values, slopes)):
                y = np.interp(logit, logits, lines[label])
                artists[number, f"_{label}"].set_data([logit], [y])
            words.append(f"gradient of {label}: {y:.4f}")
        return f"logit = {logit:.2f}, so D(G(z)) = {_sigmoid(logit):.4f}; " + "; ".join(words) + "."

    hint = "Below 0, D takes the sample for a fake; above 0, for real"
    slider = _slider("logit", logit, -8, 8, 0.25, hint)
    moving = [artist for (_, label), artist in artists.items() if label.startswith("_")]
    shows = (
        "Left: the generator's losses on one fake over D's logit. Right: their gradients. On each "
        "curve a marker stands at the slider's logit."
    )
    return Playground({"logit": slider}, redraw, picture, moving, shows)


def scrubber(epochs: Sequence[int], samples: Sequence[np.ndarray], columns: int = 8) -> Playground:
    """A slider through time: the same latent vectors after more and more training.

    Args:
        epochs: how many epochs were over at each moment.
        samples: images (n, height, width, 1) in [-1, 1] at each moment.
        columns: images a row.

    Returns:
        The playground; `sliders["moment"].value` is the index of the moment shown.

    Raises:
        ValueError: no moment, or `epochs` and `samples` of different lengths.
    """
    if len(epochs) != len(samples) or not len(epochs):
        raise ValueError(
            f"epochs and samples must be as many, and at least one, got {len(epochs)} "
            f"and {len(samples)}"
        )
    last = len(epochs) - 1
    picture = pictures.image_grid(samples[last], columns=columns, alt="")
    grid = picture.axes[0].images[0]

    def redraw(moment: int) -> str:
        grid.set_data(pictures.tile(samples[moment], columns))
        return f"After {epochs[moment]} epochs, {len(samples[moment])} samples."

    slider = ipywidgets.IntSlider(last, min=0, max=last, description="moment", readout=False)
    slider.tooltip = "How far training had come"
    slider.layout.width = "420px"
    shows = "Grid of the images that the same latent vectors give at this moment of training."
    return Playground({"moment": slider}, redraw, picture, [grid], shows)
