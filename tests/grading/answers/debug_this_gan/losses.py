"""Wrong answers to assignment 4, questions 2 to 5: logits and losses."""

from tests.grading.answers import Wrong

WRONG = [
    Wrong(
        "3 the sigmoid twice, which Keras undoes for the layer's own output",
        "mended_3",
        "the sigmoid is still applied twice",
        """
def mended_3():
    layer = keras.layers.Dense(1, activation="sigmoid")
    d = keras.Sequential([keras.Input((1,)), layer])
    return d, keras.losses.BinaryCrossentropy(from_logits=True)
""",
    ),
    Wrong(
        "2 unchanged: label_smoothing in both terms",
        "mended_2",
        "nothing has changed",
        """
mended_2 = broken_2
""",
    ),
    Wrong(
        "2 label_smoothing doubled: right for real samples only",
        "mended_2",
        "your fake labels are still smoothed",
        """
def mended_2(d_logits_real, d_logits_fake):
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.2)
    real = cross_entropy(tf.ones_like(d_logits_real), d_logits_real)
    return real + cross_entropy(tf.zeros_like(d_logits_fake), d_logits_fake)
""",
    ),
    Wrong(
        "2 one-sided now, but half as strong",
        "mended_2",
        "Keras moves a label half of the way",
        """
def mended_2(d_logits_real, d_logits_fake):
    smoothed = keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.1)
    plain = keras.losses.BinaryCrossentropy(from_logits=True)
    real = smoothed(tf.ones_like(d_logits_real), d_logits_real)
    return real + plain(tf.zeros_like(d_logits_fake), d_logits_fake)
""",
    ),
    Wrong(
        "3 unchanged: sigmoid and from_logits",
        "mended_3",
        "never falls below 0.3133",
        """
mended_3 = broken_3
""",
    ),
    Wrong(
        "3 mended on both sides, which is the reverse mistake",
        "mended_3",
        "take for logits what the layer gives",
        """
def mended_3():
    discriminator = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    return discriminator, keras.losses.BinaryCrossentropy()
""",
    ),
    Wrong(
        "4 unchanged: softmax over one logit",
        "mended_4",
        "still 0 whatever D answers",
        """
mended_4 = broken_4
""",
    ),
    Wrong(
        "4 sigmoid at last, but label 0",
        "mended_4",
        "G learns to be found out",
        """
def mended_4(d_logits_fake):
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(
        labels=tf.zeros_like(d_logits_fake), logits=d_logits_fake))
""",
    ),
    Wrong(
        "5 unchanged: zeros from the real logits",
        "mended_5",
        "as many labels as it has samples",
        """
mended_5 = broken_5
""",
    ),
    Wrong(
        "5 the sum of both before the mean",
        "mended_5",
        "a mean of its own",
        """
def mended_5(d_logits_real, d_logits_fake, smooth):
    real = tf.nn.softplus(d_logits_real) - (1 - smooth) * d_logits_real
    return tf.reduce_mean(real + tf.nn.softplus(d_logits_fake))
""",
    ),
    Wrong(
        "5 cut to the smaller batch",
        "mended_5",
        "are left out",
        """
def mended_5(d_logits_real, d_logits_fake, smooth):
    n = min(len(d_logits_real), len(d_logits_fake))
    return broken_5(d_logits_real[:n], d_logits_fake[:n], smooth)
""",
    ),
    Wrong(
        "5 right for the sizes of the visible test only",
        "mended_5",
        "",
        """
def mended_5(d_logits_real, d_logits_fake, smooth):
    assert smooth == 0.1 and len(d_logits_fake) < 20
    real = tf.reduce_mean(tf.nn.softplus(d_logits_real) - 0.9 * d_logits_real)
    return real + tf.reduce_mean(tf.nn.softplus(d_logits_fake))
""",
        hidden=True,
    ),
    Wrong(
        "2 the import",
        "mended_2",
        "does what this question asks",
        """
def mended_2(d_logits_real, d_logits_fake):
    return losses.d_loss(d_logits_real, d_logits_fake, 0.1)
""",
    ),
    Wrong(
        "3 the formula on the sigmoid, which is 0 times infinity for a sure D",
        "mended_3",
        "right, is nan",
        """
def mended_3():
    layer = keras.layers.Dense(1, activation="sigmoid")

    def loss(t, o):
        return tf.reduce_mean(-t * tf.math.log(o) - (1 - t) * tf.math.log(1 - o))

    return keras.Sequential([keras.Input((1,)), layer]), loss
""",
    ),
    Wrong(
        "3 logits clipped",
        "mended_3",
        "right, is",
        """
def mended_3():
    def loss(t, o):
        o = tf.clip_by_value(o, -5.0, 5.0)
        return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(t, o))

    return keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)]), loss
""",
    ),
    Wrong(
        "4 the import",
        "mended_4",
        "does what this question asks",
        """
mended_4 = losses.g_loss
""",
    ),
    Wrong(
        "4 minus log sigmoid, infinite at -1000",
        "mended_4",
        "not finite",
        """
def mended_4(d_logits_fake):
    return -tf.reduce_mean(tf.math.log(tf.sigmoid(d_logits_fake)))
""",
        hidden=True,
    ),
    Wrong(
        "5 the import",
        "mended_5",
        "does what this question asks",
        """
def mended_5(d_logits_real, d_logits_fake, smooth):
    return losses.d_loss(d_logits_real, d_logits_fake, smooth)
""",
    ),
    Wrong(
        "3 D gives logits, and their probability is clipped",
        "mended_3",
        "it should be 100",
        """
def mended_3():
    def loss(labels, outputs):
        p = tf.clip_by_value(tf.sigmoid(outputs), 1e-7, 1 - 1e-7)
        each = -labels * tf.math.log(p) - (1 - labels) * tf.math.log(1 - p)
        return tf.reduce_mean(each)

    return keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)]), loss
""",
    ),
    Wrong(
        "3 logits clipped at 15 and -15",
        "mended_3",
        "it should be 100",
        """
def mended_3():
    def loss(t, o):
        o = tf.clip_by_value(o, -15.0, 15.0)
        return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(t, o))

    return keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)]), loss
""",
    ),
    Wrong(
        "3 the sum in the place of the mean",
        "mended_3",
        "the loss is their mean",
        """
def mended_3():
    def loss(t, o):
        return tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(t, o))

    return keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)]), loss
""",
    ),
]
