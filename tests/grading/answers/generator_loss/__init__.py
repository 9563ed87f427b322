"""Answers to assignment 2."""

from tests.grading.answers.generator_loss import (
    g_loss,
    gradients,
)
from tests.grading.answers.generator_loss.right import RIGHT

WRONG = [*g_loss.WRONG, *gradients.WRONG]

__all__ = ["RIGHT", "WRONG"]
