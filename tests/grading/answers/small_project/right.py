"""Right answers to assignment 6."""

from tests.grading.answers import Right

RIGHT = [
    Right(
        "a functional network, a name on the leaderboard, labels drawn at random",
        {
            "training": """
def build_generator():
    L = keras.layers
    z = keras.Input((42,))
    x = L.Reshape((7, 7, 24))(L.ReLU()(L.BatchNormalization()(L.Dense(1176, use_bias=False)(z))))
    x = L.Conv2DTranspose(12, 4, strides=2, padding="same", use_bias=False)(x)
    x = L.ReLU()(L.BatchNormalization()(x))
    x = L.Conv2DTranspose(1, 4, strides=2, padding="same")(x)
    return keras.Model(z, L.Activation("tanh")(x))
""",
            "draw": """
import tensorflow as tf

nickname = "Seven <of> nine"

def draw(generator, n):
    labels = tf.one_hot(np.random.randint(0, 10, n), 10)
    z = tf.concat([tf.random.normal([n, 32]), labels], axis=1)
    return tf.cast(generator(z, training=False), tf.float64)
""",
        },
    ),
    Right(
        "another network and other weights: without batch normalisation, and without labels",
        {
            "training": """
def layers():
    L = keras.layers
    return [
        L.Dense(1176, activation="relu"), L.Reshape((7, 7, 24)),
        L.Conv2DTranspose(12, 4, strides=2, padding="same", activation="relu"),
        L.Conv2DTranspose(1, 4, strides=2, padding="same", activation="tanh"),
    ]

def build_generator():
    # The last number of z, even from 0 to 1, is made the label.
    z = keras.Input((33,))
    steps = keras.layers.Rescaling(10.0)(z[:, 32:])
    label = keras.ops.one_hot(keras.ops.cast(keras.ops.floor(steps[:, 0]), "int32"), 10)
    x = keras.ops.concatenate([z[:, :32], label], axis=1)
    for layer in layers():
        x = layer(x)
    return keras.Model(z, x)
""",
            # The reference's weights with the normalisation multiplied in: what they draw is known.
            "weights": """
REFERENCE
old = networks.build_conv_generator(42, width=12)
hand_in.load(old, hand_in.numbers(weights))
w = old.get_weights()
by = [w[1] / np.sqrt(w[4] + 1e-3), w[6] / np.sqrt(w[9] + 1e-3)]
folded = [
    w[0] * by[0], w[2] - w[3] * by[0],
    w[5] * by[1][:, None], w[7] - w[8] * by[1], w[10], w[11],
]
new = build_generator()
new.set_weights(folded)
weights = hand_in.text(new)
""",
            "draw": """
def draw(G, count):
    rng = np.random.default_rng()
    z = np.concatenate([rng.standard_normal((count, 32)), rng.random((count, 1))], axis=1)
    return [image for image in G.predict(z.astype("float32"), batch_size=200, verbose=0)]
""",
        },
    ),
    Right(
        "z a little cut off, in float16, in an order of its own",
        {
            "draw": """
def draw(generator, n):
    z = 0.9 * keras.random.normal((n, 32))
    labels = keras.ops.one_hot(np.sort(np.arange(n) % 10), 10)
    return np.float16(generator(keras.ops.concatenate([z, labels], axis=1)))[::-1]
""",
        },
    ),
]
