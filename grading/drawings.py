"""Whether drawings are somebody's own: how near they are to the digits that were given.

A drawing is compared with every given digit, at every shift of a few pixels, and with those that
are nearest then, turned by some degrees. How near is near depends on the digit: two 1s are more
alike than two 8s. So the yardstick of a digit is how far its given images lie from one another,
each from the nearest of the others, measured in the same way.
"""

import functools

import numpy as np
from scipy import ndimage

SHIFT = 2  # pixels, to all sides
ANGLES = (-16, -12, -8, -4, 4, 8, 12, 16)  # degrees
CANDIDATES = 8  # given images that are turned for one drawing
SIDE = 28


def nearness(
    drawings: np.ndarray, digits: np.ndarray, labels: np.ndarray, said: np.ndarray
) -> np.ndarray:
    """How far each drawing lies from the nearest given digit, in units of its digit's yardstick.

    Args:
        drawings: float32 (n, 28, 28, 1) in [-1, 1].
        digits, labels: the given images, of the same kind, and their digits, (m,).
        said: the digit that each drawing shows, (n,).

    Returns:
        float64 (n,); about 1 for digits that were not among the given ones, 0 for copies.
    """
    far = distances(drawings, digits)
    return far / yardsticks(digits, labels)[said]


def yardsticks(digits: np.ndarray, labels: np.ndarray, most: int = 25) -> np.ndarray:
    """The median distance of a digit's images to the nearest other one, float64 (10,)."""
    return _yardsticks(digits.tobytes(), labels.tobytes(), str(labels.dtype), len(digits), most)


@functools.lru_cache(maxsize=2)
def _yardsticks(images: bytes, classes: bytes, kind: str, count: int, most: int) -> np.ndarray:
    digits = np.frombuffer(images, np.float32).reshape(count, SIDE, SIDE, 1)
    labels = np.frombuffer(classes, kind)
    found = []
    for digit in range(10):
        own = np.flatnonzero(labels == digit)[:most]
        found.append(np.median(distances(digits[own], digits, without=own)))
    return np.array(found)


def distances(
    drawings: np.ndarray, digits: np.ndarray, without: np.ndarray | None = None
) -> np.ndarray:
    """Distance of each drawing to the nearest digit, over shifts and turns, float64 (n,).

    without: for each drawing the index of the digit that it is not compared with.
    """
    images = drawings.reshape(-1, SIDE, SIDE).astype(np.float32)
    given = digits.reshape(len(digits), -1).astype(np.float32)
    sizes = np.sum(given**2, axis=1)
    near = np.full((len(images), len(given)), np.inf, np.float32)
    for rows in range(-SHIFT, SHIFT + 1):
        for columns in range(-SHIFT, SHIFT + 1):
            moved = shifted(images, rows, columns).reshape(len(images), -1)
            squares = np.sum(moved**2, axis=1)[:, None] - 2 * moved @ given.T + sizes
            np.minimum(near, squares, out=near)
    if without is not None:
        near[np.arange(len(near)), without] = np.inf
    best = np.argpartition(near, CANDIDATES, axis=1)[:, :CANDIDATES]
    found = np.take_along_axis(near, best, axis=1).min(axis=1)
    turned = {}
    for place in np.unique(best):
        turned[place] = turns(given[place].reshape(SIDE, SIDE))
    for number, image in enumerate(images):
        frames = np.concatenate([turned[place] for place in best[number]])
        for rows in (-1, 0, 1):
            for columns in (-1, 0, 1):
                one = shifted(image[None], rows, columns).ravel()
                found[number] = min(found[number], np.sum((frames - one) ** 2, axis=1).min())
    return np.sqrt(np.maximum(found, 0)).astype(np.float64)


def shifted(images: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Images moved by whole pixels, (n, 28, 28); what comes in is background, -1."""
    return ndimage.shift(images, (0, rows, columns), order=0, cval=-1.0)


def turns(image: np.ndarray) -> np.ndarray:
    """An image turned by each of the angles, float32 (k, 784)."""
    frames = [ndimage.rotate(image, angle, reshape=False, order=1, cval=-1.0) for angle in ANGLES]
    return np.stack(frames).reshape(len(ANGLES), -1)
