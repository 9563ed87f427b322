"""What notebook 05 draws is what was measured, and a measurement that was stopped goes on."""

import json

from benchmarks import ablation
from gan_helpers import metrics, networks, pictures

import keras
import numpy as np
import pytest

NOISE = np.random.default_rng(0).uniform(-1, 1, (200, 28, 28, 1)).astype(np.float32)


@pytest.fixture
def command(monkeypatch, tmp_path):
    """Function that runs the command with trainings that cost nothing; returns what they did."""
    done, out = [], tmp_path / "numbers.json"

    def train(bench, change, seed):
        if seed == 3 and done.count((change, 3)) == 0:
            done.append((change, 3))
            raise KeyboardInterrupt
        done.append((change, seed))
        numbers = {"digit_fid": seed + 0.5, "pixel_frechet": 1.0}
        return [{"change": change, "epochs": epochs, **numbers} for epochs in (1, 3)]

    found = [("ablation", train, ("the recipe", seed)) for seed in (2, 1, 3)]
    monkeypatch.setattr(ablation, "jobs", lambda seeds: found)
    monkeypatch.setattr(ablation, "Bench", lambda: None)

    def run(*arguments):
        monkeypatch.setattr("sys.argv", ["ablation", "--out", str(out), *arguments])
        ablation.main()

    return run, done, out


def test_a_stopped_measurement_keeps_what_it_has_and_goes_on(command):
    run, done, out = command
    with pytest.raises(KeyboardInterrupt):
        run()
    kept = json.loads(out.read_text())
    assert kept["drawn"]["choices"]["after 1 epoch"] == {"the recipe": [1.5, 2.5]}
    assert {row["seed"] for row in kept["ablation"]} == {1, 2}
    assert set(kept["machines"][0]) >= {"date", "processor"}
    run()
    assert [seed for _, seed in done] == [2, 1, 3, 3], "only what was missing"
    choices = json.loads(out.read_text())["drawn"]["choices"]
    assert choices == {
        f"after {n}": {"the recipe": [1.5, 2.5, 3.5]} for n in ("1 epoch", "3 epochs")
    }
    run("--again")
    assert [seed for _, seed in done][4:] == [2, 1, 3]


def test_numbers_over_time_are_those_of_the_benchmark():
    """If this fails, `benchmarks.quality` has run since: call `python -m benchmarks.ablation`."""
    stored = json.loads(ablation.FILE.read_text())
    assert stored["quality"] == ablation.time_to_quality()
    assert stored["drawn"] == ablation.drawn(stored)
    longer = stored["drawn"]["longer"]
    assert [len(longer[rates]["60"]) for rates in ("rates that stay", "rates that halve")] == [5, 5]


def test_distance_without_labels_is_that_of_the_pixels():
    distance = ablation.pixel_frechet(NOISE)
    assert distance(NOISE) == pytest.approx(0, abs=1e-6)
    # Moved as a whole by m, in directions that are orthonormal: at most |m|^2, all if they span it.
    flat = NOISE.reshape(200, -1)
    values, vectors = np.linalg.eigh(np.cov(flat, rowvar=False))
    step = (3 * vectors[:, -1]).reshape(28, 28, 1)
    assert distance(NOISE + step) == pytest.approx(9, rel=1e-3)
    other = (3 * vectors[:, 0]).reshape(28, 28, 1)
    assert distance(NOISE + other) == pytest.approx(0, abs=1e-3)


def test_each_change_changes_one_thing():
    recipe = ablation.built("the recipe", 1)
    assert (recipe.smooth, recipe.g_ema, recipe.labels) == (0.1, 0.99, 10)
    rates = [float(one.learning_rate) for one in (recipe.d_optimizer, recipe.g_optimizer)]
    assert rates == pytest.approx([0.001, 0.004])
    for one in (recipe.d_optimizer, recipe.g_optimizer):
        one.iterations.assign(2 * ablation.HALF_LIFE)
    later = [float(one.learning_rate) for one in (recipe.d_optimizer, recipe.g_optimizer)]
    assert later == pytest.approx([0.001 / 4, 0.004 / 4])
    assert ablation.built("beta_1 = 0.9", 1).g_optimizer.beta_1 == 0.9
    assert ablation.built("no labels", 1).labels is None
    assert float(ablation.built("G's rate that of D", 1).g_optimizer.learning_rate) == (
        pytest.approx(0.001)
    )
    assert ablation.built("no smoothing", 1).smooth == 0
    plain = ablation.built("no batch norm in G", 1).generator
    kinds = [type(layer) for layer in plain.layers]
    assert keras.layers.BatchNormalization not in kinds
    assert all(layer.use_bias for layer in plain.layers if hasattr(layer, "use_bias"))
    shapes = [layer.output.shape for layer in plain.layers]
    assert set(shapes) == {layer.output.shape for layer in networks.build_conv_generator(74).layers}
    relu = ablation.built("ReLU in D", 1).discriminator
    slopes = [one.negative_slope for one in relu.layers if hasattr(one, "negative_slope")]
    assert slopes == [0, 0]
    x = np.ones((1, 28, 28, 1), np.float32)
    assert relu([x, np.eye(10, dtype=np.float32)[:1]]).shape == (1, 1)


def test_every_job_is_another_one_and_five_seeds_are_planned():
    jobs = ablation.jobs(5)
    keys = [json.dumps([part, arguments]) for part, _, arguments in jobs]
    assert len(set(keys)) == len(keys)
    seeds = [arguments for part, _, arguments in jobs if part == "ablation"]
    assert len(seeds) == 5 * len(ablation.CHANGES)


def test_dots_outside_the_band_are_filled():
    runs = {"after 1 epoch": {"the recipe": [2.0, 3.0], "changed": [2.5, 6.0]}}
    picture = pictures.dots_over_band(runs, "the recipe", "distance", "One", alt="Two rows.")
    (axis,) = picture.axes
    faces = {(line.get_xdata()[0], line.get_ydata()[0]): line.get_markerfacecolor()
             for line in axis.lines}  # fmt: skip
    assert {spot: face == "white" for spot, face in faces.items()} == {
        (2.0, 0): True, (3.0, 0): True, (2.5, 1): True, (6.0, 1): False,
    }  # fmt: skip
    with pytest.raises(ValueError, match="must hold the row 'other'"):
        pictures.dots_over_band(runs, "other", "distance", "One", alt="")
    with pytest.raises(ValueError, match="must hold numbers above 0"):
        pictures.dots_over_band({"a": {"b": [0.0]}}, "b", "distance", "One", alt="")


def test_the_file_comes_with_the_package():
    assert ablation.FILE.parent == metrics.ASSETS
