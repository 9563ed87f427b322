"""Wrong answers to assignment 2: gradients, and where they starve."""

from tests.grading.answers import Wrong

WRONG = [
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
        "right for float64, but overflows in float32",
        "g_loss_gradient",
        "float32 logits -100 and 100",
        """
def g_loss_gradient(d_logits_fake):
    e = np.exp(np.clip(d_logits_fake, -700, 700))
    return e / (1 + e) - 1
""",
        hidden=True,
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
        "is 0.01 written into your code",
        """
def starving(d_logits_fake, limit):
    d = 1 / (1 + np.exp(-d_logits_fake))
    return 1 - d < 0.01, d < 0.01
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
    Wrong(
        "the loss in the place of its gradient",
        "starving",
        "is it the loss that you compare",
        """
def starving(d_logits_fake, limit):
    return np.logaddexp(0, -d_logits_fake) < limit, np.logaddexp(0, d_logits_fake) < limit
""",
    ),
    Wrong(
        "the size of the gradient of the mean",
        "starving",
        "that of each sample's own loss",
        """
def starving(d_logits_fake, limit):
    d = 1 / (1 + np.exp(-d_logits_fake))
    return (1 - d) / d.size < limit, d / d.size < limit
""",
    ),
]
