"""Wrong answers to assignment 2: the two losses."""

from tests.grading.answers import Wrong

WRONG = [
    Wrong(
        "the minimax loss without D, whose exp overflows",
        "g_loss_minimax",
        "Somewhere exp overflows",
        """
def g_loss_minimax(d_logits_fake):
    return -np.mean(np.log1p(np.exp(d_logits_fake)))
""",
    ),
    Wrong(
        "G's label smoothed; question 3 by the tape, over the loss that stands in for this one",
        "g_loss",
        "G's wish is smoothed",
        """
def g_loss(d_logits_fake):
    return tf.reduce_mean(tf.math.softplus(d_logits_fake) - 0.9 * d_logits_fake)
""",
        beside={
            "g_loss_gradient": """
def g_loss_gradient(d_logits_fake):
    logits = tf.Variable(d_logits_fake)
    with tf.GradientTape() as tape:
        loss = g_loss(logits) * tf.cast(tf.size(logits), logits.dtype)
    return tape.gradient(loss, logits)
"""
        },
    ),
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
]
