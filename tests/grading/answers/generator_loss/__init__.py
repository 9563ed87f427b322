"""Answers to assignment 2."""

from tests.grading.answers.generator_loss.right import RIGHT
from tests.grading.answers.generator_loss.wrong import WRONG

__all__ = ["RIGHT", "WRONG"]
