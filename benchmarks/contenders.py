"""Who is compared in step speed, on which networks: names that all other files share.

It imports nothing that computes, since every worker begins by importing it.
"""

import os
from dataclasses import dataclass

SERIES = "this series, GAN.fit"
SIMULTANEOUS = "the same, simultaneous=True"
TUTORIAL = "TensorFlow tutorial's step"
TUTORIAL_ONEDNN = "the same step, oneDNN on"
TUTORIAL_ROWS = "tutorial's step, oneDNN + rows of one tensor"
TUTORIAL_CALLS = "tutorial's step, oneDNN + rows + many steps a call"
TUTORIAL_XLA = "tutorial's step, oneDNN + rows + many steps a call + XLA"
KERAS = "Keras train_step and fit"
KERAS_PLAIN = "Keras, jit_compile=False"
KERAS_CALLS = "Keras, oneDNN + many steps a call, jit_compile=False"
KERAS_XLA = "Keras, oneDNN + many steps a call, jit_compile=True"
TORCH = "PyTorch"
TORCH_COMPILED = "PyTorch, torch.compile"
TORCH_SWITCHES = "PyTorch, fused Adam + frozen D + channels_last"
TORCH_SWITCHES_COMPILED = "PyTorch, the same + torch.compile"
# What each is measured with, in the order of the report.
SETTINGS = {
    SERIES: "as documented, which is every switch",
    SIMULTANEOUS: "as documented, which is every switch",
    TUTORIAL: "as documented",
    TUTORIAL_ONEDNN: "one switch, where TensorFlow leaves it off",
    TUTORIAL_ROWS: "two switches",
    TUTORIAL_CALLS: "every switch but XLA",
    TUTORIAL_XLA: "every switch",
    KERAS: "as documented",
    KERAS_PLAIN: "XLA off",
    KERAS_CALLS: "every switch but XLA",
    KERAS_XLA: "every switch",
    TORCH: "as documented",
    TORCH_COMPILED: "one switch",
    TORCH_SWITCHES: "every switch but torch.compile",
    TORCH_SWITCHES_COMPILED: "every switch",
}
TRAINERS = tuple(SETTINGS)
IN_TORCH = (TORCH, TORCH_COMPILED, TORCH_SWITCHES, TORCH_SWITCHES_COMPILED)
# These leave it to TensorFlow whether oneDNN is on.
TENSORFLOW_AS_IT_IS = (TUTORIAL, KERAS, KERAS_PLAIN)
# A peer as its documentation has it -> the same peer with every switch that the series uses, or
# that the peer has for the same end.
SWITCHED = {
    TUTORIAL: (TUTORIAL_CALLS, TUTORIAL_XLA),
    KERAS: (KERAS_CALLS, KERAS_XLA),
    TORCH: (TORCH_SWITCHES, TORCH_SWITCHES_COMPILED),
}
# A peer -> all of its rows; the fastest counts.
ROWS = {
    TUTORIAL: (TUTORIAL, TUTORIAL_ONEDNN, TUTORIAL_ROWS, *SWITCHED[TUTORIAL]),
    KERAS: (KERAS, KERAS_PLAIN, *SWITCHED[KERAS]),
    TORCH: (TORCH, TORCH_COMPILED, *SWITCHED[TORCH]),
}
STEPS_A_CALL = 50  # at most: an epoch ends a call, as in `GAN.fit`
MATMUL, CONVOLUTION = "matrix product, 2048 x 2048", "convolution of the tutorial's size"
RATES = (MATMUL, CONVOLUTION)


@dataclass(frozen=True)
class Pair:
    """A generator and a discriminator, and how they are trained.

    Attributes:
        name: "dense" for `gan_helpers.networks`, "tutorial" for TensorFlow's tutorial.
        batch_size, learning_rate, beta_1: of both optimizers (Adam).
        batches: so many batches are an epoch; the slices are whole epochs.
        xla: whether `GAN.fit` compiles it with XLA, which it does without convolutions.
    """

    name: str
    batch_size: int
    learning_rate: float
    beta_1: float
    batches: int
    xla: bool = False


PAIRS = (Pair("dense", 100, 2e-3, 0.5, 50, xla=True), Pair("tutorial", 256, 1e-4, 0.9, 4))


def left_out(pair: Pair) -> dict[str, str]:
    """Contenders that are not measured on a pair, and why."""
    return {} if pair.xla else {TUTORIAL_XLA: "for convolutions the series leaves XLA off as well"}


def cores() -> int:
    """How many processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
