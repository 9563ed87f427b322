"""Small plots as SVG, in the colours of the page, each with a text that says what is in it."""

import html
import math
from collections.abc import Sequence

WIDTH, HEIGHT = 440, 200  # narrow, so that its words can be read on a phone
LEFT, BOTTOM, TOP = 8, 46, 22
MOST_BARS = 7


def histogram(values: Sequence[float], most: float, what: str) -> str:
    """How many submissions have how many points, a bar for each range.

    values: points, from 0 to `most`. what: of the assignment, for the text.
    """
    width = max(1, math.ceil(most / MOST_BARS))
    starts = [start * width for start in range(int(most // width) + 1)]
    counts = [sum(start <= value < start + width for value in values) for start in starts]
    ends = [min(start + width - 1, int(most)) for start in starts]
    labels = [
        f"{start}" if start == end else f"{start}–{end}"
        for start, end in zip(starts, ends, strict=True)
    ]
    spoken = ", ".join(f"{label}: {count}" for label, count in zip(labels, counts, strict=True))
    text = f"{what}: how many submissions have so many points. {spoken}."
    step = (WIDTH - 2 * LEFT) / len(counts)
    room = HEIGHT - BOTTOM - TOP
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{html.escape(text)}">',
        f"<title>{html.escape(text)}</title>",
    ]
    for index, (label, count) in enumerate(zip(labels, counts, strict=True)):
        tall = room * count / max(1, *counts)
        x, middle = LEFT + index * step, LEFT + (index + 0.5) * step
        parts.append(
            f'<rect class="bar" x="{x + 2:.1f}" y="{TOP + room - tall:.1f}" '
            f'width="{step - 4:.1f}" height="{tall:.1f}"/>'
        )
        if count:
            y = TOP + room - tall - 5
            parts.append(f'<text x="{middle:.1f}" y="{y:.1f}">{count}</text>')
        parts.append(f'<text x="{middle:.1f}" y="{HEIGHT - BOTTOM + 18}">{label}</text>')
    parts.append(
        f'<line class="axis" x1="{LEFT}" y1="{TOP + room}" x2="{WIDTH - LEFT}" y2="{TOP + room}"/>'
        f'<text x="{WIDTH / 2}" y="{HEIGHT - 6}">points</text></svg>'
    )
    return "".join(parts)
