"""Distances by processor time: medians, who is ahead, and what each recipe trains with."""

import json

from benchmarks import games_keras, machine, modern, quality, report, spent, targets
from gan_helpers import data

import numpy as np
import pytest
import tensorflow as tf

MEASURES = {"pixel_frechet": 2.0, "precision": 0.8, "recall": 0.7}
ROW = {"steps": 40, "machine": 0, **MEASURES}


def rows(way, seed, **distances):
    """Made-up marks of one training: s60=3.5 and so on."""
    return [
        {"way": way, "seed": seed, "mark": int(mark[1:]), "digit_fid": far, **ROW}
        for mark, far in distances.items()
    ]


MADE = [
    *rows(quality.GROUPS, 1, s60=8.0, s120=4.0, s180=4.4),
    *rows(quality.GROUPS, 2, s60=6.0, s120=6.0, s180=8.0),
    *rows(quality.OURS, 1, s60=70.0, s120=50.0),
    *(row | {"steps": 60} for row in rows(quality.TORCH, 1, s60=60.0, s120=45.0)),
    *rows(quality.GIVEN, 1, s60=9.0, s180=5.0),
    *rows(quality.GIVEN, 2, s60=11.0, s180=5.0),
    *rows(quality.TUTORIAL, 1, s300=80.0),
]


def test_medians_and_how_much_worse_a_recipe_gets_after_its_best_mark():
    assert spent.median_of(MADE, quality.GROUPS, 120) == 5.0
    assert spent.median_of(MADE, quality.GROUPS, 300) is None
    assert spent.worst_after_best(MADE, quality.GROUPS) == pytest.approx(6.2 / 5.0)
    assert spent.worst_after_best(MADE, quality.OURS) == 1.0, "what came before does not count"
    assert spent.worst_after_best(MADE, quality.LABELS) is None


def test_the_section_shows_each_recipe_that_was_measured_and_who_is_ahead():
    facts = {"date": "2026-01-02", "processor": "a chip", "kind": machine.WITHOUT}
    part = {"machines": [facts], "rows": MADE}
    text = "\n".join(spent.render(part))
    assert (
        "| notebook 08: groups, pairing, R1 and R2 | 7.00 | 5.00 | 6.20 |  | 2 | 4.40 to 8.00 | 40 "
        "| 2.00 |" in text
    )
    assert "| the same in PyTorch: R3GAN's losses | 60.0 | 45.0 |  |  | 1 | 45.0 |" in text
    assert "TensorFlow's tutorial has its own networks" in text
    assert not any(word in text for word in ("Keras's", "U-Net", "classic"))
    everything = [{"way": way} for way in quality.PLAYERS]
    assert "Keras's WGAN-GP (512) and ADA (128) keep" in spent.about_recipes(everything)
    assert "Flow matching trains a small U-Net." in spent.about_recipes(everything)
    assert "in one run, PyTorch has taken 1.50 times as many steps (seeds: 1)." in text
    two = [*MADE, *rows(quality.OURS, 2, s120=40.0)]
    two += [row | {"steps": 50} for row in rows(quality.TORCH, 2, s120=44.0)]
    (words,) = spent.who_is_ahead(two)
    assert "PyTorch is at 44.5 in the median, `GAN.fit` at 45.0." in words
    assert "1.25 to 1.50 times as many steps (seeds: 2)." in words
    two[-1]["machine"] = 1
    assert "1.50 times as many steps (seeds: 1)." in spent.who_is_ahead(two)[0], "of one run alone"
    assert spent.render(None) == ["Not run."]
    assert "Not run." in report.render({}).split("## Time to quality")[1].split("##")[0]

    assert "| notebook 08: groups, pairing, R1 and R2 | 7.00 |" in spent.render_long(part)[-1]
    assert spent.render_long(None) == ["Not run."]

    found = {row[0]: row[1:] for row in targets.rows({"quality": part, "long": part})}
    tutorial = "notebook 05 with labels, at {} s / tutorial's at 300 s".format
    assert found[tutorial(60)] == ["at most 0.1250", "open", "0.1250, met"]
    assert found[tutorial(180)] == ["at most 0.0625", "open", "0.0625, met"]
    name = "notebook 08's groups, distance at 60 s of processor time"
    assert found[name] == ["at most 5.71", "open", "7.00, **missed**"]
    assert (
        found["notebook 08's groups, up to 600 s: the most over the best so far"][2]
        == "1.24, **missed**"
    )
    assert found["the same with labels, at 60 s of processor time"][2] == "open"


def test_what_is_read_is_what_both_commands_have_stored(monkeypatch, tmp_path):
    monkeypatch.setattr(quality, "FILE", tmp_path / "quality.json")
    monkeypatch.setattr(modern, "FILE", tmp_path / "modern.json")
    assert spent.read() == {}
    then, now = ({"date": date} for date in ("then", "now"))
    on = [{**row, "machine": 1} for row in MADE]
    quality.FILE.write_text(json.dumps({"quality": on[6:], "machines": [then, now]}))
    on = [{**row, "machine": 0} for row in on]
    modern.FILE.write_text(json.dumps({"long": on[:6], "stacked": [], "machines": [then, now]}))
    found = spent.read()
    assert [found[part]["machines"] for part in found] == [[now], [then]], "of its own rows alone"
    assert [len(found[part]["rows"]) for part in found] == [len(MADE) - 6, 6]
    whole = [{**row, "machine": 0} for row in WHOLE]
    reused = rows(quality.STAYING, 1, s15=8) + rows(quality.REUSED, 1, s15=7)
    beside = {"whole": whole, "reused": [{**row, "machine": 0} for row in reused]}
    parts = {"quality": found["quality"]["rows"], "machines": [then, now], **beside}
    quality.FILE.write_text(json.dumps(parts))
    text = spent.render(spent.read()["quality"])
    assert any("1 seeds it is the nearer one in 1 at 15 s." in part for part in text)
    assert text[0] == "Measured then and now." and "tutorial's end, 5.50: " in text[-1]


def test_a_mark_that_fewer_seeds_have_reached_is_told():
    made = spent.medians([*rows(quality.ADA, 1, s60=3, s300=2), *rows(quality.ADA, 2, s60=5)])
    assert "| 4.00 | 2.00 | 2, at the last mark 1 | 2.00 |" in made
    assert "| 4.00 | 2 | 3.00 to 5.00 |" in spent.medians(
        [*rows(quality.ADA, 1, s60=3), *rows(quality.ADA, 2, s60=5)]
    )


def test_real_digits_are_told_with_as_many_samples_as_the_others(monkeypatch):
    assert spent.yardstick([]) == []
    (words,) = spent.yardstick([{"digit_fid": 1.5, "pixel_frechet": 0.25}] * 2)
    assert "10,000 draws" in words and "5,000 digits themselves are at 1.50, 1.50" in words
    assert words.endswith("in pixels at 0.25, 0.25 (seeds: 2).")
    monkeypatch.setattr(modern, "quality", lambda drawn, images: {"drawn": len(drawn)})
    assert quality.real(1) == [{"drawn": modern.COUNTED}] and modern.COUNTED == 10_000


def test_training_for_too_long_is_told():
    made = [*rows(quality.STAYING, 1, s60=3, s180=5), *rows(quality.STAYING, 2, s60=5, s180=8)]
    (words,) = spent.turning_point(made)
    assert words.endswith("at this distance: 4.00 after 60 s, 6.50 after 180 s.")
    (words,) = spent.turning_point(rows(quality.STAYING, 1, s15=9, s30=4, s60=3, s120=5, s180=8))
    assert words.endswith(": 4.00 after 30 s, 3.00 after 60 s, 8.00 after 180 s.")
    longer = [*made, *rows(quality.STAYING, 3, s60=5, s180=9, s300=20)]
    assert spent.marks_of_all(longer, quality.STAYING) == [60, 180]
    assert "8.00 after 180 s." in spent.turning_point(longer)[0], "one seed alone went on"
    assert spent.turning_point(rows(quality.STAYING, 1, s60=4, s180=3)) == []
    assert spent.turning_point(rows(quality.TUTORIAL, 1, s60=4)) == []


def test_what_d_s_fakes_used_again_bring_is_told_by_pairs_of_one_seed():
    found = rows(quality.STAYING, 1, s15=8, s30=4) + rows(quality.STAYING, 2, s15=9, s30=3)
    found += rows(quality.REUSED, 1, s15=7, s30=5) + rows(quality.REUSED, 2, s15=6, s30=2.5)
    for row in found:
        row["steps"] *= 3 if row["way"] == quality.REUSED else 2
    text, made = spent.fakes_again(found)
    assert "After 30 s the one with D's fakes again has taken 1.50 times as many steps" in text
    assert text.endswith("of 2 seeds it is the nearer one in 2 at 15 s, 1 at 30 s.")
    later = found + [row | {"mark": 60, "digit_fid": 9.5} for row in found if row["mark"] == 30]
    assert "From 30 to 60 s both get worse with every seed" in spent.fakes_again(later)[0]
    later[-1]["digit_fid"] = 1.0
    assert "every seed" not in spent.fakes_again(later)[0]
    assert "| new fakes for G | 8.50 | 3.50 | 2 | 3.00 to 4.00 |" in made
    assert "| D's fakes again | 6.50 | 3.75 | 2 | 2.50 to 5.00 |" in made
    assert spent.fakes_again([]) == []


WHOLE = [
    {"steps": 1175, "seconds": 700.0, "digit_fid": 300.0, **MEASURES},
    {"steps": 11750, "seconds": 7000.0, "digit_fid": 5.5, **MEASURES},
]


def test_the_tutorial_s_end_is_told_and_who_was_nearer_before():
    text, made, after = spent.to_its_end(MADE, WHOLE)
    assert "5,000 digits" in text and len(data.load_digits().images) == spent.IMAGES
    assert "| 1,175 | 700 | 300 | 2.00 |" in made and "| 11,750 | 7,000 | 5.50 |" in made
    assert "the tutorial's end, 5.50: " in after
    assert "notebook 08: groups, pairing, R1 and R2, 120 s" in after
    assert "notebook 05, the ten labels given, 180 s." in after
    assert "none of their marks were nearer: the same, no groups and no labels; the same" in after
    assert "tutorial;" not in after and spent.to_its_end(MADE, []) == []
    assert quality.WHOLE[-1] == 11_750, "as long as its author's"


def test_a_whole_training_is_judged_after_its_steps(monkeypatch):
    taken = []
    player = quality.Player(lambda: taken.append(1), lambda n: len(taken), steps=2)
    monkeypatch.setattr(quality, "started", lambda recipe, seed: (player, "digits"))
    monkeypatch.setattr(modern, "quality", lambda drawn, images: {"drawn": drawn, "from": images})
    monkeypatch.setattr(quality, "WHOLE", (3, 8))
    points = quality.train_whole(quality.TUTORIAL, 1)
    kept = [(point["steps"], point["drawn"], point["from"]) for point in points]
    assert kept == [(4, 2, "digits"), (8, 4, "digits")]
    assert 0 <= points[0]["seconds"] <= points[1]["seconds"]


def test_curve_states_its_finding():
    made = [*MADE, *rows(quality.GROUPS, 1, s300=3.2)]
    picture = spent.curve({"rows": made})
    assert picture.axes[0].get_title() == (
        "After 300 s notebook 08's groups are at 3.20, the tutorial's beginning at 80.0"
    )
    assert picture.axes[0].get_xscale() == picture.axes[0].get_yscale() == "log"
    assert "notebook 05, the ten labels given: 5.00 in the end" in picture.alt
    assert spent.finding(MADE) == "Digit Fréchet distance against processor time"


def test_every_recipe_is_trained_for_each_seed_and_those_of_notebooks_05_and_08_for_five():
    *jobs, last = quality.jobs(3)
    found = [arguments for part, _, arguments in jobs if part == "quality"]
    beside = [arguments for part, _, arguments in jobs if part in ("reused", "real")]
    assert len(jobs) == len(found) + len(beside), "all but the last have marks of processor time"
    assert last == ("whole", quality.train_whole, (quality.TUTORIAL, 1))
    assert len(found) == len(set(found)) == 3 * len(quality.PLAYERS) + 8
    for way in (quality.GROUPS, quality.LABELS, quality.GIVEN, quality.STAYING):
        assert [seed for recipe, seed in found if recipe == way] == [1, 2, 3, 4, 5]
    assert {*quality.PLAYERS, modern.BESIDE} == set(spent.NAMES)
    assert set(spent.CURVES) < set(spent.NAMES)


def test_batches_are_whole_and_each_image_comes_once_in_an_order():
    endless = quality.batches(np.arange(10), 4, seed=1)
    two = np.concatenate([next(endless), next(endless)])
    assert len(set(two)) == 8
    assert list(next(endless)) != list(two[:4])


def digits(n=8):
    return np.random.default_rng(0).uniform(-1, 1, (n, 28, 28, 1)).astype("float32")


def test_a_turn_of_each_keras_recipe_moves_both_networks():
    wgan, ada = games_keras.WassersteinGP(1), games_keras.AdaptiveAugmentation(1)
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
