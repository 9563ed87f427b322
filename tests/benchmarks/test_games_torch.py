"""Notebook 08's game in PyTorch, in a process that has not loaded TensorFlow: see `quality`."""

from importlib.util import find_spec

from benchmarks.processes import in_new_process

import numpy as np
import pytest


def play():
    """How often slopes are taken in five steps, what is drawn, and how far the average lags."""
    from benchmarks import games_torch

    import torch

    game, calls, grad = games_torch.Game(1), [], torch.autograd.grad

    def counted(*args, **kwargs):
        calls.append(1)
        return grad(*args, **kwargs)

    torch.autograd.grad = counted
    digits = np.random.default_rng(0).uniform(-1, 1, (8, 1, 28, 28)).astype("float32")
    game.steps(digits for _ in range(5))
    first, averaged = (next(network.parameters()) for network in (game.g, game.average))
    return len(calls), game.draw(3).shape, float((first - averaged).detach().abs().max())


@pytest.mark.skipif(find_spec("torch") is None, reason="PyTorch comes with make bench alone")
def test_the_game_punishes_every_fourth_step_and_averages_g():
    calls, shape, lag = in_new_process(play)
    assert calls == 4, "R1 and R2 at the first and the fifth step"
    assert shape == (3, 28, 28, 1)
    assert lag > 0
