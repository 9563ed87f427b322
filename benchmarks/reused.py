"""Notebook 05's game in which G's turn uses the fakes of D's turn again, beside the game itself.

Both take turns in one process, so that they meet the same machine; `benchmarks.quality` runs it.
"""

import time
from collections.abc import Callable

from gan_helpers.gan import ConditionalGAN
from gan_helpers.players import gradients_of, opponent, play

import tensorflow as tf

MARKS = (15, 30, 60, 120)  # processor seconds of each game


class Reused(ConditionalGAN):
    """One pass of G a step, as in PyTorch's DCGAN tutorial; else as `ConditionalGAN`.

    It knows no penalties, and losses of D's logits on fakes alone.
    """

    def train_d(self, real, z, *label):
        """D's turn, which keeps its fakes and the tape of G's pass."""
        g_tape = tf.GradientTape()
        with g_tape:
            fake, own = play(self.generator, self.g_input(z, *label))
        with tf.GradientTape() as tape:
            d_logits_real, own_real = play(self.discriminator, self.shown(real, *label))
            d_logits_fake, own_fake = play(self.discriminator, self.shown(fake, *label))
            d_loss = self.d_loss_fn(d_logits_real, d_logits_fake, *self.smoothing)
            whole_loss = d_loss + (own_real + own_fake) / 2
        gradients = gradients_of(tape, whole_loss, self.discriminator, self.d_optimizer)
        self.d_optimizer.apply(gradients, self.discriminator.trainable_variables)
        self.kept = g_tape, fake, own
        return d_loss, d_logits_real, d_logits_fake

    def train_g(self, real, z, *label):
        """G's turn, on the fakes that D has just trained on; z stays unused."""
        tape, fake, own = self.kept
        with tape:  # goes on where G's pass ended
            g_loss = self.g_loss_fn(opponent(self.discriminator, self.shown(fake, *label)))
            whole_loss = g_loss + own
        gradients = gradients_of(tape, whole_loss, self.generator, self.g_optimizer)
        self.g_optimizer.apply(gradients, self.generator.trainable_variables)
        return g_loss


def side_by_side(games: dict[str, tuple], judge: Callable) -> list[dict]:
    """Train games up to each of `MARKS`, a mark of one after that of the other.

    Each takes its first steps before the clock starts: the first game would pay for the start of
    the process, and each for tracing its step.

    Args:
        games: way -> (function that takes some steps, how many, function that draws n samples).
        judge: function of such a drawing function -> what is measured, which costs no time.
    """
    rows, spent = [], dict.fromkeys(games, 0.0)
    taken = {way: steps for way, (_, steps, _) in games.items()}
    for go_on, *_ in games.values():
        go_on()
    for mark in MARKS:
        for way, (go_on, steps, draw) in games.items():
            start = time.process_time()
            while spent[way] + time.process_time() - start < mark:
                go_on()
                taken[way] += steps
            spent[way] += time.process_time() - start
            done = {"way": way, "mark": mark, "seconds": spent[way], "steps": taken[way]}
            rows.append(done | judge(draw))
    return rows
