"""The contenders in TensorFlow: their networks and steps, from the published recipes.

Sources: TensorFlow's tutorial "Deep Convolutional Generative Adversarial Network" (networks,
batch of 256, Adam 1e-4, both gradients from one forward pass); the Keras example "DCGAN to
generate face images" (`train_step`: D on fakes and reals in one batch, then G on new latents).
Each also comes with the switches that the series uses.
"""

import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice

from benchmarks import contenders
from benchmarks.contenders import STEPS_A_CALL, Pair
from gan_helpers import networks
from gan_helpers.gan import GAN

import keras
import numpy as np
import tensorflow as tf

LATENT_DIM = 100


def tutorial_generator() -> keras.Model:
    """G of TensorFlow's tutorial: latent vector -> 7 x 7 x 256 -> 28 x 28 x 1."""
    layers = keras.layers

    def upsampling(filters, strides, **kwargs):
        return layers.Conv2DTranspose(
            filters, 5, strides=strides, padding="same", use_bias=False, **kwargs
        )

    return keras.Sequential(
        [
            keras.Input((LATENT_DIM,)),
            layers.Dense(7 * 7 * 256, use_bias=False),
            layers.BatchNormalization(),
            layers.LeakyReLU(0.3),
            layers.Reshape((7, 7, 256)),
            upsampling(128, strides=1),
            layers.BatchNormalization(),
            layers.LeakyReLU(0.3),
            upsampling(64, strides=2),
            layers.BatchNormalization(),
            layers.LeakyReLU(0.3),
            upsampling(1, strides=2, activation="tanh"),
        ]
    )


def tutorial_discriminator() -> keras.Model:
    """D of TensorFlow's tutorial: image -> 14 x 14 x 64 -> 7 x 7 x 128 -> one logit."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(64, 5, strides=2, padding="same"),
            layers.LeakyReLU(0.3),
            layers.Dropout(0.3),
            layers.Conv2D(128, 5, strides=2, padding="same"),
            layers.LeakyReLU(0.3),
            layers.Dropout(0.3),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )


def build(name: str) -> tuple[keras.Model, keras.Model]:
    """Generator and discriminator of a pair of `contenders.PAIRS`."""
    if name == "dense":
        return networks.build_generator(LATENT_DIM), networks.build_discriminator()
    return tutorial_generator(), tutorial_discriminator()


class TutorialLoop:
    """The loop of TensorFlow's tutorial: a compiled step, called from Python batch by batch.

    D and G learn at the same time, from the same forward pass, with a tape each.
    """

    def __init__(self, generator, discriminator, d_optimizer, g_optimizer, images, batch_size):
        self.generator, self.discriminator = generator, discriminator
        self.d_optimizer, self.g_optimizer = d_optimizer, g_optimizer
        self.cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
        self.batch_size = batch_size
        data = tf.data.Dataset.from_tensor_slices(images)
        self.batches = data.shuffle(len(images)).batch(batch_size)

    def update(self, real, z):
        with tf.GradientTape() as g_tape, tf.GradientTape() as d_tape:
            fake = self.generator(z, training=True)
            on_real = self.discriminator(real, training=True)
            on_fake = self.discriminator(fake, training=True)
            g_loss = self.cross_entropy(tf.ones_like(on_fake), on_fake)
            d_loss = self.cross_entropy(tf.ones_like(on_real), on_real)
            d_loss += self.cross_entropy(tf.zeros_like(on_fake), on_fake)
        for tape, loss, model, optimizer in (
            (g_tape, g_loss, self.generator, self.g_optimizer),
            (d_tape, d_loss, self.discriminator, self.d_optimizer),
        ):
            gradients = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))

    @tf.function
    def step(self, real):
        self.update(real, tf.random.normal((self.batch_size, LATENT_DIM)))

    def steps(self) -> Iterator[None]:
        """Train for as long as somebody asks for another step."""
        while True:
            for real in self.batches:
                self.step(real)
                yield

    def train(self, epochs: int) -> None:
        """Train for so many epochs."""
        for _ in islice(self.steps(), epochs * len(self.batches)):
            pass


class TutorialRows(TutorialLoop):
    """The same step, fed rows of one tensor instead of a `tf.data` pipeline, as PyTorch's is."""

    def __init__(self, *args):
        super().__init__(*args)
        self.images = tf.constant(args[4])

    def order(self) -> tf.Tensor:
        """The rows of each batch of an epoch, integers (batches, n), in a new order."""
        rows = tf.random.shuffle(tf.range(len(self.images)))
        return tf.reshape(rows, (-1, self.batch_size))

    def train(self, epochs: int) -> None:
        for _ in range(epochs):
            for rows in self.order():
                self.step(tf.gather(self.images, rows))


class TutorialCalls(TutorialRows):
    """The same, up to `STEPS_A_CALL` steps in one compiled call, with XLA or without.

    Rows are gathered and latent vectors drawn outside of what XLA compiles, as in the series.
    """

    def __init__(self, *args, jit_compile: bool):
        super().__init__(*args)
        self.d_optimizer.build(self.discriminator.trainable_variables)
        self.g_optimizer.build(self.generator.trainable_variables)
        self.updates = tf.function(self.several, jit_compile=jit_compile)

    def several(self, real, z):
        for number in tf.range(tf.shape(real)[0]):
            self.update(real[number], z[number])

    @tf.function
    def call(self, rows):
        z = tf.random.normal((*rows.shape, LATENT_DIM))
        self.updates(tf.gather(self.images, rows), z)

    def train(self, epochs: int) -> None:
        for _ in range(epochs):
            order = self.order()
            for first in range(0, len(order), STEPS_A_CALL):
                self.call(order[first : first + STEPS_A_CALL])


class TrainStepGAN(keras.Model):
    """The override of `train_step` in the Keras example, trained by Keras's own `fit`.

    As in the example, but without the noise on D's labels (a target above 1 is no
    probability) and with the networks called in training mode, which these need.
    """

    def __init__(self, generator, discriminator):
        super().__init__()
        self.generator, self.discriminator = generator, discriminator
        self.seeds = keras.random.SeedGenerator(0)
        self.d_mean, self.g_mean = keras.metrics.Mean("d_loss"), keras.metrics.Mean("g_loss")

    def compile(self, d_optimizer, g_optimizer, loss_fn, **kwargs):
        super().compile(**kwargs)
        self.d_optimizer, self.g_optimizer, self.loss_fn = d_optimizer, g_optimizer, loss_fn

    @property
    def metrics(self):
        return [self.d_mean, self.g_mean]

    def train_step(self, real):
        n = tf.shape(real)[0]
        z = keras.random.normal((n, LATENT_DIM), seed=self.seeds)
        combined = tf.concat([self.generator(z, training=True), real], axis=0)
        labels = tf.concat([tf.zeros((n, 1)), tf.ones((n, 1))], axis=0)
        with tf.GradientTape() as tape:
            d_loss = self.loss_fn(labels, self.discriminator(combined, training=True))
        weights = self.discriminator.trainable_weights
        self.d_optimizer.apply_gradients(zip(tape.gradient(d_loss, weights), weights, strict=True))

        z = keras.random.normal((n, LATENT_DIM), seed=self.seeds)
        with tf.GradientTape() as tape:
            logits = self.discriminator(self.generator(z, training=True), training=True)
            g_loss = self.loss_fn(tf.ones((n, 1)), logits)
        weights = self.generator.trainable_weights
        self.g_optimizer.apply_gradients(zip(tape.gradient(g_loss, weights), weights, strict=True))
        self.d_mean.update_state(d_loss)
        self.g_mean.update_state(g_loss)
        return {"d_loss": self.d_mean.result(), "g_loss": self.g_mean.result()}


# Trains for so many epochs, and tells when it was done if that was before it returns.
Train = Callable[[int], float | None]


def adam(pair: Pair) -> keras.optimizers.Optimizer:
    """A new optimizer for one of the networks."""
    return keras.optimizers.Adam(pair.learning_rate, beta_1=pair.beta_1)


def fitting(model: keras.Model, pair: Pair, images: np.ndarray) -> Train:
    """Train by `fit`, in one call of it, which is done with its last epoch.

    Keras's own `fit` returns once tf.data has stopped tuning its pipeline, which sleeps for twice
    as long each time: up to as long again as the training took.
    """
    ends: list[float] = []
    clock = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: ends.append(time.perf_counter())
    )
    how = {"batch_size": pair.batch_size, "verbose": 0, "callbacks": [clock]}

    def train(epochs: int) -> float:
        model.fit(images, epochs=epochs, **how)
        return ends[-1]

    return train


def series(pair: Pair, images: np.ndarray, simultaneous: bool) -> Train:
    """This series: what is recommended is the default."""
    model = GAN(*build(pair.name), seed=1)
    model.compile(adam(pair), adam(pair), simultaneous=simultaneous)
    return fitting(model, pair, images)


def tutorial(pair: Pair, images: np.ndarray, loop: type[TutorialLoop], **options) -> Train:
    """TensorFlow's tutorial, by one of the loops above."""
    both = build(pair.name)
    return loop(*both, adam(pair), adam(pair), images, pair.batch_size, **options).train


def keras_fit(pair: Pair, images: np.ndarray, **options) -> Train:
    """The Keras example, with options of `compile`."""
    model = TrainStepGAN(*build(pair.name))
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(adam(pair), adam(pair), loss, **options)
    return fitting(model, pair, images)


calls = partial(keras_fit, steps_per_execution=STEPS_A_CALL)
TRAINERS = {
    contenders.SERIES: partial(series, simultaneous=False),
    contenders.SIMULTANEOUS: partial(series, simultaneous=True),
    contenders.TUTORIAL: partial(tutorial, loop=TutorialLoop),
    contenders.TUTORIAL_ONEDNN: partial(tutorial, loop=TutorialLoop),
    contenders.TUTORIAL_ROWS: partial(tutorial, loop=TutorialRows),
    contenders.TUTORIAL_CALLS: partial(tutorial, loop=TutorialCalls, jit_compile=False),
    contenders.TUTORIAL_XLA: partial(tutorial, loop=TutorialCalls, jit_compile=True),
    contenders.KERAS: keras_fit,
    contenders.KERAS_PLAIN: partial(keras_fit, jit_compile=False),
    contenders.KERAS_CALLS: partial(calls, jit_compile=False),
    contenders.KERAS_XLA: partial(calls, jit_compile=True),
}


def trainer(contender: str, pair: Pair, images: np.ndarray) -> Train:
    """A function that trains for so many epochs, one call of `fit` where there is one."""
    keras.utils.set_random_seed(1)
    return TRAINERS[contender](pair, images)


def rate(contender: str) -> tuple[Callable[[int], None], int]:
    """A function that does one large operation so many times, and the operations of one."""
    if contender == contenders.MATMUL:
        n = 2048
        x = tf.random.normal((n, n))
        run, count = tf.function(lambda: tf.matmul(x, x)), 2 * n**3
    else:  # the shape of G's first transposed convolution in the tutorial, its largest layer
        x, kernel = tf.random.normal((256, 7, 7, 256)), tf.random.normal((5, 5, 256, 128))
        run = tf.function(lambda: tf.nn.conv2d(x, kernel, strides=1, padding="SAME"))
        count = 2 * 256 * 7 * 7 * 5 * 5 * 256 * 128

    def repeat(times: int) -> None:
        for _ in range(times):
            run()

    return repeat, count
