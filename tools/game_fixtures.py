"""Write what TensorFlow says of the playground's games, for the tests of its JavaScript engine.

`python -m tools.game_fixtures` writes docs/playground/test/fixtures.json: for each case the
networks, the batches, then what two whole steps of D and G give: losses, penalties and weights.
Everything is float64, and the losses are written here with TensorFlow's own functions, not with
the playground's formulas. The penalties differentiate through a gradient, tape within tape.
"""

import json
from pathlib import Path
from typing import Any

import gan_helpers  # noqa: F401  keeps TensorFlow's start-up log out of the output

import keras
import numpy as np
import tensorflow as tf

TARGET = Path(__file__).resolve().parent.parent / "docs" / "playground" / "test" / "fixtures.json"
BATCH, STEPS, SMOOTH = 6, 2, 0.1
ACTIVATIONS = {
    "leaky": lambda x: tf.nn.leaky_relu(x, 0.2),
    "relu": tf.nn.relu,
    "tanh": tf.tanh,
}


def entropy(logits: tf.Tensor, label: float) -> tf.Tensor:
    labels = tf.fill(logits.shape, tf.constant(label, tf.float64))
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits))


def mean(values: tf.Tensor) -> tf.Tensor:
    return tf.reduce_mean(values)


# name -> (d_loss of the real and the fake logits, g_loss of the fake and the real logits)
LOSSES = {
    "smooth": (
        lambda r, f: entropy(r, 1 - SMOOTH) + entropy(f, 0.0),
        lambda f, r: entropy(f, 1.0),
    ),
    "twosided": (
        lambda r, f: entropy(r, 1 - SMOOTH) + entropy(f, SMOOTH),
        lambda f, r: entropy(f, 1.0),
    ),
    "minimax": (lambda r, f: entropy(r, 1.0) + entropy(f, 0.0), lambda f, r: -entropy(f, 0.0)),
    "hinge": (
        lambda r, f: mean(tf.nn.relu(1 - r)) + mean(tf.nn.relu(1 + f)),
        lambda f, r: -mean(f),
    ),
    "wasserstein": (lambda r, f: mean(f) - mean(r), lambda f, r: -mean(f)),
    "squares": (
        lambda r, f: mean((r - 1) ** 2) + mean(f**2),
        lambda f, r: mean((f - 1) ** 2),
    ),
    "paired": (
        lambda r, f: mean(tf.nn.softplus(f - r)),
        lambda f, r: mean(tf.nn.softplus(r - f)),
    ),
}
BASE = {"loss": "smooth", "act": "leaky", "opt": "adam", "r1": 0.0, "r2": 0.0, "gp": 0.0, "clip": 0}
CASES: list[dict[str, Any]] = [{"loss": loss} for loss in LOSSES]
CASES += [
    {"act": act, penalty: strength}
    for act in ACTIVATIONS
    for penalty, strength in (("r1", 0.7), ("r2", 1.3), ("gp", 5.0))
]
CASES += [
    {"opt": "sgd", "act": "tanh", "loss": "wasserstein", "gp": 10.0, "r1": 0.2, "r2": 0.1},
    {"opt": "momentum", "act": "tanh"},
    {"opt": "adam", "act": "tanh", "loss": "paired", "r1": 1.0, "r2": 1.0},
    {"loss": "wasserstein", "clip": 0.1},
]


def network(rng: np.random.Generator, sizes: list[int]) -> list[tf.Variable]:
    """Kernel and bias of each layer, float64."""
    shapes = [s for a, b in zip(sizes, sizes[1:], strict=False) for s in ((a, b), (b,))]
    return [tf.Variable(rng.normal(0, 0.6, shape), dtype=tf.float64) for shape in shapes]


def run(weights: list[tf.Variable], x: tf.Tensor, activation) -> tf.Tensor:
    for layer in range(0, len(weights), 2):
        x = x @ weights[layer] + weights[layer + 1]
        if layer + 2 < len(weights):
            x = activation(x)
    return x


def penalty(d, x: tf.Tensor) -> tf.Tensor:
    """Size of D's gradient at each of the samples, squared."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        logits = d(x)
    return tf.reduce_sum(tape.gradient(logits, x) ** 2, axis=1)


def optimizer(name: str) -> keras.Optimizer:
    if name == "adam":
        return keras.optimizers.Adam(0.01, beta_1=0.5, beta_2=0.999, epsilon=1e-7)
    return keras.optimizers.SGD(0.05, momentum=0.8 if name == "momentum" else 0.0)


def flat(weights: list[tf.Variable]) -> list[float]:
    return np.concatenate([w.numpy().ravel() for w in weights]).tolist()


def play(case: dict, seed: int) -> dict:
    """Two whole steps of a case, with all that is needed to repeat them."""
    case = BASE | case
    rng = np.random.default_rng(seed)
    act, (d_loss, g_loss) = ACTIVATIONS[case["act"]], LOSSES[case["loss"]]
    g, d = network(rng, [2, 5, 7, 2]), network(rng, [2, 7, 6, 1])
    record = {**case, "s": SMOOTH, "g": flat(g), "d": flat(d), "steps": []}
    d_optimizer, g_optimizer = optimizer(case["opt"]), optimizer(case["opt"])

    def draw(shape):
        return tf.constant(rng.normal(size=shape))

    for _ in range(STEPS):
        real, z, share = draw((BATCH, 2)), draw((BATCH, 2)), tf.constant(rng.random((BATCH, 1)))
        z_g, real_g = draw((BATCH, 2)), draw((BATCH, 2))
        fake = run(g, z, act)
        with tf.GradientTape() as tape:
            loss = d_loss(run(d, real, act)[:, 0], run(d, fake, act)[:, 0])
            slopes = {
                "r1": mean(penalty(lambda x: run(d, x, act), real)) / 2,
                "r2": mean(penalty(lambda x: run(d, x, act), fake)) / 2,
            }
            between = share * real + (1 - share) * fake
            norm = tf.sqrt(penalty(lambda x: run(d, x, act), between))
            slopes["gp"] = mean((norm - 1) ** 2)
            total = loss + sum(case[name] * slope for name, slope in slopes.items())
        d_grads = tape.gradient(total, d)
        d_optimizer.apply_gradients(zip(d_grads, d, strict=True))
        if case["clip"]:
            for w in d:
                w.assign(tf.clip_by_value(w, -case["clip"], case["clip"]))
        with tf.GradientTape() as tape:
            fakes = run(g, z_g, act)
            cost = g_loss(run(d, fakes, act)[:, 0], run(d, real_g, act)[:, 0])
        g_grads = tape.gradient(cost, g)
        g_optimizer.apply_gradients(zip(g_grads, g, strict=True))
        record["steps"].append(
            {
                "real": real.numpy().ravel().tolist(),
                "z": z.numpy().ravel().tolist(),
                "share": share.numpy().ravel().tolist(),
                "z_g": z_g.numpy().ravel().tolist(),
                "real_g": real_g.numpy().ravel().tolist(),
                "d_loss": float(loss),
                "g_loss": float(cost),
                "penalties": {name: case[name] * float(slope) for name, slope in slopes.items()},
                "d_grads": np.concatenate([grad.numpy().ravel() for grad in d_grads]).tolist(),
                "g_grads": np.concatenate([grad.numpy().ravel() for grad in g_grads]).tolist(),
                "d": flat(d),
                "g": flat(g),
            }
        )
    return record


def fixtures() -> dict:
    """All cases, in which ReLU is never at its kink, where either slope would be right."""
    return {"batch": BATCH, "cases": [play(case, seed) for seed, case in enumerate(CASES)]}


def rounded(value):
    """The same with ten digits: far more than the tests compare."""
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return float(f"{value:.10g}") if isinstance(value, float) else value


def main() -> None:
    text = json.dumps(rounded(fixtures()), separators=(",", ":"))
    TARGET.write_text(text + "\n", encoding="utf-8")
    print(f"{TARGET.name}: {len(CASES)} cases, {len(text)} bytes")


if __name__ == "__main__":
    main()
