"""What notebook 08 draws is what was measured, and a measurement that was stopped goes on."""

import json

from benchmarks import flow, modern

import keras
import numpy as np
import pytest

ROWS = (*modern.LADDER, modern.BESIDE)


@pytest.fixture
def command(monkeypatch, tmp_path):
    """Function that runs the command with trainings that cost nothing; returns what they did."""
    done, out = [], tmp_path / "numbers.json"

    def trained(part):
        def train(way, seed, *steps):
            done.append((part, way, seed, *steps))
            if done.count(("ladder", "pairing", 2, 1500)) == 1 and done[-1][1:3] == ("pairing", 2):
                raise KeyboardInterrupt
            return [{"digit_fid": seed + 0.5}]

        return train

    costs = [{"way": row, "step": 2.0 if row == "pairing" else 1.0} for row in (*ROWS, modern.FLOW)]
    monkeypatch.setattr(modern, "in_new_process", lambda function, *args: function(*args))
    monkeypatch.setattr(modern, "costs", lambda what, rounds: costs)
    for part, name in (
        ("ladder", "ladder"),
        ("stacked", "stack"),
        ("flow", "flows"),
        ("long", "long"),
    ):
        monkeypatch.setattr(modern, name, trained(part))
    monkeypatch.setattr("sys.argv", ["modern", "--out", str(out), "--seeds", "2"])
    return modern.main, done, out


def test_a_stopped_measurement_goes_on_and_dear_steps_are_fewer(command):
    run, done, out = command
    with pytest.raises(KeyboardInterrupt):
        run()
    before = len(done)
    run()
    assert done[before - 1] == done[before] == ("ladder", "pairing", 2, 1500), "half as many steps"
    assert len(done) == len(set(done)) + 1, "nothing but the one that was stopped is done again"
    whole = json.loads(out.read_text())
    found = {(row["way"], row["seed"]) for row in whole["ladder"]}
    assert found == {(row, seed) for row in ROWS for seed in (1, 2)}
    found = {(row["way"], row["seed"]) for row in whole["stacked"]}
    assert found == {(way, seed) for way in (*modern.WAYS, *modern.CALMER) for seed in (1, 2)}
    assert ("stacked", modern.HIDDEN, 2, modern.LONGER) in done
    assert {row["seed"] for row in whole["flow"]} == {1, 2}
    found = {(row["way"], row["seed"]) for row in whole["long"]}
    ways = "R1 and R2", modern.BESIDE, modern.HALVED
    assert found == {(way, seed) for way in ways for seed in (1, 2)}


def test_a_long_training_is_judged_after_the_epoch_in_which_each_mark_falls(monkeypatch):
    class Trained:
        epochs = spent = 0

        def fit(self, images, *told, **how):
            self.epochs, self.spent = self.epochs + how["epochs"], self.spent + 70

    gan = Trained()
    monkeypatch.setattr(modern.time, "process_time", lambda: gan.spent)
    monkeypatch.setattr(modern, "built", lambda row, steps, seed: gan)

    def judged(gan, images, told):
        gan.spent += 1000  # which does not count
        return {"epochs": gan.epochs}

    monkeypatch.setattr(modern, "judged", judged)
    points = [tuple(point.values()) for point in modern.long(modern.BESIDE, 1)]
    assert points == [(60, 70, 1), (120, 140, 2), (180, 210, 3), (300, 350, 5), (600, 630, 9)]


def test_each_row_keeps_the_changes_above_it():
    gans = [modern.built(row, 100, 1) for row in modern.LADDER]
    assert [gan.labels for gan in gans] == [None, 200, 200, 200, 200]
    assert [gan.smoothing for gan in gans] == [(0.1,), (0.1,), (), (), ()]
    assert [len(gan.d_penalties) for gan in gans] == [0, 0, 0, 2, 2]
    schedule = keras.optimizers.schedules.LearningRateSchedule
    falls = [isinstance(gan.g_optimizer._learning_rate, schedule) for gan in gans]
    assert falls == [False, False, False, False, True]
    first, last = ([float(o.learning_rate) for o in (g.d_optimizer, g.g_optimizer)]
                   for g in (gans[0], gans[-1]))  # fmt: skip
    assert first == last == pytest.approx(modern.RATES)
    for row, falls in ((modern.BESIDE, False), (modern.HALVED, True)):
        gan = modern.built(row, 100, 1)
        assert gan.labels == 10 and len(gan.d_penalties) == 2
        assert isinstance(gan.d_optimizer._learning_rate, schedule) == falls
        assert isinstance(gan.g_optimizer._learning_rate, schedule) == falls


def test_hidden_layer_comes_with_rates_that_fall_and_no_momentum():
    ways = modern.WAYS[2], modern.CALM, modern.HIDDEN
    plain, calm, hidden = (modern.stacked_game(way, 100, 1) for way in ways)
    extra = 3136 * modern.UNITS + modern.UNITS + modern.UNITS + 1 - 3137
    assert hidden.discriminator.count_params() - plain.discriminator.count_params() == extra
    assert calm.discriminator.count_params() == plain.discriminator.count_params()
    assert [gan.d_optimizer.beta_1 for gan in (plain, calm, hidden)] == [0.5, 0.0, 0.0]
    assert [gan.g_ema for gan in (plain, calm, hidden)] == [0.99, 0.998, 0.998]
    assert len(hidden.d_penalties) == len(plain.d_penalties) == 2
    assert hidden.discriminator.output_shape == (None, 1)


def test_rates_stay_halve_or_fall_three_times():
    rate = modern.rates_of(0.004, 1000, "falling")
    found = [float(rate(step)) for step in (0, 699, 701, 801, 901, 5000)]
    np.testing.assert_allclose(found, [0.004, 0.004, 0.002, 0.0008, 0.0002, 0.0002], rtol=1e-5)
    assert modern.rates_of(0.004, 1000, "staying") == 0.004
    rate = modern.rates_of(0.004, 1000, "halving")
    found = [float(rate(step)) for step in (0, modern.HALF_LIFE, 2 * modern.HALF_LIFE)]
    np.testing.assert_allclose(found, [0.004, 0.002, 0.001], rtol=1e-5)


def test_trains_as_many_steps_as_are_told():
    from gan_helpers import data

    digits = data.load_digits()
    gan = modern.built(modern.LADDER[0], 10, 1)
    modern.train(gan, digits.images[:100], (), 10, 1)  # 4 a time: twice, and 2 more
    assert int(gan.steps.numpy()) == 10


def test_a_velocity_that_is_known_leads_from_noise_to_its_image(monkeypatch):
    image = np.linspace(-1, 1, 784).reshape(1, 28, 28, 1).astype("float32")

    class Straight:
        def predict(self, points, **how):
            x, t = points
            return (image - x) / (1 - t[:, :, None, None])

    for steps in flow.SAMPLING:
        np.testing.assert_allclose(
            flow.draw(Straight(), 3, steps, 1), np.repeat(image, 3, 0), atol=1e-5
        )


def test_points_lie_on_the_line_and_the_velocity_leads_along_it():
    images = np.random.default_rng(0).uniform(-1, 1, (64, 28, 28, 1)).astype("float32")
    (points, t), velocity = next(iter(flow.pairs(images, seed=1)))
    ends = points + (1 - t.numpy()[:, :, None, None]) * velocity
    near = np.abs(ends.numpy()[:, None] - images[None]).max(axis=(2, 3, 4)).min(axis=1)
    assert near.max() < 1e-4, "each line ends in a training image"
    assert 0 <= t.numpy().min() < t.numpy().max() <= 1


def test_what_is_stored_is_whole():
    stored = json.loads(modern.FILE.read_text())
    assert {(row["way"], row["seed"]) for row in stored["ladder"]} == {
        (row, seed) for row in ROWS for seed in (1, 2, 3)
    }
    assert {(row["calls"], row["seed"]) for row in stored["flow"]} == {
        (calls, seed) for calls in flow.SAMPLING for seed in (1, 2, 3)
    }
    ways = (*modern.WAYS, *modern.CALMER)
    kinds = [*((way, False) for way in ways), (modern.HIDDEN, True)]
    stacked = {(x["way"], x["steps"] == modern.LONGER, x["seed"]) for x in stored["stacked"]}
    assert stacked == {(*kind, seed) for kind in kinds for seed in (1, 2, 3)}
    assert {row["way"] for row in stored["costs"]} == {*ROWS, modern.FLOW}
