"""The smoothing slider shows what the theory says, of any loss, and names what has no best D."""

import io

from gan_helpers import data, losses, pictures, playgrounds

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

cross_entropy = tf.nn.sigmoid_cross_entropy_with_logits


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def line(playground, panel, label):
    return np.array(playground.picture.artists_by_label[panel, label].get_ydata())


def with_label(label):
    """The cross-entropy with a label that may depend on smooth."""

    def loss(logits, smooth):
        labels = tf.ones_like(logits) * label(smooth)
        return tf.reduce_mean(cross_entropy(logits=logits, labels=labels))

    return loss


TWO_SIDED = with_label(lambda smooth: smooth)


@pytest.mark.parametrize("smooth", [0.0, 0.01, 0.1, 0.25, 0.49])
def test_smoothing_slider_shows_the_equilibrium_and_the_optimal_discriminator(smooth):
    playground = playgrounds.smoothing()
    playground.sliders["smooth"].value = smooth
    d, d_loss, g_loss = losses.equilibrium(smooth)
    assert f"D* = {d:.3f}, d_loss = {d_loss:.3f}, g_loss = {g_loss:.3f}" in playground.text.value
    x = playground.picture.artists_by_label[1, "D*"].get_xdata()
    p_data, p_g = data.gaussian(-1.0).density(x), data.gaussian(1.0).density(x)
    best = losses.optimal_discriminator(p_data, p_g, smooth)
    # The curves are searched up to logits of 8, where D is within 4e-4 of 0 or 1.
    np.testing.assert_allclose(line(playground, 1, "D*"), best, atol=5e-4)
    np.testing.assert_allclose(line(playground, 1, "D* where p_data = p_g"), d, atol=1e-5)
    minimum = playground.picture.artists_by_label[0, "_real: minimum"]
    if smooth > 0.001:
        logit = np.log((1 - smooth) / smooth)
        np.testing.assert_allclose(minimum.get_xdata(), [logit], atol=2e-3)
        least = losses.d_loss_real(np.float64(logit), smooth).numpy()
        np.testing.assert_allclose(minimum.get_ydata(), [least], atol=2e-5)
        assert f"real sample is least at logit {logit:.2f}" in playground.text.value
    else:
        assert len(minimum.get_xdata()) == 0, "without smoothing there is no minimum to mark"
        words = "real sample has no minimum: it falls on as the logit goes to plus infinity"
        assert words in playground.text.value
    assert (
        "fake sample has no minimum: it falls on as the logit goes to minus"
        in playground.text.value
    )
    assert len(line(playground, 0, "_fake: minimum")) == 0
    logits = playground.picture.artists_by_label[0, "fake"].get_xdata()
    np.testing.assert_allclose(line(playground, 0, "fake"), np.logaddexp(0, logits), atol=1e-12)


def test_smoothing_slider_redraws_picture_and_words_and_starts_at_its_default():
    playground = playgrounds.smoothing()
    slider = playground.sliders["smooth"]
    assert (slider.value, slider.min, slider.max) == (0.1, 0, 0.49)
    assert slider.tooltip == "Label smoothing: real labels are 1 - smooth"
    picture, words = playground.image.value, playground.text.value
    slider.value = 0.3
    assert "smooth = 0.30" in playground.text.value != words
    changed = (pixels(picture) != pixels(playground.image.value)).any(axis=(0, 2))
    half = len(changed) // 2
    assert changed[:half].any() and changed[half:].any(), "both panels are drawn anew"
    assert playground.image.value == playgrounds.smoothing(smooth=0.3).image.value
    slider.value = 0.1
    assert (playground.image.value, playground.text.value) == (picture, words)


def test_smoothing_slider_takes_the_readers_own_losses():
    playground = playgrounds.smoothing(d_loss_fake=TWO_SIDED, smooth=0.2)
    assert "D* = 0.500" in playground.text.value
    assert line(playground, 1, "D*").min() == pytest.approx(0.2, abs=1e-3)
    doubled = playgrounds.smoothing(lambda logits, s: 2 * losses.d_loss_real(logits, s))
    assert "D* = 0.600" in doubled.text.value  # 2 * 0.9 / (2 + 1)


def test_two_lambdas_on_one_line_bring_no_warning(caplog):
    """AutoGraph would complain that it cannot tell their sources apart."""
    tf.get_logger().addHandler(caplog.handler)
    playgrounds.smoothing(lambda x, s: losses.d_loss_real(x, s), lambda x, s: TWO_SIDED(x, s))
    tf.get_logger().removeHandler(caplog.handler)
    assert caplog.records == []


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"smooth": 0.5}, ValueError, "smooth must satisfy 0 <= smooth < 0.5, got 0.5"),
        ({"smooth": -0.1}, ValueError, "smooth must satisfy"),
        ({"smooth": "0.1"}, TypeError, "smooth must be a number"),
        ({"d_loss_real": 3}, TypeError, "d_loss_real must be a function, got 3"),
        ({"d_loss_fake": "no"}, TypeError, "d_loss_fake must be a function, got 'no'"),
        ({"d_loss_fake": lambda logits, s: logits}, ValueError, "must return a scalar"),
        ({"data": data.ring()}, ValueError, "data must be one-dimensional"),
        ({"model": data.ring()}, ValueError, "model must be one-dimensional, got 2 dimensions"),
    ],
)
def test_smoothing_slider_refuses_what_it_cannot_show(arguments, error, message):
    with pytest.raises(error, match=message):
        playgrounds.smoothing(**arguments)


def test_the_picture_is_twice_as_sharp_as_it_is_shown_wide():
    playground = playgrounds.smoothing()
    assert playground.image.layout.width == "920px"
    for smooth in (0.1, 0.3):  # the first drawing, and one that reuses it
        playground.sliders["smooth"].value = smooth
        assert pixels(playground.image.value).shape == (680, 1840, 3)


def test_the_legend_names_nothing_that_is_not_drawn():
    playground = playgrounds.smoothing()
    left, right = playground.picture.axes
    named = [[text.get_text() for text in axis.get_legend().get_texts()] for axis in (left, right)]
    assert named == [["real", "fake"], ["p_data", "p_g", "D*", "D* where p_data = p_g"]]
    assert len(line(playground, 0, "_real: minimum")) == 1
    both = playgrounds.smoothing(d_loss_fake=TWO_SIDED)
    dot = both.picture.artists_by_label[0, "_fake: minimum"]
    np.testing.assert_allclose(dot.get_xdata(), [-np.log(9)], atol=2e-3)


@pytest.mark.parametrize("name", ["d_loss_real", "d_loss_fake"])
@pytest.mark.parametrize(
    "draw",
    [
        lambda logits: tf.random.uniform(tf.shape(logits), dtype=logits.dtype),
        lambda logits: np.random.default_rng().random(),
        lambda logits: tf.nn.dropout(logits, 0.1),
    ],
    ids=["TensorFlow's", "NumPy's", "dropout"],
)
def test_a_loss_with_chance_in_it_is_refused_in_one_line(name, draw):
    def loss(logits, smooth):
        return losses.d_loss_fake(logits + 0.1 * draw(logits))

    with pytest.raises(ValueError, match=f"{name} must give the same loss for the same") as error:
        playgrounds.smoothing(**{name: loss})
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "label", "kind", "way", "hint"),
    [
        ("d_loss_real", lambda smooth: 1 + smooth, "real", "grows", "above 1"),
        ("d_loss_real", lambda smooth: -smooth, "real", "falls", "below 0"),
        ("d_loss_fake", lambda smooth: -smooth, "fake", "falls", "below 0"),
        ("d_loss_fake", lambda smooth: 1 + smooth, "fake", "grows", "above 1"),
    ],
)
def test_a_label_outside_0_to_1_is_named_and_no_best_d_is_drawn(name, label, kind, way, hint):
    playground = playgrounds.smoothing(**{name: with_label(label)}, smooth=0.0)
    assert "without bound" not in playground.picture.alt, "at smooth = 0 the label is allowed"
    for smooth in (0.01, 0.1, 0.49):
        playground.sliders["smooth"].value = smooth
        words = f"{kind} sample falls without bound as the logit {way} (a label {hint}?)"
        assert words in playground.picture.alt
        assert len(line(playground, 0, f"_{kind}: minimum")) == 0
        # By hand: the mean label at x must lie in [0, 1] for a D that is least.
        x = playground.picture.artists_by_label[1, "D*"].get_xdata()
        real = label(smooth) if kind == "real" else 1 - smooth
        fake = label(smooth) if kind == "fake" else 0.0
        share = losses.optimal_discriminator(
            data.gaussian(-1.0).density(x), data.gaussian(1.0).density(x), 0.0
        )
        best = share * real + (1 - share) * fake
        clear = np.abs(best - np.clip(best, 0, 1)) > 1e-6
        drawn = line(playground, 1, "D*")
        np.testing.assert_array_equal(np.isnan(drawn), clear)
        np.testing.assert_allclose(drawn[~clear], np.clip(best[~clear], 0, 1), atol=5e-4)
        assert f"no best D at {clear.sum()} of the 201 points" in playground.picture.alt
        if not 0 <= (real + fake) / 2 <= 1:
            assert "Where p_data = p_g there is no best D." in playground.picture.alt


def test_a_label_outside_everywhere_leaves_no_level_line():
    outside = with_label(lambda smooth: -0.5)
    playground = playgrounds.smoothing(outside, outside)
    assert np.isnan(line(playground, 1, "D*")).all()
    assert np.isnan(line(playground, 1, "D* where p_data = p_g")).all()
    assert playground.picture.alt.endswith("Where p_data = p_g there is no best D.")


def test_hinge_and_least_squares_have_a_best_d():
    def hinge(sign):
        return lambda logits, smooth: tf.reduce_mean(tf.nn.relu(1 - sign * logits))

    playground = playgrounds.smoothing(hinge(1), hinge(-1))
    assert "real sample is least from logit 1.00 to plus infinity" in playground.picture.alt
    assert "fake sample is least from logit minus infinity to -1.00" in playground.picture.alt
    assert "D* = 0.500, d_loss = 2.000" in playground.picture.alt, "the middle of what is as good"
    for kind, logit in (("real", 1), ("fake", -1)):
        (marked,) = playground.picture.artists_by_label[0, f"_{kind}: minimum"].get_xdata()
        assert marked == pytest.approx(logit)
    best = line(playground, 1, "D*")
    logits = np.log(best / (1 - best))
    np.testing.assert_allclose(np.delete(logits, 100), [1] * 100 + [-1] * 100, atol=6e-3)

    def least_squares(label):
        return lambda logits, smooth: tf.reduce_mean((logits - label) ** 2)

    playground = playgrounds.smoothing(least_squares(1.0), least_squares(0.0))
    assert "real sample is least at logit 1.00" in playground.picture.alt
    x = playground.picture.artists_by_label[1, "D*"].get_xdata()
    share = 1 / (1 + np.exp(2 * x))
    np.testing.assert_allclose(line(playground, 1, "D*"), 1 / (1 + np.exp(-share)), atol=1e-6)
    playground = playgrounds.smoothing(least_squares(10.0), least_squares(0.0))
    assert "real sample is least beyond logit 8, outside the picture" in playground.picture.alt


def test_a_loss_that_is_no_number_somewhere_has_no_best_d():
    playground = playgrounds.smoothing(lambda logits, s: tf.reduce_mean(tf.math.log(logits)))
    assert "real sample is not a number at logit -8.00" in playground.picture.alt
    assert np.isnan(line(playground, 1, "D*")).all()


def test_a_loss_by_way_of_the_probability_is_as_good():
    def by_probability(logits, smooth):
        d = tf.sigmoid(logits)
        return -tf.reduce_mean((1 - smooth) * tf.math.log(d) + smooth * tf.math.log(1 - d))

    assert playgrounds.smoothing(by_probability).picture.alt == playgrounds.smoothing().picture.alt


def test_where_no_sample_falls_no_best_d_is_drawn():
    narrow = playgrounds.smoothing(data=data.gaussian(-1, 0.05), model=data.gaussian(1, 0.05))
    best = line(narrow, 1, "D*")
    assert np.isnan(best[[0, 200]]).all(), "both densities are 0 there"
    assert best[80] == pytest.approx(0.9, abs=1e-3) and best[120] == pytest.approx(0, abs=1e-3)


# The pictures of the chapter: what they say is computed from what they are given.


def test_the_zero_of_the_gradient_is_marked_and_named():
    logit = np.linspace(-4, 4, 81)
    slopes = {f"label {t}": 1 / (1 + np.exp(-logit)) - t for t in (1, 0.75)}
    picture = pictures.gradient_on_real(logit, slopes)
    (axis,) = picture.axes
    assert axis.get_title() == "With label 0.75, the gradient changes sign at logit 1.10"
    (mark,) = picture.artists_by_label[0, "(1.10, 0)"].get_xydata()
    np.testing.assert_allclose(mark, [np.log(3), 0], atol=1e-3)
    assert "(1.10, 0), is where it is zero with label 0.75" in picture.alt


def test_scaled_discriminators_are_drawn_with_their_largest_gap():
    x = np.linspace(-3, 3, 13)
    theory = {s: (1 - s) / (1 + np.exp(2 * x)) for s in (0.0, 0.1)}
    trained = {s: best + 0.013 for s, best in theory.items()}
    picture = pictures.scaled_discriminator(x, theory, trained)
    (axis,) = picture.axes
    assert "come within 0.02 of it" in axis.get_title()
    np.testing.assert_array_equal(axis.lines[3].get_ydata(), trained[0.1][::6])
    labels = [text.get_text() for text in axis.get_legend().get_texts()]
    assert labels == ["D*, s = 0.0", "D*, s = 0.1", "trained D"]


def test_what_g_hears_is_marked_over_both_densities():
    x = np.linspace(-4, 5, 91)
    p_data, p_g = (data.gaussian(mean).density(x) for mean in (-1.0, 1.0))
    picture = pictures.what_g_hears(
        x, ("One", p_data, p_g, -x, x / 100), ("Two", p_g, p_data, x, x)
    )
    left, right, *behind = picture.axes
    assert left.get_title() == "One: -3.90 one-sided, +0.039 two-sided"
    assert right.get_title() == "Two: +3.90 one-sided, +3.90 two-sided"
    assert left.get_title() in picture.alt and right.get_title() in picture.alt
    assert left.get_legend() is None
    labels = [text.get_text() for text in right.get_legend().get_texts()]
    assert labels == ["one-sided: 0.9 and 0", "two-sided: 0.9 and 0.1", "p_data", "p_g"]
    dot = picture.artists_by_label[0, "_one-sided: 0.9 and 0"].get_xydata()
    np.testing.assert_allclose(dot, [[3.9, -3.9]])
    assert all(len(axis.collections) == 2 for axis in behind) and len(behind) == 2


def test_overconfidence_has_a_dot_a_seed_and_its_medians():
    picture = pictures.overconfidence({"1 and 0": [4.0, 6.0, 20.0], "0.9 and 0": [1.0, 3.0]})
    (axis,) = picture.axes
    assert axis.get_title() == "Each smoothed side lowers the log loss: 6.0 to 2.0"
    assert list(axis.lines[0].get_ydata()) == [4, 6, 20] and list(axis.lines[1].get_ydata()) == [
        6,
        6,
    ]
    assert list(axis.lines[-1].get_ydata()) == pytest.approx([2 * np.log(2)] * 2)
    assert axis.get_yscale() == "log" and "6.0 with labels 1 and 0" in picture.alt
