"""What the generator's page loads is what the script makes, and what the page says of it holds."""

import inspect
import json
import zlib

from gan_helpers import data, metrics
from gan_helpers.gan import latent_vectors
from tools import export_generator as export

import nbformat
import numpy as np
import pytest

CHAPTER = export.ROOT / "notebooks" / "05_convolutional_gan.ipynb"
PAGE = (export.ROOT / "docs" / "generator.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def weights():
    return dict(np.load(export.STORED))


@pytest.fixture(scope="module")
def model(weights):
    return export.model_of(weights)


def test_the_weights_are_what_the_script_makes_of_those_that_are_stored(weights):
    assert export.WEIGHTS.read_bytes() == export.packed(weights)
    assert export.WEIGHTS.stat().st_size <= export.LIMITS[export.WEIGHTS]


def test_the_training_digits_are_what_the_script_makes():
    # Another zlib may pack them otherwise.
    unpacked = zlib.decompress(export.DIGITS.read_bytes())
    assert unpacked == zlib.decompress(export.packed_digits())
    assert export.DIGITS.stat().st_size <= export.LIMITS[export.DIGITS]
    # The page takes the label from the place: 0, 1, ..., 9, 0, 1, ...
    assert np.array_equal(data.load_digits().labels, np.arange(5000) % 10)
    first = np.array([half for byte in unpacked[:98] for half in (byte >> 4, byte & 15)])
    wanted = export.small(data.load_digits().images[:1])[0]
    assert np.abs(first / 15 - wanted).max() <= 0.5 / 15 + 1e-6


def test_the_fixtures_are_what_keras_draws(weights):
    stored, now = json.loads(export.DRAWINGS.read_text()), export.drawings(weights)
    assert len(stored) == len(now)
    for before, after in zip(stored, now, strict=True):
        assert np.abs(np.subtract(before.pop("pixels"), after.pop("pixels"))).max() <= 5  # 0.0005
        assert before.pop("nearest") == pytest.approx(after.pop("nearest"), abs=0.002)
        assert before == after


def test_folding_changes_no_drawing(weights, model):
    """The folded network, in NumPy, draws what Keras draws; float16 moves no pixel by a grey."""
    z = latent_vectors(100, export.LATENT, seed=3).numpy()
    labels = np.eye(export.LABELS)[np.arange(100) % 10]
    wanted = export.draw(model, z, labels)[..., 0]
    exact = export.folded(weights)
    halves = {name: value.astype("<f2").astype(float) for name, value in exact.items()}
    for network, most in ((exact, 1e-4), (halves, 2 / 255)):
        assert np.abs(numpy_drawing(network, np.hstack([z, labels])) - wanted).max() <= most


def numpy_drawing(network, inputs):
    x = np.maximum(inputs @ network["dense"] + network["dense_bias"], 0).reshape(-1, 7, 7, 64)
    middle, out = np.zeros((len(x), 16, 16, 32)), np.zeros((len(x), 30, 30))
    taps = [(row, column) for row in range(4) for column in range(4)]
    for row, column in taps:
        middle[:, row : row + 14 : 2, column : column + 14 : 2] += x @ network["conv"][row, column]
    middle = np.maximum(middle[:, 1:-1, 1:-1] + network["conv_bias"], 0)
    for row, column in taps:
        out[:, row : row + 28 : 2, column : column + 28 : 2] += (
            middle @ network["last"][row, column]
        )
    return np.tanh(out[:, 1:-1, 1:-1] + network["bias"])


def test_slant_is_measured_as_in_chapter_05():
    cells = nbformat.read(CHAPTER, as_version=4).cells
    assert any(inspect.getsource(export.slant).strip() in cell.source for cell in cells)


@pytest.mark.parametrize(("name", "least"), [("slant", 0.95), ("boldness", 0.8)])
def test_a_direction_does_for_every_digit_what_the_page_says(weights, model, name, least):
    found = export.direction(model, export.MEASURES[name])
    cosine = found @ weights[name] / np.linalg.norm(found) / np.linalg.norm(weights[name])
    assert cosine > 0.99  # at ties another machine may choose other 3s
    z = latent_vectors(300, export.LATENT, seed=9).numpy()
    shares = []
    for digit in range(10):
        labels = np.tile(np.eye(10)[digit], (300, 1))
        before, after = (export.draw(model, z + way * weights[name], labels) for way in (0, 1))
        measure = export.MEASURES[name]
        shares.append(np.mean(measure(after) > measure(before)))
    assert min(shares) >= least
    assert f"at least {100 * least:.0f} in 100" in PAGE


def test_the_stored_generator_is_one_that_draws_digits(model):
    z = latent_vectors(1000, export.LATENT, seed=5).numpy()
    digits = np.arange(1000) % 10
    images = export.draw(model, z, np.eye(10)[digits])
    assert np.mean(metrics.probabilities(images).argmax(axis=1) == digits) > 0.95


def test_the_page_says_how_close_training_digits_are():
    words = f"{export.training_digits()[1]:.2f}"
    assert f"within {words}" in PAGE
    source = export.ROOT / "docs" / "playground" / "src" / "digits" / "neighbours.js"
    assert f"MEDIAN = {words};" in source.read_text(encoding="utf-8")


@pytest.mark.parametrize("content", [None, b"no model"])
def test_what_is_no_generator_is_answered(tmp_path, content):
    path = tmp_path / "other.keras"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ValueError, match="other.keras"):
        export.taken_in(path)


def test_what_is_too_large_is_not_written(tmp_path, monkeypatch):
    monkeypatch.setitem(export.LIMITS, tmp_path / "big.bin", 3)
    with pytest.raises(ValueError, match="big.bin must have at most 3 bytes, got 4"):
        export.write(tmp_path / "big.bin", b"four")
    assert not list(tmp_path.iterdir())
