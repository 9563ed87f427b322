"""A mistake costs its own points alone: what stands in for it, and what a verdict gets to see."""

import textwrap

from grading.run import wire
from grading.run.probe import Probe, fitted
from tests.grading.answers import test_assignments as assignments

import numpy as np
import pytest

# Later answers that rely on what an earlier, wrong one takes and returns.
RELYING = {
    "its own name of an argument": (
        {"d_loss_real": "def d_loss_real(x, s): return np.mean(sigmoid_cross_entropy(x, 0 * x))"},
        "return d_loss_real(x=d_logits_real, s=smooth) + d_loss_fake(d_logits_fake)",
    ),
    "the documented names": (
        {"d_loss_real": "def d_loss_real(d_logits_real, smooth): return 0.5"},
        "return d_loss_real(smooth=smooth, d_logits_real=d_logits_real)"
        " + d_loss_fake(d_logits_fake=d_logits_fake)",
    ),
    "tensors": (
        {
            "d_loss_real": "import tensorflow as tf\n"
            "def d_loss_real(x, s): return tf.reduce_mean(x + 0.0)",
            "d_loss_fake": "def d_loss_fake(x): return tf.reduce_mean(x + 0.0)",
        },
        "return d_loss_real(d_logits_real, smooth).numpy() + d_loss_fake(d_logits_fake).numpy()",
    ),
    "an optional argument of one's own": (
        {"d_loss_real": "def d_loss_real(x, s=0.1, show=False): return 0.5"},
        "return d_loss_real(d_logits_real, smooth, show=False) + d_loss_fake(d_logits_fake)",
    ),
    "a number of Python": (
        {"d_loss_fake": "def d_loss_fake(x): return float(np.sum(x))"},
        "return (d_loss_fake(d_logits_fake) + d_loss_real(d_logits_real, smooth)).real"
        " if d_loss_fake(d_logits_fake).is_integer() in (True, False) else None",
    ),
    "one that is not there": (
        {"d_loss_real": "raise NotImplementedError()"},
        "return d_loss_real(d_logits_real, smooth) + d_loss_fake(d_logits_fake)",
    ),
}


@pytest.mark.parametrize("how", RELYING)
def test_wrong_answer_costs_nothing_where_a_later_one_calls_it(how, tmp_path):
    wrong, body = RELYING[how]
    later = f"def d_loss(d_logits_real, d_logits_fake, smooth):\n    {body}"
    notebook = assignments.replaced(
        assignments.source("discriminator_loss"), {**wrong, "d_loss": later}
    )
    messages = assignments.grade(notebook, tmp_path)
    lost = {test for test, message in messages.items() if message}
    assert lost == {f"test_{name}" for name in wrong}, messages


def test_right_answer_of_ones_own_is_used(tmp_path):
    """Where it has passed its test, nothing stands in for it."""
    own = "def d_loss_fake(x):\n    d_loss_fake.calls += 1\n    return np.logaddexp(0, x).mean()\n"
    cells = {
        "d_loss_fake": own + "d_loss_fake.calls = 0",
        "d_loss": "def d_loss(r, f, s):\n    before = d_loss_fake.calls\n"
        "    total = d_loss_real(r, s) + d_loss_fake(f)\n"
        "    return total if d_loss_fake.calls == before + 1 else 0.0",
    }
    notebook = assignments.replaced(assignments.source("discriminator_loss"), cells)
    assert set(assignments.grade(notebook, tmp_path).values()) == {None}


def test_stand_in_is_called_as_the_students_own():
    stand_in = fitted(lambda a, b: (a, b), lambda x, y=2, *, z=3: None, None)
    assert stand_in(1) == stand_in(x=1) == stand_in(1, z=5) == (1, 2)
    assert stand_in(y=4, x=1) == (1, 4)


def ask(namespace, **request):
    whole = {"through": None, "inputs": [], "options": {}, "stand_ins": {}, "withheld": []}
    whole |= request
    return wire.load(Probe(namespace).reply(wire.dump(whole)))


class Lazy:
    def __array__(self, *_, **__):
        raise SystemExit


@pytest.mark.parametrize(
    "value",
    [None, True, 3, 2.5, "text", [1, (2.0, "x")], {"a": [1]}, float("inf"), 10**400],
    ids=repr,
)
def test_plain_value_goes_through_as_it_is(value):
    expected = "1" + 400 * "0" if value == 10**400 else value
    found = ask({"f": lambda: value}, name="f")["value"]
    assert (repr(found)[:199] == expected[:199]) if value == 10**400 else found == expected


def test_arrays_and_tensors_go_through_as_arrays():
    import tensorflow as tf

    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    assert ask({"f": lambda: array.T}, name="f")["value"].tolist() == array.T.tolist()
    found = ask({"f": lambda: [tf.constant(array), np.float32(2)]}, name="f")["value"]
    assert found[0].dtype == np.float32 and found[0].tolist() == array.tolist() and found[1] == 2


def test_what_is_no_data_goes_as_text():
    found = ask({"f": lambda: np.array([object()], dtype=object)}, name="f")["value"]
    assert isinstance(found, wire.Other) and found.kind == "ndarray"
    assert ask({"f": Lazy}, name="f")["error"][0] == "SystemExit"
    assert ask({}, name="f") == {"missing": "f"}
    error = ask({"f": lambda: 1 / 0}, name="f")["error"]
    assert error[0] == "ZeroDivisionError" and "division by zero" in error[2]


def nested():
    value = []
    for _ in range(100):
        value = [value]
    return value


@pytest.mark.parametrize(
    "make", [nested, lambda: np.zeros(10**8, np.float32), lambda: [0] * 10**5],
    ids=["deep", "large", "many"],
)  # fmt: skip
def test_too_much_is_refused_where_it_is_made(make):
    assert ask({"f": make}, name="f")["error"][0] == "WireError"


def altered(change):
    message = wire.dump({"value": np.arange(4.0)})
    return change(message)


FORGED = {
    "empty": b"",
    "text": b"full points",
    "cut": altered(lambda message: message[:-30]),
    "another shape": altered(lambda message: message.replace(b"(4,)", b"(9,)")),
    "objects": altered(lambda message: message.replace(b"<f8", b"|O8")),
    "no text": altered(lambda message: message.replace(b"value", b"valu\xff")),
}


@pytest.mark.parametrize("message", FORGED.values(), ids=FORGED)
def test_forged_message_is_refused(message):
    with pytest.raises(wire.WireError):
        wire.load(message)


def test_compressed_message_is_refused():
    """It could unpack to more than there is."""
    import io

    file = io.BytesIO()
    np.savez_compressed(file, tree=np.zeros(10**6, np.uint8))
    with pytest.raises(wire.WireError, match="compressed"):
        wire.load(file.getvalue())


def test_numbers_of_a_hidden_test_follow_from_its_seed(tmp_path):
    notebook = assignments.source("discriminator_loss")
    cell = next(cell for cell in notebook.cells if cell.id == "test_d_loss_fake")
    text = textwrap.dedent(
        """
        def d_loss_fake(x):
            seen.append(np.asarray(x, float).sum())
            return np.logaddexp(0, x).mean()
        """
    )
    runs = []
    for seed in (1, 1, 2):
        space = {"np": np, "seen": []}
        exec(text, space)
        verdict = assignments.Verdict(notebook, Probe(space).reply)
        assert verdict.judge(cell, seed).error is None
        runs.append(space["seen"])
    assert runs[0] == runs[1] != runs[2]
