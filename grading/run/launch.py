"""How a kernel starts: by a fork of a process that has imported the packages, see warm.py.

Where that does not work, as where no user may make nested namespaces, it starts as ever.
"""

import asyncio
import contextlib
import functools
import json
import logging
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from grading.run import sandbox, warm

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning import LocalProvisioner

REPLY_SECONDS = 120  # the first one waits for the imports


def start_by_fork(warm_socket: Path, manager: KernelManager) -> None:
    """Let a manager start its kernel by a fork of the process that listens on a socket."""
    manager.provisioner = ForkingProvisioner(
        kernel_id=manager.kernel_id, kernel_spec=manager.kernel_spec, parent=manager
    )
    manager.provisioner.warm = warm_socket


@contextlib.contextmanager
def warm_process(packages: Sequence[str] = warm.PACKAGES) -> Iterator[None]:
    """While the block runs, kernels are forks of a process that has imported the packages.

    Not where Python lies in the folder of temporary files, which this process can write.
    """
    if Path(sys.executable).resolve().is_relative_to(Path(tempfile.gettempdir()).resolve()):
        why = "no forks: Python lies in %s, which kernels could then write"
        logging.getLogger("grading").info(why, tempfile.gettempdir())
        yield
        return
    folder = Path(tempfile.mkdtemp(prefix="w"))
    path = folder / "s"
    environment = {
        **sandbox.environment(), "HOME": str(folder), "KERAS_HOME": str(folder),
        "PYTHONPATH": str(sandbox.ROOT), "IPYTHONDIR": str(folder), "MPLCONFIGDIR": str(folder),
    }  # fmt: skip
    # Read-only, so that what a kernel is still bound to, its own executable, cannot be written.
    command = ["bwrap", "--unshare-user", "--die-with-parent", "--clearenv", "--ro-bind", "/", "/"]
    command += ["--dev-bind", "/dev", "/dev", "--bind", "/proc", "/proc"]
    command += ["--bind", tempfile.gettempdir(), tempfile.gettempdir(), "--chdir", str(folder)]
    for name, value in environment.items():
        command += ["--setenv", name, value]
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(64)
        number = str(listener.fileno())
        process = subprocess.Popen(
            [*command, "--", sys.executable, "-m", "grading.run.warm", number, *packages],
            pass_fds=[listener.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
    # Workers are forks of this process, and have it too.
    sandbox.before_start = functools.partial(start_by_fork, path)
    try:
        yield
    finally:
        sandbox.before_start = None
        sandbox.kill_family(process.pid)
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


class ForkedKernel:
    """A kernel that another process started: what jupyter_client needs of a Popen."""

    stdin = stdout = stderr = None

    def __init__(self, connection: socket.socket, pid: int) -> None:
        self.connection, self.pid = connection, pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """None while it runs; its process closes the connection when it ends."""
        if self.returncode is None and select.select([self.connection], [], [], 0)[0]:
            self.connection.close()
            self.returncode = 0
        return self.returncode

    def wait(self) -> int:
        """Wait until it has ended."""
        while self.poll() is None:
            select.select([self.connection], [], [], 1)
        return 0

    def send_signal(self, number: int) -> None:
        """Send a signal to the process that watches over the kernel."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it, and with it its sandbox."""
        self.send_signal(signal.SIGKILL)

    terminate = kill


class ForkingProvisioner(LocalProvisioner):
    """Starts a kernel by a fork, or as ever where that does not work."""

    warm: Path
    uncounted: tuple[int, ...] = ()  # processes whose memory is not the kernel's own

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel of a command that begins with bubblewrap's."""
        try:
            reply = await asyncio.to_thread(self.ask, cmd)
        except (OSError, ValueError) as problem:
            logging.getLogger("grading").info("no fork for this kernel: %s", problem)
            return await super().launch_kernel(cmd, **kwargs)
        self.uncounted = (reply["pid"], reply["helper"])
        self.pid = self.pgid = reply["pid"]
        return self.connection_info

    def ask(self, command: list[str]) -> dict[str, Any]:
        """Let the warm process start the kernel.

        Raises:
            OSError, ValueError: it cannot.
        """
        end = command.index("--") + 1
        request = {
            "sandbox": command[:end], "arguments": command[end + 3 :],
            "environment": sandbox.environment(), "folder": sandbox.WORK, "path": sandbox.INSIDE,
        }  # fmt: skip
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(REPLY_SECONDS)
        try:
            connection.connect(str(self.warm))
            connection.sendall(json.dumps(request).encode() + b"\n")
            reply = json.loads(connection.makefile("r").readline())
            if "error" in reply:
                raise OSError(reply["error"])
        except BaseException:
            connection.close()
            raise
        self.process = ForkedKernel(connection, reply["pid"])  # type: ignore[assignment]
        return reply
