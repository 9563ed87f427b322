"""Wrong answers to assignment 1: the discriminator's loss and its halves."""

from tests.grading.answers import Wrong

WRONG = [
    Wrong(
        "smooth with the wrong sign",
        "d_loss_real",
        "wrong sign",
        """
def d_loss_real(d_logits_real, smooth):
    labels = np.ones_like(d_logits_real) * (1 + smooth)
    return sigmoid_cross_entropy(d_logits_real, labels).mean()
""",
    ),
    Wrong(
        "smoothing left out",
        "d_loss_real",
        "smoothing is left out",
        """
def d_loss_real(d_logits_real, smooth):
    return sigmoid_cross_entropy(d_logits_real, np.ones_like(d_logits_real)).mean()
""",
    ),
    Wrong(
        "smooth taken for the label",
        "d_loss_real",
        "not the label itself",
        """
def d_loss_real(d_logits_real, smooth):
    return sigmoid_cross_entropy(d_logits_real, np.full_like(d_logits_real, smooth)).mean()
""",
    ),
    Wrong(
        "Keras's label_smoothing",
        "d_loss_real",
        "half as strongly",
        """
import keras

def d_loss_real(d_logits_real, smooth):
    loss = keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=smooth)
    return loss(np.ones_like(d_logits_real), d_logits_real)
""",
    ),
    Wrong(
        "a weight instead of smoothing",
        "d_loss_real",
        "a weight, not smoothing",
        """
def d_loss_real(d_logits_real, smooth):
    labels = np.ones_like(d_logits_real)
    return (1 - smooth) * sigmoid_cross_entropy(d_logits_real, labels).mean()
""",
    ),
    Wrong(
        "sum for mean",
        "d_loss_real",
        "this is the sum",
        """
def d_loss_real(d_logits_real, smooth):
    return sigmoid_cross_entropy(d_logits_real, np.full_like(d_logits_real, 1 - smooth)).sum()
""",
    ),
    Wrong(
        "mean over the wrong axis",
        "d_loss_real",
        "a mean goes over all axes",
        """
def d_loss_real(d_logits_real, smooth):
    each = sigmoid_cross_entropy(d_logits_real, np.full_like(d_logits_real, 1 - smooth))
    return each.mean(axis=-1)
""",
    ),
    Wrong(
        "right for shape (n, 1) only: divides by the number of rows",
        "d_loss_real",
        "shape (2, 3)",
        """
def d_loss_real(d_logits_real, smooth):
    each = sigmoid_cross_entropy(d_logits_real, np.full_like(d_logits_real, 1 - smooth))
    return each.sum() / len(each)
""",
    ),
    Wrong(
        "right for shape (n, 1) only: takes the first column",
        "d_loss_real",
        "",
        """
def d_loss_real(d_logits_real, smooth):
    logit = d_logits_real[:, 0]
    return sigmoid_cross_entropy(logit, np.full_like(logit, 1 - smooth)).mean()
""",
    ),
    Wrong(
        "right at smooth = 0.1 only",
        "d_loss_real",
        "is 0.9 written into your code?",
        """
def d_loss_real(d_logits_real, smooth):
    return sigmoid_cross_entropy(d_logits_real, np.full_like(d_logits_real, 0.9)).mean()
""",
    ),
    Wrong(
        "right at the smooths of the visible test only",
        "d_loss_real",
        "fresh",
        """
def d_loss_real(d_logits_real, smooth):
    label = {0.1: 0.9, 0.25: 0.75, 0.3: 0.7}.get(smooth, 0.9)
    return sigmoid_cross_entropy(d_logits_real, np.full_like(d_logits_real, label)).mean()
""",
        hidden=True,
    ),
    Wrong(
        "right values, but overflows at 1000",
        "d_loss_real",
        "not finite",
        """
def d_loss_real(d_logits_real, smooth):
    p = 1 / (1 + np.exp(-d_logits_real))
    return np.mean(-(1 - smooth) * np.log(p) - smooth * np.log(1 - p))
""",
    ),
    Wrong(
        "forgets to return",
        "d_loss_real",
        "",
        """
def d_loss_real(d_logits_real, smooth):
    loss = sigmoid_cross_entropy(d_logits_real, np.full_like(d_logits_real, 1 - smooth)).mean()
""",
    ),
    Wrong(
        "fake labels smoothed",
        "d_loss_fake",
        "your fake labels are smoothed too",
        """
def d_loss_fake(d_logits_fake, smooth=0.1):
    return sigmoid_cross_entropy(d_logits_fake, np.full_like(d_logits_fake, smooth)).mean()
""",
    ),
    Wrong(
        "fake labels 1",
        "d_loss_fake",
        "learns to call them real",
        """
def d_loss_fake(d_logits_fake):
    return sigmoid_cross_entropy(d_logits_fake, np.ones_like(d_logits_fake)).mean()
""",
    ),
    Wrong(
        "fake labels below 0",
        "d_loss_fake",
        "go to minus infinity",
        """
def d_loss_fake(d_logits_fake):
    return sigmoid_cross_entropy(d_logits_fake, np.zeros_like(d_logits_fake) - 0.1).mean()
""",
    ),
    Wrong(
        "log(1 - D) with the sign of the value function",
        "d_loss_fake",
        "the sign is reversed",
        """
def d_loss_fake(d_logits_fake):
    return np.mean(-np.logaddexp(0, d_logits_fake))
""",
    ),
    Wrong(
        "half of the sum",
        "d_loss",
        "half of the sum",
        """
def d_loss(d_logits_real, d_logits_fake, smooth):
    return 0.5 * (d_loss_real(d_logits_real, smooth) + d_loss_fake(d_logits_fake))
""",
    ),
    Wrong(
        "one mean over both batches",
        "d_loss",
        "half of the sum",
        """
def d_loss(d_logits_real, d_logits_fake, smooth):
    logits = np.concatenate([d_logits_real, d_logits_fake])
    labels = np.concatenate([np.full_like(d_logits_real, 1 - smooth), 0 * d_logits_fake])
    return sigmoid_cross_entropy(logits, labels).mean()
""",
    ),
    Wrong(
        "zeros for the fakes in the shape of the real logits",
        "d_loss",
        "",
        """
def d_loss(d_logits_real, d_logits_fake, smooth):
    zeros, l = np.zeros_like(d_logits_real), d_logits_fake
    fake = np.maximum(l, 0) - l * zeros + np.log1p(np.exp(-np.abs(l)))
    return d_loss_real(d_logits_real, smooth) + fake.mean()
""",
    ),
    Wrong(
        "real and fake exchanged",
        "d_loss",
        "are exchanged",
        """
def d_loss(d_logits_real, d_logits_fake, smooth):
    return d_loss_real(d_logits_fake, smooth) + d_loss_fake(d_logits_real)
""",
    ),
    Wrong(
        "smooth not handed on",
        "d_loss",
        "is not used",
        """
def d_loss(d_logits_real, d_logits_fake, smooth):
    return d_loss_real(d_logits_real, 0.1) + d_loss_fake(d_logits_fake)
""",
    ),
    Wrong(
        "subtracts the fakes' loss",
        "d_loss",
        "subtracted",
        """
def d_loss(d_logits_real, d_logits_fake, smooth):
    return d_loss_real(d_logits_real, smooth) - d_loss_fake(d_logits_fake)
""",
    ),
    Wrong(
        "smooths both sides",
        "d_loss",
        "the fakes are smoothed as well",
        """
def d_loss(d_logits_real, d_logits_fake, smooth):
    fake = sigmoid_cross_entropy(d_logits_fake, np.full_like(d_logits_fake, smooth)).mean()
    return d_loss_real(d_logits_real, smooth) + fake
""",
    ),
    Wrong(
        "a loss that is climbed",
        "d_loss_real",
        "D would run away from its label",
        """
def d_loss_real(d_logits_real, smooth):
    labels = np.full_like(d_logits_real, 1 - smooth)
    return -sigmoid_cross_entropy(d_logits_real, labels).mean()
""",
    ),
    Wrong(
        "the import in the place of the real half",
        "d_loss_real",
        "does what this question asks",
        """
from gan_helpers.losses import d_loss_real
""",
    ),
    Wrong(
        "the import in the place of the fakes' half",
        "d_loss_fake",
        "does what this question asks",
        """
from gan_helpers.losses import d_loss_fake as imported

def d_loss_fake(d_logits_fake):
    return imported(d_logits_fake).numpy()
""",
    ),
    Wrong(
        "what the tests use in the place of the fakes' half",
        "d_loss_fake",
        "does what this question asks",
        """
def d_loss_fake(d_logits_fake):
    import tensorflow as tf
    return checks.mean_cross_entropy(tf.constant(d_logits_fake), 0.0)
""",
    ),
    Wrong(
        "the import in the place of the whole",
        "d_loss",
        "does what this question asks",
        """
import tensorflow as tf

from gan_helpers import losses

d_loss = tf.function(losses.d_loss)
""",
    ),
    Wrong(
        "the sum written out with logarithms",
        "d_loss",
        "of -1000 and 1000",
        """
def d_loss(real, fake, s):
    with np.errstate(all="ignore"):
        p, q = 1 / (1 + np.exp(-real.astype(float))), 1 / (1 + np.exp(-fake.astype(float)))
        return -np.mean((1 - s) * np.log(p) + s * np.log(1 - p)) - np.mean(np.log(1 - q))
""",
    ),
]
