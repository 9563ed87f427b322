"""Who is compared in step speed, on which networks: names that all other files share.

It imports nothing that computes, since every worker begins by importing it.
"""

import os
from dataclasses import dataclass

SERIES = "this series, GAN.fit"
SIMULTANEOUS = "the same, simultaneous=True"
TUTORIAL = "TensorFlow tutorial's step"
TUTORIAL_ONEDNN = "the same step, oneDNN on"
KERAS = "Keras train_step and fit"
KERAS_PLAIN = "Keras, jit_compile=False"
TORCH = "PyTorch"
TORCH_COMPILED = "PyTorch, torch.compile"
TRAINERS = (
    SERIES,
    SIMULTANEOUS,
    TUTORIAL,
    TUTORIAL_ONEDNN,
    KERAS,
    KERAS_PLAIN,
    TORCH,
    TORCH_COMPILED,
)
MATMUL, CONVOLUTION = "matrix product, 2048 x 2048", "convolution of the tutorial's size"
RATES = (MATMUL, CONVOLUTION)


@dataclass(frozen=True)
class Pair:
    """A generator and a discriminator, and how they are trained.

    Attributes:
        name: "dense" for `gan_helpers.networks`, "tutorial" for TensorFlow's tutorial.
        batch_size, learning_rate, beta_1: of both optimizers (Adam).
        batches: so many batches are an epoch; the slices are whole epochs.
    """

    name: str
    batch_size: int
    learning_rate: float
    beta_1: float
    batches: int


PAIRS = (Pair("dense", 100, 2e-3, 0.5, 50), Pair("tutorial", 256, 1e-4, 0.9, 4))


def cores() -> int:
    """How many processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
