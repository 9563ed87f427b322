"""Wrong answers to assignment 2."""

from tests.grading.answers import Wrong

WRONG = [
    Wrong(
        "the generator's labels 0",
        "g_loss",
        "your label is 0",
        """
def g_loss(d_logits_fake):
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(
        logits=d_logits_fake, labels=tf.zeros_like(d_logits_fake)))
""",
    ),
    Wrong(
        "the generator's labels smoothed",
        "g_loss",
        "G's wish is smoothed",
        """
def g_loss(d_logits_fake):
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(
        logits=d_logits_fake, labels=tf.ones_like(d_logits_fake) * 0.9))
""",
    ),
    Wrong(
        "Keras's label_smoothing in G's loss",
        "g_loss",
        "G's wish is smoothed",
        """
import keras

def g_loss(d_logits_fake):
    loss = keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.1)
    return loss(np.ones_like(d_logits_fake), d_logits_fake)
""",
    ),
    Wrong(
        "labels of 1.1",
        "g_loss",
        "outside [0, 1]",
        """
def g_loss(d_logits_fake):
    return np.mean(np.logaddexp(0, d_logits_fake) - 1.1 * d_logits_fake)
""",
    ),
    Wrong(
        "sigmoid applied twice: from_logits left out after a sigmoid",
        "g_loss",
        "the sigmoid is applied twice",
        """
def g_loss(d_logits_fake):
    d = tf.sigmoid(d_logits_fake)
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(
        logits=d, labels=tf.ones_like(d)))
""",
    ),
    Wrong(
        "logits taken for probabilities: from_logits forgotten",
        "g_loss",
        "",
        """
import keras

def g_loss(d_logits_fake):
    return keras.losses.BinaryCrossentropy()(np.ones_like(d_logits_fake), d_logits_fake)
""",
    ),
    Wrong(
        "sum for mean",
        "g_loss",
        "this is the sum",
        """
def g_loss(d_logits_fake):
    return np.logaddexp(0, -d_logits_fake).sum()
""",
    ),
    Wrong(
        "mean over the first axis",
        "g_loss",
        "a mean goes over all axes",
        """
def g_loss(d_logits_fake):
    return np.logaddexp(0, -d_logits_fake).mean(axis=0)
""",
    ),
    Wrong(
        "the loss of a WGAN",
        "g_loss",
        "another game",
        """
def g_loss(d_logits_fake):
    return -tf.reduce_mean(d_logits_fake)
""",
    ),
    Wrong(
        "the minimax loss in its place",
        "g_loss",
        "this is the minimax loss",
        """
def g_loss(d_logits_fake):
    return np.mean(-np.logaddexp(0, d_logits_fake))
""",
    ),
    Wrong(
        "-log D as it stands, infinite at -1000",
        "g_loss",
        "not finite",
        """
def g_loss(d_logits_fake):
    return np.mean(-np.log(1 / (1 + np.exp(-d_logits_fake))))
""",
        hidden=True,
    ),
    Wrong(
        "softmax over the single logit",
        "g_loss",
        "",
        """
def g_loss(d_logits_fake):
    each = tf.nn.softmax_cross_entropy_with_logits(
        logits=d_logits_fake, labels=tf.ones_like(d_logits_fake))
    return tf.reduce_mean(each)
""",
    ),
    Wrong(
        "D's own loss: the sign left out",
        "g_loss_minimax",
        "G would help D",
        """
def g_loss_minimax(d_logits_fake):
    return np.mean(np.logaddexp(0, d_logits_fake))
""",
    ),
    Wrong(
        "log D in the place of log(1 - D)",
        "g_loss_minimax",
        "this is log D(G(z))",
        """
def g_loss_minimax(d_logits_fake):
    return np.mean(-np.logaddexp(0, -d_logits_fake))
""",
    ),
    Wrong(
        "the non-saturating loss again",
        "g_loss_minimax",
        "question 1",
        """
def g_loss_minimax(d_logits_fake):
    return np.mean(np.logaddexp(0, -d_logits_fake))
""",
    ),
    Wrong(
        "an epsilon inside the logarithm",
        "g_loss_minimax",
        "hides that",
        """
def g_loss_minimax(d_logits_fake):
    return tf.reduce_mean(tf.math.log(1 - tf.sigmoid(d_logits_fake) + 1e-8))
""",
    ),
    Wrong(
        "the gradient's sign reversed",
        "g_loss_gradient",
        "the sign is reversed",
        """
def g_loss_gradient(d_logits_fake):
    return 1 - tf.sigmoid(d_logits_fake)
""",
    ),
    Wrong(
        "the gradient of the mean, by the tape",
        "g_loss_gradient",
        "the gradient of the mean",
        """
def g_loss_gradient(d_logits_fake):
    logits = tf.constant(d_logits_fake)
    with tf.GradientTape() as tape:
        tape.watch(logits)
        loss = g_loss(logits)
    return tape.gradient(loss, logits)
""",
    ),
    Wrong(
        "the derivative of the sigmoid",
        "g_loss_gradient",
        "the logarithm is missing",
        """
def g_loss_gradient(d_logits_fake):
    d = 1 / (1 + np.exp(-d_logits_fake))
    return -d * (1 - d)
""",
    ),
    Wrong(
        "the derivative in D, not in the logit",
        "g_loss_gradient",
        "the derivative in D",
        """
def g_loss_gradient(d_logits_fake):
    return -1 / tf.sigmoid(d_logits_fake)
""",
    ),
    Wrong(
        "right by a formula that is 0 / 0 at large logits",
        "g_loss_gradient",
        "not finite",
        """
def g_loss_gradient(d_logits_fake):
    e = np.exp(d_logits_fake)
    return e / (1 + e) - 1
""",
        hidden=True,
    ),
    Wrong(
        "the two gradients exchanged",
        "g_loss_minimax_gradient",
        "of the non-saturating loss",
        """
def g_loss_minimax_gradient(d_logits_fake):
    return tf.sigmoid(d_logits_fake) - 1
""",
    ),
    Wrong(
        "the gradient of D's loss",
        "g_loss_minimax_gradient",
        "D's own loss on the fakes",
        """
def g_loss_minimax_gradient(d_logits_fake):
    return tf.sigmoid(d_logits_fake)
""",
    ),
    Wrong(
        "the gradient of a detached sample, which is none",
        "g_loss_minimax_gradient",
        "returns nothing",
        """
def g_loss_minimax_gradient(d_logits_fake):
    logits = tf.constant(d_logits_fake)
    with tf.GradientTape() as tape:
        tape.watch(logits)
        loss = tf.reduce_sum(tf.math.log_sigmoid(-tf.stop_gradient(logits)))
    return tape.gradient(loss, logits)
""",
    ),
    Wrong(
        "the ends exchanged: starving where D finds the fake",
        "starving",
        "starves at the other end",
        """
def starving(d_logits_fake, limit):
    d = tf.sigmoid(d_logits_fake)
    return d < limit, 1 - d < limit
""",
    ),
    Wrong(
        "compares the gradient, not its size",
        "starving",
        "compare its size",
        """
def starving(d_logits_fake, limit):
    return g_loss_gradient(d_logits_fake) < limit, g_loss_minimax_gradient(d_logits_fake) < limit
""",
    ),
    Wrong(
        "marks those with a gradient",
        "starving",
        "that do not starve",
        """
def starving(d_logits_fake, limit):
    d = 1 / (1 + np.exp(-d_logits_fake))
    return 1 - d > limit, d > limit
""",
    ),
    Wrong(
        "the limit written into the code",
        "starving",
        "",
        """
def starving(d_logits_fake, limit):
    d = 1 / (1 + np.exp(-d_logits_fake))
    return 1 - d < 0.01, d < 0.01
""",
    ),
    Wrong(
        "the import in the place of g_loss",
        "g_loss",
        "does what this question asks",
        """
from gan_helpers import losses

def g_loss(d_logits_fake):
    return losses.g_loss(d_logits_fake)
""",
    ),
    Wrong(
        "the import in the place of g_loss_minimax",
        "g_loss_minimax",
        "does what this question asks",
        """
from gan_helpers import losses

g_loss_minimax = losses.g_loss_minimax
""",
    ),
    Wrong(
        "the derivative of the sigmoid, with a plus",
        "g_loss_minimax_gradient",
        "the derivative of the sigmoid alone",
        """
def g_loss_minimax_gradient(d_logits_fake):
    d = 1 / (1 + np.exp(-d_logits_fake))
    return d * (1 - d)
""",
    ),
    Wrong(
        "the derivative of 1 - D",
        "g_loss_minimax_gradient",
        "the logarithm is missing",
        """
def g_loss_minimax_gradient(d_logits_fake):
    d = 1 / (1 + np.exp(-d_logits_fake))
    return -d * (1 - d)
""",
    ),
]
