"""One network's part in a turn: how it plays, how its opponent answers, how it takes its step."""

import keras
import tensorflow as tf

_HALF_TYPES = ("float16", "bfloat16")


def full(values: tf.Tensor) -> tf.Tensor:
    """The values as float32 if they are of a half-precision type, for losses and samples."""
    return tf.cast(values, tf.float32) if values.dtype.name in _HALF_TYPES else values


def play(network: keras.Model, inputs) -> tuple[tf.Tensor, tf.Tensor]:
    """What a network answers in training mode, in its own turn.

    Returns:
        Its output, and the scalar that its regularizers and calls of `add_loss` add to its loss.
    """
    outputs = full(network(inputs, training=True))
    own = [tf.cast(loss, outputs.dtype) for loss in network.losses]
    _refuse_added(network, len(own))
    return outputs, tf.add_n(own) if own else tf.zeros((), outputs.dtype)


def _refuse_added(network: keras.Model, losses: int) -> None:
    """Check that several replicas bring no other losses of their own than regularizers of weights.

    Raises:
        ValueError: they do. Keras keeps such a loss in its layer, which all replicas share.
    """
    regularizers = sum(one.regularizer is not None for one in network.trainable_variables)
    if losses > regularizers and tf.distribute.get_strategy().num_replicas_in_sync > 1:
        raise ValueError(
            f"{network.name} must not call add_loss or have an activity regularizer with several "
            "replicas, whose losses Keras would mix up; regularizers of weights work"
        )


def opponent(network: keras.Model, inputs) -> tf.Tensor:
    """What a network answers in training mode, in the other network's turn.

    The opponent plays but does not learn: unlike `network(inputs, training=True)`, this leaves
    the moving statistics of its batch normalisation as they are, and its own losses uncounted.
    Only the states of random numbers move on, so that dropout has a new mask in each call.
    """
    variables = network.non_trainable_variables
    outputs, state = network.stateless_call(
        network.trainable_variables, variables, inputs, training=True
    )
    random = {id(variable) for variable in random_states(network)}
    for variable, value in zip(variables, state, strict=True):
        if id(variable) in random:
            variable.assign(value)
    return full(outputs)


def random_states(network: keras.Model) -> list[keras.Variable]:
    """The states of random numbers in a network, of layers such as dropout."""
    return [one for one in network.non_trainable_variables if one.name == "seed_generator_state"]


def gradients_of(tape: tf.GradientTape, loss: tf.Tensor, network: keras.Model, optimizer) -> list:
    """The gradients of a loss in a network's variables, for its optimizer to apply.

    With an optimizer that scales losses, for float16, they are scaled as it expects. With several
    replicas each gives its share, for Keras's optimizers to sum.
    """
    scale = optimizer.scale_loss(tf.ones_like(loss))
    replicas = tf.distribute.get_strategy().num_replicas_in_sync
    scale = scale / replicas if replicas > 1 else scale
    return tape.gradient(loss, network.trainable_variables, output_gradients=scale)


def optimizer_for(name: str, optimizer, network: keras.Model) -> keras.optimizers.Optimizer:
    """An optimizer built for a network; as in Keras, one that scales losses for float16.

    Raises:
        ValueError: the network has no trainable variables, or the optimizer belongs to others,
            or keeps an average of its own.
    """
    variables = network.trainable_variables
    if not variables:
        raise ValueError(
            f"{network.name} must have trainable variables to learn, got none; "
            f"is {network.name}.trainable False?"
        )
    optimizer = keras.optimizers.get(optimizer)
    if getattr(getattr(optimizer, "inner_optimizer", optimizer), "use_ema", False):
        raise ValueError(
            f"{name} must not have use_ema=True, whose average nothing would use; "
            "for an average of G, give compile a g_ema"
        )
    scaling = keras.optimizers.LossScaleOptimizer
    types = {layer.compute_dtype for layer in network._flatten_layers()}
    if "float16" in types and not isinstance(optimizer, scaling):
        optimizer = scaling(optimizer)
    if not optimizer.built:
        optimizer.build(variables)
    if not belongs(optimizer, network):
        raise ValueError(
            f"{name} was built for other variables than those of the {network.name}; "
            "give each network a new optimizer of its own"
        )
    return optimizer


def belongs(optimizer, network: keras.Model) -> bool:
    """Whether an optimizer was built for just the trainable variables of a network."""
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    known = [id(variable) for variable in inner._trainable_variables]
    return known == [id(variable) for variable in network.trainable_variables]
