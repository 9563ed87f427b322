"""Wrong answers to assignment 4, question 1: the noisy label."""

from tests.grading.answers import Wrong

WRONG = [
    Wrong(
        "1 labels of shape (n,) for logits of shape (n, 1)",
        "mended_1",
        "get the mean of its labels",
        """
def mended_1(d_logits_real, d_logits_fake):
    labels = tf.random.uniform((len(d_logits_real),), 0.8, 1.0)
    real = tf.math.softplus(d_logits_real) - labels * d_logits_real
    return tf.reduce_mean(real) + tf.reduce_mean(tf.math.softplus(d_logits_fake))
""",
    ),
    Wrong(
        "1 unchanged: real labels above 1",
        "mended_1",
        "a label above 1",
        """
mended_1 = broken_1
""",
    ),
    Wrong(
        "1 both labels noisy: the fakes are smoothed",
        "mended_1",
        "D* then has a floor",
        """
def mended_1(d_logits_real, d_logits_fake):
    real_labels = 1 - 0.2 * tf.random.uniform(tf.shape(d_logits_real))
    fake_labels = 0.2 * tf.random.uniform(tf.shape(d_logits_fake))
    cross = tf.nn.sigmoid_cross_entropy_with_logits
    return tf.reduce_mean(cross(real_labels, d_logits_real)) + tf.reduce_mean(
        cross(fake_labels, d_logits_fake))
""",
    ),
    Wrong(
        "1 a coin of 0.8 and 1 in the place of a uniform label",
        "mended_1",
        "lie between 0.85 and 0.95",
        """
def mended_1(d_logits_real, d_logits_fake):
    coin = tf.cast(tf.random.uniform(tf.shape(d_logits_real)) < 0.5, tf.float32)
    cross = tf.nn.sigmoid_cross_entropy_with_logits
    return tf.reduce_mean(cross(1 - 0.2 * coin, d_logits_real)) + tf.reduce_mean(
        cross(tf.zeros_like(d_logits_fake), d_logits_fake))
""",
    ),
    Wrong(
        "1 the noise is taken out",
        "mended_1",
        "drawn anew each time",
        """
def mended_1(d_logits_real, d_logits_fake):
    return losses.d_loss(d_logits_real, d_logits_fake, 0.1)
""",
    ),
    Wrong(
        "1 labels clipped at 1, so that no noise is left",
        "mended_1",
        "drawn anew each time",
        """
def mended_1(d_logits_real, d_logits_fake):
    labels = tf.minimum(1.0, 1 + 0.2 * tf.random.uniform(tf.shape(d_logits_real)))
    cross = tf.nn.sigmoid_cross_entropy_with_logits
    return tf.reduce_mean(cross(labels, d_logits_real)) + losses.d_loss_fake(d_logits_fake)
""",
    ),
    Wrong(
        "1 one label for the whole batch",
        "mended_1",
        "not each batch",
        """
def mended_1(d_logits_real, d_logits_fake):
    labels = tf.ones_like(d_logits_real) * tf.random.uniform((), 0.8, 1.0)
    cross = tf.nn.sigmoid_cross_entropy_with_logits
    return tf.reduce_mean(cross(labels, d_logits_real)) + losses.d_loss_fake(d_logits_fake)
""",
    ),
    Wrong(
        "1 noise around 1, to both sides",
        "mended_1",
        "a label above 1",
        """
def mended_1(d_logits_real, d_logits_fake):
    labels = tf.random.uniform(tf.shape(d_logits_real), 0.9, 1.1)
    cross = tf.nn.sigmoid_cross_entropy_with_logits
    return tf.reduce_mean(cross(labels, d_logits_real)) + losses.d_loss_fake(d_logits_fake)
""",
    ),
    Wrong(
        "1 half of the sum",
        "mended_1",
        "this is half of the loss",
        """
def mended_1(d_logits_real, d_logits_fake):
    real_labels = 1 - 0.2 * tf.random.uniform(tf.shape(d_logits_real))
    cross = tf.nn.sigmoid_cross_entropy_with_logits
    real, fake = cross(real_labels, d_logits_real), cross(0 * d_logits_fake, d_logits_fake)
    return (tf.reduce_mean(real) + tf.reduce_mean(fake)) / 2
""",
    ),
    Wrong(
        "1 sums in the place of means",
        "mended_1",
        "sums over the samples",
        """
def mended_1(d_logits_real, d_logits_fake):
    real_labels = 1 - 0.2 * tf.random.uniform(tf.shape(d_logits_real))
    cross = tf.nn.sigmoid_cross_entropy_with_logits
    real, fake = cross(real_labels, d_logits_real), cross(0 * d_logits_fake, d_logits_fake)
    return tf.reduce_sum(real) + tf.reduce_sum(fake)
""",
    ),
    Wrong(
        "1 the fakes left out",
        "mended_1",
        "the fakes are left out",
        """
def mended_1(d_logits_real, d_logits_fake):
    real_labels = 1 - 0.2 * tf.random.uniform(tf.shape(d_logits_real))
    cross = tf.nn.sigmoid_cross_entropy_with_logits
    real, fake = cross(real_labels, d_logits_real), cross(0 * d_logits_fake, d_logits_fake)
    return tf.reduce_mean(real)
""",
    ),
    Wrong(
        "1 the fakes' part subtracted",
        "mended_1",
        "is subtracted",
        """
def mended_1(d_logits_real, d_logits_fake):
    real_labels = 1 - 0.2 * tf.random.uniform(tf.shape(d_logits_real))
    cross = tf.nn.sigmoid_cross_entropy_with_logits
    real, fake = cross(real_labels, d_logits_real), cross(0 * d_logits_fake, d_logits_fake)
    return tf.reduce_mean(real) - tf.reduce_mean(fake)
""",
    ),
    Wrong(
        "1 fake labels below 0",
        "mended_1",
        "outside [0, 1]",
        """
def mended_1(d_logits_real, d_logits_fake):
    real_labels = 1 - 0.2 * tf.random.uniform(tf.shape(d_logits_real))
    cross = tf.nn.sigmoid_cross_entropy_with_logits
    real, fake = cross(real_labels, d_logits_real), cross(0 * d_logits_fake, d_logits_fake)
    return tf.reduce_mean(real) + tf.reduce_mean(fake + 0.1 * d_logits_fake)
""",
    ),
    Wrong(
        "1 fake labels 1",
        "mended_1",
        "learns to call them real",
        """
def mended_1(d_logits_real, d_logits_fake):
    real_labels = 1 - 0.2 * tf.random.uniform(tf.shape(d_logits_real))
    cross = tf.nn.sigmoid_cross_entropy_with_logits
    real, fake = cross(real_labels, d_logits_real), cross(0 * d_logits_fake, d_logits_fake)
    return tf.reduce_mean(real) + tf.reduce_mean(fake - d_logits_fake)
""",
    ),
    Wrong(
        "1 the fakes counted twice, which is no label",
        "mended_1",
        "it should be",
        """
def mended_1(d_logits_real, d_logits_fake):
    real_labels = 1 - 0.2 * tf.random.uniform(tf.shape(d_logits_real))
    cross = tf.nn.sigmoid_cross_entropy_with_logits
    real, fake = cross(real_labels, d_logits_real), cross(0 * d_logits_fake, d_logits_fake)
    return tf.reduce_mean(real) + 2 * tf.reduce_mean(fake)
""",
    ),
    Wrong(
        "1 labels of 0.8, 0.9 and 1 alone",
        "mended_1",
        "are different",
        """
def mended_1(d_logits_real, d_logits_fake):
    coins = tf.random.uniform((2, *d_logits_real.shape)) < 0.5
    labels = 1 - 0.1 * tf.reduce_sum(tf.cast(coins, tf.float32), axis=0)
    cross = tf.nn.sigmoid_cross_entropy_with_logits
    return tf.reduce_mean(cross(labels, d_logits_real)) + losses.d_loss_fake(d_logits_fake)
""",
    ),
    Wrong(
        "1 right, but infinite at large logits",
        "mended_1",
        "at logits of 1000 and -1000",
        """
def mended_1(d_logits_real, d_logits_fake):
    t = 1 - 0.2 * tf.random.uniform(tf.shape(d_logits_real))
    r, f = tf.sigmoid(d_logits_real), tf.sigmoid(d_logits_fake)
    real = -t * tf.math.log(r) - (1 - t) * tf.math.log(1 - r)
    return tf.reduce_mean(real) - tf.reduce_mean(tf.math.log(1 - f))
""",
        hidden=True,
    ),
    Wrong(
        "1 labels from 0.82 to 0.98",
        "mended_1",
        "some of them lie nearer to both ends",
        """
def mended_1(d_logits_real, d_logits_fake):
    labels = tf.random.uniform(tf.shape(d_logits_real), 0.82, 0.98)
    cross = tf.nn.sigmoid_cross_entropy_with_logits
    return tf.reduce_mean(cross(labels, d_logits_real)) + losses.d_loss_fake(d_logits_fake)
""",
    ),
    Wrong(
        "1 labels from 0.8 to 0.98",
        "mended_1",
        "some of them lie nearer to both ends",
        """
def mended_1(d_logits_real, d_logits_fake):
    labels = tf.random.uniform(tf.shape(d_logits_real), 0.8, 0.98)
    cross = tf.nn.sigmoid_cross_entropy_with_logits
    return tf.reduce_mean(cross(labels, d_logits_real)) + losses.d_loss_fake(d_logits_fake)
""",
    ),
    Wrong(
        "1 labels from 0.82 to 1",
        "mended_1",
        "some of them lie nearer to both ends",
        """
def mended_1(d_logits_real, d_logits_fake):
    labels = tf.random.uniform(tf.shape(d_logits_real), 0.82, 1.0)
    cross = tf.nn.sigmoid_cross_entropy_with_logits
    return tf.reduce_mean(cross(labels, d_logits_real)) + losses.d_loss_fake(d_logits_fake)
""",
    ),
    Wrong(
        "1 labels from 0.8 to 0.99",
        "mended_1",
        "some of them lie nearer to both ends",
        """
def mended_1(d_logits_real, d_logits_fake):
    labels = tf.random.uniform(tf.shape(d_logits_real), 0.8, 0.99)
    cross = tf.nn.sigmoid_cross_entropy_with_logits
    return tf.reduce_mean(cross(labels, d_logits_real)) + losses.d_loss_fake(d_logits_fake)
""",
    ),
    Wrong(
        "1 more labels in the middle than at the ends, of the distribution beta(2, 2)",
        "mended_1",
        "niformly from 0.8 to 1",
        """
def mended_1(d_logits_real, d_logits_fake):
    labels = tf.constant(
        0.8 + 0.2 * np.random.beta(2, 2, d_logits_real.shape), tf.float32)
    cross = tf.nn.sigmoid_cross_entropy_with_logits
    return tf.reduce_mean(cross(labels, d_logits_real)) + losses.d_loss_fake(d_logits_fake)
""",
    ),
    Wrong(
        "1 more labels near 0.8 than near 1",
        "mended_1",
        "real labels have the mean",
        """
def mended_1(d_logits_real, d_logits_fake):
    labels = 0.8 + 0.2 * tf.random.uniform(tf.shape(d_logits_real)) ** 1.2
    cross = tf.nn.sigmoid_cross_entropy_with_logits
    return tf.reduce_mean(cross(labels, d_logits_real)) + losses.d_loss_fake(d_logits_fake)
""",
    ),
    Wrong(
        "1 normal noise, cut off at both ends",
        "mended_1",
        "in between can be a label",
        """
def mended_1(d_logits_real, d_logits_fake):
    labels = 0.9 + 0.065 * tf.random.normal(tf.shape(d_logits_real))
    labels = tf.clip_by_value(labels, 0.8, 1.0)
    cross = tf.nn.sigmoid_cross_entropy_with_logits
    real = cross(labels=labels, logits=d_logits_real)
    fake = cross(labels=tf.zeros_like(d_logits_fake), logits=d_logits_fake)
    return tf.reduce_mean(real) + tf.reduce_mean(fake)
""",
    ),
]
