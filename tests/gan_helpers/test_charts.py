"""Charts show what they are given, carry their description, and are sharp."""

import io

from gan_helpers import charts

import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter
from PIL import Image


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def test_picture_carries_its_description_and_is_the_same_each_time():
    panel = charts.Panel("finding", "x", "y", {"a": ([0, 1], [0, 1])}, levels={"half": 0.5})
    first, second = (charts.curves(panel, alt="A rising line.") for _ in range(2))
    bundle, metadata = DisplayFormatter().format(first)
    assert bundle["text/plain"] == metadata["image/png"]["alt"] == "A rising line."
    assert first.png() == second.png()
    assert b"matplotlib" not in first.png().lower(), "nor do they depend on its version"


def test_picture_is_shown_at_its_size_and_is_twice_as_sharp():
    picture = charts.Picture(alt="", figsize=(3, 2))
    bundle, metadata = DisplayFormatter().format(picture)
    assert (metadata["image/png"]["width"], metadata["image/png"]["height"]) == (300, 200)
    assert pixels(bundle["image/png"]).shape == (400, 600, 3)
    assert pixels(picture.png()).shape == (200, 300, 3)


def test_curves_show_what_the_panels_say():
    panels = [
        charts.Panel("one", "x", "y", {"a": ([0, 1], [2, 3]), "b": ([0], [1])}, {"p": (4, 5)}),
        charts.Panel("two", "u", "v", {"c": ([0, 1], [0, 1])}, {}, {"half": 0.5}, (-1, 2)),
    ]
    picture = charts.curves(*panels, alt="")
    one, two = picture.axes
    assert picture.get_figwidth() == 9.2, "wider ones are shrunk to the page"
    assert [(axis.get_title(), axis.get_xlabel(), axis.get_ylabel()) for axis in (one, two)] == [
        ("one", "x", "y"),
        ("two", "u", "v"),
    ]
    labels = [[text.get_text() for text in axis.get_legend().get_texts()] for axis in (one, two)]
    assert labels == [["a", "b", "p"], ["c", "half"]]
    lines = picture.artists_by_label
    drawn = {key: artist.get_xydata().tolist() for key, artist in lines.items()}
    assert (drawn[0, "a"], drawn[0, "p"]) == ([[0, 2], [1, 3]], [[4, 5]])
    assert list(lines[1, "half"].get_ydata()) == [0.5, 0.5] and two.get_ylim() == (-1, 2)
    for look in ("get_color", "get_linestyle"):  # each of them alone tells the lines apart
        assert getattr(lines[0, "a"], look)() != getattr(lines[0, "b"], look)()


def test_a_panel_has_room_for_as_many_lines_as_there_are_colours():
    panel = charts.Panel("", "", "", {str(i): ([0, 1], [i, i]) for i in range(5)})
    lines = charts.curves(panel, alt="").artists_by_label.values()
    assert len({line.get_color() for line in lines}) == 5


def test_histograms_show_shares_of_each_group():
    groups = {"many": np.full((10, 20), 0.3), "few": np.array([0.3, 0.9])}
    (axis,) = charts.histograms(groups, "finding", "D(x)", alt="", xlim=(0, 1)).axes
    assert (axis.get_title(), axis.get_xlabel()) == ("finding", "D(x)")
    assert [text.get_text() for text in axis.get_legend().get_texts()] == list(groups)
    many, few = axis.containers
    heights = [[round(bar.get_height(), 9) for bar in bars] for bars in (many, few)]
    assert [max(each) for each in heights] == [1, 0.5] and [sum(each) for each in heights] == [1, 1]
    assert (few[0].get_x(), few[-1].get_x() + few[-1].get_width()) == pytest.approx((0, 1))
    assert many[0].get_hatch() != few[0].get_hatch()


def test_bars_go_from_the_level_to_their_values_from_top_to_bottom():
    values = {"worse": 8.0, "better": 0.5}
    (axis,) = charts.bars(values, "finding", "ratio", alt="", level=1).axes
    assert [bar.get_x() + bar.get_width() for bar in axis.patches] == [8.0, 0.5]
    assert [bar.get_x() for bar in axis.patches] == [1, 1]
    worse, better = (bar.get_facecolor() for bar in axis.patches)
    assert worse != better
    assert [text.get_text() for text in axis.texts] == ["8", "0.5"]
    assert [label.get_text() for label in axis.get_yticklabels()] == ["worse", "better"]
    bottom, top = axis.get_ylim()
    assert top < bottom, "the first is at the top"
    assert (axis.get_title(), axis.get_xlabel(), axis.get_xscale()) == ("finding", "ratio", "log")
    left, right = axis.get_xlim()
    assert left < 0.5 and right > 8


@pytest.mark.parametrize(("values", "level"), [({}, 1), ({"a": 0.0}, 1), ({"a": 1.0}, -1)])
def test_bars_need_numbers_that_have_a_logarithm(values, level):
    with pytest.raises(ValueError, match="values and level must be above 0"):
        charts.bars(values, "", "", alt="", level=level)


def test_clouds_show_real_and_fake_points_and_discs_of_their_radii():
    real, fakes = np.array([[0, 1], [2, 0]]), {"near": np.array([[0, 0]]), "far": -np.ones((3, 2))}
    picture = charts.clouds(real, fakes, alt="Points.", radii=np.array([0.5, 1.5]))
    assert [axis.get_title() for axis in picture.axes] == ["near", "far"]
    for axis, fake in zip(picture.axes, fakes.values(), strict=True):
        drawn = {line.get_label(): line.get_xydata() for line in axis.lines}
        np.testing.assert_array_equal(drawn["real"], real)
        np.testing.assert_array_equal(drawn["fake"], fake)
        (discs,) = axis.collections
        widths = [path.get_extents().width for path in discs.get_paths()]
        np.testing.assert_allclose(widths, [1, 3])
    assert not charts.clouds(real, fakes, alt="").axes[0].collections
    with pytest.raises(ValueError, match=r"shape \(n, 2\), got \(4,\)"):
        charts.clouds(np.zeros(4), fakes, alt="")


def test_report_card_holds_the_numbers_and_marks_some_by_colour_and_sign():
    values = {"real": {"sharp": 0.994, "far": 1.5}, "noise": {"sharp": 1.0, "far": 1262.1}}
    picture = charts.report_card(values, {("noise", "far")}, "finding", alt="")
    (axis,) = picture.axes
    cells = axis.tables[0].get_celld()
    assert [cells[0, column].get_text().get_text() for column in (0, 1)] == ["sharp", "far"]
    assert [cells[row, -1].get_text().get_text() for row in (1, 2)] == ["real", "noise"]
    texts = [[cells[row, column].get_text().get_text() for column in (0, 1)] for row in (1, 2)]
    assert texts == [["0.99", "1.50"], ["1.00", "1,262 *"]]
    assert cells[2, 1].get_facecolor() != cells[2, 0].get_facecolor()
    assert axis.get_title() == "finding"


def test_a_frame_equals_the_full_drawing():
    panel = charts.Panel("", "x", "y", {"a": ([0, 1], [0, 1])}, ylim=(0, 1))
    moved, fresh = charts.curves(panel, alt=""), charts.curves(panel, alt="")
    artist = moved.artists_by_label[0, "a"]
    moved.frame([artist])
    artist.set_ydata([1, 0])
    fresh.artists_by_label[0, "a"].set_ydata([1, 0])
    frame, full = pixels(moved.frame([artist])), pixels(fresh.png(fresh.scale))
    # Only what lies over the line, such as the legend, may differ.
    assert frame.shape == full.shape and (frame != full).any(axis=2).mean() < 0.01
