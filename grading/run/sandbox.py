"""Where students' code runs, and what it cannot reach there.

bubblewrap gives a kernel namespaces of its own: no network, no other process, and of the files
only Python, its packages, gan_helpers and the probe, all read-only. What it writes goes to memory
of limited size. The one folder that it shares with the grader holds the sockets of the kernel.
"""

import contextlib
import dataclasses
import importlib.util
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psutil
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager

ROOT = Path(__file__).resolve().parents[2]
# What of this package is inside: no test, no solution, and none of what judges.
SHARED = (
    "grading/__init__.py",
    *(f"grading/run/{n}.py" for n in ("__init__", "kernel", "probe", "wire")),
)
INSIDE = "/opt/course"
WORK = "/tmp/work"
# Called with the manager of each isolated kernel before that starts, see launch.warm_process.
before_start: Callable[[AsyncKernelManager], None] | None = None
LOOK_EVERY = 0.1  # seconds
LARGEST_SHARED = 16 * 2**20  # bytes in the folder of the sockets
PYTHON = tuple(dict.fromkeys((sys.base_prefix, sys.prefix)))
MISSING = (
    "Students' code runs isolated by bubblewrap, which {reason}: {hint}, or see the first lines of "
    "notebooks/assignments/README.md. Only on a machine that you can lose, grade without it: "
    "ISOLATION=none"
)
INSTALL = "sudo apt install bubblewrap (0.8 or newer)"
APPARMOR = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
APPARMOR_HINT = (
    "AppArmor forbids it here, as on Ubuntu 24.04. Allow it until the next start: "
    "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
)


class IsolationError(RuntimeError):
    """Students' code cannot be isolated here; the message says what to install."""


@dataclasses.dataclass(frozen=True)
class Limits:
    """What one submission may use."""

    cell_seconds: int = 60
    seconds: int = 600  # for the whole notebook
    memory: int = 4 * 2**30  # bytes, all of its processes together
    scratch: int = 512 * 2**20  # bytes of files
    processes: int = 64
    output: int = 200_000  # characters of text a cell
    pictures: int = 4_000_000  # characters of pictures a cell


def bubblewrap_command(shared: Path) -> list[str]:
    """bubblewrap and its arguments; what follows runs inside.

    shared: the only folder outside that is seen inside and can be written to.
    """
    limits = Limits()
    arguments = ["bwrap", "--unshare-all", "--unshare-user", "--disable-userns"]
    arguments += ["--die-with-parent", "--cap-drop", "ALL", "--hostname", "grading", "--clearenv"]
    arguments += ["--uid", "1000", "--gid", "1000"]
    arguments += ["--ro-bind", "/usr", "/usr"]
    for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32"):
        path = Path("/", name)
        if path.is_symlink():
            arguments += ["--symlink", os.readlink(path), str(path)]
        elif path.is_dir():
            arguments += ["--ro-bind", str(path), str(path)]
    for name in ("ld.so.cache", "alternatives", "fonts", "localtime"):
        arguments += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    arguments += ["--proc", "/proc", "--dev", "/dev"]
    arguments += ["--size", str(limits.scratch), "--tmpfs", "/tmp"]
    arguments += ["--size", str(limits.scratch // 8), "--tmpfs", "/dev/shm"]
    for prefix in PYTHON:
        if not Path(prefix).is_relative_to("/usr"):
            arguments += ["--ro-bind", prefix, prefix]
    package = _folder_of("gan_helpers")
    arguments += ["--ro-bind", str(package), f"{INSIDE}/gan_helpers"]
    for name in SHARED:
        arguments += ["--ro-bind", str(ROOT / name), f"{INSIDE}/{name}"]
    for fonts in _font_lists():  # else Matplotlib looks through all fonts in every kernel
        arguments += ["--ro-bind", str(fonts), f"/tmp/matplotlib/{fonts.name}"]
    arguments += ["--bind", str(shared), str(shared), "--dir", WORK, "--chdir", WORK]
    # Last: their mount points above have to be made first.
    arguments += ["--remount-ro", "/dev", "--remount-ro", "/"]
    for name, value in environment().items():
        arguments += ["--setenv", name, value]
    return [*arguments, "--"]


def _folder_of(package: str) -> Path:
    """The folder of a package that can be imported here."""
    specification = importlib.util.find_spec(package)
    if specification is None or specification.origin is None:
        raise IsolationError(f"{package} cannot be imported here: install it")
    return Path(specification.origin).parent


def _font_lists() -> list[Path]:
    import matplotlib

    return sorted(Path(matplotlib.get_cachedir()).glob("fontlist-*.json"))


def environment() -> dict[str, str]:
    """The whole environment of a kernel inside; nothing of the teacher's is in it."""
    return {
        "PATH": f"{sys.prefix}/bin:/usr/bin:/bin",
        "HOME": WORK,
        "USER": "student",
        "LANG": "C.UTF-8",
        "PYTHONPATH": INSIDE,
        "PYTHONDONTWRITEBYTECODE": "1",
        "MPLCONFIGDIR": "/tmp/matplotlib",
        "IPYTHONDIR": "/tmp/ipython",
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }


def check_isolation(isolation: str, *hidden: Path) -> None:
    """Refuse where students' code cannot be isolated.

    hidden: what it must not see.

    Raises:
        IsolationError: with what to install, to allow or to move.
    """
    if isolation == "none":
        return
    for path, seen in itertools.product(hidden, ("/usr", *PYTHON)):
        if path.resolve().is_relative_to(Path(seen).resolve()):
            raise IsolationError(f"{path} lies in {seen}, which students' code can read: move it")
    if shutil.which("bwrap") is None:
        raise IsolationError(MISSING.format(reason="is not installed", hint=INSTALL))
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [*bubblewrap_command(Path(folder)), sys.executable, "-c", "import numpy"],
            capture_output=True, text=True,
        )  # fmt: skip
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or ["it ended without a word"]
        blocked = APPARMOR.exists() and APPARMOR.read_text().strip() == "1"
        hint = APPARMOR_HINT if blocked else INSTALL
        raise IsolationError(MISSING.format(reason=f"does not work here: {lines[-1]}", hint=hint))


@dataclasses.dataclass
class Sandbox:
    """One kernel's manager, and why the kernel was ended if the watch ended it."""

    manager: AsyncKernelManager
    ended: str | None = None


@contextlib.contextmanager
def sandboxed_kernel(isolation: str, limits: Limits) -> Iterator[Sandbox]:
    """A kernel manager whose kernel runs isolated, and is watched until the block ends."""
    shared = Path(tempfile.mkdtemp(prefix="k"))
    stop = threading.Event()
    try:
        own = shared / "kernel"
        own.mkdir()
        inside = isolation != "none"
        argv = [sys.executable, "-m", "grading.run.kernel", str(limits.memory)]
        argv += ["-f", "{connection_file}"]
        environment: dict[str, str] = {}
        if inside:
            argv = [*bubblewrap_command(own), *argv]
        else:
            environment = {"PYTHONPATH": str(ROOT), "CUDA_VISIBLE_DEVICES": "-1"}
        specification = {
            "argv": argv,
            "env": environment,
            "display_name": "Python 3",
            "language": "python",
            # The signal would meet bubblewrap, and end it.
            "interrupt_mode": "message" if inside else "signal",
        }
        folder = shared / "kernels" / "python3"
        folder.mkdir(parents=True)
        (folder / "kernel.json").write_text(json.dumps(specification))
        manager = AsyncKernelManager(
            kernel_name="python3",
            kernel_id=uuid.uuid4().hex,
            kernel_spec_manager=KernelSpecManager(kernel_dirs=[str(shared / "kernels")]),
            transport="ipc",
            ip=str(own / "s"),
            connection_file=str(own / "connection.json"),
            shutdown_wait_time=1,
        )
        if inside and before_start is not None:
            before_start(manager)
        sandbox = Sandbox(manager)
        watch = threading.Thread(
            target=_watch_kernel, args=(sandbox, own, limits, stop), name="watch", daemon=True
        )
        watch.start()
        yield sandbox
    finally:
        stop.set()
        shutil.rmtree(shared, ignore_errors=True)


def _watch_kernel(sandbox: Sandbox, shared: Path, limits: Limits, stop: threading.Event) -> None:
    """End the kernel when its processes take too much; namespaces end with their first process."""
    # Else processes by the thousand leave it no time to look. Only root may do so, and only of root
    # does Linux not count the processes (RLIMIT_NPROC, see kernel.py).
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), -15)
    while not stop.wait(LOOK_EVERY):
        process = getattr(sandbox.manager.provisioner, "process", None)
        if process is None:
            continue
        uncounted = getattr(sandbox.manager.provisioner, "uncounted", ())
        ended = _excess(process.pid, shared, limits, uncounted)
        if ended is not None:
            sandbox.ended = ended
            kill_family(process.pid)
            # Those that started while the others ended.
            time.sleep(LOOK_EVERY)


def _excess(pid: int, shared: Path, limits: Limits, uncounted: Sequence[int] = ()) -> str | None:
    """What a kernel has too much of, in words for the teacher; None if nothing.

    uncounted: processes around the kernel whose memory is not its own.
    """
    family = process_family(pid)
    if len(family) > limits.processes:
        return f"it started more than {limits.processes} processes"
    memory = 0
    for process in family:
        if process.pid in uncounted:
            continue
        with contextlib.suppress(psutil.Error):
            memory += process.memory_info().rss
    if memory > limits.memory:
        return f"it took more than {limits.memory / 2**30:.0f} GiB of memory"
    size = count = 0
    with contextlib.suppress(OSError):
        for folder, _, files in os.walk(shared):
            count += len(files) + 1
            for name in files:
                with contextlib.suppress(OSError):
                    size += os.lstat(os.path.join(folder, name)).st_blocks * 512
            if count > 200:
                break
    if size > LARGEST_SHARED or count > 200:
        return "it filled the folder of its sockets"
    return None


def process_family(pid: int) -> list[psutil.Process]:
    """A process and all that descend from it."""
    try:
        first = psutil.Process(pid)
        return [first, *first.children(recursive=True)]
    except psutil.Error:
        return []


def kill_family(pid: int) -> None:
    """End a process and all that descend from it, at once."""
    for process in process_family(pid):
        with contextlib.suppress(psutil.Error):
            process.kill()
