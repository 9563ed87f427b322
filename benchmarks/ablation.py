"""What each choice in the recipe of notebook 05 does: `python -m benchmarks.ablation`.

The numbers go to gan_helpers/assets/notebook_05.json, from which the notebook draws them: a lone
notebook has no benchmarks folder. Each training is stored as it ends, and a training that is
stored is not done again, so the command can be stopped and called again. `--again` begins anew.
"""

import argparse
import functools
import json
from collections.abc import Callable
from pathlib import Path

from benchmarks import stored

HERE = Path(__file__).resolve().parent
FILE = HERE.parent / "gan_helpers" / "assets" / "notebook_05.json"
LENGTHS = (1, 3)  # epochs
COMPONENTS = 64
HALF_LIFE = 1000  # steps in which both rates halve
CHANGES = (
    "the recipe",
    "beta_1 = 0.9",
    "no labels",
    "G's rate that of D",
    "no smoothing",
    "no batch norm in G",
    "ReLU in D",
)


def pixel_frechet(real) -> Callable:
    """A distance from real images that knows no labels, nor any trained network.

    Args:
        real: float (n, 28, 28, 1).

    Returns:
        Function from images (m, 28, 28, 1) to their Fréchet distance from `real`, in the
        `COMPONENTS` directions in which the pixels of `real` vary most.
    """
    from gan_helpers import metrics

    import numpy as np

    flat = real.reshape(len(real), -1)
    middle, covariance = metrics.mean_and_covariance(flat)
    directions = np.linalg.eigh(covariance)[1][:, -COMPONENTS:]

    def of(images):
        return metrics.mean_and_covariance((images.reshape(len(images), -1) - middle) @ directions)

    reference = of(real)
    return lambda images: metrics.frechet_distance(*of(images), *reference)


def with_biases(network):
    """G without batch normalisation: its layers get the biases that it made superfluous."""
    import keras

    layers = [
        type(layer).from_config(layer.get_config() | {"use_bias": True})
        if hasattr(layer, "use_bias")
        else layer
        for layer in network.layers
        if not isinstance(layer, keras.layers.BatchNormalization)
    ]
    return keras.Sequential([keras.Input(network.input_shape[1:]), *layers])


def with_relu(network):
    """D with ReLU in the place of leaky ReLU."""
    import keras

    for layer in network.layers:
        if isinstance(layer, keras.layers.LeakyReLU):
            layer.negative_slope = 0.0
    return network


def halving(rate: float, steps: int | None = HALF_LIFE):
    """A rate that halves every so many steps; None for one that stays."""
    import keras

    if steps is None:
        return rate
    return keras.optimizers.schedules.ExponentialDecay(rate, steps, 0.5)


def built(change: str, seed: int):
    """The GAN of notebook 05, compiled, with one thing changed."""
    from gan_helpers import networks
    from gan_helpers.gan import GAN, ConditionalGAN

    import keras

    keras.utils.set_random_seed(seed)
    if change == "no labels":
        g, d = networks.build_conv_generator(64), networks.build_conv_discriminator()
        gan = GAN(g, d, seed=seed)
    else:
        g = networks.build_conv_generator(64 + 10)
        d = networks.build_conditional_discriminator()
        g = with_biases(g) if change == "no batch norm in G" else g
        d = with_relu(d) if change == "ReLU in D" else d
        gan = ConditionalGAN(g, d, seed=seed)
    beta_1 = 0.9 if change == "beta_1 = 0.9" else 0.5
    g_rate = 0.001 if change == "G's rate that of D" else 0.004
    gan.compile(
        *[keras.optimizers.Adam(halving(rate), beta_1=beta_1) for rate in (0.001, g_rate)],
        smooth=0.0 if change == "no smoothing" else 0.1,
        g_ema=0.99,
    )
    return gan


class Bench:
    """Digits, and the two distances from them."""

    def __init__(self):
        from gan_helpers import data, metrics

        self.digits = data.load_digits()
        self.pixels, self.fid = pixel_frechet(self.digits.images), metrics.digit_fid

    def labels(self, gan) -> tuple:
        """What `fit` is given after the images."""
        return (self.digits.labels,) if gan.labels else ()

    def measured(self, images) -> dict[str, float]:
        """Both distances of 5,000 images."""
        return {"digit_fid": self.fid(images), "pixel_frechet": self.pixels(images)}


def ablation(bench: Bench, change: str, seed: int) -> list[dict]:
    """One training, measured after each of `LENGTHS` epochs."""
    gan, rows, done = built(change, seed), [], 0
    for epochs in LENGTHS:
        told = bench.labels(gan)
        gan.fit(bench.digits.images, *told, batch_size=32, epochs=epochs - done, verbose=0)
        done = epochs
        rows.append({"change": change, "epochs": epochs, **bench.measured(gan.sample(5000, 5))})
        if change == "the recipe":  # the average is no part of the training: measure without
            average, gan.ema_generator = gan.ema_generator, gan.generator
            numbers = bench.measured(gan.sample(5000, 5))
            gan.ema_generator = average
            rows.append({"change": "no average of G", "epochs": epochs, **numbers})
    return rows


def jobs(seeds: int) -> list[tuple]:
    """(part, function, arguments) of every training, in the order in which they are done."""
    each = range(1, seeds + 1)
    return [("ablation", ablation, (change, seed)) for seed in each for change in CHANGES]


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The options; their defaults are the full measurement."""
    return stored.parse("benchmarks.ablation", __doc__.split(":")[0], FILE, 5, arguments)


def time_to_quality() -> list[dict]:
    """Distances over time, as `benchmarks.quality` has stored them, at marks of all seeds."""
    from benchmarks import quality, spent  # which import this module

    rows = json.loads(quality.FILE.read_text())["quality"]
    found = []
    for name, way in (("rates that stay", quality.STAYING), ("rates that halve", quality.GIVEN)):
        marks = spent.marks_of_all(rows, way)
        found += [
            {"rates": name, **{each: row[each] for each in ("seed", "mark", "digit_fid")}}
            for row in sorted(rows, key=lambda row: (row["seed"], row["mark"]))
            if row["way"] == way and row["mark"] in marks
        ]
    return found


def drawn(results: dict) -> dict:
    """What the notebook draws: numbers by length or by mark, in the order of the seeds."""
    found = {"choices": {}, "longer": {}}
    for row in sorted(results.get("ablation", []), key=lambda row: row["seed"]):
        length = "after 1 epoch" if row["epochs"] == 1 else f"after {row['epochs']} epochs"
        of_length = found["choices"].setdefault(length, {})
        of_length.setdefault(row["change"], []).append(row["digit_fid"])
    for row in results["quality"]:
        at = found["longer"].setdefault(row["rates"], {})
        at.setdefault(str(row["mark"]), []).append(row["digit_fid"])
    return found


def write(results: dict, file: Path) -> None:
    """Write the file whole."""
    results["drawn"] = drawn(results)
    stored.write(results, file)


def facts(part: str, arguments: tuple) -> dict:
    """What a row holds beside what was measured."""
    return dict(zip(("change", "seed"), arguments, strict=True))


def main() -> None:
    """Do what is not stored yet."""
    options = parse()
    results = stored.read(options)
    results["quality"] = time_to_quality()
    write(results, options.out)
    bench = functools.cache(lambda: Bench())  # made for the first training that is missing
    stored.go_on(
        results,
        jobs(options.seeds),
        lambda function, arguments: function(bench(), *arguments),
        facts,
        lambda: write(results, options.out),
        stored.code_of("ablation.py"),
        options.missing,
    )
    print(f"wrote {options.out.name}")


if __name__ == "__main__":
    main()
