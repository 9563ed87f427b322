"""What `fit` does beside the steps, and how Keras's own callbacks find two optimizers."""

from pathlib import Path
from typing import Any

from gan_helpers.losses import NonFiniteLossError

import keras
import numpy as np
import tensorflow as tf


class CountEpochs(keras.callbacks.Callback):
    """Counts the whole epochs of a training in `gan.epochs`, before other callbacks look there."""

    def on_epoch_begin(self, epoch, logs=None):
        self.calls = 0

    def on_train_batch_end(self, batch, logs=None):
        self.calls += 1

    def on_epoch_end(self, epoch, logs=None):
        steps = self.params["steps"]
        if not (self.model.stop_training if steps is None else self.calls < steps):
            self.model.epochs.assign_add(1)  # else it was stopped in the middle


class StopAtNonFiniteLoss(keras.callbacks.Callback):
    """Ends a training whose losses or weights are not finite, and says since when."""

    def on_train_begin(self, logs=None):
        for failed_at in self.model.failed_at.values():
            failed_at.assign(0)
        for network in (self.model.generator, self.model.discriminator):
            if not all(np.isfinite(weight).all() for weight in network.get_weights()):
                raise NonFiniteLossError(
                    f"weights of the {network.name} are not finite, from a training that failed; "
                    "build the networks anew, or load weights from before, and go on from there"
                )

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

    Epochs are counted from the first `fit` of the GAN, so that a second one, or a training
    that is taken up again, goes on where the first one ended. An epoch that was stopped in the
    middle is left out.

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
        self.samples.append(self.model(self.latents).numpy())

    def on_train_begin(self, logs=None):
        self.seen = int(self.model.epochs.numpy())
        if not self.epochs:
            self._keep(self.seen)

    def on_epoch_end(self, epoch, logs=None):
        done = int(self.model.epochs.numpy())
        if done == self.seen:
            return
        self.seen = done
        for name, value in (logs or {}).items():
            self.logs.setdefault(name, []).append(float(value))
        if done % self.every == 0:
            self._keep(done)

    def save(self, file: Path) -> None:
        """Write all that was kept to an .npz file."""
        kept: dict[str, Any] = {f"log_{name}": values for name, values in self.logs.items()}
        np.savez(file, **kept, epochs=self.epochs, samples=np.stack(self.samples))

    def load(self, file: Path) -> None:
        """Take back what `save` wrote."""
        with np.load(file, allow_pickle=False) as kept:
            self.epochs, self.samples = kept["epochs"].tolist(), list(kept["samples"])
            logs = [name for name in kept.files if name.startswith("log_")]
            self.logs = {name.removeprefix("log_"): kept[name].tolist() for name in logs}


class BothRates:
    """What Keras's callbacks find under `gan.optimizer`: one learning rate that stands for two.

    Reading it gives D's rate. Setting it gives D that rate, and G a rate in the proportion that
    the two had when they were compiled. LearningRateScheduler and ReduceLROnPlateau use it.
    """

    built = True

    def __init__(self, d_optimizer: keras.optimizers.Optimizer, g_optimizer):
        self._d, self._g = d_optimizer, g_optimizer
        # As tensors, since the rates of several replicas have no float() of their own.
        rates = [tf.convert_to_tensor(one.learning_rate) for one in (d_optimizer, g_optimizer)]
        d_rate, g_rate = map(float, rates)
        self._proportion = g_rate / d_rate if d_rate else 1.0

    @property
    def learning_rate(self):
        return self._d.learning_rate

    @learning_rate.setter
    def learning_rate(self, rate):
        self._d.learning_rate = float(rate)
        self._g.learning_rate = float(rate) * self._proportion

    @property
    def iterations(self):
        return self._d.iterations

    @property
    def variables(self):
        return self._d.variables + self._g.variables
