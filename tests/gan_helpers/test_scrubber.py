"""The slider through training time shows the moment it is at, and a strip of all of them."""

import io

from gan_helpers import charts, losses, pictures, playgrounds
from gan_helpers.playgrounds.scrubber import moments_of_strip

import numpy as np
import pytest
from PIL import Image


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def grey(values, shape=(28, 28, 1), n=4):
    """Samples of one grey at each moment."""
    return [np.full((n, *shape), value, np.float32) for value in values]


def test_scrubber_shows_the_chosen_moment():
    moments = grey((-1, 0, 1))
    scrubber = playgrounds.scrubber([0, 5, 10], moments, columns=2)
    assert "After 10 epochs, 4 samples." in scrubber.text.value
    slider = scrubber.sliders["moment"]
    assert (slider.value, slider.min, slider.max) == (2, 0, 2), "it starts at the last moment"
    bright = []
    for moment in range(3):
        slider.value = moment
        np.testing.assert_array_equal(
            scrubber.picture.grid.get_array(), pictures.tile(moments[moment], 2)
        )
        bright.append(pixels(scrubber.image.value).mean())
    assert bright[0] < bright[1] < bright[2]
    with pytest.raises(ValueError, match="got 1 and 3"):
        playgrounds.scrubber([0], moments)
    with pytest.raises(ValueError, match="at least one, got 0"):
        playgrounds.scrubber([], [])


def test_the_epoch_stands_beside_the_slider_and_above_the_picture():
    scrubber = playgrounds.scrubber([0, 1, 10], grey((-1, -1, -1)))
    beside, image, text = scrubber.children
    slider, label = beside.children
    assert (slider, image, text) == (
        scrubber.sliders["moment"],
        scrubber.image,
        scrubber.text,
    )
    seen = []
    for moment, epoch in enumerate((0, 1, 10)):
        slider.value = moment
        assert label.value == f"epoch {epoch}"
        words = f"After {epoch} epoch{'s' * (epoch != 1)}"
        assert scrubber.picture.title.get_text() == words
        assert scrubber.picture.alt == f"{words}, 4 samples."
        seen.append(scrubber.image.value)
    assert len(set(seen)) == 3, "words and mark move, though the samples are all the same"


def test_strip_holds_the_first_samples_at_its_epochs_and_a_mark_that_moves_down():
    brightness = np.linspace(-1, 1, 41)
    epochs = list(range(0, 201, 5))
    scrubber = playgrounds.scrubber(epochs, grey(brightness, n=80), columns=10)
    strip = scrubber.picture.axes[1]
    shown = [int(tick.get_text()) for tick in strip.get_yticklabels()]
    assert shown == [0, 5, 15, 30, 80, 200]
    assert "after 0, 5, 15, 30, 80 and 200 epochs" in scrubber.shows
    rows = np.split(strip.images[0].get_array(), 6)
    for epoch, row in zip(shown, rows, strict=True):
        assert row[1:-1, 1:29].mean() == pytest.approx(brightness[epoch // 5], abs=1e-6)
    heights = []
    for moment in range(41):
        scrubber.sliders["moment"].value = moment
        heights.append(scrubber.picture.mark.get_ydata()[0])
    centres = [heights[epoch // 5] for epoch in shown]
    np.testing.assert_allclose(centres, scrubber.picture.row_centres)
    assert (np.diff(heights) > 0).all()


@pytest.mark.parametrize("last", [0, 1, 2, 5, 12, 40, 1000])
def test_strip_goes_from_first_to_last_with_widening_steps(last):
    moments = moments_of_strip(last)
    assert moments[0] == 0 and moments[-1] == last and len(moments) <= 6
    steps = np.diff(moments)
    assert (steps > 0).all() and (np.diff(steps) >= 0).all()


@pytest.mark.parametrize("shape", [(32, 32, 3), (6, 10, 1), (5, 4)])
@pytest.mark.parametrize("n", [1, 7])
def test_scrubber_takes_colours_other_sizes_and_few_samples(shape, n):
    scrubber = playgrounds.scrubber([3, 4], grey((-0.5, 0.5), shape, n), columns=5)
    last = scrubber.image.value
    scrubber.sliders["moment"].value = 0
    assert scrubber.image.value != last
    assert scrubber.picture.axes[1].images[0].get_array().shape[:2] == (
        2 * (shape[0] + 2),
        min(3, n) * (shape[1] + 2),
    )


@pytest.mark.parametrize(
    ("epochs", "samples", "message"),
    [
        ([5, 0], grey((0, 0)), r"epochs must rise, got \[5, 0\]"),
        ([0, 0], grey((0, 0)), "epochs must rise"),
        ([0, 1], [np.zeros((2, 4, 4)), np.zeros((3, 4, 4))], "one shape at every moment"),
        ([0], [np.zeros((2, 4))], "images must have shape"),
    ],
)
def test_scrubber_refuses_what_it_cannot_show(epochs, samples, message):
    with pytest.raises(ValueError, match=message):
        playgrounds.scrubber(epochs, samples)


def test_training_curves_say_how_far_from_equilibrium_they_end():
    epochs = np.arange(40)
    logs = {
        "d_loss": np.where(epochs < 20, 9.0, 1.0),
        "g_loss": np.where(epochs < 20, 9.0, 1.5),
        "d_real": np.full(40, 0.6),
        "d_fake": np.full(40, 0.3),
    }
    picture = pictures.training_curves(logs, losses.equilibrium(0.1))
    left, right = picture.axes
    assert left.get_title() == "From equilibrium to the end: d_loss -0.38, g_loss +0.70"
    assert right.get_title() == "D ends at 0.60 on real digits, 0.30 on fakes"
    colours = {"d_loss": charts.GREEN, "g_loss": charts.ORANGE}
    levels = {1.3763: charts.GREEN, 0.7985: charts.ORANGE}
    seen = {}
    for line in left.lines:
        y = np.array(line.get_ydata())
        (seen.setdefault("curve" if len(y) == 40 else "level", [])).append(
            (y[-1], line.get_color())
        )
    assert sorted(seen["curve"]) == [(1.0, colours["d_loss"]), (1.5, colours["g_loss"])]
    found = {round(y, 4): colour for y, colour in seen["level"]}
    assert found == levels, "each level is drawn in the colour of its curve"
    words = {text.get_text(): text.get_color() for text in left.texts}
    assert words["d_loss at equilibrium 1.38"] == words["d_loss"] == charts.GREEN
    assert "over 40 epochs" in picture.alt and "1.38 and 0.80" in picture.alt and picture.png()
    with pytest.raises(ValueError, match="logs must hold at least one epoch"):
        pictures.training_curves({"d_loss": [1.0]}, losses.equilibrium(0.1))
