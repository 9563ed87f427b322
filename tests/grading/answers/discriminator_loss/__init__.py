"""Answers to assignment 1."""

from tests.grading.answers.discriminator_loss import (
    d_loss,
    optimal_discriminator,
    sigmoid_cross_entropy,
)
from tests.grading.answers.discriminator_loss.right import RIGHT

WRONG = [*sigmoid_cross_entropy.WRONG, *d_loss.WRONG, *optimal_discriminator.WRONG]

__all__ = ["RIGHT", "WRONG"]
