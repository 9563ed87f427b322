"""The slider over D's answer of notebook 03."""

from collections.abc import Callable

from gan_helpers import charts, losses
from gan_helpers.playgrounds.base import Playground, sigmoid, slider_for

import numpy as np
import tensorflow as tf


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
        return f"logit = {logit:.2f}, so D(G(z)) = {sigmoid(logit):.4f}; " + "; ".join(words) + "."

    hint = "Below 0, D takes the sample for a fake; above 0, for real"
    slider = slider_for("logit", logit, -8, 8, 0.25, hint)
    moving = [artist for (_, label), artist in artists.items() if label.startswith("_")]
    shows = (
        "Left: the generator's losses on one fake over D's logit. Right: their gradients. On each "
        "curve a marker stands at the slider's logit."
    )
    return Playground({"logit": slider}, redraw, picture, moving, shows)
