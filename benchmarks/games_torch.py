"""The game of notebook 08 without its groups, in PyTorch: pairing, R1 and R2, on its networks."""

import copy
from collections.abc import Iterable

from benchmarks import modern

import numpy as np
import torch._dynamo
from torch import nn

LATENT_DIM = 64
EVERY, STRENGTH, AVERAGE = 4, 0.3, 0.99  # as `modern.game` has them


def build() -> tuple[nn.Module, nn.Module]:
    """Generator and discriminator as in `gan_helpers.networks`, channels first."""
    generator = nn.Sequential(
        nn.Linear(LATENT_DIM, 7 * 7 * 64, bias=False),
        nn.BatchNorm1d(7 * 7 * 64),
        nn.ReLU(),
        nn.Unflatten(1, (64, 7, 7)),
        nn.ConvTranspose2d(64, 32, 4, 2, 1, bias=False),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.ConvTranspose2d(32, 1, 4, 2, 1),
        nn.Tanh(),
    )
    discriminator = nn.Sequential(
        nn.Conv2d(1, 32, 4, 2, 1),
        nn.LeakyReLU(0.2),
        nn.Conv2d(32, 64, 4, 2, 1),
        nn.LeakyReLU(0.2),
        nn.Flatten(),
        nn.Linear(7 * 7 * 64, 1),
    )
    return generator, discriminator


class Game:
    """D's turn and G's with new latent vectors each, and an average of G.

    Source: Huang et al. 2024, eq. 2 for the losses; the strength and that only every fourth step is
    punished are notebook 08's.
    """

    def __init__(self, seed: int):
        torch.set_num_threads(1)  # idle ones use up processor time
        torch.manual_seed(seed)
        self.g, self.d = build()
        self.average = copy.deepcopy(self.g)
        self.adams = [
            torch.optim.Adam(network.parameters(), rate, betas=(0.5, 0.999), eps=1e-7)
            for network, rate in zip((self.d, self.g), modern.RATES, strict=True)
        ]
        self.done = 0

    def steps(self, batches: Iterable[np.ndarray]) -> None:
        """A step for each batch (n, 1, 28, 28)."""
        for batch in batches:
            real = torch.from_numpy(np.ascontiguousarray(batch))
            self.train_d(real)
            self.train_g(real)
            self.done += 1

    def train_d(self, real: torch.Tensor) -> None:
        """D's turn, every fourth time with the penalties, as many times as strong."""
        with torch.no_grad():
            fake = self.g(torch.randn(len(real), LATENT_DIM))
        punished = self.done % EVERY == 0
        real, fake = (x.requires_grad_(punished) for x in (real, fake))
        on_real, on_fake = self.d(real), self.d(fake)
        loss = nn.functional.softplus(on_fake - on_real).mean()
        if punished:
            for x, logits in ((real, on_real), (fake, on_fake)):
                (slope,) = torch.autograd.grad(logits.sum(), x, create_graph=True)
                loss = loss + EVERY * STRENGTH / 2 * slope.square().sum((1, 2, 3)).mean()
        self.adams[0].zero_grad()
        loss.backward()
        self.adams[0].step()

    def train_g(self, real: torch.Tensor) -> None:
        """G's turn; D's own parameters need no gradients in it."""
        self.d.requires_grad_(False)
        fake = self.g(torch.randn(len(real), LATENT_DIM))
        loss = nn.functional.softplus(self.d(real.detach()) - self.d(fake)).mean()
        self.adams[1].zero_grad()
        loss.backward()
        self.adams[1].step()
        self.d.requires_grad_(True)
        with torch.no_grad():
            averages, weights = self.average.state_dict(), self.g.state_dict()
            for name, average in averages.items():
                if average.is_floating_point():
                    average.lerp_(weights[name], 1 - AVERAGE)

    def draw(self, n: int) -> np.ndarray:
        """Samples of the average of G, (n, 28, 28, 1)."""
        self.average.eval()
        with torch.no_grad():
            z = torch.randn(n, LATENT_DIM, generator=torch.Generator().manual_seed(5))
            drawn = self.average(z)
        return drawn.permute(0, 2, 3, 1).numpy()
