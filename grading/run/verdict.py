"""The half of a hidden test that judges, in a process that never runs students' code.

A test cell of the source runs here, visible and hidden part alike, and so do the given cells
that it needs. In the place of each answer stands a stub: a call of it goes to the process of the
answer as data, and what comes back is data, see wire.py and probe.py. The numbers that a test
asks with are drawn here, after the answers are fixed, and what is expected never leaves.
"""

import ast
import contextlib
import inspect
import io
import linecache
import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from grading.run import wire
from grading.run.syntax import defined_names, functions_of, plain_python, used_names

from nbformat import NotebookNode
from nbgrader import utils

Exchange = Callable[[bytes], bytes]


def import_given(source: NotebookNode) -> None:
    """Import what the given cells of an assignment import, so that each fork has it already."""
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")  # many forks cannot share one
    for cell in given_cells(source):
        body = ast.parse(plain_python(cell.source)).body
        imports: list[ast.stmt] = [
            node for node in body if isinstance(node, ast.Import | ast.ImportFrom)
        ]
        exec(compile(ast.Module(imports, []), f"<{cell.id}>", "exec"), {})


def given_cells(source: NotebookNode) -> list[NotebookNode]:
    """The cells with code that is neither an answer nor a test, and that nbgrader knows."""
    return [
        cell for cell in source.cells
        if cell.cell_type == "code" and utils.is_locked(cell) and not utils.is_grade(cell)
    ]  # fmt: skip


class Interrupted(BaseException):
    """No reply of the answer's process: raised by an exchange, and passed on by a verdict.

    It is no Exception, so that no test takes it for an error of an answer.
    """

    def __init__(self, message: str, ended: Exception | None = None) -> None:
        """ended: why nothing more can be asked; None where the answer was stopped alone."""
        super().__init__(message)
        self.ended = ended


class AnswerError(Exception):
    """An answer raised an error: its type, its message, and its traceback as a text."""

    def __init__(self, kind: str, message: str, trace: str) -> None:
        super().__init__(message)
        self.kind, self.trace = kind, trace


class Outcome(NamedTuple):
    """What a test cell came to."""

    printed: str
    error: tuple[str, str, str] | None  # type, message, traceback; None where it passed


class Stub:
    """Stands in a test for an answer that lives in another process."""

    def __init__(self, name: str, verdict: "Verdict", withheld: Sequence[str] = ()) -> None:
        self.__name__, self._verdict, self._withheld = name, verdict, list(withheld)

    def __call__(self, *inputs: Any, **options: Any) -> Any:
        """What the answer gives for these inputs, as data."""
        return self._verdict.ask(self.__name__, None, inputs, options, self._withheld)

    def without(self, names: Sequence[str]) -> "Stub":
        """The same answer, called without these of the course's own formulas, see checks.own."""
        return Stub(self.__name__, self._verdict, names)

    def probe(self, run: Callable, *inputs: Any) -> Any:
        """What run(answer, *inputs) gives, which runs beside the answer."""
        if run.__module__.startswith("gan_helpers."):
            through = ["import", run.__module__, run.__name__]
        else:
            through = ["source", run.__name__, inspect.getsource(run)]
        return self._verdict.ask(self.__name__, through, inputs, {}, self._withheld)


class Verdict:
    """Judges the answers of one notebook, question after question."""

    def __init__(self, source: NotebookNode, exchange: Exchange) -> None:
        """source: the assignment with solutions. exchange: sends a message, returns the reply."""
        code = [cell for cell in source.cells if cell.cell_type == "code"]
        self.exchange = exchange
        self.given = given_cells(source)
        self.solutions = [cell for cell in code if utils.is_solution(cell)]
        self.answers = {name for cell in self.solutions for name in defined_names(cell.source)}
        self.wrong: list[str] = []  # ids of the tests that were not passed
        self.space: dict[str, Any] = {"__name__": "__main__"}
        self.stand_ins: dict[str, str] = {}

    def judge(self, cell: NotebookNode, seed: int | None = None) -> Outcome:
        """Run a test cell.

        seed: of the numbers that the test asks with; drawn where none is given.

        Raises:
            Interrupted: as the exchange does.
        """
        self.stand_ins = self.right_functions(cell)
        printed = io.StringIO()
        error = None
        with contextlib.redirect_stdout(printed):
            try:
                self.prepare(cell.source, secrets.randbits(63) if seed is None else seed)
                self.execute(cell.source, cell.id)
            except AnswerError as raised:
                error = (raised.kind, str(raised), raised.trace)
            except Exception as raised:
                text = f"{type(raised).__name__}: {raised}"
                error = (type(raised).__name__, str(raised), text)
        if error is not None:
            self.wrong.append(cell.id)
        return Outcome(printed.getvalue(), error)

    def right_functions(self, test: NotebookNode) -> dict[str, str]:
        """Name -> solution of the questions before this test that were not answered rightly."""
        found = {}
        for cell in self.solutions:
            name = cell.metadata.nbgrader.grade_id
            if f"test_{name}" in self.wrong and name in functions_of(cell.source):
                found[name] = cell.source
        return found

    def prepare(self, test: str, seed: int) -> None:
        """Run the given cells that a test needs, and put a stub in the place of each answer."""
        self.space |= {name: Stub(name, self) for name in self.answers}
        needed = used_names(test)
        for cell in reversed(self.given):
            if defined_names(cell.source) & needed:
                needed |= used_names(cell.source)
        for cell in list(self.given):
            if defined_names(cell.source) & needed:
                self.execute(cell.source, cell.id)
                self.given.remove(cell)
        checks = self.space.get("checks")
        if checks is not None:
            checks.draw_from(seed)

    def execute(self, source: str, name: str) -> None:
        """Run a cell of the source."""
        file = f"<{name}>"
        # inspect reads a function's source there.
        linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
        exec(compile(source, file, "exec"), self.space)

    def ask(
        self,
        name: str,
        through: list | None,
        inputs: tuple,
        options: Mapping[str, Any],
        withheld: Sequence[str] = (),
    ) -> Any:
        """What an answer gives, from its process.

        Raises:
            AnswerError: it raised an error, or is not there.
        """
        request = {
            "name": name, "through": through, "inputs": list(inputs), "options": dict(options),
            "stand_ins": {key: text for key, text in self.stand_ins.items() if key != name},
            "withheld": list(withheld),
        }  # fmt: skip
        try:
            reply = wire.load(self.exchange(wire.dump(request)))
        except wire.WireError as problem:
            raise AnswerError("ValueError", f"{name} gives no data: {problem}", "") from None
        if isinstance(reply, dict) and "value" in reply:
            return reply["value"]
        if isinstance(reply, dict) and "missing" in reply:
            message = (
                f"there is no {name}: this question is not answered yet, its cell stopped with an "
                "error, or a later cell removed it, as %reset does"
            )
            raise AnswerError("NameError", message, f"NameError: {message}")
        said = reply.get("error") if isinstance(reply, dict) else None
        if not isinstance(said, list) or [type(part) for part in said] != [str, str, str]:
            said = ["ValueError", f"{name} gives no data", ""]
        raise AnswerError(*said)
