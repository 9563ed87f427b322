"""Write what the site's page on the generator loads, from the generator that chapter 05 saves.

For maintainers, after `python -m tools.run_series 05_convolutional_gan`:
python -m tools.export_generator [build/notebooks/saved/conditional_generator.keras]

With a file, its weights and the directions found in its latent space replace those that are
stored in docs/playground/generator.npz. Then, from what is stored, it writes

- docs/static/generator.bin: the weights, batch normalisation folded in, as float16;
- docs/static/digits.bin: the 5,000 training digits, 14 x 14 pixels of 16 greys, by zlib;
- docs/playground/test/drawings.json: what Keras draws, for the tests of the JavaScript.
"""

import argparse
import io
import json
import sys
import zlib
from pathlib import Path

from gan_helpers import data
from gan_helpers.gan import latent_vectors
from gan_helpers.networks import build_conv_generator
from tools.files import write_whole

import keras
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
STORED = ROOT / "docs" / "playground" / "generator.npz"
WEIGHTS = ROOT / "docs" / "static" / "generator.bin"
DIGITS = ROOT / "docs" / "static" / "digits.bin"
DRAWINGS = ROOT / "docs" / "playground" / "test" / "drawings.json"
LIMITS = {WEIGHTS: 700_000, DIGITS: 300_000}  # bytes
LATENT, LABELS = 64, 10
LEVELS = 16  # greys of a training digit
EPSILON = 1e-3  # of Keras's batch normalisation
# In the order of Keras's get_weights.
NAMES = (
    *("dense", "scale1", "shift1", "mean1", "variance1"),
    *("conv", "scale2", "shift2", "mean2", "variance2"),
    *("last", "bias"),
)
Weights = dict[str, np.ndarray]


def model_of(weights: Weights) -> keras.Model:
    """The Keras generator with these weights."""
    model = build_conv_generator(LATENT + LABELS)
    model.set_weights([weights[name] for name in NAMES])
    return model


def draw(model: keras.Model, z: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Drawings, float32 (n, 28, 28, 1) in [-1, 1], of z (n, 64) and label vectors (n, 10)."""
    inputs = np.hstack([z, labels]).astype(np.float32)
    return model.predict(inputs, batch_size=500, verbose=0)


def slant(images):
    """Pixels to the right for each pixel up: the slope of the line that fits the ink best."""
    ink = (images[..., 0] + 1) / 2
    ink = ink / ink.sum(axis=(1, 2), keepdims=True)
    up, right = np.mgrid[13.5:-14:-1, -13.5:14]
    y, x, xy, yy = [(ink * each).sum(axis=(1, 2)) for each in (up, right, up * right, up * up)]
    return (xy - x * y) / (yy - y * y)


def boldness(images):
    """The mean ink of a pixel, 0 to 1."""
    return (images.mean(axis=(1, 2, 3)) + 1) / 2


MEASURES = {"slant": slant, "boldness": boldness}


def direction(model: keras.Model, measure) -> np.ndarray:
    """A direction of latent space, found as chapter 05 finds that of slant, float32 (64,).

    The mean z of the 200 drawn 3s, of 2,000, that the measure puts highest, minus that of the
    200 that it puts lowest.
    """
    z = latent_vectors(2000, LATENT, seed=8).numpy()
    order = np.argsort(measure(draw(model, z, np.tile(np.eye(LABELS)[3], (len(z), 1)))))
    return z[order[-200:]].mean(axis=0) - z[order[:200]].mean(axis=0)


def taken_in(path: Path) -> Weights:
    """The weights of a saved generator, and the directions found in its latent space.

    Raises:
        ValueError: there is no file, or another network in it.
    """
    if not path.is_file():
        raise ValueError(f"{path} is missing: python -m tools.run_series 05_convolutional_gan")
    model = keras.saving.load_model(path, compile=False)
    weights = dict(zip(NAMES, model.get_weights(), strict=True))
    try:
        same = model_of(weights)
    except ValueError as error:
        raise ValueError(f"{path} is not the generator of chapter 05 ({error})") from error
    return weights | {name: direction(same, measure) for name, measure in MEASURES.items()}


def folded(weights: Weights) -> Weights:
    """The same network without batch normalisation: its moving statistics become weights.

    Returns:
        dense (74, 3136) with its bias, conv (4, 4, in, out) with its bias, last (4, 4, in) with
        its bias, and the directions; float64.
    """
    w = {name: value.astype(np.float64) for name, value in weights.items()}
    first = w["scale1"] / np.sqrt(w["variance1"] + EPSILON)
    second = w["scale2"] / np.sqrt(w["variance2"] + EPSILON)
    return {
        "dense": w["dense"] * first,
        "dense_bias": w["shift1"] - w["mean1"] * first,
        # Keras keeps a transposed kernel as (row, column, out, in).
        "conv": (w["conv"] * second[:, None]).transpose(0, 1, 3, 2),
        "conv_bias": w["shift2"] - w["mean2"] * second,
        "last": w["last"][:, :, 0, :],
        "bias": w["bias"],
        **{name: w[name] for name in MEASURES},
    }


def packed(weights: Weights) -> bytes:
    """The folded weights one after the other, as little-endian float16."""
    return b"".join(value.astype("<f2").tobytes() for value in folded(weights).values())


def small(images: np.ndarray) -> np.ndarray:
    """Means of squares of 2 x 2 pixels, between 0 (black) and 1 (white), (n, 196)."""
    return ((images.reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4)) + 1) / 2).reshape(-1, 196)


def training_digits() -> tuple[np.ndarray, float]:
    """Each training digit as the page has it, uint8 (5000, 196) below 16, and how close they are.

    The number is the median, over the digits, of the distance to the nearest other one.
    """
    greys = np.rint(small(data.load_digits().images) * (LEVELS - 1)).astype(np.uint8)
    values = greys / (LEVELS - 1)
    squares = (values**2).sum(axis=1)
    apart = squares[:, None] + squares - 2 * values @ values.T
    np.fill_diagonal(apart, np.inf)
    return greys, float(np.median(np.sqrt(apart.min(axis=1))))


def packed_digits() -> bytes:
    """Two pixels a byte, the earlier one in the higher half, by zlib; 0, 1, ..., 9, 0, 1, ..."""
    greys = training_digits()[0].ravel()
    return zlib.compress((greys[::2] << 4 | greys[1::2]).tobytes(), 9)


def arc(start: np.ndarray, end: np.ndarray, t: float) -> np.ndarray:
    """The point at the share t of the arc between two vectors (Shoemake 1985)."""
    cosine = start @ end / np.linalg.norm(start) / np.linalg.norm(end)
    angle = np.arccos(np.clip(cosine, -1, 1))
    return (np.sin((1 - t) * angle) * start + np.sin(t * angle) * end) / np.sin(angle)


def cases() -> list[dict]:
    """What the tests ask for: every digit, then mixtures, small and large z, moves and walks."""
    wanted: list[dict[str, float]] = [{"digit": digit} for digit in range(LABELS)]
    wanted += [{"digit": 3, "with": 8, "share": share} for share in (0.25, 0.5, 0.75)]
    wanted += [{"digit": 4, "psi": psi} for psi in (0.0, 0.5, 1.5)]
    wanted += [{"digit": 7, "slant": -1.2}, {"digit": 7, "slant": 1.2, "psi": 0.8}]
    wanted += [{"digit": 0, "boldness": each} for each in (-1.5, 1.5)]
    wanted += [{"digit": 9, "t": t} for t in (0.25, 0.5, 1.0)]
    wanted += [{"digit": 2, "with": 5, "share": 0.4, "psi": 0.7, "slant": 0.6, "t": 0.3}]
    usual = {"with": 8, "share": 0.0, "psi": 1.0, "slant": 0.0, "boldness": 0.0, "t": 0.0}
    return [usual | case for case in wanted]


def drawings(weights: Weights) -> list[dict]:
    """The cases with their latent vectors, and with Keras's drawings in ten-thousandths.

    `nearest` are the five least distances to training digits, by a search in NumPy.
    """
    model, found = model_of(weights), []
    greys = training_digits()[0] / (LEVELS - 1)
    rng = np.random.default_rng(5)
    for case in cases():
        start, end = rng.standard_normal((2, LATENT)).astype(np.float32).round(4)
        z = case["psi"] * arc(start, end, case["t"])
        z = z + sum(case[name] * weights[name] for name in MEASURES)
        ones = np.eye(LABELS)
        label = (1 - case["share"]) * ones[case["digit"]] + case["share"] * ones[case["with"]]
        image = draw(model, z[None], label[None])
        pixels = np.rint(10_000 * image).astype(int).ravel().tolist()
        near = np.sort(np.linalg.norm(greys - small(image), axis=1))[:5].round(4).tolist()
        ends = {"start": start.astype(float).round(4), "end": end.astype(float).round(4)}
        ends = {name: values.tolist() for name, values in ends.items()}
        found.append({**case, **ends, "pixels": pixels, "nearest": near})
    return found


def write(path: Path, content: str | bytes) -> None:
    """Write a file unless it is too large for the page.

    Raises:
        ValueError: it is.
    """
    limit = LIMITS.get(path, sys.maxsize)
    if len(content) > limit:
        raise ValueError(f"{path.name} must have at most {limit:,} bytes, got {len(content):,}")
    write_whole(path, content)
    print(f"{path.name}: {len(content):,} bytes")


def main() -> None:
    """Read the command line, and write the files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("generator", nargs="?", type=Path, help="a new generator to take in")
    path = parser.parse_args().generator
    try:
        if path is not None:
            file = io.BytesIO()
            np.savez_compressed(file, allow_pickle=False, **taken_in(path))
            write(STORED, file.getvalue())
        weights = dict(np.load(STORED))
        write(WEIGHTS, packed(weights))
        write(DIGITS, packed_digits())
        write(DRAWINGS, json.dumps(drawings(weights), separators=(",", ":")) + "\n")
    except ValueError as error:
        sys.exit(str(error))
    print(f"median distance of a training digit to the next: {training_digits()[1]:.2f}")


if __name__ == "__main__":
    main()
