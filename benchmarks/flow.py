"""A small flow-matching model of digits: the peer beside which notebook 08 puts a GAN."""

SAMPLING = (1, 4, 20)  # steps from noise to a digit
BATCH = 32
RATE = 0.002  # of Adam


def network():
    """A small U-Net: a point between noise and image, (n, 28, 28, 1), and its time in [0, 1],
    (n, 1), to a velocity (n, 28, 28, 1).

    Source: the U-Net of Ho et al. 2020, with one block where theirs has several.
    """
    import keras
    from keras import layers, ops

    x, t = keras.Input((28, 28, 1)), keras.Input((1,))
    angles = 3.14159 * ops.reshape(2.0 ** ops.arange(0, 6, dtype="float32"), (1, 6))
    time = layers.Lambda(lambda t: ops.concatenate([ops.sin(angles * t), ops.cos(angles * t)], 1))
    when = layers.Dense(64, "swish")(time(t))

    def block(seen, channels):
        seen = layers.Conv2D(channels, 3, padding="same")(seen)
        seen = layers.GroupNormalization(8)(seen)
        shift = layers.Reshape((1, 1, channels))(layers.Dense(channels)(when))
        return layers.Activation("swish")(layers.Add()([seen, shift]))

    fine = block(layers.Conv2D(32, 4, strides=2, padding="same")(x), 32)
    coarse = block(layers.Conv2D(64, 4, strides=2, padding="same")(fine), 64)
    coarse = block(coarse, 64)
    up = layers.Conv2DTranspose(32, 4, strides=2, padding="same")(coarse)
    up = block(layers.Concatenate()([up, fine]), 32)
    up = layers.Conv2DTranspose(16, 4, strides=2, padding="same")(up)
    up = layers.Activation("swish")(up)
    out = layers.Conv2D(1, 3, padding="same")(layers.Concatenate()([up, x]))
    return keras.Model([x, t], out)


def pairs(images, seed: int):
    """Endless batches ((point, time), velocity) on straight lines from noise to images.

    Source: Lipman et al. 2023, sec. 4.1; Liu, Gong and Liu 2023, eq. 1.
    """
    import tensorflow as tf

    def on_a_line(image):
        noise = tf.random.normal(tf.shape(image))
        t = tf.random.uniform((tf.shape(image)[0], 1, 1, 1))
        return ((1 - t) * noise + t * image, t[:, 0, 0]), image - noise

    tf.random.set_seed(seed)
    digits = tf.data.Dataset.from_tensor_slices(images).shuffle(len(images), seed=seed).repeat()
    return digits.batch(BATCH).map(on_a_line)


def built(rates, seed: int):
    """The network, compiled with a rate or a schedule of it, and with an average of its weights."""
    import keras

    keras.utils.set_random_seed(seed)
    model = network()
    adam = keras.optimizers.Adam(rates, use_ema=True, ema_momentum=0.998)
    model.compile(adam, loss="mse", steps_per_execution=20, jit_compile=False)
    return model


def train(model, images, steps: int, seed: int) -> None:
    """So many steps, after which the average takes the weights' place."""
    model.fit(pairs(images, seed), steps_per_epoch=steps, epochs=1, shuffle=False, verbose=0)
    model.optimizer.finalize_variable_values(model.trainable_variables)


def draw(model, n: int, steps: int, seed: int):
    """Follow the velocity from noise in so many Euler steps; float32 (n, 28, 28, 1) in [-1, 1]."""
    import numpy as np

    x = np.random.default_rng(seed).standard_normal((n, 28, 28, 1)).astype("float32")
    for step in range(steps):
        t = np.full((n, 1), step / steps, "float32")
        x = x + model.predict([x, t], batch_size=500, verbose=0) / steps
    return np.clip(x, -1, 1)
