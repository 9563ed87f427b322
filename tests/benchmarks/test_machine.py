"""Each table tells its processor, its commit and its date, or that they are not known."""

from benchmarks import machine, words

import pytest


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
    assert words.measured_on(made) == "Measured 2026-01-02; commit abc; chip."
