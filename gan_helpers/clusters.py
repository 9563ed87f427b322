"""Labels that nobody gave: the clusters in which samples lie, found without looking at a label."""

import numbers

from gan_helpers.metrics import checked_by

import numpy as np
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA


def _samples(images, clusters=200, components=50, seed=0) -> tuple:
    images = np.asarray(images)
    for name, value in (("clusters", clusters), ("components", components)):
        if isinstance(value, bool) or not isinstance(value, numbers.Integral):
            raise ValueError(f"{name} must be a whole number, got {value!r}")
    if not 1 <= clusters <= len(images):
        raise ValueError(
            f"clusters must be from 1 to {len(images)}, the number of samples, got {clusters}"
        )
    if components < 1:
        raise ValueError(f"components must be at least 1, got {components}")
    if not np.isfinite(images).all():
        raise ValueError("images must be finite")
    return images, clusters, components, seed


@checked_by(_samples)
def cluster_labels(
    images: np.ndarray, clusters: int = 200, components: int = 50, seed: int = 0
) -> np.ndarray:
    """The cluster of each image, by k-means on its principal components.

    A conditional GAN that is told clusters is a *self-conditioned* one. The authors cluster what
    D sees, and anew from time to time; pixels, once, are enough for small digits.

    Args:
        images: samples, float (n, ...), n >= 2.
        clusters: how many labels there are to be, from 1 to n.
        components: principal components that k-means looks at, at least 1; where there are
            fewer, all of them.
        seed: of k-means.

    Returns:
        Labels from 0 to clusters - 1, int64 (n,). Each occurs.

    Raises:
        ValueError: clusters or components out of range or not whole, or samples that are not
            finite.

    Source: Liu et al. 2020, sec. 3, with pixels in the place of D's features.

    >>> dark_and_bright = np.array([[-1.0, -1.0], [1.0, 1.0], [-0.9, -1.0]])
    >>> one, other, third = cluster_labels(dark_and_bright, clusters=2)
    >>> bool(one == third != other)
    True
    """
    flat = images.reshape(len(images), -1)
    pca = PCA(min(components, *flat.shape), random_state=seed)
    labels = KMeans(clusters, n_init=1, random_state=seed).fit_predict(pca.fit_transform(flat))
    return labels.astype(np.int64)
