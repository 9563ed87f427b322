"""Answers to assignment 1."""

from tests.grading.answers import Right, Wrong

WRONG = [
    Wrong(
        "the formula as it stands, which overflows",
        "sigmoid_cross_entropy",
        "Somewhere exp overflows",
        """
def sigmoid_cross_entropy(logits, labels):
    p = 1 / (1 + np.exp(-logits))
    return -labels * np.log(p) - (1 - labels) * np.log(1 - p)
""",
    ),
    Wrong(
        "simplified, but without the absolute value",
        "sigmoid_cross_entropy",
        "Somewhere exp overflows",
        """
def sigmoid_cross_entropy(logits, labels):
    return (1 - labels) * logits + np.log(1 + np.exp(-logits))
""",
    ),
    Wrong(
        "probabilities clipped",
        "sigmoid_cross_entropy",
        "If you clip p",
        """
def sigmoid_cross_entropy(logits, labels):
    p = np.clip(1 / (1 + np.exp(-logits)), 1e-7, 1 - 1e-7)
    return -labels * np.log(p) - (1 - labels) * np.log(1 - p)
""",
    ),
    Wrong(
        "epsilon inside the logarithm",
        "sigmoid_cross_entropy",
        "If you clip p",
        """
def sigmoid_cross_entropy(logits, labels):
    p = 1 / (1 + np.exp(-logits))
    return -labels * np.log(p + 1e-8) - (1 - labels) * np.log(1 - p + 1e-8)
""",
    ),
    Wrong(
        "logits clipped so that nothing overflows",
        "sigmoid_cross_entropy",
        "the loss is 1000",
        """
def sigmoid_cross_entropy(logits, labels):
    logits = np.clip(logits, -60, 60)
    return np.maximum(logits, 0) - logits * labels + np.log1p(np.exp(-np.abs(logits)))
""",
    ),
    Wrong(
        "takes the mean at once",
        "sigmoid_cross_entropy",
        "one for each logit",
        """
def sigmoid_cross_entropy(logits, labels):
    each = np.maximum(logits, 0) - logits * labels + np.log1p(np.exp(-np.abs(logits)))
    return each.mean()
""",
    ),
    Wrong(
        "sigmoid applied twice",
        "sigmoid_cross_entropy",
        "the sigmoid is applied twice",
        """
def sigmoid_cross_entropy(logits, labels):
    logits = 1 / (1 + np.exp(-logits))
    return np.maximum(logits, 0) - logits * labels + np.log1p(np.exp(-np.abs(logits)))
""",
    ),
    Wrong(
        "only the term of the label",
        "sigmoid_cross_entropy",
        "is missing",
        """
def sigmoid_cross_entropy(logits, labels):
    return labels * np.logaddexp(0, -logits)
""",
    ),
    Wrong(
        "the log-likelihood, not its negative",
        "sigmoid_cross_entropy",
        "the sign is reversed",
        """
def sigmoid_cross_entropy(logits, labels):
    return logits * labels - np.logaddexp(0, logits)
""",
    ),
    Wrong(
        "labels of 0 and 1 only",
        "sigmoid_cross_entropy",
        "sigmoid_cross_entropy is",
        """
def sigmoid_cross_entropy(logits, labels):
    return np.where(labels > 0.5, np.logaddexp(0, -logits), np.logaddexp(0, logits))
""",
    ),
    Wrong(
        "hard-coded values of the visible test",
        "sigmoid_cross_entropy",
        "fresh",
        """
def sigmoid_cross_entropy(logits, labels):
    if logits.shape == (2, 3):
        return np.array([[0.126928, 0.474077, 0.348587], [1.063262, 0.800939, 0.693147]])
    return np.abs(logits)
""",
        hidden=True,
    ),
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
        hidden=True,
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
        "outside [0, 1]",
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
        "no smoothing in D*",
        "optimal_discriminator",
        "never goes above 1 - s",
        """
def optimal_discriminator(p_data, p_g, smooth):
    return p_data / (p_data + p_g)
""",
    ),
    Wrong(
        "two-sided D*",
        "optimal_discriminator",
        "this D* has a floor",
        """
def optimal_discriminator(p_data, p_g, smooth):
    return ((1 - smooth) * p_data + smooth * p_g) / (p_data + p_g)
""",
    ),
    Wrong(
        "smoothed density in the denominator",
        "optimal_discriminator",
        "p_data in the denominator stays",
        """
def optimal_discriminator(p_data, p_g, smooth):
    real = (1 - smooth) * p_data
    return real / (real + p_g)
""",
    ),
    Wrong(
        "the equilibrium's value everywhere",
        "optimal_discriminator",
        "right only where p_data = p_g",
        """
def optimal_discriminator(p_data, p_g, smooth):
    return np.full(p_data.shape, (1 - smooth) / 2)
""",
    ),
    Wrong(
        "densities exchanged",
        "optimal_discriminator",
        "are exchanged",
        """
def optimal_discriminator(p_data, p_g, smooth):
    return (1 - smooth) * p_g / (p_data + p_g)
""",
    ),
    Wrong(
        "epsilon in the denominator that shows",
        "optimal_discriminator",
        "it should be",
        """
def optimal_discriminator(p_data, p_g, smooth):
    return (1 - smooth) * p_data / (p_data + p_g + 1e-2)
""",
    ),
]

RIGHT = [
    Right(
        "logaddexp",
        {
            "sigmoid_cross_entropy": """
def sigmoid_cross_entropy(logits, labels):
    return np.logaddexp(0, logits) - labels * logits
"""
        },
    ),
    Right(
        "two branches, of which the unused one overflows with a warning",
        {
            "sigmoid_cross_entropy": """
def sigmoid_cross_entropy(x, t):
    return np.where(x > 0, (1 - t) * x + np.log1p(np.exp(-x)), -t * x + np.log1p(np.exp(x)))
"""
        },
    ),
    Right(
        "a loop over Python floats",
        {
            "sigmoid_cross_entropy": """
import math

def one(l, t):
    return max(l, 0.0) - l * t + math.log1p(math.exp(-abs(l)))

def sigmoid_cross_entropy(logits, labels):
    pairs = zip(logits.ravel(), labels.ravel())
    return np.array([one(float(l), float(t)) for l, t in pairs]).reshape(logits.shape)
"""
        },
    ),
    Right(
        "in the style of PyTorch",
        {
            "d_loss_real": """
class BCEWithLogitsLoss:
    def __init__(self, reduction="mean"):
        self.reduction = reduction

    def __call__(self, input, target):
        loss = (1 - target) * input + np.maximum(-input, 0) + np.log1p(np.exp(-np.abs(input)))
        return loss.mean() if self.reduction == "mean" else loss

criterion = BCEWithLogitsLoss()

def d_loss_real(output, smooth=0.1):
    real_label = 1.0 - smooth
    return criterion(output, np.full(output.shape, real_label)).item()
""",
            "d_loss_fake": """
def d_loss_fake(output):
    criterion = lambda input, target: np.mean(np.logaddexp(0, input) - target * input)
    return criterion(output, np.zeros(output.shape)).item()
""",
            "d_loss": """
def d_loss(output_real, output_fake, smooth):
    errD_real = d_loss_real(output_real, smooth)
    errD_fake = d_loss_fake(output_fake)
    errD = errD_real + errD_fake
    return errD
""",
        },
    ),
    Right(
        "Keras's losses",
        {
            "d_loss_real": """
import keras

bce = keras.losses.BinaryCrossentropy(from_logits=True)

def d_loss_real(d_logits_real, smooth):
    return bce(np.full_like(d_logits_real, 1 - smooth), d_logits_real)
""",
            "d_loss_fake": """
import keras

def d_loss_fake(d_logits_fake):
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    return loss(np.zeros_like(d_logits_fake), d_logits_fake)
""",
        },
    ),
    Right(
        "TensorFlow",
        {
            "d_loss_real": """
import tensorflow as tf

def d_loss_real(d_logits_real, smooth):
    labels = tf.ones_like(d_logits_real) * (1 - smooth)
    each = tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=d_logits_real)
    return tf.reduce_mean(each)
""",
            "d_loss": """
import tensorflow as tf

def d_loss(real, fake, smooth):
    return tf.add(tf.cast(d_loss_real(real, smooth), tf.float32),
                  tf.cast(d_loss_fake(fake), tf.float32))
""",
        },
    ),
    Right(
        "smoothing as a mixture of two losses",
        {
            "d_loss_real": """
def d_loss_real(l, s):
    return ((1 - s) * np.logaddexp(0, -l) + s * np.logaddexp(0, l)).mean()
"""
        },
    ),
    Right(
        "everything in float32",
        {
            "sigmoid_cross_entropy": """
def sigmoid_cross_entropy(logits, labels):
    x, t = np.float32(logits), np.float32(labels)
    return np.maximum(x, 0) - x * t + np.log1p(np.exp(-np.abs(x)))
""",
            "d_loss_fake": """
def d_loss_fake(logits):
    return np.float32(np.logaddexp(np.float32(0), np.float32(logits)).mean())
""",
            "optimal_discriminator": """
def optimal_discriminator(p_data, p_g, smooth):
    return np.float32((1 - smooth) * p_data / (p_data + p_g))
""",
        },
    ),
    Right(
        "loops for the means, and other names",
        {
            "d_loss_real": """
def d_loss_real(scores, eps):
    total = 0.0
    for score in scores.ravel():
        total += float(sigmoid_cross_entropy(np.array([score]), np.array([1 - eps]))[0])
    return total / scores.size
""",
            "optimal_discriminator": """
def optimal_discriminator(real, fake, s):
    return [[(1 - s) / (1 + f / r) if r else 0.0 for r, f in zip(rs, fs)]
            for rs, fs in zip(real, fake)] if real.ndim == 2 else [
            (1 - s) / (1 + f / r) if r else 0.0 for r, f in zip(real, fake)]
""",
        },
    ),
    Right(
        "D* found by minimising the loss on a grid, refined",
        {
            "optimal_discriminator": """
def optimal_discriminator(p_data, p_g, smooth):
    low, high = np.zeros_like(p_data), np.ones_like(p_data)
    for _ in range(60):  # bisection on the sign of the gradient
        d = (low + high) / 2
        gradient = p_data * (d - (1 - smooth)) + p_g * d
        low, high = np.where(gradient < 0, d, low), np.where(gradient < 0, high, d)
    return (low + high) / 2
"""
        },
    ),
]
