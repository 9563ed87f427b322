"""Wrong answers to assignment 3: what the trained generator draws."""

from tests.grading.answers import Wrong

# The generator of the reference solution.
LOADED = """
trained = keras.saving.load_model("trained.keras")

def draw(n):
    labels = tf.one_hot(np.arange(n) % 10, 10)
    return trained(tf.concat([tf.random.normal((n, 64)), labels], axis=1)).numpy()
"""

WRONG = [
    Wrong(
        "only numbers that ten divides are drawn in full",
        "draw",
        "draw(7)",
        LOADED.replace("np.arange(n) % 10", "np.repeat(np.arange(10), n // 10)").replace(
            "(n, 64)", "(len(labels), 64)"
        ),
    ),
    Wrong(
        "an untrained generator",
        "draw",
        "the darkest pixel",
        """
generator = networks.build_conv_generator()

def draw(n):
    return generator(tf.random.normal((n, 64))).numpy()
""",
    ),
    Wrong(
        "a barely trained generator",
        "draw",
        "coverage 0.",  # too small, alone or with the confident share: by the weights at first
        """
gan = ConditionalGAN(
    networks.build_conv_generator(64 + 10), networks.build_conditional_discriminator(), seed=1
)
gan.compile(
    keras.optimizers.Adam(0.001, beta_1=0.5), keras.optimizers.Adam(0.004, beta_1=0.5), g_ema=0.99
)
gan.fit(digits.images[:2500], digits.labels[:2500], batch_size=32, epochs=1, verbose=0)

def draw(n):
    return gan.sample(n, seed=int(np.random.default_rng().integers(2**31)))
""",
    ),
    Wrong(
        "mode collapse: surely digits, but zeros only",
        "draw",
        "modes are missing",
        """
trained = keras.saving.load_model("trained.keras")

def draw(n):
    labels = tf.one_hot(np.zeros(n, int), 10)
    return trained(tf.concat([tf.random.normal((n, 64)), labels], axis=1)).numpy()
""",
    ),
    Wrong(
        "every other image mixed of two digits",
        "draw",
        "are both too small",
        """
trained = keras.saving.load_model("trained.keras")

def draw(n):
    labels = tf.one_hot(np.arange(n) % 10, 10)
    drawn = trained(tf.concat([tf.random.normal((n, 64)), labels], axis=1)).numpy()
    mixed = (drawn + drawn[::-1]) / 2
    return np.where(np.arange(n)[:, None, None, None] % 2, mixed, drawn)
""",
    ),
    Wrong(
        "the same image n times",
        "draw",
        "are the same",
        """
trained = keras.saving.load_model("trained.keras")

def draw(n):
    z = tf.concat([tf.random.normal((1, 64)), tf.one_hot([3], 10)], axis=1)
    return np.repeat(trained(z).numpy(), n, axis=0)
""",
    ),
    Wrong(
        "the same images at each call",
        "draw",
        "at each call",
        """
from gan_helpers.gan import latent_vectors

trained = keras.saving.load_model("trained.keras")

def draw(n):
    labels = tf.one_hot(np.arange(n) % 10, 10)
    z = latent_vectors(n, 64, seed=5)
    return trained(tf.concat([z, labels], axis=1)).numpy()
""",
    ),
    Wrong(
        "pixels from 0 to 1",
        "draw",
        "the darkest pixel",
        LOADED.replace(".numpy()", ".numpy() / 2 + 0.5"),
    ),
    Wrong(
        "flat images",
        "draw",
        "should have given an array of shape",
        LOADED.replace(".numpy()", ".numpy().reshape(n, 784)"),
    ),
    Wrong(
        "the training images in a new order",
        "draw",
        "the training images themselves",
        """
def draw(n):
    return np.random.permutation(digits.images)[:n]
""",
        hidden=True,
    ),
    Wrong(
        "the training images with some noise",
        "draw",
        "the training images themselves",
        """
def draw(n):
    images = np.random.permutation(digits.images)[:n]
    return np.clip(images + np.random.normal(0, 0.1, images.shape), -1, 1)
""",
        hidden=True,
    ),
    Wrong(
        "the training images rolled down by a pixel",
        "draw",
        "the training images themselves",
        """
def draw(n):
    images = np.random.permutation(digits.images)[:n]
    return np.roll(images, 1, axis=1)
""",
        hidden=True,
    ),
    Wrong(
        "the training images with much noise",
        "draw",
        "the training images themselves",
        """
def draw(n):
    images = np.random.permutation(digits.images)[:n]
    return np.clip(images + np.random.normal(0, 0.25, images.shape), -1, 1)
""",
        hidden=True,
    ),
    Wrong(
        "45 % of them training images, the rest moved by two pixels",
        "draw",
        "the training images themselves",
        """
def draw(n):
    images = np.random.permutation(digits.images)[:n]
    for number in range(int(0.45 * n), n):
        images[number] = np.roll(images[number], np.random.choice([-2, 2], 2), axis=(0, 1))
    return np.random.permutation(images)
""",
        hidden=True,
    ),
    Wrong(
        "the training images turned by 9 degrees",
        "draw",
        "the training images themselves",
        """
def draw(n):
    images = np.random.permutation(digits.images)[:n]
    from scipy.ndimage import rotate

    turned = [rotate(images[k::2], a, (2, 1), reshape=False, cval=-1) for k, a in ((0, 9), (1, -9))]
    return np.clip(np.concatenate(turned), -1, 1)
""",
        hidden=True,
    ),
    Wrong(
        "the training images averaged with a neighbour",
        "draw",
        "the training images themselves",
        """
def draw(n):
    images = np.random.permutation(digits.images)[:n]
    real = np.random.permutation(digits.images)
    flat = real.reshape(len(real), -1)
    near = ((flat**2).sum(axis=1) - 2 * images.reshape(n, -1) @ flat.T).argsort(axis=1)[:, 1]
    return (images + real[near]) / 2
""",
        hidden=True,
    ),
    Wrong(
        "half of them training images, the rest from G",
        "draw",
        "the training images themselves",
        LOADED.replace("return trained", "drawn = trained").replace(
            ".numpy()",
            ".numpy()\n    drawn[: n // 2] = np.random.permutation(digits.images)[: n // 2]",
        )
        + "    return drawn\n",
        hidden=True,
    ),
    Wrong(
        "the training images, moved by a pixel or two",
        "draw",
        "the training images themselves",
        """
def draw(n):
    rng = np.random.default_rng()
    images = digits.images[rng.permutation(5000)[:n]]
    return np.stack([np.roll(image, rng.integers(-2, 3, 2), (0, 1)) for image in images])
""",
        hidden=True,
    ),
    Wrong(
        "550 images of noise beside 450 training images",
        "draw",
        "training image",  # too many copies, or too much noise, whichever shows first
        """
def draw(n):
    rng = np.random.default_rng()
    images = rng.uniform(-1, 1, (n, 28, 28, 1)).astype(np.float32)
    copies = rng.permutation(n)[: n * 45 // 100]
    images[copies] = digits.images[rng.permutation(5000)[: len(copies)]]
    return images
""",
        hidden=True,
    ),
]
