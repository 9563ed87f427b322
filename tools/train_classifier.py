"""Train the digit classifier behind `gan_helpers.metrics` and write its two files.

For maintainers: python -m tools.train_classifier [mnist.npz]

It needs all of MNIST, by Keras's download or as the path of a file in the layout of Keras's
mnist.npz: 60,000 digits to train on, and 10,000 that it never sees to test it and to describe
what real digits look like to it.
"""

import argparse
import os
from pathlib import Path

from gan_helpers import data, metrics

import keras
import numpy as np

SEED, EPOCHS, BATCH = 1, 12, 128
LIMIT = 2**20  # bytes for both files together
LEAST_ACCURACY = 0.99


def train(images: np.ndarray, labels: np.ndarray) -> keras.Model:
    """Train on images that are moved, turned and zoomed a little, anew in each epoch."""
    keras.utils.set_random_seed(SEED)
    move = keras.Sequential(
        [
            keras.layers.RandomRotation(0.03, fill_mode="constant", fill_value=-1.0),
            keras.layers.RandomZoom(0.1, fill_mode="constant", fill_value=-1.0),
            keras.layers.RandomTranslation(0.07, 0.07, fill_mode="constant", fill_value=-1.0),
        ]
    )
    classifier = metrics.build_classifier()
    steps = EPOCHS * (len(images) // BATCH)
    classifier.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(2e-3, steps)),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    for epoch in range(EPOCHS):
        moved = move.predict(images, batch_size=1000, verbose=0)
        log = classifier.fit(moved, labels, batch_size=BATCH, verbose=0).history
        print(f"epoch {epoch + 1} of {EPOCHS}: accuracy {log['accuracy'][0]:.4f}", flush=True)
    return classifier


def main() -> None:
    """Train, test, and write the files only if the classifier is good and small enough."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", nargs="?", default="full", help="path of an mnist.npz")
    arguments = parser.parse_args()
    digits = data.load_digits(arguments.source)
    tests = data.load_digits(arguments.source, part="test")
    classifier = train(digits.images, digits.labels)
    logits = classifier.predict(tests.images, batch_size=1000, verbose=0)
    accuracy = np.mean(logits.argmax(axis=1) == tests.labels)
    print(f"accuracy on {len(tests.labels):,} test digits: {accuracy:.4f}")
    if accuracy < LEAST_ACCURACY:
        raise SystemExit(f"the accuracy must be at least {LEAST_ACCURACY}; nothing was written")

    features = keras.Model(classifier.inputs, classifier.get_layer(metrics.FEATURES).output)
    seen = features.predict(tests.images, batch_size=1000, verbose=0).astype(np.float64)
    unfinished = Path("unfinished_classifier.npz"), Path("unfinished_statistics.npz")
    weights = metrics.named_weights(classifier)
    np.savez_compressed(unfinished[0], **{name: w.numpy() for name, w in weights.items()})
    np.savez_compressed(
        unfinished[1],
        mean=seen.mean(axis=0).astype(np.float32),
        covariance=np.cov(seen, rowvar=False).astype(np.float32),
    )
    size = sum(path.stat().st_size for path in unfinished)
    print(f"size of both files: {size:,} bytes")
    if size > LIMIT:
        raise SystemExit(f"both files must have at most {LIMIT:,} bytes; see {unfinished}")
    os.replace(unfinished[0], metrics.CLASSIFIER_FILE)
    os.replace(unfinished[1], metrics.STATISTICS_FILE)
    print(f"wrote {metrics.CLASSIFIER_FILE.name} and {metrics.STATISTICS_FILE.name}")


if __name__ == "__main__":
    main()
