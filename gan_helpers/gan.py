"""The adversarial loop as a Keras model, so that `fit` and callbacks work as usual."""

import itertools
import threading
from collections.abc import Callable, Sequence

from gan_helpers import augment as augmentations
from gan_helpers import inputs, lipschitz, losses, penalties, replicas, resume, settings
from gan_helpers.batches import Batches
from gan_helpers.callbacks import BothRates
from gan_helpers.players import (
    full,
    gradients_of,
    opponent,
    optimizer_for,
    play,
    random_states,
)
from gan_helpers.trainer import Trainer

import keras
import numpy as np
import tensorflow as tf


@keras.saving.register_keras_serializable(package="gan_helpers")
class GAN(Trainer):
    """A generator and a discriminator that `fit` trains in turn.

    Any pair of Keras models fits together if the generator's output has the shape of the
    data and the discriminator gives one logit a sample (shape (n, 1), no sigmoid).

    Args:
        generator: model from latent vectors, float (n, latent_dim), to samples.
        discriminator: model from samples to logits, float (n, 1).
        seed: seeds the latent vectors drawn in training, and the order of the samples.

    Attributes:
        steps, epochs: int64 variables, how many steps and whole epochs were trained in all.

    Raises:
        ValueError: a network is not built yet, or the two do not fit together; the scope of a
            strategy that cannot be served. `replicas` says how to train on several devices.

    Source: Goodfellow et al. 2014, algorithm 1, with one step of D for each step of G.
    """

    def __init__(self, generator: keras.Model, discriminator: keras.Model, seed: int = 0, **kwargs):
        super().__init__(**{"name": "gan", **kwargs})
        # Keras is told of none: it would cut the batches in another way.
        self.strategy, self._distribute_strategy = replicas.current(), None
        for name, network in (("generator", generator), ("discriminator", discriminator)):
            if not (network.built and hasattr(network, "output_shape")):
                raise ValueError(
                    f"{name} must be a Sequential or functional model that begins with keras.Input"
                )
        if isinstance(generator.input_shape, list) or len(generator.input_shape) != 2:
            raise ValueError(
                "generator must take latent vectors, shape (n, latent_dim), "
                f"got {generator.input_shape}"
            )
        wanted = self._sample_shape(discriminator)
        settings.check_pair(generator, discriminator, wanted)
        self.generator = self.ema_generator = generator
        self.discriminator = discriminator
        self.latent_dim = generator.input_shape[-1]
        self.labels: int | None = None
        self.sample_shape = wanted
        self.order_seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        # As an attribute they count as weights, which Keras saves; those of layers such as
        # dropout it would leave out, and a training that goes on would have other masks.
        self.seed_states = [
            self.seed_generator.state,
            *random_states(generator),
            *random_states(discriminator),
        ]
        self.trackers = {
            name: replicas.Mean(name) for name in ("d_loss", "g_loss", "d_real", "d_fake")
        }
        counter = {"shape": (), "initializer": "zeros", "dtype": "int64", "trainable": False}
        self.steps = self.add_weight(name="steps", **counter)
        self._calls = threading.local()  # within a step, for `new_seed`; replicas are threads
        self._calls.count = itertools.count()
        self.epochs = self.add_weight(name="epochs", **counter)
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
        smooth: float | None = None,
        d_loss: Callable = losses.d_loss,
        g_loss: Callable = losses.g_loss,
        d_penalty: Callable | Sequence[Callable] | None = None,
        penalty_every: int = 1,
        augment: Callable | None = None,
        g_ema: float | None = None,
        simultaneous: bool = False,
        steps_per_execution: int = 50,
        jit_compile: bool | None = None,
        run_eagerly: bool = False,
    ) -> None:
        """Say how to train: an optimizer for each network, the smoothing and the losses.

        Compiled again, a GAN keeps its weights, its counters and its average of G. Keras's
        callbacks find both optimizers under `gan.optimizer`; see `callbacks.BothRates`.

        Args:
            d_optimizer, g_optimizer: two different optimizers, one for each network.
                Their rates may be Keras's schedules.
            smooth: one-sided label smoothing, 0 <= smooth < 1; None for 0.1, or for none where
                d_loss takes none.
            d_loss: function (d_logits_real, d_logits_fake, smooth) -> scalar tensor, or one
                without smooth.
            g_loss: function (d_logits_fake) or (d_logits_real, d_logits_fake) -> scalar tensor.
            d_penalty: what is added to D's loss beside it: functions (d, real, fake, seed) ->
                scalar tensor, one or several; see `penalties`. None for nothing.
            penalty_every: take the penalty at every so-many-th step only, so many times as
                strong: lazily.
            augment: function (x, seed) -> samples like x, which changes what D sees in both
                turns, real and fake alike; see `augment`. None for nothing.
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
            TypeError: a loss, a penalty or augment is not callable, smooth is not a number, or
                simultaneous not a bool.
            ValueError: smooth or g_ema outside its range, a g_loss of other arguments,
                steps_per_execution or penalty_every not a positive whole number, the same
                optimizer twice, one that belongs to other networks, a network without trainable
                variables; with a tf.distribute strategy, what `replicas` cannot serve.

        Sources: Yazıcı et al. 2019 (moving average); Mescheder, Nowozin and Geiger 2017,
        algorithm 1 (simultaneous steps).
        """
        settings.check_compiled(
            d_loss, g_loss, augment, penalty_every, g_ema, simultaneous, steps_per_execution
        )
        smoothing, g_sees = settings.smoothing_for(d_loss, smooth), settings.seen_by_g(g_loss)
        d_penalties = penalties.listed(d_penalty)
        if d_optimizer is g_optimizer and not isinstance(d_optimizer, str):
            raise ValueError(
                "d_optimizer and g_optimizer must be two optimizers: each keeps its own "
                "moments, for its own network's variables"
            )
        d_optimizer = optimizer_for("d_optimizer", d_optimizer, self.discriminator)
        g_optimizer = optimizer_for("g_optimizer", g_optimizer, self.generator)
        penalised = penalty_every > 1 and bool(d_penalties)
        replicas.check_compiled(self, d_optimizer, g_optimizer, jit_compile, penalised)
        # Keras takes one step a call and leaves XLA alone: both are done in `train_step`.
        super().compile(optimizer=None, jit_compile=False, run_eagerly=run_eagerly)
        self.d_optimizer, self.g_optimizer = d_optimizer, g_optimizer
        self.optimizer = BothRates(d_optimizer, g_optimizer)
        self.smoothing, self.smooth = smoothing, *(smoothing or (0.0,))
        self.d_loss_fn, self.g_loss_fn, self.g_sees = d_loss, g_loss, g_sees
        self.d_penalties, self.penalty_every = d_penalties, penalty_every
        self.augment = augment or augmentations.nothing
        self.g_ema = g_ema
        if g_ema is None:
            self.ema_generator = self.generator
        elif self.ema_generator is self.generator:
            self.ema_generator = keras.models.clone_model(self.generator)
            self.ema_generator.set_weights(self.generator.get_weights())
        self.simultaneous = simultaneous
        self.steps_per_call = steps_per_execution
        if jit_compile is None:  # the kernel of a convolution is more than a matrix
            weights = self.generator.trainable_weights + self.discriminator.trainable_weights
            jit_compile = not self.strategy and all(len(weight.shape) <= 2 for weight in weights)
        self.turns_of = replicas.spread(self) if self.strategy else self.turns
        if not run_eagerly:
            self.turns_of = tf.function(self.turns_of, jit_compile=jit_compile)
        self._how = {  # for `get_compile_config`
            "steps_per_execution": steps_per_execution,
            "jit_compile": jit_compile,
            "run_eagerly": run_eagerly,
        }
        # As they are now: a callback may change a rate, which is then part of the state.
        self.configs_at_first = {
            "d_optimizer": resume.config_of("d_optimizer", d_optimizer),
            "g_optimizer": resume.config_of("g_optimizer", g_optimizer),
        }

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
        return full(self.ema_generator(z, training=training))

    def latent(self, n: int) -> tf.Tensor:
        """Draw n new latent vectors from the standard normal distribution."""
        return keras.random.normal((n, self.latent_dim), seed=self.seed_generator)

    def g_input(self, z: tf.Tensor, *label: tf.Tensor):
        """What G is given: latent vectors, here alone."""
        return z

    def d_input(self, x: tf.Tensor, *label: tf.Tensor):
        """What D is given: samples, here alone."""
        return x

    def shown(self, x: tf.Tensor, *label: tf.Tensor):
        """What D is given in training: samples as `augment` changes them, differently each time."""
        return self.d_input(replicas.augmented(self.augment, x, self.new_seed()), *label)

    def penalty(self, real: tf.Tensor, fake: tf.Tensor, *label: tf.Tensor) -> tf.Tensor:
        """What the penalties of `compile` add to D's loss at this step."""

        def d(x):
            return opponent(self.discriminator, self.shown(x, *label))

        dtype = full(tf.zeros((), self.discriminator.outputs[0].dtype)).dtype  # that of d_loss
        how = self.steps, self.penalty_every, lambda: replicas.own_seed(self.new_seed()), dtype
        return penalties.total(self.d_penalties, d, (real, fake), *how)

    def new_seed(self) -> tf.Tensor:
        """A seed for stateless random numbers, integers (2,): another in each call and step."""
        return tf.stack([self.steps * 64 + next(self._calls.count), self.order_seed])

    def train_d(self, real: tf.Tensor, z: tf.Tensor, *label: tf.Tensor):
        """D's turn: one step on half real, half fake samples. Only D's variables change."""
        fake = opponent(self.generator, self.g_input(z, *label))
        with tf.GradientTape() as tape:
            d_logits_real, own_real = play(self.discriminator, self.shown(real, *label))
            d_logits_fake, own_fake = play(self.discriminator, self.shown(fake, *label))
            d_loss = self.d_loss_fn(d_logits_real, d_logits_fake, *self.smoothing)
            whole_loss = d_loss + (own_real + own_fake) / 2 + self.penalty(real, fake, *label)
        gradients = gradients_of(tape, whole_loss, self.discriminator, self.d_optimizer)
        self.d_optimizer.apply(gradients, self.discriminator.trainable_variables)
        return d_loss, d_logits_real, d_logits_fake

    def train_g(self, real: tf.Tensor, z: tf.Tensor, *label: tf.Tensor) -> tf.Tensor:
        """G's turn: one step on new latent vectors. Only G's variables change."""
        with tf.GradientTape() as tape:
            fake, own = play(self.generator, self.g_input(z, *label))
            seen = [self.shown(x, *label) for x in (real, fake)[self.g_sees]]
            g_loss = self.g_loss_fn(*[opponent(self.discriminator, x) for x in seen])
            whole_loss = g_loss + own
        gradients = gradients_of(tape, whole_loss, self.generator, self.g_optimizer)
        self.g_optimizer.apply(gradients, self.generator.trainable_variables)
        return g_loss

    def train_both(self, real: tf.Tensor, z: tf.Tensor, *label: tf.Tensor):
        """Both steps at once: each gradient is taken before the other network has moved."""
        with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
            fake, own = play(self.generator, self.g_input(z, *label))
            d_logits_real, own_real = play(self.discriminator, self.shown(real, *label))
            d_logits_fake, own_fake = play(self.discriminator, self.shown(fake, *label))
            d_loss = self.d_loss_fn(d_logits_real, d_logits_fake, *self.smoothing)
            g_loss = self.g_loss_fn(*(d_logits_real, d_logits_fake)[self.g_sees])
            whole_d_loss = d_loss + (own_real + own_fake) / 2 + self.penalty(real, fake, *label)
            whole_g_loss = g_loss + own
        d_gradients = gradients_of(d_tape, whole_d_loss, self.discriminator, self.d_optimizer)
        g_gradients = gradients_of(g_tape, whole_g_loss, self.generator, self.g_optimizer)
        self.d_optimizer.apply(d_gradients, self.discriminator.trainable_variables)
        self.g_optimizer.apply(g_gradients, self.generator.trainable_variables)
        return d_loss, g_loss, d_logits_real, d_logits_fake

    def condition(self, *labels: tf.Tensor) -> tuple[tf.Tensor, ...]:
        """What both networks are told of the labels: here nothing."""
        return ()

    @tf.autograph.experimental.do_not_convert  # it would take a third of a first step, for nothing
    def turn(self, latents: tf.Tensor, real: tf.Tensor, *labels: tf.Tensor) -> None:
        """One step: D's turn, then G's with other latents, or both at once; then the bookkeeping.

        Args:
            latents: latent vectors for each turn, float (turns, n, latent_dim).
            real: real samples, float (n, ...).
            labels: for a `ConditionalGAN`, one tensor of integers (n,).
        """
        told = self.condition(*labels)
        self._calls.count = itertools.count()
        lipschitz.iterate(self.generator, self.discriminator)
        if self.simultaneous:
            d_loss, g_loss, d_logits_real, d_logits_fake = self.train_both(real, latents[0], *told)
        else:
            d_loss, d_logits_real, d_logits_fake = self.train_d(real, latents[0], *told)
            g_loss = self.train_g(real, latents[1], *told)
        found = replicas.together(d_loss, g_loss, d_logits_real, d_logits_fake)

        if self.g_ema is not None:
            weights = zip(self.ema_generator.weights, self.generator.weights, strict=True)
            for average, weight in weights:
                average.assign(self.g_ema * average + (1 - self.g_ema) * weight)
        self._track(*found)
        self.steps.assign_add(1)
        for name, loss in zip(("d_loss", "g_loss"), found[:2], strict=True):
            failed_at = self.failed_at[name]
            is_first = ~tf.math.is_finite(loss) & (failed_at == 0)
            failed_at.assign(tf.where(is_first, self.steps, failed_at))

    def _track(self, d_loss, g_loss, d_logits_real, d_logits_fake) -> None:
        self.trackers["d_loss"].update_state(d_loss)
        self.trackers["g_loss"].update_state(g_loss)
        self.trackers["d_real"].update_state(tf.sigmoid(d_logits_real))
        self.trackers["d_fake"].update_state(tf.sigmoid(d_logits_fake))

    def turns(self, *arrays: tf.Tensor) -> None:
        """One step for each batch; compiled as a whole, the loop costs no call a step."""
        for number in tf.range(tf.shape(arrays[0])[0]):
            self.turn(*(array[number] for array in arrays))

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
        """A step on one batch, samples (n, ...) or with labels, or k steps on `Batches`."""
        if isinstance(data, Batches):
            arrays = data.arrays
        else:
            arrays = tuple(array[tf.newaxis] for array in given(data))
        shape = tf.shape(arrays[0])
        try:
            self.turns_of(self._new_latents(shape[0], shape[1]), *arrays)
        except losses.NonFiniteLogitsError as error:  # seen only where the steps run eagerly
            raise losses.NonFiniteLossError(
                f"{error} At step {int(self.steps.numpy()) + 1}: "
                "lower the learning rate, or look for values that are not finite in the data"
            ) from error
        return self.get_metrics_result()

    def test_step(self, data) -> dict[str, tf.Tensor]:
        """The losses and D's answers on a batch, without training: for `evaluate`.

        The latent vectors are drawn from the GAN's seed and are the same each time.
        """
        real, *labels = given(data)
        told = self.condition(*labels)
        number = tf.cast(self.trackers["d_loss"].count, tf.int32)
        shape = (tf.shape(real)[0], self.latent_dim)
        seed = (self.order_seed, number)
        z = tf.random.stateless_normal(shape, seed, dtype=keras.config.floatx())
        fake = full(self.generator(self.g_input(z, *told), training=False))
        d_logits_real, d_logits_fake = (
            full(self.discriminator(self.d_input(x, *told), training=False)) for x in (real, fake)
        )
        d_loss = self.d_loss_fn(d_logits_real, d_logits_fake, *self.smoothing)
        g_loss = self.g_loss_fn(*(d_logits_real, d_logits_fake)[self.g_sees])
        self._track(d_loss, g_loss, d_logits_real, d_logits_fake)
        return self.get_metrics_result()

    def sample(self, n: int, seed: int) -> np.ndarray:
        """Draw n samples from seeded latent vectors, float32 (n, ...).

        Raises:
            ValueError: n is not positive.
        """
        return self(latent_vectors(n, self.latent_dim, seed)).numpy()


@keras.saving.register_keras_serializable(package="gan_helpers")
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

    def __init__(self, generator: keras.Model, discriminator: keras.Model, seed: int = 0, **kwargs):
        super().__init__(generator, discriminator, seed, **kwargs)
        self.labels: int = discriminator.input_shape[1][-1]
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

    def condition(self, *labels: tf.Tensor) -> tuple[tf.Tensor, ...]:
        """The labels, integers (n,), as one-hot vectors."""
        return tuple(tf.one_hot(one, self.labels, dtype=keras.config.floatx()) for one in labels)

    def g_input(self, z: tf.Tensor, *label: tf.Tensor):
        """G is told what to draw: latent vectors, each followed by its label."""
        return tf.concat([z, *label], axis=1)

    def d_input(self, x: tf.Tensor, *label: tf.Tensor):
        """D is told what it should see."""
        return [x, *label]

    def latents_for(self, labels: np.ndarray, seed: int) -> tf.Tensor:
        """Latent vectors followed by one-hot labels, float32 (n, latent_dim + labels).

        Args:
            labels: the labels asked for, integers (n,).
            seed: of the latent vectors.

        Raises:
            ValueError: no labels, or a label that is not among those of the discriminator.
        """
        labels = inputs.checked_labels("labels", labels, self.labels)
        z = latent_vectors(len(labels), self.latent_dim, seed)
        return self.g_input(z, *self.condition(labels))

    def sample(self, n: int, seed: int) -> np.ndarray:
        """Draw n samples of the labels 0, 1, ... in turn; for others call it on `latents_for`.

        Raises:
            ValueError: n is not positive.
        """
        return self(self.latents_for(np.arange(n) % self.labels, seed)).numpy()


def given(data) -> list[tf.Tensor]:
    """The samples, and the labels if there are any, of what Keras hands to a step."""
    return [array for array in tf.nest.flatten(data) if array is not None]


def latent_vectors(n: int, latent_dim: int, seed: int) -> tf.Tensor:
    """Draw n latent vectors from the standard normal distribution, float32 (n, latent_dim).

    Raises:
        ValueError: n is not positive.
    """
    if n < 1:
        raise ValueError(f"n must be at least 1, got {n!r}")
    return keras.random.normal((n, latent_dim), seed=seed)
