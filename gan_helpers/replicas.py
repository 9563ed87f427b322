"""One training on several devices or machines: a `GAN` built in the scope of a strategy.

Each replica takes the turn that `gan` takes without one, on its part of each batch. What makes
all of them together the same as one replica with the whole batch:

- The latent vectors are drawn once for the whole batch, and cut as the samples are.
- Keras's optimizers sum the gradients of the replicas, so each is divided by their number before:
  then the sum of the means over the parts is the mean over the batch.
- Batch normalisation must be synchronised: its sums run over the whole batch.
- Losses and logits are put together before the bookkeeping, so that each replica notes the same.

Every replica has a copy of each variable, be it a weight, an average, a counter or a random state,
and changes it as the others do. Sent are gradients, the sums of batch normalisation, two losses
and the logits. XLA is off: on CPUs it compiles no step that waits for other replicas.

Source: synchronous steps on parts of a batch: Goyal et al. 2017, sec. 2.3 and 3; that Keras sums
the gradients: keras-team/keras pull request 19969.
"""

import hashlib
import os
from collections.abc import Callable

from gan_helpers import batches
from gan_helpers.inputs import Data
from gan_helpers.players import random_states
from gan_helpers.saves import Saves

import keras
import tensorflow as tf

_SERVED = (tf.distribute.MirroredStrategy, tf.distribute.MultiWorkerMirroredStrategy)
_CLIPPING = ("clipnorm", "global_clipnorm", "clipvalue")


class Mean(keras.metrics.Mean):
    """A mean that is the same in each replica, so that reading it asks no other one."""

    def add_variable(self, shape, initializer, dtype=None, aggregation="sum", name=None):
        return super().add_variable(shape, initializer, dtype, "only_first_replica", name)


def current() -> tf.distribute.Strategy | None:
    """The strategy in whose scope this is called, or None.

    Raises:
        ValueError: it is one that a GAN does not train with.
    """
    if not tf.distribute.has_strategy():
        return None
    strategy = tf.distribute.get_strategy()
    if not isinstance(strategy, _SERVED):
        raise ValueError(
            "GAN trains with MirroredStrategy or MultiWorkerMirroredStrategy, "
            f"got {type(strategy).__name__}: leave the scope of the strategy"
        )
    return strategy


def synchronised(network: keras.Model) -> keras.Model:
    """A copy of a network, in this scope, whose batch normalisation looks at all replicas.

    Args:
        network: Sequential or functional, built.

    Returns:
        A new model with the same weights; the network itself stays as it is.
    """

    def clone(layer):
        config = layer.get_config()
        if isinstance(layer, keras.layers.BatchNormalization):
            config["synchronized"] = True
        return type(layer).from_config(config)

    copy = keras.models.clone_model(network, clone_function=clone, recursive=True)
    copy.set_weights(network.get_weights())
    return copy


# A step


def spread(gan) -> Callable:
    """`gan.turns` for all replicas of its strategy: each takes its part of each batch.

    The loop runs here, outside of the replicas: within one of them, TensorFlow lets no loop wait
    for the others.
    """
    strategy = gan.strategy
    n = strategy.num_replicas_in_sync
    message = f"samples in x must come in batches that {n} replicas can share, so many each; "
    message += "drop_remainder=True leaves out a smaller last batch"

    def turn(latents: tf.Tensor, arrays: tuple) -> None:
        gan.turn(_part(latents, axis=1), *(_part(array) for array in arrays))

    def turns(latents: tf.Tensor, *arrays: tf.Tensor) -> None:
        tf.debugging.assert_equal(tf.shape(arrays[0])[1] % n, 0, message)
        for number in tf.range(tf.shape(arrays[0])[0]):
            strategy.run(turn, (latents[number], tuple(array[number] for array in arrays)))

    return turns


def together(d_loss, g_loss, d_logits_real, d_logits_fake) -> tuple[tf.Tensor, ...]:
    """Both losses as means over the replicas, and the logits of all of them, (n, 1) each."""
    context = tf.distribute.get_replica_context()
    if context.num_replicas_in_sync > 1:
        mean = tf.distribute.ReduceOp.MEAN
        d_loss, g_loss = tf.unstack(context.all_reduce(mean, tf.stack([d_loss, g_loss])))
        logits = context.all_gather(tf.concat([d_logits_real, d_logits_fake], axis=1), axis=0)
        d_logits_real, d_logits_fake = tf.split(logits, 2, axis=1)
    return d_loss, g_loss, d_logits_real, d_logits_fake


def augmented(augment: Callable, x: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Samples as an augmentation changes them, each as it would be changed in the whole batch.

    The random numbers are those of the whole batch, of which this replica takes its rows.
    """
    n = tf.distribute.get_strategy().num_replicas_in_sync
    return augment(x, seed) if n == 1 else _part(augment(tf.concat([x] * n, axis=0), seed))


def own_seed(seed: tf.Tensor) -> tf.Tensor:
    """A seed, integers (2,), that is another one in each replica."""
    context = tf.distribute.get_replica_context()
    if context.num_replicas_in_sync == 1:
        return seed
    number = tf.cast(context.replica_id_in_sync_group, seed.dtype)
    return seed + tf.stack([0 * number, 1_000_003 * number])


def _part(whole: tf.Tensor, axis: int = 0) -> tf.Tensor:
    """The part of a batch that belongs to this replica: as many rows for each, in their order."""
    context = tf.distribute.get_replica_context()
    size = tf.shape(whole)[axis] // context.num_replicas_in_sync
    first = context.replica_id_in_sync_group * size
    return whole[(slice(None),) * axis + (slice(first, first + size),)]


# What is refused


def check_outside() -> None:
    """Check that no scope is entered where a GAN trains, which enters that of its own strategy.

    Raises:
        ValueError: one is, in which Keras would cut the batches by itself.
    """
    if tf.distribute.has_strategy():
        name = type(tf.distribute.get_strategy()).__name__
        raise ValueError(
            f"leave the scope of {name} before you call `fit` or `evaluate`: the GAN knows the "
            "strategy in whose scope it was built"
        )


def check_compiled(gan, d_optimizer, g_optimizer, jit_compile: bool | None, lazy: bool) -> None:
    """Check that networks and optimizers are of a GAN's strategy, and can be served.

    Args:
        gan: a `GAN`.
        d_optimizer, g_optimizer, jit_compile: of `GAN.compile`.
        lazy: whether there are penalties that are not taken at every step.

    Raises:
        ValueError: the scope is another one; a network or an optimizer was made in another one,
            or computes something that would not be the same on parts of a batch.
    """
    strategy, now = gan.strategy, current()
    if now is not strategy:
        built, here = (f"in the scope of {type(one).__name__}" if one else "in no scope"
                       for one in (strategy, now))  # fmt: skip
        raise ValueError(f"GAN was built {built}: call `compile` there, not {here}")
    if strategy is None:
        return
    if jit_compile:
        raise ValueError(
            f"jit_compile must be None or False with {type(strategy).__name__}, got True: on CPUs "
            "TensorFlow compiles no step that waits for other replicas, and elsewhere it has not "
            "been tried"
        )
    for name in ("generator", "discriminator"):
        _check_network(name, getattr(gan, name), strategy)
    for name, optimizer in (("d_optimizer", d_optimizer), ("g_optimizer", g_optimizer)):
        _check_optimizer(name, optimizer, strategy)
    if lazy and strategy.num_replicas_in_sync > 1 and _normalised(gan.discriminator):
        raise ValueError(
            "penalty_every must be 1 with several replicas and a discriminator with batch "
            "normalisation, whose sums cannot be awaited within a condition"
        )


def _check_network(name: str, network: keras.Model, strategy) -> None:
    for variable in network.variables:
        if getattr(variable.value, "distribute_strategy", None) is not strategy:
            raise ValueError(
                f"{name} must be built in the scope of the {type(strategy).__name__}, "
                f"but its variable {variable.path} was made outside"
            )
    if strategy.num_replicas_in_sync == 1:
        return
    if any(not layer.synchronized for layer in _normalised(network)):
        raise ValueError(
            f"{name} must have BatchNormalization(synchronized=True) with several replicas, "
            "else each would normalise with its own samples; "
            f"replicas.synchronised({name}) gives you a copy that has it"
        )
    if random_states(network):
        raise ValueError(
            f"{name} must have no layers that draw random numbers, such as dropout, with several "
            "replicas, each of which would draw the same ones; `augment` works"
        )


def _normalised(network: keras.Model) -> list[keras.layers.Layer]:
    """The layers of batch normalisation that learn."""
    layers = network._flatten_layers()
    found = (one for one in layers if isinstance(one, keras.layers.BatchNormalization))
    return [one for one in found if one.trainable]


def _check_optimizer(name: str, optimizer, strategy) -> None:
    if optimizer._distribution_strategy is not strategy:
        raise ValueError(
            f"{name} must be made in the scope of the {type(strategy).__name__}, not outside"
        )
    if strategy.num_replicas_in_sync == 1:
        return
    if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        raise ValueError(
            f"{name} must not scale losses, as mixed_float16 needs, with several replicas: it "
            "looks for overflow in one of them alone; mixed_bfloat16 works"
        )
    for setting in (*_CLIPPING, "gradient_accumulation_steps"):
        if getattr(optimizer, setting, None) is not None:
            raise ValueError(
                f"{name} must have no {setting} with several replicas: it would see the gradient "
                "of each replica by itself"
            )


def check_data(strategy, data: Data, single: bool, same: tuple) -> None:
    """Check that the replicas can share each batch, and that all workers have the same.

    Args:
        strategy: of a `GAN`, or None.
        data: what it is trained on.
        single: of `batches.sizes`.
        same: what else must be the same for each worker.

    Raises:
        ValueError: they cannot, or have not.
    """
    if strategy is None:
        return
    n = strategy.num_replicas_in_sync
    if data.batch_size:  # arrays
        samples = len(data.arrays[0])
        full, rest = batches.sizes(samples, data.batch_size, single)
        if rest % n or (full and data.batch_size % n):
            raise ValueError(
                f"batch_size must make batches that {n} replicas can share, so many each, got "
                f"{data.batch_size} for {samples} samples"
                f"{f', which leaves a batch of {rest}' if rest % n else ''}"
            )
    if workers(strategy) > 1:
        if not data.arrays:
            raise ValueError(
                "x must be an array with several workers: each takes its part of every batch, and "
                "nothing tells whether a dataset holds the same batches for all"
            )
        parts = [array.numpy().tobytes() for array in data.arrays] + [repr(same).encode()]
        check_same(strategy, "x, y, batch_size, epochs, shuffle, seed and steps so far", *parts)


# Several processes


def workers(strategy: tf.distribute.Strategy | None) -> int:
    """How many processes train together."""
    resolver = strategy.cluster_resolver if strategy else None
    tasks = resolver.cluster_spec().as_dict() if resolver else {}
    return max(1, len(tasks.get("chief", [])) + len(tasks.get("worker", [])))


def is_chief(strategy: tf.distribute.Strategy | None) -> bool:
    """Whether this process is the one that writes: the chief, or worker 0 if there is none."""
    if strategy is None or workers(strategy) == 1:
        return True
    resolver = strategy.cluster_resolver
    first = "chief" if "chief" in resolver.cluster_spec().jobs else "worker"
    return (resolver.task_type, resolver.task_id) == (first, 0)


def check_same(strategy: tf.distribute.Strategy | None, what: str, *values: bytes) -> None:
    """Check that something is the same for each worker.

    Raises:
        ValueError: it is not; raised by every worker.
    """
    if strategy is None or workers(strategy) == 1:
        return
    digest = hashlib.sha256()
    for value in values:
        digest.update(value)
    mine = tf.constant([int.from_bytes(digest.digest()[:7], "big")], tf.int64)

    @tf.function
    def of_all() -> tf.Tensor:
        return strategy.gather(strategy.run(tf.identity, (mine,)), axis=0)

    if len(set(of_all().numpy().tolist())) > 1:
        raise ValueError(f"{what} must be the same for each of the {workers(strategy)} workers")


class _Reader(Saves):
    """The saves that another worker writes, to be read."""

    def open(self) -> None:
        """Nothing is taken: the folder belongs to the chief."""

    def close(self) -> None:
        """Nothing was taken."""

    def write(self, epoch: int, fill: Callable) -> None:
        """The chief writes."""


def settings(strategy: tf.distribute.Strategy | None) -> dict[str, str]:
    """What must be the same, beside all else, for a training to go on bit for bit."""
    n = strategy.num_replicas_in_sync if strategy else 1
    return {"replicas": str(n)} if n > 1 else {}


def saves(strategy: tf.distribute.Strategy | None, folder: str | os.PathLike) -> Saves:
    """The saves in a folder, which the chief alone writes and every worker reads."""
    return Saves(folder) if is_chief(strategy) else _Reader(folder)
