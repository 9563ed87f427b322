"""A notebook run cell by cell, whatever its cells do.

A cell that ends or blocks the kernel costs its own question and no other: the notebook runs once
more without it. A test counts as passed only if the kernel has answered that it ran to its end.
"""

import contextlib
import logging
import secrets
import subprocess
import time
from collections.abc import Iterable

from grading import sandbox

from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader import utils
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Instance, List, Unicode

RESTARTS = 2
START_SECONDS = 120
REPLY_SECONDS = 20  # for a request that computes nothing
IDLE_SECONDS = 20  # for a kernel to come to rest after it was interrupted
SHOWN = ("text/plain", "image/png", "image/jpeg")  # anything else could run code in a browser
CUT = "\n[The rest of the output was cut.]\n"
FURTHER = "further-"  # how the ids of cells begin that students added


class KernelDidNotStart(RuntimeError):
    """The fault is of this machine, not of a submission."""


class SandboxedExecute(NbGraderPreprocessor):
    """Runs a submission in the place of nbgrader's preprocessor Execute.

    After a run, `doubts` says what a person should look at.
    """

    enabled = Bool(True)
    isolation = Unicode("bwrap")
    limits = Instance(sandbox.Limits, ())
    answers = List(Unicode(), help="the names that answer cells define")
    doubts = List(Unicode())

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Execute all cells; again without those that ended the kernel."""
        doubts, skipped, passed = [], {}, set()
        deadline = time.monotonic() + self.limits.seconds
        for _ in range(RESTARTS + 1):
            for cell in nb.cells:
                if cell.cell_type == "code":
                    cell.outputs, cell.execution_count = [], None
            run = Run(nb, self.isolation, self.limits, self.answers, deadline)
            stopped = run.execute(skipped)
            passed = run.passed
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
                settle(cell, index in passed, skipped.get(index))
        self.doubts = list(dict.fromkeys([*doubts, *run.doubts]))
        return nb, resources


def title(cell: NotebookNode, index: int) -> str:
    """What to call a cell in a message."""
    return cell.metadata.get("nbgrader", {}).get("grade_id") or f"cell {index + 1}"


def is_given(cell: NotebookNode) -> bool:
    """Whether a cell is of the assignment, and not for students to write into."""
    return not utils.is_solution(cell) and not cell.get("id", "").startswith(FURTHER)


def settle(cell: NotebookNode, passed: bool, why: str | None) -> None:
    """Leave outputs that are safe to show, and on a test exactly what decides its points.

    nbgrader gives no points for an error, and takes a warning on stderr for one, and any value
    that a cell shows for partial credit, also where an answer has shown it.
    """
    cell.outputs = joined(output for output in map(shown, cell.outputs) if output is not None)
    if not utils.is_grade(cell):
        if why:
            cell.outputs.append(error(why))
        return
    for output in cell.outputs:
        if output.output_type == "stream":
            output.name = "stdout"
        elif output.output_type == "execute_result":
            output.output_type = "display_data"
            output.pop("execution_count", None)
    failed = any(output.output_type == "error" for output in cell.outputs)
    if not passed and not failed:
        cell.outputs.append(error(why or "this test did not run"))


def joined(outputs: Iterable[NotebookNode]) -> list[NotebookNode]:
    """The outputs with what was printed in one piece, as a terminal would leave it."""
    result = []
    for output in outputs:
        before = result[-1] if result else None
        if before and output.output_type == before.output_type == "stream":
            if output.name == before.name:
                before.text += output.text
                continue
        result.append(output)
    for output in result:
        if output.output_type == "stream":  # a progress bar goes back to the beginning of its line
            lines = (line.rstrip("\r").rpartition("\r")[2] for line in output.text.split("\n"))
            output.text = "\n".join(lines)
    return result


def shown(output: NotebookNode) -> NotebookNode | None:
    """An output without what a browser would run; None if nothing is left of it."""
    if "data" in output:
        output.data = {key: value for key, value in output.data.items() if key in SHOWN}
        output.metadata = {}
        return output if output.data else None
    return output


def error(why: str) -> NotebookNode:
    """The output of a cell that the grader stopped."""
    return new_output("error", ename="Stopped", evalue=why, traceback=[f"Stopped: {why}"])


class Run(NotebookClient):
    """One run of a notebook in one kernel, and which of its tests passed."""

    def __init__(self, nb, isolation, limits, answers, deadline):
        super().__init__(
            nb,
            timeout=REPLY_SECONDS,
            timeout_func=self.seconds_for,
            startup_timeout=START_SECONDS,
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
            on_cell_executed=self.remember,
        )
        self.log = logging.getLogger("grading")
        self.isolation, self.limits, self.deadline = isolation, limits, deadline
        self.answers = list(answers)
        self.passed, self.doubts, self.taken, self.reply = set(), [], {}, None

    def seconds_for(self, cell: NotebookNode) -> int:
        """How long a cell may take. A given one has all the time: its code is the course's own."""
        left = max(1, int(self.deadline - time.monotonic()))
        own = is_given(cell) and not utils.is_grade(cell)
        return left if own else min(self.limits.cell_seconds, left)

    def execute(self, skipped: dict[int, str]) -> tuple[int, str] | None:
        """Run all cells but the skipped ones: (index, reason) of the one that ended it, or None.

        Raises:
            KernelDidNotStart: before any cell ran.
        """
        with sandbox.place(self.isolation, self.limits) as place:
            self.km, self.owns_km = place.manager, True
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
                    if cell.cell_type == "code" and cell.source.strip() and index not in skipped:
                        self.run_cell(cell, index)
            except Exception as problem:  # students' code can send anything in the kernel's name
                self.log.info("cell %d ended the run", index, exc_info=problem)
                return index, self.reason(problem, place)
            finally:
                self.close()
        return None

    def reason(self, problem: Exception, place: sandbox.Sandbox) -> str:
        if place.ended:
            return f"stopped, because {place.ended}"
        if isinstance(problem, DeadKernelError):
            return "it ended the kernel"
        if isinstance(problem, CellTimeoutError | TimeoutError):
            return f"it did not stop after {self.limits.cell_seconds} s"
        return "the kernel gave no sensible answer"

    def close(self) -> None:
        """End the kernel and all that it started."""
        process = getattr(self.km.provisioner, "process", None)
        if process is not None:
            sandbox.kill(process.pid)
        with contextlib.suppress(Exception):
            self._cleanup_kernel()

    def run_cell(self, cell: NotebookNode, index: int) -> None:
        """Run one cell; before a test, put back what it relies on, and see that it can fail."""
        given = is_given(cell)
        if utils.is_grade(cell):
            replaced = self.ask("restore", source=cell.source)["replaced"]
            if replaced:
                self.doubts.append(f"the submission replaced {', '.join(replaced)}; put back")
            if not self.can_fail():
                self.doubts.append("the submission keeps tests from failing")
                cell.outputs = [error("the submission keeps this test from failing")]
                return
        self.reply = None
        self.execute_cell(cell, index, store_history=True)
        reply = self.reply or {"status": "error", "ename": "", "evalue": ""}
        if any(payload.get("source") == "ask_exit" for payload in reply.get("payload") or []):
            raise DeadKernelError("exit() ends the kernel after its answer")
        if reply["status"] == "ok":
            self.passed.add(index)
        else:
            failed = [output for output in cell.outputs if output.output_type == "error"]
            if not failed:
                lines = [str(line) for line in reply.get("traceback") or []]
                name, value = str(reply.get("ename", "")), str(reply.get("evalue", ""))
                cell.outputs.append(
                    new_output("error", ename=name, evalue=value,
                               traceback=lines or [f"{name}: {value}"])
                )  # fmt: skip
            if reply.get("ename") == "TimeoutError" and "the cell took" in reply.get("evalue", ""):
                self.doubts.append(f"{title(cell, index)}: {reply['evalue']}")
            if given and not utils.is_grade(cell):
                self.doubts.append(f"{title(cell, index)}, which is given, failed")
        if given:
            self.ask("trust", source=cell.source, answers=self.answers)

    def remember(self, cell, cell_index, execute_reply) -> None:
        self.reply = execute_reply["content"]

    def ask(self, what: str, **content) -> dict:
        """The kernel's answer to a request of its own kind, see kernel.py."""
        message = self.kc.session.msg(f"{what}_request", content)
        self.kc.shell_channel.send(message)
        return self.answer_to(message["header"]["msg_id"])

    def answer_to(self, identifier: str) -> dict:
        reply = self.wait_for_reply(identifier)
        if reply is None:
            raise TimeoutError("no answer")
        return reply["content"]

    def can_fail(self) -> bool:
        """Whether a wrong assertion still fails, and the kernel says so."""
        word = secrets.token_hex(8)
        code = f"assert 1 == 2, '{word}'"
        # With stop_on_error the kernel would leave out the test that comes next.
        message = self.kc.execute(code, store_history=False, stop_on_error=False)
        reply = self.answer_to(message)
        return reply.get("ename") == "AssertionError" and word in str(reply.get("evalue"))

    def process_message(self, msg: dict, cell: NotebookNode, cell_index: int):
        """As nbclient does, but without widgets, and only up to the limits of a cell."""
        kind, content = msg["msg_type"], msg["content"]
        if kind.startswith("comm"):
            return None
        if kind == "stream" and not self.fits(cell_index, "text", len(content["text"])):
            before = self.taken[cell_index, "text"] - len(content["text"])
            room = self.limits.output - before
            if room <= 0:
                return None
            content["text"] = content["text"][:room] + CUT
        elif kind == "error":
            content["evalue"] = str(content["evalue"])[: self.limits.output]
            lines = "\n".join(map(str, content["traceback"]))
            content["traceback"] = lines[: self.limits.output].split("\n")
            if not self.fits(cell_index, "errors", len(lines)):
                return None
        elif "data" in content:
            content["data"] = {k: v for k, v in content["data"].items() if k in SHOWN}
            text = len(str(content["data"].get("text/plain", "")))
            pictures = sum(len(str(value)) for value in content["data"].values()) - text
            if not self.fits(cell_index, "data", text):
                return None
            if not self.fits(cell_index, "pictures", pictures):
                return None
        return super().process_message(msg, cell, cell_index)

    def fits(self, index: int, kind: str, size: int) -> bool:
        """Count what a cell shows; whether it is within the limit."""
        taken = self.taken[index, kind] = self.taken.get((index, kind), 0) + size
        return taken <= (self.limits.pictures if kind == "pictures" else self.limits.output)
