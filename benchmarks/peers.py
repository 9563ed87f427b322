"""The contenders in TensorFlow: their networks and steps, from the published recipes.

Sources: TensorFlow's tutorial "Deep Convolutional Generative Adversarial Network" (networks,
batch of 256, Adam 1e-4, both gradients from one forward pass); the Keras example "DCGAN to
generate face images" (`train_step`: D on fakes and reals in one batch, then G on new latents).
"""

from collections.abc import Callable, Iterator
from itertools import islice

from benchmarks import contenders
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

    @tf.function
    def step(self, real):
        z = tf.random.normal((self.batch_size, LATENT_DIM))
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


def trainer(contender: str, pair: contenders.Pair, images: np.ndarray) -> Callable[[int], None]:
    """A function that trains for so many epochs, one call of `fit` where there is one."""

    def adam():
        return keras.optimizers.Adam(pair.learning_rate, beta_1=pair.beta_1)

    keras.utils.set_random_seed(1)
    generator, discriminator = build(pair.name)
    if contender in (contenders.TUTORIAL, contenders.TUTORIAL_ONEDNN):
        return TutorialLoop(generator, discriminator, adam(), adam(), images, pair.batch_size).train
    if contender in (contenders.SERIES, contenders.SIMULTANEOUS):
        model = GAN(generator, discriminator, seed=1)
        # What is recommended is the default.
        model.compile(adam(), adam(), simultaneous=contender == contenders.SIMULTANEOUS)
    else:
        model = TrainStepGAN(generator, discriminator)
        loss = keras.losses.BinaryCrossentropy(from_logits=True)
        if contender == contenders.KERAS:
            model.compile(adam(), adam(), loss)
        else:
            model.compile(adam(), adam(), loss, jit_compile=False)
    return lambda epochs: model.fit(images, batch_size=pair.batch_size, epochs=epochs, verbose=0)


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
