"""Answers to assignment 5: two measures, which finds what, a diagnosis, and a cured collapse."""

from tests.grading.answers.measure_and_cure import (
    cured,
    diagnose,
    distance,
    finds,
    precision_and_recall,
)
from tests.grading.answers.measure_and_cure.right import RIGHT

WRONG = [
    *distance.WRONG, *precision_and_recall.WRONG, *finds.WRONG, *diagnose.WRONG, *cured.WRONG,
]  # fmt: skip

__all__ = ["RIGHT", "WRONG"]
