"""Distance from real digits against seconds of training.

The clock counts training alone, with all that happens inside the call that trains, tracing
and compiling included. It stands still while samples are drawn and measured.
"""

import argparse
import time
from collections.abc import Callable, Sequence

from benchmarks import peers
from benchmarks.processes import in_new_process
from gan_helpers import data, metrics, networks
from gan_helpers.gan import GAN, ConditionalGAN, latent_vectors

import keras
import numpy as np

MARKS = {  # seconds of training after which samples are measured
    "series": (10, 20, 30, 60, 120, 180),
    "unlabelled": (10, 20, 30, 60),
    "tutorial": (10, 20, 30, 60, 120, 180, 300),
    "classic": (10, 20, 30, 60),
}
SAMPLES = 10_000


class Stopwatch:
    """Seconds of training, and a measurement at the first step's end after each mark.

    Args:
        marks: seconds, rising.
        measure: returns the distance; its time does not count.
    """

    def __init__(self, marks: Sequence[float], measure: Callable[[], float]):
        self.marks, self.measure = list(marks), measure
        self.points: list[dict[str, float]] = []
        self.spent, self.since = 0.0, None

    def start(self) -> None:
        """Training begins."""
        self.since = time.perf_counter()

    def lap(self) -> bool:
        """A step is over; returns whether that was the last one."""
        seconds = self.spent + time.perf_counter() - self.since
        passed = [mark for mark in self.marks if mark <= seconds]
        if passed:
            distance = self.measure()
            self.points += [
                {"mark": mark, "seconds": seconds, "distance": distance} for mark in passed
            ]
            self.marks = self.marks[len(passed) :]
            self.spent, self.since = seconds, time.perf_counter()
        return not self.marks


class Laps(keras.callbacks.Callback):
    """Shows the stopwatch every call of `fit`'s training function, and stops `fit` in the end."""

    def __init__(self, watch: Stopwatch):
        super().__init__()
        self.watch = watch

    def on_train_batch_end(self, batch, logs=None):
        if self.watch.lap():
            self.model.stop_training = True


def distance_of(draw: Callable[[int], np.ndarray]) -> float:
    """Digit FID of `SAMPLES` samples, drawn 1,000 at a time."""
    return metrics.digit_fid(np.concatenate([draw(seed) for seed in range(SAMPLES // 1000)]))


def fit(gan: GAN, digits: data.Digits, batch_size: int, marks: Sequence[float]) -> list:
    """Train until the last mark; returns the points measured."""
    watch = Stopwatch(marks, lambda: distance_of(lambda seed: gan.sample(1000, seed)))
    watch.start()
    settings = {"batch_size": batch_size, "epochs": 10**6, "verbose": 0}
    gan.fit(digits.images, digits.labels, callbacks=[Laps(watch)], **settings)
    return watch.points


def adam(learning_rate: float, beta_1: float = 0.5) -> keras.optimizers.Optimizer:
    """A new Adam."""
    return keras.optimizers.Adam(learning_rate, beta_1=beta_1)


def convolutional(gan: GAN, digits: data.Digits, marks: Sequence[float]) -> list:
    """Train with the settings that both recipes of notebook 05 share."""
    # The stopwatch looks between two calls: short calls, so that it looks often enough.
    gan.compile(adam(1e-3), adam(4e-3), smooth=0.1, g_ema=0.99, steps_per_execution=10)
    return fit(gan, digits, 32, marks)


def series(digits: data.Digits, seed: int, marks: Sequence[float]) -> list:
    """The conditional recipe of notebook 05."""
    pair = networks.build_conv_generator(64 + 10), networks.build_conditional_discriminator()
    return convolutional(ConditionalGAN(*pair, seed=seed), digits, marks)


def unlabelled(digits: data.Digits, seed: int, marks: Sequence[float]) -> list:
    """The same without labels, the first recipe of notebook 05."""
    pair = networks.build_conv_generator(), networks.build_conv_discriminator()
    return convolutional(GAN(*pair, seed=seed), digits, marks)


def classic(digits: data.Digits, seed: int, marks: Sequence[float]) -> list:
    """The fully connected pair of the classic MNIST example, trained by `GAN.fit`."""
    gan = GAN(networks.build_generator(), networks.build_discriminator(), seed=seed)
    gan.compile(adam(2e-3), adam(2e-3), smooth=0.1)
    return fit(gan, digits, 100, marks)


def tutorial(digits: data.Digits, seed: int, marks: Sequence[float]) -> list:
    """TensorFlow's tutorial: its networks, batch size, optimizers and step."""
    generator = peers.tutorial_generator()
    loop = peers.TutorialLoop(
        generator,
        peers.tutorial_discriminator(),
        adam(1e-4, beta_1=0.9),
        adam(1e-4, beta_1=0.9),
        digits.images,
        batch_size=256,
    )

    def draw(seed):
        z = latent_vectors(1000, peers.LATENT_DIM, seed)
        return generator(z, training=False).numpy()

    watch = Stopwatch(marks, lambda: distance_of(draw))
    watch.start()
    for _ in loop.steps():
        if watch.lap():
            return watch.points


RECIPES = {
    "series": series,
    "unlabelled": unlabelled,
    "tutorial": tutorial,
    "classic": classic,
}


def run(recipe: str, seed: int, marks: Sequence[float]) -> list:
    """One training from its beginning, in a process of its own; the points measured."""
    keras.utils.set_random_seed(seed)
    return RECIPES[recipe](data.load_digits(), seed, marks)


def distance_of_real() -> float:
    """What a perfect generator comes close to: the distance of the digits trained on."""
    return metrics.digit_fid(data.load_digits().images)


def measure(options: argparse.Namespace) -> dict:
    """All trainings, seed by seed, as `report` reads them."""
    seeds = {"series": options.seeds}
    runs = []
    for seed in range(1, max(options.seeds, options.peer_seeds) + 1):
        for recipe, marks in MARKS.items():
            if seed > seeds.get(recipe, options.peer_seeds):
                continue
            if options.longest < marks[-1]:
                marks = [mark for mark in marks if mark < options.longest] + [options.longest]
            points = in_new_process(run, recipe, seed, marks)
            runs.append({"recipe": recipe, "seed": seed, "points": points})
            words = ", ".join(f"{p['distance']:.2f} at {p['seconds']:.0f} s" for p in points)
            print(f"time to quality, {recipe}, seed {seed}: {words}", flush=True)
    return {"runs": runs, "real": in_new_process(distance_of_real)}
