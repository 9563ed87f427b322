"""The kernel in which students' code runs: its limits, and one request more, that of a probe.

It is started inside the sandbox, where of the package there are wire, probe and this file alone.
"""

import resource
import sys

LARGEST_FILE = 512 * 2**20
MOST_TASKS = 2048  # processes and threads; TensorFlow starts several for each core


def set_limits(memory: int) -> None:
    """What the kernel and all that it starts may use; no process can raise its own limits."""
    for what, most in (
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_FSIZE, LARGEST_FILE),
        (resource.RLIMIT_NPROC, MOST_TASKS),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


def main() -> None:
    """Set the limits, and start the kernel that also answers the grader's own request."""
    memory = int(sys.argv.pop(1))
    set_limits(memory)

    from grading.run.probe import Probe

    from ipykernel.ipkernel import IPythonKernel
    from ipykernel.kernelapp import IPKernelApp

    class Kernel(IPythonKernel):
        """A kernel with one request more: `probe_request`."""

        def __init__(self, **keywords):
            super().__init__(**keywords)
            self.probe = Probe(self.shell.user_ns)
            self.shell_handlers["probe_request"] = self.call_answer

        def call_answer(self, stream, ident, parent):
            reply = self.probe.reply(bytes(parent["buffers"][0]))
            content = {"status": "ok"}
            self.session.send(stream, "probe_reply", content, parent, ident=ident, buffers=[reply])

    IPKernelApp.launch_instance(kernel_class=Kernel)


if __name__ == "__main__":
    main()
