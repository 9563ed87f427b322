"""What each choice in the recipe of notebook 05 does: `python -m benchmarks.ablation`.

The numbers go to gan_helpers/assets/notebook_05.json, from which the notebook draws them: a lone
notebook has no benchmarks folder. Each training is stored as it ends, and a training that is
stored is not done again, so the command can be stopped and called again. `--again` begins anew.
"""

import argparse
import functools
import itertools
import json
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import stored

HERE = Path(__file__).resolve().parent
FILE = HERE.parent / "gan_helpers" / "assets" / "notebook_05.json"
LENGTHS = (1, 3)  # epochs
COMPONENTS = 64
PROCESSOR_SECONDS = 60  # of all cores together
RATES = ((0.001, 0.004), (0.002, 0.002), (0.001, 0.001), (0.004, 0.004))
SHOWN = 300  # processor seconds up to which the notebook shows the recipe
LONG = (3, 12, 24, 48)  # epochs
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
        keras.optimizers.Adam(0.001, beta_1=beta_1),
        keras.optimizers.Adam(g_rate, beta_1=beta_1),
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


def pairs(bench: Bench, kind: str, rates: tuple[float, float], seed: int) -> list[dict]:
    """The fully connected or the convolutional pair after `PROCESSOR_SECONDS`, without labels."""
    from gan_helpers import networks
    from gan_helpers.gan import GAN

    import keras

    keras.utils.set_random_seed(seed)
    if kind == "convolutional":
        gan = GAN(networks.build_conv_generator(), networks.build_conv_discriminator(), seed=seed)
    else:
        gan = GAN(networks.build_generator(), networks.build_discriminator(), seed=seed)
    gan.compile(
        *[keras.optimizers.Adam(rate, beta_1=0.5) for rate in rates],
        smooth=0.1,
        g_ema=0.99,
        steps_per_execution=10,
    )
    start = time.process_time()

    def stop(batch, logs):
        gan.stop_training = time.process_time() - start >= PROCESSOR_SECONDS

    timer = keras.callbacks.LambdaCallback(on_train_batch_end=stop)
    gan.fit(bench.digits.images, batch_size=32, epochs=10**6, verbose=0, callbacks=[timer])
    numbers = bench.measured(gan.sample(5000, 5))
    return [{"pair": kind, "d_rate": rates[0], "g_rate": rates[1],
             "processor_seconds": time.process_time() - start,
             "steps": int(gan.steps.numpy()), **numbers}]  # fmt: skip


def longer(bench: Bench, seed: int) -> list[dict]:
    """The recipe on 4,000 digits for long: D's answers on them, and on 1,000 it never saw."""
    import numpy as np
    import tensorflow as tf

    gan, rows, done = built("the recipe", seed), [], 0
    images, labels = bench.digits.images, bench.digits.labels
    hot = np.eye(10, dtype=np.float32)[labels]

    def answer(part):
        logits = gan.discriminator.predict([images[part], hot[part]], batch_size=500, verbose=0)
        return float(tf.reduce_mean(tf.sigmoid(logits)))

    for epochs in LONG:
        gan.fit(images[:4000], labels[:4000], batch_size=32, epochs=epochs - done, verbose=0)
        done, drawn = epochs, gan.sample(5000, 5)
        on_fakes = gan.discriminator.predict(
            [drawn, np.eye(10, dtype=np.float32)[np.arange(5000) % 10]], batch_size=500, verbose=0
        )
        rows.append({"epochs": epochs, "d_seen": answer(slice(4000)),
                     "d_unseen": answer(slice(4000, None)),
                     "d_fake": float(tf.reduce_mean(tf.sigmoid(on_fakes))),
                     **bench.measured(drawn)})  # fmt: skip
    return rows


def jobs(seeds: int) -> list[tuple]:
    """(part, function, arguments) of every training, in the order in which they are done."""
    each = range(1, seeds + 1)
    found = [("ablation", ablation, (change, seed)) for seed in each for change in CHANGES]
    found += [("longer", longer, (seed,)) for seed in (1, 2, 3)]
    kinds = itertools.product(("fully connected", "convolutional"), RATES)
    return found + [("pairs", pairs, (kind, rates, 1)) for kind, rates in kinds]


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The options; their defaults are the full measurement."""
    return stored.parse("benchmarks.ablation", __doc__.split(":")[0], FILE, 5, arguments)


def time_to_quality() -> list[dict]:
    """Distances of the recipe over time, as `benchmarks.quality` has stored them."""
    from benchmarks import quality  # which imports this module

    rows = json.loads(quality.FILE.read_text())["quality"]
    return [
        {name: row[name] for name in ("seed", "mark", "digit_fid")}
        for row in sorted(rows, key=lambda row: (row["seed"], row["mark"]))
        if row["way"] == quality.GIVEN and row["mark"] <= SHOWN
    ]


def drawn(results: dict) -> dict:
    """What the notebook draws: numbers by length or by mark, in the order of the seeds."""
    found = {"choices": {}, "longer": {}, "by_heart": {}}
    for row in sorted(results.get("ablation", []), key=lambda row: row["seed"]):
        length = "after 1 epoch" if row["epochs"] == 1 else f"after {row['epochs']} epochs"
        of_length = found["choices"].setdefault(length, {})
        of_length.setdefault(row["change"], []).append(row["digit_fid"])
    for row in results["quality"]:
        found["longer"].setdefault(str(row["mark"]), []).append(row["digit_fid"])
    for row in results.get("longer", []):
        of_length = found["by_heart"].setdefault(str(row["epochs"]), {})
        for name in ("d_seen", "d_unseen", "d_fake", "digit_fid"):
            of_length.setdefault(name, []).append(row[name])
    return found


def write(results: dict, file: Path) -> None:
    """Write the file whole."""
    results["drawn"] = drawn(results)
    stored.write(results, file)


def facts(part: str, arguments: tuple) -> dict:
    """What a row holds beside what was measured."""
    names = {"ablation": ("change", "seed"), "pairs": ("kind", "rates", "seed")}
    return dict(zip(names.get(part, ("seed",)), arguments, strict=True))


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
