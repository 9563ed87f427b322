"""How good and how varied the samples are, as numbers.

Two kinds of functions. `features`, `probabilities`, `confident_share`, `digit_shares` and
`digit_fid` look at images of digits through a small digit classifier. It comes with the package;
`tools/train_classifier.py` trained it on the 60,000 training digits of MNIST, among them all the
5,000 embedded ones. The others take samples or features of any kind: `frechet_distance`,
`mean_and_covariance`, `kid`, `cluster_coverage`, `share_inside`, `precision_and_recall`,
`density_and_coverage`, `nearest`, `copied_share`.
"""

import functools
import random
import warnings
from collections.abc import Callable, Collection
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import pairwise_distances_chunked
from sklearn.neighbors import NearestNeighbors

FEATURES = "features"
ASSETS = Path(__file__).with_name("assets")
CLASSIFIER_FILE = ASSETS / "digit_classifier.npz"
STATISTICS_FILE = ASSETS / "digit_statistics.npz"
FEWEST_FOR_FID = 1000


def build_classifier() -> keras.Model:
    """Build the digit classifier: three small convolutions, 128 features, ten logits.

    Returns:
        Keras model from float32 (n, 28, 28, 1) to float32 logits (n, 10), not trained.

    >>> build_classifier().count_params()
    75674
    """
    layers = keras.layers

    def convolution(number, filters):
        return [
            layers.Conv2D(filters, 3, padding="same", use_bias=False, name=f"conv_{number}"),
            layers.BatchNormalization(name=f"norm_{number}"),
            layers.ReLU(),
            layers.MaxPooling2D(),
        ]

    return keras.Sequential(
        [
            keras.Input((28, 28, 1), name="x"),
            *convolution(1, 16),
            *convolution(2, 32),
            *convolution(3, 48),
            layers.Flatten(),
            layers.Dense(128, activation="relu", name=FEATURES),
            layers.Dropout(0.4),
            layers.Dense(10, name="logits"),
        ],
        name="digit_classifier",
    )


def named_weights(model: keras.Model) -> dict[str, keras.Variable]:
    """The weights by name, for example "conv_1.kernel": the names of the arrays in the file."""
    return {f"{layer.name}.{w.name}": w for layer in model.layers for w in layer.weights}


def _asset(path: Path, names: Collection[str]) -> dict[str, np.ndarray]:
    """The arrays of a file of the package, which holds just those names."""
    mend = "install the package again, or make it with tools/train_classifier.py"
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = dict(file)
        if set(arrays) != set(names):
            raise ValueError(f"it holds {len(arrays)} arrays, not the {len(names)} needed")
        return arrays
    except FileNotFoundError:
        raise FileNotFoundError(f"{path.name} is missing in {path.parent}: {mend}") from None
    except Exception as error:  # a damaged archive makes numpy and zipfile raise almost anything
        raise ValueError(f"{path} is damaged ({error}): {mend}") from error


@functools.cache
def digit_classifier() -> keras.Model:
    """The digit classifier: images (n, 28, 28, 1) in [-1, 1] to (features, logits).

    The package holds its weights as plain arrays, because a whole model that one version of
    Keras has written need not open in another.

    Returns:
        Keras model with two outputs, float32: the 128 features of its last hidden layer,
        (n, 128), all >= 0, and the logits of the ten digits, (n, 10).

    Raises:
        FileNotFoundError: the file of weights is not in the installed package.
        ValueError: the file of weights is damaged.
    """
    state = random.getstate()  # Keras draws seeds from it; the reader's own draws stay as they are
    model = build_classifier()
    random.setstate(state)
    weights = named_weights(model)
    for name, array in _asset(CLASSIFIER_FILE, weights).items():
        weights[name].assign(array)
    return keras.Model(model.inputs, [model.get_layer(FEATURES).output, *model.outputs])


def checked_by(check: Callable) -> Callable:
    """Give a function what `check` makes of its arguments, so that its own code stays readable."""

    def decorate(function: Callable) -> Callable:
        @functools.wraps(function)
        def checked(*args, **kwargs):
            return function(*check(*args, **kwargs))

        return checked

    return decorate


def _seen(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The classifier's features and logits of images, once they are checked."""
    images = np.asarray(images, dtype=np.float32)
    if images.ndim != 4 or images.shape[1:] != (28, 28, 1) or len(images) == 0:
        raise ValueError(f"images must have shape (n, 28, 28, 1), got {images.shape}")
    if not np.abs(images).max() <= 1.0001:  # NaN fails as well
        raise ValueError(
            f"images must lie in [-1, 1], got values from {images.min():.4g} to {images.max():.4g}"
        )
    return digit_classifier().predict(images, batch_size=500, verbose=0)


def features(images: np.ndarray) -> np.ndarray:
    """What the classifier sees in each image, float32 (n, 128), all >= 0.

    Args:
        images: float (n, 28, 28, 1) in [-1, 1].

    Raises:
        ValueError: images of another shape or range.

    >>> from gan_helpers import data
    >>> features(data.load_digits().images[:20]).shape
    (20, 128)
    """
    return _seen(images)[0]


def probabilities(images: np.ndarray) -> np.ndarray:
    """The classifier's probabilities of the ten digits, float64 (n, 10), each row summing to 1.

    Args:
        images: float (n, 28, 28, 1) in [-1, 1].

    Raises:
        ValueError: images of another shape or range.

    >>> from gan_helpers import data
    >>> probabilities(data.load_digits().images[:10]).argmax(axis=1)
    array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    """
    logits = _seen(images)[1].astype(np.float64)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def confident_share(images: np.ndarray, sure: float = 0.95) -> float:
    """Share of the images that the classifier takes for one digit with a probability above `sure`.

    It measures the classifier's confidence, not whether the images are digits: a classifier can
    be sure of noise.

    Args:
        images: float (n, 28, 28, 1) in [-1, 1].
        sure: 0 < sure < 1. Below 0.5 two digits could pass at once, and one is counted.

    Returns:
        A share from 0 to 1.

    Raises:
        ValueError: images of another shape or range, or sure outside (0, 1).

    >>> from gan_helpers import data
    >>> confident_share(data.load_digits().images[:10])
    1.0
    """
    if not 0 < sure < 1:
        raise ValueError(f"sure must satisfy 0 < sure < 1, got {sure!r}")
    return float(np.mean(probabilities(images).max(axis=1) > sure))


def digit_shares(images: np.ndarray) -> np.ndarray:
    """Share of the images that the classifier takes for 0, 1, ..., 9; float64 (10,), sum 1.

    Args:
        images: float (n, 28, 28, 1) in [-1, 1].

    Raises:
        ValueError: images of another shape or range.

    >>> from gan_helpers import data
    >>> digit_shares(data.load_digits().images[:4])  # 0, 1, 2, 3
    array([0.25, 0.25, 0.25, 0.25, 0.  , 0.  , 0.  , 0.  , 0.  , 0.  ])
    """
    return np.bincount(probabilities(images).argmax(axis=1), minlength=10) / len(images)


def cluster_coverage(
    real: np.ndarray,
    labels: np.ndarray,
    fake: np.ndarray,
    clusters: int = 10,
    least: float = 0.2,
) -> float:
    """Share of the ways of writing the digits that the fakes contain.

    It is not the coverage of Naeem et al. 2020, which `density_and_coverage` gives. The real
    samples of each label are parted into clusters by k-means. A cluster counts as covered if at
    least `least` times as large a share of the fakes as of the real samples is nearest to its
    centre.

    Args:
        real: features of the real samples, float (n, d).
        labels: their labels, integers (n,).
        fake: features of the fakes, float (m, d).
        clusters: clusters for each label; each label needs as many samples.
        least: 0 < least <= 1.

    Returns:
        A share from 0 to 1. Clusters count alike, however many real samples each one has.

    Raises:
        ValueError: shapes that do not belong together, or too few samples of a label.

    Source: bins by k-means whose shares are compared: Richardson and Weiss 2018, who count the
    bins that differ significantly instead.

    >>> real, labels = np.array([[0.0], [1.0], [10.0], [11.0]]), np.array([0, 0, 1, 1])
    >>> cluster_coverage(real, labels, fake=np.array([[0.2], [0.9]]), clusters=2)
    0.5
    """
    if real.ndim != 2 or fake.shape[1:] != real.shape[1:] or labels.shape != real.shape[:1]:
        raise ValueError(
            "real, labels and fake must be (n, d), (n,) and (m, d), "
            f"got {real.shape}, {labels.shape} and {fake.shape}"
        )
    if not 0 < least <= 1:
        raise ValueError(f"least must satisfy 0 < least <= 1, got {least!r}")
    fewest = np.unique(labels, return_counts=True)[1].min()
    if not 1 <= clusters <= fewest:
        raise ValueError(
            f"clusters must be at least 1 and at most {fewest}, the samples of the rarest label, "
            f"got {clusters!r}"
        )
    centres = np.concatenate(
        [
            KMeans(clusters, n_init=1, random_state=0).fit(real[labels == label]).cluster_centers_
            for label in np.unique(labels)
        ]
    )
    search = NearestNeighbors(n_neighbors=1).fit(centres)

    def shares(samples: np.ndarray) -> np.ndarray:
        nearest_centre = search.kneighbors(samples, return_distance=False)[:, 0]
        return np.bincount(nearest_centre, minlength=len(centres)) / len(samples)

    return float(np.mean(shares(fake) >= least * shares(real)))


def _gaussians(mean_1, covariance_1, mean_2, covariance_2) -> list[np.ndarray]:
    arrays = [np.asarray(a, np.float64) for a in (mean_1, covariance_1, mean_2, covariance_2)]
    shapes = [array.shape for array in arrays]
    if len(shapes[0]) != 1 or shapes != [shapes[0], shapes[0] * 2] * 2:
        raise ValueError(f"means must be (d,) and covariances (d, d), got {shapes}")
    if not all(np.isfinite(array).all() for array in arrays):
        raise ValueError("means and covariances must be finite")
    return arrays


@checked_by(_gaussians)
def frechet_distance(
    mean_1: np.ndarray, covariance_1: np.ndarray, mean_2: np.ndarray, covariance_2: np.ndarray
) -> float:
    """Squared Fréchet distance between two Gaussians, given by means and covariances.

    It is also the squared 2-Wasserstein distance of the two.

    |mean_1 - mean_2|^2 + trace(covariance_1 + covariance_2 - 2 (covariance_1 covariance_2)^(1/2))

    Args:
        mean_1, mean_2: float (d,).
        covariance_1, covariance_2: float (d, d), symmetric, no eigenvalue below 0.

    Returns:
        A number >= 0, up to rounding 0 if and only if the Gaussians are the same. Two sets of
        samples may well share mean and covariance, and so be at distance 0, yet differ.

    Raises:
        ValueError: shapes that do not belong together, or values that are not finite.

    Source: Dowson and Landau 1982; as a measure of samples: Heusel et al. 2017, eq. 6.

    >>> frechet_distance([1.0], [[4.0]], [4.0], [[9.0]])  # 3 apart, one wider by 1: 9 + 1
    10.0
    """
    # The trace of the root of A B is the sum of the roots of the eigenvalues of A^1/2 B A^1/2,
    # which is symmetric, so that no complex numbers come in.
    values, vectors = np.linalg.eigh(covariance_1)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    eigenvalues = np.linalg.eigvalsh(root @ covariance_2 @ root)
    trace_of_root = np.sqrt(np.maximum(eigenvalues, 0)).sum()
    of_means = np.sum((mean_1 - mean_2) ** 2)
    of_shapes = np.trace(covariance_1) + np.trace(covariance_2) - 2 * trace_of_root
    return max(float(of_means + of_shapes), 0.0)


def mean_and_covariance(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean, float64 (d,), and covariance, float64 (d, d), of the features, float (n, d).

    The covariance is the unbiased one: its sums are divided by n - 1.

    Raises:
        ValueError: fewer than two rows, or another shape.

    >>> mean_and_covariance([[0, 0], [2, 0], [0, 2], [2, 2]])[0]
    array([1., 1.])
    """
    features = np.asarray(features, dtype=np.float64)
    if features.ndim != 2 or len(features) < 2:
        raise ValueError(f"features must have shape (n, d) with n >= 2, got {features.shape}")
    return features.mean(axis=0), np.atleast_2d(np.cov(features, rowvar=False))


def digit_fid(images: np.ndarray) -> float:
    """Fréchet distance between the features of the images and of MNIST's 10,000 test digits.

    It is the FID of Heusel et al. with the digit classifier in the place of the Inception network.
    Lower is better, but a distance near 0 does not prove that the images are real digits: what
    the classifier does not see, and what mean and covariance of its features do not tell, does
    not count. Of the 128 features, 36 are dead: 0 for every test digit.

    It depends on the number of images n: the covariance of 128 features is estimated from them,
    and the error of the estimate adds a bias that falls about as 1/n. Real digits, which should
    be near 0, are at 9.8, 5.3, 3.1 and 1.4 with n = 250, 500, 1,000 and 5,000 of the embedded
    ones. Compare at the same n only.

    Args:
        images: float (n, 28, 28, 1) in [-1, 1], n >= 2. Heusel et al. advise 10,000 or more.

    Returns:
        The squared distance, >= 0, in the classifier's own unit: a number that cannot be compared
        with a published FID, nor with a distance in the features of any other network.

    Raises:
        ValueError: images of another shape or range, or fewer than two.

    Warns:
        UserWarning: fewer than 1,000 images.

    Source: Heusel et al. 2017, eq. 6; on the bias: Bińkowski et al. 2018.

    >>> from gan_helpers import data
    >>> digit_fid(data.load_digits().images) < 2
    True
    """
    found = features(images)
    if len(found) < FEWEST_FOR_FID:
        warnings.warn(
            f"digit_fid of {len(found):,} images, fewer than {FEWEST_FOR_FID:,}, comes out too "
            "large: they are few for the covariance of 128 features, and the bias is about 1/n",
            stacklevel=2,
        )
    real = _asset(STATISTICS_FILE, ("mean", "covariance"))
    return frechet_distance(*mean_and_covariance(found), real["mean"], real["covariance"])


def _regions(samples, centres, k=3) -> tuple[np.ndarray, np.ndarray, int]:
    samples, centres = np.asarray(samples, np.float64), np.asarray(centres, np.float64)
    if samples.ndim != 2 or centres.ndim != 2 or samples.shape[1] != centres.shape[1]:
        raise ValueError(
            f"samples and centres must be (n, d) and (m, d), got {samples.shape} and "
            f"{centres.shape}"
        )
    if k < 1 or len(centres) <= k or len(samples) == 0:
        raise ValueError(
            f"k must be at least 1 and below the number of centres, got {k!r} for "
            f"{len(samples)} samples and {len(centres)} centres"
        )
    return samples, centres, k


@checked_by(_regions)
def share_inside(samples: np.ndarray, centres: np.ndarray, k: int = 3) -> float:
    """Share of the samples that lie in the region of the centres.

    Around each centre lies a ball that reaches to its k-th neighbour among the centres. The
    balls together are the region. With more than k copies of a centre its ball has radius 0: it
    holds these copies alone.

    Args:
        samples, centres: features, float (n, d) and (m, d), more than k centres.
        k: which neighbour the ball reaches to.

    Returns:
        A share from 0 to 1.

    Raises:
        ValueError: shapes that do not belong together, or too few centres.

    Source: Kynkäänniemi et al. 2019, sec. 2, eq. 1.

    >>> share_inside([[0.5], [9.0]], centres=[[0.0], [1.0], [2.0]], k=1)
    0.5
    """
    neighbours = NearestNeighbors(n_neighbors=k + 1, algorithm="brute").fit(centres)
    radii = neighbours.kneighbors(centres)[0][:, k]  # the nearest one is the centre itself
    radii += 1e-6 * np.linalg.norm(centres, axis=1)  # so that rounding leaves no copy outside
    inside = pairwise_distances_chunked(
        samples, centres, reduce_func=lambda distances, start: (distances <= radii).any(axis=1)
    )
    return float(np.concatenate(list(inside)).mean())


class PrecisionAndRecall(NamedTuple):
    """How good and how varied, as two shares from 0 to 1."""

    precision: float
    recall: float


def precision_and_recall(real: np.ndarray, fake: np.ndarray, k: int = 3) -> PrecisionAndRecall:
    """Share of the fakes that lie where real samples are, and the other way round.

    Args:
        real, fake: features, float (n, d) and (m, d), more than k of each.
        k: as in `share_inside`.

    Returns:
        Precision, the share of the fakes inside the region of the real samples, and recall, the
        share of the real samples inside that of the fakes.

    Raises:
        ValueError: as in `share_inside`.

    Source: Kynkäänniemi et al. 2019, sec. 2, eq. 2.

    >>> precision_and_recall(real=[[0.0], [1.0], [9.0], [10.0]], fake=[[0.0], [1.0]], k=1)
    PrecisionAndRecall(precision=1.0, recall=0.5)
    """
    return PrecisionAndRecall(share_inside(fake, real, k), share_inside(real, fake, k))


class DensityAndCoverage(NamedTuple):
    """Density, >= 0, which may be above 1, and coverage, a share from 0 to 1."""

    density: float
    coverage: float


def density_and_coverage(real: np.ndarray, fake: np.ndarray, k: int = 5) -> DensityAndCoverage:
    """How crowded with real samples the places of the fakes are, and which real ones they reach.

    Around each real sample lies a ball that reaches to its k-th neighbour among the real ones.
    Density is the mean number of balls that a fake lies in, divided by k. Coverage is the share
    of the balls that hold a fake. Copies among the fakes change neither the balls nor coverage.

    Args:
        real, fake: features, float (n, d) and (m, d), more than k real ones.
        k: which neighbour the balls reach to.

    Returns:
        Density and coverage. Both depend on k; coverage also grows with m. Compare at the same
        n, m and k, beside the values of real samples in the place of the fakes.

    Raises:
        ValueError: as in `share_inside`.

    Source: Naeem et al. 2020, sec. 3.

    >>> density_and_coverage([[0.0], [1.0], [9.0], [11.0]], fake=[[0.0], [1.0]], k=1)
    DensityAndCoverage(density=2.0, coverage=0.5)
    """
    fake, real, k = _regions(fake, real, k)
    neighbours = NearestNeighbors(n_neighbors=k + 1, algorithm="brute").fit(real)
    radii = neighbours.kneighbors(real)[0][:, k]  # the nearest one is the sample itself
    radii += 1e-6 * np.linalg.norm(real, axis=1)  # so that rounding leaves no copy outside
    chunks = pairwise_distances_chunked(fake, real, reduce_func=lambda d, start: d <= radii)
    inside = np.concatenate(list(chunks))
    return DensityAndCoverage(
        float(inside.sum() / (k * len(fake))), float(inside.any(axis=0).mean())
    )


def _two_sets(real, fake) -> tuple[np.ndarray, np.ndarray]:
    real, fake = np.asarray(real, np.float64), np.asarray(fake, np.float64)
    if real.ndim != 2 or real.shape[1:] != fake.shape[1:] or min(len(real), len(fake)) < 2:
        raise ValueError(
            "real and fake must be (n, d) and (m, d), two rows or more of each, got "
            f"{real.shape} and {fake.shape}"
        )
    return real, fake


@checked_by(_two_sets)
def kid(real: np.ndarray, fake: np.ndarray) -> float:
    """Kernel distance of two sets of features: their squared maximum mean discrepancy.

    The kernel is (x.y / d + 1)^3. The estimate is unbiased: its mean over draws does not depend
    on n and m, and it is 0 for two sets from one source, so that single values fall below 0.

    Args:
        real, fake: features, float (n, d) and (m, d), n and m >= 2.

    Returns:
        A number, in a unit of these features' own.

    Raises:
        ValueError: shapes that do not belong together, or a single sample.

    Source: Bińkowski et al. 2018 (KID, with Inception's features); the estimate:
    Gretton et al. 2012, eq. 3.

    >>> kid(real=[[0.0], [2.0]], fake=[[1.0], [1.0]])
    -19.0
    """

    def kernel(x, y):
        return (x @ y.T / x.shape[1] + 1) ** 3

    def within(x):
        values = kernel(x, x)
        return (values.sum() - np.trace(values)) / (len(x) * (len(x) - 1))

    return float(within(real) + within(fake) - 2 * kernel(real, fake).mean())


def nearest(
    samples: np.ndarray, training: np.ndarray, shift: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """The nearest training sample of each sample, pixel by pixel: has G learned by heart?

    With shift 0, a copy that is moved by one pixel is far away. With shift 1, each image is also
    moved by one pixel to all sides and corners, and its least distance counts.

    Args:
        samples: float (n, ...); with a shift, images (n, height, width, ...).
        training: float (m, ...), of the same shape but for the first number.
        shift: by how many pixels at most images are moved; what leaves on one side comes in on
            the other, so keep it below the width of the empty frame.

    Returns:
        Indices into `training`, int64 (n,), and Euclidean distances, float64 (n,).

    Raises:
        ValueError: shapes that do not belong together, or a shift that cannot be.

    >>> nearest(np.array([[0.0, 3.0]]), np.array([[5.0, 3.0], [0.0, 0.0]]))
    (array([1]), array([3.]))
    """
    samples, training = np.asarray(samples), np.asarray(training)
    if samples.shape[1:] != training.shape[1:] or not len(samples) or not len(training):
        raise ValueError(
            f"samples and training must be of one shape, got {samples.shape} and {training.shape}"
        )
    if shift < 0 or (shift and samples.ndim < 3):
        raise ValueError(f"shift must be at least 0, and 0 but for images, got {shift!r}")
    kind = np.result_type(samples, training, np.float32)
    rows = training.reshape(len(training), -1).astype(kind)
    half = np.sum(rows**2, axis=1) / 2

    def search(images):
        flat = images.reshape(len(images), -1).astype(kind)
        # The least |a - b|^2 is the least |b|^2 / 2 - a.b; in parts, to spare memory.
        parts = np.array_split(flat, -(-len(flat) // 500))
        indices = np.concatenate([np.argmin(half - part @ rows.T, axis=1) for part in parts])
        return indices, np.linalg.norm(flat - rows[indices], axis=1).astype(np.float64)

    moves = range(-shift, shift + 1)
    moved = [(down, right) for down in moves for right in moves] if shift else [()]
    found = [search(np.roll(samples, by, (1, 2)[: len(by)])) for by in moved]
    best = np.argmin([distances for _, distances in found], axis=0)
    every = np.arange(len(samples))
    indices, distances = (np.array(each)[best, every] for each in zip(*found, strict=True))
    return indices, distances


def copied_share(
    samples: np.ndarray,
    training: np.ndarray,
    held_out: np.ndarray,
    shift: int = 1,
    quantile: float = 0.05,
) -> float:
    """Share of the samples that lie nearer to a training image than held-out real ones do.

    "Nearer" is below that quantile of the held-out images' distances. So other held-out images
    have a share of about `quantile`; a share far above it says that there are copies among the
    samples, or more of a digit whose images lie close together, such as 1. It sees copies, also
    those that are moved by no more than `shift` pixels, and near ones, such as those turned by 2
    degrees or with nine tenths of the ink. Larger changes pass: those turned by 8 degrees,
    mirrored or bolder by a pixel. A few copies among many samples pass as well.

    Args:
        samples, training: images, as in `nearest`.
        held_out: real images that were not trained on, as in `nearest`.
        shift: as in `nearest`.
        quantile: 0 < quantile < 1.

    Returns:
        A share from 0 to 1.

    Raises:
        ValueError: as in `nearest`, or quantile outside (0, 1).

    Source: after Meehan, Chaudhuri and Dasgupta 2020, who compare the two sets of distances by a
    rank test instead.
    """
    if not 0 < quantile < 1:
        raise ValueError(f"quantile must satisfy 0 < quantile < 1, got {quantile!r}")
    limit = np.quantile(nearest(held_out, training, shift)[1], quantile)
    return float(np.mean(nearest(samples, training, shift)[1] < limit))
