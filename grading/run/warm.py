"""A process that has imported the packages once, and is forked into the sandbox of each submission.

It never runs students' code and holds nothing but what they may see: it starts from nothing, as a
kernel does, inside a read-only view of the disk. For each submission bubblewrap makes a sandbox
with its own namespaces and mounts, in which a process sleeps; a fork joins these namespaces, gives
up all capabilities, and becomes the kernel. What bubblewrap forbids is forbidden to it as well.

This file imports nothing of the package, for students' code can read what it leaves behind.
"""

import ctypes
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
from typing import Any, NoReturn

PACKAGES = ("gan_helpers", "keras", "ipykernel.ipkernel", "ipykernel.kernelapp", "sklearn.cluster")
OURS = ("grading", "gan_helpers")  # a kernel imports them where its sandbox shows them
HOLDER = ("/bin/sh", "-c", "echo; exec sleep infinity")  # says that the sandbox is there, and stays
# From <linux/sched.h>: user, mounts, processes, network, IPC, host name, cgroup.
NAMESPACES = 0x10000000 | 0x20000 | 0x20000000 | 0x40000000 | 0x8000000 | 0x4000000 | 0x2000000
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP = 1, 4, 24
PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 38, 47, 4
CAPABILITY_VERSION = 0x20080522
MOST_CAPABILITIES = 64
LIBC = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    """Import the packages, then fork for each request that the socket brings."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    listener = socket.socket(fileno=int(sys.argv[1]))
    for name in sys.argv[2:]:
        importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    while True:
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            with connection:
                serve(connection)
            os._exit(0)
        connection.close()


def serve(connection: socket.socket) -> None:
    """Start a kernel in a sandbox of its own; end both when the connection or the kernel ends."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    holder = None
    try:
        request = json.loads(connection.makefile("r").readline())
        holder, inside = start_sandbox(request["sandbox"])
        entered, told = os.pipe()
        helper = os.fork()
        if helper == 0:
            os.close(entered)
            enter_and_fork(inside, told, request)
        os.close(told)
        if os.read(entered, 1) != b"1":
            raise OSError("the namespaces cannot be joined")
        connection.sendall(json.dumps({"pid": os.getpid(), "helper": helper}).encode() + b"\n")
        select.select([connection.fileno(), os.pidfd_open(helper)], [], [])
    except (OSError, ValueError, KeyError, IndexError) as error:
        connection.sendall(json.dumps({"error": str(error)}).encode() + b"\n")
    finally:
        if holder is not None:
            holder.kill()  # and with it all that is in its namespaces


def start_sandbox(command: list[str]) -> tuple[subprocess.Popen, int]:
    """Let bubblewrap make a sandbox; returns its process, and one that sleeps inside."""
    read, write = os.pipe()
    command = [command[0], "--info-fd", str(write), *command[1:], *HOLDER]
    holder = subprocess.Popen(
        command, pass_fds=[write], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(write)
    assert holder.stdout is not None
    if not holder.stdout.readline():
        raise OSError("bubblewrap made no sandbox")
    with os.fdopen(read) as information:
        first = json.load(information)["child-pid"]
    with open(f"/proc/{first}/task/{first}/children") as children:
        return holder, int(children.read().split()[0])


def enter_and_fork(inside: int, told: int, request: dict[str, Any]) -> NoReturn:
    """Join the namespaces of a process; a fork, the first that is wholly in them, is the kernel."""
    try:
        if LIBC.setns(os.pidfd_open(inside), NAMESPACES) != 0:
            raise OSError(ctypes.get_errno(), "setns")
        kernel = os.fork()
        if kernel == 0:
            give_up_rights()
            os.write(told, b"1")
            become_kernel(request)
        os.close(told)
        os.waitpid(kernel, 0)
    finally:
        os._exit(0)


def give_up_rights() -> None:
    """Have no capability, and no way to get one, as after bubblewrap's --cap-drop ALL.

    Raises:
        OSError: it did not work.
    """
    LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    for capability in range(MOST_CAPABILITIES):
        LIBC.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    LIBC.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    header, none = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0), (ctypes.c_uint32 * 6)()
    if LIBC.capset(header, none) != 0:
        raise OSError(ctypes.get_errno(), "capset")
    LIBC.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)  # its own /proc/self, as after an exec
    with open("/proc/self/status") as status:
        kept = [line.split() for line in status if line.startswith(("Cap", "NoNewPrivs"))]
    if [value for _, value in kept] != ["0" * 16] * 5 + ["1"]:
        raise OSError("capabilities are left")


def become_kernel(request: dict[str, Any]) -> NoReturn:
    """Close what was inherited, and start the kernel as `python -m grading.run.kernel` would."""
    try:
        null = os.open(os.devnull, os.O_RDWR)
        for number in range(3):
            os.dup2(null, number)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        os.environ.clear()
        os.environ.update(request["environment"])
        os.chdir(request["folder"])
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for name in [name for name in sys.modules if name.split(".")[0] in OURS]:
            del sys.modules[name]
        sys.path[:] = [request["path"], *(path for path in sys.path if "site-packages" in path
                                          or path.startswith(sys.base_prefix))]  # fmt: skip
        importlib.invalidate_caches()
        if "numpy" in sys.modules:
            sys.modules["numpy"].random.seed()  # else every student has the same numbers
        sys.argv[:] = ["kernel", *request["arguments"]]
        importlib.import_module("grading.run.kernel").main()
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
