"""Answers to assignment 4. Each broken piece, handed in as it was, is a wrong one as well."""

from tests.grading.answers.debug_this_gan.right import RIGHT
from tests.grading.answers.debug_this_gan.wrong import WRONG

__all__ = ["RIGHT", "WRONG"]
