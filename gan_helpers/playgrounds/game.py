"""The game itself, live: in the browser, or in the kernel with losses and networks of your own."""

import base64
import functools
import html
import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

from gan_helpers import charts, losses
from gan_helpers.data import GaussianMixture, ring
from gan_helpers.gan import GAN, latent_vectors
from gan_helpers.playgrounds.base import Playground

import ipywidgets
import keras
import numpy as np
import tensorflow as tf
from matplotlib.colors import ListedColormap

MODULE = Path(__file__).resolve().parent.parent / "assets" / "game.js"
# What the browser's game can be set to, as in the address of its page.
SETTINGS = frozenset(
    "latent loss real fake g r1 r2 gp clip dopt drate dbeta dturns gopt grate gbeta gturns act "
    "dlayers dwidth glayers gwidth batch speed".split()
)
MISSIONS = ("stall", "collapse", "circle", "twosided", "wasserstein")
_GRID = np.array([[x, y] for y in range(-2, 3) for x in range(-2, 3)], float)
_TITLES = {
    "two": "two Gaussians",
    "ring": "a ring of 8",
    "grid": "a grid of 25",
    "spiral": "a spiral",
    "moons": "two moons",
    "lines": "a line far from where G begins",
    "one": "one Gaussian",
    "own": "your own points",
}
_MIXTURES = {
    "two": GaussianMixture(np.array([[-1.5, 0], [1.5, 0]]), 0.3),
    "ring": ring(),
    "grid": GaussianMixture(_GRID, 0.07),
    "one": GaussianMixture(np.array([[1.5, 0]]), 0.3),
}
_EDGE, _BATCH, _STEPS, _MOMENTS = 3, 64, 50, 200


def game(
    data: str | np.ndarray = "ring",
    *,
    smooth: float = 0.1,
    seed: int = 1,
    mission: str = "",
    d_loss: Callable | None = None,
    g_loss: Callable | None = None,
    generator: keras.Model | None = None,
    discriminator: keras.Model | None = None,
    **settings,
):
    """The game of G and D in the plane, which trains before your eyes.

    Without losses or networks of your own it plays in the browser, as on the site, and needs
    neither a kernel nor a server. With one of them it trains in the kernel, 50 steps for each
    position of its slider.

    Args:
        data: "ring", "grid", "two", "one", "spiral", "moons", "lines", or your own points,
            float (n, 2) with 1 <= n <= 400, within -3 to 3.
        smooth: label smoothing, 0 <= smooth < 0.5.
        seed: the same seed gives the same course; 1 to 9999.
        mission: "stall", "collapse", "circle", "twosided" or "wasserstein" sets that mission up;
            the other arguments then change its set-up.
        d_loss: your own, (d_logits_real, d_logits_fake, smooth) -> scalar tensor.
        g_loss: your own, (d_logits_fake) -> scalar tensor.
        generator: Keras model from float (n, latent_dim) to (n, 2).
        discriminator: Keras model from float (n, 2) to logits (n, 1).
        settings: for the browser's game, as in its address: loss="hinge", g="-log(D)", r1=1,
            drate=0.01, dturns=5 and so on.

    Returns:
        What a cell shows as its last expression.

    Raises:
        TypeError: smooth is not a number, a loss is not callable, or a setting is unknown.
        ValueError: a value outside its range, or networks that do not fit together.

    Source: Kahng et al. 2019 (GAN Lab), for the idea of a game that trains as you watch.
    """
    unknown = sorted(set(settings) - SETTINGS)
    if unknown:
        raise TypeError(
            f"game() has no setting {unknown[0]!r}; it has {', '.join(sorted(SETTINGS))}"
        )
    if not losses.check_smooth(smooth) < 0.5:
        raise ValueError(f"smooth must satisfy 0 <= smooth < 0.5, got {smooth!r}")
    if isinstance(seed, bool) or not isinstance(seed, int) or not 1 <= seed <= 9999:
        raise ValueError(f"seed must be a whole number from 1 to 9999, got {seed!r}")
    if mission and mission not in MISSIONS:
        raise ValueError(f"mission must be one of {', '.join(MISSIONS)}, got {mission!r}")
    name, points = _checked_data(data)
    own = {"d_loss": d_loss, "g_loss": g_loss}
    for key, loss in own.items():
        if loss is not None and not callable(loss):
            raise TypeError(f"{key} must be a function, got {loss!r}")
    if any(part is not None for part in (d_loss, g_loss, generator, discriminator)):
        if settings or mission:
            extra = sorted(settings)[0] if settings else "mission"
            raise TypeError(
                f"{extra} is for the browser's game, not for losses or networks of Python"
            )
        return _in_the_kernel(name, points, smooth, seed, d_loss, g_loss, generator, discriminator)
    query = {"mission": mission} if mission else {}
    if name != "ring":
        query["data"] = name
    if name == "own":
        query["points"] = "_".join(f"{x:.2f},{y:.2f}" for x, y in points)
    if smooth != 0.1:
        query["s"] = f"{smooth:g}"
    if seed != 1:
        query["seed"] = str(seed)
    return BrowserGame(name, points, {**query, **settings}, mission)


def _checked_data(data) -> tuple[str, np.ndarray]:
    if isinstance(data, str):
        if data not in _TITLES or data == "own":
            names = ", ".join(name for name in _TITLES if name != "own")
            raise ValueError(f"data must be points or one of {names}, got {data!r}")
        return data, np.zeros((0, 2))
    points = np.asarray(data, float)
    if points.ndim != 2 or points.shape[1] != 2 or not 1 <= len(points) <= 400:
        raise ValueError(f"data must have shape (n, 2) with 1 <= n <= 400, got {points.shape}")
    if not (np.abs(points) <= _EDGE).all():  # also false for NaN
        raise ValueError(f"data must lie within -{_EDGE} to {_EDGE}, got {np.abs(points).max():g}")
    return "own", points


def sample(name: str, points: np.ndarray, n: int, seed: int) -> np.ndarray:
    """Real samples of a distribution of the game, float32 (n, 2), as in the browser."""
    if name in _MIXTURES:
        return _MIXTURES[name].sample(n, seed)
    rng = np.random.default_rng(seed)
    if name == "own":
        x = points[rng.integers(len(points), size=n)] + 0.06 * rng.standard_normal((n, 2))
    elif name == "lines":
        x = np.stack([np.full(n, 2.0), rng.uniform(-1.5, 1.5, n)], axis=1)
    elif name == "spiral":
        t = np.sqrt(rng.random(n))
        angle = 3.5 * np.pi * t
        x = 2.4 * t[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        x = x + 0.05 * rng.standard_normal((n, 2))
    else:  # moons
        upper, angle = rng.random(n) < 0.5, np.pi * rng.random(n)
        sign = np.where(upper, 1, -1)
        x = np.stack([np.cos(angle) - 0.5, np.sin(angle) - 0.25], axis=1) * sign[:, None]
        x = 1.5 * x + 0.08 * rng.standard_normal((n, 2))
    return x.astype(np.float32)


@functools.cache
def _module() -> str:
    """The one JavaScript module, as a string of JavaScript that may stand in a script element."""
    # "</" would end the element, "<!--" would hide what follows it.
    return json.dumps(MODULE.read_text(encoding="utf-8"), ensure_ascii=False).replace(
        "<", "\\u003c"
    )


class BrowserGame:
    """The browser's game as the output of a cell; where no script may run, a picture and words.

    Args:
        name: of the distribution.
        points: of the distribution "own", float (n, 2).
        query: settings, as in the address of the site's page.
        mission: whose set-up they change, or "".

    Attributes:
        query: as it is handed to the browser.
    """

    def __init__(self, name: str, points: np.ndarray, query: dict, mission: str):
        self.name, self.mission = name, mission
        self.query = urlencode(query, safe=",")
        self.points = points

    @property
    def words(self) -> str:
        """What the output is, for those who see only text."""
        goal = f", with the mission {self.mission}" if self.mission else ""
        return (
            f"The game of G and D on {_TITLES[self.name]}{goal}: it plays in the browser once "
            "this cell has run."
        )

    def picture(self) -> charts.Picture:
        """The real samples, in place of the game."""
        figure = charts.Picture(alt=self.words, figsize=(4.6, 4.6))
        axis = figure.subplots()
        axis.plot(*sample(self.name, self.points, 300, 0).T, ".", color=charts.REAL, markersize=4)
        axis.set(xlim=(-_EDGE, _EDGE), ylim=(-_EDGE, _EDGE), aspect="equal")
        charts.finish(axis, f"The real samples: {_TITLES[self.name]}", "", "")
        return figure

    def _repr_html_(self) -> str:
        query = html.escape(self.query, quote=True)
        # The module's text goes into a module script of its own: VS Code allows no other way.
        return f"""<div class="gan-game" data-form="notebook" data-query="{query}">
<p>{html.escape(self.words)}</p></div>
<script>(() => {{
const text = globalThis.ganGameScript = {_module()};
const script = document.createElement("script");
script.type = "module";
script.textContent = text;
document.body.append(script);
script.remove();
}})();</script>"""

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = {
            "text/html": self._repr_html_(),
            "image/png": base64.b64encode(self.picture().png()).decode(),
            "text/plain": self.words,
        }
        return bundle, {"image/png": {"alt": self.words}}


def _small(inputs: int, outputs: int, name: str) -> keras.Model:
    hidden = [layer for _ in range(2) for layer in (keras.layers.Dense(32), _leaky())]
    layers = [keras.Input((inputs,)), *hidden, keras.layers.Dense(outputs)]
    return keras.Sequential(layers, name=name)


def _leaky() -> keras.layers.Layer:
    return keras.layers.LeakyReLU(negative_slope=0.2)


def _in_the_kernel(
    name, points, smooth, seed, d_loss, g_loss, generator, discriminator
) -> Playground:
    """The same game trained here, drawn into an image."""
    keras.utils.set_random_seed(seed)
    gan = GAN(
        generator or _small(2, 2, "generator"), discriminator or _small(2, 1, "discriminator"), seed
    )
    if gan.generator.output_shape[1:] != (2,):
        raise ValueError(f"generator must make points (n, 2), got {gan.generator.output_shape}")
    gan.compile(
        keras.optimizers.Adam(0.002, beta_1=0.5),
        keras.optimizers.Adam(0.002, beta_1=0.5),
        smooth=smooth,
        d_loss=d_loss or losses.d_loss,
        g_loss=g_loss or losses.g_loss,
    )
    course = _Course(gan, sample(name, points, 20_000, seed), _MIXTURES.get(name))
    figure, artists = _plane(course.real[:300], _TITLES[name])
    heat, dots, fakes = artists

    def redraw(moment: int) -> str:
        state = course.at(moment)
        heat.set_data(state["answer"])
        fakes.set_data(*state["fakes"][:300].T)
        return state["words"]

    slider = ipywidgets.IntSlider(0, min=0, max=_MOMENTS, description="moment", readout=False)
    slider.tooltip = f"How far training has come: {_STEPS} steps for each position"
    slider.layout.width = "420px"
    shows = "The plane with real samples as dots, fakes as crosses, and D's answer in green."
    playground = Playground({"moment": slider}, redraw, figure, [heat, dots, fakes], shows)
    play = ipywidgets.Play(min=0, max=_MOMENTS, interval=250, description="Train")
    ipywidgets.jslink((play, "value"), (slider, "value"))
    playground.children = (play, *playground.children)
    playground.gan = gan
    return playground


def _plane(real: np.ndarray, title: str) -> tuple[charts.Picture, tuple]:
    figure = charts.Picture(alt="", figsize=(5.2, 5.2))
    axis = figure.subplots()
    colours = charts.DISCRIMINATOR
    ramp = np.ones((256, 4))
    ramp[:, :3] = [int(colours[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    ramp[:, 3] = np.linspace(0, 0.5, 256)
    extent = (-_EDGE, _EDGE, -_EDGE, _EDGE)
    heat = axis.imshow(
        np.zeros((40, 40)), ListedColormap(ramp), origin="lower", extent=extent, vmin=0, vmax=1
    )
    (dots,) = axis.plot(*real.T, ".", color=charts.REAL, markersize=4, label="real")
    (fakes,) = axis.plot([], [], "x", color=charts.FAKE, markersize=4, label="fake")
    axis.set(xlim=(-_EDGE, _EDGE), ylim=(-_EDGE, _EDGE))
    charts.finish(axis, f"G and D on {title}; green: what D takes for real", "", "")
    return figure, (heat, dots, fakes)


class _Course:
    """A training whose moments are kept once they were reached."""

    def __init__(self, gan: GAN, real: np.ndarray, mixture: GaussianMixture | None):
        self.gan, self.real, self.mixture = gan, real, mixture
        self.z = latent_vectors(1000, gan.latent_dim, seed=0)
        cells = _EDGE * (2 * (np.arange(40) + 0.5) / 40 - 1)
        grid = np.stack(np.meshgrid(cells, cells), axis=-1).reshape(-1, 2)
        self.grid = tf.constant(grid, tf.float32)
        self.rng = np.random.default_rng(gan.order_seed)
        self.step = tf.function(self._step, autograph=False)  # which warns about lambdas
        self.losses: tuple[float, ...] = (np.nan, np.nan)
        self.kept = [self._look(0)]

    def _step(self, real: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        d_loss = self.gan.train_d(real, self.gan.latent(_BATCH))[0]
        return d_loss, self.gan.train_g(real, self.gan.latent(_BATCH))

    def at(self, moment: int) -> dict:
        """What there is to see at a moment; training goes on until it is reached."""
        while len(self.kept) <= moment:
            for _ in range(_STEPS):
                batch = self.real[self.rng.integers(len(self.real), size=_BATCH)]
                self.losses = tuple(float(loss) for loss in self.step(tf.constant(batch)))
                if not np.isfinite(self.losses).all():
                    raise FloatingPointError(
                        f"a loss is no finite number at step {_STEPS * len(self.kept)}: "
                        "lower the rates, or look at the loss"
                    )
            self.kept.append(self._look(_STEPS * len(self.kept)))
        return self.kept[moment]

    def _look(self, step: int) -> dict:
        fakes = self.gan.generator(self.z).numpy()
        answer = tf.sigmoid(self.gan.discriminator(self.grid)).numpy().reshape(40, 40)
        words = [f"Step {step:,}."]
        if self.mixture is not None:
            means, near = self.mixture.means, 3 * self.mixture.std
            inside = np.linalg.norm(fakes[:, None] - means, axis=2) < near
            covered = int((inside.mean(axis=0) >= 0.2 / len(means)).sum())
            words.append(f"Modes covered: {covered} of {len(means)}.")
            words.append(f"{inside.any(axis=1).mean():.0%} of the fakes are near a mode.")
        if np.isfinite(self.losses).all():
            words.append(f"d_loss {self.losses[0]:.2f}, g_loss {self.losses[1]:.2f}.")
        return {"fakes": fakes, "answer": answer, "words": " ".join(words)}
