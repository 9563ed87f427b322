"""Wrong answers to assignment 5, question 5: a collapse that is not cured."""

from tests.grading.answers import Wrong

WRONG = [
    Wrong("not trained", "cured", "or not trained for long enough", "\ncured = new_generator()\n"),
    Wrong(
        "the collapsed one that is given",
        "cured",
        "G is still collapsed, or",
        "\nkeras.utils.set_random_seed(1)\ncured = collapse()\n",
    ),
    Wrong(
        "a wider generator",
        "cured",
        "other weights than new_generator()",
        """
cured = keras.Sequential(
    [keras.Input((64,)), keras.layers.Dense(256, "relu"), keras.layers.Dense(2)]
)
""",
    ),
    Wrong(
        "the whole GAN",
        "cured",
        "Is it the generator alone",
        """
d = keras.Sequential([keras.Input((2,)), keras.layers.Dense(64, "relu"), keras.layers.Dense(1)])
cured = GAN(new_generator(), d)
""",
    ),
    Wrong(
        "exploded",
        "cured",
        "not finite",
        """
cured = new_generator()
cured.set_weights([weight * np.nan for weight in cured.get_weights()])
""",
    ),
    Wrong(
        "huge numbers in the place of weights",
        "cured",
        "more than 64 MiB",
        """
class Huge:
    def get_weights(self):
        return [np.zeros(20_000_000, np.float32)]

cured = Huge()
""",
    ),
    Wrong(
        "samples of the ring handed out, without a network",
        "cured",
        "get_weights",
        """
def cured(z):
    return eight.sample(len(z), seed=int(np.random.default_rng().integers(2**31)))
""",
    ),
    Wrong(
        "one mode alone, all points near it",
        "cured",
        "1 of 8 modes: G is still collapsed, or",
        """
cured = new_generator()
cured.layers[-1].set_weights([np.zeros((128, 2)), eight.means[0]])
""",
    ),
    Wrong(
        "the whole circle, not its eight groups",
        "cured",
        "of the points lie near a mode",
        """
keras.utils.set_random_seed(1)
z = np.random.default_rng(0).standard_normal((10_000, 64)).astype("float32")
z[:, 2:] = 0  # two latent numbers say which way
circle = 2 * z[:, :2] / np.linalg.norm(z[:, :2], axis=1, keepdims=True)
cured = new_generator()
cured.compile("adam", "mse")
cured.fit(z, circle, batch_size=64, epochs=8, verbose=0)
kernel, bias = cured.layers[0].get_weights()
cured.layers[0].set_weights([kernel * (np.arange(64) < 2)[:, None], bias])
""",
    ),
]
