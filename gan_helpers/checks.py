"""What the tests of the assignments share: read an answer, and say what is wrong with it.

A test is a function without arguments that raises AssertionError with a message for the
student. It knows the mistakes that are often made, and the value that each of them gives.
"""

import contextlib
import io
import warnings
from collections.abc import Callable, Iterator, Mapping

import numpy as np
import tensorflow as tf

# float32 is enough for full points; a wrong formula is further off than this.
RELATIVE, ABSOLUTE = 1e-4, 1e-5


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
    print(f"Question {question}: the checks in this cell are passed.")


def array(answer, shape: tuple[int, ...], what: str) -> np.ndarray:
    """The answer as float64 of the shape that was asked for.

    Args:
        answer: a NumPy array, a TensorFlow tensor, a number, or a list of them.
        shape: what it must be; () for one number.
        what: the answer's name, for the message.

    Raises:
        AssertionError: nothing was returned, no numbers, or another shape.
    """
    assert answer is not None, f"{what} returns nothing: does it end with `return`?"
    try:
        values = np.asarray(answer, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise AssertionError(f"{what} must give numbers, got {answer!r}") from error
    wanted = "one number, shape ()" if shape == () else f"an array of shape {shape}"
    hint = ": a mean goes over all axes" if shape == () else ""
    assert values.shape == shape, f"{what} must give {wanted}, got shape {values.shape}{hint}"
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
    assert close(values, right), f"{what} is {_short(values)}; it should be {_short(right)}"


def _short(values: np.ndarray) -> str:
    flat = ", ".join(f"{value:.5g}" for value in values.ravel()[:4])
    return flat + (", ..." if values.size > 4 else "")


def cross_entropy(logits, labels) -> np.ndarray:
    """Sigmoid cross-entropy by TensorFlow, float64, of the shape of the logits."""
    logits = np.asarray(logits, np.float64)
    labels = np.broadcast_to(np.asarray(labels, np.float64), logits.shape)
    return tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits).numpy()


def slope(logits, label: float) -> np.ndarray:
    """Derivative of `cross_entropy` in each logit, float64, of the shape of the logits."""
    logits = tf.convert_to_tensor(np.asarray(logits, np.float64))
    with tf.GradientTape() as tape:
        tape.watch(logits)
        each = tf.nn.sigmoid_cross_entropy_with_logits(
            labels=tf.fill(tf.shape(logits), tf.cast(label, tf.float64)), logits=logits
        )
    return tape.gradient(each, logits).numpy()


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


@contextlib.contextmanager
def stand_ins(namespace: dict, **functions: Callable) -> Iterator[None]:
    """Put correct functions in the place of the student's own while a test runs.

    A mistake in an earlier question then costs nothing in a later one that calls it.

    Args:
        namespace: the notebook's `globals()`.
        functions: name -> the function that stands in.
    """
    own = {name: namespace[name] for name in functions if name in namespace}
    namespace.update(functions)
    try:
        yield
    finally:
        for name in functions:
            namespace.pop(name)
        namespace.update(own)
