"""Training as you watch: samples, losses and the time left, and an interrupt that keeps them."""

import signal
import threading
import time
import traceback

from gan_helpers import pictures
from gan_helpers.playgrounds.base import image_for

import ipywidgets
import keras
import numpy as np
import tensorflow as tf
from IPython.display import display


class LiveTraining(keras.callbacks.Callback):
    """Shows samples that improve as you watch, the losses, and a bar with the time left.

    Interrupt the kernel to end training early: `fit` then returns as if it were over, with
    the model, its history and this picture as they are. (A button could not do that, since
    none is heard while a cell runs.) A second interrupt stops at once, with an error.

    Args:
        latents: float (n, latent_dim), the same latent vectors each time.
        columns: images a row.
        every: seconds between two pictures, at least 0.5, so that drawing stays cheap.

    Attributes:
        interrupted: whether the last training was ended by an interrupt.

    Raises:
        ValueError: every is below 0.5; from `fit`, before its first step, where the model makes
            samples that are no images with 1 or 3 channels.
    """

    def __init__(self, latents: tf.Tensor, columns: int = 8, every: float = 1.0):
        super().__init__()
        if not every >= 0.5:
            raise ValueError(f"every must be at least 0.5 seconds, got {every!r}")
        self.latents, self.columns, self.every = latents, columns, every
        self.interrupted = False

    def on_train_begin(self, logs=None):
        self.interrupted, self.first, self.done = False, None, 0.0
        epochs = self.params["epochs"]
        self.bar = ipywidgets.FloatProgress(0, min=0, max=epochs, description="epochs")
        self.words = ipywidgets.HTML()
        try:
            self.picture = pictures.training_view(self._samples(), self.columns, epochs)
        except ValueError as error:
            raise ValueError(f"LiveTraining cannot draw what the model makes: {error}") from None
        self.moments: list[tuple[float, float, float]] = []
        self.image = image_for(self.picture)
        self.image.value = self._frame()
        view = _ProgressView([ipywidgets.HBox([self.bar, self.words]), self.image])
        self.start = self.drawn = time.monotonic()
        if threading.current_thread() is threading.main_thread():  # others get no signals
            usual = signal.getsignal(signal.SIGINT)
            owner = getattr(usual, "__self__", None)
            if isinstance(owner, LiveTraining):  # of a training that an error has ended
                usual = owner.usual_handler
            self.usual_handler = usual
            signal.signal(signal.SIGINT, self._interrupt)
        display(view)

    def _interrupt(self, number, frame) -> None:
        signal.signal(signal.SIGINT, self.usual_handler)
        running = any(
            outer.f_code.co_name == "fit" and outer.f_locals.get("self") is self.model
            for outer, _ in traceback.walk_stack(frame)
        )
        if running:
            self.interrupted = self.model.stop_training = True
        else:  # Keras does not tell a callback of an error that ends the training
            signal.raise_signal(number)

    def _samples(self) -> np.ndarray:
        return self.model(self.latents).numpy()

    def _frame(self) -> bytes:
        done, *both = zip(*self.moments, strict=True) if self.moments else ((), (), ())
        moving = self.picture.artists_by_label
        for name, values in zip(("d_loss", "g_loss"), both, strict=True):
            moving[1, name].set_data(done, values)
        return self.picture.frame(list(moving.values()))

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch, self.calls = epoch, 0
        if self.first is None:  # not 0 where a saved training goes on
            self.first = epoch

    def on_train_batch_end(self, batch, logs=None):
        self.calls += 1
        if self.params["steps"]:  # unknown for some datasets: then only whole epochs count
            self.done = self.epoch + self.calls / self.params["steps"]
        if time.monotonic() - self.drawn >= self.every:
            self._show(logs)

    def on_epoch_end(self, epoch, logs=None):
        if not self.model.stop_training:
            self.done = epoch + 1
        if self.done == self.params["epochs"] or self.model.stop_training:
            self._show(logs)

    def _show(self, logs) -> None:
        self.drawn, epochs = time.monotonic(), self.params["epochs"]
        self.moments.append((self.done, logs["d_loss"], logs["g_loss"]))
        self.picture.artists_by_label[0, "samples"].set_data(
            pictures.tile(self._samples(), self.columns)
        )
        self.image.value = self._frame()
        self.bar.value = self.done
        share = (self.done - self.first) / (epochs - self.first)
        if share:
            left = (self.drawn - self.start) * (1 - share) / share
            self.words.value = f"{self.done:.1f} of {epochs}, {left:.0f} s left"

    def on_train_end(self, logs=None):
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, self.usual_handler)
        if self.interrupted:
            self.words.value = (
                f"interrupted after {self.done:.1f} of {self.params['epochs']} epochs"
            )


class _ProgressView(ipywidgets.VBox):
    """What is stored of a live display is one sentence, the same in every run."""

    _ipython_display_ = None

    def _repr_mimebundle_(self, include=None, exclude=None):
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        return {
            "application/vnd.jupyter.widget-view+json": view,
            "text/plain": "The progress of training is shown here while the cell runs.",
        }
