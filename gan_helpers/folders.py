"""Your own images: a folder of files, read in one call."""

import os
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

ENDINGS = (".bmp", ".gif", ".jpeg", ".jpg", ".png")


class Images(NamedTuple):
    """Images, ready for `GAN.fit`, and for `ConditionalGAN.fit` if they have labels.

    Attributes:
        images: float32 (n, height, width, channels) in [-1, 1].
        labels: int64 (n,) from 0 on, or None without subfolders.
        names: what each label stands for: the names of the subfolders; () without.
    """

    images: np.ndarray
    labels: np.ndarray | None
    names: tuple[str, ...]


def load_images(
    folder: str | os.PathLike, size: tuple[int, int] | None = None, channels: int | None = None
) -> Images:
    """Load every image of a folder, scaled to [-1, 1], the range of a tanh output.

    They are read into memory, in an order that is mixed but always the same, so that any part of
    them is a fair one.

    Args:
        folder: with images in it, or with a subfolder of images for each label. Files whose
            names begin with a dot, or do not end in .png, .jpg, .jpeg, .bmp or .gif, are left out.
        size: (height, width) to bring all images to, both divided by 4, as the convolutional
            networks need it. An image of another shape is cut to it around its middle first. None:
            the images are of one such size already.
        channels: 1 for grey, 3 for colours; None for 3 if there is a colour in any file.

    Returns:
        `Images`.

    Raises:
        FileNotFoundError: there is no such folder.
        ValueError: it holds no images, or images beside subfolders of images; a file is damaged
            or partly transparent; size is None and the images have several sizes, or one with a
            side that 4 does not divide; size or channels is none of those above.
    """
    root = Path(folder)
    if not root.is_dir():
        raise FileNotFoundError(
            f"folder must be a folder of images; there is none at {str(root)!r}"
        )
    if size is not None and (len(size) != 2 or any(_is_no_side(side) for side in size)):
        raise ValueError(f"size must be (height, width), both divided by 4, got {size!r}")
    if channels not in (None, 1, 3):
        raise ValueError(f"channels must be None, 1 or 3, got {channels!r}")
    files, names = _files(root)
    images = [_read(file) for file in files]
    grey = not any(_is_coloured(image) for image in images)
    images = [_with_channels(image, channels or (1 if grey else 3)) for image in images]
    if size is None:
        _check_sizes(root, files, images)
    else:
        images = [_resized(image, size) for image in images]
    order = np.random.default_rng(0).permutation(len(images))
    x = np.stack([images[i] for i in order]).astype(np.float32) / np.float32(127.5) - np.float32(1)
    labels = np.array([names.index(_label(root, files[i])) for i in order]) if names else None
    return Images(x, labels, tuple(names))


def _is_no_side(side) -> bool:
    return isinstance(side, bool) or not isinstance(side, int) or side < 1 or side % 4 != 0


def _label(root: Path, file: Path) -> str:
    """The name of the subfolder in which a file lies."""
    return file.relative_to(root).parts[0]


def _files(root: Path) -> tuple[list[Path], list[str]]:
    """The files of images, in the order of their names, and the names of the labels, if any."""
    found = [
        path
        for path in sorted(root.rglob("*"))
        if path.suffix.lower() in ENDINGS
        and path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(root).parts)
    ]
    if not found:
        raise ValueError(
            f"folder {str(root)!r} holds no images: no file in it ends in {', '.join(ENDINGS)}"
        )
    loose = [path for path in found if path.parent == root]
    inside = [path for path in found if path.parent != root]
    if loose and inside:
        raise ValueError(
            f"folder {str(root)!r} must hold images, or subfolders of images for each label, got "
            f"both: {loose[0].name} and {inside[0].relative_to(root)}"
        )
    return found, [] if loose else sorted({_label(root, path) for path in inside})


def _read(file: Path) -> np.ndarray:
    """An image, uint8 (height, width, 1 or 3)."""
    try:
        image = tf.io.decode_image(file.read_bytes(), expand_animations=False).numpy()
    except tf.errors.InvalidArgumentError as error:
        raise ValueError(
            f"image {str(file)!r} is damaged, or of another kind than its name says"
        ) from error
    if image.shape[-1] in (2, 4):  # the last channel says how opaque
        if image[..., -1].min() < 255:
            raise ValueError(
                f"image {str(file)!r} is partly transparent: put it on a background and save that"
            )
        image = image[..., :-1]
    return image


def _is_coloured(image: np.ndarray) -> bool:
    return bool((image != image[..., :1]).any())


def _with_channels(image: np.ndarray, channels: int) -> np.ndarray:
    if channels == 3:
        return np.broadcast_to(image, (*image.shape[:2], 3))
    return tf.image.rgb_to_grayscale(image).numpy() if _is_coloured(image) else image[..., :1]


def _check_sizes(root: Path, files: list[Path], images: list[np.ndarray]) -> None:
    sizes = Counter(image.shape[:2] for image in images)
    if len(sizes) > 1:
        shown = [f"{h} x {w} ({n} files)" for (h, w), n in sizes.most_common(3)]
        more = f" and {len(sizes) - 3} more" if len(sizes) > 3 else ""
        raise ValueError(
            f"images in {str(root)!r} have several sizes: {', '.join(shown)}{more}; "
            "give size=(height, width), to which all are brought"
        )
    ((height, width),) = sizes
    if height % 4 or width % 4:
        near = tuple(max(4, 4 * round(side / 4)) for side in (height, width))
        raise ValueError(
            f"images in {str(root)!r} are {height} x {width}, but the convolutional networks need "
            f"sides that 4 divides; give for example size={near}, to which all are brought"
        )


def _resized(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """An image brought to a size, float32 from 0 to 255."""
    if image.shape[:2] == tuple(size):
        return image
    resized = keras.ops.image.resize(
        image.astype(np.float32), size, antialias=True, crop_to_aspect_ratio=True
    )
    return np.clip(keras.ops.convert_to_numpy(resized), 0, 255)
