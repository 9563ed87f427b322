"""The adversarial loop as a Keras model, so that `fit` and callbacks work as usual."""

from collections.abc import Callable

from gan_helpers import losses

import keras
import numpy as np
import tensorflow as tf


class NonFiniteLossError(FloatingPointError):
    """A loss became NaN or infinite; the message names the loss and the step."""


class GAN(keras.Model):
    """A generator and a discriminator that `fit` trains in turn.

    Any pair of Keras models fits together if the generator's output has the shape of the
    data and the discriminator gives one logit a sample (shape (n, 1), no sigmoid).

    Args:
        generator: model from latent vectors, float (n, latent_dim), to samples.
        discriminator: model from samples to logits, float (n, 1).
        seed: seeds the latent vectors drawn in training.

    Raises:
        ValueError: a network is not built yet, or the two do not fit together.

    Source: Goodfellow et al. 2014, algorithm 1, with one step of D for each step of G.
    """

    def __init__(self, generator: keras.Model, discriminator: keras.Model, seed: int = 0):
        super().__init__(name="gan")
        for name, network in (("generator", generator), ("discriminator", discriminator)):
            if not (network.built and hasattr(network, "output_shape")):
                raise ValueError(
                    f"{name} must be a Sequential or functional model that begins with keras.Input"
                )
        if len(generator.input_shape) != 2:
            raise ValueError(
                "generator must take latent vectors, shape (n, latent_dim), "
                f"got {generator.input_shape}"
            )
        made, wanted = generator.output_shape[1:], discriminator.input_shape[1:]
        if made != wanted:
            raise ValueError(f"generator makes samples {made}, but discriminator takes {wanted}")
        if discriminator.output_shape[1:] != (1,):
            raise ValueError(
                "discriminator must give one logit a sample, shape (n, 1), "
                f"got {discriminator.output_shape}"
            )
        self.generator = generator
        self.discriminator = discriminator
        self.latent_dim = generator.input_shape[-1]
        self.seed_generator = keras.random.SeedGenerator(seed)
        # As an attribute it counts as a weight: saved with the others, to resume exactly.
        self.seed_state = self.seed_generator.state
        self.trackers = {
            name: keras.metrics.Mean(name) for name in ("d_loss", "g_loss", "d_real", "d_fake")
        }
        counter = {"shape": (), "initializer": "zeros", "dtype": "int64", "trainable": False}
        self.steps = self.add_weight(name="steps", **counter)
        # The step at which each loss was first not finite, 0 if none: kept in the graph,
        # because a callback sees only the last of steps_per_execution steps.
        self.failed_at = {
            name: self.add_weight(name=f"{name}_failed_at", **counter)
            for name in ("d_loss", "g_loss")
        }
        self.built = True

    def compile(
        self,
        d_optimizer: keras.optimizers.Optimizer,
        g_optimizer: keras.optimizers.Optimizer,
        smooth: float = 0.1,
        d_loss: Callable = losses.d_loss,
        g_loss: Callable = losses.g_loss,
        **kwargs,
    ) -> None:
        """Say how to train: an optimizer for each network, the smoothing and the losses.

        Args:
            d_optimizer, g_optimizer: two different optimizers, one for each network.
            smooth: one-sided label smoothing, 0 <= smooth < 1.
            d_loss: function (d_logits_real, d_logits_fake, smooth) -> scalar tensor.
            g_loss: function (d_logits_fake) -> scalar tensor.
            kwargs: passed to `keras.Model.compile`, for example `steps_per_execution=50` or
                `jit_compile=True`, which draws other latent vectors from the same seed.

        Raises:
            TypeError: a loss is not callable, or smooth is not a number.
            ValueError: smooth outside [0, 1), or the same optimizer twice.
        """
        for name, loss in (("d_loss", d_loss), ("g_loss", g_loss)):
            if not callable(loss):
                raise TypeError(f"{name} must be a function, got {loss!r}")
        d_optimizer = keras.optimizers.get(d_optimizer)
        g_optimizer = keras.optimizers.get(g_optimizer)
        if d_optimizer is g_optimizer:
            raise ValueError(
                "d_optimizer and g_optimizer must be two optimizers: each keeps its own "
                "moments, for its own network's variables"
            )
        super().compile(optimizer=None, **kwargs)
        self.d_optimizer, self.g_optimizer = d_optimizer, g_optimizer
        self.smooth = losses.check_smooth(smooth)
        self.d_loss_fn, self.g_loss_fn = d_loss, g_loss
        self.d_optimizer.build(self.discriminator.trainable_variables)
        self.g_optimizer.build(self.generator.trainable_variables)

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """Epoch means: d_loss, g_loss, and D's mean answer on real (d_real) and fake (d_fake)."""
        return list(self.trackers.values())

    def call(self, z: tf.Tensor, training: bool = False) -> tf.Tensor:
        """Draw samples: G's output for the latent vectors z, float (n, latent_dim)."""
        return self.generator(z, training=training)

    def latent(self, n: int) -> tf.Tensor:
        """Draw n new latent vectors from the standard normal distribution."""
        return keras.random.normal((n, self.latent_dim), seed=self.seed_generator)

    def train_d(self, real: tf.Tensor):
        """D's turn: one step on half real, half fake samples. Only D's variables change."""
        fake = opponent(self.generator, self.latent(tf.shape(real)[0]))
        with tf.GradientTape() as tape:
            d_logits_real = self.discriminator(real, training=True)
            d_logits_fake = self.discriminator(fake, training=True)
            d_loss = self.d_loss_fn(d_logits_real, d_logits_fake, self.smooth)
        variables = self.discriminator.trainable_variables
        self.d_optimizer.apply(tape.gradient(d_loss, variables), variables)
        return d_loss, d_logits_real, d_logits_fake

    def train_g(self, n: int) -> tf.Tensor:
        """G's turn: one step on n new latent vectors. Only G's variables change."""
        z = self.latent(n)
        with tf.GradientTape() as tape:
            fake = self.generator(z, training=True)
            g_loss = self.g_loss_fn(opponent(self.discriminator, fake))
        variables = self.generator.trainable_variables
        self.g_optimizer.apply(tape.gradient(g_loss, variables), variables)
        return g_loss

    def train_step(self, data) -> dict[str, tf.Tensor]:
        """One turn of D, then one turn of G; labels that come with the data are ignored."""
        real, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        d_loss, d_logits_real, d_logits_fake = self.train_d(real)
        g_loss = self.train_g(tf.shape(real)[0])

        self.trackers["d_real"].update_state(tf.sigmoid(d_logits_real))
        self.trackers["d_fake"].update_state(tf.sigmoid(d_logits_fake))
        self.steps.assign_add(1)
        for name, loss in (("d_loss", d_loss), ("g_loss", g_loss)):
            self.trackers[name].update_state(loss)
            failed_at = self.failed_at[name]
            is_first = ~tf.math.is_finite(loss) & (failed_at == 0)
            failed_at.assign(tf.where(is_first, self.steps, failed_at))
        return self.get_metrics_result()

    def fit(self, *args, callbacks=None, **kwargs) -> keras.callbacks.History:
        """`keras.Model.fit`, which also stops at a loss that is NaN or infinite.

        Raises:
            NonFiniteLossError: names the loss, and the step counted from the first `fit`.
        """
        callbacks = callbacks if isinstance(callbacks, list | tuple) else [callbacks]
        given = [callback for callback in callbacks if callback is not None]
        return super().fit(*args, callbacks=[*given, _StopAtNonFiniteLoss()], **kwargs)

    def sample(self, n: int, seed: int) -> np.ndarray:
        """Draw n samples from seeded latent vectors, float32 (n, ...).

        Raises:
            ValueError: n is not positive.
        """
        return self.generator(latent_vectors(n, self.latent_dim, seed), training=False).numpy()


def latent_vectors(n: int, latent_dim: int, seed: int) -> tf.Tensor:
    """Draw n latent vectors from the standard normal distribution, float32 (n, latent_dim).

    Raises:
        ValueError: n is not positive.
    """
    if n < 1:
        raise ValueError(f"n must be at least 1, got {n!r}")
    return keras.random.normal((n, latent_dim), seed=seed)


def opponent(network: keras.Model, inputs: tf.Tensor) -> tf.Tensor:
    """Output of `network` in training mode, in the other network's turn.

    The opponent plays but does not learn: unlike `network(inputs, training=True)`, this
    leaves the moving statistics of its batch normalisation as they are.
    """
    outputs, _ = network.stateless_call(
        network.trainable_variables, network.non_trainable_variables, inputs, training=True
    )
    return outputs


class _StopAtNonFiniteLoss(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        for failed_at in self.model.failed_at.values():
            failed_at.assign(0)

    def on_train_batch_end(self, batch, logs=None):
        failed_at = {name: int(step.numpy()) for name, step in self.model.failed_at.items()}
        failed = [name for name in failed_at if failed_at[name] > 0]
        if failed:
            name = min(failed, key=failed_at.get)  # the first; D's turn comes before G's
            raise NonFiniteLossError(
                f"{name} is not finite at step {failed_at[name]}; "
                "lower the learning rate, or look for values that are not finite in the data"
            )


class Snapshots(keras.callbacks.Callback):
    """Keeps samples from fixed latent vectors, and the losses, epoch by epoch.

    Args:
        latents: float (n, latent_dim), the same latent vectors each time.
        every: keep samples every so many epochs, and always before the first.

    Attributes:
        epochs: how many epochs were over when each sample was drawn: 0, every, 2 every, ...
        samples: list of float32 arrays (n, ...), one for each entry of `epochs`.
        logs: dict from the name of a metric to its list of epoch means.

    Raises:
        ValueError: every is not positive.
    """

    def __init__(self, latents: tf.Tensor, every: int = 1):
        super().__init__()
        if every < 1:
            raise ValueError(f"every must be at least 1, got {every!r}")
        self.latents, self.every = latents, every
        self.epochs: list[int] = []
        self.samples: list[np.ndarray] = []
        self.logs: dict[str, list[float]] = {}

    def _keep(self, epoch: int) -> None:
        self.epochs.append(epoch)
        self.samples.append(self.model.generator(self.latents, training=False).numpy())

    def on_train_begin(self, logs=None):
        if not self.epochs:  # a second fit goes on where the first one ended
            self._keep(0)

    def on_epoch_end(self, epoch, logs=None):
        for name, value in (logs or {}).items():
            self.logs.setdefault(name, []).append(float(value))
        done = len(next(iter(self.logs.values())))
        if done % self.every == 0:
            self._keep(done)
