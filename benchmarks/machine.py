"""What was measured, on what, and when."""

import datetime
import importlib.metadata
import platform
from pathlib import Path

from benchmarks import contenders

PACKAGES = ("tensorflow", "keras", "numpy", "torch")


def facts() -> dict[str, str]:
    """What was measured, on what, and when."""
    import psutil

    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = [line for line in cpuinfo.read_text().splitlines() if ":" in line]
        names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
        model = names[0] if names else model
    versions = []
    for package in PACKAGES:
        try:
            versions.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            versions.append(f"no {package}")
    return {
        "date": datetime.date.today().isoformat(),
        "processor": f"{model}, {contenders.cores()} cores",
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": f"{platform.system()}, Python {platform.python_version()}",
        "packages": ", ".join(versions),
    }
