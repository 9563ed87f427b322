"""What was measured, on what, and when."""

import datetime
import importlib.metadata
import platform
import subprocess
from pathlib import Path

from benchmarks import contenders

ROOT = Path(__file__).resolve().parent.parent
CPUINFO = Path("/proc/cpuinfo")
PACKAGES = ("tensorflow", "keras", "numpy", "torch")
# Vector instructions that decide how fast a step is, and the flags by which Linux tells them.
VECTORS = {
    "AVX2": ("avx2",),
    "AVX-512": ("avx512f",),
    "AVX512_VNNI": ("avx512_vnni",),
    "AVX512_BF16": ("avx512_bf16",),
    "AVX_VNNI": ("avx_vnni",),
    "AMX": ("amx_tile", "amx_int8", "amx_bf16"),
}
# With one of these, TensorFlow for Linux turns oneDNN on by itself; plain AVX-512 is not one.
# Source: DefaultOneDnnPolicy in tensorflow/core/util/port.cc.
TURN_ONEDNN_ON = ("AVX512_VNNI", "AVX512_BF16", "AVX_VNNI", "AMX")
# Kinds of processor whose results are kept side by side.
WITH, WITHOUT, UNKNOWN = "with AVX-512", "without AVX-512", "not recorded"
KINDS = (WITH, WITHOUT, UNKNOWN)
# What the benchmarks themselves write: no change of the code that is measured.
WRITTEN = (
    "benchmarks/results.json",
    "benchmarks/quality.json",
    "benchmarks/RESULTS.md",
    "benchmarks/time_to_quality.png",
    "gan_helpers/assets/notebook_*.json",
)


def cpu(field: str) -> str | None:
    """What Linux says of the first processor under this name, None where there is no such file."""
    if not CPUINFO.exists():
        return None
    lines = [line.split(":", 1) for line in CPUINFO.read_text().splitlines() if ":" in line]
    return next((value.strip() for name, value in lines if name.strip() == field), None)


def vectors() -> list[str] | None:
    """The names of `VECTORS` that this processor has, None if it does not say."""
    flags = cpu("flags")
    if flags is None:
        return None
    found = set(flags.split())
    return [name for name, wanted in VECTORS.items() if found.intersection(wanted)]


def kind(has: list[str] | None) -> str:
    """Which of `KINDS` a processor with these vector instructions is."""
    if has is None:
        return UNKNOWN
    return WITH if "AVX-512" in has else WITHOUT


def vectors_in_words(has: list[str] | None) -> dict[str, str]:
    """What it has of the instructions, and whether TensorFlow turns oneDNN on for that."""
    if has is None:
        return {
            "vectors": "vector instructions unknown",
            "onednn": "unknown whether TensorFlow turns oneDNN on by itself",
        }
    lacks = ", ".join(name for name in VECTORS if name not in has)
    words = f"{', '.join(has)} (not {lacks})" if has and lacks else ", ".join(has)
    on = any(name in has for name in TURN_ONEDNN_ON)
    return {
        "vectors": words or f"none of {lacks}",
        "onednn": f"TensorFlow by itself {'turns' if on else 'leaves'} oneDNN "
        f"{'on' if on else 'off'}",
    }


def git(*arguments: str) -> str | None:
    """What git prints about this project, None without git or outside of a checkout."""
    try:
        done = subprocess.run(
            ["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def commit() -> str:
    """The commit that is measured, and whether the files differ from it."""
    top, name = git("rev-parse", "--show-toplevel"), git("rev-parse", "--short", "HEAD")
    if top is None or name is None or Path(top).resolve() != ROOT:  # a copy in another's checkout
        return "commit unknown"
    others = [f":(exclude){file}" for file in WRITTEN]
    changes = git("status", "--porcelain", "--", ".", *others)
    return f"commit {name}{' + changes' if changes else ''}"


def processor() -> str:
    """Its name, and how many of its cores are used."""
    model = cpu("model name") or platform.processor() or platform.machine()
    cores = contenders.cores()
    return f"{model}, {cores} {'core' if cores == 1 else 'cores'}"


def version(package: str) -> str:
    """A package and its version, or that there is none."""
    try:
        return f"{package} {importlib.metadata.version(package)}"
    except importlib.metadata.PackageNotFoundError:
        return f"no {package}"


def facts() -> dict[str, str]:
    """What was measured, on what, and when; `kind` is one of `KINDS`."""
    import psutil

    has = vectors()
    return {
        "date": datetime.date.today().isoformat(),
        "commit": commit(),
        "kind": kind(has),
        "processor": processor(),
        **vectors_in_words(has),
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": f"{platform.system()}, Python {platform.python_version()}",
        "packages": ", ".join(map(version, PACKAGES)),
    }
