"""The recipes that are compared are those that the notebooks show: labels, rates, penalties."""

from benchmarks import ablation, modern, quality
from gan_helpers import data

import pytest


@pytest.mark.parametrize(
    ("recipe", "labels", "half_life", "penalties"),
    [
        (quality.GROUPS, modern.CLUSTERS, None, 2),
        (quality.LABELS, 10, modern.HALF_LIFE, 2),
        (quality.GIVEN, 10, ablation.HALF_LIFE, 0),
        (quality.STAYING, 10, None, 0),
        (quality.ALONE, None, ablation.HALF_LIFE, 0),
        (quality.OURS, None, None, 2),
    ],
)
def test_recipe_has_its_labels_rates_and_penalties(recipe, labels, half_life, penalties):
    gan = quality.PLAYERS[recipe](data.load_digits().images, 1).draw.args[0]
    assert (gan.labels, len(gan.d_penalties)) == (labels, penalties)
    for optimizer, first in zip((gan.d_optimizer, gan.g_optimizer), modern.RATES, strict=True):
        assert float(optimizer.learning_rate) == pytest.approx(first)
        if half_life:
            halved = optimizer._learning_rate(half_life)
            assert float(halved) == pytest.approx(first / 2)
        optimizer.iterations.assign(100_000)
        assert (float(optimizer.learning_rate) == pytest.approx(first)) == (half_life is None)
