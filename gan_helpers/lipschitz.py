"""Networks whose slope is held down: spectral normalisation, and clipped weights."""

from collections.abc import Callable

import keras
import tensorflow as tf

_PLAIN = (keras.layers.Dense, keras.layers.Conv1D, keras.layers.Conv2D, keras.layers.Conv3D)
_TRANSPOSED = (
    keras.layers.Conv1DTranspose,
    keras.layers.Conv2DTranspose,
    keras.layers.Conv3DTranspose,
)


@keras.saving.register_keras_serializable(package="gan_helpers")
class SpectralNorm(keras.layers.Wrapper):
    """A dense layer or a convolution that computes with its kernel divided by its largest gain.

    The kernel is reshaped into a matrix with a row for each output channel; σ is the largest
    singular value of that matrix, and W/σ has norm 1. For a dense layer that is the greatest
    factor by which it can stretch. **For a convolution it is not**: neighbouring places share
    pixels, so the operator's norm may be larger than that of the matrix (or smaller).

    σ = uᵀWv, with u from the power iteration, v = Wᵀu / |Wᵀu|, both taken as constants: so the
    gradient of the loss goes through σ, as in the source. (Keras's SpectralNormalization
    overwrites the kernel and passes none.) u is state that is not trained. `iterate` takes one
    step of the power iteration; a `GAN` does that once before each training step. In another
    training, call it yourself.

    Args:
        layer: Dense, Conv1D to Conv3D, or one of their transposed kin.

    Raises:
        ValueError: another kind of layer.

    Source: Miyato et al. 2018, eq. 8 and algorithm 1; the gradient: their eq. 12.
    """

    def __init__(self, layer: keras.layers.Layer, **kwargs):
        if not isinstance(layer, _PLAIN + _TRANSPOSED):
            raise ValueError(
                "layer must be Dense, a convolution or a transposed one, whose kernel is one "
                f"matrix once reshaped, got {type(layer).__name__}"
            )
        # σ is computed in full precision; the layer itself need not be.
        super().__init__(layer, **{**kwargs, "dtype": layer.variable_dtype})
        self.autocast = False

    def build(self, input_shape=None):
        """Build the layer, and draw u."""
        super().build(input_shape)
        self.u = self.add_weight(
            name="u",
            shape=(self.matrix().shape[0],),
            initializer="random_normal",
            dtype=self.layer.kernel.dtype,
            trainable=False,
        )
        self.built = True

    @property
    def activation(self) -> Callable:
        """That of the layer."""
        return self.layer.activation

    def matrix(self) -> tf.Tensor:
        """The kernel as a matrix (output channels, everything else)."""
        kernel = tf.convert_to_tensor(self.layer.kernel)
        axis = -2 if isinstance(self.layer, _TRANSPOSED) else -1
        rows = tf.experimental.numpy.moveaxis(kernel, axis, 0)
        return tf.reshape(rows, [kernel.shape[axis], -1])

    def _v(self) -> tf.Tensor:
        return tf.math.l2_normalize(tf.linalg.matvec(self.matrix(), self.u, transpose_a=True))

    def iterate(self) -> None:
        """One step of the power iteration: u = Wv / |Wv|, with v = Wᵀu / |Wᵀu|."""
        self.u.assign(tf.math.l2_normalize(tf.linalg.matvec(self.matrix(), self._v())))

    def sigma(self) -> tf.Tensor:
        """The estimate of the largest singular value; its gradient in the kernel is u vᵀ."""
        u, v = tf.stop_gradient(tf.math.l2_normalize(self.u)), tf.stop_gradient(self._v())
        return tf.tensordot(u, tf.linalg.matvec(self.matrix(), v), 1)

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        """What the layer gives with the kernel W/σ."""
        kernel = self.layer.kernel
        values = [(one, tf.convert_to_tensor(one)) for one in self.layer.variables]
        now = {id(one): value for one, value in values}
        now[id(kernel)] = now[id(kernel)] / self.sigma()
        with keras.StatelessScope([(one, now[id(one)]) for one, _ in values]):
            return self.layer(inputs)

    def compute_output_shape(self, input_shape):
        """That of the layer."""
        return self.layer.compute_output_shape(input_shape)


@keras.saving.register_keras_serializable(package="gan_helpers")
class ClipWeights(keras.constraints.Constraint):
    """A constraint: after each step, every weight is cut off at -limit and limit.

    Args:
        limit: above 0.

    Raises:
        ValueError: limit is not above 0.

    Source: Arjovsky, Chintala and Bottou 2017, algorithm 1 (there c = 0.01).
    """

    def __init__(self, limit: float = 0.01):
        if not 0 < limit < float("inf"):
            raise ValueError(f"limit must be finite and above 0, got {limit!r}")
        self.limit = float(limit)

    def __call__(self, w):
        """The weights, cut off."""
        return keras.ops.clip(w, -self.limit, self.limit)

    def get_config(self) -> dict:
        """What Keras saves of it."""
        return {"limit": self.limit}


def spectrally_normalised(network: keras.Model) -> keras.Model:
    """A copy of a network in which every dense layer and convolution is a `SpectralNorm`.

    Args:
        network: Sequential or functional, built.

    Returns:
        A new model with the same weights and the same inputs; the network itself stays as it is.

    Raises:
        ValueError: it has no such layer.
    """
    return _copied(network, SpectralNorm, "normalise")


def clipped(network: keras.Model, limit: float = 0.01) -> keras.Model:
    """A copy of a network whose dense layers and convolutions have their weights clipped.

    They are clipped after each step of an optimizer, and once now.

    Args:
        network: Sequential or functional, built.
        limit: of `ClipWeights`.

    Returns:
        A new model; the network itself stays as it is.

    Raises:
        ValueError: limit is not above 0, or the network has no such layer.
    """
    clip = ClipWeights(limit)

    def constrained(layer):
        config = layer.get_config() | {"kernel_constraint": clip, "bias_constraint": clip}
        return type(layer).from_config(config)

    copy = _copied(network, constrained, "clip")
    for variable in copy.trainable_variables:
        if variable.constraint is clip:
            variable.assign(clip(variable))
    return copy


def iterate(*networks: keras.Model) -> None:
    """One step of the power iteration in each `SpectralNorm` of some networks."""
    for network in networks:
        for layer in network._flatten_layers():
            if isinstance(layer, SpectralNorm):
                layer.iterate()


def _copied(network: keras.Model, change: Callable, what: str) -> keras.Model:
    """A copy with the same weights, whose dense layers and convolutions are changed."""
    changed = []

    def clone(layer):
        copy = layer.__class__.from_config(layer.get_config())
        if not isinstance(layer, _PLAIN + _TRANSPOSED):
            return copy
        changed.append(layer)
        return change(copy)

    copy = keras.models.clone_model(network, clone_function=clone)
    if not changed:
        raise ValueError(f"network must have a dense layer or a convolution to {what}, got none")
    for old, new in zip(network.layers, copy.layers, strict=True):
        (new.layer if isinstance(new, SpectralNorm) else new).set_weights(old.get_weights())
    return copy
