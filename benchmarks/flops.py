"""How many floating-point operations a step has to do, from the shapes of the layers.

A multiplication and an addition count as two operations. Only dense layers and convolutions
count: everything else is small beside them.

forward  dense layer            2 * inputs * outputs
         convolution            2 * output height * output width * kernel area * channels in * out
         transposed convolution 2 * input height * input width * kernel area * channels in * out
backward as much again for the gradient in the weights, and as much again for the gradient in
         the layer's inputs, which the first layer of a network often does not need.
"""

import math

import gan_helpers  # noqa: F401  first: it keeps TensorFlow's start-up log out

import keras


def forward(layer: keras.Layer) -> int:
    """Operations of a layer's forward pass, for one sample."""
    layers = keras.layers
    if isinstance(layer, layers.Dense | layers.Conv2D):
        # Each weight of the kernel is used once at each place of the output.
        places = math.prod(layer.output.shape[1:-1])
    elif isinstance(layer, layers.Conv2DTranspose):
        places = math.prod(layer.input.shape[1:-1])
    else:
        return 0
    return 2 * places * math.prod(layer.kernel.shape)


def network(model: keras.Model) -> tuple[int, int]:
    """Operations of a forward pass for one sample: of all layers, and of the first that counts."""
    counts = [count for count in map(forward, model.layers) if count]
    return sum(counts), counts[0]


def simultaneous_step(generator: keras.Model, discriminator: keras.Model) -> int:
    """Operations of a step for one real image, with both gradients from one forward pass.

    Forward: G + 2 * D. D's gradient: weights and inputs as in `step_in_turns`, 2 * (2 * D - D1).
    G's gradient: back through D to the fakes, D, and through G, 2 * G - G1.
    The sum is 7 * D - 2 * D1 + 3 * G - G1.
    """
    (g, g1), (d, d1) = network(generator), network(discriminator)
    return 7 * d - 2 * d1 + 3 * g - g1


def step_in_turns(generator: keras.Model, discriminator: keras.Model) -> int:
    """Operations of a step for one real image, with D's turn and then G's on new samples.

    G and D are the forward passes, G1 and D1 those of the first layers.
    D's turn: one sample drawn, G; a real and a fake one forward, in the weights' gradients, and
    in all inputs' gradients but the first layer's: 2 * (3 * D - D1).
    G's turn: forward, G + D; back through D to its input, D, and through G, 2 * G - G1.
    The sum is 8 * D - 2 * D1 + 4 * G - G1.
    """
    (g, g1), (d, d1) = network(generator), network(discriminator)
    return 8 * d - 2 * d1 + 4 * g - g1
