"""Right answers to assignment 5."""

from tests.grading.answers import Right
from tests.grading.answers.measure_and_cure.precision_and_recall import RIGHT as PLAIN

RIGHT = [
    Right(
        "a fault that NumPy has as text",
        {
            "diagnose": """
REFERENCE
by_cards = diagnose

def diagnose(images):
    return np.array(["none", *FAULTS])[["none", *FAULTS].index(by_cards(images))]
"""
        },
    ),
    Right(
        "scipy's root of a matrix, and sklearn's neighbours",
        {
            "distance": """
def distance(real, fake):
    from scipy.linalg import sqrtm

    mu, nu = np.mean(real, axis=0), np.mean(fake, axis=0)
    a, b = np.cov(real.T), np.cov(fake.T)
    return np.dot(mu - nu, mu - nu) + np.trace(a + b - 2 * np.real(sqrtm(a @ b)))
""",
            "precision_and_recall": """
from sklearn.neighbors import NearestNeighbors

def precision_and_recall(real, fake, k):
    shares = []
    for samples, centres in ((fake, real), (real, fake)):
        tree = NearestNeighbors(n_neighbors=k + 1).fit(centres)
        radius = tree.kneighbors(centres)[0][:, -1]
        hits = 0
        for sample in samples:
            hits += bool(np.any(np.linalg.norm(centres - sample, axis=1) <= radius))
        shares.append(hits / len(samples))
    return shares
""",
            "finds": """
finds = dict(
    distance={"torn", "blur", "proportions", "few modes"},
    precision=("torn",),
    recall=["few modes", "blur"],
)
finds["copied share"], finds["largest share"] = "copies", ("proportions", "torn")
""",
        },
    ),
    Right(
        "tensors, and a Python float",
        {
            "distance": """
def distance(real, fake):
    real, fake = tf.cast(real, tf.float64), tf.cast(fake, tf.float64)
    def parts(x):
        mean = tf.reduce_mean(x, axis=0)
        away = x - mean
        return mean, tf.matmul(away, away, transpose_a=True) / (len(x) - 1)
    (mu, a), (nu, b) = parts(real), parts(fake)
    values, vectors = tf.linalg.eigh(a)
    root = vectors * tf.sqrt(tf.maximum(values, 0)) @ tf.transpose(vectors)
    roots = tf.sqrt(tf.maximum(tf.linalg.eigvalsh(root @ b @ root), 0))
    whole = tf.reduce_sum((mu - nu) ** 2) + tf.linalg.trace(a + b) - 2 * tf.reduce_sum(roots)
    return float(whole.numpy())
""",
            "precision_and_recall": PLAIN.replace(
                "return inside(fake, real, k), inside(real, fake, k)",
                "return tf.constant([inside(fake, real, k), inside(real, fake, k)])",
            ),
            "diagnose": """
def diagnose(images):
    if np.median(metrics.nearest(images, training)[1]) < 1:
        return "copies"
    seen = metrics.features(images)
    precision, recall = metrics.precision_and_recall(real_features, seen)
    far = distance(real_features, seen)
    shares = metrics.digit_shares(images)
    if far < 20:
        return "none"
    if precision < 0.6:
        return "torn"
    if recall > 0.3:
        return "proportions"
    return "blur" if far > 90 else FAULTS[2]
""",
        },
    ),
    Right(
        "cured by pairing, R1 and R2",
        {
            "cured": """
from gan_helpers.modern_losses import d_loss_pairing, g_loss_pairing
from gan_helpers.penalties import R1, R2

keras.utils.set_random_seed(2)
layers = [keras.layers.Dense(128, "relu"), keras.layers.Dense(128, "relu"), keras.layers.Dense(1)]
game = GAN(new_generator(), keras.Sequential([keras.Input((2,)), *layers]), seed=2)
game.compile(
    keras.optimizers.Adam(0.001, beta_1=0.5), keras.optimizers.Adam(0.001, beta_1=0.5),
    d_loss=d_loss_pairing, g_loss=g_loss_pairing, d_penalty=[R1(0.3), R2(0.3)], g_ema=0.99,
)
game.fit(points, batch_size=64, epochs=30, verbose=0)
cured = game.ema_generator
""",
        },
    ),
]
