"""Answers to assignment 3. Those that draw load a generator that was trained once."""

from tests.grading.answers.adversarial_training import (
    d_step,
    draw,
    g_step,
    latents,
    modes,
    train_step,
)
from tests.grading.answers.adversarial_training.right import RIGHT

WRONG = [
    *d_step.WRONG, *latents.WRONG, *g_step.WRONG, *modes.WRONG, *train_step.WRONG, *draw.WRONG,
]  # fmt: skip

__all__ = ["RIGHT", "WRONG"]
