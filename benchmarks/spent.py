"""Distance from real digits against processor time: of notebook 08's games, and of peers.

`benchmarks.modern` and `benchmarks.recent` have measured them, each for itself.
"""

import itertools
import json
import statistics

from benchmarks import modern, recent
from benchmarks.words import NOT_RUN, measured_on, number, table

GROUPS, LABELS = modern.LADDER[3], modern.BESIDE
NAMES = {
    GROUPS: "notebook 08: groups, pairing, R1 and R2",
    LABELS: "the same, the ten labels given",
    recent.OURS: "the same, no groups and no labels",
    recent.TORCH: "the same in PyTorch: R3GAN's losses",
    recent.WGAN_GP: "Keras's WGAN-GP recipe",
    recent.ADA: "Keras's ADA recipe",
    recent.FLOW: recent.FLOW,
}


def read() -> dict:
    """The part "spent" of the results: rows of both files, and the machine of notebook 08's."""
    rows, machine = [], {}
    for file, part in ((recent.FILE, "recent"), (modern.FILE, "long")):
        found = json.loads(file.read_text()) if file.exists() else {}
        rows += found.get(part, [])
        machine = found.get("machine", machine)
    return {"spent": {"machine": machine, "rows": rows}} if rows else {}


def median_of(rows: list[dict], way: str, mark: float, measure: str = "digit_fid") -> float | None:
    """The median over the seeds at a mark, None if it was not measured."""
    found = [row[measure] for row in rows if row["way"] == way and row["mark"] == mark]
    return statistics.median(found) if found else None


def marks_of(rows: list[dict], way: str) -> list[float]:
    """The marks at which a way was judged, rising."""
    return sorted({row["mark"] for row in rows if row["way"] == way})


def worst_after_best(rows: list[dict], way: str) -> float | None:
    """The most that a median lies over the nearest one up to it, as a ratio; None if none is."""
    medians = [median_of(rows, way, mark) for mark in marks_of(rows, way)]
    best = itertools.accumulate(medians, min)
    return max((one / least for one, least in zip(medians, best, strict=True)), default=None)


def who_is_ahead(rows: list[dict]) -> list[str]:
    """A sentence on the two games that differ in nothing but their library."""
    marks = set(marks_of(rows, recent.OURS)) & set(marks_of(rows, recent.TORCH))
    if not marks:
        return []
    last = max(marks)
    steps, far = (
        [median_of(rows, way, last, measure) for way in (recent.TORCH, recent.OURS)]
        for measure in ("steps", "digit_fid")
    )
    return [
        f"The same game without groups: after {last:g} s PyTorch has taken "
        f"{steps[0] / steps[1]:.2f} times as many steps as `GAN.fit` and is at {number(far[0])}, "
        f"`GAN.fit` at {number(far[1])}."
    ]


def render(part: dict | None) -> list[str]:
    """The section."""
    if part is None:
        return [NOT_RUN]
    rows = part["rows"]
    marks = sorted({row["mark"] for row in rows})
    made = [["recipe", *(f"{mark:g} s" for mark in marks), "seeds", "at its last mark: steps",
             "distance in pixels", "precision", "recall"]]  # fmt: skip
    for way, name in NAMES.items():
        of_way = marks_of(rows, way)
        if not of_way:
            continue
        far = [median_of(rows, way, mark) for mark in marks]
        seeds = len({row["seed"] for row in rows if row["way"] == way})
        last = [
            median_of(rows, way, of_way[-1], measure)
            for measure in ("pixel_frechet", "precision", "recall")
        ]
        steps = f"{median_of(rows, way, of_way[-1], 'steps'):,.0f}"
        cells = ["" if value is None else number(value) for value in far]
        made.append([name, *cells, str(seeds), steps, *map(number, last)])
    return [
        measured_on(part["machine"]),
        "Digit Fréchet distance of 10,000 samples, medians over the seeds, after seconds of "
        "processor time: those of both cores together in the first two rows, of one core alone in "
        "the others, which had one thread each. Tracing counts, judging does not. Beside it: a "
        "Fréchet distance in 64 principal components of the pixels, which no label ever touched, "
        "and precision and recall of 2,500 samples. Written by `python -m benchmarks.modern` and "
        "`python -m benchmarks.recent`.",
        "All recipes train the small networks of notebook 05, flow matching a small U-Net. The two "
        "of Keras keep the losses, the rates, the batches (512 and 128) and the turns of its "
        "examples, which were made for larger networks, other images and a GPU: in this time they "
        "have hardly begun. Groups were cut along principal components of the pixels, which "
        "favours them in that column.",
        table(*made),
        *who_is_ahead(rows),
    ]
