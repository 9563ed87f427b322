"""Wrong answers to assignment 5, question 2: precision and recall."""

from tests.grading.answers import Wrong

RIGHT = """
def apart(x, y):
    return np.linalg.norm(x[:, None] - y, axis=2)

def inside(samples, centres, k):
    radii = np.sort(apart(centres, centres), axis=1)[:, k]
    return (apart(samples, centres) <= radii).any(axis=1).mean()

def precision_and_recall(real, fake, k):
    return inside(fake, real, k), inside(real, fake, k)
"""


def wrong(name, says, old, new, hidden=False):
    assert old in RIGHT
    return Wrong(name, "precision_and_recall", says, RIGHT.replace(old, new), hidden)


WRONG = [
    wrong(
        "exchanged",
        "are exchanged",
        "inside(fake, real, k), inside(real, fake, k)",
        "inside(real, fake, k), inside(fake, real, k)",
    ),
    wrong("the centre counts as a neighbour", "neighbour k - 1", "[:, k]", "[:, k - 1]"),
    wrong("one neighbour too far", "neighbour k + 1", "[:, k]", "[:, k + 1]"),
    wrong("always the third", "k is 3 whatever k is", "[:, k]", "[:, 3]", hidden=True),
    wrong(
        "radii to the other set",
        "a sample of the other set",
        "np.sort(apart(centres, centres), axis=1)[:, k]",
        "np.sort(apart(centres, samples), axis=1)[:, k - 1]",
    ),
    wrong("counts balls", "you count balls", "any(axis=1)", "any(axis=0)"),
    wrong(
        "equal samples are no neighbours",
        "they are neighbours too",
        "np.sort(apart(centres, centres), axis=1)[:, k]",
        "np.array([np.sort(row[row > 0])[k - 1] for row in apart(centres, centres)])",
        hidden=True,
    ),
    wrong("mean of all pairs", "one ball is enough", ".any(axis=1)", ""),
    wrong(
        "precision alone",
        "should have given an array of shape (2,)",
        "return inside(fake, real, k), inside(real, fake, k)",
        "return inside(fake, real, k)",
    ),
    wrong(
        "the package's own",
        "calls a function of gan_helpers",
        "return inside(fake, real, k), inside(real, fake, k)",
        "return metrics.precision_and_recall(real, fake, k)",
    ),
]
