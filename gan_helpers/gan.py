"""The adversarial loop as a Keras model, so that `fit` and callbacks work as usual."""

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from gan_helpers import losses
from gan_helpers.callbacks import Snapshots
from gan_helpers.saves import Saves

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
        seed: seeds the latent vectors drawn in training, and the order of the samples.

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
        made, wanted = generator.output_shape[1:], self._sample_shape(discriminator)
        if made != wanted:
            raise ValueError(f"generator makes samples {made}, but discriminator takes {wanted}")
        if discriminator.output_shape[1:] != (1,):
            raise ValueError(
                "discriminator must give one logit a sample, shape (n, 1), "
                f"got {discriminator.output_shape}"
            )
        self.generator = self.ema_generator = generator
        self.discriminator = discriminator
        self.latent_dim = generator.input_shape[-1]
        self.batch_rank = 1 + len(wanted)
        self.order_seed = seed
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
        g_ema: float | None = None,
        simultaneous: bool = False,
        steps_per_execution: int = 50,
        jit_compile: bool | None = None,
        run_eagerly: bool = False,
    ) -> None:
        """Say how to train: an optimizer for each network, the smoothing and the losses.

        Args:
            d_optimizer, g_optimizer: two different optimizers, one for each network.
            smooth: one-sided label smoothing, 0 <= smooth < 1.
            d_loss: function (d_logits_real, d_logits_fake, smooth) -> scalar tensor.
            g_loss: function (d_logits_fake) -> scalar tensor.
            g_ema: momentum of an exponential moving average of G's weights, 0 < g_ema < 1,
                which `sample` then draws with; None to draw with G's weights as they are.
            simultaneous: whether both networks step at once, from one forward pass. False: G's
                turn comes after D's, with new latent vectors, as in the notebooks.
            steps_per_execution: steps that one compiled call takes, for data given as an
                array; callbacks, a stop and an interrupt come between two calls.
            jit_compile: whether XLA compiles the steps. None: where it pays, which on a CPU
                is for networks without convolutions.
            run_eagerly: run uncompiled, one operation at a time, to look inside.

        Raises:
            TypeError: a loss is not callable, smooth is not a number, or simultaneous not a bool.
            ValueError: smooth or g_ema outside its range, steps_per_execution not a
                positive whole number, or the same optimizer twice.

        Sources: Yazıcı et al. 2019 (moving average); Mescheder, Nowozin and Geiger 2017,
        algorithm 1 (simultaneous steps).
        """
        for name, loss in (("d_loss", d_loss), ("g_loss", g_loss)):
            if not callable(loss):
                raise TypeError(f"{name} must be a function, got {loss!r}")
        if not isinstance(simultaneous, bool):
            raise TypeError(f"simultaneous must be True or False, got {simultaneous!r}")
        if not isinstance(steps_per_execution, int) or steps_per_execution < 1:
            raise ValueError(
                f"steps_per_execution must be a positive whole number, got {steps_per_execution!r}"
            )
        if g_ema is not None and (not isinstance(g_ema, float) or not 0 < g_ema < 1):
            raise ValueError(f"g_ema must be None or satisfy 0 < g_ema < 1, got {g_ema!r}")
        d_optimizer = keras.optimizers.get(d_optimizer)
        g_optimizer = keras.optimizers.get(g_optimizer)
        if d_optimizer is g_optimizer:
            raise ValueError(
                "d_optimizer and g_optimizer must be two optimizers: each keeps its own "
                "moments, for its own network's variables"
            )
        # Keras takes one step a call and leaves XLA alone: both are done in `train_step`.
        super().compile(optimizer=None, jit_compile=False, run_eagerly=run_eagerly)
        self.d_optimizer, self.g_optimizer = d_optimizer, g_optimizer
        self.smooth = losses.check_smooth(smooth)
        self.d_loss_fn, self.g_loss_fn = d_loss, g_loss
        self.d_optimizer.build(self.discriminator.trainable_variables)
        self.g_optimizer.build(self.generator.trainable_variables)
        self.g_ema, self.ema_generator = g_ema, self.generator
        if g_ema is not None:
            self.ema_generator = keras.models.clone_model(self.generator)
            self.ema_generator.set_weights(self.generator.get_weights())
        self.simultaneous = simultaneous
        self.steps_per_call = steps_per_execution
        if jit_compile is None:  # the kernel of a convolution is more than a matrix
            weights = self.generator.trainable_weights + self.discriminator.trainable_weights
            jit_compile = all(len(weight.shape) <= 2 for weight in weights)
        self.turns_of = self.turns
        if not run_eagerly:
            self.turns_of = tf.function(self.turns, jit_compile=jit_compile)

    def _sample_shape(self, discriminator: keras.Model) -> tuple[int | None, ...]:
        if isinstance(discriminator.input_shape, list):
            raise ValueError(
                "discriminator must take samples alone, got inputs of the shapes "
                f"{discriminator.input_shape}; with labels, use ConditionalGAN"
            )
        return discriminator.input_shape[1:]

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """Epoch means: d_loss, g_loss, and D's mean answer on real (d_real) and fake (d_fake)."""
        return list(self.trackers.values())

    def call(self, z: tf.Tensor, training: bool = False) -> tf.Tensor:
        """Draw samples for the latent vectors z, float (n, latent_dim), by G or its average."""
        return self.ema_generator(z, training=training)

    def latent(self, n: int) -> tf.Tensor:
        """Draw n new latent vectors from the standard normal distribution."""
        return keras.random.normal((n, self.latent_dim), seed=self.seed_generator)

    def train_d(self, real: tf.Tensor, z: tf.Tensor):
        """D's turn: one step on half real, half fake samples. Only D's variables change."""
        fake = opponent(self.generator, z)
        with tf.GradientTape() as tape:
            d_logits_real = self.discriminator(real, training=True)
            d_logits_fake = self.discriminator(fake, training=True)
            d_loss = self.d_loss_fn(d_logits_real, d_logits_fake, self.smooth)
        variables = self.discriminator.trainable_variables
        self.d_optimizer.apply(tape.gradient(d_loss, variables), variables)
        return d_loss, d_logits_real, d_logits_fake

    def train_g(self, z: tf.Tensor) -> tf.Tensor:
        """G's turn: one step on new latent vectors. Only G's variables change."""
        with tf.GradientTape() as tape:
            fake = self.generator(z, training=True)
            g_loss = self.g_loss_fn(opponent(self.discriminator, fake))
        variables = self.generator.trainable_variables
        self.g_optimizer.apply(tape.gradient(g_loss, variables), variables)
        return g_loss

    def train_both(self, real: tf.Tensor, z: tf.Tensor, *labels: tf.Tensor):
        """Both steps at once: each gradient is taken before the other network has moved."""

        def logits(samples):
            return self.discriminator([samples, *labels] if labels else samples, training=True)

        with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
            fake = self.generator(tf.concat([z, *labels], axis=1), training=True)
            d_logits_real, d_logits_fake = logits(real), logits(fake)
            d_loss = self.d_loss_fn(d_logits_real, d_logits_fake, self.smooth)
            g_loss = self.g_loss_fn(d_logits_fake)
        d_variables = self.discriminator.trainable_variables
        g_variables = self.generator.trainable_variables
        d_gradients = d_tape.gradient(d_loss, d_variables)
        g_gradients = g_tape.gradient(g_loss, g_variables)
        self.d_optimizer.apply(d_gradients, d_variables)
        self.g_optimizer.apply(g_gradients, g_variables)
        return d_loss, g_loss, d_logits_real, d_logits_fake

    def turn(self, latents: tf.Tensor, real: tf.Tensor, *labels: tf.Tensor) -> None:
        """One step: D's turn, then G's with other latents, or both at once; then the bookkeeping.

        Args:
            latents: latent vectors for each turn, float (turns, n, latent_dim).
            real: real samples, float (n, ...).
            labels: for a `ConditionalGAN`.
        """
        if self.simultaneous:
            d_loss, g_loss, d_logits_real, d_logits_fake = self.train_both(
                real, latents[0], *labels
            )
        else:
            d_loss, d_logits_real, d_logits_fake = self.train_d(real, latents[0], *labels)
            g_loss = self.train_g(latents[1], *labels)

        if self.g_ema is not None:
            weights = zip(self.ema_generator.weights, self.generator.weights, strict=True)
            for average, weight in weights:
                average.assign(self.g_ema * average + (1 - self.g_ema) * weight)
        self.trackers["d_real"].update_state(tf.sigmoid(d_logits_real))
        self.trackers["d_fake"].update_state(tf.sigmoid(d_logits_fake))
        self.steps.assign_add(1)
        for name, loss in (("d_loss", d_loss), ("g_loss", g_loss)):
            self.trackers[name].update_state(loss)
            failed_at = self.failed_at[name]
            is_first = ~tf.math.is_finite(loss) & (failed_at == 0)
            failed_at.assign(tf.where(is_first, self.steps, failed_at))

    def turns(self, *batches: tf.Tensor) -> None:
        """One step for each batch; compiled as a whole, the loop costs no call a step."""
        for step in tf.range(tf.shape(batches[0])[0]):
            self.turn(*(batch[step] for batch in batches))

    def _new_latents(self, steps: tf.Tensor, n: tf.Tensor) -> tf.Tensor:
        """New latent vectors for each turn of so many steps, (steps, turns, n, latent_dim).

        They are drawn before the steps, outside of what XLA compiles: on a CPU it would
        spend a third of a step of dense networks, and more, on drawing them.
        """
        turns = 1 if self.simultaneous else 2
        latents = tf.map_fn(
            lambda _: self.latent(n),
            tf.range(steps * turns),
            fn_output_signature=keras.config.floatx(),
        )
        return tf.reshape(latents, (steps, turns, n, self.latent_dim))

    def train_step(self, data) -> dict[str, tf.Tensor]:
        """A step on one batch (n, ...), or k steps on k batches (k, n, ...)."""
        x, y, _ = keras.utils.unpack_x_y_sample_weight(data)
        batches = self._needed(x, y)
        if batches[0].shape.rank == self.batch_rank:
            batches = [batch[tf.newaxis] for batch in batches]
        shape = tf.shape(batches[0])
        self.turns_of(self._new_latents(shape[0], shape[1]), *batches)
        return self.get_metrics_result()

    def _needed(self, x: tf.Tensor, y) -> tuple[tf.Tensor, ...]:
        """What `turn` takes of samples and labels."""
        return (x,)

    def fit(
        self,
        x: np.ndarray | tf.Tensor | tf.data.Dataset,
        y: np.ndarray | None = None,
        batch_size: int = 32,
        epochs: int = 1,
        shuffle: bool = True,
        callbacks: Sequence[keras.callbacks.Callback] = (),
        save_dir: str | os.PathLike | None = None,
        save_every: int = 1,
        **kwargs,
    ) -> keras.callbacks.History:
        """Train, as `keras.Model.fit` does, from an array, or from a dataset of batches.

        An array is dealt out in an order that depends on `seed` and on the number of steps
        taken so far, so that a training that goes on later deals as it would have done.

        Args:
            x: real samples, float (n, ...). In a dataset: batches (n, ...), or several
                batches at once (k, n, ...), for one compiled call.
            y: labels, for a `ConditionalGAN`; else ignored.
            batch_size: real samples in a step, for an array; the last batch may be smaller.
            epochs: how often to go through x, in all: with `save_dir`, a training that
                stopped after 10 of 30 epochs does the other 20.
            shuffle: deal an array out in a new order each epoch.
            callbacks: of Keras, or `callbacks` and `live`.
            save_dir: folder to save the whole training in. If it holds a save of this
                training, `fit` goes on from there, bit for bit as if it had never stopped.
            save_every: epochs between two saves; the last epoch is always saved.
            kwargs: passed to `keras.Model.fit`, for example `verbose=0`.

        Returns:
            Keras's History, with the epochs before a stop as well.

        Raises:
            NonFiniteLossError: a loss is NaN or infinite; names the loss, and the step
                counted from the first `fit`.
            SaveError: a save could not be written; the one before it is kept.
            ValueError: `save_dir` holds a training with other settings.
        """
        if not self.compiled:
            raise ValueError("call `compile()` before `fit()`: it says how to train")
        callbacks = [callbacks] if isinstance(callbacks, keras.callbacks.Callback) else callbacks
        callbacks = list(callbacks or [])
        order_seed = self.order_seed if shuffle else None
        data, past = x, {}
        arrays = ()
        if not isinstance(x, tf.data.Dataset):
            arrays = self._needed(tf.convert_to_tensor(x, keras.config.floatx()), y)
        if save_dir is not None:
            settings = self._settings(arrays, batch_size, order_seed)
            keeper = _Keeper(Saves(save_dir), settings, callbacks, save_every)
            past = keeper.restore(self)
            callbacks.append(keeper)
        done = len(past.get("d_loss", ()))
        if done < epochs:
            if arrays:
                data, kwargs["steps_per_epoch"], orders = self._several_batches(
                    arrays, batch_size, order_seed
                )
                callbacks.append(orders)
            history = super().fit(
                data,
                epochs=epochs,
                callbacks=[*callbacks, _StopAtNonFiniteLoss()],
                **{"initial_epoch": done, **kwargs},
            )
        else:
            history = keras.callbacks.History()
            history.epoch = []
        history.epoch = [*range(done), *history.epoch]
        history.history = {
            name: past.get(name, []) + history.history.get(name, [])
            for name in past | history.history
        }
        return history

    def _several_batches(self, arrays: tuple, batch_size: int, seed: int | None):
        """An endless dataset of several batches at once, its elements an epoch, and its orders."""
        n = len(arrays[0])
        if n == 0:
            raise ValueError(f"x must hold at least one sample, got shape {arrays[0].shape}")
        if not isinstance(batch_size, int) or batch_size < 1:
            raise ValueError(f"batch_size must be a positive whole number, got {batch_size!r}")
        batches, rest = divmod(n, batch_size)
        full = batches * batch_size  # samples in batches that are not smaller
        each = self.steps_per_call * batch_size
        calls = -(-full // each)  # on full batches
        elements = calls + bool(rest)
        step = int(self.steps.numpy())

        def order(epoch: int) -> np.ndarray:
            if seed is None:
                return np.arange(n)
            first = step + epoch * (batches + bool(rest))
            return np.random.default_rng([seed, first]).permutation(n)

        orders = _Orders(order)

        def element(number: tf.Tensor) -> tuple[tf.Tensor, ...]:
            epoch, call = number // elements, number % elements
            is_rest = call == calls
            first = tf.minimum(call * each, full)
            last = tf.where(is_rest, tf.cast(n, tf.int64), tf.minimum(first + each, full))
            rows = orders.two[epoch % 2, first:last]
            rows = tf.reshape(rows, (-1, tf.where(is_rest, rest, batch_size)))
            return tuple(tf.gather(array, rows) for array in arrays)

        data = tf.data.Dataset.counter().map(element)
        # There is nothing here to tune, and the end of `fit` would sometimes wait for the
        # tuner, which wakes up after 10 ms, 20 ms, and so on up to 5 s and more.
        options = tf.data.Options()
        options.autotune.enabled = False
        return data.prefetch(1).with_options(options), elements, orders

    def _state(self) -> list[tf.Variable]:
        """All that the next step depends on: weights, moments, counters and random states."""
        optimizers = self.d_optimizer.variables + self.g_optimizer.variables
        return [variable.value for variable in [*self.variables, *optimizers]]

    def _settings(self, arrays: tuple, batch_size: int, seed: int | None) -> dict:
        """What must be the same for a training to go on, in terms of JSON."""
        data = "a dataset"
        if arrays:
            data = " and ".join(hashlib.sha256(one.numpy()).hexdigest() for one in arrays)
        settings = {
            "smooth": float(self.smooth),
            "d_loss": getattr(self.d_loss_fn, "__name__", "?"),
            "g_loss": getattr(self.g_loss_fn, "__name__", "?"),
            "g_ema": self.g_ema,
            "simultaneous": self.simultaneous,
            "batch_size": batch_size,
            "seed of the order": seed,
            "x": data,
        }
        for name, network in (("generator", self.generator), ("discriminator", self.discriminator)):
            shapes = [[type(layer).__name__, str(layer.output.shape)] for layer in network.layers]
            settings[name] = str(shapes)
        for name, used in (("d_optimizer", self.d_optimizer), ("g_optimizer", self.g_optimizer)):
            for key, value in used.get_config().items():
                if key != "name":  # which Keras numbers anew
                    value = round(value, 9) if isinstance(value, float) else value
                    settings[f"{name}.{key}"] = str(value)
        return settings

    def sample(self, n: int, seed: int) -> np.ndarray:
        """Draw n samples from seeded latent vectors, float32 (n, ...).

        Raises:
            ValueError: n is not positive.
        """
        return self(latent_vectors(n, self.latent_dim, seed)).numpy()


class ConditionalGAN(GAN):
    """A GAN whose networks are told the label: G draws the digit that it is asked for.

    Trained by `fit(images, labels)`. In both turns the fakes get the labels of the real
    samples, so that D sees as many fakes as real samples of each label.

    Args:
        generator: model from latent vectors, each followed by its label as a one-hot vector,
            float (n, latent_dim + labels), to samples.
        discriminator: model from [samples, one-hot labels (n, labels)] to logits, float (n, 1).
        seed: as in `GAN`.

    Raises:
        ValueError: a network is not built yet, or the two do not fit together.

    Source: Mirza and Osindero 2014.
    """

    def __init__(self, generator: keras.Model, discriminator: keras.Model, seed: int = 0):
        super().__init__(generator, discriminator, seed)
        self.labels = discriminator.input_shape[1][-1]
        self.latent_dim -= self.labels
        if self.latent_dim < 1:
            raise ValueError(
                f"generator must take latent vectors with {self.labels} numbers for the label at "
                f"their end, got {generator.input_shape}"
            )

    def _sample_shape(self, discriminator):
        shapes = discriminator.input_shape
        if not isinstance(shapes, list) or len(shapes) != 2 or len(shapes[1]) != 2:
            raise ValueError(
                "discriminator must take [samples, one-hot labels], the labels of shape "
                f"(n, labels), got {shapes}"
            )
        return shapes[0][1:]

    def _needed(self, x, y):
        if y is None:
            raise ValueError("y must hold the label of each sample, got None")
        return x, y

    def fit(self, x, y=None, *args, **kwargs) -> keras.callbacks.History:
        """Train, as `GAN.fit` does, on samples and their labels.

        Args:
            x: real samples, float (n, ...), or a dataset of batches (samples, labels).
            y: integers (n,) from 0 to one below the number of labels; None for a dataset.
            args, kwargs: as in `GAN.fit`.

        Raises:
            ValueError: y is none of that, or as in `GAN.fit`.
            tf.errors.InvalidArgumentError: a label in a dataset is out of range.
        """
        if not isinstance(x, tf.data.Dataset) and y is not None:
            y = tf.convert_to_tensor(self._checked_labels("y", y))
            if len(y) != len(x):
                raise ValueError(f"y must hold a label for each sample, got {len(y)} for {len(x)}")
        elif isinstance(x, tf.data.Dataset) and isinstance(x.element_spec, tuple):
            x = x.map(self._with_checked_labels)
        return super().fit(x, y, *args, **kwargs)

    def _with_checked_labels(self, samples: tf.Tensor, labels: tf.Tensor, *rest: tf.Tensor):
        """An element of a dataset, whose labels can be looked at only while it is read."""
        message = f"labels in the dataset must be from 0 to {self.labels - 1}"
        checks = [
            tf.debugging.assert_non_negative(labels, message),
            tf.debugging.assert_less(labels, tf.cast(self.labels, labels.dtype), message),
        ]
        with tf.control_dependencies(checks):
            return samples, tf.identity(labels), *rest

    def _checked_labels(self, name: str, labels) -> np.ndarray:
        labels = np.asarray(labels)
        if labels.ndim != 1 or not np.issubdtype(labels.dtype, np.integer):
            raise ValueError(
                f"{name} must be whole numbers of shape (n,), got {labels.dtype} {labels.shape}"
            )
        wrong = labels[(labels < 0) | (labels >= self.labels)]
        if len(wrong):
            raise ValueError(f"{name} must be from 0 to {self.labels - 1}, got {wrong[0]}")
        return labels

    def turn(self, latents: tf.Tensor, real: tf.Tensor, label: tf.Tensor) -> None:
        """One step on samples and their labels, integers (n,)."""
        super().turn(latents, real, tf.one_hot(label, self.labels))

    def train_d(self, real: tf.Tensor, z: tf.Tensor, label: tf.Tensor):
        """D's turn: half real, half fake samples of the same labels, which D is told."""
        fake = opponent(self.generator, tf.concat([z, label], axis=1))
        with tf.GradientTape() as tape:
            d_logits_real = self.discriminator([real, label], training=True)
            d_logits_fake = self.discriminator([fake, label], training=True)
            d_loss = self.d_loss_fn(d_logits_real, d_logits_fake, self.smooth)
        variables = self.discriminator.trainable_variables
        self.d_optimizer.apply(tape.gradient(d_loss, variables), variables)
        return d_loss, d_logits_real, d_logits_fake

    def train_g(self, z: tf.Tensor, label: tf.Tensor) -> tf.Tensor:
        """G's turn: G is told what to draw, and D what it should see."""
        with tf.GradientTape() as tape:
            fake = self.generator(tf.concat([z, label], axis=1), training=True)
            g_loss = self.g_loss_fn(opponent(self.discriminator, [fake, label]))
        variables = self.generator.trainable_variables
        self.g_optimizer.apply(tape.gradient(g_loss, variables), variables)
        return g_loss

    def latents_for(self, labels: np.ndarray, seed: int) -> tf.Tensor:
        """Latent vectors followed by one-hot labels, float32 (n, latent_dim + labels).

        Args:
            labels: the labels asked for, integers (n,).
            seed: of the latent vectors.

        Raises:
            ValueError: no labels, or a label that is not among those of the discriminator.
        """
        labels = self._checked_labels("labels", labels)
        z = latent_vectors(len(labels), self.latent_dim, seed)
        return tf.concat([z, tf.one_hot(labels, self.labels)], axis=1)

    def sample(self, n: int, seed: int) -> np.ndarray:
        """Draw n samples of the labels 0, 1, ... in turn; for others call it on `latents_for`.

        Raises:
            ValueError: n is not positive.
        """
        return self(self.latents_for(np.arange(n) % self.labels, seed)).numpy()


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


class _Orders(keras.callbacks.Callback):
    """The order of the samples in this epoch and in the next, as `order` gives it by epoch.

    It is made here, not by a Python function in the dataset: when TensorFlow 2.21 calls one, it
    changes how memory is handed out, and from then on convolutions take half as long again
    (tests/gan_helpers/test_gan.py). Two orders, because the dataset is up to one element ahead.
    """

    def __init__(self, order: Callable[[int], np.ndarray]):
        super().__init__()
        self.order, self.epoch = order, 0
        with tf.device("CPU"):  # where datasets live
            self.two = tf.Variable(np.stack([order(0), order(1)]))

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch += 1
        self.two[self.epoch % 2].assign(self.order(self.epoch))


class _Keeper(keras.callbacks.Callback):
    """Saves a training after an epoch, and restores it: `fit` with `save_dir`."""

    def __init__(self, saves: Saves, settings: dict, callbacks: list, every: int):
        super().__init__()
        if not isinstance(every, int) or every < 1:
            raise ValueError(f"save_every must be a positive whole number, got {every!r}")
        self.saves, self.settings, self.every = saves, settings, every
        self.snapshots = [one for one in callbacks if isinstance(one, Snapshots)]
        self.logs: dict[str, list[float]] = {}

    def restore(self, gan: GAN) -> dict[str, list[float]]:
        """Set `gan` and the snapshots to the newest save, and return its losses by epoch."""
        path = self.saves.newest()
        if path is None:
            return {}
        progress = json.loads((path / "progress.json").read_text())
        was, now = progress["settings"], self.settings
        changes = [
            f"{name} was {was.get(name)}, is {now.get(name)}"
            for name in {**was, **now}
            if was.get(name) != now.get(name)
        ]
        if changes:
            raise ValueError(
                f"save_dir {str(self.saves.folder)!r} holds a training with other settings: "
                f"{'; '.join(changes)}. Give another save_dir, or delete that folder to begin anew"
            )
        tf.train.Checkpoint(state=gan._state()).read(str(path / "state")).assert_consumed()
        for number, snapshots in enumerate(self.snapshots):
            file = path / f"snapshots_{number}.npz"
            if file.exists():
                snapshots.load(file)
        self.logs = progress["logs"]
        return {name: list(values) for name, values in self.logs.items()}

    def _fill(self, folder: Path) -> None:
        tf.train.Checkpoint(state=self.model._state()).write(str(folder / "state"))
        progress = {"settings": self.settings, "logs": self.logs}
        (folder / "progress.json").write_text(json.dumps(progress))
        for number, snapshots in enumerate(self.snapshots):
            snapshots.save(folder / f"snapshots_{number}.npz")

    def on_epoch_begin(self, epoch, logs=None):
        self.calls = 0

    def on_train_batch_end(self, batch, logs=None):
        self.calls += 1

    def on_epoch_end(self, epoch, logs=None):
        steps = self.params["steps"]
        if self.model.stop_training if steps is None else self.calls < steps:
            return  # stopped within an epoch, which the next run does from its beginning
        for name, value in logs.items():
            self.logs.setdefault(name, []).append(float(value))
        done = epoch + 1
        if done % self.every == 0 or done == self.params["epochs"]:
            self.saves.write(done, self._fill)


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
