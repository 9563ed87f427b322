"""The slider over truncation, and the pictures of the chapter on measuring quality."""

import io

from gan_helpers import charts, pictures, playgrounds

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

PSIS = [0.5, 0.75, 1.0]
SAMPLES = [np.full((4, 3, 3, 1), value) for value in (-0.5, 0.0, 0.5)]
SCORES = {"precision": [0.9, 0.8, 0.7], "recall": [0.1, 0.4, 0.6], "distance": [40.0, 20.0, 2.0]}


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def test_the_slider_shows_drawings_and_measures_of_its_psi():
    playground = playgrounds.truncation(PSIS, SAMPLES, SCORES, columns=2)
    slider, (left, right) = playground.sliders["psi"], playground.picture.axes
    assert (slider.value, slider.min, slider.max, slider.step) == (1.0, 0.5, 1.0, 0.25)
    for at, (psi, words) in enumerate(
        [
            (0.5, "psi = 0.50: precision ≈ 0.90, recall ≈ 0.10, distance ≈ 40."),
            (0.75, "psi = 0.75: precision ≈ 0.80, recall ≈ 0.40, distance ≈ 20."),
            (1.0, "psi = 1.00: precision ≈ 0.70, recall ≈ 0.60, distance ≈ 2.00."),
        ]
    ):
        before = playground.image.value
        slider.value = 0.6 if psi == 1.0 else 1.0
        slider.value = psi
        assert playground.image.value != before or at == 2
        assert playground.picture.alt == words and words in playground.text.value
        np.testing.assert_array_equal(left.images[0].get_array(), pictures.tile(SAMPLES[at], 2))
        dots = [line.get_xydata().tolist() for line in right.lines if line.get_marker() in "os"]
        assert [[psi, SCORES["precision"][at]]] in dots and [[psi, SCORES["recall"][at]]] in dots


def test_only_shares_are_drawn_as_curves_and_each_has_its_name():
    picture = playgrounds.truncation(PSIS, SAMPLES, SCORES).picture
    curves = [line for line in picture.axes[1].lines if len(line.get_xdata()) == len(PSIS)]
    assert [list(line.get_ydata()) for line in curves] == [SCORES["precision"], SCORES["recall"]]
    assert [text.get_text() for text in picture.axes[1].texts] == ["precision", "recall"]
    assert len({line.get_linestyle() for line in curves}) == 2
    assert picture.axes[1].get_title() == (
        "psi 0.5 to 1:\nprecision 0.90 to 0.70, recall 0.10 to 0.60"
    )


@pytest.mark.parametrize(
    ("psis", "samples", "scores", "message"),
    [
        ([1.0], SAMPLES[:1], {}, "psis must be at least two, and rise"),
        ([1.0, 0.5], SAMPLES[:2], {}, "psis must be at least two, and rise"),
        ([0.5, 0.6, 1.0], SAMPLES, {}, "in even steps"),
        (PSIS, SAMPLES[:2], {}, "samples must be one for each of 3 psis, got 2"),
        (PSIS, SAMPLES, {"recall": [1.0]}, r"scores\['recall'\] must be one for each of 3"),
        (PSIS, SAMPLES, {str(i): [0.5] * 3 for i in range(5)}, "at most 4 shares, got 5"),
    ],
)
def test_truncation_names_what_is_wrong(psis, samples, scores, message):
    with pytest.raises(ValueError, match=message):
        playgrounds.truncation(psis, samples, scores)


def test_image_rows_put_each_row_behind_its_label():
    rows = {name: np.full((3, 4, 5, 1), value) for name, value in (("low", -0.5), ("high", 0.5))}
    (axis,) = pictures.image_rows(rows, "finding", alt="").axes
    np.testing.assert_array_equal(
        axis.images[0].get_array(), pictures.tile(np.concatenate(list(rows.values())), 3)
    )
    assert [label.get_text() for label in axis.get_yticklabels()] == ["low", "high"]
    assert axis.get_yticks().tolist() == [3, 9] and axis.get_title() == "finding"
    with pytest.raises(ValueError, match=r"of one length, got \[2, 3\]"):
        pictures.image_rows(rows | {"short": np.zeros((2, 4, 5, 1))}, "", alt="")


def test_frechet_steps_draw_densities_and_ellipses_of_two_deviations():
    cloud = np.array([[-1, 0], [1, 0], [0, -2], [0, 2]]) + [1.0, 2.0]
    line, plane, clouds = pictures.frechet_steps(cloud, cloud + 5).axes
    for curve, mean in zip(line.lines, (1, 4), strict=True):
        x, density = curve.get_data()
        assert x[np.argmax(density)] == pytest.approx(mean, abs=0.05)
        assert np.sum(density) * (x[1] - x[0]) == pytest.approx(1, abs=2e-3)
    for axis in (line, plane):
        assert len({to_rgb(one.get_color()) for one in axis.lines}) == 2
        assert len({one.get_linestyle() for one in axis.lines}) == 2
    for ellipse, tilt in zip(plane.lines, (0.9, -0.9), strict=True):
        around = ellipse.get_xydata()
        covariance = np.array([[1, tilt], [tilt, 1]])
        distances = np.sqrt(np.einsum("ni,ij,nj->n", around, np.linalg.inv(covariance), around))
        np.testing.assert_allclose(distances, 2)
    assert clouds.get_title() == "Real and blurred: 50.0"  # 5 apart along both axes
    points, ellipse = clouds.lines[0].get_xydata(), clouds.lines[1].get_xydata()
    np.testing.assert_array_equal(points, cloud)
    np.testing.assert_allclose(ellipse.mean(axis=0), [1, 2], atol=0.05)
    # Variances 2/3 and 8/3, two deviations to each side.
    np.testing.assert_allclose(np.ptp(ellipse, axis=0), 4 * np.sqrt([2 / 3, 8 / 3]), rtol=1e-3)


def test_balls_reach_to_the_third_neighbour_of_real_points_and_of_fakes():
    real = np.array([[0.0, 0], [1, 0], [3, 0], [7, 0], [15, 0]])
    picture = pictures.balls(real, {"one": real / 2, "two": real + [0, 1]})
    assert [axis.get_title() for axis in picture.axes[:2]] == ["one", "two"]
    radii = np.array([7, 6, 4, 7, 14])
    for axis, factor in zip(picture.axes, (1, 1, 0.5, 1), strict=True):
        widths = [path.get_extents().width for path in axis.collections[0].get_paths()]
        np.testing.assert_allclose(widths, 2 * factor * radii)


def test_bias_draws_means_bands_and_the_limit_of_a_straight_line():
    sizes = (10, 20, 50)
    draws = {"real": np.array([[3 + 100 / n - 1, 3 + 100 / n + 1] for n in sizes])}
    (axis,) = pictures.bias(sizes, draws, "finding").axes
    means, line, limit = axis.lines
    np.testing.assert_allclose(means.get_xydata(), [(1 / n, 3 + 100 / n) for n in sizes])
    np.testing.assert_allclose(line.get_ydata(), [3, 13])
    np.testing.assert_allclose(limit.get_xydata(), [[0, 3]], atol=1e-9)
    (band,) = axis.collections
    low, high = band.get_paths()[0].get_extents().intervaly
    assert high == pytest.approx(13 + 2 * np.sqrt(2)) and low == pytest.approx(5 - 2 * np.sqrt(2))
    assert [text.get_text() for text in axis.get_xticklabels()][1:] == ["10", "20", "50"]
    assert [text.get_text() for text in axis.texts] == ["3.0"]
    shown = [text.get_text() for text in axis.get_legend().get_texts()]
    assert shown == ["real: ± two standard deviations", "real: mean of 2"]


def test_pairs_draw_a_line_for_each_training_in_each_panel():
    values = {"distance": np.array([[1, 2], [3, 4]]), "recall": np.array([[0.1, 0.2], [0.4, 0.3]])}
    axes = pictures.pairs(values, ("G", "average"), "finding").axes
    assert [axis.get_title() for axis in axes] == list(values)
    for axis, found in zip(axes, values.values(), strict=True):
        lines = [line for line in axis.lines if line.get_linestyle() == "-"]
        assert [line.get_ydata().tolist() for line in lines] == found.tolist()
        assert [label.get_text() for label in axis.get_xticklabels()] == ["G", "average"]
        markers = [line.get_marker() for line in axis.lines if line.get_linestyle() == "None"]
        assert len(set(markers)) == 2, "a training is told from another by more than its place"


def test_clouds_can_show_the_discs_of_the_fakes_below():
    real, fakes = np.array([[0, 1], [2, 0]]), {"near": np.zeros((1, 2)), "far": -np.ones((3, 2))}
    radii = [np.array([0.5]), np.array([1.0, 2.0, 3.0])]
    picture = charts.clouds(real, fakes, alt="", radii=np.array([0.5, 1.5]), fake_radii=radii)
    widths = [
        [path.get_extents().width for path in axis.collections[0].get_paths()]
        for axis in picture.axes
    ]
    for found, wanted in zip(widths, ([1, 3], [1, 3], [1], [2, 4, 6]), strict=True):
        np.testing.assert_allclose(found, wanted)
    above, below = (picture.axes[i].collections[0].get_facecolor() for i in (0, 2))
    assert (above != below).any()
    with pytest.raises(ValueError, match="fake_radii must be 2, one a panel, got 1"):
        charts.clouds(real, fakes, alt="", fake_radii=radii[:1])


def test_report_card_shows_limits_and_shades_by_how_far_beyond_them():
    values = {
        "real": {"sharp": 0.9, "far": 3.0},
        "worse": {"sharp": 0.5, "far": 11.0},
        "worst": {"sharp": 0.0, "far": 900.0},
    }
    limits = {"sharp": ("<", 0.85), "far": (">", 9.0)}
    marked = charts.beyond(values, limits)
    assert marked == {(row, column) for row in ("worse", "worst") for column in values["real"]}
    picture = charts.report_card(values, marked, "", alt="", limits=limits)
    cells = picture.axes[0].tables[0].get_celld()
    assert [cells[4, column].get_text().get_text() for column in (-1, 0, 1)] == [
        "marked * if",
        "< 0.85",
        "> 9.00",
    ]
    for column in (0, 1):
        colours = [cells[row, column].get_facecolor() for row in range(1, 5)]
        assert all(max(colour[:3]) == min(colour[:3]) for colour in colours), "no mark is a fake"
        light = [sum(cells[row, column].get_facecolor()[:3]) for row in (1, 2, 3)]
        assert light[0] == 3 and light[0] > light[1] > light[2]
    with pytest.raises(ValueError, match="limits must name just the columns"):
        charts.report_card(values, marked, "", alt="", limits={"sharp": ("<", 1)})
