"""Losses that came after 2014: Wasserstein's, the hinge, and relativistic pairing.

They take logits and know no label smoothing. What each asks of D beside it, a slope that is
bounded or punished, stands in `lipschitz` and `penalties`; chapter 07 shows why.
"""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="gan_helpers")
def d_loss_wasserstein(d_logits_real: tf.Tensor, d_logits_fake: tf.Tensor) -> tf.Tensor:
    """D's loss in a Wasserstein GAN: mean logit on fakes minus mean logit on real samples.

    With the best D of slope at most 1 it is minus the Wasserstein distance. With no bound on
    D's slope it has no lower bound either.

    Args:
        d_logits_real, d_logits_fake: D's logits, float, any shape but empty.

    Returns:
        Scalar tensor of the logits' dtype.

    Source: Arjovsky, Chintala and Bottou 2017, eq. 2 and algorithm 1.

    >>> float(d_loss_wasserstein([3.0, 1.0], [0.5]))
    -1.5
    """
    return tf.reduce_mean(d_logits_fake) - tf.reduce_mean(d_logits_real)


@keras.saving.register_keras_serializable(package="gan_helpers")
def g_loss_wasserstein(d_logits_fake: tf.Tensor) -> tf.Tensor:
    """G's loss in a Wasserstein GAN, and with the hinge: minus the mean logit on fakes.

    Args:
        d_logits_fake: D's logits on generated samples, float, any shape but empty.

    Returns:
        Scalar tensor of the logits' dtype.

    Source: Arjovsky, Chintala and Bottou 2017, algorithm 1.

    >>> float(g_loss_wasserstein([3.0, 1.0]))
    -2.0
    """
    return -tf.reduce_mean(d_logits_fake)


@keras.saving.register_keras_serializable(package="gan_helpers")
def d_loss_hinge(d_logits_real: tf.Tensor, d_logits_fake: tf.Tensor) -> tf.Tensor:
    """D's hinge loss: what real logits fall short of 1, and fake ones exceed -1, in the mean.

    G's loss beside it is `g_loss_wasserstein`.

    Args:
        d_logits_real, d_logits_fake: D's logits, float, any shape but empty.

    Returns:
        Scalar tensor of the logits' dtype, >= 0.

    Source: Lim and Ye 2017; Miyato et al. 2018, eq. 16.

    >>> float(d_loss_hinge([2.0, 0.0], [-3.0, -0.5]))
    0.75
    """
    real, fake = tf.convert_to_tensor(d_logits_real), tf.convert_to_tensor(d_logits_fake)
    return tf.reduce_mean(tf.nn.relu(1 - real)) + tf.reduce_mean(tf.nn.relu(1 + fake))


@keras.saving.register_keras_serializable(package="gan_helpers")
def d_loss_pairing(d_logits_real: tf.Tensor, d_logits_fake: tf.Tensor) -> tf.Tensor:
    """D's relativistic loss: each real sample should have a higher logit than its fake.

    The i-th real sample is paired with the i-th fake: the mean of log(1 + exp(fake - real)).

    Args:
        d_logits_real, d_logits_fake: D's logits, float, of the same shape.

    Returns:
        Scalar tensor of the logits' dtype, in nats, >= 0.

    Raises:
        ValueError: the shapes are known and differ.

    Source: Jolicoeur-Martineau 2019, eq. 9, with f = softplus; Huang et al. 2024, eq. 2.

    >>> f"{d_loss_pairing([5.0], [5.0]):.4f}"  # log 2: neither is higher
    '0.6931'
    """
    return tf.reduce_mean(tf.nn.softplus(-_lead(d_logits_real, d_logits_fake)))


@keras.saving.register_keras_serializable(package="gan_helpers")
def g_loss_pairing(d_logits_real: tf.Tensor, d_logits_fake: tf.Tensor) -> tf.Tensor:
    """G's relativistic loss: each fake should have a higher logit than its real sample.

    Args:
        d_logits_real, d_logits_fake: as in `d_loss_pairing`.

    Returns:
        Scalar tensor of the logits' dtype, in nats, >= 0.

    Raises:
        ValueError: as in `d_loss_pairing`.

    Source: as `d_loss_pairing`, the non-saturating form.

    >>> f"{g_loss_pairing([5.0], [15.0]):.6f}"
    '0.000045'
    """
    return tf.reduce_mean(tf.nn.softplus(_lead(d_logits_real, d_logits_fake)))


def _lead(d_logits_real, d_logits_fake) -> tf.Tensor:
    real, fake = tf.convert_to_tensor(d_logits_real), tf.convert_to_tensor(d_logits_fake)
    if not real.shape.is_compatible_with(fake.shape):  # broadcast, each would meet all others
        raise ValueError(
            "d_logits_real and d_logits_fake must have one shape to be paired, "
            f"got {tuple(real.shape)} and {tuple(fake.shape)}"
        )
    return real - fake
