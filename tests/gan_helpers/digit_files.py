"""Twelve digits, and files of them that are damaged in every way."""

import io
import zipfile

import numpy as np

X = np.random.default_rng(0).integers(0, 256, size=(12, 28, 28), dtype=np.uint8)

X[0, 0, :2] = 0, 255

Y = np.arange(12) % 10


def pixels(images):
    """The bytes from which load_digits made its images."""
    scaled = (images.astype(np.float64) + 1) * 127.5
    assert np.abs(scaled - scaled.round()).max() < 1e-3
    return scaled.round().astype(np.uint8)


def archive(save=np.savez, **arrays):
    content = io.BytesIO()
    save(content, **{"x_train": X, "y_train": Y, **arrays})
    return content.getvalue()


def without(name):
    arrays = {"x_train": X, "y_train": Y}
    del arrays[name]
    content = io.BytesIO()
    np.savez(content, **arrays)
    return content.getvalue()


def changed(content, position, byte):
    return content[:position] + bytes([byte]) + content[position + 1 :]


def in_directory(offset, byte):
    """An archive with one byte changed in its first entry of the zip directory."""
    content = archive()
    return changed(content, content.index(b"PK\x01\x02") + offset, byte)


def lone_array():
    content = io.BytesIO()
    np.save(content, X)
    return content.getvalue()


def zipped(**entries):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for name, entry in entries.items():
            file.writestr(name.replace("__", "."), entry)
    return content.getvalue()


def huge_array():
    """A header that promises more bytes than any memory holds."""
    content = io.BytesIO()
    header = {"descr": "|u1", "fortran_order": False, "shape": (10**13, 28, 28)}
    np.lib.format.write_array_header_1_0(content, header)
    return zipped(x_train__npy=content.getvalue(), y_train__npy=content.getvalue())


DAMAGED = {  # name: content of the file, what the message says about it
    "truncated in the directory": (archive()[:-60], "is damaged"),
    "truncated in the middle": (archive()[:5000], "is damaged"),
    "only the magic bytes": (b"PK\x03\x04", "is damaged"),
    "random bytes": (np.random.default_rng(0).bytes(5000), "is damaged"),
    "empty": (b"", "is damaged"),
    "a web page": (b"<!DOCTYPE html><title>404</title>", "is damaged"),
    "a pixel changed": (changed(archive(), 4000, archive()[4000] ^ 1), "is damaged.*CRC"),
    "a compressed byte changed": (
        changed(archive(np.savez_compressed), 4000, archive(np.savez_compressed)[4000] ^ 255),
        "is damaged",
    ),
    "encrypted": (in_directory(8, 1), "is damaged.*encrypted"),
    "unknown compression": (in_directory(10, 99), "is damaged.*compression"),
    "from a newer zip": (in_directory(6, 99), "is damaged.*version"),
    "one array, not an archive": (lone_array(), "is damaged"),
    "promises too much": (huge_array(), "is damaged"),
    "pickled objects": (archive(x_train=np.array([{}, []], dtype=object)), "is damaged.*Object"),
    "pickled labels": (archive(y_train=np.array([None] * 12)), "is damaged.*Object"),
    "no images": (without("x_train"), "lacks an array.*x_train"),
    "no labels": (without("y_train"), "lacks an array.*y_train"),
    "no arrays": (zipped(readme__txt="hello"), "lacks an array.*x_train"),
    "text for images": (zipped(x_train="0 255", y_train="1 2"), r"x_train.*uint8.*got \|S5 \(\)"),
    "float images": (archive(x_train=X / 255), r"x_train.*uint8.*got float64 \(12, 28, 28\)"),
    "flat images": (archive(x_train=X.reshape(12, 784)), r"x_train.*got uint8 \(12, 784\)"),
    "larger images": (archive(x_train=np.zeros((12, 32, 32), np.uint8)), r"got uint8 \(12, 32, 32"),
    "colour images": (archive(x_train=np.stack([X] * 3, axis=-1)), r"got uint8 \(12, 28, 28, 3\)"),
    "no image": (archive(x_train=X[:0], y_train=Y[:0]), r"x_train.*at least one image"),
    "fewer labels": (archive(y_train=Y[:-1]), r"y_train.*shape \(12,\), got int64 \(11,\)"),
    "labels in a column": (archive(y_train=Y[:, None]), r"y_train.*got int64 \(12, 1\)"),
    "float labels": (archive(y_train=Y.astype(float)), r"y_train.*integers.*got float64 \(12,\)"),
    "a label too large": (archive(y_train=Y + 1), r"y_train.*0\.\.9, got 1\.\.10"),
    "a label too small": (archive(y_train=Y - 1), r"y_train.*0\.\.9, got -1\.\.8"),
}
