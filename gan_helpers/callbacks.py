"""Keras callbacks for the adversarial loop."""

from pathlib import Path

import keras
import numpy as np
import tensorflow as tf


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
        self.samples.append(self.model(self.latents).numpy())

    def on_train_begin(self, logs=None):
        if not self.epochs:  # a second fit goes on where the first one ended
            self._keep(0)

    def on_epoch_end(self, epoch, logs=None):
        for name, value in (logs or {}).items():
            self.logs.setdefault(name, []).append(float(value))
        done = len(next(iter(self.logs.values())))
        if done % self.every == 0:
            self._keep(done)

    def save(self, file: Path) -> None:
        """Write all that was kept to an .npz file."""
        logs = {f"log_{name}": values for name, values in self.logs.items()}
        np.savez(file, epochs=self.epochs, samples=np.stack(self.samples), **logs)

    def load(self, file: Path) -> None:
        """Take back what `save` wrote."""
        with np.load(file, allow_pickle=False) as kept:
            self.epochs, self.samples = kept["epochs"].tolist(), list(kept["samples"])
            logs = [name for name in kept.files if name.startswith("log_")]
            self.logs = {name.removeprefix("log_"): kept[name].tolist() for name in logs}
