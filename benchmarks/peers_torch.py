"""The contender in PyTorch: the same networks, and the step of its own DCGAN tutorial.

Source: the PyTorch tutorial "DCGAN Tutorial": fakes are made once, detached for D's turn and
used again for G's. Batches are rows of one tensor, which costs less than a DataLoader.
"""

import time
from collections.abc import Callable

from benchmarks import contenders

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


def trainer(contender: str, pair: contenders.Pair, images: np.ndarray) -> Callable[[int], None]:
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


def trainer_with(
    threads: int, contender: str, pair: contenders.Pair, images: np.ndarray
) -> Callable[[int], None]:
    """A function that trains for so many epochs with so many threads."""
    torch.manual_seed(1)
    torch.set_num_threads(threads)
    real_images = torch.from_numpy(images).permute(0, 3, 1, 2).contiguous()
    generator, discriminator = build(pair.name)
    d_optimizer, g_optimizer = (
        torch.optim.Adam(model.parameters(), pair.learning_rate, betas=(pair.beta_1, 0.999))
        for model in (discriminator, generator)
    )
    cross_entropy = nn.BCEWithLogitsLoss()
    n = pair.batch_size
    ones, zeros = torch.ones(n, 1), torch.zeros(n, 1)
    if contender == contenders.TORCH_COMPILED:
        generator, discriminator = torch.compile(generator), torch.compile(discriminator)

    def step(real: torch.Tensor) -> None:
        discriminator.zero_grad()
        cross_entropy(discriminator(real), ones).backward()
        fake = generator(torch.randn(n, LATENT_DIM))
        cross_entropy(discriminator(fake.detach()), zeros).backward()
        d_optimizer.step()

        generator.zero_grad()
        cross_entropy(discriminator(fake), ones).backward()
        g_optimizer.step()

    def train(epochs: int) -> None:
        for _ in range(epochs):
            for rows in torch.randperm(len(real_images)).split(n):
                step(real_images[rows])

    return train
