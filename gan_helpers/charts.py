"""Charts as matplotlib Figures that carry their description: the kit behind every picture."""

import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PatchCollection
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from matplotlib.transforms import Bbox
from matplotlib.typing import LineStyleType
from numpy.typing import ArrayLike
from PIL import Image

# Okabe and Ito's colours, told apart by colour-blind readers; styles differ as well.
BLUE, ORANGE, GREEN, PURPLE, BLACK = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#222222"
COLORS = (BLUE, ORANGE, GREEN, PURPLE, BLACK)
# One code through the series: what is real, what G makes, what D says; all else in greys.
REAL, FAKE, DISCRIMINATOR = BLUE, ORANGE, GREEN
GREY, PALE = "#666666", "#BBBBBB"
DARK_ORANGE, DARK_GREEN = "#A84A00", "#00694D"  # of words, which need more contrast
STYLES: tuple[LineStyleType, ...] = ("-", "--", "-.", (0, (1, 1)), (0, (5, 1, 1, 1, 1, 1)))
_SCALE = 2  # pixels for each pixel shown, so that pictures are sharp on dense screens


class Picture(Figure):
    """A matplotlib Figure that a notebook shows with its description as alternative text.

    Args:
        alt: one or two sentences that say what there is to see.
        kwargs: passed to `matplotlib.figure.Figure`.

    >>> Picture(alt="An empty picture.", figsize=(3, 2)).png()[1:4]
    b'PNG'
    """

    def __init__(self, *, alt: str, **kwargs):
        super().__init__(layout="constrained", facecolor="white", **kwargs)
        self.alt = alt
        self.artists_by_label: dict[tuple[int, str], Any] = {}
        self._canvas: FigureCanvasAgg | None = None
        self._background: Any = None

    def png(self, scale: float = 1) -> bytes:
        """The picture as a PNG of `scale` times 100 pixels to the inch."""
        buffer = io.BytesIO()
        # Without the Software entry the bytes do not depend on matplotlib's version string.
        self.savefig(buffer, format="png", dpi=100 * scale, metadata={"Software": None})
        return buffer.getvalue()

    @property
    def scale(self) -> int:
        """Pixels of a frame for each pixel of the picture as it is shown."""
        return _SCALE

    def frame(self, moving: Sequence[Artist]) -> bytes:
        """The picture as a PNG at 100 pixels to the inch, drawing only `moving` anew.

        Everything else is drawn at the first call and kept: text and axes cost most of the
        time of a full drawing.
        """
        if self._canvas is None:
            self.set_dpi(100 * _SCALE)
            self._canvas = FigureCanvasAgg(self)
            for artist in moving:
                artist.set_animated(True)  # leaves them out of the drawing below
            self._canvas.draw()
            self._background = self._canvas.copy_from_bbox(self.bbox)
        self._canvas.restore_region(self._background)
        for artist in moving:
            artist.axes.draw_artist(artist)  # type: ignore[union-attr]  # each is on some axes
        buffer = io.BytesIO()
        Image.fromarray(np.asarray(self._canvas.buffer_rgba())).convert("RGB").save(
            buffer, format="png", compress_level=1
        )
        return buffer.getvalue()

    def shown_size(self) -> dict[str, int]:
        """Width and height at which the picture is shown, in pixels."""
        width, height = (round(100 * inches) for inches in self.get_size_inches())
        return {"width": width, "height": height}

    def _repr_mimebundle_(self, include=None, exclude=None):
        shown = {"alt": self.alt, **self.shown_size()}
        bundle = {"image/png": self.png(_SCALE), "text/plain": self.alt}
        return bundle, {"image/png": shown}


@dataclass
class Panel:
    """One set of axes with labelled lines.

    Attributes:
        title: the finding, as a sentence.
        xlabel, ylabel: the axes' labels.
        lines: label -> (x, y).
        points: label -> (x, y) of one marked point.
        levels: label -> y of a thin horizontal reference line.
        ylim: limits of the y axis, or None to fit the lines.
        colours: label of a line, point or level -> its colour, such as `REAL`; without one, lines
            take `COLORS` in turn.
        direct: whether each line is labelled at its right end instead of in a legend.
    """

    title: str
    xlabel: str
    ylabel: str
    lines: Mapping[str, tuple[ArrayLike, ArrayLike]]
    points: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    levels: Mapping[str, float] = field(default_factory=dict)
    ylim: tuple[float, float] | None = None
    colours: Mapping[str, str] = field(default_factory=dict)
    direct: bool = False


def curves(*panels: Panel, alt: str, height: float = 3.4) -> Picture:
    """Draw panels side by side.

    Args:
        panels: what to draw.
        alt: description of the whole picture.
        height: in inches; the picture is 6.4 inches wide for one panel, 9.2 for several.

    Returns:
        The picture. Its attribute `artists_by_label` maps (panel number, label) to the line
        that was drawn, for a caller that updates it.

    Raises:
        ValueError: no panel, or more lines in one panel than there are colours.

    >>> panel = Panel("It rises", "x", "y", {"rise": ([0, 1], [2, 3])})
    >>> list(curves(panel, alt="A rising line.").artists_by_label)
    [(0, 'rise')]
    """
    if not panels:
        raise ValueError("panels must hold at least one Panel, got none")
    width = 6.4 if len(panels) == 1 else 9.2  # more would be shrunk to the page, labels too
    figure = Picture(alt=alt, figsize=(width, height))
    axes = figure.subplots(1, len(panels), squeeze=False)[0]
    for number, (axis, panel) in enumerate(zip(axes, panels, strict=True)):
        if len(panel.lines) > len(COLORS):
            raise ValueError(
                f"lines must be at most {len(COLORS)} in a panel, got {len(panel.lines)}"
            )
        for (label, (x, y)), colour, style in zip(
            panel.lines.items(), COLORS, STYLES, strict=False
        ):
            colour = panel.colours.get(label, colour)
            (line,) = axis.plot(x, y, color=colour, linestyle=style, linewidth=2, label=label)
            figure.artists_by_label[number, label] = line
            if panel.direct:
                end = np.asarray(x)[-1], np.asarray(y)[-1]
                axis.annotate(
                    label, end, (5, 0), textcoords="offset points", color=colour, va="center",
                    fontsize=9,
                )  # fmt: skip
        for marker, (label, (x, y)) in zip("osD^v", panel.points.items(), strict=False):
            colour = panel.colours.get(label, BLACK)
            (line,) = axis.plot([x], [y], marker, color=colour, markersize=7, label=label, zorder=5)
            figure.artists_by_label[number, label] = line
        for style, (label, y) in zip(STYLES[3:] + STYLES[1:3], panel.levels.items(), strict=False):
            colour = panel.colours.get(label, GREY)
            level = axis.axhline(y, color=colour, linestyle=style, linewidth=1.2, label=label)
            figure.artists_by_label[number, label] = level
        if panel.ylim:
            axis.set_ylim(*panel.ylim)
        finish(axis, panel.title, panel.xlabel, panel.ylabel)
        if not panel.direct or panel.points or panel.levels:
            handles, labels = axis.get_legend_handles_labels()
            shown = [
                (handle, label)
                for handle, label in zip(handles, labels, strict=True)
                if not (panel.direct and label in panel.lines)
            ]
            axis.legend(*zip(*shown, strict=True), fontsize=8.5, framealpha=0.9)
    return figure


def finish(axis, title: str, xlabel: str, ylabel: str) -> None:
    """Give axes their title, labels, grid and frame."""
    axis.set_title(title, fontsize=10.5)
    axis.set_xlabel(xlabel)
    axis.set_ylabel(ylabel)
    axis.grid(color="#DDDDDD", linewidth=0.6)
    axis.spines[["top", "right"]].set_visible(False)


def histograms(
    groups: dict[str, np.ndarray], title: str, xlabel: str, alt: str, xlim: tuple[float, float]
) -> Picture:
    """Draw the shares of several groups of numbers over one axis.

    Args:
        groups: label -> numbers, any shape.
        title, xlabel: the finding, and the axis's label.
        alt: description of the picture.
        xlim: range of the axis, cut into 40 bins; numbers outside it are not drawn, but count.

    Returns:
        The picture.

    >>> groups = {"real": np.zeros(4), "fake": np.ones(2)}
    >>> histograms(groups, "Apart", "x", alt="Two bars.", xlim=(-2, 2)).axes[0].get_ylabel()
    'share of samples'
    """
    figure = Picture(alt=alt, figsize=(6.4, 3.2))
    axis = figure.subplots()
    axis.set_axisbelow(True)
    for (label, values), colour, hatch in zip(groups.items(), COLORS, ("", "///"), strict=False):
        values = np.ravel(values)
        share = np.full(values.shape, 1 / values.size)
        axis.hist(values, bins=40, range=xlim, weights=share, color=colour, alpha=0.55,
                  hatch=hatch, edgecolor=colour, label=label)  # fmt: skip
    finish(axis, title, xlabel, "share of samples")
    axis.legend(fontsize=8.5)
    return figure


def bars(values: dict[str, float], title: str, xlabel: str, alt: str, level: float) -> Picture:
    """Draw one bar a label on a logarithmic axis, from `level` to the value written beside it.

    Args:
        values: label -> number above 0; drawn from top to bottom.
        title, xlabel: the finding, and the axis's label.
        alt: description of the picture.
        level: where the bars begin, above 0: they go to the right above it, to the left below.

    Returns:
        The picture.

    Raises:
        ValueError: no values, or a number that is not above 0.
    """
    if not values or not all(number > 0 for number in [level, *values.values()]):
        raise ValueError(f"values and level must be above 0, got {values} and {level}")
    figure = Picture(alt=alt, figsize=(6.4, 0.9 + 0.3 * len(values)))
    axis = figure.subplots()
    axis.set_axisbelow(True)
    rows = range(len(values))
    widths = [number - level for number in values.values()]
    colours = [ORANGE if width > 0 else BLUE for width in widths]
    axis.barh(rows, widths, left=level, color=colours, height=0.65)
    for row, number in zip(rows, values.values(), strict=True):
        axis.annotate(
            f"{number:.2g}", (max(number, level), row), (4, 0), textcoords="offset points",
            va="center", fontsize=9,
        )  # fmt: skip
    axis.axvline(level, color=BLACK, linewidth=1.2)
    axis.set_yticks(rows, values.keys())
    axis.invert_yaxis()
    axis.set_xscale("log")
    low, high = min([level, *values.values()]), max([level, *values.values()])
    axis.set_xlim(low / 1.3, high * 1.6)
    finish(axis, title, xlabel, "")
    axis.xaxis.set_major_formatter("{x:g}")
    return figure


def clouds(
    real: np.ndarray,
    fakes: dict[str, np.ndarray],
    alt: str,
    radii: np.ndarray | None = None,
    fake_radii: Sequence[np.ndarray] | None = None,
) -> Picture:
    """Draw points of the plane: the real ones, and in each panel other fakes over them.

    Args:
        real: float (n, 2).
        fakes: title of the panel -> float (m, 2).
        alt: description of the whole picture.
        radii: float (n,), of a disc around each real point; None for none.
        fake_radii: for each panel, float (m,), of a disc around each fake; None for none. They
            are drawn in a second row of panels, of the same fakes.

    Returns:
        The picture.

    Raises:
        ValueError: points that are not in the plane, or fake_radii that are not one for each
            panel.
    """
    for points in (real, *fakes.values()):
        if np.ndim(points) != 2 or np.shape(points)[1] != 2:
            raise ValueError(f"real and fakes must have shape (n, 2), got {np.shape(points)}")
    if fake_radii is not None and len(fake_radii) != len(fakes):
        raise ValueError(f"fake_radii must be {len(fakes)}, one a panel, got {len(fake_radii)}")
    rows = 1 if fake_radii is None else 2
    side = 9.2 / max(len(fakes), 2) if rows == 1 else 3.4
    figure = Picture(alt=alt, figsize=(9.2 if rows == 1 else 2 * side + 0.6, 0.7 + rows * side))
    reach = 1.15 * max(np.abs(points).max() for points in (real, *fakes.values()))
    axes = figure.subplots(rows, len(fakes), squeeze=False)
    for number, (title, fake) in enumerate(fakes.items()):
        around = [(real, radii, "#CFE3F1")]
        if fake_radii is not None:
            around.append((fake, fake_radii[number], "#F7D9C4"))
        for axis, (centres, reaches, colour) in zip(axes[:, number], around, strict=True):
            if reaches is not None:
                discs = [Circle(*each) for each in zip(centres, reaches, strict=True)]
                axis.add_collection(PatchCollection(discs, facecolor=colour, edgecolor="none"))
            axis.plot(*np.transpose(real), ".", color=REAL, markersize=3, label="real")
            axis.plot(*np.transpose(fake), "x", color=FAKE, markersize=4, label="fake")
            axis.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
            finish(axis, title if axis is axes[0, number] else "", "", "")
    axes[0, 0].legend(fontsize=8.5, loc="upper left", framealpha=0.9)
    return figure


def beyond(
    values: dict[str, dict[str, float]], limits: dict[str, tuple[str, float]]
) -> set[tuple[str, str]]:
    """The (row, column) of the numbers that lie beyond their column's limit, for `report_card`.

    >>> beyond({"a": {"far": 3.0}, "b": {"far": 1.0}}, {"far": (">", 2.0)})
    {('a', 'far')}
    """
    return {
        (name, column)
        for name, row in values.items()
        for column, (side, limit) in limits.items()
        if (row[column] < limit if side == "<" else row[column] > limit)
    }


def report_card(
    values: dict[str, dict[str, float]],
    marked: Collection[tuple[str, str]],
    title: str,
    alt: str,
    limits: dict[str, tuple[str, float]] | None = None,
) -> Picture:
    """Draw a table of numbers in which some are marked, by a grey ground and an asterisk.

    Args:
        values: row -> column -> number; the columns of the first row head the table.
        marked: (row, column) of the numbers to mark.
        title: the finding.
        alt: description of the picture.
        limits: column -> ("<" or ">", number): beyond which numbers are marked, told in a last
            row. The shade of a mark then says how far beyond the limit the number is, from
            nothing to as far as can be.

    Returns:
        The picture.

    Raises:
        ValueError: limits that do not name just the columns.
    """
    columns = list(next(iter(values.values())))
    if limits is not None and set(limits) != set(columns):
        raise ValueError(f"limits must name just the columns {columns}, got {list(limits)}")
    figure = Picture(alt=alt, figsize=(9.2, 0.6 + 0.32 * (1 + len(values) + bool(limits))))
    axis = figure.subplots()
    axis.axis("off")
    axis.set_title(title, fontsize=10.5)

    def rounded(number):
        return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.2f}"

    def shade(row, column):
        if (row, column) not in marked:
            return "white"
        if limits is None:
            return "#DDDDDD"
        low, high = sorted((values[row][column], limits[column][1]))
        beyond = 1 - max(low, 0) / high
        light, dark = np.array(to_rgb("#EAEAEA")), np.array(to_rgb("#B0B0B0"))
        return to_hex(light + beyond * (dark - light))

    texts = [
        [rounded(values[row][column]) + " *" * ((row, column) in marked) for column in columns]
        for row in values
    ]
    shades = [[shade(row, column) for column in columns] for row in values]
    labels = list(values)
    if limits is not None:
        texts.append([f"{limits[name][0]} {rounded(limits[name][1])}" for name in columns])
        shades.append(["white"] * len(columns))
        labels.append("marked * if")
    table = axis.table(
        texts,
        rowLabels=labels,
        colLabels=columns,
        cellColours=shades,
        cellLoc="center",
        bbox=Bbox.from_bounds(0.24, 0, 0.76, 1),
    )
    table.auto_set_font_size(False)
    table.set_fontsize(10)
    for (row, _), cell in table.get_celld().items():
        cell.set_edgecolor("#BBBBBB")
        if row == 0:
            cell.set_fontsize(9)  # for longer names
    return figure
