"""Calls take turns, and the round that compiles does not count."""

from benchmarks import turns


def test_the_least_of_the_rounds_after_the_first_counts(monkeypatch):
    now, done = [0.0], []
    lasts = {"a": iter([1.0, 9.0, 4.0]), "b": iter([50.0, 6.0, 7.0])}

    def call(name):
        done.append(name)
        now[0] += next(lasts[name])

    monkeypatch.setattr(turns.time, "process_time", lambda: now[0])
    least = turns.least_times({name: lambda name=name: call(name) for name in lasts}, rounds=2)
    assert least == {"a": 4.0, "b": 6.0}
    assert done == ["a", "b"] * 3
