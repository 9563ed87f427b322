"""Two games of Keras's examples, on the small networks of notebook 05: WGAN-GP and ADA."""

from collections.abc import Iterable
from functools import partial

from gan_helpers import losses, modern_losses, networks, penalties
from gan_helpers.gan import latent_vectors

import keras
import numpy as np
import tensorflow as tf


class Turns:
    """D's turns and then G's, on the networks of notebook 05, as a tutorial writes them.

    Args:
        seed: of the initial weights and all that is drawn.
        adam: arguments of both optimizers.
        d_turns: turns of D for each of G.
    """

    def __init__(self, seed: int, adam: dict, d_turns: int = 1):
        keras.utils.set_random_seed(seed)
        self.g, self.d = networks.build_conv_generator(), networks.build_conv_discriminator()
        self.average = self.g
        self.adams = [keras.optimizers.Adam(**adam) for _ in range(2)]
        self.d_turns = d_turns
        self.step = tf.function(self._step)

    def d_loss(self, real, fake):
        """D's loss on real and fake samples."""
        raise NotImplementedError

    def g_loss(self, fake):
        """G's loss on fakes."""
        raise NotImplementedError

    def latents(self, n: int):
        """New latent vectors (n, 64)."""
        return tf.random.normal((n, 64))

    def _step(self, real) -> None:
        for _ in range(self.d_turns):
            with tf.GradientTape() as tape:
                loss = self.d_loss(real, self.g(self.latents(len(real)), training=True))
            self.apply(tape, loss, self.d, self.adams[0])
        with tf.GradientTape() as tape:
            loss = self.g_loss(self.g(self.latents(len(real)), training=True))
        self.apply(tape, loss, self.g, self.adams[1])

    def apply(self, tape, loss, network, adam) -> None:
        """One step of one network."""
        gradients = tape.gradient(loss, network.trainable_variables)
        adam.apply(gradients, network.trainable_variables)

    def steps(self, batches: Iterable[np.ndarray]) -> None:
        """A step for each batch (n, 28, 28, 1)."""
        for real in batches:
            self.step(tf.constant(real))

    def draw(self, n: int):
        """Samples of G, or of its average."""
        return self.average.predict(latent_vectors(n, 64, seed=5), verbose=0)


class WassersteinGP(Turns):
    """Three turns of D for each of G, and D's slope held near 1 between real samples and fakes.

    Source: the Keras example "WGAN-GP overriding Model.train_step" for losses, turns, optimizers
    and batches of 512. Its points between are drawn normally; here uniformly, as in the paper.
    """

    def __init__(self, seed: int):
        super().__init__(seed, {"learning_rate": 2e-4, "beta_1": 0.5, "beta_2": 0.9}, d_turns=3)
        self.penalty = penalties.GradientPenalty(10.0)

    def d_loss(self, real, fake):
        answer = partial(self.d, training=True)
        seed = tf.random.uniform((2,), maxval=2**31 - 1, dtype=tf.int32)
        loss = modern_losses.d_loss_wasserstein(answer(real), answer(fake))
        return loss + self.penalty(answer, real, fake, seed)

    def g_loss(self, fake):
        return modern_losses.g_loss_wasserstein(self.d(fake, training=True))


class AdaptiveAugmentation(Turns):
    """Both networks see samples flipped, moved, turned and zoomed, with a probability that adapts.

    Source: the Keras example "Data-efficient GANs with Adaptive Discriminator Augmentation", for
    losses, augmentation, optimizers, batches of 128 and the average of G. Sides that are flipped
    suit its birds better than digits.
    """

    def __init__(self, seed: int):
        super().__init__(seed, {"learning_rate": 2e-4, "beta_1": 0.5})
        layers = keras.layers
        self.augmenter = keras.Sequential(
            [
                keras.Input((28, 28, 1)),
                layers.RandomFlip("horizontal", seed=seed),
                layers.RandomTranslation(0.125, 0.125, interpolation="nearest", seed=seed + 1),
                layers.RandomRotation(0.125, seed=seed + 2),
                layers.RandomZoom((-0.25, 0.0), (-0.25, 0.0), seed=seed + 3),
            ]
        )
        self.probability = tf.Variable(0.0)
        self.average = keras.models.clone_model(self.g)
        self.average.set_weights(self.g.get_weights())

    def seen(self, x):
        """What D sees of samples: some of them augmented."""
        chosen = tf.random.uniform((len(x), 1, 1, 1)) < self.probability
        return tf.where(chosen, self.augmenter(x, training=True), x)

    def d_loss(self, real, fake):
        on_real = self.d(self.seen(real), training=True)
        found = tf.reduce_mean((1 + tf.sign(on_real)) / 2)
        moved = self.probability + (found - 0.8) / 1000
        self.probability.assign(tf.clip_by_value(moved, 0, 1))
        return losses.d_loss(on_real, self.d(self.seen(fake), training=True), 0.0)

    def g_loss(self, fake):
        return losses.g_loss(self.d(self.seen(fake), training=True))

    def apply(self, tape, loss, network, adam):
        super().apply(tape, loss, network, adam)
        if network is self.g:
            for average, weight in zip(self.average.weights, self.g.weights, strict=True):
                average.assign(0.99 * average + 0.01 * weight)
