"""The game in a notebook: one module for all, and training in the kernel with your own loss."""

import base64
import importlib
import io
import json
import re

from gan_helpers import data, losses, playgrounds
from gan_helpers.playgrounds import game as _  # noqa: F401  the function, which hides the module

import keras
import numpy as np
import pytest
import tensorflow as tf
from IPython.core.formatters import DisplayFormatter
from PIL import Image

module = importlib.import_module("gan_helpers.playgrounds.game")


def bundle(shown):
    return DisplayFormatter().format(shown)


def query_of(shown):
    (text,) = re.findall(r'data-query="([^"]*)"', bundle(shown)[0]["text/html"])
    return text.replace("&amp;", "&")


def test_the_output_holds_the_module_the_picture_and_the_words_always_the_same():
    first, described = bundle(playgrounds.game())
    assert (first, described) == bundle(playgrounds.game())
    assert first["text/plain"] == (
        "The game of G and D on a ring of 8: it plays in the browser once this cell has run."
    )
    assert described["image/png"]["alt"] == first["text/plain"]
    image = Image.open(io.BytesIO(base64.b64decode(first["image/png"])))
    assert image.size == (460, 460)
    (script,) = re.findall(r"ganGameScript = (\".*\");", first["text/html"])
    assert json.loads(script) == module.MODULE.read_text(encoding="utf-8")
    assert first["text/html"].count("</script>") == 1, "nothing within ends the script early"
    assert "http" not in first["text/html"].replace("http://www.w3.org", "")


def test_arguments_become_the_settings_of_the_browsers_game():
    assert query_of(playgrounds.game()) == ""
    shown = playgrounds.game("grid", smooth=0.2, seed=7, loss="hinge", r1=1, g="-log(D)")
    assert query_of(shown) == "data=grid&s=0.2&seed=7&loss=hinge&r1=1&g=-log%28D%29"
    points = playgrounds.game(np.array([[1, 2], [-0.5, 0.25]]))
    assert query_of(points) == "data=own&points=1.00,2.00_-0.50,0.25"
    assert query_of(playgrounds.game(mission="stall", dturns=5)) == "mission=stall&dturns=5"
    assert '"><b>' not in bundle(playgrounds.game(loss='"><b>'))[0]["text/html"]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"data": "cube"}, ValueError, "data must be points or one of two, ring, .*got 'cube'"),
        ({"data": "own"}, ValueError, "data must be points"),
        ({"data": [[1, 2, 3]]}, ValueError, r"shape \(n, 2\) with 1 <= n <= 400, got \(1, 3\)"),
        ({"data": [[1, 4]]}, ValueError, "within -3 to 3, got 4"),
        ({"data": [[1, np.nan]]}, ValueError, "within -3 to 3, got nan"),
        ({"smooth": 0.5}, ValueError, "smooth must satisfy 0 <= smooth < 0.5, got 0.5"),
        ({"smooth": "no"}, TypeError, "smooth must be a number"),
        ({"seed": 0}, ValueError, "seed must be a whole number from 1 to 9999, got 0"),
        ({"mission": "win"}, ValueError, "mission must be one of stall, .*got 'win'"),
        ({"turbo": 1}, TypeError, "game\\(\\) has no setting 'turbo'"),
        ({"g_loss": 3}, TypeError, "g_loss must be a function, got 3"),
        ({"g_loss": losses.g_loss, "r1": 1}, TypeError, "r1 is for the browser's game"),
        ({"d_loss": losses.d_loss, "mission": "stall"}, TypeError, "mission is for the browser"),
    ],
)
def test_what_cannot_be_played_is_refused_in_one_line(arguments, error, message):
    with pytest.raises(error, match=message) as caught:
        playgrounds.game(**arguments)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", [*module._MIXTURES, "spiral", "moons", "lines", "own"])
def test_real_samples_lie_in_the_plane_and_are_the_same_for_the_same_seed(name):
    points = np.array([[0.5, 1.0]])
    x = module.sample(name, points, 500, seed=1)
    assert x.shape == (500, 2) and x.dtype == np.float32 and (np.abs(x) < 3).all()
    np.testing.assert_array_equal(x, module.sample(name, points, 500, seed=1))


def test_a_loss_of_ones_own_trains_in_the_kernel_and_moves_the_picture():
    calls = []

    def g_loss(logits):
        calls.append(logits)
        return tf.reduce_mean(tf.nn.softplus(-logits))

    playground = playgrounds.game("two", g_loss=g_loss, smooth=0.2)
    slider = playground.sliders["moment"]
    before = playground.image.value
    assert "Step 0. Modes covered: 0 of 2." in playground.text.value
    assert playground.gan.smooth == 0.2 and not calls
    weights = [w.numpy() for w in playground.gan.generator.weights]
    slider.value = 2
    assert "Step 100. Modes covered:" in playground.text.value
    assert "d_loss" in playground.text.value and calls
    after, trained = playground.image.value, [w.numpy() for w in playground.gan.generator.weights]
    assert after != before and not np.array_equal(weights[0], trained[0])
    slider.value = 0
    assert playground.image.value == before, "back in time nothing is trained"
    slider.value = 2
    assert playground.image.value == after
    np.testing.assert_array_equal(trained[0], playground.gan.generator.weights[0])
    again = playgrounds.game("two", g_loss=g_loss, smooth=0.2)
    again.sliders["moment"].value = 2
    assert again.text.value == playground.text.value, "the same seed gives the same course"


def test_networks_of_ones_own_play_and_must_fit_the_plane():
    generator = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    playground = playgrounds.game(np.array([[0.0, 0.0]]), generator=generator)
    assert playground.gan.generator is generator and playground.gan.latent_dim == 3
    assert playground.text.value.count("Step 0.") == 1 and "Modes" not in playground.text.value
    wrong = keras.Sequential([keras.Input((3,)), keras.layers.Dense(3)])
    with pytest.raises(ValueError, match="generator makes samples"):
        playgrounds.game(generator=wrong)


def test_a_loss_that_is_no_number_stops_with_a_sentence():
    playground = playgrounds.game(g_loss=lambda logits: tf.reduce_mean(logits) / 0.0)
    with pytest.raises(FloatingPointError, match="a loss is no finite number at step 50"):
        playground.sliders["moment"].value = 1


def test_the_kernels_ring_is_the_series_own():
    np.testing.assert_array_equal(module._MIXTURES["ring"].means, data.ring().means)


def test_settings_and_missions_are_those_of_the_browsers_game():
    sources = module.MODULE.parents[2] / "docs" / "playground" / "src"
    settings = (sources / "settings.js").read_text(encoding="utf-8")
    (defaults,) = re.findall(r"export const DEFAULTS = \{(.*?)\n\};", settings, re.DOTALL)
    names = set(re.findall(r"^  (\w+):", defaults, re.MULTILINE))
    assert names == module.SETTINGS | {"data", "points", "s", "seed", "mission"}
    missions = (sources / "missions.js").read_text(encoding="utf-8")
    found = re.findall(r'^  (\w+): \{\n    title: "', missions, re.MULTILINE)
    assert tuple(found) == module.MISSIONS
