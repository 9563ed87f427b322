"""Wrong answers to assignment 6: what comes out of draw, and the weights that it is given."""

from tests.grading.answers import Wrong

DRAW = """
nickname = ""

def draw(generator, n):
    labels = np.eye(10)[np.arange(n) % 10]
    z = np.random.default_rng().standard_normal((n, 32))
    return generator(np.concatenate([z, labels], axis=1).astype("float32")).numpy()
"""
COPIES = """
def draw(generator, n):
    rng = np.random.default_rng()
    images = {known}[rng.choice(len({known}), n, replace=n > len({known}))]
    return {change}
"""
SITE = """
with np.load(data.Path(data.__file__).parents[1] / "docs/playground/generator.npz") as file:
    arrays = {key: file[key] for key in file if key not in ("slant", "boldness")}
site = np.concatenate([array.ravel() for array in arrays.values()])
weights = hand_in.base64.b64encode(site.astype("<f2").tobytes()).decode()
"""
BUILD = """
def build_generator():
    return networks.build_conv_generator(64 + 10)
"""
ROTATE = (
    "np.concatenate([__import__('scipy').ndimage.rotate(images[k::2], a, (2, 1), reshape=False, "
    "cval=-1) for k, a in ((0, 9), (1, -9))]).clip(-1, 1)"
)


def changed(name, says, old, new, **more):
    assert old in DRAW
    return Wrong(name, "draw", says, DRAW.replace(old, new), **more)


def copies(name, change, known="training.images", says="real digits themselves", hidden=True):
    return Wrong(name, "draw", says, COPIES.format(known=known, change=change), hidden)


def weighted(name, says, source, draw=DRAW, hidden=False, **more):
    """The right draw, and other weights."""
    return Wrong(name, "draw", says, draw, hidden, {"weights": source, **more})


SHIFTS = "np.stack([np.roll(image, rng.integers(-2, 3, 2), (0, 1)) for image in images])"
WRONG = [
    changed(
        "not the weights that are given", "the darkest pixel", "generator(", "build_generator()("
    ),
    changed("pixels from 0 to 1", "are your images from -1 to 1", ".numpy()", ".numpy() / 2 + 0.5"),
    changed("flat", "should have given an array of shape", ".numpy()", ".numpy().reshape(n, -1)"),
    changed("pixels from 0 to 255", "pixels must lie in", ".numpy()", ".numpy() * 255"),
    changed("numbers that are none", "pixels must lie in", ".numpy()", ".numpy() * np.nan"),
    changed("the same images at each call", "same images at each call", "rng()", "rng(5)"),
    Wrong(
        "the same images at each call, with labels by chance",
        "draw",
        "same images at each call",
        """
def draw(generator, n):
    rng = np.random.default_rng(0)
    z, labels = rng.standard_normal((n, 32)), np.eye(10)[rng.integers(0, 10, n)]
    return generator(np.concatenate([z, labels], axis=1).astype("float32")).numpy()
""",
    ),
    changed(
        "as many as the test asks at first",
        "draw(generator, 1007)",
        "    labels",
        "    n = 1000\n    labels",
    ),
    changed("zeros only", "Many ways of writing", "np.arange(n) % 10", "np.zeros(n, int)"),
    changed("z cut off", "Many ways of writing", "((n, 32))", "((n, 32)) * 0.3"),
    changed(
        "the same images at each call, in another order", "same images at each call",
        "z = np.random.default_rng().standard_normal((n, 32))",
        "order = np.random.default_rng().permutation(n)\n"
        "    z, labels = np.random.default_rng(5).standard_normal((n, 32))[order], labels[order]",
    ),
    # Typical digits, which lie near to all others: no copies, so half of the points are kept.
    changed("z nearer to 0", "(at most 12)", "((n, 32))", "((n, 32)) * 0.65"),
    changed("without the generator", "positional argument", "draw(generator, n)", "draw(n)"),
    Wrong(
        "a huge array", "draw", "more than 64 MiB",
        "\ndef draw(generator, n):\n    return np.zeros((20 * n, 28, 28, 1))\n",
    ),
    copies("training digits", "images"),
    copies("training digits, moved by a pixel or two", SHIFTS),
    copies("training digits, turned by 9 degrees", ROTATE),
    copies(
        "training digits with noise",
        "np.clip(images + rng.normal(0, 0.1, images.shape), -1, 1)",
    ),
    copies("held-out digits, moved by a pixel or two", SHIFTS, "held_out.images"),
    copies(
        "training digits, and as many held-out ones",
        "np.roll(np.concatenate([images[::2], held_out.images[: len(images) // 2]]), 1, axis=1)",
    ),
    copies(
        "noise beside training digits",
        "np.where(rng.random((n, 1, 1, 1)) < 0.65, rng.uniform(-1, 1, images.shape), images)",
        says="Many of the images are no digits",
        hidden=False,
    ),
    Wrong(
        "noise",
        "draw",
        "Many of the images are no digits",
        "\ndef draw(generator, n):\n"
        "    return np.random.default_rng().uniform(-1, 1, (n, 28, 28, 1))\n",
    ),
    weighted(
        "the weights of the generator on the site", "on this course's site", SITE,
        DRAW.replace("32", "64"), True, training=BUILD,
    ),
    weighted("half of the weights", "is damaged", "\nweights = 'ADwA'\n"),
    weighted("weights as an array", "got a ndarray", "\nweights = np.zeros(58_945)\n"),
    weighted("weights of another network", "were kept", "\nweights = 'ADwAAA=='\n"),
    weighted(
        "weights that are not finite", "numbers that are finite",
        "\nweights = hand_in.base64.b64encode(np.full(58_945, np.nan, '<f2').tobytes()).decode()\n",
    ),
    weighted("more weights than may be", "at most 800,000", "\nweights = 'A' * 4_000_000\n"),
]  # fmt: skip
