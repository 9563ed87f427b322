"""What notebooks/distributed.md says in numbers: `python -m benchmarks.replicas same` or `batches`.

`same`: how far two replicas with half a batch each are from one with the whole batch, and what
comes of mean losses whose gradients are summed as they are. Half a minute on two cores.

`batches`: what a larger batch does to the game of notebook 04, at equal samples seen. Some
minutes on two cores.
"""

import argparse
import contextlib
import statistics
import time

STEPS, BATCH = 20, 32
SIZES = (64, 256, 512)
EPOCHS, RATE, SEEDS = 20, 0.002, (1, 2, 3)


def far(make, strategy, doubled: bool) -> list[float]:
    """How far apart the weights of one replica and of two are, after 1 step and after `STEPS`.

    Args:
        make: function -> optimizer.
        strategy: with two replicas.
        doubled: whether the two have losses twice as large, so that their sum is not a mean.
    """
    from gan_helpers import data, losses
    from gan_helpers.gan import GAN

    import keras
    import numpy as np

    def twice(function):
        return lambda *logits: 2 * function(*logits)

    digits = data.load_digits().images[: BATCH * STEPS]
    gans = []
    for scope, factor in ((contextlib.nullcontext(), False), (strategy.scope(), doubled)):
        with scope:
            keras.utils.set_random_seed(1)
            g = [keras.Input((8,)), keras.layers.Dense(16, use_bias=False)]
            g += [keras.layers.BatchNormalization(synchronized=True), keras.layers.ReLU()]
            g += [keras.layers.Dense(784, "tanh"), keras.layers.Reshape((28, 28, 1))]
            d = [keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(16, "tanh")]
            gan = GAN(keras.Sequential(g), keras.Sequential([*d, keras.layers.Dense(1)]))
            own = (twice(losses.d_loss), twice(losses.g_loss)) if factor else ()
            chosen = dict(zip(("d_loss", "g_loss"), own, strict=False))
            gan.compile(make(), make(), jit_compile=False, steps_per_execution=1, **chosen)
        gans.append(gan)
    found = []
    for rows in (slice(0, BATCH), slice(BATCH, None)):
        for gan in gans:
            gan.fit(digits[rows], batch_size=BATCH, shuffle=False, verbose=0)
        one, two = (
            np.concatenate([w.numpy().ravel() for w in gan.discriminator.trainable_variables])
            for gan in gans
        )
        found.append(float(np.abs(one - two).max()))
    return found


def same(optimizers: list[str]) -> None:
    """Print the table of `far`, in float64, for SGD, Adam or both."""
    import gan_helpers  # noqa: F401  first: it keeps TensorFlow's start-up log out

    import keras
    import tensorflow as tf

    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    kinds = {
        "SGD": lambda: keras.optimizers.SGD(0.05),
        "Adam": lambda: keras.optimizers.Adam(0.002, beta_1=0.5),
    }
    print("D's weights, two replicas against one, largest difference in float64:")
    print(f"{'optimizer':<12}{'gradients':<24}{'after 1 step':>14}{f'after {STEPS}':>14}")
    for name in optimizers:
        for doubled in (False, True):
            first, last = far(kinds[name], strategy, doubled)
            how = "summed as they are" if doubled else "divided, then summed"
            print(f"{name:<12}{how:<24}{first:>14.1e}{last:>14.1e}", flush=True)


def distances(size: int, rate: float, seed: int) -> list[float]:
    """How far 2,000 samples are from real digits, after `EPOCHS` at this size of batch.

    Returns:
        Of the average of G, which is what the chapters draw from, and of G itself.
    """
    from gan_helpers import data, gan, metrics, networks

    import keras

    keras.utils.set_random_seed(seed)
    game = gan.GAN(networks.build_generator(), networks.build_discriminator(), seed=seed)
    adams = [keras.optimizers.Adam(rate, beta_1=0.5) for _ in range(2)]
    game.compile(*adams, smooth=0.1, g_ema=0.99)
    game.fit(data.load_digits().images, batch_size=size, epochs=EPOCHS, verbose=0)
    z = gan.latent_vectors(2000, game.latent_dim, seed=6)
    return [metrics.digit_fid(one(z).numpy()) for one in (game, game.generator)]


def batches() -> None:
    """Print a table of `distances`: for each of the two the median of the seeds, and all."""
    start = time.perf_counter()
    print(f"Distance from real digits after {EPOCHS} epochs of 5,000, seeds {SEEDS}:")
    print(f"{'batch':>6}{'steps':>7}{'rate':>8}{'average of G':>16}{'G itself':>26}")
    for size in SIZES:
        grown = RATE * size / SIZES[0]
        for rate in sorted({RATE, grown}):
            found = zip(*(distances(size, rate, seed) for seed in SEEDS), strict=True)
            steps = EPOCHS * -(-5000 // size)
            row = f"{size:>6}{steps:>7}{rate:>8.3f}"
            for values in found:
                each = " ".join(f"{value:.0f}" for value in values)
                row += f"{statistics.median(values):>9.1f}  ({each})"
            print(row, flush=True)
    print(f"In {time.perf_counter() - start:.0f} s.")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["same", "batches"])
    parser.add_argument("--optimizers", nargs="+", default=["SGD", "Adam"], help="of `same`")
    chosen = parser.parse_args()
    same(chosen.optimizers) if chosen.what == "same" else batches()
