"""From chapter 05's game to a modern recipe, a change a row: `python -m benchmarks.modern`.

The numbers go to gan_helpers/assets/notebook_08.json, from which notebook 08 draws them. Each
training is stored as it ends, and a training that is stored is not done again, so the command can
be stopped and called again. `--again` begins anew.
"""

import argparse
import functools
import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import flow, stored
from benchmarks.ablation import halving, pixel_frechet
from benchmarks.processes import in_new_process
from benchmarks.turns import least_times

HERE = Path(__file__).resolve().parent
FILE = HERE.parent / "gan_helpers" / "assets" / "notebook_08.json"
STEPS = 3000  # of the first row; the others get as many as take the same time
CLUSTERS, COUNTED = 200, 10_000
ROUND, DRAWN = 40, 2000  # steps and images in each round of `costs`
MARKS = (60, 120, 180, 300, 600)  # processor seconds of `long`
RATES = (0.001, 0.004)  # of D and of G, with which notebook 05 begins
FALLS = (0.7, 0.8, 0.9)  # of the training; after each, the rates are these times the first
FACTORS = (1.0, 0.5, 0.2, 0.05)
STACKED_STEPS = 2496  # 16 epochs of whole batches
LONGER = 14976  # 96, in less than five minutes where nothing else runs
# Each row makes the change that it names, and keeps those of the rows before.
LADDER = ("chapter 5, no labels", "labels by clusters", "pairing", "R1 and R2", "rates that fall")
BESIDE = "R1 and R2, labels given"
HALVED = "R1 and R2, labels given, rates that halve"
GIVEN = (BESIDE, HALVED)  # the rows with the labels that the digits have
HALF_LIFE = 8000  # steps in which the rates of `HALVED` do
FLOW = "flow matching"
WAYS = ("the classic loss", "pairing", "pairing, R1 and R2")
CALM = "calmer: beta_1 = 0, strength 0.6, longer average, whole batches, rates that fall"
HIDDEN = "calmer, a hidden layer in D"
CALMER = (CALM, HIDDEN)
UNITS = 256  # of that layer
CODE = ("modern.py", "flow.py", "ablation.py")


def game(way: str) -> dict:
    """The arguments of `compile` for one of `WAYS`."""
    from gan_helpers import modern_losses, penalties

    if way == WAYS[0]:
        return {"smooth": 0.1, "g_ema": 0.99}
    how = {"d_loss": modern_losses.d_loss_pairing, "g_loss": modern_losses.g_loss_pairing}
    if way == WAYS[2]:
        how |= {"d_penalty": [penalties.R1(0.3), penalties.R2(0.3)], "penalty_every": 4}
    return how | {"g_ema": 0.99}


def choices(row: str) -> dict:
    """What a row changes: labels (0, 10 or `CLUSTERS`), arguments of `compile`, rates."""
    step = LADDER.index("R1 and R2" if row in GIVEN else row)
    how = game(WAYS[min(max(step - 1, 0), 2)])
    labels = 10 if row in GIVEN else CLUSTERS if step else 0
    rates = "halving" if row == HALVED else "falling" if step >= 4 else "staying"
    return {"labels": labels, "how": how, "rates": rates}


def rates_of(first: float, steps: int, kind: str):
    """The rate of an optimizer: staying, halving, or falling three times near the end."""
    import keras

    if kind == "staying":
        return first
    if kind == "halving":
        return halving(first, HALF_LIFE)
    falls = [int(share * steps) for share in FALLS]
    values = [first * factor for factor in FACTORS]
    return keras.optimizers.schedules.PiecewiseConstantDecay(falls, values)


def built(row: str, steps: int, seed: int):
    """The convolutional pair of notebook 05 with the choices of a row, for so many steps."""
    from gan_helpers import networks
    from gan_helpers.gan import GAN, ConditionalGAN

    import keras

    labels, how, rates = choices(row).values()
    keras.utils.set_random_seed(seed)
    if labels:
        d = networks.build_conditional_discriminator(labels=labels)
        gan = ConditionalGAN(networks.build_conv_generator(64 + labels), d, seed=seed)
    else:
        gan = GAN(networks.build_conv_generator(), networks.build_conv_discriminator(), seed=seed)
    adams = [keras.optimizers.Adam(rates_of(rate, steps, rates), beta_1=0.5) for rate in RATES]
    gan.compile(*adams, steps_per_execution=20, **how)
    return gan


def labels_of(row: str, digits) -> tuple:
    """What `fit` is given beside the images: nothing, or one label for each."""
    from gan_helpers import clusters

    if row in GIVEN:
        return (digits.labels,)
    number = choices(row)["labels"]
    return (clusters.cluster_labels(digits.images, number),) if number else ()


def train(gan, images, told: tuple, steps: int, seed: int) -> None:
    """So many steps on batches of 32, the last epoch being cut off where they end."""
    import numpy as np

    epochs, rest = divmod(steps, math.ceil(len(images) / 32))
    gan.fit(images, *told, batch_size=32, epochs=epochs, verbose=0)
    if rest:
        part = np.random.default_rng(seed).permutation(len(images))[: 32 * rest]
        gan.fit(images[part], *[each[part] for each in told], batch_size=32, epochs=1, verbose=0)


def costs(what: str, rounds: int) -> list[dict]:
    """Processor time of `ROUND` steps of each row, and of drawing, over those of the first row.

    The least of some rounds, in which all take turns.
    """
    from gan_helpers import data

    digits, calls = data.load_digits(), {}
    images = digits.images[: 32 * ROUND]
    for row in (*LADDER, BESIDE):
        gan, told = built(row, STEPS, 1), [each[: 32 * ROUND] for each in labels_of(row, digits)]
        calls["step", row] = functools.partial(train, gan, images, told, ROUND, 1)
        calls["draw", row] = functools.partial(gan.sample, DRAWN, 1)
    model = flow.built(rates_of(flow.RATE, STEPS, "falling"), 1)
    calls["step", FLOW] = functools.partial(flow.train, model, images, ROUND, 1)
    calls["draw", FLOW] = functools.partial(flow.draw, model, DRAWN, 1, 1)
    least = least_times(calls, rounds)
    return [
        {
            "way": row,
            **{kind: least[kind, row] / least[kind, LADDER[0]] for kind in ("step", "draw")},
        }
        for row in (*LADDER, BESIDE, FLOW)
    ]


def quality(samples, images) -> dict[str, float]:
    """Distances from real digits, and precision and recall of the first samples."""
    from gan_helpers import metrics

    few = slice(0, 2500)
    both = metrics.precision_and_recall(
        metrics.features(images[few]), metrics.features(samples[few])
    )
    return {
        "digit_fid": metrics.digit_fid(samples),
        "pixel_frechet": pixel_frechet(images)(samples),
        "precision": both.precision,
        "recall": both.recall,
    }


def draw(gan, told: tuple, n: int):
    """So many drawings, with labels, if there are any, as often as they are among the digits."""
    import numpy as np

    if not told:
        return gan.sample(n, seed=5)
    return gan(gan.latents_for(np.random.default_rng(5).choice(told[0], n), seed=5)).numpy()


def judged(gan, images, told: tuple) -> dict[str, float]:
    """How many steps a training has taken, and how good its drawings are."""
    return {"steps": int(gan.steps.numpy()), **quality(draw(gan, told, COUNTED), images)}


def ladder(row: str, seed: int, steps: int) -> list[dict]:
    """One training, and how good its drawings are."""
    from gan_helpers import data

    digits = data.load_digits()
    told, gan = labels_of(row, digits), built(row, steps, seed)
    train(gan, digits.images, told, steps, seed)
    return [judged(gan, digits.images, told)]


def at_marks(
    marks: Sequence[float], go_on: Callable[[], None], judge: Callable[[], dict]
) -> list[dict]:
    """What `judge` says of a training after the first call of `go_on` that ends past each mark.

    The marks are seconds of processor time, in which judging does not count.
    """
    points, spent = [], 0.0
    for mark in marks:
        start = time.process_time()
        while spent + time.process_time() - start < mark:
            go_on()
        spent += time.process_time() - start
        points.append({"mark": mark, "seconds": spent, **judge()})
    return points


def long(row: str, seed: int) -> list[dict]:
    """One training that goes on, judged at the end of the first epoch after each of `MARKS`."""
    from gan_helpers import data

    digits = data.load_digits()
    images, told, gan = digits.images, labels_of(row, digits), built(row, STEPS, seed)

    def epoch() -> None:
        gan.fit(images, *told, batch_size=32, epochs=1, verbose=0)

    return at_marks(MARKS, epoch, lambda: judged(gan, images, told))


def flows(row: str, seed: int, steps: int) -> list[dict]:
    """A flow-matching model trained for as long, drawing in few steps and in many."""
    from gan_helpers import data

    images = data.load_digits().images
    model = flow.built(rates_of(flow.RATE, steps, "falling"), seed)
    flow.train(model, images, steps, seed)
    return [
        {"steps": steps, "calls": calls, **quality(flow.draw(model, COUNTED, calls, 5), images)}
        for calls in flow.SAMPLING
    ]


def with_hidden_layer(d):
    """The convolutional D with a hidden layer before its logit."""
    import keras

    hidden = [keras.layers.Dense(UNITS), keras.layers.LeakyReLU(negative_slope=0.2)]
    return keras.Sequential([d.inputs[0], *d.layers[:-1], *hidden, keras.layers.Dense(1)])


def stacked_game(way: str, steps: int, seed: int):
    """The game on stacked digits, compiled for so many steps."""
    from gan_helpers import networks, penalties
    from gan_helpers.gan import GAN

    import keras

    keras.utils.set_random_seed(seed)
    g = networks.build_conv_generator(image_shape=(28, 28, 3))
    d = networks.build_conv_discriminator(image_shape=(28, 28, 3))
    calm = way in CALMER
    how = game(WAYS[2] if calm else way)
    if calm:
        how |= {"g_ema": 0.998, "d_penalty": [penalties.R1(0.6), penalties.R2(0.6)]}
    kind = "falling" if calm else "staying"
    rates = [rates_of(rate, steps, kind) for rate in (0.002, 0.004)]
    adams = [keras.optimizers.Adam(rate, beta_1=0.0 if calm else 0.5) for rate in rates]
    d = with_hidden_layer(d) if way == HIDDEN else d
    gan = GAN(g, d, seed=seed)
    gan.compile(*adams, **how)
    return gan


def stack(way: str, seed: int, steps: int = STACKED_STEPS) -> list[dict]:
    """Stacked digits: the modes after so many steps."""
    from gan_helpers import data, stacked

    digits, gan = data.load_digits().images, stacked_game(way, steps, seed)
    # Without momentum a last batch of 8 is a step as long as any, and noisier.
    used = len(digits) // 32 * 32 if way in CALMER else len(digits)
    start, wall, epoch = time.process_time(), time.perf_counter(), 0
    while gan.steps < steps:
        images = stacked.stacked(digits, 1000 * seed + epoch)[:used]
        gan.fit(images, batch_size=32, epochs=1, verbose=0)
        epoch += 1
    took = {"seconds": time.process_time() - start, "wall": time.perf_counter() - wall}
    found = stacked.modes(gan.sample(25_600, seed=7))
    return [{"steps": int(gan.steps.numpy()), **took, **found._asdict()}]


def jobs(seeds: int, cost: dict[str, float]) -> list[tuple]:
    """(part, function, arguments) of every training, in the order in which they are done.

    cost: how long a step of each row takes, in steps of the first row.
    """
    steps = {row: round(STEPS / cost[row]) for row in (*LADDER, BESIDE, FLOW)}
    each = []
    for seed in range(1, seeds + 1):
        each += [("ladder", ladder, (row, seed, steps[row])) for row in (*LADDER, BESIDE)]
        each += [("flow", flows, (FLOW, seed, steps[FLOW]))]
        each += [("stacked", stack, (way, seed)) for way in (*WAYS, *CALMER)]
        each += [("stacked", stack, (HIDDEN, seed, LONGER))]
        each += [("long", long, (row, seed)) for row in (LADDER[3], *GIVEN)]
    return each


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The options; their defaults are the full measurement."""
    return stored.parse("benchmarks.modern", __doc__.split(":")[0], FILE, 3, arguments)


def main() -> None:
    """Do what is not stored yet."""
    options = parse()
    results = stored.read(options)

    def facts(part: str, arguments: tuple) -> dict:
        return {"way": arguments[0], "seed": arguments[1]} if part != "costs" else {}

    def measure(function: Callable, arguments: tuple) -> list[dict]:
        return in_new_process(function, *arguments)

    def write() -> None:
        stored.write(results, options.out)

    how = measure, facts, write, stored.code_of(*CODE), options.missing
    stored.go_on(results, [("costs", costs, ("costs", 4))], *how)
    cost = {row["way"]: row["step"] for row in results["costs"]}
    stored.go_on(results, jobs(options.seeds, cost), *how)
    print(f"wrote {options.out.name}")


if __name__ == "__main__":
    main()
