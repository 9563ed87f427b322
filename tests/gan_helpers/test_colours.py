"""The colours of the plots stay apart for readers with each kind of colour blindness."""

import itertools

from gan_helpers import charts, pictures

import numpy as np
import pytest
from colorspacious import cspace_convert
from matplotlib.colors import to_rgb
from matplotlib.text import Text

# A difference of 2.3 in CIELAB can just be seen; thin lines need several times that.
APART = 15


def lab(colours, kind=None):
    """Colours in CIELAB, as seen with a kind of colour blindness (Machado et al. 2009)."""
    seen = np.array([to_rgb(colour) for colour in colours])
    if kind is not None:
        blind = {"name": "sRGB1+CVD", "cvd_type": kind, "severity": 100}
        seen = np.clip(cspace_convert(seen, blind, "sRGB1"), 0, 1)
    return cspace_convert(seen, "sRGB1", "CIELab")


def closest(colours, kind=None):
    """The smallest difference between two of the colours, in CIELAB."""
    pairs = itertools.combinations(lab(colours, kind), 2)
    return min(np.linalg.norm(one - other) for one, other in pairs)


# At severity 100 the anomaly is the blindness itself: protanopia, deuteranopia, tritanopia.
KINDS = (None, "protanomaly", "deuteranomaly", "tritanomaly")


@pytest.mark.parametrize("kind", KINDS)
def test_colours_are_told_apart_and_seen_on_white(kind):
    assert closest((*charts.COLORS, "white"), kind) > APART


def test_colours_that_are_not_apart_are_found():
    assert closest(("#FF0000", "#008A00")) > APART
    assert closest(("#D00000", "#5F6F00"), "deuteranomaly") < APART


def test_lines_differ_by_more_than_colour():
    lines = {f"line {i}": ([0, 1], [i, i]) for i in range(len(charts.COLORS))}
    points = {f"point {i}": (0, i) for i in range(5)}
    levels = {f"level {i}": i for i in range(4)}
    picture = charts.curves(charts.Panel("", "", "", lines, points, levels), alt="")
    drawn = {label: artist for (_, label), artist in picture.artists_by_label.items()}
    dashes = {label: str(drawn[label]._dash_pattern) for label in (*lines, *levels)}
    assert len({dashes[label] for label in lines}) == len(lines)
    assert len({dashes[label] for label in levels}) == len(levels)
    markers = {drawn[label].get_marker() for label in points}
    assert len(markers) == len(points)


def test_points_and_bars_differ_by_more_than_colour():
    groups = {"real": np.zeros(3), "fake": np.ones(3)}
    (axis,) = charts.histograms(groups, "", "", alt="", xlim=(0, 1)).axes
    hatches = {container.patches[0].get_hatch() for container in axis.containers}
    assert len(hatches) == len(groups)
    (axis,) = charts.clouds(np.zeros((3, 2)) + 1, {"": np.ones((3, 2))}, alt="").axes
    assert len({line.get_marker() for line in axis.lines}) == 2
    (axis,) = charts.bars({"more": 2, "less": 0.5}, "", "", alt="", level=1).axes
    more, less = (bar.get_x() + bar.get_width() for bar in axis.patches)
    assert more > 1 > less, "on either side of the level"


def contrast(colour, background="white"):
    """The contrast ratio of WCAG 2, 1 to 21."""
    linear = cspace_convert(np.array([to_rgb(colour), to_rgb(background)]), "sRGB1", "XYZ1")
    low, high = sorted(linear[:, 1])
    return (high + 0.05) / (low + 0.05)


def test_lines_and_words_have_the_contrast_of_wcag_aa():
    assert all(contrast(colour) >= 3 for colour in charts.COLORS)
    words = [text for text in pictures.game_diagram().findobj(Text) if text.get_text().strip()]
    assert len(words) > 5
    assert all(contrast(text.get_color()) >= 4.5 for text in words)


def test_contrast_is_that_of_wcag():
    assert contrast("black") == pytest.approx(21, abs=0.01)
    assert contrast("#767676") == pytest.approx(4.54, abs=0.01)
