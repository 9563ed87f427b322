"""Answers to assignment 4. Each broken piece, handed in as it was, is a wrong one as well."""

from tests.grading.answers.debug_this_gan import (
    losses,
    noisy_labels,
    steps,
)
from tests.grading.answers.debug_this_gan.right import RIGHT

WRONG = [*losses.WRONG, *noisy_labels.WRONG, *steps.WRONG]

__all__ = ["RIGHT", "WRONG"]
