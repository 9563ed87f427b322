"""What G's samples do through time: notebook 03."""

from collections.abc import Sequence

from gan_helpers.charts import BLUE, ORANGE, Picture, finish

import numpy as np


def samples_through_time(
    real: np.ndarray,
    fakes: dict[str, np.ndarray],
    times: Sequence[int],
    xlim: tuple[float, float],
    alt: str,
) -> Picture:
    """Draw histograms of numbers at several moments, one moment below the other.

    Args:
        real: real samples, any shape; their histogram is outlined at each moment.
        fakes: name of a panel -> G's samples at each moment, float (moments, n); the title adds
            the mean and the standard deviation at the last moment.
        times: the step of each moment, from top to bottom.
        xlim: range of the axis; numbers outside it are not drawn.
        alt: description of the whole picture.

    Returns:
        The picture: in each row of each panel the share of samples in each of 60 bins, all
        on one scale; columns too high for their row are cut at its top.

    Raises:
        ValueError: no panel, or moments that do not match the times.
    """
    if not fakes or not len(times):
        raise ValueError("fakes and times must hold at least one panel and one moment")
    for name, moments in fakes.items():
        if len(moments) != len(times):
            raise ValueError(
                f"fakes[{name!r}] must have a row for each of {len(times)} times, "
                f"got {len(moments)}"
            )
    edges = np.linspace(*xlim, 61)

    def shares(values):
        return np.histogram(np.ravel(values), edges)[0] / np.size(values)

    figure = Picture(alt=alt, figsize=(9.2, 0.9 + 0.62 * len(times)))
    rows = list(range(len(times)))[::-1]
    tallest = 1.15 * shares(real).max() or 1.0  # all real samples may lie outside
    axes = figure.subplots(1, len(fakes), squeeze=False, sharey=True)[0]
    for axis, (name, moments) in zip(axes, fakes.items(), strict=True):
        axis.set_axisbelow(True)
        for row, samples in zip(rows, moments, strict=True):
            heights = np.minimum(shares(samples) / tallest, 0.92)
            axis.stairs(row + heights, edges, baseline=row, fill=True, color=ORANGE, alpha=0.6,
                        label="" if row else "G's samples")  # fmt: skip
            axis.stairs(row + shares(real) / tallest, edges, baseline=row, color=BLUE,
                        linewidth=1.4, label="" if row else "real samples")  # fmt: skip
        axis.set(xlim=xlim, ylim=(-0.05, len(times)))
        axis.set_yticks(rows, [f"step {time}" for time in times])
        mean, spread = np.mean(moments[-1]), np.std(moments[-1])
        finish(axis, f"{name}, step {times[-1]}: mean {mean:.2f}, spread {spread:.2f}", "x", "")
    axes[0].legend(fontsize=8.5, loc="lower left", framealpha=0.9)
    return figure
