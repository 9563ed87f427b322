"""The contender in PyTorch: the same networks, and the step of its own DCGAN tutorial.

Source: the PyTorch tutorial "DCGAN Tutorial": fakes are made once, detached for D's turn and
used again for G's. Batches are rows of one tensor, which costs less than a DataLoader. With every
switch, Adam is fused, D's parameters are frozen in G's turn, and images lie in memory with their
channels last (PyTorch's tutorial "Channels Last Memory Format").
"""

import time
from collections.abc import Callable

from benchmarks import contenders
from benchmarks.contenders import (
    SWITCHED,
    TORCH,
    TORCH_COMPILED,
    TORCH_SWITCHES_COMPILED,
    Pair,
)

import numpy as np
import torch
from torch import nn

LATENT_DIM = 100


def build(name: str) -> tuple[nn.Module, nn.Module]:
    """Generator and discriminator of a pair of `contenders.PAIRS`, for images (n, 1, 28, 28)."""
    if name == "dense":
        generator = nn.Sequential(
            nn.Linear(LATENT_DIM, 128),
            nn.LeakyReLU(0.2),
            nn.Linear(128, 784),
            nn.Tanh(),
            nn.Unflatten(1, (1, 28, 28)),
        )
        discriminator = nn.Sequential(
            nn.Flatten(), nn.Linear(784, 128), nn.LeakyReLU(0.2), nn.Linear(128, 1)
        )
        return generator, discriminator
    generator = nn.Sequential(
        nn.Linear(LATENT_DIM, 7 * 7 * 256, bias=False),
        nn.BatchNorm1d(7 * 7 * 256),
        nn.LeakyReLU(0.3),
        nn.Unflatten(1, (256, 7, 7)),
        nn.ConvTranspose2d(256, 128, 5, 1, 2, bias=False),
        nn.BatchNorm2d(128),
        nn.LeakyReLU(0.3),
        nn.ConvTranspose2d(128, 64, 5, 2, 2, output_padding=1, bias=False),
        nn.BatchNorm2d(64),
        nn.LeakyReLU(0.3),
        nn.ConvTranspose2d(64, 1, 5, 2, 2, output_padding=1, bias=False),
        nn.Tanh(),
    )
    discriminator = nn.Sequential(
        nn.Conv2d(1, 64, 5, 2, 2),
        nn.LeakyReLU(0.3),
        nn.Dropout(0.3),
        nn.Conv2d(64, 128, 5, 2, 2),
        nn.LeakyReLU(0.3),
        nn.Dropout(0.3),
        nn.Flatten(),
        nn.Linear(7 * 7 * 128, 1),
    )
    return generator, discriminator


def trainer(contender: str, pair: Pair, images: np.ndarray) -> Callable[[int], None]:
    """A function that trains for so many epochs, with one thread or all, whichever is faster.

    Small networks can be slower with several threads, since each operation waits for all.
    """
    fastest = {}
    for threads in sorted({1, contenders.cores()}):
        train = trainer_with(threads, contender, pair, images)
        train(1)  # compiles
        start = time.perf_counter()
        train(1)
        fastest[time.perf_counter() - start] = threads, train
    threads, train = fastest[min(fastest)]
    torch.set_num_threads(threads)
    print(f"  threads: {threads}", flush=True)
    return train


class Training:
    """The step of PyTorch's tutorial: D on real and on fake samples, then G on the same fakes.

    Args:
        generator, discriminator: of `build`, compiled or not.
        pair: how they are trained.
        fused: of Adam; None for what PyTorch chooses.
    """

    def __init__(self, generator, discriminator, pair: Pair, fused: bool | None = None):
        self.generator, self.discriminator, self.n = generator, discriminator, pair.batch_size
        self.d_optimizer, self.g_optimizer = (
            torch.optim.Adam(
                model.parameters(), pair.learning_rate, betas=(pair.beta_1, 0.999), fused=fused
            )
            for model in (discriminator, generator)
        )
        self.cross_entropy = nn.BCEWithLogitsLoss()
        self.ones, self.zeros = torch.ones(self.n, 1), torch.zeros(self.n, 1)

    def train_d(self, real: torch.Tensor) -> torch.Tensor:
        """D's turn; returns the fakes, which G's turn uses again."""
        self.discriminator.zero_grad()
        self.cross_entropy(self.discriminator(real), self.ones).backward()
        fake = self.generator(torch.randn(self.n, LATENT_DIM))
        self.cross_entropy(self.discriminator(fake.detach()), self.zeros).backward()
        self.d_optimizer.step()
        return fake

    def train_g(self, fake: torch.Tensor) -> None:
        """G's turn."""
        self.generator.zero_grad()
        self.cross_entropy(self.discriminator(fake), self.ones).backward()
        self.g_optimizer.step()

    def step(self, real: torch.Tensor) -> None:
        """Both turns on a batch of real images (n, 1, 28, 28)."""
        self.train_g(self.train_d(real))


class FrozenD(Training):
    """The same, without gradients for D's own parameters in G's turn, where nobody uses them."""

    def train_g(self, fake: torch.Tensor) -> None:
        self.discriminator.requires_grad_(False)
        super().train_g(fake)
        self.discriminator.requires_grad_(True)


def trainer_with(
    threads: int, contender: str, pair: Pair, images: np.ndarray
) -> Callable[[int], None]:
    """A function that trains for so many epochs with so many threads."""
    torch.manual_seed(1)
    torch.set_num_threads(threads)
    real_images = torch.from_numpy(images).permute(0, 3, 1, 2).contiguous()
    both = build(pair.name)
    switched = contender in SWITCHED[TORCH]
    if switched:  # the order in memory of what has channels; dense layers have none
        both = tuple(model.to(memory_format=torch.channels_last) for model in both)
        real_images = real_images.contiguous(memory_format=torch.channels_last)
    if contender in (TORCH_COMPILED, TORCH_SWITCHES_COMPILED):
        both = tuple(torch.compile(model) for model in both)
    training = FrozenD(*both, pair, fused=True) if switched else Training(*both, pair)

    def train(epochs: int) -> None:
        for _ in range(epochs):
            for rows in torch.randperm(len(real_images)).split(pair.batch_size):
                training.step(real_images[rows])

    return train
