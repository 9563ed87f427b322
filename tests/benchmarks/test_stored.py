"""What is stored is measured anew only where code, versions or processor are others now."""

import json

from benchmarks import machine, quality, stored

import pytest

FACTS = {"date": "2026-01-02", "processor": "a chip", "vectors": "AVX2",
         "packages": "tensorflow 2, keras 3, numpy 2, torch 2"}  # fmt: skip


@pytest.fixture
def bench(monkeypatch):
    """Function that goes on with two jobs; returns which of them were measured."""
    results, now = {}, dict(FACTS)
    monkeypatch.setattr(machine, "facts", lambda: dict(now))

    def run(steps=10, code="code", missing=False, torch=False, **facts):
        now.update(facts)
        done, writes = [], []

        def measure(function, arguments):
            done.append(arguments)
            return [{"digit_fid": len(writes)}]

        stored.go_on(
            results,
            [("part", None, ("a way", seed, steps)) for seed in (1, 2)],
            measure,
            lambda part, arguments: {"way": arguments[0], "seed": arguments[1]},
            lambda: writes.append(json.dumps(results)),
            code,
            missing,
            torch,
        )
        return [seed for _, seed, _ in done], results

    return run


def test_what_is_stored_is_not_measured_again(bench):
    assert bench()[0] == [1, 2]
    done, results = bench(date="2026-03-04")
    assert done == [] and len(results["part"]) == 2 and len(results["machines"]) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"code": "other code"},
        {"processor": "another chip"},
        {"vectors": "AVX2, AVX-512"},
        {"packages": FACTS["packages"].replace("keras 3", "keras 4")},
    ],
)
def test_other_code_versions_or_processors_are_measured_anew(bench, change):
    bench()
    assert bench(missing=True, **change)[0] == [], "unless they are kept"
    done, results = bench(date="2026-03-04", **change)
    assert done == [1, 2] and len(results["part"]) == 2
    assert [row["machine"] for row in results["part"]] == [1, 1]
    assert results["machines"][1]["date"] == "2026-03-04"
    assert bench(**change)[0] == []


def test_only_where_pytorch_trains_does_its_version_count(bench):
    bench()
    other = FACTS["packages"].replace("torch 2", "torch 3")
    assert bench(packages=other)[0] == []
    assert bench(torch=True)[0] == [1, 2]


def test_rows_of_other_code_give_way_to_the_same_facts(bench):
    bench(steps=10)
    done, results = bench(steps=12, missing=True)
    assert done == [1, 2] and len(results["part"]) == 4, "nothing is lost that is to be kept"
    done, results = bench(steps=14, code="other code")
    assert done == [1, 2] and [row["seed"] for row in results["part"]] == [1, 2]


def test_the_hash_follows_what_the_code_does_not_how_it_is_written(tmp_path):
    series, benchmarks = tmp_path / "gan_helpers", tmp_path / "benchmarks"
    series.mkdir()
    benchmarks.mkdir()
    refused = "    if x < 0:\n        raise ValueError({!r})\n"
    (series / "gan.py").write_text(
        '"""A game."""\n\n\ndef step(x):\n' + refused.format("no") + "    return x + 1\n"
    )
    (series / "charts.py").write_text("COLOUR = 1\n")
    (benchmarks / "modern.py").write_text("STEPS = 1\n")

    def found():
        return stored.code_of("modern.py", root=tmp_path)

    before = found()
    (series / "gan.py").write_text(
        '"""The game."""\n\n\ndef step(x):  # one\n'
        + refused.format("x < 0")
        + "    return x + 1\n"
    )
    (series / "charts.py").write_text("COLOUR = 2\n")
    assert found() == before
    (series / "gan.py").write_text("def step(x):\n    return x + 2\n")
    assert found() != before
    before = found()
    (benchmarks / "modern.py").write_text("STEPS = 2\n")
    assert found() != before


def test_every_file_that_counts_is_there():
    assert all((machine.ROOT / "benchmarks" / name).is_file() for name in quality.CODE)
    assert all((machine.ROOT / f"gan_helpers/{name}.py").is_file() for name in stored.NO_PART)
    assert stored.code_of("modern.py") != stored.code_of("cures.py")
