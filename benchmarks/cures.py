"""Cures of a D that learns by heart, and of a collapse: `python -m benchmarks.cures`.

The numbers go to gan_helpers/assets/notebook_07.json, from which notebook 07 draws them. Each
training is stored as it ends, and a training that is stored is not done again, so the command can
be stopped and called again. `--again` begins anew.
"""

import argparse
import math
from functools import partial
from pathlib import Path

from benchmarks import stored
from benchmarks.turns import least_times

HERE = Path(__file__).resolve().parent
FILE = HERE.parent / "gan_helpers" / "assets" / "notebook_07.json"
DIGITS, HELD_OUT = 300, 1000  # D trains on so few that it soon knows them by heart
STEPS = 1600  # without a cure; with one, as many as take the same time
SHARES = (0.25, 0.5, 1.0)  # of the training; after each, it is looked at
RATES = (0.001, 0.004)  # of D and of G, with which notebook 05 begins
COUNTED = 60  # steps of each round of `costs`
CURES = ("nothing", "R1", "augmentation", "falling rate", "dropout", "LeCam", "ADA")
COLLAPSES = 5  # trainings of each loss on the ring
MINIBATCH = "non-saturating + minibatch statistics"
DROPPED = 0.3  # share of D's numbers behind each leaky ReLU, as in TensorFlow's DCGAN tutorial


def split(seed: int):
    """Training and held-out digits, each with its labels, drawn by the seed."""
    from gan_helpers import data

    import numpy as np

    digits = data.load_digits()
    order = np.random.default_rng(seed).permutation(len(digits.images))
    parts = order[:DIGITS], order[-HELD_OUT:]
    return [(digits.images[part], digits.labels[part]) for part in parts]


def with_dropout(discriminator):
    """The D of notebook 05 with the same weights, and dropout behind each leaky ReLU."""
    from gan_helpers import networks

    import keras

    x, label = keras.Input((28, 28, 1)), keras.Input((10,))
    *body, _ = networks.build_conv_discriminator().layers
    seen = x
    for layer in body:
        seen = layer(seen)
        if isinstance(layer, keras.layers.LeakyReLU):
            seen = keras.layers.Dropout(DROPPED)(seen)
    picked = keras.layers.Dot(axes=1)([keras.layers.Dense(10)(seen), label])
    dropping = keras.Model([x, label], picked)
    dropping.set_weights(discriminator.get_weights())
    return dropping


class LeCam:
    """Holds D's logits on each kind near the moving mean of its logits on the other kind.

    Source: the squared distances of Tseng et al. 2021, on both sides of the means; public code cuts
    one side off by a ReLU. The strength, the decay and the start at 0 are this benchmark's choices,
    not tuned. D answers both kinds once more for it, as for any penalty, which costs it steps.
    """

    def __init__(self, strength: float = 0.3, decay: float = 0.99):
        import tensorflow as tf

        self.strength, self.decay = strength, decay
        self.on_real, self.on_fake = (tf.Variable(0.0, trainable=False) for _ in range(2))

    def __call__(self, d, real, fake, seed):
        """The penalty, a scalar tensor; takes D's answers into the means first."""
        import tensorflow as tf

        logits_real, logits_fake = d(real), d(fake)
        for mean, logits in ((self.on_real, logits_real), (self.on_fake, logits_fake)):
            now = tf.stop_gradient(tf.reduce_mean(logits))
            mean.assign(self.decay * mean + (1 - self.decay) * now)
        return self.strength * (
            tf.reduce_mean((logits_real - self.on_fake) ** 2)
            + tf.reduce_mean((logits_fake - self.on_real) ** 2)
        )


class ADA:
    """Shifts each image with a probability, which follows how sure D is of its training digits.

    Source: Karras et al. 2020, sec. 3.1 and eq. 1: the mean sign of D's logits on training images
    is held at 0.6, and the probability starts at 0. That it takes 10,000 images from 0 to 1 (there
    500,000), and that it moves at each step, are this benchmark's choices, not tuned.
    """

    def __init__(self, sign: float = 0.6, images: int = 10_000):
        import tensorflow as tf

        self.sign, self.images = sign, images
        self.probability = tf.Variable(0.0, trainable=False)

    def __call__(self, d, real, fake, seed):
        """Nothing, as a penalty; looks at D's answers and moves the probability."""
        import tensorflow as tf

        too_sure = tf.sign(tf.reduce_mean(tf.sign(d(real))) - self.sign)
        moved = self.probability + too_sure * tf.cast(tf.shape(real)[0], tf.float32) / self.images
        self.probability.assign(tf.clip_by_value(moved, 0, 1))
        return tf.zeros(())

    def augment(self, x, seed):
        """What D sees in place of x."""
        from gan_helpers import augment

        import tensorflow as tf

        chosen = tf.random.stateless_uniform((tf.shape(x)[0], 1, 1, 1), seed) < self.probability
        return tf.where(chosen, augment.Shift(2)(x, seed), x)


def built(cure: str, seed: int):
    """The conditional GAN of notebook 05 at rates that stay, with one cure."""
    from gan_helpers import augment, networks, penalties
    from gan_helpers.gan import ConditionalGAN

    import keras

    keras.utils.set_random_seed(seed)
    g, d = networks.build_conv_generator(64 + 10), networks.build_conditional_discriminator()
    gan = ConditionalGAN(g, with_dropout(d) if cure == "dropout" else d, seed=seed)
    ada = ADA()
    how = {
        "LeCam": {"d_penalty": LeCam()},
        "ADA": {"d_penalty": ada, "augment": ada.augment},
        "R1": {"d_penalty": penalties.R1(1.0), "penalty_every": 4},
        "augmentation": {"augment": augment.Shift(2)},
    }
    adams = [keras.optimizers.Adam(rate, beta_1=0.5) for rate in RATES]
    gan.compile(*adams, smooth=0.1, g_ema=0.99, steps_per_execution=4, **how.get(cure, {}))
    return gan


def falling(share: float) -> float:
    """What a rate is multiplied by when this share of the time is over: a cosine to 2 %."""
    return 0.02 + 0.98 * (1 + math.cos(math.pi * min(share, 1.0))) / 2


def answers(gan, seen: tuple, unseen: tuple) -> dict[str, float]:
    """D's mean answer on its training digits, on held-out ones and on generated ones."""
    import numpy as np
    import tensorflow as tf

    hot = np.eye(10, dtype=np.float32)
    drawn = gan.sample(HELD_OUT, 6), np.arange(HELD_OUT) % 10
    found = {}
    for name, (images, labels) in (("seen", seen), ("unseen", unseen), ("generated", drawn)):
        logits = gan.discriminator.predict([images, hot[labels]], batch_size=500, verbose=0)
        found[name] = float(tf.reduce_mean(tf.sigmoid(logits)))
    return found


def by_heart(cure: str, seed: int, steps: int) -> list[dict]:
    """One training of so many steps, looked at after each of `SHARES` of them."""
    from gan_helpers import metrics

    import keras

    seen, unseen = split(seed)
    gan, rows = built(cure, seed), []

    def step(batch, logs):
        done = int(gan.steps.numpy()) / steps
        if cure == "falling rate":
            gan.optimizer.learning_rate = RATES[0] * falling(done)
        gan.stop_training = done >= SHARES[len(rows)]

    look = keras.callbacks.LambdaCallback(on_train_batch_end=step)
    for share in SHARES:
        gan.fit(*seen, batch_size=32, epochs=10**6, verbose=0, callbacks=[look])
        row = {"share": share, "steps": int(gan.steps.numpy()), **answers(gan, seen, unseen)}
        rows.append(row | {"digit_fid": metrics.digit_fid(gan.sample(2000, 5))})
    return rows


def losses_on_the_ring() -> dict[str, dict]:
    """Loss -> arguments of `compile`, for the game of `collapse`."""
    from gan_helpers.modern_losses import d_loss_pairing, g_loss_pairing
    from gan_helpers.penalties import R1, R2

    r1, r2, pairing = R1(0.3), R2(0.3), {"d_loss": d_loss_pairing, "g_loss": g_loss_pairing}
    return {
        "non-saturating": {"smooth": 0.0},
        "non-saturating + R1": {"smooth": 0.0, "d_penalty": r1},
        "non-saturating + R1 + R2": {"smooth": 0.0, "d_penalty": [r1, r2]},
        MINIBATCH: {"smooth": 0.0},
        "pairing": pairing,
        "pairing + R1": pairing | {"d_penalty": r1},
        "pairing + R2": pairing | {"d_penalty": r2},
        "pairing + R1 + R2": pairing | {"d_penalty": [r1, r2]},
    }


def spread_of_the_batch(x):
    """The samples, each with one number more: the batch's standard deviation, mean over features.

    Source: Karras et al. 2018, sec. 3.
    """
    from keras import ops

    spread = ops.mean(ops.sqrt(ops.var(x, axis=0) + 1e-8))  # not 0, where a root has no slope
    return ops.concatenate([x, ops.full_like(x[:, :1], 1) * spread], axis=1)


def collapse(loss: str, seed: int) -> list[dict]:
    """Notebook 07's game on the ring: spread, modes at ten looks of a slow D, then of a fast one.

    A mode counts that has at least 2 % of the fakes within 0.3 of its middle.
    """
    from gan_helpers import data
    from gan_helpers.gan import GAN

    import keras
    import numpy as np

    ring = data.ring(std=0.05)
    points = ring.sample(10_000, seed=0)
    keras.utils.set_random_seed(seed)
    hidden = [keras.layers.Dense(128, "relu", name=f"hidden_{i}") for i in range(4)]
    g = keras.Sequential([keras.Input((64,)), *hidden[:2], keras.layers.Dense(2)])
    if loss == MINIBATCH:
        hidden.insert(3, keras.layers.Lambda(spread_of_the_batch))
    d = keras.Sequential([keras.Input((2,)), *hidden[2:], keras.layers.Dense(1)])
    gan, spreads, modes = GAN(g, d, seed=seed), [], []
    adams = [keras.optimizers.Adam(0.001, beta_1=0.5) for _ in range(2)]
    how = losses_on_the_ring()[loss]
    gan.compile(*adams, jit_compile=False, steps_per_execution=157, **how)
    for look in range(20):
        gan.d_optimizer.learning_rate = 0.0001 if look < 10 else 0.001
        gan.fit(points, batch_size=64, epochs=1, verbose=0)
        fakes = gan.sample(1000, seed=1)
        spreads.append(float((fakes.std(axis=0) / points.std(axis=0)).mean()))
        away = np.linalg.norm(fakes[:, None] - ring.means, axis=2)
        near = away.argmin(axis=1)[away.min(axis=1) < 0.3]
        modes.append(int(np.sum(np.bincount(near, minlength=8) >= 0.02 * len(fakes))))
    return [{"spreads": spreads, "modes": modes}]


def ways() -> dict[str, dict]:
    """Way -> what it changes in the convolutional pair: arguments of `compile`, or D itself."""
    from gan_helpers import augment, lipschitz, modern_losses, penalties

    r1, both = penalties.R1(1.0), {"d_loss": modern_losses.d_loss_pairing}
    both |= {"g_loss": modern_losses.g_loss_pairing}
    return {
        "as it was": {},
        "R1": {"d_penalty": r1},
        "R1 at every fourth step": {"d_penalty": r1, "penalty_every": 4},
        "pairing + R1 + R2": {"d_penalty": [r1, penalties.R2(1.0)], **both},
        "gradient penalty": {"d_penalty": penalties.GradientPenalty()},
        "spectral normalisation": {"change": lipschitz.spectrally_normalised},
        "augmentation": {"augment": augment.Shift(2)},
    }


def compared(gans: dict, *data, rounds: int) -> list[dict]:
    """Processor time of `COUNTED` steps of each, the least of some rounds, over the first's."""
    data = tuple(each[: 32 * COUNTED] for each in data)
    calls = {way: partial(gan.fit, *data, batch_size=32, verbose=0) for way, gan in gans.items()}
    least = least_times(calls, rounds)
    first = next(iter(least.values()))
    return [{"way": way, "times": each / first} for way, each in least.items()]


def costs(what: str, rounds: int) -> list[dict]:
    """What a step costs in each of `ways`."""
    from gan_helpers import data, networks
    from gan_helpers.gan import GAN

    import keras

    gans = {}
    for way, how in ways().items():
        change = how.pop("change", lambda d: d)
        d = change(networks.build_conv_discriminator())
        gans[way] = GAN(networks.build_conv_generator(), d)
        adams = [keras.optimizers.Adam(rate, beta_1=0.5) for rate in RATES]
        gans[way].compile(*adams, steps_per_execution=20, **how)
    return compared(gans, data.load_digits().images, rounds=rounds)[1:]


def cure_costs(what: str, rounds: int) -> list[dict]:
    """What a step costs with each of `CURES`."""
    from gan_helpers import data

    digits = data.load_digits()
    gans = {cure: built(cure, 1) for cure in CURES}
    return compared(gans, digits.images, digits.labels, rounds=rounds)


def jobs(seeds: int, cost: dict[str, float]) -> list[tuple]:
    """(part, function, arguments) of every training, in the order in which they are done.

    cost: how long a step with each cure takes, in steps without one.
    """
    steps = {cure: round(STEPS / cost[cure]) for cure in CURES}
    each = [
        ("by_heart", by_heart, (cure, seed, steps[cure]))
        for seed in range(1, seeds + 1)
        for cure in CURES
    ]
    fallen = [
        ("collapse", collapse, (loss, seed))
        for seed in range(1, COLLAPSES + 1)
        for loss in losses_on_the_ring()
    ]
    return [*each, *fallen, ("costs", costs, ("costs", 3))]


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The options; their defaults are the full measurement."""
    return stored.parse("benchmarks.cures", __doc__.split(":")[0], FILE, 3, arguments)


def main() -> None:
    """Do what is not stored yet."""
    options = parse()
    results = stored.read(options)

    def facts(part: str, arguments: tuple) -> dict:
        names = {"by_heart": ("cure", "seed"), "collapse": ("loss", "seed")}
        return dict(zip(names.get(part, ()), arguments, strict=False))

    def do(jobs: list[tuple]) -> None:
        stored.go_on(
            results,
            jobs,
            lambda function, arguments: function(*arguments),
            facts,
            lambda: stored.write(results, options.out),
            stored.code_of("cures.py"),
            options.missing,
        )

    do([("cure_costs", cure_costs, ("cure_costs", 12))])
    do(jobs(options.seeds, {row["way"]: row["times"] for row in results["cure_costs"]}))
    print(f"wrote {options.out.name}")


if __name__ == "__main__":
    main()
