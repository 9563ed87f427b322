"""Distance from real digits against processor time: `python -m benchmarks.quality`.

The recipes of notebooks 05 and 08, the classic pair, TensorFlow's tutorial and recent recipes of
others, each with the losses, the optimizers and the batches of its source, train with one thread an
operation and are judged at marks of processor time. The numbers go to quality.json, from which
RESULTS.md is made. Each training is stored as it ends, and a training that is stored is not done
again. `--again` begins anew. The tutorial trains once more, for all of its own steps; they take
about two hours. And notebook 05's game, at rates that stay, trains beside one whose G uses D's
fakes again.
"""

import argparse
import itertools
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from benchmarks import ablation, flow, modern, stored
from benchmarks.processes import in_new_process

FILE = Path(__file__).resolve().parent / "quality.json"
GROUPS, LABELS = modern.LADDER[3], modern.HALVED
GIVEN, ALONE = "notebook 05, labels given", "notebook 05, no labels"
STAYING = "notebook 05, labels given, rates that stay"
CLASSIC = "the classic pair"
TUTORIAL = "TensorFlow's tutorial"
OURS = "pairing, R1 and R2, no labels"
TORCH = "the same in PyTorch"
WGAN_GP = "Keras's WGAN-GP"
ADA = "Keras's ADA"
REUSED = "the same, D's fakes used again for G"
FLOW = f"{modern.FLOW}, {flow.SAMPLING[-1]} steps a drawing"
MARKS = modern.MARKS
SPRINT = (15, 30, *MARKS)  # of `GIVEN` and `STAYING`, which notebook 05 shows
WHOLE = (1175, 2350, 4700, 7050, 9400, 11750)  # steps of the tutorial; it ends with the last
CALLS = 20  # steps of G between two looks at the clock, about half a second
CODE = (
    "quality.py", "modern.py", "flow.py", "ablation.py", "games_keras.py", "games_torch.py",
    "peers.py", "reused.py",
)  # fmt: skip
OFTENER = (GROUPS, LABELS, GIVEN, STAYING)
MORE_SEEDS = 2  # trainings of these, and beside `REUSED`, beyond those of the others


class Player(NamedTuple):
    """Whoever trains: a function that takes `steps` steps, and one that draws so many samples."""

    go_on: Callable[[], object]
    draw: Callable[[int], object]
    steps: int = CALLS


def batches(images, size: int, seed: int) -> Iterator:
    """Endless batches of so many images, in a new order each time through; none is smaller."""
    import numpy as np

    rng = np.random.default_rng(seed)
    while True:
        order = rng.permutation(len(images))
        for start in range(0, len(images) - size + 1, size):
            yield images[order[start : start + size]]


def by_fit(gan, how: dict, half_life: int | None, *arrays) -> Player:
    """Trains a convolutional GAN by `fit`, with the first rates and the batches of notebook 05.

    half_life: steps in which both rates halve; None for rates that stay.
    arrays: images, and labels for a `ConditionalGAN`.
    """
    import keras
    import numpy as np

    rates = [ablation.halving(rate, half_life) for rate in modern.RATES]
    adams = [keras.optimizers.Adam(rate, beta_1=0.5) for rate in rates]
    gan.compile(*adams, steps_per_execution=CALLS, **how)
    endless = batches(np.arange(len(arrays[0])), 32 * CALLS, gan.order_seed)

    def go_on() -> None:
        chosen = next(endless)
        gan.fit(*(array[chosen] for array in arrays), batch_size=32, verbose=0)

    return Player(go_on, partial(modern.draw, gan, arrays[1:]))


def ours(images, seed: int, way: str = modern.WAYS[2], half_life: int | None = None) -> Player:
    """A game of `modern.WAYS` without labels: by itself notebook 08's without its groups."""
    from gan_helpers import networks
    from gan_helpers.gan import GAN

    gan = GAN(networks.build_conv_generator(), networks.build_conv_discriminator(), seed=seed)
    return by_fit(gan, modern.game(way), half_life, images)


def told(
    images,
    seed: int,
    way: str = modern.WAYS[2],
    half_life: int | None = None,
    groups: bool = False,
    again: bool = False,
) -> Player:
    """A game of `modern.WAYS` that is told the labels of the digits, or groups without names.

    again: whether G's turn uses D's fakes again.
    """
    from benchmarks import reused
    from gan_helpers import clusters, data, networks
    from gan_helpers.gan import ConditionalGAN

    labels = clusters.cluster_labels(images) if groups else data.load_digits().labels
    kinds = int(labels.max()) + 1
    g = networks.build_conv_generator(64 + kinds)
    kind = reused.Reused if again else ConditionalGAN
    gan = kind(g, networks.build_conditional_discriminator(labels=kinds), seed=seed)
    return by_fit(gan, modern.game(way), half_life, images, labels)


def classic(images, seed: int) -> Player:
    """The fully connected pair of the classic MNIST example."""
    from gan_helpers import networks
    from gan_helpers.gan import GAN

    import keras

    gan = GAN(networks.build_generator(), networks.build_discriminator(), seed=seed)
    gan.compile(*(keras.optimizers.Adam(2e-3, beta_1=0.5) for _ in range(2)), smooth=0.1)
    how = {"batch_size": 100, "epochs": 4, "verbose": 0}
    return Player(lambda: gan.fit(images, **how), partial(gan.sample, seed=5), steps=200)


def tutorial(images, seed: int) -> Player:
    """TensorFlow's tutorial: its networks, batches, optimizers and step."""
    from benchmarks import peers
    from gan_helpers.gan import latent_vectors

    import keras

    g, d = peers.tutorial_generator(), peers.tutorial_discriminator()
    adams = [keras.optimizers.Adam(1e-4) for _ in range(2)]
    steps = peers.TutorialLoop(g, d, *adams, images, batch_size=256).steps()

    def draw(n: int):
        return g.predict(latent_vectors(n, peers.LATENT_DIM, 5), batch_size=500, verbose=0)

    return Player(lambda: next(steps), draw, steps=1)


def on_batches(game, images, size: int, seed: int, steps: int = CALLS) -> Player:
    """Trains a game, which has `steps` and `draw`, on batches of so many images."""
    endless = batches(images, size, seed)
    return Player(lambda: game.steps(itertools.islice(endless, steps)), game.draw, steps)


def wgan_gp(images, seed: int) -> Player:
    """See `games_keras.WassersteinGP`."""
    from benchmarks import games_keras

    return on_batches(games_keras.WassersteinGP(seed), images, 512, seed, steps=1)


def ada(images, seed: int) -> Player:
    """See `games_keras.AdaptiveAugmentation`."""
    from benchmarks import games_keras

    return on_batches(games_keras.AdaptiveAugmentation(seed), images, 128, seed, steps=5)


def flows(images, seed: int) -> Player:
    """The flow-matching model of notebook 08 at a constant rate, drawing with its average."""
    model, pairs = flow.built(flow.RATE, seed), flow.pairs(images, seed)

    def draw(n: int):
        own = model.get_weights()
        model.optimizer.finalize_variable_values(model.trainable_variables)
        drawn = flow.draw(model, n, flow.SAMPLING[-1], 5)
        model.set_weights(own)
        return drawn

    how = {"steps_per_epoch": 5, "shuffle": False, "verbose": 0}
    return Player(lambda: model.fit(pairs, **how), draw, steps=5)


def in_torch(images, seed: int) -> Player:
    """The game of `ours` in PyTorch, which has initial weights of its own."""
    from benchmarks import games_torch

    return on_batches(games_torch.Game(seed), images.transpose(0, 3, 1, 2), 32, seed)


PLAYERS = {
    GROUPS: partial(told, groups=True),
    LABELS: partial(told, half_life=modern.HALF_LIFE),
    GIVEN: partial(told, way=modern.WAYS[0], half_life=ablation.HALF_LIFE),
    STAYING: partial(told, way=modern.WAYS[0]),
    ALONE: partial(ours, way=modern.WAYS[0], half_life=ablation.HALF_LIFE),
    CLASSIC: classic,
    TUTORIAL: tutorial,
    OURS: ours,
    TORCH: in_torch,
    WGAN_GP: wgan_gp,
    ADA: ada,
    FLOW: flows,
}
BESIDE = {
    STAYING: PLAYERS[STAYING],
    REUSED: partial(told, way=modern.WAYS[0], again=True),
}


def started(recipe: str, seed: int) -> tuple:
    """A recipe before its first step, one thread an operation, and the digits that it trains on."""
    if recipe == TORCH:  # loaded after TensorFlow, PyTorch's compiler crashes
        from benchmarks import games_torch  # noqa: F401
    from gan_helpers import data

    import keras
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)  # idle ones use up processor time
    keras.utils.set_random_seed(seed)
    images = data.load_digits().images
    return (PLAYERS | BESIDE)[recipe](images, seed), images


def train(recipe: str, seed: int) -> list[dict]:
    """One training, judged at each mark."""
    (player, images), steps = started(recipe, seed), 0

    def go_on() -> None:
        nonlocal steps
        player.go_on()
        steps += player.steps

    def judge() -> dict:
        return {"steps": steps, **modern.quality(player.draw(modern.COUNTED), images)}

    return modern.at_marks(SPRINT if recipe in (GIVEN, STAYING) else MARKS, go_on, judge)


def train_whole(recipe: str, seed: int) -> list[dict]:
    """One training as long as its author's, judged after each number of steps in `WHOLE`."""
    (player, images), taken, spent, points = started(recipe, seed), 0, 0.0, []
    for steps in WHOLE:
        start = time.process_time()
        while taken < steps:
            player.go_on()
            taken += player.steps
        spent += time.process_time() - start
        found = modern.quality(player.draw(modern.COUNTED), images)
        points.append({"steps": taken, "seconds": spent, **found})
    return points


def side_by_side(seed: int) -> list[dict]:
    """Notebook 05's game at rates that stay: new fakes for G, or D's used again; see `reused`."""
    from benchmarks import reused

    games = {}
    for way in list(BESIDE)[:: 1 if seed % 2 else -1]:  # neither comes first in all
        player, images = started(way, seed)
        games[way] = player.go_on, player.steps, player.draw
    return reused.side_by_side(games, lambda draw: modern.quality(draw(modern.COUNTED), images))


def real(seed: int) -> list[dict]:
    """As many draws from the digits themselves, with replacement: a yardstick for the others."""
    from gan_helpers import data

    import numpy as np

    images = data.load_digits().images
    drawn = np.random.default_rng(seed).integers(len(images), size=modern.COUNTED)
    return [modern.quality(images[drawn], images)]


def jobs(seeds: int) -> list[tuple]:
    """(part, function, arguments) of every training, in the order in which they are done."""
    each = [(recipe, seed) for seed in range(1, seeds + 1) for recipe in PLAYERS]
    more = range(seeds + 1, seeds + MORE_SEEDS + 1)
    each += [(recipe, seed) for seed in more for recipe in OFTENER]
    return [
        *(("quality", train, one) for one in each),
        *(("reused", side_by_side, (seed,)) for seed in range(1, seeds + MORE_SEEDS + 1)),
        *(("real", real, (seed,)) for seed in range(1, seeds + 1)),
        ("whole", train_whole, (TUTORIAL, 1)),
    ]


def facts(part: str, arguments: tuple) -> dict:
    """What a row holds beside what was measured; in "reused" it names its way itself."""
    names = ("seed",) if part in ("reused", "real") else ("way", "seed")
    return dict(zip(names, arguments, strict=True))


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The options; their defaults are the full measurement."""
    return stored.parse("benchmarks.quality", __doc__.split(":")[0], FILE, 3, arguments)


def main() -> None:
    """Do what is not stored yet."""
    options = parse()
    results = stored.read(options)
    stored.go_on(
        results,
        jobs(options.seeds),
        lambda function, arguments: in_new_process(function, *arguments),
        facts,
        lambda: stored.write(results, options.out),
        stored.code_of(*CODE),
        options.missing,
        torch=True,
    )
    print(f"wrote {options.out.name}")


if __name__ == "__main__":
    main()
