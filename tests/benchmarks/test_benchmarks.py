"""The verdicts follow the numbers, for each kind of processor, and the report shows them.

No time that is measured here decides anything.
"""

import json

from benchmarks import __main__ as command
from benchmarks import (
    contenders,
    grading,
    machine,
    report,
    speeds,
    spent,
    startup,
    targets,
    words,
)  # fmt: skip

import pytest

MACHINE = {
    "date": "2026-01-02",
    "kind": machine.WITHOUT,
    "processor": "a chip, 2 cores",
    "memory": "4 GiB",
}


SHORT = {
    "ours": contenders.SERIES,
    "at_once": contenders.SIMULTANEOUS,
    "tutorial": contenders.TUTORIAL,
    "onednn": contenders.TUTORIAL_ONEDNN,
    "calls": contenders.TUTORIAL_CALLS,
    "xla": contenders.TUTORIAL_XLA,
    "torch": contenders.TORCH,
    "fused": contenders.TORCH_SWITCHES,
    "fused_compiled": contenders.TORCH_SWITCHES_COMPILED,
}


def pair_results(rate=2e9, **speeds):
    """Made-up speeds: one number for each contender, twice."""
    speeds = {SHORT[name]: [value, value] for name, value in speeds.items()}
    missing = {name: "ImportError: none" for name in contenders.TRAINERS if name not in speeds}
    return {
        "speeds": speeds | {name: [rate, rate] for name in contenders.RATES},
        "missing": missing,
        "flops": dict.fromkeys(contenders.TRAINERS, 10**6),
    }


def steps_results(dense=None, tutorial=None):
    """Made-up speeds of both pairs, as one kind of processor has them."""
    plain = {"ours": 500, "at_once": 600, "tutorial": 100}
    pairs = {"dense": pair_results(**(dense or plain)), "tutorial": pair_results(
        **(tutorial or plain))}  # fmt: skip
    return {"machine": MACHINE, "rounds": 2, "seconds": 1.0, "pairs": pairs}


def verdicts(results, *start):
    """The cells of the target whose name begins so, without its name: wanted, then each kind."""
    (row,) = (row for row in targets.rows(results) if row[0].startswith(start))
    return row[1:]


@pytest.mark.parametrize(
    ("name", "speeds", "cells"),
    [
        ("dense pair, in turn / TensorFlow", {"ours": 220, "tutorial": 100}, "2.20, met"),
        ("dense pair, in turn / TensorFlow", {"ours": 219, "tutorial": 100}, "2.19, **missed**"),
        ("dense pair, in turn / PyTorch", {"ours": 100, "torch": 100}, "1.00, **missed**"),
        ("dense pair, in turn / PyTorch", {"ours": 101, "torch": 100}, "1.01, met"),
        ("dense pair, in turn / PyTorch", {"ours": 101}, "open"),
        ("dense pair, share", {"ours": 900}, "45.0%, met"),  # 900 x 1 MFLOP, of 2 GFLOP/s
        ("dense pair, share", {"ours": 890}, "44.5%, **missed**"),
        ("tutorial's networks, in turn / TensorFlow", {"ours": 87, "tutorial": 100}, "0.87, met"),
        ("tutorial's networks, in turn / the same", {"ours": 86, "onednn": 100}, "0.86, **missed"),
        ("tutorial's networks, simul", {"at_once": 100, "tutorial": 100}, "1.00, met"),
        ("tutorial's networks, simul", {"at_once": 99, "tutorial": 100}, "0.99, **missed**"),
        ("tutorial's networks, in turn / PyTorch", {"ours": 100, "torch": 100}, "1.00, met"),
        ("tutorial's networks, share", {"ours": 1600}, "80.0%, met"),
        ("tutorial's networks, share", {"ours": 1590}, "79.5%, **missed**"),
    ],
)
def test_verdict_on_speed(name, speeds, cells):
    speeds = {"ours": 1, "at_once": 1} | speeds
    results = {"steps": {machine.WITH: steps_results(dense=speeds, tutorial=speeds)}}
    found = [row for row in targets.rows(results) if row[0].startswith(name)][0]
    assert found[2].startswith(cells) and found[3] == "open"  # the other kind was not measured


def test_no_kind_of_processor_stands_on_the_results_of_another():
    fast, slow = ({"ours": speed, "at_once": speed, "tutorial": 100} for speed in (300, 200))
    results = {
        "steps": {
            machine.WITHOUT: steps_results(dense=fast),
            machine.WITH: steps_results(dense=slow),
        }
    }
    cells = verdicts(results, "dense pair, in turn / TensorFlow")
    assert cells == ["at least 2.20", "2.00, **missed**", "3.00, met"]
    assert targets.rows(results)[0][2:] == [machine.WITH, machine.WITHOUT]
    results["steps"][machine.UNKNOWN] = steps_results(dense=fast)
    assert targets.rows(results)[0][2:] == list(machine.KINDS)
    assert verdicts(results, "dense pair, in turn / TensorFlow")[3] == "3.00, met"


def test_verdict_on_the_first_wait():
    waits = {"import gan_helpers": [1.0, 2.0, 9.0], "first step, a": [1.8], "first step, b": [1.0]}
    results = {"startup": {kind: {"seconds": waits} for kind in machine.KINDS}}
    cells = verdicts(results, "import and first step")
    assert cells == ["at most 3.8 s", "3.8 s, met", "3.8 s, no target", "3.8 s, open"]
    waits["first step, b"] = [1.9]
    assert verdicts(results, "import and first step")[1] == "3.9 s, **missed**"
    assert verdicts({}, "import and first step") == ["at most 3.8 s", "open", "no target"]


def test_an_import_is_timed_in_a_new_python():
    assert 0 < startup.seconds_of_import("json") < 60
    with pytest.raises(RuntimeError, match="import no_such_package failed: "):
        startup.seconds_of_import("no_such_package")


def test_a_peer_that_is_fastest_as_documented_gains_nothing_from_settings():
    pair = pair_results(ours=180, at_once=240, tutorial=100, calls=80, xla=90, torch=100,
                        fused=90, fused_compiled=60)  # fmt: skip
    found = {(ours, peer): both for ours, peer, *both in speeds.gains(pair)}
    assert found[contenders.SERIES, contenders.TORCH] == [1.0, 1.8]
    assert found[contenders.SERIES, contenders.TUTORIAL] == [1.0, 1.8]


def test_a_gain_is_split_into_settings_and_us():
    pair = pair_results(ours=180, at_once=240, tutorial=100, calls=200, xla=300, torch=100,
                        fused=90, fused_compiled=110)  # fmt: skip
    assert speeds.gains(pair) == [
        (contenders.SIMULTANEOUS, contenders.TUTORIAL, 3.0, 0.8),  # the faster of both switches
        (contenders.SERIES, contenders.TUTORIAL, 3.0, 0.6),
        (contenders.SERIES, contenders.TORCH, 1.1, pytest.approx(180 / 110)),
    ]
    text = speeds.gains_table(pair)
    assert (
        "| series, simultaneous / TensorFlow tutorial's step | 2.40 | 3.00 | 0.80 "
        f"| {contenders.TUTORIAL_XLA} |" in text
    )
    assert "| series, in turn / Keras train_step and fit | not measured |" in text
    ahead = speeds.who_is_ahead(pair)
    assert "simultaneous: 1.25 times" in ahead and "in turn: 1.67 times" in ahead
    assert "PyTorch" not in ahead
    alone = speeds.who_is_ahead(pair_results(ours=2, at_once=2, tutorial=1))
    assert alone == "Equal settings were not measured here."
    behind = pair_results(ours=2, at_once=2, tutorial=1, calls=1)
    assert speeds.who_is_ahead(behind) == (
        "At equal settings no peer that was measured is ahead of the series."
    )


GRADES = {"student": "ada", "state": "graded", "test_a": "2.0", "message": ""}


def made_up_results():
    waits = ("import gan_helpers", "first step, fully connected pair")
    return {
        "steps": {machine.WITHOUT: steps_results()},
        "startup": {
            machine.WITHOUT: {
                "machine": MACHINE,
                "seconds": {name: [1.0, 2.0, 4.0] for name in waits},
                "slider": [10.0] * 20,
            }
        },
        "grading": {
            "machine": MACHINE,
            "assignment": "discriminator_loss",
            "students": 4,
            "ways": [{"jobs": 1, "seconds": 50.0, "peak": 3 * 2**30,
                      "median": 10.0, "longest": 20.0}],
            "gained": [],
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
    assert (
        "| dense pair, in turn / TensorFlow tutorial's step | at least 2.20 | open | 5.00, met |"
        in text
    )
    assert "| PyTorch | as documented | not available: ImportError: none |  |" in text
    assert text.count("### Processors with AVX-512\n\nNot run.") == 2
    assert text.count("### Processors without AVX-512\n\nMeasured") == 2
    assert "### A processor whose" not in text
    # 500 and 600 x 1 MFLOP, of 2 GFLOP/s
    assert "so it does 0.50 GFLOP/s" in text and "| 25.0% | 30.0% |\n" in text
    assert "| import gan_helpers | 2.00 s | 1.00 to 4.00 s |" in text
    assert "2026-01-02; a chip, 2 cores; 4 GiB" in text
    assert "| 1 | 12.5 s | 10.0 s | 20 s | 3.0 GiB |" in text
    assert "0 of the 2 hostile submissions gained a point" in text
    assert "| right | 4 | 1 | 4 | 0 | 0 | 0 | 0 |" in text and "All are the same." in text
    assert "| crash | 2 | a | needs a look | a: it ended the kernel |" in text
    assert text.count(words.NOT_RUN) == 4
    assert report.render({}).count(words.NOT_RUN) == 5


def test_shares_of_a_rate_count_the_work_of_each_way_of_updating():
    pair = pair_results(ours=400, at_once=600, tutorial=100, calls=800)
    pair["flops"] |= {contenders.SERIES: 2 * 10**6}
    text = "\n".join(speeds.render_pair("tutorial", pair))
    # 400 x 2, 600 x 1 and 800 x 1 MFLOP, of 2 GFLOP/s
    assert "| 40.0% | 30.0% | 40.0% |" in text and "is at 0.50 of the tutorial's speed" in text


def test_report_keeps_numbers_of_an_unknown_processor_apart():
    results = made_up_results()
    results["steps"] = {machine.UNKNOWN: steps_results()}
    text = report.render(results)
    _, section = text.split("### A processor whose vector instructions were not recorded")
    assert "stand for neither kind" in section and "matrix rate, 2.00 GFLOP/s" in section
    assert "| PyTorch | as documented |" in section and "2026-01-02; a chip" in section


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
    attacks = grading.attacked(grading.kinds())
    assert attacks["endless loop"] == ["d_loss_fake"] and attacks["os._exit"] == ["d_loss_real"]
    assert attacks["prints 50 MB"] == []
    row = {"test_d_loss_fake": "0.0", "test_d_loss_real": "0.5"}
    pairs = [(("hostile", kind), row) for kind in attacks] + [(("right", "reference"), row)]
    assert set(grading.gained(pairs, attacks)) == {
        kind for kind, questions in attacks.items() if "d_loss_real" in questions
    }


def test_kinds_of_submissions_differ():
    made = grading.kinds()
    contents = [content for group in made.values() for content in group.values()]
    assert len(contents) == len(set(contents)) > 30


def test_a_part_that_is_not_run_keeps_its_numbers(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(spent, "read", dict)  # what other commands have stored
    (tmp_path / "results.json").write_text(json.dumps(made_up_results()))
    made = {"seconds": {"import gan_helpers": [7.0], "first step": [1.0]}, "slider": [1.0, 2.0]}
    monkeypatch.setattr("benchmarks.startup.measure", lambda options: made)
    monkeypatch.setattr("benchmarks.machine.vectors", lambda: ["AVX2", "AVX-512"])
    monkeypatch.setattr("sys.argv", ["benchmarks", "--parts", "startup", "--out", str(tmp_path)])
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    command.main()
    text = (tmp_path / "RESULTS.md").read_text(encoding="utf-8")
    assert "| import gan_helpers | 7.00 s |" in text and "| 25.0% |" in text
    assert "| import gan_helpers | 2.00 s |" in text  # the other kind of processor
    stored = json.loads((tmp_path / "results.json").read_text())
    assert list(stored["startup"]) == [machine.WITHOUT, machine.WITH]
    assert stored["startup"][machine.WITH]["machine"]["vectors"].startswith("AVX2, AVX-512 (")
    printed = capsys.readouterr().out
    assert "import and first step together" in printed and "8.0 s, missed" in printed

    monkeypatch.setattr("benchmarks.startup.measure", None)  # nothing is measured again
    monkeypatch.setattr("sys.argv", ["benchmarks", "--targets", "--out", str(tmp_path)])
    command.main()
    again = capsys.readouterr().out
    assert printed.endswith(again) and "wrote" not in again

    (tmp_path / "RESULTS.md").unlink()
    monkeypatch.setattr("sys.argv", ["benchmarks", "--report", "--out", str(tmp_path)])
    command.main()
    assert (tmp_path / "RESULTS.md").read_text(encoding="utf-8") == text


def test_targets_are_open_where_nothing_is_stored(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(spent, "read", dict)
    monkeypatch.setattr("sys.argv", ["benchmarks", "--targets", "--out", str(tmp_path / "none")])
    command.main()
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 + len(targets.TARGETS)
    assert lines[2].split("  ")[-1] == "open" and not (tmp_path / "none").exists()


@pytest.mark.parametrize("arguments", (["--rounds", "0"], ["--seconds", "-1"], ["--parts", "x"]))
def test_wrong_option_is_named(arguments, capsys):
    with pytest.raises(SystemExit):
        command.parse(arguments)
    assert arguments[0] in capsys.readouterr().err


def test_committed_report_is_made_from_the_committed_numbers():
    file = command.HERE / "results.json"
    if not file.exists():
        pytest.skip("no full measurement is committed")
    text = (command.HERE / "RESULTS.md").read_text(encoding="utf-8")
    assert report.render(json.loads(file.read_text()) | spent.read()) == text
