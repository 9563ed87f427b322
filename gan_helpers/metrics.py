"""How good and how varied the samples are, as numbers.

All but `precision_and_recall` and `nearest` are measured in what a small digit classifier
sees. It comes with the package; `tools/train_classifier.py` made it from the 60,000 training
digits of MNIST.
"""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import pairwise_distances_chunked
from sklearn.neighbors import NearestNeighbors

FEATURES = "features"
ASSETS = Path(__file__).with_name("assets")
CLASSIFIER_FILE = ASSETS / "digit_classifier.keras"
STATISTICS_FILE = ASSETS / "digit_statistics.npz"


@functools.cache
def digit_classifier() -> keras.Model:
    """The digit classifier: images (n, 28, 28, 1) in [-1, 1] to (features, logits).

    Returns:
        Keras model with two outputs, float32: the 128 features of its last hidden layer,
        (n, 128), all >= 0, and the logits of the ten digits, (n, 10).

    Raises:
        FileNotFoundError: the file of weights is not in the installed package.
    """
    if not CLASSIFIER_FILE.is_file():
        raise FileNotFoundError(
            f"{CLASSIFIER_FILE.name} is missing in {CLASSIFIER_FILE.parent}: install the package "
            "again, or make it with tools/train_classifier.py"
        )
    model = keras.saving.load_model(CLASSIFIER_FILE, compile=False)
    return keras.Model(model.inputs, [model.get_layer(FEATURES).output, *model.outputs])


def _checked_images(images: np.ndarray) -> np.ndarray:
    images = np.asarray(images, dtype=np.float32)
    if images.ndim != 4 or images.shape[1:] != (28, 28, 1) or len(images) == 0:
        raise ValueError(f"images must have shape (n, 28, 28, 1), got {images.shape}")
    if not np.abs(images).max() <= 1.0001:  # NaN fails as well
        raise ValueError(
            f"images must lie in [-1, 1], got values from {images.min():.4g} to {images.max():.4g}"
        )
    return images


def features(images: np.ndarray) -> np.ndarray:
    """What the classifier sees in each image, float32 (n, 128).

    Args:
        images: float (n, 28, 28, 1) in [-1, 1].

    Raises:
        ValueError: images of another shape or range.
    """
    return digit_classifier().predict(_checked_images(images), batch_size=500, verbose=0)[0]


def probabilities(images: np.ndarray) -> np.ndarray:
    """The classifier's probabilities of the ten digits, float64 (n, 10), each row summing to 1.

    Args:
        images: float (n, 28, 28, 1) in [-1, 1].

    Raises:
        ValueError: images of another shape or range.
    """
    logits = digit_classifier().predict(_checked_images(images), batch_size=500, verbose=0)[1]
    logits = logits.astype(np.float64)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def sharpness(images: np.ndarray, sure: float = 0.95) -> float:
    """Share of the images that the classifier takes for one digit with a probability above `sure`.

    Args:
        images: float (n, 28, 28, 1) in [-1, 1].
        sure: 0 < sure < 1.

    Returns:
        A share from 0 to 1.

    Raises:
        ValueError: images of another shape or range, or sure outside (0, 1).
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

    The real samples of each label are parted into clusters by k-means. A cluster counts as
    covered if at least `least` times as large a share of the fakes as of the real samples
    is nearest to its centre.

    Args:
        real: features of the real samples, float (n, d).
        labels: their labels, integers (n,).
        fake: features of the fakes, float (m, d).
        clusters: clusters for each label; each label needs as many samples.
        least: 0 < least <= 1.

    Returns:
        A share from 0 to 1.

    Raises:
        ValueError: shapes that do not belong together, or too few samples of a label.
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


def _checked_gaussians(function: Callable) -> Callable:
    """Check the two Gaussians, so that the function's own code stays readable."""

    @functools.wraps(function)
    def checked(mean_1, covariance_1, mean_2, covariance_2):
        arrays = [np.asarray(a, np.float64) for a in (mean_1, covariance_1, mean_2, covariance_2)]
        shapes = [array.shape for array in arrays]
        if len(shapes[0]) != 1 or shapes != [shapes[0], shapes[0] * 2] * 2:
            raise ValueError(f"means must be (d,) and covariances (d, d), got {shapes}")
        if not all(np.isfinite(array).all() for array in arrays):
            raise ValueError("means and covariances must be finite")
        return function(*arrays)

    return checked


@_checked_gaussians
def frechet_distance(
    mean_1: np.ndarray, covariance_1: np.ndarray, mean_2: np.ndarray, covariance_2: np.ndarray
) -> float:
    """Squared Fréchet distance between two Gaussians, given by means and covariances.

    |mean_1 - mean_2|^2 + trace(covariance_1 + covariance_2 - 2 (covariance_1 covariance_2)^(1/2))

    Args:
        mean_1, mean_2: float (d,).
        covariance_1, covariance_2: float (d, d), symmetric, no eigenvalue below 0.

    Returns:
        A number >= 0; 0 if and only if the Gaussians are the same.

    Raises:
        ValueError: shapes that do not belong together, or values that are not finite.

    Source: Dowson and Landau 1982; as a measure of samples: Heusel et al. 2017, eq. 6.
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

    Raises:
        ValueError: fewer than two rows, or another shape.
    """
    features = np.asarray(features, dtype=np.float64)
    if features.ndim != 2 or len(features) < 2:
        raise ValueError(f"features must have shape (n, d) with n >= 2, got {features.shape}")
    return features.mean(axis=0), np.cov(features, rowvar=False)


def digit_distance(images: np.ndarray) -> float:
    """Fréchet distance between the features of the images and of the 10,000 test digits.

    Lower is better. It depends on the number of images: with fewer, it is larger. Compare
    distances of as many images only.

    Args:
        images: float (n, 28, 28, 1) in [-1, 1], n >= 2; 10,000 are customary.

    Returns:
        The squared distance, in the classifier's own unit: it cannot be compared with
        distances in the features of another network.

    Raises:
        ValueError: images of another shape or range, or fewer than two.

    Source: Heusel et al. 2017, with this classifier in the place of the Inception network.
    """
    mean, covariance = mean_and_covariance(features(images))
    with np.load(STATISTICS_FILE, allow_pickle=False) as real:
        return frechet_distance(mean, covariance, real["mean"], real["covariance"])


def _checked_regions(function: Callable) -> Callable:
    """Check two sets of features and k, so that the function's own code stays readable."""

    @functools.wraps(function)
    def checked(samples, centres, k=3):
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
        return function(samples, centres, k)

    return checked


@_checked_regions
def share_inside(samples: np.ndarray, centres: np.ndarray, k: int = 3) -> float:
    """Share of the samples that lie in the region of the centres.

    Around each centre lies a ball that reaches to its k-th neighbour among the centres. The
    balls together are the region.

    Args:
        samples, centres: features, float (n, d) and (m, d), more than k centres.
        k: which neighbour the ball reaches to.

    Returns:
        A share from 0 to 1.

    Raises:
        ValueError: shapes that do not belong together, or too few centres.

    Source: Kynkäänniemi et al. 2019, sec. 2, eq. 1.
    """
    neighbours = NearestNeighbors(n_neighbors=k + 1, algorithm="brute").fit(centres)
    radii = neighbours.kneighbors(centres)[0][:, k]  # the nearest one is the centre itself
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
    """
    return PrecisionAndRecall(share_inside(fake, real, k), share_inside(real, fake, k))


def nearest(samples: np.ndarray, training: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The nearest training sample of each sample, pixel by pixel: has G learned by heart?

    Args:
        samples: float (n, ...).
        training: float (m, ...), of the same shape but for the first number.

    Returns:
        Indices into `training`, int64 (n,), and Euclidean distances, float64 (n,).

    Raises:
        ValueError: shapes that do not belong together.
    """
    if samples.shape[1:] != training.shape[1:] or not len(samples) or not len(training):
        raise ValueError(
            f"samples and training must be of one shape, got {samples.shape} and {training.shape}"
        )
    search = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(
        training.reshape(len(training), -1)
    )
    distances, indices = search.kneighbors(samples.reshape(len(samples), -1))
    return indices[:, 0], distances[:, 0]
