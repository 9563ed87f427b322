"""What notebook 07 draws is what was measured, and a measurement that was stopped goes on."""

import json

from benchmarks import cures

import numpy as np
import pytest
import tensorflow as tf


@pytest.fixture
def command(monkeypatch, tmp_path):
    """Function that runs the command with trainings that cost nothing; returns what they did."""
    done, lengths, out = [], set(), tmp_path / "numbers.json"

    def train(cure, seed, steps):
        lengths.add((cure, steps))
        done.append((cure, seed))
        if done.count(("R1", 2)) == 1 and (cure, seed) == ("R1", 2):
            raise KeyboardInterrupt
        return [{"share": share, "digit_fid": seed + 0.5} for share in cures.SHARES]

    dear = [{"way": cure, "times": 2.0 if cure == "LeCam" else 1.0} for cure in cures.CURES]

    monkeypatch.setattr(cures, "by_heart", train)
    monkeypatch.setattr(
        cures, "collapse", lambda loss, seed: [{"spreads": [0.1, 1.0], "modes": [0, 8]}]
    )
    monkeypatch.setattr(cures, "costs", lambda what, rounds: [{"way": "R1", "times": 1.4}])
    monkeypatch.setattr(cures, "cure_costs", lambda what, rounds: dear)

    def run(*arguments):
        monkeypatch.setattr("sys.argv", ["cures", "--out", str(out), "--seeds", "2", *arguments])
        cures.main()

    return run, done, lengths, out


def test_a_stopped_measurement_keeps_what_it_has_and_goes_on(command):
    run, done, lengths, out = command
    with pytest.raises(KeyboardInterrupt):
        run()
    kept = json.loads(out.read_text())
    first = len(cures.CURES) + 1  # all of seed 1, and one of seed 2
    assert len(kept["by_heart"]) == first * len(cures.SHARES) and "costs" not in kept
    assert set(kept["machines"][0]) >= {"date", "processor"}
    run()
    both = [(c, s) for s in (1, 2) for c in cures.CURES]
    assert done == [*both[:first], ("R1", 2), *both[first:]], "only what was missing"
    whole = json.loads(out.read_text())
    assert {(row["cure"], row["seed"]) for row in whole["by_heart"]} == {
        (cure, seed) for cure in cures.CURES for seed in (1, 2)
    }
    assert {(row["loss"], row["seed"]) for row in whole["collapse"]} == {
        (loss, seed) for loss in cures.losses_on_the_ring() for seed in range(1, 6)
    }
    assert whole["costs"][0]["times"] == 1.4
    assert lengths == {(cure, 800 if cure == "LeCam" else 1600) for cure in cures.CURES}
    run("--again")
    assert len(done) == 2 * len(both) + 1


def test_seeds_below_one_are_refused(capsys):
    with pytest.raises(SystemExit):
        cures.parse(["--seeds", "0"])
    assert "--seeds must be above 0, got 0" in capsys.readouterr().err


def test_what_is_stored_is_whole():
    stored = json.loads(cures.FILE.read_text())
    found = {(row["cure"], row["seed"], row["share"]) for row in stored["by_heart"]}
    assert found == {(c, s, m) for c in cures.CURES for s in (1, 2, 3) for m in cures.SHARES}
    fallen = {
        (row["loss"], row["seed"]): (row["spreads"], row["modes"]) for row in stored["collapse"]
    }
    runs = range(1, cures.COLLAPSES + 1)
    assert set(fallen) == {(loss, s) for loss in cures.losses_on_the_ring() for s in runs}
    assert {(len(spreads), len(modes)) for spreads, modes in fallen.values()} == {(20, 20)}
    assert {row["way"] for row in stored["costs"]} == set(cures.ways()) - {"as it was"}
    cost = {row["way"]: row["times"] for row in stored["cure_costs"]}
    steps = {(row["cure"], row["steps"]) for row in stored["by_heart"] if row["share"] == 1}
    for cure, done in steps:  # a call takes up to four
        assert 0 <= done - round(cures.STEPS / cost[cure]) < 4


def test_each_cure_changes_one_thing():
    gans = {cure: cures.built(cure, 1) for cure in cures.CURES}
    plain = gans["nothing"]
    assert plain.d_penalties == () and plain.smooth == 0.1
    assert [len(gan.d_penalties) for gan in gans.values()] == [0, 1, 0, 0, 0, 1, 1]
    augmented = [cure for cure, gan in gans.items() if gan.augment is not plain.augment]
    assert augmented == ["augmentation", "ADA"]
    dropping = [cure for cure, gan in gans.items() if "dropout" in str(gan.discriminator.layers)]
    assert dropping == ["dropout"]
    for gan in gans.values():
        for player in ("generator", "discriminator"):
            own, same = (getattr(one, player).get_weights() for one in (gan, plain))
            for one, other in zip(own, same, strict=True):
                np.testing.assert_array_equal(one, other)


def test_lecam_holds_each_kind_near_the_mean_of_the_other():
    lecam = cures.LeCam(strength=2.0, decay=0.5)
    real, fake = tf.constant([[2.0], [4.0]]), tf.constant([[-1.0], [1.0]])
    # The means become 1.5 and 0: 2·((2² + 4²)/2 + (2.5² + 0.5²)/2).
    assert float(lecam(lambda x: x, real, fake, None)) == 26.5
    assert (lecam.on_real.numpy(), lecam.on_fake.numpy()) == (1.5, 0.0)


def test_ada_shifts_more_while_d_is_too_sure_and_less_when_it_is_not():
    ada, digit = cures.ADA(images=4), tf.fill((2, 28, 28, 1), 0.5)
    sure, unsure = (lambda x: tf.constant([[3.0], [9.0]])), (lambda x: tf.constant([[3.0], [-9.0]]))
    seed = tf.constant([1, 2])
    np.testing.assert_array_equal(ada.augment(digit, seed), digit)  # it begins with nothing
    found = []
    for d in (sure, sure, sure, unsure):
        assert float(ada(d, digit, digit, seed)) == 0
        found.append(float(ada.probability))
    assert found == [0.5, 1.0, 1.0, 0.5]
    ada.probability.assign(1.0)
    assert np.any(ada.augment(tf.concat([digit] * 9, 0), seed) != 0.5)


def test_minibatch_statistics_tell_d_the_spread_of_its_batch():
    x = np.array([[1.0, 2.0], [3.0, 8.0]])  # standard deviations 1 and 3
    np.testing.assert_allclose(cures.spread_of_the_batch(x), [[1.0, 2.0, 2.0], [3.0, 8.0, 2.0]])


def test_rates_fall_to_a_fiftieth_and_training_and_held_out_digits_are_others():
    falls = [cures.falling(share) for share in (0.0, 0.5, 1.0, 2.0)]
    np.testing.assert_allclose(falls, [1.0, 0.51, 0.02, 0.02])
    (seen, _), (unseen, _) = cures.split(1)
    assert (len(seen), len(unseen)) == (300, 1000)
    one, other = ({image.tobytes() for image in part} for part in (seen, unseen))
    assert not one & other
