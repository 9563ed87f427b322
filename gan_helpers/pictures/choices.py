"""What each choice of a recipe does, over seeds: notebook 05."""

from collections.abc import Sequence

from gan_helpers.charts import BLACK, Picture, finish

from matplotlib.ticker import LogLocator, NullFormatter


def dots_over_band(
    panels: dict[str, dict[str, Sequence[float]]],
    baseline: str,
    xlabel: str,
    title: str,
    alt: str,
) -> Picture:
    """Draw the numbers of repeated runs as dots, over the band that one of the rows spans.

    Args:
        panels: title of the panel -> label of the row -> a number above 0 for each run; the rows
            go from top to bottom, in the order of the first panel.
        baseline: the row whose least and greatest number bound the band.
        xlabel: what the numbers are; the axis is logarithmic.
        title: the finding.
        alt: description of the picture.

    Returns:
        The picture. A dot inside the band is grey and hollow, outside it black and filled.

    Raises:
        ValueError: a panel without the baseline, or a number that is not above 0.

    >>> runs = {"after 1 epoch": {"the recipe": [2.0, 3.0], "changed": [2.5, 6.0]}}
    >>> picture = dots_over_band(runs, "the recipe", "distance", "One differs", alt="Two rows.")
    >>> [label.get_text() for label in picture.axes[0].get_yticklabels()]
    ['the recipe', 'changed']
    """
    for name, rows in panels.items():
        if baseline not in rows:
            raise ValueError(f"panels[{name!r}] must hold the row {baseline!r}, got {list(rows)}")
        if not all(number > 0 for numbers in rows.values() for number in numbers):
            raise ValueError(f"panels[{name!r}] must hold numbers above 0")
    order = list(next(iter(panels.values())))
    figure = Picture(alt=alt, figsize=(9.2, 1.1 + 0.3 * len(order)))
    figure.suptitle(title, fontsize=10.5)
    axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for axis, (name, rows) in zip(axes, panels.items(), strict=True):
        low, high = min(rows[baseline]), max(rows[baseline])
        axis.axvspan(low, high, color="#E4E4E4")
        for height, row in enumerate(order):
            for number in rows.get(row, ()):
                inside = low <= number <= high
                axis.plot(number, height, "o", markersize=6, markeredgecolor=BLACK,
                          color="white" if inside else BLACK)  # fmt: skip
        axis.set_xscale("log")
        axis.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.xaxis.set_major_formatter("{x:g}")
        axis.xaxis.set_minor_formatter(NullFormatter())
        finish(axis, name, xlabel, "")
    axes[0].set_yticks(range(len(order)), order)
    axes[0].set_ylim(len(order) - 0.5, -0.5)
    return figure
