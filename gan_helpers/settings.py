"""What a GAN is built from and compiled with, checked before anything is done."""

import inspect
from collections.abc import Callable

from gan_helpers import augment, batches, inputs, losses

import keras


def check_pair(generator: keras.Model, discriminator: keras.Model, sample_shape: tuple) -> None:
    """Check that two networks can play: one makes what the other takes, and gives a logit.

    Args:
        generator, discriminator: of a `GAN`.
        sample_shape: what the discriminator takes.

    Raises:
        ValueError: they cannot; the message names the network and what it must be.
    """
    made = generator.output_shape[1:]
    if made != sample_shape:
        raise ValueError(f"generator makes samples {made}, but discriminator takes {sample_shape}")
    if discriminator.output_shape[1:] != (1,):
        raise ValueError(
            "discriminator must give one logit a sample, shape (n, 1), "
            f"got {discriminator.output_shape}"
        )
    if (activation := inputs.last_activation(discriminator)) in ("sigmoid", "softmax"):
        raise ValueError(
            "discriminator must give logits, which the losses turn into probabilities, "
            f"got {activation} as its last activation; leave that out"
        )
    own = {id(variable) for variable in generator.trainable_variables}
    if any(id(variable) in own for variable in discriminator.trainable_variables):
        raise ValueError(
            "generator and discriminator must not share trainable variables: each loss "
            "moves its own network only"
        )


def check_compiled(
    d_loss, g_loss, augmentation, penalty_every, g_ema, simultaneous, steps_per_execution
) -> None:
    """Check arguments of `GAN.compile` one by one.

    Raises:
        TypeError, ValueError: as `GAN.compile` says.
    """
    for name, loss in (("d_loss", d_loss), ("g_loss", g_loss)):
        if not callable(loss):
            raise TypeError(f"{name} must be a function, got {loss!r}")
    if augmentation is not None and (
        not callable(augmentation) or isinstance(augmentation, type | keras.layers.Layer)
    ):
        raise TypeError(
            "augment must be a function (x, seed) -> samples like x, such as augment.Shift(1), "
            f"got {augmentation!r}"
        )
    if not isinstance(simultaneous, bool):
        raise TypeError(f"simultaneous must be True or False, got {simultaneous!r}")
    batches.positive("penalty_every", penalty_every)
    batches.positive("steps_per_execution", steps_per_execution)
    if g_ema is not None and (not isinstance(g_ema, float) or not 0 < g_ema < 1):
        raise ValueError(f"g_ema must be None or satisfy 0 < g_ema < 1, got {g_ema!r}")


def smoothing_for(d_loss: Callable, smooth) -> tuple:
    """What D's loss is given behind both logits: (smooth,), or () if it takes none.

    Args:
        d_loss: function (d_logits_real, d_logits_fake, smooth), or one without smooth.
        smooth: None for 0.1, or none where the loss takes none.

    Raises:
        TypeError: smooth is not a number.
        ValueError: it is outside [0, 1), or above 0 for a loss that takes none.
    """
    if _takes(d_loss) > 2:
        return (losses.check_smooth(0.1 if smooth is None else smooth),)
    if smooth is not None and float(losses.check_smooth(smooth)) > 0:
        raise ValueError(
            f"smooth must be 0 with this d_loss, which takes no smooth, got {float(smooth)!r}"
        )
    return ()


def seen_by_g(g_loss: Callable) -> slice:
    """Which of D's logits, (on real samples, on fakes), G's loss is given: the fakes', or both.

    Raises:
        ValueError: it takes neither (d_logits_fake) nor (d_logits_real, d_logits_fake).
    """
    taken = _takes(g_loss, only_required=True)
    if taken > 2:
        raise ValueError(
            "g_loss must take (d_logits_fake) or (d_logits_real, d_logits_fake), got "
            f"{inspect.signature(g_loss)}"
        )
    return slice(0, 2) if taken == 2 else slice(1, 2)


def _takes(function: Callable, only_required: bool = False) -> int:
    """How many arguments a function takes by place; without a signature, as few as need be."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return 1 if only_required else 3
    if not only_required and any(one.kind is one.VAR_POSITIONAL for one in parameters):
        return 3
    by_place = [
        one for one in parameters if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)
    ]
    return sum(one.default is one.empty or not only_required for one in by_place)


def functions_of(gan) -> dict[str, Callable]:
    """The functions that `compile` was given, by name, without those that it left out."""
    named = {"d_loss": gan.d_loss_fn, "g_loss": gan.g_loss_fn}
    named |= {f"d_penalty[{i}]": one for i, one in enumerate(gan.d_penalties)}
    return named if gan.augment is augment.nothing else named | {"augment": gan.augment}
