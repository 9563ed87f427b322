"""What the tests of the assignments share: read an answer, and say what is wrong with it.

A test is a function without arguments that raises AssertionError with a message for the
student. It knows the mistakes that are often made, and the value that each of them gives. Nothing
here answers a question: what only a hidden test needs stands in that test.

When a submission is graded, tests run in a process of their own, and an answer in another one:
what a test calls there is a stub, which sends its arguments and gets back data. What has to run
beside an answer, as a step on networks, goes through `probe`.
"""

import contextlib
import importlib
import inspect
import io
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from gan_helpers import losses, messages

import keras
import numpy as np
import tensorflow as tf

messages.install()

_numbers = np.random.default_rng()

# float32 is enough for full points; a wrong formula is further off than this.
RELATIVE, ABSOLUTE = 1e-4, 1e-5
LARGEST_LOGIT = 30.0
# How many standard errors an estimate may be off: a right answer is in 25 million times once.
MOST_ERRORS = 5.5


def run(test: Callable[[], None], question: int) -> None:
    """Run the test of a question, and say that it was passed.

    What an answer writes to stderr, such as NumPy's warning of an overflow in a branch that
    is not used, is dropped: nbgrader takes any stderr for a failure.

    Raises:
        AssertionError: the answer is wrong; the message says how.
    """
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        test()
    print(messages.say(f"Question {question}: the checks in this cell are passed."))


def array(answer, shape: tuple[int, ...], what: str) -> np.ndarray:
    """The answer as float64 of the shape that was asked for.

    Args:
        answer: a NumPy array, a TensorFlow tensor, a number, or a list of them.
        shape: what it must be; () for one number.
        what: the answer's name, for the message.

    Raises:
        AssertionError: nothing was returned, no numbers, or another shape.
    """
    assert answer is not None, (
        f"{what} is None: a function without `return` returns nothing, and a tape that finds no "
        "gradient gives None."
    )
    try:
        values = np.asarray(answer, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise AssertionError(f"{what} must give numbers, got {answer!r}") from error
    if shape == ():
        assert values.shape == (), (
            f"{what} should have given one number, but its shape is {values.shape}: a mean goes "
            "over all axes."
        )
    assert values.shape == shape, (
        f"{what} should have given an array of shape {shape}, but its shape is {values.shape}."
    )
    return values


def close(values, others) -> bool:
    """Whether two arrays agree as far as float32 allows; NaN and infinity never do."""
    values, others = np.asarray(values, np.float64), np.asarray(others, np.float64)
    if values.shape != others.shape or not np.isfinite(values).all():
        return False
    return np.allclose(values, others, rtol=RELATIVE, atol=ABSOLUTE)


def equal(answer, right, what: str, known: Mapping[str, np.ndarray] | None = None) -> None:
    """Check that an answer is right.

    Args:
        answer: as in `array`.
        right: the value that it must have, a number or an array; its shape counts too.
        what: the answer's name, and what it was asked, for the message.
        known: message for the student -> the value that a known mistake gives.

    Raises:
        AssertionError: it is not; with the message of the known mistake, if it is one.
    """
    right = np.asarray(right, np.float64)
    values = array(answer, right.shape, what)
    for message, value in (known or {}).items():
        if close(values, value) and not close(value, right):
            raise AssertionError(message)
    assert np.isfinite(values).all(), f"{what} is not finite: {_short(values)}"
    if not close(values, right):
        places = range(0, values.size, 4)
        first = next(k for k in places if not close(values.flat[k : k + 4], right.flat[k : k + 4]))
        given, wanted = _short(values, first), _short(right, first)
        raise AssertionError(f"{what} is {given}; it should be {wanted}")


def _short(values: np.ndarray, start: int = 0) -> str:
    """Four numbers, from that place on."""
    flat = ", ".join(f"{value:.5g}" for value in values.ravel()[start : start + 4])
    return ("..., " if start else "") + flat + (", ..." if values.size > start + 4 else "")


def cross_entropy(logits, labels) -> np.ndarray:
    """Cross-entropy -t log p - (1 - t) log(1 - p) of p = 1 / (1 + exp(-logit)), for small logits.

    Args:
        logits: numbers of any shape, from -30 to 30.
        labels: t, in [0, 1], of the same shape or one for all.

    Returns:
        float64, of the shape of the logits.

    Raises:
        ValueError: a logit is so large that the formula loses digits or overflows.
    """
    logits = np.asarray(logits, np.float64)
    if not (abs(logits) <= LARGEST_LOGIT).all():
        largest = abs(logits).max()
        raise ValueError(f"logits must be within {LARGEST_LOGIT} of 0, got {largest:.4g}")
    return labels * np.log1p(np.exp(-logits)) + (1 - labels) * np.log1p(np.exp(logits))


def mean_cross_entropy(logits: tf.Tensor, label: float) -> tf.Tensor:
    """Mean cross-entropy of all logits with one label, as a tensor that has a gradient."""
    labels = tf.fill(tf.shape(logits), tf.cast(label, logits.dtype))
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits))


# What answers a question of the assignments by itself: formulas, the turns of a `GAN`, measures.
TURNS = "train_d", "train_g", "train_both"
MEASURES = (
    "frechet_distance", "digit_fid", "share_inside", "precision_and_recall",
    "density_and_coverage", "kid",
)  # fmt: skip
FORMULAS = {
    formula.__name__: formula
    for formula in (
        losses.d_loss_real, losses.d_loss_fake, losses.d_loss, losses.g_loss,
        losses.g_loss_minimax, losses.optimal_discriminator, cross_entropy, mean_cross_entropy,
    )
}  # fmt: skip


def label_in(loss: Callable[[np.ndarray], float]) -> float | None:
    """The label that a mean cross-entropy gives to every sample, found from its values.

    The cross-entropy is linear in the label: from label 0 to label t it falls by t times the
    mean logit. So one batch of logits tells the label, and a second one whether it is constant.

    Args:
        loss: takes logits, float64 (n, 1), and returns a number.

    Returns:
        The label, or None if the loss is something else.
    """
    found = []
    for logits in (np.array([[1.0], [2.0], [-0.5]]), np.array([[-2.0], [-1.5], [0.5]])):
        value = np.asarray(loss(logits), np.float64)
        if value.shape != () or not np.isfinite(value):
            return None
        found.append(float((cross_entropy(logits, 0.0).mean() - value) / logits.mean()))
    return found[0] if abs(found[0] - found[1]) < 1e-3 else None


def fresh() -> np.random.Generator:
    """Where hidden tests draw their numbers from; the grader seeds it for each student."""
    return _numbers


def draw_from(seed: int) -> None:
    """Seed `fresh`."""
    global _numbers
    _numbers = np.random.default_rng(seed)


def probe(run: Callable, answer: Callable, *inputs):
    """What run(answer, *inputs) gives, called where the answer is.

    Args:
        run: a function of this module, or one that uses nothing but NumPy, Keras, TensorFlow and
            what the notebook gives. It returns numbers, arrays, texts, and lists of them, and
            judges nothing: what is expected is not known there.
        answer: the student's function, or its stub.
        inputs: numbers, arrays, tensors, texts, and lists of them.
    """
    elsewhere = getattr(answer, "probe", None)
    return run(answer, *inputs) if elsewhere is None else elsewhere(run, *inputs)


def repeat(answer: Callable, times: int, *inputs) -> list:
    """What an answer gives for the same inputs, called so many times; for `probe`."""
    return [answer(*inputs) for _ in range(times)]


def own(answer: Callable, *allowed: Callable, among: Iterable[str] = FORMULAS) -> Callable:
    """An answer that is called without the formulas of this package, which do the same.

    Args:
        answer: the student's function, or its stub.
        allowed: formulas that answer an earlier question, and may be called.
        among: the names of what may not be called, such as `MEASURES`.

    Returns:
        A function with the answer's arguments; it raises RuntimeError where the answer calls one
        of `FORMULAS` that is not allowed.
    """
    names = [name for name in among if FORMULAS.get(name) not in allowed]
    elsewhere = getattr(answer, "without", None)
    if elsewhere is not None:
        return elsewhere(names)

    def alone(*inputs, **options):
        with withheld(names):
            return answer(*inputs, **options)

    return alone


@contextlib.contextmanager
def withheld(names: Iterable[str]) -> Iterator[None]:
    """Let these of `FORMULAS`, `TURNS` and `MEASURES` raise RuntimeError while the block runs.

    They do so whatever name they are called by. What is under tf.function runs as it stands
    meanwhile: a graph that was made before would not call them.
    """
    functions = [inspect.unwrap(_named(name)) for name in names]
    codes = [function.__code__ for function in functions]
    for function in functions:
        function.__code__ = _refuse.__code__
    try:
        with _eagerly():
            yield
    finally:
        for function, code in zip(functions, codes, strict=True):
            function.__code__ = code


def _named(name: str) -> Callable:
    if name in FORMULAS:
        return FORMULAS[name]
    # By name, since no verdict depends on the rest of these modules.
    if name in MEASURES:
        return getattr(importlib.import_module("gan_helpers.metrics"), name)
    return getattr(importlib.import_module("gan_helpers.gan").GAN, name)


def _refuse(*_, **__):
    raise RuntimeError(
        "Your answer calls a function of gan_helpers that does what this question asks. "
        "Write it out yourself."
    )


class Players(NamedTuple):
    """A small G and D in the plane; `latents` gets each batch of z that G is called with."""

    generator: keras.Model
    discriminator: keras.Model
    latents: list[np.ndarray]


class _Keep(keras.layers.Layer):
    """Hands its input on, and calls `keep` with it as a NumPy array."""

    def __init__(self, keep: Callable[[np.ndarray], None]):
        super().__init__()
        self.keep = keep

    def get_config(self):  # for a copy by `keras.models.clone_model`
        return {"keep": self.keep}

    def call(self, inputs):
        if hasattr(inputs, "numpy"):  # not while Keras traces shapes
            self.keep(inputs.numpy())
        return inputs


def players(latent_dim: int = 3, dims: int = 2, normalised: bool = False) -> Players:
    """Make a small G, from (n, latent_dim) to (n, dims), and a small D, from there to a logit.

    normalised: with batch normalisation in both.
    """
    latents: list[np.ndarray] = []
    dense = keras.layers.Dense

    def hidden():
        return [dense(6, "tanh"), *[keras.layers.BatchNormalization()] * normalised]

    generator = keras.Sequential(
        [keras.Input((latent_dim,)), _Keep(latents.append), *hidden(), dense(dims)]
    )
    discriminator = keras.Sequential([keras.Input((dims,)), *hidden(), dense(1)])
    latents.clear()
    return Players(generator, discriminator, latents)


def weights(network: keras.Model | list[np.ndarray]) -> np.ndarray:
    """The trainable variables of a network, or a list of arrays, in one row, float64."""
    found = network.trainable_variables if isinstance(network, keras.Model) else network
    return np.concatenate([np.ravel(weight) for weight in found]).astype(np.float64)


def gradient(loss: Callable[[], tf.Tensor], network: keras.Model) -> np.ndarray:
    """The gradient of loss() in the network's weights, in one row, float64."""
    with tf.GradientTape() as tape:
        value = loss()
    parts = tape.gradient(value, network.trainable_variables, unconnected_gradients="zero")
    return np.concatenate([part.numpy().ravel() for part in parts]).astype(np.float64)


class Turn(NamedTuple):
    """What a step did with its two networks.

    answer: what it returned. latents: each batch of z that G was called with. generator,
    discriminator: their trainable variables afterwards, lists of arrays. trainable: whether each
    of the two is still trainable. averaged: whether moving averages of each have changed. steps:
    how many steps each optimizer has taken.
    """

    answer: object
    latents: list[np.ndarray]
    generator: list[np.ndarray]
    discriminator: list[np.ndarray]
    trainable: list[bool]
    averaged: list[bool]
    steps: list[int]


def play(step: Callable, networks: tuple[list, list], rates: list[float], inputs: list) -> tuple:
    """Call a training step on small networks, and record what it did; for `probe`.

    Args:
        step: takes G, D, an optimizer for each rate, and the inputs.
        networks: the weights of G and D, as `get_weights` of `players` gives them.
        rates: of plain gradient descent.

    Returns:
        The fields of a `Turn`.

    Raises:
        AssertionError: no gradient reached the variables, one optimizer was given the variables
            of both networks, or a network an input of a wrong shape.
        RuntimeError: the step calls a turn of `GAN`, one of `TURNS`.
    """
    of_g = networks[0]
    g, d, latents = players(len(of_g[0]), len(of_g[-1]), normalised=len(of_g) > 4)
    for network, start in zip((g, d), networks, strict=True):
        network.set_weights(start)
    latents.clear()
    variables = [network.trainable_variables for network in (g, d)]
    averages = [network.non_trainable_variables for network in (g, d)]
    before = [[variable.numpy() for variable in of] for of in averages]
    optimizers = [keras.optimizers.SGD(rate) for rate in rates]
    with withheld(TURNS):
        answer = _explain_errors(lambda: step(g, d, *optimizers, *inputs))
    after = [[variable.numpy() for variable in of] for of in variables]
    trainable = [
        len(network.trainable_variables) == len(of)
        for network, of in zip((g, d), variables, strict=True)
    ]
    averaged = [
        any(np.any(variable != start) for variable, start in zip(*of, strict=True))
        for of in zip(averages, before, strict=True)
    ]
    steps = [int(optimizer.iterations) for optimizer in optimizers]
    return Turn(answer, latents, after[0], after[1], trainable, averaged, steps)


@contextlib.contextmanager
def _eagerly() -> Iterator[None]:
    """Runs functions under tf.function as they stand, so that what they do can be seen."""
    before = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(before)


def _explain_errors(step: Callable[[], object]):
    """Call a training step; known errors in words."""
    try:
        return step()
    except ValueError as error:
        if "No gradients provided" in str(error):
            raise AssertionError(
                "no gradient reaches the variables. Are the network's call and the loss inside "
                "the tape, and is nothing between them turned into NumPy or stopped?"
            ) from error
        if "nknown variable" in str(error):
            raise AssertionError(
                "an optimizer is given a variable that it did not have in its first call. Each "
                "network has its own optimizer, which takes all of that network's in one call."
            ) from error
        if "Exception encountered when calling" in str(error):
            raise AssertionError(
                "a network is called with an input that it cannot take. A latent vector has "
                f"generator.input_shape[-1] numbers. Keras says: {error}"
            ) from error
        raise


def turn(step: Callable, game: Players, rates: list[float], inputs: list) -> Turn:
    """Let a step take a turn on networks with the weights of these.

    Raises:
        AssertionError: as `play` does, or a network is no longer trainable afterwards.
    """
    starts = game.generator.get_weights(), game.discriminator.get_weights()
    after = Turn(*probe(play, step, starts, rates, inputs))
    for name, trainable in zip(("G", "D"), after.trainable, strict=True):
        assert trainable, (
            f"{name} is left frozen: with trainable = False the other turn would not move it."
        )
    return after


def one_step(after: Turn) -> None:
    """Check that each optimizer has taken one step, where the networks moved as they should.

    Raises:
        AssertionError: an optimizer was not applied, or more than once. Plain gradient descent
            gives the same by hand; Adam does not.
    """
    for steps in after.steps:
        assert steps == 1, (
            f"the networks move as they should, but an optimizer has taken {steps} steps, not one. "
            "Adam would move them otherwise: let the given optimizer take the step."
        )


def standard_normal(latents: list[np.ndarray], n: int, latent_dim: int) -> list[np.ndarray]:
    """Check the latent vectors that G was called with; the distribution from n = 500 on.

    Returns:
        Batches of n, float32 (n, latent_dim). `predict` calls G on 32 at a time: such pieces
        are put together.

    Raises:
        AssertionError: none, of another shape than (n, latent_dim), or clearly not from the
            standard normal distribution.
    """
    assert latents, "G is not called: where do the fakes come from?"
    batches, pieces = [], []
    for z in latents:
        pieces.append(z)
        if sum(len(piece) for piece in pieces) == n:
            batches.append(np.concatenate(pieces))
            pieces = []
    for z in batches + pieces:
        assert z.shape == (n, latent_dim), (
            f"z has shape {z.shape}; for {n} samples of this G it should be {(n, latent_dim)}."
        )
        # One number repeated in all dimensions is another mistake: of 2,400 single float32 numbers
        # two are equal by chance in one draw of 24.
        assert n - len(np.unique(z, axis=0)) <= n // 100, (
            f"samples share a latent vector: draw {n} of them, each {latent_dim} numbers."
        )
        if n >= 500:
            _check_normal(z)
    return batches


def _check_normal(z: np.ndarray) -> None:
    """Check that 500 latent vectors or more are standard normal, each number drawn for itself."""
    apart = MOST_ERRORS / len(z) ** 0.5
    alike = np.corrcoef(z, rowvar=False)[np.triu_indices(z.shape[1], 1)]
    assert (abs(alike) < apart).all() and (abs(z.std(axis=0) / z.std() - 1) < apart).all(), (
        "the numbers of one latent vector go together, or differ in spread. Draw each of them for "
        f"itself, {z.shape[1]} numbers for each sample."
    )
    what = (  # estimate, its value for the normal distribution, standard deviation of one term
        ("the mean of z", z.mean(), 0.0, 1.0),
        ("the standard deviation of z", z.std(), 1.0, 0.5**0.5),
        ("the share of z beyond 2 and -2", np.mean(abs(z) > 2), 0.0455, 0.208),
        ("the share of z between -1 and 1", np.mean(abs(z) < 1), 0.6827, 0.465),
    )
    for name, found, wanted, spread in what:
        assert abs(found - wanted) < MOST_ERRORS * spread / z.size**0.5, (
            f"{name} is {found:.3f}; for the standard normal distribution, mean 0 and standard "
            f"deviation 1, it is {wanted:.3g}. Is z from another one, or cut off?"
        )


def moved(
    change: np.ndarray,
    right: np.ndarray,
    what: str,
    known: Mapping[str, Callable[[], np.ndarray]] | None = None,
) -> None:
    """Check that a network's weights moved by the right step.

    Args:
        change: how the weights moved, float (k,).
        right: how they should have moved, float (k,).
        what: the network's name.
        known: message for the student -> function that gives the step of a known mistake; called
            only where the step is wrong.

    Raises:
        AssertionError: it is wrong; with the message of the known mistake, if it is one.
    """

    def same(step: np.ndarray) -> bool:
        return np.linalg.norm(change - step) <= 2e-3 * np.linalg.norm(step)

    if same(right):
        return
    for message, step in (known or {}).items():
        if same(step()):
            raise AssertionError(message)
    along = change @ right / (np.linalg.norm(change) * np.linalg.norm(right))
    assert not along < -0.999, (
        f"{what} climbs its loss: the step has the wrong sign. An optimizer subtracts by itself."
    )
    times = np.linalg.norm(change) / np.linalg.norm(right)
    # As long as the right step and nearly along it: the right loss, of other samples.
    assert not along > 0.999 or abs(times - 1) < 0.05, (
        f"{what} moves in the right direction, but {times:.3g} times as far as it should. "
        "Is the loss a mean, is one step taken, and with the optimizer that was given?"
    )
    raise AssertionError(
        f"{what} does not move as one step down its loss does: check the samples, the "
        "labels, and that the optimizer is applied once."
    )
