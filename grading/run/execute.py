"""A notebook run cell by cell, whatever its cells do.

A cell that ends or blocks the kernel costs its own question and no other: the notebook runs once
more without it. Tests run here, and not in the kernel, which only calls the answers for them: see
verdict.py.
"""

import contextlib
import logging
import secrets
import subprocess
import time

from grading.course import ADDED_CELL
from grading.run import sandbox
from grading.run.outputs import SAFE_TYPES, failed_output, finish_outputs, verdict_outputs
from grading.run.verdict import Interrupted, Outcome, Verdict

from jupyter_client.client import KernelClient
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Any, Bool, Instance, List, Unicode

RESTARTS = 2
START_SECONDS = 120
REPLY_SECONDS = 20  # for the kernel's first reply
IDLE_SECONDS = 20  # for a kernel to come to rest after it was interrupted
CUT = "\n[The rest of the output was cut.]\n"


class KernelDidNotStart(RuntimeError):
    """The fault is of this machine, not of a submission."""


class SandboxedExecute(NbGraderPreprocessor):
    """Runs a submission in the place of nbgrader's preprocessor Execute.

    After a run, `doubts` says what a person should look at.
    """

    enabled = Bool(True)
    isolation = Unicode("bwrap")
    limits = Instance(sandbox.Limits, ())
    source = Any(help="the assignment with solutions")
    elsewhere = Any(help="runs it and returns (notebook, doubts); None: it runs here")
    doubts = List(Unicode())

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Execute all cells, here or on a worker of a cluster."""
        job = (nb, self.source, self.isolation, self.limits)
        if self.elsewhere is not None:
            nb, self.doubts = self.elsewhere(*job)
        else:
            self.doubts = execute_notebook(*job)
        return nb, resources


def execute_notebook(
    nb: NotebookNode, source: NotebookNode, isolation: str, limits: sandbox.Limits
) -> list[str]:
    """Execute all cells, and again without those that ended the kernel; returns the doubts.

    nb: gets the outputs. source: the assignment with solutions.

    Raises:
        KernelDidNotStart: the fault is of this machine.
    """
    doubts: list[str] = []
    skipped: dict[int, str] = {}
    deadline = time.monotonic() + limits.seconds
    for _ in range(RESTARTS + 1):
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        run = KernelRun(nb, source, isolation, limits, deadline)
        stopped = run.run_cells(skipped)
        if stopped is None:
            break
        index, why = stopped
        skipped[index] = why
        doubts.append(f"{title(nb.cells[index], index)}: {why}")
        if time.monotonic() > deadline:
            break
    if stopped is not None:
        doubts.append("the cells after it did not run")
    for index, cell in enumerate(nb.cells):
        if cell.cell_type == "code":
            finish_outputs(cell, index in run.passed, skipped.get(index))
    return list(dict.fromkeys([*doubts, *run.doubts]))


def title(cell: NotebookNode, index: int) -> str:
    """What to call a cell in a message."""
    return cell.metadata.get("nbgrader", {}).get("grade_id") or f"cell {index + 1}"


def is_test(cell: NotebookNode) -> bool:
    """Whether a cell judges an answer."""
    return utils.is_grade(cell) and not utils.is_solution(cell)


def is_given(cell: NotebookNode) -> bool:
    """Whether a cell is of the assignment, and not for students to write into."""
    return not utils.is_solution(cell) and not cell.get("id", "").startswith(ADDED_CELL)


class KernelRun(NotebookClient):
    """One run of a notebook in one kernel, and which of its tests passed."""

    def __init__(
        self,
        nb: NotebookNode,
        source: NotebookNode,
        isolation: str,
        limits: sandbox.Limits,
        deadline: float,
    ) -> None:
        super().__init__(
            nb,
            timeout=REPLY_SECONDS,
            timeout_func=self.seconds_for,
            startup_timeout=START_SECONDS,
            shell_timeout_interval=1,
            iopub_timeout=IDLE_SECONDS,
            interrupt_on_timeout=True,
            error_on_timeout={
                "ename": "TimeoutError",
                "evalue": f"the cell took more than {limits.cell_seconds} s",
                "traceback": [f"TimeoutError: the cell took more than {limits.cell_seconds} s"],
            },
            raise_on_iopub_timeout=True,
            allow_errors=True,
            record_timing=False,
            coalesce_streams=False,  # its pattern takes minutes on one long line
            store_widget_state=False,
            on_cell_executed=self.keep_reply,
        )
        self.log = logging.getLogger("grading")
        self.isolation, self.limits, self.deadline = isolation, limits, deadline
        self.verdict = Verdict(source, self.ask_answer)
        self.test_deadline = 0.0
        self.passed: set[int] = set()  # cells that ran to their end
        self.doubts: list[str] = []
        self.shown: dict[tuple[int, str], int] = {}  # (cell, kind) -> characters
        self.reply: dict | None = None

    @property
    def manager(self) -> KernelManager:
        """The manager of the kernel that runs."""
        assert self.km is not None, "no kernel was started"
        return self.km

    @property
    def client(self) -> KernelClient:
        """The channels to the kernel that runs."""
        assert self.kc is not None, "no kernel was started"
        return self.kc

    def seconds_for(self, cell: NotebookNode) -> int:
        """How long a cell may take. A given one has all the time: its code is the course's own."""
        left = max(1, int(self.deadline - time.monotonic()))
        own = is_given(cell) and not utils.is_grade(cell)
        return left if own else min(self.limits.cell_seconds, left)

    def run_cells(self, skipped: dict[int, str]) -> tuple[int, str] | None:
        """Run all cells but the skipped ones: (index, reason) of the one that ended it, or None.

        Raises:
            KernelDidNotStart: before any cell ran.
        """
        with sandbox.sandboxed_kernel(self.isolation, self.limits) as kernel:
            self.km, self.owns_km = kernel.manager, True
            try:
                self.start_new_kernel(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                self.start_new_kernel_client()
            except Exception as problem:
                self.close()
                raise KernelDidNotStart(f"the kernel did not start: {problem}") from problem
            index = 0
            try:
                for index, cell in enumerate(self.nb.cells):
                    if time.monotonic() > self.deadline:
                        return index, f"the {self.limits.seconds} s for the notebook were over"
                    if cell.cell_type != "code" or not cell.source.strip() or index in skipped:
                        continue
                    if is_test(cell):
                        self.run_test(cell, index)
                    else:
                        self.run_cell(cell, index)
            except Exception as problem:  # students' code can send anything in the kernel's name
                self.log.info("cell %d ended the run", index, exc_info=problem)
                return index, self.reason(problem, kernel)
            finally:
                self.close()
        return None

    def reason(self, problem: Exception, kernel: sandbox.Sandbox) -> str:
        """Why a run ended, in words for the teacher."""
        if kernel.ended:
            return f"stopped, because {kernel.ended}"
        if isinstance(problem, DeadKernelError):
            return "it ended the kernel, as exit() does: the rest ran without it"
        if isinstance(problem, CellTimeoutError | TimeoutError):
            return f"it did not stop after {self.limits.cell_seconds} s: the rest ran without it"
        return "it upset the kernel, which gave no sensible answer: read the cell"

    def close(self) -> None:
        """End the kernel and all that it started."""
        process = getattr(self.manager.provisioner, "process", None)
        if process is not None:
            sandbox.kill_family(process.pid)
        with contextlib.suppress(Exception):
            self._cleanup_kernel()

    def run_test(self, cell: NotebookNode, index: int) -> None:
        """Judge an answer, here and not in the kernel."""
        self.test_deadline = min(time.monotonic() + self.limits.cell_seconds, self.deadline)
        seed = secrets.randbits(63)
        self.log.info("%s: seed %d", title(cell, index), seed)
        try:
            outcome = self.verdict.judge(cell, seed)
        except Interrupted as problem:
            if problem.ended is not None:
                raise problem.ended from None
            self.doubts.append(f"{title(cell, index)}: {problem}")
            self.verdict.wrong.append(cell.id)
            outcome = Outcome("", ("TimeoutError", str(problem), f"TimeoutError: {problem}"))
        cell.outputs = verdict_outputs(outcome.printed, outcome.error)
        if outcome.error is None:
            self.passed.add(index)

    def run_cell(self, cell: NotebookNode, index: int) -> None:
        """Run one cell in the kernel."""
        self.reply = None
        self.execute_cell(cell, index, store_history=True)
        reply: dict = self.reply or {"status": "error", "ename": "", "evalue": ""}
        if any(payload.get("source") == "ask_exit" for payload in reply.get("payload") or []):
            raise DeadKernelError("exit() ends the kernel after its answer")
        if reply["status"] == "ok":
            self.passed.add(index)
            return
        if not any(output.output_type == "error" for output in cell.outputs):
            cell.outputs.append(failed_output(reply))
        if reply.get("ename") == "TimeoutError" and "the cell took" in reply.get("evalue", ""):
            self.doubts.append(f"{title(cell, index)}: {reply['evalue']}")
        if is_given(cell):
            self.doubts.append(
                f"{title(cell, index)}, which is given, failed: a cell of the student's before it "
                "broke what it needs, or a package is missing on your machine"
            )

    def keep_reply(self, cell: NotebookNode, cell_index: int, execute_reply: dict) -> None:
        """Keep what the kernel answered to the request to run a cell."""
        self.reply = execute_reply["content"]

    def ask_answer(self, message: bytes) -> bytes:
        """Let the kernel call an answer, see probe.py.

        Raises:
            Interrupted: it took too long and was stopped, or the kernel gives no answer any more.
        """
        request = self.client.session.msg("probe_request", {})
        identifier = request["header"]["msg_id"]
        late = f"the cell took more than {self.limits.cell_seconds} s"
        try:
            self.client.shell_channel.send({**request, "buffers": [message]})
            self.timeout = max(1, int(self.test_deadline - time.monotonic()))
            reply = self.wait_for_reply(identifier)
            if reply is None:  # it was interrupted; is it at rest again?
                self.timeout = IDLE_SECONDS
                if self.wait_for_reply(identifier) is None:
                    raise TimeoutError("no answer")
                raise Interrupted(late)
            return bytes(reply["buffers"][0])
        except Exception as problem:  # students' code can send anything in the kernel's name
            raise Interrupted(str(problem), ended=problem) from problem

    def process_message(
        self, msg: dict, cell: NotebookNode, cell_index: int
    ) -> NotebookNode | None:
        """As nbclient does, but without widgets, and only up to the limits of a cell."""
        kind, content = msg["msg_type"], msg["content"]
        if kind.startswith("comm"):
            return None
        if kind == "stream" and not self.count_shown(cell_index, "text", len(content["text"])):
            before = self.shown[cell_index, "text"] - len(content["text"])
            room = self.limits.output - before
            if room <= 0:
                return None
            content["text"] = content["text"][:room] + CUT
        elif kind == "error":
            content["evalue"] = str(content["evalue"])[: self.limits.output]
            lines = "\n".join(map(str, content["traceback"]))
            content["traceback"] = lines[: self.limits.output].split("\n")
            if not self.count_shown(cell_index, "errors", len(lines)):
                return None
        elif "data" in content:
            content["data"] = {k: v for k, v in content["data"].items() if k in SAFE_TYPES}
            text = len(str(content["data"].get("text/plain", "")))
            pictures = sum(len(str(value)) for value in content["data"].values()) - text
            if not self.count_shown(cell_index, "data", text):
                return None
            if not self.count_shown(cell_index, "pictures", pictures):
                return None
        return super().process_message(msg, cell, cell_index)

    def count_shown(self, index: int, kind: str, size: int) -> bool:
        """Count what a cell shows; whether it is still within the limit."""
        shown = self.shown[index, kind] = self.shown.get((index, kind), 0) + size
        return shown <= (self.limits.pictures if kind == "pictures" else self.limits.output)
