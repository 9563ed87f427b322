"""Right answers to assignment 1."""

from tests.grading.answers import Right

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
        "imports of earlier questions in a later one",
        {
            "d_loss": """
from gan_helpers import losses

def d_loss(d_logits_real, d_logits_fake, smooth):
    real = losses.d_loss_real(d_logits_real, smooth)
    return float(real) + float(losses.d_loss_fake(d_logits_fake))
"""
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
        "D* found by minimising the losses of earlier questions",
        {
            "optimal_discriminator": """
from scipy.optimize import minimize_scalar

def optimal_discriminator(p_data, p_g, smooth):
    def best(p, q):
        def loss(x):
            real = losses.d_loss_real(np.array([x]), smooth) if p else 0.0
            fake = losses.d_loss_fake(np.array([x])) if q else 0.0
            return float(p * real + q * fake)
        x = minimize_scalar(loss, bounds=(-60, 60), method="bounded", options={"xatol": 1e-10}).x
        return 1 / (1 + np.exp(-x))
    return np.vectorize(best)(p_data, p_g)
"""
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
