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


class Turns:
    """D's turns and then G's, on the networks of notebook 05, as a tutorial writes them.

    Args:
        seed: of the initial weights and all that is drawn.
        adam: arguments of both optimizers.
        d_turns: turns of D for each of G.
    """

    def __init__(self, seed: int, adam: dict, d_turns: int = 1):
        from gan_helpers import networks

        import keras
        import tensorflow as tf

        keras.utils.set_random_seed(seed)
        self.g, self.d = networks.build_conv_generator(), networks.build_conv_discriminator()
        self.adams = [keras.optimizers.Adam(**adam) for _ in range(2)]
        self.d_turns = d_turns
        self.step = tf.function(self._step)

    def d_loss(self, real, fake):
        """D's loss on real and fake samples."""
        raise NotImplementedError

    def g_loss(self, fake):
        """G's loss on fakes."""
        raise NotImplementedError

    def latents(self, n: int):
        """New latent vectors (n, 64)."""
        import tensorflow as tf

        return tf.random.normal((n, 64))

    def _step(self, real) -> None:
        import tensorflow as tf

        for _ in range(self.d_turns):
            with tf.GradientTape() as tape:
                loss = self.d_loss(real, self.g(self.latents(len(real)), training=True))
            self.apply(tape, loss, self.d, self.adams[0])
        with tf.GradientTape() as tape:
            loss = self.g_loss(self.g(self.latents(len(real)), training=True))
        self.apply(tape, loss, self.g, self.adams[1])

    def apply(self, tape, loss, network, adam) -> None:
        """One step of one network."""
        gradients = tape.gradient(loss, network.trainable_variables)
        adam.apply(gradients, network.trainable_variables)

    def player(self, images, size: int, seed: int) -> Player:
        """Trains on batches of so many images."""
        import tensorflow as tf

        endless = batches(images, size, seed)

        def go_on() -> None:
            for real in itertools.islice(endless, CALLS):
                self.step(tf.constant(real))

        return Player(go_on, self.draw)

    def draw(self, n: int):
        """Samples of G."""
        from gan_helpers.gan import latent_vectors

        return self.g.predict(latent_vectors(n, 64, seed=5), verbose=0)


class WassersteinGP(Turns):
    """Three turns of D for each of G, and D's slope held near 1 between real samples and fakes.

    Source: the Keras example "WGAN-GP overriding Model.train_step" for losses, turns, optimizers
    and batches of 512. Its points between are drawn normally; here uniformly, as in the paper.
    """

    def __init__(self, seed: int):
        from gan_helpers import penalties

        super().__init__(seed, {"learning_rate": 2e-4, "beta_1": 0.5, "beta_2": 0.9}, d_turns=3)
        self.penalty = penalties.GradientPenalty(10.0)

    def d_loss(self, real, fake):
        from gan_helpers import modern_losses

        import tensorflow as tf

        answer = partial(self.d, training=True)
        seed = tf.random.uniform((2,), maxval=2**31 - 1, dtype=tf.int32)
        loss = modern_losses.d_loss_wasserstein(answer(real), answer(fake))
        return loss + self.penalty(answer, real, fake, seed)

    def g_loss(self, fake):
        from gan_helpers import modern_losses

        return modern_losses.g_loss_wasserstein(self.d(fake, training=True))


class AdaptiveAugmentation(Turns):
    """Both networks see samples flipped, moved, turned and zoomed, with a probability that adapts.

    Source: the Keras example "Data-efficient GANs with Adaptive Discriminator Augmentation", for
    losses, augmentation, optimizers, batches of 128 and the average of G. Sides that are flipped
    suit its birds better than digits.
    """

    def __init__(self, seed: int):
        import keras
        import tensorflow as tf

        super().__init__(seed, {"learning_rate": 2e-4, "beta_1": 0.5})
        layers = keras.layers
        self.augmenter = keras.Sequential(
            [
                keras.Input((28, 28, 1)),
                layers.RandomFlip("horizontal", seed=seed),
                layers.RandomTranslation(0.125, 0.125, interpolation="nearest", seed=seed + 1),
                layers.RandomRotation(0.125, seed=seed + 2),
                layers.RandomZoom((-0.25, 0.0), (-0.25, 0.0), seed=seed + 3),
            ]
        )
        self.probability = tf.Variable(0.0)
        self.average = keras.models.clone_model(self.g)
        self.average.set_weights(self.g.get_weights())

    def seen(self, x):
        """What D sees of samples: some of them augmented."""
        import tensorflow as tf

        chosen = tf.random.uniform((len(x), 1, 1, 1)) < self.probability
        return tf.where(chosen, self.augmenter(x, training=True), x)

    def d_loss(self, real, fake):
        from gan_helpers import losses

        import tensorflow as tf

        on_real = self.d(self.seen(real), training=True)
        found = tf.reduce_mean((1 + tf.sign(on_real)) / 2)
        moved = self.probability + (found - 0.8) / 1000
        self.probability.assign(tf.clip_by_value(moved, 0, 1))
        return losses.d_loss(on_real, self.d(self.seen(fake), training=True), 0.0)

    def g_loss(self, fake):
        from gan_helpers import losses

        return losses.g_loss(self.d(self.seen(fake), training=True))

    def apply(self, tape, loss, network, adam):
        super().apply(tape, loss, network, adam)
        if network is self.g:
            for average, weight in zip(self.average.weights, self.g.weights, strict=True):
                average.assign(0.99 * average + 0.01 * weight)

    def draw(self, n):
        from gan_helpers.gan import latent_vectors

        return self.average.predict(latent_vectors(n, 64, seed=5), verbose=0)


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

    game = recent_torch.Game(seed)
    endless = batches(images.transpose(0, 3, 1, 2), 32, seed)
    return Player(lambda: game.steps(itertools.islice(endless, CALLS)), game.draw)


def wgan_gp(images, seed: int) -> Player:
    """See `WassersteinGP`."""
    return WassersteinGP(seed).player(images, 512, seed)


def ada(images, seed: int) -> Player:
    """See `AdaptiveAugmentation`."""
    return AdaptiveAugmentation(seed).player(images, 128, seed)


PLAYERS = {OURS: ours, TORCH: in_torch, WGAN_GP: wgan_gp, ADA: ada, FLOW: flows}


def train(recipe: str, seed: int) -> list[dict]:
    """One training, judged at each mark."""
    if recipe == TORCH:  # loaded after TensorFlow, it crashes
        import torch._dynamo  # noqa: F401
    from gan_helpers import data

    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)  # idle ones use up processor time
    images, steps = data.load_digits().images, itertools.count(CALLS, CALLS)
    player, done = PLAYERS[recipe](images, seed), [0]

    def go_on() -> None:
        player.go_on()
        done[0] = next(steps)

    def judge() -> dict:
        return {"steps": done[0], **modern.quality(player.draw(modern.COUNTED), images)}

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
