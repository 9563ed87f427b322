"""Recent recipes of others on the same digits: `python -m benchmarks.recent`.

Each trains the small networks of notebook 05 without labels, with the losses, the optimizers and
the batches of its source, and is judged at marks of processor time, as the games of notebook 08 are
by `benchmarks.modern`. The numbers go to recent.json, from which RESULTS.md is made. Each training
is stored as it ends, and a training that is stored is not done again. `--again` begins anew.
"""

import argparse
import itertools
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from benchmarks import flow, modern, stored
from benchmarks.processes import in_new_process

FILE = Path(__file__).resolve().parent / "recent.json"
OURS = "pairing, R1 and R2, no labels"
TORCH = "the same in PyTorch"
WGAN_GP = "Keras's WGAN-GP"
ADA = "Keras's ADA"
FLOW = f"{modern.FLOW}, {flow.SAMPLING[-1]} steps a drawing"
MARKS = (60, 120, 180, 300)  # processor seconds
CALLS = 20  # steps of G between two looks at the clock


class Player(NamedTuple):
    """Whoever trains: a function that takes `CALLS` steps, and one that draws so many samples."""

    go_on: Callable[[], object]
    draw: Callable[[int], object]


def batches(images, size: int, seed: int) -> Iterator:
    """Endless batches of so many images, in a new order each time through; none is smaller."""
    import numpy as np

    rng = np.random.default_rng(seed)
    while True:
        order = rng.permutation(len(images))
        for start in range(0, len(images) - size + 1, size):
            yield images[order[start : start + size]]


def ours(images, seed: int) -> Player:
    """The game of notebook 08 without its groups, by `GAN.fit`."""
    from gan_helpers import networks
    from gan_helpers.gan import GAN

    import keras

    gan = GAN(networks.build_conv_generator(), networks.build_conv_discriminator(), seed=seed)
    adams = [keras.optimizers.Adam(rate, beta_1=0.5) for rate in modern.RATES]
    gan.compile(*adams, steps_per_execution=CALLS, **modern.game(modern.WAYS[2]))
    endless = batches(images, 32 * CALLS, seed)
    return Player(
        lambda: gan.fit(next(endless), batch_size=32, verbose=0), partial(gan.sample, seed=5)
    )


def on_batches(game, images, size: int, seed: int) -> Player:
    """Trains a game, which has `steps` and `draw`, on batches of so many images."""
    endless = batches(images, size, seed)
    return Player(lambda: game.steps(itertools.islice(endless, CALLS)), game.draw)


def wgan_gp(images, seed: int) -> Player:
    """See `recent_keras.WassersteinGP`."""
    from benchmarks import recent_keras

    return on_batches(recent_keras.WassersteinGP(seed), images, 512, seed)


def ada(images, seed: int) -> Player:
    """See `recent_keras.AdaptiveAugmentation`."""
    from benchmarks import recent_keras

    return on_batches(recent_keras.AdaptiveAugmentation(seed), images, 128, seed)


def flows(images, seed: int) -> Player:
    """The flow-matching model of notebook 08 at a constant rate, drawing with its average."""
    model, pairs = flow.built(flow.RATE, seed), flow.pairs(images, seed)

    def draw(n: int):
        own = model.get_weights()
        model.optimizer.finalize_variable_values(model.trainable_variables)
        drawn = flow.draw(model, n, flow.SAMPLING[-1], 5)
        model.set_weights(own)
        return drawn

    how = {"steps_per_epoch": CALLS, "shuffle": False, "verbose": 0}
    return Player(lambda: model.fit(pairs, **how), draw)


def in_torch(images, seed: int) -> Player:
    """The game of `ours` in PyTorch, which has initial weights of its own."""
    from benchmarks import recent_torch

    return on_batches(recent_torch.Game(seed), images.transpose(0, 3, 1, 2), 32, seed)


PLAYERS = {OURS: ours, TORCH: in_torch, WGAN_GP: wgan_gp, ADA: ada, FLOW: flows}


def train(recipe: str, seed: int) -> list[dict]:
    """One training, judged at each mark."""
    if recipe == TORCH:  # loaded after TensorFlow, PyTorch's compiler crashes
        from benchmarks import recent_torch  # noqa: F401
    from gan_helpers import data

    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)  # idle ones use up processor time
    images, steps = data.load_digits().images, 0
    player = PLAYERS[recipe](images, seed)

    def go_on() -> None:
        nonlocal steps
        player.go_on()
        steps += CALLS

    def judge() -> dict:
        return {"steps": steps, **modern.quality(player.draw(modern.COUNTED), images)}

    return modern.at_marks(MARKS, go_on, judge)


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The options; their defaults are the full measurement."""
    return stored.parse("benchmarks.recent", __doc__.split(":")[0], FILE, 3, arguments)


def main() -> None:
    """Do what is not stored yet."""
    options = parse()
    results = stored.read(options)
    seeds = range(1, options.seeds + 1)
    stored.go_on(
        results,
        [("recent", train, (recipe, seed)) for seed in seeds for recipe in PLAYERS],
        lambda function, arguments: in_new_process(function, *arguments),
        lambda part, arguments: {"way": arguments[0], "seed": arguments[1]},
        lambda: stored.write(results, options.out),
    )
    print(f"wrote {options.out.name}")


if __name__ == "__main__":
    main()
