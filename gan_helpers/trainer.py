"""Keras's contract: `fit`, `evaluate`, `save` and their kin, each kept or refused by name.

What a step does stands in `gan`; this is everything around it.
"""

import os
from collections.abc import Callable, Sequence

from gan_helpers import batches, inputs, replicas, resume, settings
from gan_helpers.callbacks import CountEpochs, StopAtNonFiniteLoss
from gan_helpers.players import belongs

import keras
import numpy as np
import tensorflow as tf


class Trainer(keras.Model):
    """What `GAN` has from Keras, for two networks with an optimizer each."""

    def fit(
        self,
        x: np.ndarray | tf.Tensor | tf.data.Dataset | None = None,
        y: np.ndarray | None = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: str | int = "auto",
        callbacks: Sequence[keras.callbacks.Callback] | keras.callbacks.Callback | None = None,
        validation_split: float = 0.0,
        validation_data=None,
        shuffle: bool = True,
        class_weight=None,
        sample_weight=None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: int = 1,
        *,
        save_dir: str | os.PathLike | None = None,
        save_every: int = 1,
    ) -> keras.callbacks.History:
        """Train, as `keras.Model.fit` does, from an array, or from a dataset of batches.

        An array is dealt out in an order that depends on `seed` and on the number of steps
        taken so far, so that a training that goes on later deals as it would have done.

        Args:
            x: real samples, float (n, ...), in the range of G. In a dataset: batches (n, ...),
                or what `batches.several` makes of them, for several steps in one call.
            y: labels, integers (n,), for a `ConditionalGAN` given an array; else None. A
                dataset for a `ConditionalGAN` holds pairs (samples, labels).
            batch_size: real samples in a step, for an array, 32 if None; the last batch may be
                smaller. If it would be a single sample and G has batch normalisation, that
                sample is put to the batch before it.
            epochs: how often to go through x. With `save_dir`, in all: a training that
                stopped after 10 of 30 epochs does the other 20.
            verbose, initial_epoch, validation_steps, validation_freq: as in Keras.
            callbacks: of Keras, or of `callbacks` and `live`.
            validation_split, validation_data, validation_batch_size: as in Keras, for the
                losses and D's answers on real samples that it is not trained on: `evaluate`.
            shuffle: deal an array out in a new order each epoch.
            class_weight, sample_weight: only None.
            steps_per_epoch: as in Keras, for a dataset.
            save_dir: folder to save the whole training in. If it holds a save of this
                training, `fit` goes on from there, bit for bit as if it had never stopped.
                Needs arrays, whose order it knows, and losses that it can tell from others.
                Callbacks begin anew, but for `Snapshots`.
            save_every: epochs between two saves; the last whole epoch is always saved.

        Returns:
            Keras's History, with the epochs before a stop as well.

        Raises:
            NonFiniteLossError: a loss is NaN or infinite; names the loss, and the step
                counted from the first `fit`. Or weights are, from a training that failed.
            SaveError: a save could not be written; the one before it is kept. Or another
                process uses `save_dir`.
            TypeError, ValueError: an argument that cannot be served, or data that the networks
                cannot take, or that several replicas cannot share; `save_dir` holds a training
                with other settings.
        """
        self._check_ready()
        inputs.refuse_weights(sample_weight, class_weight)
        callbacks, wanted = inputs.listed(callbacks), self._wanted()
        data = inputs.for_training(x, y, batch_size, steps_per_epoch, wanted)
        data, validation = inputs.for_validation(data, validation_split, validation_data, wanted)
        order_seed = self.order_seed if shuffle else None
        same = data.batch_size, epochs, order_seed, int(self.steps.numpy())
        replicas.check_data(self.strategy, data, wanted.single, same)
        how = {
            "epochs": epochs,
            "verbose": verbose,
            "validation_data": validation,
            "validation_steps": validation_steps,
            "validation_batch_size": validation_batch_size or data.batch_size,
            "validation_freq": validation_freq,
        }
        if save_dir is None:
            return self._train(data, order_seed, callbacks, initial_epoch=initial_epoch, **how)
        if initial_epoch:
            raise ValueError(
                f"initial_epoch must be 0 with save_dir, which knows the epoch, got {initial_epoch}"
            )
        settings = resume.settings_of(self, data, order_seed)
        settings |= replicas.settings(self.strategy)
        saves = replicas.saves(self.strategy, save_dir)
        with resume.Keeper(saves, settings, self._state(), callbacks, save_every) as keeper:
            keeper.restore()
            done = int(self.epochs.numpy())
            replicas.check_same(self.strategy, "what is saved in save_dir", str(done).encode())
            if done < epochs:
                callbacks.append(keeper)
                history = self._train(data, order_seed, callbacks, initial_epoch=done, **how)
            else:
                history = keras.callbacks.History()
                history.epoch = []
        return keeper.with_past(history)

    def _train(self, data: inputs.Data, order_seed: int | None, callbacks: list, **how):
        """Keras's `fit`, on what was checked."""
        dataset, steps_per_epoch = data.dataset, data.steps_per_epoch
        if data.batch_size:  # arrays
            dataset, steps_per_epoch, orders = batches.deal(
                data.arrays, data.batch_size, self.steps_per_call, order_seed, self._wanted().single
            )
            callbacks = [*callbacks, orders]
        try:
            return super().fit(
                dataset,
                steps_per_epoch=steps_per_epoch,
                shuffle=False,
                callbacks=[CountEpochs(), *callbacks, StopAtNonFiniteLoss()],
                **how,
            )
        except tf.errors.InvalidArgumentError as error:
            raise inputs.one_line(error) or error from error

    def _check_ready(self) -> None:
        if not self.compiled:
            raise ValueError("call `compile()` before `fit()`: it says how to train")
        replicas.check_outside()
        for name in ("discriminator", "generator"):
            optimizer = getattr(self, f"{name[0]}_optimizer")
            if not belongs(optimizer, getattr(self, name)):
                raise ValueError(
                    f"the trainable variables of the {name} are not those that it was compiled "
                    "with; set `trainable` before, or call `compile()` again with new optimizers"
                )

    def evaluate(
        self, x=None, y=None, batch_size=None, verbose="auto", sample_weight=None, **kwargs
    ):
        """Losses and D's mean answers on real samples, without training; as in Keras.

        Args:
            x, y, batch_size: as in `fit`.
            verbose, kwargs: as in `keras.Model.evaluate`.
            sample_weight: only None.

        Raises:
            TypeError, ValueError: as in `fit`.
        """
        replicas.check_outside()
        inputs.refuse_weights(sample_weight, None)
        if not kwargs.get("_use_cached_eval_dataset"):  # else `fit` has checked them
            data = inputs.for_training(x, y, batch_size, None, self._wanted())
            x, y = data.dataset, None
            if data.arrays:
                (x, *labels), batch_size = data.arrays, data.batch_size
                y = labels[0] if labels else None
        return super().evaluate(x, y, batch_size, verbose, **kwargs)

    def train_on_batch(self, x, y=None, sample_weight=None, class_weight=None, **kwargs):
        """One step on one batch, as in Keras; without weights for the samples."""
        self._check_ready()
        inputs.refuse_weights(sample_weight, class_weight)
        return super().train_on_batch(*inputs.checked_arrays(x, y, self._wanted()), **kwargs)

    def test_on_batch(self, x, y=None, sample_weight=None, **kwargs):
        """What `evaluate` says of one batch."""
        replicas.check_outside()
        inputs.refuse_weights(sample_weight, None)
        return super().test_on_batch(*inputs.checked_arrays(x, y, self._wanted()), **kwargs)

    def _wanted(self) -> inputs.Wanted:
        layers = self.generator._flatten_layers()
        normalised = any(isinstance(layer, keras.layers.BatchNormalization) for layer in layers)
        low_to_high = inputs.range_of(self.generator)
        return inputs.Wanted(self.sample_shape, self.labels, low_to_high, single=not normalised)

    def _state(self) -> list[tf.Variable]:
        """All that the next step depends on: weights, moments, counters and random states."""
        optimizers = self.d_optimizer.variables + self.g_optimizer.variables
        return [variable.value for variable in [*self.variables, *optimizers]]

    def get_config(self) -> dict:
        """The networks and the seed, for `save`, `clone_model` and the like."""
        return {
            "generator": keras.saving.serialize_keras_object(self.generator),
            "discriminator": keras.saving.serialize_keras_object(self.discriminator),
            "seed": self.order_seed,
            "name": self.name,
        }

    @classmethod
    def from_config(cls, config: dict, custom_objects=None):
        """A GAN with new weights."""
        with keras.saving.custom_object_scope(custom_objects or {}):
            return cls(**keras.saving.deserialize_keras_object(config))

    def get_compile_config(self) -> dict | None:
        """The arguments of `compile`, for `save`.

        Raises:
            ValueError: a loss, a penalty or an augmentation is a lambda, which no file can hold.
        """
        if not self.compiled:
            return None
        functions = settings.functions_of(self)
        for name, function in functions.items():
            if getattr(function, "__name__", "") == "<lambda>":
                raise ValueError(f"{name} is a lambda, which cannot be saved; define it by `def`")
        named = {"d_loss": self.d_loss_fn, "g_loss": self.g_loss_fn}
        named |= {"d_optimizer": self.d_optimizer, "g_optimizer": self.g_optimizer}
        named |= {"d_penalty": list(self.d_penalties), "augment": functions.get("augment")}
        return self._how | {
            "smooth": float(self.smooth),
            "penalty_every": self.penalty_every,
            "g_ema": self.g_ema,
            "simultaneous": self.simultaneous,
            **{name: keras.saving.serialize_keras_object(one) for name, one in named.items()},
        }

    def compile_from_config(self, config: dict) -> None:
        """Compile as `get_compile_config` has written down."""
        self.compile(**keras.saving.deserialize_keras_object(config))

    def __reduce__(self):
        restore, arguments = super().__reduce__()
        if not self.compiled:
            return restore, arguments
        # Functions of the reader's own notebook or module, which Keras would not find again.
        own = {}
        for function in settings.functions_of(self).values():
            plain = function if hasattr(function, "__name__") else type(function)
            own[plain.__name__] = plain
        return _with_functions, (restore, own, *arguments)


def _with_functions(restore: Callable, functions: dict[str, Callable], *arguments):
    with keras.saving.custom_object_scope(functions):
        return restore(*arguments)
