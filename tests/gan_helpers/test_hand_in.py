"""Weights go into a text and come back, and what is no such text is refused in one line."""

import base64
from types import SimpleNamespace

from gan_helpers import hand_in, networks

import keras
import numpy as np
import pytest


def small(units=3):
    layers = keras.layers
    return keras.Sequential(
        [keras.Input((2,)), layers.Dense(units), layers.BatchNormalization(), layers.Dense(1)]
    )


def encoded(values):
    return base64.b64encode(np.asarray(values, "<f2").tobytes()).decode()


def test_weights_come_back_as_float16():
    network, other = small(), small()
    network.layers[1].moving_mean.assign([0.1, -7, 2e-5])
    assert hand_in.load(other, hand_in.numbers(hand_in.text(network))) is other
    for before, after in zip(network.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(after, before, rtol=1e-3, atol=1e-6)


def test_network_of_chapter_05_fits():
    network = networks.build_conv_generator(64 + 10)
    assert network.count_params() <= hand_in.MOST_NUMBERS
    assert len(hand_in.text(network)) <= hand_in.LONGEST


def test_network_that_is_too_large_is_refused():
    network = keras.Sequential([keras.Input((999,)), keras.layers.Dense(301)])
    with pytest.raises(ValueError, match="301,000 weights, of which a notebook may hold 300,000"):
        hand_in.text(network)


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e6])
def test_weight_that_no_float16_holds_is_refused(value):
    network = small()
    network.layers[0].bias.assign([0, value, 0])
    with pytest.raises(ValueError, match="network has the weight"):
        hand_in.text(network)


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        (None, TypeError, "a text made by hand_in.keep, got a NoneType"),
        (np.zeros(3), TypeError, "got a ndarray"),
        ("", ValueError, "must hold numbers"),
        ("not base64", ValueError, "is damaged"),
        ("ADw", ValueError, "is damaged"),
        ("AAAA", ValueError, "is damaged"),  # three bytes are one number and a half
        (encoded([1, np.nan]), ValueError, "that are finite"),
        (encoded([np.inf]), ValueError, "that are finite"),
        ("A" * (hand_in.LONGEST + 4), ValueError, "at most 800,000 characters"),
    ],
)
def test_text_of_another_kind_is_refused(text, error, says):
    with pytest.raises(error, match=says) as raised:
        hand_in.numbers(text)
    assert "\n" not in str(raised.value)


def test_other_network_is_refused():
    numbers = hand_in.numbers(hand_in.text(small()))
    with pytest.raises(ValueError, match="network has 33 weights, but 25 were kept"):
        hand_in.load(small(4), numbers)


def test_cell_becomes_the_text(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    network, asked = small(), []
    cells = ["", "# Question 2: weights\nhand_in.keep(train())"]
    shell = SimpleNamespace(
        user_ns={"In": cells}, set_next_input=lambda text, replace: asked.append((text, replace))
    )
    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: shell)
    hand_in.keep(network)
    cell, space = (tmp_path / "my_weights.py").read_text(), {}
    assert asked == [(cell, True)] and cell.startswith("# Question 2: weights\nweights = ")
    exec(cell, space)
    assert space["weights"] == hand_in.text(network) == shell.user_ns["weights"]


def test_keep_outside_of_a_notebook_is_refused(monkeypatch):
    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: None)
    with pytest.raises(RuntimeError, match="in a cell of a notebook"):
        hand_in.keep(small())
