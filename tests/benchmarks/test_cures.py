"""What notebook 07 draws is what was measured, and a measurement that was stopped goes on."""

import json

from benchmarks import cures

import numpy as np
import pytest


@pytest.fixture
def command(monkeypatch, tmp_path):
    """Function that runs the command with trainings that cost nothing; returns what they did."""
    done, out = [], tmp_path / "numbers.json"

    def train(cure, seed):
        done.append((cure, seed))
        if done.count(("R1", 2)) == 1 and (cure, seed) == ("R1", 2):
            raise KeyboardInterrupt
        return [{"seconds": mark, "digit_fid": seed + 0.5} for mark in cures.MARKS]

    monkeypatch.setattr(cures, "by_heart", train)
    monkeypatch.setattr(cures, "costs", lambda what, rounds: [{"way": "R1", "times": 1.4}])

    def run(*arguments):
        monkeypatch.setattr("sys.argv", ["cures", "--out", str(out), "--seeds", "2", *arguments])
        cures.main()

    return run, done, out


def test_a_stopped_measurement_keeps_what_it_has_and_goes_on(command):
    run, done, out = command
    with pytest.raises(KeyboardInterrupt):
        run()
    kept = json.loads(out.read_text())
    assert len(kept["by_heart"]) == 5 * len(cures.MARKS) and "costs" not in kept
    assert set(kept["machine"]) >= {"date", "processor"}
    run()
    assert done == [(c, s) for s in (1, 2) for c in cures.CURES if (c, s) != ("R1", 2)][:5] + [
        ("R1", 2)
    ] * 2 + [(c, 2) for c in cures.CURES[2:]], "only what was missing"
    whole = json.loads(out.read_text())
    assert {(row["cure"], row["seed"]) for row in whole["by_heart"]} == {
        (cure, seed) for cure in cures.CURES for seed in (1, 2)
    }
    assert whole["costs"][0]["times"] == 1.4
    run("--again")
    assert len(done) == 9 + 8


def test_seeds_below_one_are_refused(capsys):
    with pytest.raises(SystemExit):
        cures.parse(["--seeds", "0"])
    assert "--seeds must be above 0, got 0" in capsys.readouterr().err


def test_what_is_stored_is_whole():
    stored = json.loads(cures.FILE.read_text())
    found = {(row["cure"], row["seed"], row["seconds"]) for row in stored["by_heart"]}
    assert found == {(c, s, m) for c in cures.CURES for s in (1, 2, 3) for m in cures.MARKS}
    assert {row["way"] for row in stored["costs"]} == set(cures.ways()) - {"as it was"}


def test_each_cure_changes_one_thing():
    gans = {cure: cures.built(cure, 1) for cure in cures.CURES}
    plain = gans["nothing"]
    assert plain.d_penalties == () and plain.smooth == 0.1
    assert [len(gan.d_penalties) for gan in gans.values()] == [0, 1, 0, 0]
    assert [gan.augment is plain.augment for gan in gans.values()] == [True, True, False, True]
    for gan in gans.values():
        for one, other in zip(gan.get_weights(), plain.get_weights(), strict=True):
            np.testing.assert_array_equal(one, other)


def test_rates_fall_to_a_fiftieth_and_training_and_held_out_digits_are_others():
    falls = [cures.falling(share) for share in (0.0, 0.5, 1.0, 2.0)]
    np.testing.assert_allclose(falls, [1.0, 0.51, 0.02, 0.02])
    (seen, _), (unseen, _) = cures.split(1)
    assert (len(seen), len(unseen)) == (300, 1000)
    one, other = ({image.tobytes() for image in part} for part in (seen, unseen))
    assert not one & other
