"""Distances by processor time: medians, who is ahead, and what each recipe trains with."""

import json

from benchmarks import machine, modern, recent, recent_keras, report, spent, targets

import numpy as np
import pytest
import tensorflow as tf

ROW = {"steps": 40, "pixel_frechet": 2.0, "precision": 0.8, "recall": 0.7}


def rows(way, seed, **distances):
    """Made-up marks of one training: s60=3.5 and so on."""
    return [
        {"way": way, "seed": seed, "mark": int(mark[1:]), "digit_fid": far, **ROW}
        for mark, far in distances.items()
    ]


MADE = [
    *rows(spent.GROUPS, 1, s60=8.0, s120=4.0, s180=4.4),
    *rows(spent.GROUPS, 2, s60=6.0, s120=6.0, s180=8.0),
    *rows(recent.OURS, 1, s60=70.0, s120=50.0),
    *(row | {"steps": 60} for row in rows(recent.TORCH, 1, s60=60.0, s120=45.0)),
]


def test_medians_and_how_much_worse_a_recipe_gets_after_its_best_mark():
    assert spent.median_of(MADE, spent.GROUPS, 120) == 5.0
    assert spent.median_of(MADE, spent.GROUPS, 300) is None
    assert spent.worst_after_best(MADE, spent.GROUPS) == pytest.approx(6.2 / 5.0)
    assert spent.worst_after_best(MADE, recent.OURS) == 1.0, "what came before does not count"
    assert spent.worst_after_best(MADE, spent.LABELS) is None


def test_the_section_shows_each_recipe_that_was_measured_and_who_is_ahead():
    facts = {"date": "2026-01-02", "processor": "a chip", "kind": machine.WITHOUT}
    part = {"machine": facts, "rows": MADE}
    text = "\n".join(spent.render(part))
    assert (
        "| notebook 08: groups, pairing, R1 and R2 | 7.00 | 5.00 | 6.20 | 2 | 40 | 2.00 |" in text
    )
    assert "| the same in PyTorch: R3GAN's losses | 60.0 | 45.0 |  | 1 | 60 | 2.00 |" in text
    assert "Keras's ADA recipe" not in text
    assert "PyTorch has taken 1.50 times as many steps as `GAN.fit` and is at 45.0" in text
    assert spent.render(None) == ["Not run."]
    assert "Not run." in report.render({}).split("in processor time")[1]

    found = {row[0]: row[1:] for row in targets.rows({"spent": part})}
    name = "notebook 08's groups, distance at 60 s of processor time"
    assert found[name] == ["at most 5.71", "open", "7.00, **missed**"]
    assert found["notebook 08's groups, worst after the best mark / best"][2] == "1.24, **missed**"
    assert found["the same with labels, at 60 s of processor time"][2] == "open"


def test_what_is_read_is_what_both_commands_have_stored(monkeypatch, tmp_path):
    monkeypatch.setattr(recent, "FILE", tmp_path / "recent.json")
    monkeypatch.setattr(modern, "FILE", tmp_path / "modern.json")
    assert spent.read() == {}
    recent.FILE.write_text(json.dumps({"recent": MADE[6:], "machine": {"date": "then"}}))
    modern.FILE.write_text(json.dumps({"long": MADE[:6], "machine": {"date": "now"}}))
    assert spent.read() == {"spent": {"machine": {"date": "now"}, "rows": MADE[6:] + MADE[:6]}}


def test_batches_are_whole_and_each_image_comes_once_in_an_order():
    endless = recent.batches(np.arange(10), 4, seed=1)
    two = np.concatenate([next(endless), next(endless)])
    assert len(set(two)) == 8
    assert list(next(endless)) != list(two[:4])


def digits(n=8):
    return np.random.default_rng(0).uniform(-1, 1, (n, 28, 28, 1)).astype("float32")


def test_a_turn_of_each_keras_recipe_moves_both_networks():
    wgan, ada = recent_keras.WassersteinGP(1), recent_keras.AdaptiveAugmentation(1)
    for game, turns in ((wgan, 3), (ada, 1)):
        before = [network.get_weights()[0] for network in (game.d, game.g)]
        game.step(tf.constant(digits()))
        after = [network.get_weights()[0] for network in (game.d, game.g)]
        assert all((one != other).any() for one, other in zip(before, after, strict=True))
        assert [int(adam.iterations) for adam in game.adams] == [turns, 1]
    # D, untrained, takes about half of the real samples for real: fewer than 80 %.
    assert float(ada.probability) == 0
    assert not np.array_equal(ada.average.get_weights()[0], ada.g.get_weights()[0])
    ada.probability.assign(1.0)
    assert np.any(ada.seen(tf.constant(digits())) != digits())
