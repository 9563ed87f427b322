"""The slider over the label: what G is given, what is drawn, what is said, what is refused."""

import io

from gan_helpers import data, metrics, pictures, playgrounds

import numpy as np
import pytest
from PIL import Image

DIGITS = data.load_digits()
THREE, EIGHT = (DIGITS.images[np.flatnonzero(DIGITS.labels == digit)[0]] for digit in (3, 8))
LATENTS = np.random.default_rng(0).standard_normal((4, 5)).astype(np.float32)


def blend(inputs):
    """A generator: the label's share of a 3 and of an 8, laid over each other."""
    shares = inputs[:, 5:, None, None, None]
    return shares[:, 3] * THREE + shares[:, 8] * EIGHT


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


@pytest.mark.parametrize("t", [0.0, 0.25, 0.5, 1.0])
def test_generator_is_given_the_same_latents_and_a_label_between_the_two(t):
    given = []

    def generator(inputs):
        given.append(inputs)
        return blend(inputs)

    playground = playgrounds.interpolation(generator, latents=LATENTS, share=0.75)
    playground.sliders["t"].value = t
    np.testing.assert_array_equal(given[-1][:, :5], LATENTS)
    label = np.zeros(10)
    label[3], label[8] = 1 - t, t
    np.testing.assert_allclose(given[-1][:, 5:], np.tile(label, (4, 1)), atol=1e-6)
    drawn = pictures.tile(np.repeat([(1 - t) * THREE + t * EIGHT], 4, axis=0), 4)
    shown = playground.picture.axes[0].images[0].get_array()
    np.testing.assert_allclose(shown, drawn, atol=1e-5)
    mean = metrics.probabilities(blend(given[-1])).mean(axis=0)
    found = f"3 ≈ {mean[3]:.2f}, 8 ≈ {mean[8]:.2f}, others ≈ {1 - mean[3] - mean[8]:.2f}"
    said = f"4 drawings of the label {1 - t:.2f} at 3 and {t:.2f} at 8. "
    assert playground.picture.alt == f"{said}In the mean the classifier takes them for {found}."
    assert playground.picture.alt in playground.text.value
    title = playground.picture.axes[0].get_title()
    assert title == f"Label {1 - t:.2f} · 3 + {t:.2f} · 8: taken for {found}"


def test_slider_redraws_picture_and_words_and_comes_back():
    playground = playgrounds.interpolation(blend, latents=LATENTS)
    slider = playground.sliders["t"]
    assert (slider.value, slider.min, slider.max, slider.step) == (0.5, 0, 1, 0.05)
    assert slider.tooltip == "Share of the way from 3 to 8"
    picture, words = playground.image.value, playground.text.value
    slider.value = 1.0
    changed = (pixels(picture) != pixels(playground.image.value)).any(axis=(1, 2))
    assert changed[:30].any() and changed[45:].any(), "the title and the drawings"
    assert playground.text.value != words
    slider.value = 0.5
    assert (playground.image.value, playground.text.value) == (picture, words)


def test_other_digits_and_the_default_latents():
    sizes = []

    def generator(inputs):
        sizes.append(inputs.shape)
        return np.repeat([THREE], len(inputs), axis=0)

    playground = playgrounds.interpolation(generator, start=1, end=7, share=0)
    assert set(sizes) == {(20, 74)} and "20 drawings" in playground.picture.alt
    assert "label 1.00 at 1 and 0.00 at 7" in playground.picture.alt
    assert "same" in playground.shows and "changes the label" in playground.shows


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"generator": 3}, TypeError, "generator must be a function or a model, got 3"),
        ({"start": 10}, ValueError, "start must be a digit from 0 to 9, got 10"),
        ({"end": "8"}, ValueError, "end must be a digit from 0 to 9, got '8'"),
        ({"end": 3}, ValueError, "start and end must be two different digits, got 3 twice"),
        ({"latents": LATENTS[0]}, ValueError, r"latents must have shape \(n, d\), got \(5,\)"),
        ({"share": 1.5}, ValueError, "share must satisfy 0 <= share <= 1, got 1.5"),
    ],
)
def test_refuses_what_it_cannot_draw(arguments, error, message):
    with pytest.raises(error, match=message):
        playgrounds.interpolation(**{"generator": blend, "latents": LATENTS} | arguments)
