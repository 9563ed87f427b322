"""The fake that moves under D's curve, and G's samples through time, show what is computed."""

import io

from gan_helpers import charts, losses, pictures, playgrounds

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

FACTORS = {"non-saturating": lambda d: d - 1, "minimax": lambda d: -d}


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def arrows(playground):
    """Where each arrow begins and ends, from top to bottom."""
    patches = [p for p in playground.picture.axes[0].patches if hasattr(p, "set_positions")]
    return [patch._posA_posB for patch in patches]


def marks(playground):
    return playground.picture.artists_by_label


@pytest.mark.parametrize("x", [-3.0, -1.2, 0.0, 0.7, 3.0])
def test_fake_lies_on_ds_curve_and_each_arrow_is_the_step_of_its_loss(x):
    playground = playgrounds.generator_loss()
    playground.sliders["x"].value = x
    d = 1 / (1 + np.exp(-2 * x))
    drawn, words = marks(playground), playground.picture.alt
    np.testing.assert_allclose(np.ravel(drawn[0, "the fake"].get_data()), [x, d], atol=1e-5)
    curve = drawn[0, "D(x)"].get_data()
    np.testing.assert_allclose(np.interp(x, *curve), d, atol=1e-5)
    assert words.startswith(f"x = {x:.2f}: D(x) = {d:.4f}. ")
    values = {"non-saturating": -np.log(d), "minimax": np.log(1 - d)}
    for (label, factor), (start, end) in zip(FACTORS.items(), arrows(playground), strict=True):
        step = -factor(d) * 2  # the slope of the logit 2x is 2
        np.testing.assert_allclose([start[0], end[0] - start[0]], [x, step], atol=1e-5)
        assert start[1] == end[1] < 0, "below the curve"
        point = np.ravel(drawn[1, f"_{label}"].get_data())
        np.testing.assert_allclose(point, [x, values[label]], atol=1e-5)
        np.testing.assert_allclose(np.interp(x, *drawn[1, label].get_data()), point[1], atol=1e-5)
        assert f"{label}: loss {values[label]:.3f}, step {step:+.3f}" in words
    assert words in playground.text.value
    title = playground.picture.axes[0].get_title()
    assert title == f"D(x) = {d:.3f}: steps of {2 - 2 * d:+.3f} and {2 * d:+.3f}"


def test_moving_the_fake_redraws_both_panels_and_comes_back_to_the_same_picture():
    playground = playgrounds.generator_loss()
    slider = playground.sliders["x"]
    assert (slider.value, slider.min, slider.max, slider.step) == (-2, -3, 3, 0.1)
    picture, words = playground.image.value, playground.text.value
    slider.value = 1.0
    changed = (pixels(picture) != pixels(playground.image.value)).any(axis=(0, 2))
    half = len(changed) // 2
    assert changed[:half].any() and changed[half:].any()
    assert playground.image.value == playgrounds.generator_loss(x=1.0).image.value
    slider.value = -2.0
    assert (playground.image.value, playground.text.value) == (picture, words)


def test_roles_have_their_colours():
    drawn = marks(playgrounds.generator_loss())
    assert drawn[0, "D(x)"].get_color() == charts.DISCRIMINATOR
    assert drawn[0, "the fake"].get_color() == charts.FAKE
    assert {drawn[1, label].get_color() for label in FACTORS} == {charts.BLACK, charts.GREY}


def test_a_readers_own_losses_have_arrows_of_their_own():
    own = {"hinge": lambda logits: -tf.reduce_mean(logits), "none": lambda logits: tf.constant(0.0)}
    playground = playgrounds.generator_loss(own, x=1.5)
    steps = [end[0] - start[0] for start, end in arrows(playground)]
    np.testing.assert_allclose(steps, [2, 0], atol=1e-6)
    assert (
        "hinge: loss -3.000, step +2.000; none: loss 0.000, step +0.000" in playground.picture.alt
    )
    names = [label.get_text() for label in playground.picture.axes[0].get_yticklabels()]
    assert names[-2:] == ["hinge", "none"]


def test_a_readers_own_discriminator_turns_the_arrows():
    falling = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    falling.set_weights([np.array([[-3.0]]), np.array([0.5])])
    playground = playgrounds.generator_loss(discriminator=falling, x=1.0)
    d = 1 / (1 + np.exp(2.5))
    assert f"D(x) = {d:.4f}" in playground.picture.alt
    steps = [end[0] - start[0] for start, end in arrows(playground)]
    np.testing.assert_allclose(steps, [-3 * (1 - d), -3 * d], rtol=1e-5)
    low, high = playground.picture.axes[0].get_xlim()
    assert low < -3 - 3 * d, "the longest arrow fits"


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"x": 3.1}, ValueError, "x must satisfy -3 <= x <= 3, got 3.1"),
        ({"x": -4}, ValueError, "x must satisfy -3 <= x <= 3, got -4"),
        ({"g_losses": {"mine": 1}}, TypeError, r"g_losses\['mine'\] must be a function, got 1"),
        ({"g_losses": {"a": lambda logits: logits}}, ValueError, r"return a scalar, got \(1,\)"),
        (
            {"g_losses": dict.fromkeys("abcde", losses.g_loss)},
            ValueError,
            "g_losses must hold at most 4, got 5",
        ),
        ({"discriminator": 7}, TypeError, "discriminator must be a function, got 7"),
    ],
)
def test_what_cannot_be_shown_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        playgrounds.generator_loss(**arguments)


def test_words_are_announced_and_a_readers_label_is_no_markup():
    playground = playgrounds.generator_loss({"<b>mine": losses.g_loss})
    assert playground.text.value.startswith('<p role="status" aria-live="polite">')
    assert "&lt;b&gt;mine" in playground.text.value and "<b>mine" in playground.picture.alt


def test_samples_through_time_show_shares_from_top_to_bottom():
    real = np.array([3.0, 3.0, 4.0, 3.0])
    fakes = {"a": np.array([[-3.0, -3.0], [1.0, 2.0]]), "b": np.array([[9.0, 9.0], [-9.0, -9.0]])}
    picture = pictures.samples_through_time(real, fakes, [0, 50], xlim=(-6, 6), alt="Two panels.")
    left, right = picture.axes
    assert left.get_title() == "a, step 50: mean 1.50, spread 0.50"
    assert right.get_title() == "b, step 50: mean -9.00, spread 0.00"
    assert [label.get_text() for label in left.get_yticklabels()] == ["step 0", "step 50"]
    assert list(left.get_yticks()) == [1, 0], "time runs downwards"
    fake, outline = (left.patches[row].get_data() for row in (0, 1))
    assert fake.baseline == outline.baseline == 1
    heights = fake.values - 1
    assert np.flatnonzero(heights).tolist() == [15]
    assert heights.max() == pytest.approx(0.92), "cut at the top"
    assert (outline.values - 1).max() == pytest.approx(1 / 1.15)
    later = left.patches[2].get_data().values  # half of the samples in each of two bins
    assert sorted(later)[-2:] == pytest.approx([0.5 / 0.75 / 1.15] * 2)
    assert not (right.patches[0].get_data().values - 1).any(), "outside the axis"
    assert left.patches[0].get_facecolor()[:3] != left.patches[1].get_edgecolor()[:3]
    assert picture.alt == "Two panels."


def test_samples_through_time_need_a_row_for_each_moment():
    with pytest.raises(
        ValueError, match=r"fakes\['a'\] must have a row for each of 2 times, got 1"
    ):
        pictures.samples_through_time(np.zeros(3), {"a": np.zeros((1, 3))}, [0, 1], (-1, 1), "")
    with pytest.raises(ValueError, match="at least one panel and one moment"):
        pictures.samples_through_time(np.zeros(3), {}, [0, 1], (-1, 1), "")


def inked(playground, patch):
    """From where to where on the x axis an arrow is drawn."""
    picture, axis = playground.picture, playground.picture.axes[0]
    drawn = pixels(picture.frame([patch])) != pixels(picture.frame([]))
    columns = np.flatnonzero(drawn.any(axis=(0, 2)))
    ends = [(columns[0], 0), (columns[-1] + 1, 0)]
    return axis.transData.inverted().transform(ends)[:, 0]


@pytest.mark.parametrize(("x", "slope"), [(-2, 2), (-0.9, 2), (-0.8, 2), (0, 2), (2, 2), (2, -2)])
def test_no_arrow_reaches_behind_the_fake_or_ends_beside_its_step(x, slope):
    playground = playgrounds.generator_loss(discriminator=lambda x: slope * x, x=float(x))
    patches = [p for p in playground.picture.axes[0].patches if hasattr(p, "set_positions")]
    for patch, (start, end) in zip(patches, arrows(playground), strict=True):
        drawn = inked(playground, patch)
        step = sorted([start[0], end[0]])
        np.testing.assert_allclose(drawn, step, atol=0.02)  # a pixel is 0.012 wide
