"""A speed is measured anew when something that it depends on has changed, and else it is kept."""

import argparse

from benchmarks import contenders, kept, machine, speeds, steps

import pytest

PAIR = contenders.PAIRS[1]
NAMES = [name for name in contenders.TRAINERS if name != contenders.TUTORIAL_XLA]
DATE = "2026-01-02"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with a file of each kind."""
    for folder in ("benchmarks", "gan_helpers"):
        (tmp_path / folder).mkdir()
    names = ("benchmarks/steps.py", "benchmarks/peers.py", "benchmarks/peers_torch.py",
             "gan_helpers/gan.py", "gan_helpers/networks.py")  # fmt: skip
    for name in names:
        (tmp_path / name).write_text("x = 1\n")
    monkeypatch.setattr(machine, "ROOT", tmp_path)
    monkeypatch.setattr(machine, "processor", lambda: "a chip")
    monkeypatch.setattr(machine, "vectors", lambda: ["AVX2"])
    monkeypatch.setattr(machine, "version", lambda package: package + " 1")
    return tmp_path


def changed(before):
    """Groups of contenders whose hash is another one now."""
    after = kept.keys(PAIR, 7, 3.0)
    return {kept.group(name) for name in NAMES if before[name] != after[name]}


@pytest.mark.parametrize(
    ("file", "groups"),
    [
        ("gan_helpers/gan.py", {"series"}),
        ("gan_helpers/networks.py", {"series", "tensorflow"}),
        ("benchmarks/peers.py", {"series", "tensorflow"}),
        ("benchmarks/peers_torch.py", {"torch"}),
        ("benchmarks/steps.py", {"series", "tensorflow", "torch"}),
    ],
)
def test_a_hash_changes_with_the_code(file, groups, project):
    before = kept.keys(PAIR, 7, 3.0)
    assert list(before) == NAMES and len(set(before.values())) == len(NAMES)
    assert changed(before) == set()
    (project / file).write_text('"""Docstring."""\n\nx = 1  # a comment\n')
    assert changed(before) == set()
    (project / file).write_text("x = 2\n")
    assert changed(before) == groups


def test_a_hash_changes_with_versions_processor_and_settings(project, monkeypatch):
    before = kept.keys(PAIR, 7, 3.0)
    assert not set(before.values()) & set(kept.keys(PAIR, 7, 1.0).values())
    assert not set(before.values()) & set(kept.keys(contenders.PAIRS[0], 7, 3.0).values())
    monkeypatch.setattr(machine, "version", lambda p: p + (" 2" if p == "torch" else " 1"))
    assert changed(before) == {"torch"}
    monkeypatch.setattr(machine, "vectors", lambda: ["AVX2", "AVX-512"])
    assert changed(before) == {"series", "tensorflow", "torch"}
    monkeypatch.setattr(machine, "vectors", lambda: ["AVX2"])
    monkeypatch.setattr(machine, "processor", lambda: "another")
    assert changed(before) == {"series", "tensorflow", "torch"}


class Bench:
    """Stands in for `steps.measure_pair`: every contender has one speed, PyTorch is missing."""

    def __init__(self, monkeypatch):
        self.asked, self.speed, self.rate = [], 1.0, 100.0
        monkeypatch.setattr(steps, "measure_pair", self.measure_pair)
        flops = {name: dict.fromkeys(contenders.TRAINERS[:2], 10**6) for name in
                 ("dense", "tutorial")}  # fmt: skip
        monkeypatch.setattr(
            steps, "in_new_process", lambda function: flops if function == steps.count_flops else []
        )

    def measure_pair(self, pair, images, names, rounds, seconds):
        self.asked.append([name for name in names if name not in contenders.RATES])
        there = [name for name in names if name not in contenders.IN_TORCH]
        speeds = {
            name: [self.rate if name in contenders.RATES else self.speed] * 2 for name in there
        }
        missing = {name: "none" for name in names if name not in there}
        return {"speeds": speeds, "missing": missing, "batch_size": pair.batch_size}

    def run(self, stored, again=False):
        """What a run measures after another; `asked` is then who was measured."""
        self.asked = []
        options = argparse.Namespace(rounds=7, seconds=3.0, again=again, stored=stored)
        return {"machine": {"date": "today"}} | steps.measure(options)


def test_what_has_not_changed_is_kept(project, monkeypatch):
    bench = Bench(monkeypatch)
    first = bench.run({})
    assert bench.asked == [list(contenders.TRAINERS), NAMES]
    pair = first["pairs"]["tutorial"]
    assert set(pair["missing"]) == {contenders.TUTORIAL_XLA, *contenders.IN_TORCH}

    first["machine"] = {"date": DATE}
    assert bench.run(first) == first and bench.asked == []  # with the date of then
    bench.run(first, again=True)
    assert bench.asked == [list(contenders.TRAINERS), NAMES]


def test_only_what_has_changed_is_measured_anew(project, monkeypatch):
    bench = Bench(monkeypatch)
    first = bench.run({})
    for pair in first["pairs"].values():
        pair["dates"] = dict.fromkeys(pair["dates"], DATE)
    (project / "gan_helpers" / "gan.py").write_text("x = 2\n")
    bench.speed, bench.rate = 2.0, 101.5  # within 2 %
    second = bench.run(first)
    ours = [contenders.SERIES, contenders.SIMULTANEOUS]
    assert bench.asked == [[], ours, [], ours]
    for pair in second["pairs"].values():
        assert pair["speeds"][contenders.SERIES] == [2.0, 2.0]
        assert pair["speeds"][contenders.TUTORIAL] == [1.0, 1.0]
        assert pair["speeds"][contenders.MATMUL] == [101.5, 101.5]
        assert pair["missing"][contenders.TORCH] == "none"
        assert pair["dates"][contenders.TUTORIAL] == DATE != pair["dates"][contenders.SERIES]
    (words,) = speeds.measured_earlier(pair, pair["dates"][contenders.SERIES])
    assert f"{contenders.TUTORIAL} ({DATE})" in words and contenders.SERIES + " (" not in words
    assert speeds.measured_earlier(first["pairs"]["dense"], DATE) == []
    assert bench.run(second)["pairs"] == second["pairs"] and bench.asked == []


def test_on_a_machine_of_another_speed_all_are_measured_anew(project, monkeypatch):
    bench = Bench(monkeypatch)
    first = bench.run({})
    (project / "gan_helpers" / "gan.py").write_text("x = 2\n")
    bench.rate = 102.5
    bench.run(first)
    assert bench.asked == [[], list(contenders.TRAINERS), [], NAMES]
