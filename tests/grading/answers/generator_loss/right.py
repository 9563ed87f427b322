"""Right answers to assignment 2."""

from tests.grading.answers import Right

RIGHT = [
    Right(
        "pure NumPy",
        {
            "g_loss": """
def g_loss(d_logits_fake):
    return np.logaddexp(0, -d_logits_fake).mean()
""",
            "g_loss_minimax": """
def g_loss_minimax(d_logits_fake):
    return (np.minimum(-d_logits_fake, 0) - np.log1p(np.exp(-np.abs(d_logits_fake)))).mean()
""",
            "g_loss_gradient": """
def g_loss_gradient(d_logits_fake):
    return 1 / (1 + np.exp(-d_logits_fake)) - 1
""",
            "g_loss_minimax_gradient": """
def g_loss_minimax_gradient(d_logits_fake):
    return -1 / (1 + np.exp(-d_logits_fake))
""",
        },
    ),
    Right(
        "Keras's loss and keras.ops",
        {
            "g_loss": """
import keras

cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)

def g_loss(d_logits_fake):
    return cross_entropy(keras.ops.ones_like(d_logits_fake), d_logits_fake)
""",
            "g_loss_minimax": """
import keras

def g_loss_minimax(d_logits_fake):
    return keras.ops.mean(keras.ops.log_sigmoid(-keras.ops.convert_to_tensor(d_logits_fake)))
""",
        },
    ),
    Right(
        "gradients by a tape over the sum",
        {
            "g_loss_gradient": """
def g_loss_gradient(d_logits_fake):
    logits = tf.Variable(d_logits_fake)
    with tf.GradientTape() as tape:
        total = g_loss(logits) * logits.numpy().size
    return tape.gradient(total, logits)
""",
            "g_loss_minimax_gradient": """
def g_loss_minimax_gradient(d_logits_fake):
    logits = tf.convert_to_tensor(d_logits_fake)
    with tf.GradientTape() as tape:
        tape.watch(logits)
        each = -tf.nn.softplus(logits)
    return tape.gradient(each, logits).numpy()
""",
        },
    ),
    Right(
        "imports of earlier questions in later ones",
        {
            "g_loss_minimax": """
from gan_helpers import losses

def g_loss_minimax(d_logits_fake):
    return -losses.g_loss(-d_logits_fake)  # log(1 - D) at a logit is log D at its negative
""",
            "g_loss_minimax_gradient": """
from gan_helpers import losses

def g_loss_minimax_gradient(d_logits_fake):
    logits = tf.Variable(d_logits_fake)
    with tf.GradientTape() as tape:
        total = losses.g_loss_minimax(logits) * logits.numpy().size
    return tape.gradient(total, logits)
""",
        },
    ),
    Right(
        "other names, lists and Python floats",
        {
            "g_loss": """
import math

def g_loss(scores):
    values = [float(s) for s in np.ravel(scores)]
    return sum(max(-s, 0) + math.log1p(math.exp(-abs(s))) for s in values) / len(values)
""",
            "starving": """
def starving(scores, limit):
    edge = np.log(limit / (1 - limit))
    return (scores > -edge).tolist(), (scores < edge).tolist()
""",
        },
    ),
    Right(
        "a tensor that stacks the two",
        {
            "starving": """
def starving(logits, eps):
    d = tf.sigmoid(logits)
    return tf.stack([1 - d < eps, d < eps])
"""
        },
    ),
    Right(
        "everything in float32",
        {
            "g_loss": """
def g_loss(d_logits_fake):
    logits = tf.cast(d_logits_fake, tf.float32)
    return tf.reduce_mean(tf.nn.softplus(-logits))
""",
            "g_loss_minimax": """
def g_loss_minimax(d_logits_fake):
    return np.float32(tf.reduce_mean(tf.math.log_sigmoid(-tf.cast(d_logits_fake, tf.float32))))
""",
            "g_loss_gradient": """
def g_loss_gradient(d_logits_fake):
    return -tf.sigmoid(-tf.cast(d_logits_fake, tf.float32))
""",
        },
    ),
]
