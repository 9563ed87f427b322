"""The peers are what was published, the counts are right, and the verdicts follow the numbers.

No time that is measured here decides anything.
"""

import json
import math

from benchmarks import __main__ as command
from benchmarks import contenders, flops, grading, machine, peers, quality, report
from gan_helpers import networks

import keras
import numpy as np
import pytest

# Keras itself calls numpy 2 in the old way, when it traces.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


# The peers


def shapes(model):
    """Output shape and number of parameters of each layer that has any."""
    return [(layer.output.shape[1:], layer.count_params()) for layer in model.layers
            if layer.count_params()]  # fmt: skip


def test_tutorial_generator_is_as_published():
    assert shapes(peers.tutorial_generator()) == [
        ((12544,), 100 * 12544),
        ((12544,), 4 * 12544),
        ((7, 7, 128), 25 * 256 * 128),
        ((7, 7, 128), 4 * 128),
        ((14, 14, 64), 25 * 128 * 64),
        ((14, 14, 64), 4 * 64),
        ((28, 28, 1), 25 * 64),
    ]
    assert peers.tutorial_generator().count_params() == 2_330_944


def test_tutorial_discriminator_is_as_published():
    assert shapes(peers.tutorial_discriminator()) == [
        ((14, 14, 64), 25 * 64 + 64),
        ((7, 7, 128), 25 * 64 * 128 + 128),
        ((1,), 7 * 7 * 128 + 1),
    ]
    assert peers.tutorial_discriminator().count_params() == 212_865


@pytest.mark.parametrize("pair", contenders.PAIRS, ids=lambda pair: pair.name)
def test_pytorch_has_the_same_networks(pair):
    torch = pytest.importorskip("torch")
    from benchmarks import peers_torch

    ours, theirs = peers.build(pair.name), peers_torch.build(pair.name)
    for model, module in zip(ours, theirs, strict=True):
        trained = sum(math.prod(weight.shape) for weight in model.trainable_weights)
        assert sum(weight.numel() for weight in module.parameters()) == trained
    fake = theirs[0](torch.zeros(2, peers.LATENT_DIM))
    assert fake.shape == (2, 1, 28, 28) and theirs[1](fake).shape == (2, 1)


@pytest.mark.parametrize(
    "contender",
    [contenders.SERIES, contenders.SIMULTANEOUS, contenders.TUTORIAL, contenders.KERAS_PLAIN],
)
def test_contender_trains_both_networks(contender, monkeypatch):
    pair = networks.build_generator(hidden_units=4), networks.build_discriminator(4)
    monkeypatch.setattr(peers, "build", lambda name: pair)
    before = [weight.numpy() for model in pair for weight in model.trainable_weights]
    images = np.random.default_rng(0).uniform(-1, 1, (8, 28, 28, 1)).astype(np.float32)
    peers.trainer(contender, contenders.Pair("dense", 4, 1e-3, 0.5, 2), images)(2)
    after = [weight.numpy() for model in pair for weight in model.trainable_weights]
    for one, other in zip(before, after, strict=True):
        assert np.isfinite(other).all() and not np.array_equal(one, other)


def test_tutorial_loop_goes_through_all_images_each_epoch(monkeypatch):
    images = np.arange(5, dtype=np.float32).reshape(5, 1, 1, 1)
    loop = peers.TutorialLoop(None, None, None, None, images, batch_size=2)
    seen = []
    monkeypatch.setattr(loop, "step", lambda real: seen.extend(real.numpy().ravel()))
    loop.train(2)
    assert sorted(seen[:5]) == sorted(seen[5:]) == [0, 1, 2, 3, 4]


# Counting operations


def test_operations_of_layers_worked_by_hand():
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((4, 4, 1)),
            layers.Conv2D(2, 3, strides=2, padding="same"),  # 2 x 2 places, 9 weights a channel
            layers.LeakyReLU(),
            layers.Conv2DTranspose(3, 5, strides=2, padding="same"),  # from 2 x 2 places
            layers.Flatten(),
            layers.Dense(7),  # from 4 * 4 * 3
        ]
    )
    counts = [flops.forward(layer) for layer in model.layers]
    assert counts == [2 * 4 * 9 * 1 * 2, 0, 2 * 4 * 25 * 2 * 3, 0, 2 * 48 * 7]
    assert flops.network(model) == (sum(counts), counts[0])


def test_operations_of_a_step_worked_by_hand():
    generator = networks.build_generator(latent_dim=2, hidden_units=3, image_shape=(5,))
    discriminator = networks.build_discriminator(hidden_units=4, image_shape=(5,))
    g1, g2, d1, d2 = 2 * 2 * 3, 2 * 3 * 5, 2 * 5 * 4, 2 * 4 * 1
    d_turn = g1 + g2 + 2 * (d1 + d2) + 2 * (d1 + d2) + 2 * d2  # forward, weights, inputs
    g_turn = g1 + g2 + d1 + d2 + (d1 + d2) + (g1 + g2) + g2  # forward, D, weights, inputs
    assert flops.step_in_turns(generator, discriminator) == d_turn + g_turn
    # At once, G's pass serves both turns, and so does D's pass over the fakes.
    at_once = d_turn + g_turn - (g1 + g2) - (d1 + d2)
    assert flops.simultaneous_step(generator, discriminator) == at_once


# The machine


def machine_that_says(tmp_path, monkeypatch, text):
    """facts() of a processor whose /proc/cpuinfo holds this text, None for no such file."""
    file = tmp_path / "cpuinfo"
    if text is not None:
        file.write_text(text)
    monkeypatch.setattr(machine, "CPUINFO", file)
    return machine.facts()


@pytest.mark.parametrize(
    ("flags", "kind", "vectors", "by_itself"),
    [
        ("sse2 avx2", machine.WITHOUT, "AVX2 (not AVX-512, ", "leaves oneDNN off"),
        ("avx2 avx512f", machine.WITH, "AVX2, AVX-512 (not AVX512_VNNI, ", "leaves oneDNN off"),
        ("avx2 avx512f avx512_vnni", machine.WITH, "AVX512_VNNI (not ", "turns oneDNN on"),
        ("avx512f avx512_bf16", machine.WITH, "AVX-512, AVX512_BF16 (not ", "turns oneDNN on"),
        ("avx2 avx_vnni", machine.WITHOUT, "AVX2, AVX_VNNI (not ", "turns oneDNN on"),
        ("avx512f amx_int8", machine.WITH, "AVX-512, AMX (not ", "turns oneDNN on"),
        ("sse2", machine.WITHOUT, "none of AVX2, ", "leaves oneDNN off"),
    ],
)
def test_facts_tell_the_vector_instructions(flags, kind, vectors, by_itself, tmp_path, monkeypatch):
    text = f"processor\t: 0\nmodel name\t: a chip\nflags\t\t: fpu {flags}\n\nprocessor\t: 1\n"
    facts = machine_that_says(tmp_path, monkeypatch, text)
    assert facts["kind"] == kind and facts["processor"].startswith("a chip, ")
    assert vectors in facts["vectors"] and by_itself in facts["onednn"]


@pytest.mark.parametrize("text", [None, "processor\t: 0\nFeatures\t: fp asimd\n"])
def test_what_the_machine_does_not_tell_is_unknown(text, tmp_path, monkeypatch):
    facts = machine_that_says(tmp_path, monkeypatch, text)
    assert facts["kind"] == machine.UNKNOWN
    assert "unknown" in facts["vectors"] and "unknown" in facts["onednn"]


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"--show-toplevel": str(machine.ROOT), "--short": "abc1234"}, "commit abc1234"),
        (
            {"--show-toplevel": str(machine.ROOT), "--short": "abc1234", "--porcelain": "M a.py"},
            "commit abc1234 + changes",
        ),
        ({"--show-toplevel": "/another", "--short": "abc1234"}, "commit unknown"),
        ({}, "commit unknown"),
    ],
)
def test_facts_name_the_commit(answers, words, monkeypatch):
    def git(command, option, *rest):
        return answers.get(option, "" if answers else None)

    monkeypatch.setattr(machine, "git", git)
    assert machine.facts()["commit"] == words


def test_without_git_the_commit_is_unknown(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert machine.commit() == "commit unknown"


def test_a_table_stands_with_its_machine():
    made = {"date": "2026-01-02", "commit": "commit abc", "kind": machine.WITH, "processor": "chip"}
    assert report.measured_on(made) == "Measured 2026-01-02; commit abc; chip."


# The stopwatch


def test_stopwatch_counts_training_alone(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(quality.time, "perf_counter", lambda: now[0])

    def measure():
        now[0] += 1000
        return 0.5

    watch = quality.Stopwatch((2, 3, 10), measure)
    watch.start()
    ends = []
    for seconds in (1.5, 2.0, 6.0, 0.5):
        now[0] += seconds
        ends.append(watch.lap())
    assert ends == [False, False, False, True]
    assert [(point["mark"], point["seconds"]) for point in watch.points] == [
        (2, 3.5),
        (3, 3.5),  # one call passed both
        (10, 10.0),
    ]


# The report

MACHINE = {"date": "2026-01-02", "processor": "a chip, 2 cores", "memory": "4 GiB"}


def pair_results(**speeds):
    """Made-up speeds: one number for each contender, twice."""
    names = {"ours": contenders.SERIES, "at_once": contenders.SIMULTANEOUS}
    names |= {
        "tutorial": contenders.TUTORIAL,
        "torch": contenders.TORCH,
        "onednn": contenders.TUTORIAL_ONEDNN,
    }
    speeds = {names[name]: [value, value] for name, value in speeds.items()}
    missing = {name: "ImportError: none" for name in contenders.TRAINERS if name not in speeds}
    rates = {name: [2e9, 2e9] for name in contenders.RATES}
    return {
        "speeds": speeds | rates,
        "missing": missing,
        "flops": dict.fromkeys(contenders.TRAINERS, 10**6),
    }


@pytest.mark.parametrize(
    ("name", "peer", "speeds", "cells"),
    [
        ("dense", contenders.TUTORIAL, {"ours": 180, "tutorial": 100}, ["1.80", "met"]),
        ("dense", contenders.TUTORIAL, {"ours": 179, "tutorial": 100}, ["1.79", "**missed**"]),
        ("dense", contenders.TORCH, {"ours": 100, "torch": 100}, ["1.00", "**missed**"]),
        ("dense", contenders.TORCH, {"ours": 101, "torch": 100}, ["1.01", "met"]),
        ("tutorial", contenders.TORCH, {"ours": 100, "torch": 100}, ["1.00", "met"]),
        ("tutorial", contenders.TORCH, {"ours": 99, "torch": 100}, ["0.99", "**missed**"]),
        ("tutorial", contenders.TORCH, {"ours": 99}, ["not available", "open"]),
    ],
)
def test_verdict_on_speed(name, peer, speeds, cells):
    row = report.speed_ratio(name, pair_results(**speeds), contenders.SERIES, peer)
    assert [row[1], row[3]] == cells


def test_the_tutorial_is_compared_with_both_ways_to_update():
    speeds = {"ours": 150, "at_once": 190, "tutorial": 100, "torch": 140}
    text = "\n".join(report.render_pair("dense", pair_results(**speeds)))
    peer = "TensorFlow tutorial's step"
    assert f"| series, simultaneous / {peer} | 1.90 | at least 1.8 | met |" in text
    assert f"| series, in turn / {peer} | 1.50 | at least 1.8 | **missed** |" in text
    assert "| series, in turn / PyTorch | 1.07 | above 1.0 | met |" in text

    text = "\n".join(report.render_pair("tutorial", pair_results(**speeds, onednn=200)))
    peer = "the same step, oneDNN on"
    assert f"| series, simultaneous / {peer} | 0.95 | at least 1.0 | **missed** |" in text
    assert f"| series, in turn / {peer} | 0.75 | at least 1.0 | **missed** |" in text


def runs(**distances):
    """Made-up trainings: recipe_mark=[distance of seed 1, of seed 2, ...]."""
    made = []
    for key, values in distances.items():
        recipe, mark = key.split("_")
        for seed, distance in enumerate(values, start=1):
            point = {"mark": int(mark), "seconds": int(mark) + 0.5, "distance": distance}
            made.append({"recipe": recipe, "seed": seed, "points": [point]})
    return made


def test_verdict_on_quality_follows_the_medians():
    rows = report.quality_ratios(
        runs(series_60=[9, 10, 90], series_180=[6, 6, 6], tutorial_300=[70, 80, 81])
    )
    assert [row[1:2] + row[3:] for row in rows] == [["0.1250", "met"], ["0.0750", "**missed**"]]
    rows = report.quality_ratios(runs(series_60=[9]))
    assert [row[3] for row in rows] == ["open", "open"]


def test_training_for_too_long_is_told():
    (words,) = report.turning_point(runs(series_60=[3, 4, 9], series_180=[5, 8, 6]))
    assert "closest after 60 s, at 4.00, and 6.00 away after 180 s" in words
    assert report.turning_point(runs(series_60=[4], series_180=[3])) == []
    assert report.turning_point(runs(tutorial_60=[4])) == []


GRADES = {"student": "ada", "state": "graded", "test_a": "2.0", "message": ""}


def made_up_results():
    pairs = {
        pair.name: pair_results(ours=500, at_once=600, tutorial=100) for pair in contenders.PAIRS
    }
    waits = ("import gan_helpers", "first step, fully connected pair")
    return {
        "steps": {"machine": MACHINE, "rounds": 2, "seconds": 1.0, "pairs": pairs},
        "quality": {
            "machine": MACHINE,
            "real": 0.3,
            "runs": runs(series_60=[5, 6], series_180=[2], tutorial_300=[80], classic_60=[40]),
        },
        "startup": {
            "machine": MACHINE,
            "seconds": {name: [1.0, 2.0, 4.0] for name in waits},
            "slider": [10.0] * 20,
        },
        "grading": {
            "machine": MACHINE,
            "assignment": "discriminator_loss",
            "students": 4,
            "ways": [{"jobs": 1, "warm": True, "seconds": 50.0, "peak": 3 * 2**30,
                      "median": 10.0, "longest": 20.0}],
            "gained": 0,
            "different": [],
            "groups": [grading.summary("right", [(("right", "reference"), GRADES)] * 4)],
            "rows": [
                {"group": "hostile", "kind": "crash", "copies": 2, "tests": {"test_a": 0.0},
                 "state": "needs a look", "message": "a: it ended the kernel"},
            ],
        },
    }  # fmt: skip


def test_report_shows_every_part():
    text = report.render(made_up_results())
    assert "| series, in turn / TensorFlow tutorial's step | 5.00 | at least 1.8 | met |" in text
    assert "| PyTorch | not available: ImportError: none |  |" in text
    assert "so it does 0.50 GFLOP/s" in text and "| 25% |" in text  # 500 x 1 MFLOP, of 2 GFLOP/s
    assert "| import gan_helpers | 2.00 s | 1.00 to 4.00 s |" in text
    assert "2026-01-02; a chip, 2 cores; 4 GiB" in text
    assert "| 1 | once, `WARM=1` | 12.5 s | 10.0 s | 20 s | 3.0 GiB |" in text
    assert "0 of the 2 hostile submissions gained a point" in text
    assert "| right | 4 | 1 | 4 | 0 | 0 | 0 | 0 |" in text and "All are the same." in text
    assert "| crash | 2 | a | needs a look | a: it ended the kernel |" in text
    assert report.NOT_RUN not in text
    assert report.render({}).count(report.NOT_RUN) == 4


def test_class_holds_every_group_by_its_share():
    made = {group: {f"{group} {n}": b"" for n in range(3)} for group in grading.SHARES}
    people = grading.pupils(made, 20)
    groups = [group for group, _ in people]
    assert {group: groups.count(group) for group in made} == {
        "right": 10, "wrong": 6, "broken": 2, "hostile": 2,
    }  # fmt: skip
    assert people != sorted(people)
    assert people == grading.pupils(made, 20)


def test_result_that_depends_on_others_is_found():
    key, other = ("right", "reference"), ("wrong", "sum")
    alone = {key: GRADES, other: GRADES | {"test_a": "0.0"}}
    same = [(key, GRADES | {"student": "x"}), (other, alone[other])]
    assert grading.different(same, alone) == []
    assert grading.different([*same, (other, GRADES)], alone) == ["wrong: sum"]


def test_attack_with_points_has_gained():
    assert not grading.gained({"test_d_loss_fake": "0.0", "test_d_loss": "1.0"})
    assert grading.gained({"test_d_loss_fake": "0.5"})


def test_kinds_of_submissions_differ():
    made = grading.kinds()
    contents = [content for group in made.values() for content in group.values()]
    assert len(contents) == len(set(contents)) > 30


def test_curve_states_its_finding():
    results = made_up_results()["quality"]
    picture = report.curve(results)
    assert picture.axes[0].get_title() == (
        "At 60 s the series' distance is 1/14.5 of the tutorial's at 300 s"
    )
    assert picture.axes[0].get_xscale() == picture.axes[0].get_yscale() == "log"
    results["runs"] = runs(series_60=[90], tutorial_300=[80])
    assert "is 1.1 times the tutorial's" in report.finding(results["runs"])
    results["runs"] = runs(classic_60=[40])
    assert report.finding(results["runs"]) == "Digit Fréchet distance against training time"


def test_a_part_that_is_not_run_keeps_its_numbers(tmp_path, monkeypatch):
    (tmp_path / "results.json").write_text(json.dumps(made_up_results()))
    made = {"seconds": {"import gan_helpers": [7.0, 7.0]}, "slider": [1.0, 2.0]}
    monkeypatch.setattr("benchmarks.startup.measure", lambda options: made)
    monkeypatch.setattr("sys.argv", ["benchmarks", "--parts", "startup", "--out", str(tmp_path)])
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    command.main()
    text = (tmp_path / "RESULTS.md").read_text(encoding="utf-8")
    assert "| import gan_helpers | 7.00 s |" in text and "| 25% |" in text
    assert (tmp_path / "time_to_quality.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("arguments", (["--seeds", "0"], ["--longest", "-1"], ["--parts", "x"]))
def test_wrong_option_is_named(arguments, capsys):
    with pytest.raises(SystemExit):
        command.parse(arguments)
    assert arguments[0] in capsys.readouterr().err


def test_committed_report_is_made_from_the_committed_numbers():
    file = command.HERE / "results.json"
    if not file.exists():
        pytest.skip("no full measurement is committed")
    text = (command.HERE / "RESULTS.md").read_text(encoding="utf-8")
    assert report.render(json.loads(file.read_text())) == text
