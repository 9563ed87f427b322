"""Answers to assignment 6. They draw with the weights of the reference solution, or cheat."""

from tests.grading.answers.small_project.draw import WRONG
from tests.grading.answers.small_project.right import RIGHT

__all__ = ["RIGHT", "WRONG"]
