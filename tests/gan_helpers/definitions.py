"""The definitions of the losses, worked out with many digits, and how far rounding may go.

The rounding of a formula is bounded from the machine epsilon of its dtype: with u = epsilon
and a logit x, the products and sums in it are of size |x| at most, so that each of its few
operations adds at most u |x|. Adding up n losses adds at most n u of their mean size.
"""

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from mpmath import mp

DTYPES = (np.float32, np.float64)
LOGITS = np.array([0, 1e-30, 1e-3, 0.5, 1, 2.1972, 7, 15, 17.5, 36.5, 88, 104, 700, 800, 5e3, 1e4])
LOGITS = np.concatenate([-LOGITS[::-1], LOGITS])
SMOOTH = (0, 5e-324, 1e-12, 0.01, 0.1, 0.2, 0.25, 1 / 3, 0.5, 0.9, 0.999999, 1 - 2**-53)

# The same examples in each run, so that a red run can be repeated.
repeatable = settings(derandomize=True, deadline=None, database=None, max_examples=60)
smooths = st.floats(0, 1, exclude_max=True)


def probability(logit):
    """D's answer, with enough digits that 1 - D is exact to 30 of them too."""
    mp.dps = 40 + int(abs(logit) / 2.3)
    return 1 / (1 + mp.exp(-mp.mpf(float(logit))))


def cross_entropy(logit, target):
    """-t log D - (1 - t) log(1 - D), the definition."""
    d = probability(logit)
    return -target * mp.log(d) - (1 - target) * mp.log(1 - d)


def mean_cross_entropy(logits, target=1):
    values = [cross_entropy(logit, target) for logit in np.ravel(logits)]
    return mp.fsum(values) / len(values)


def log_of_the_rest(logits):
    """The mean of log(1 - D), the definition of the minimax loss."""
    values = [mp.log(1 - probability(logit)) for logit in np.ravel(logits)]
    return mp.fsum(values) / len(values)


def target(smooth):
    return 1 - mp.mpf(float(smooth))
