"""Wrong answers to assignment 1: the cross-entropy of a logit."""

from tests.grading.answers import Wrong

WRONG = [
    Wrong(
        "without return",
        "sigmoid_cross_entropy",
        "a function without `return` returns nothing",
        """
def sigmoid_cross_entropy(logits, labels):
    np.maximum(logits, 0) - logits * labels + np.log1p(np.exp(-np.abs(logits)))
""",
    ),
    Wrong(
        "overflows in float32 between 89 and 700",
        "sigmoid_cross_entropy",
        "float32 logits of 100 and -100",
        """
def sigmoid_cross_entropy(logits, labels):
    return np.where(logits > 700, logits, np.log1p(np.exp(logits))) - labels * logits
""",
        hidden=True,
    ),
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
        "right at large positive logits, clipped at large negative ones",
        "sigmoid_cross_entropy",
        "at logit -50 with label 1 the loss is 50, yours is 16.1181",
        """
def sigmoid_cross_entropy(logits, labels):
    p = np.clip(1 / (1 + np.exp(-logits)), 1e-7, 1)
    with_label_1 = -np.log(p)
    return labels * with_label_1 + (1 - labels) * np.logaddexp(0, logits)
""",
    ),
    Wrong(
        "handed on to the losses of the series",
        "sigmoid_cross_entropy",
        "does what this question asks",
        """
from gan_helpers import losses

def sigmoid_cross_entropy(logits, labels):
    one = lambda l: float(losses.d_loss_fake(np.array([l])))
    zero = lambda l: float(losses.d_loss_real(np.array([l]), 0.0))
    each = [t * zero(l) + (1 - t) * one(l) for l, t in zip(logits.ravel(), labels.ravel())]
    return np.reshape(each, logits.shape)
""",
    ),
    Wrong(
        "in NumPy's long double, which is infinite from a logit of 11,357 on",
        "sigmoid_cross_entropy",
        "Somewhere exp overflows",
        """
def sigmoid_cross_entropy(logits, labels):
    return np.log(1 + np.exp(logits.astype(np.longdouble))) - labels * logits
""",
    ),
]
