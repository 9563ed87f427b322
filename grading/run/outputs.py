"""The outputs of a cell: safe in a browser, and on a test what the verdict was."""

from collections.abc import Iterable

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader import utils

SAFE_TYPES = ("text/plain", "image/png", "image/jpeg")  # others could run code in a browser


def finish_outputs(cell: NotebookNode, passed: bool, why_not_run: str | None) -> None:
    """Leave outputs that are safe to show; of a test that was not judged, why."""
    safe = map(safe_output, cell.outputs)
    cell.outputs = join_streams(output for output in safe if output is not None)
    if why_not_run and not cell.outputs:
        cell.outputs.append(stopped_output(why_not_run))
    elif utils.is_grade(cell) and not passed and not cell.outputs:
        cell.outputs.append(stopped_output("this test did not run"))


def verdict_outputs(printed: str, error: tuple[str, str, str] | None) -> list[NotebookNode]:
    """What nbgrader takes for full points, or for none: text alone, or an error."""
    outputs = [new_output("stream", name="stdout", text=printed)] if printed else []
    if error is not None:
        kind, message, trace = error
        outputs.append(new_output("error", ename=kind, evalue=message, traceback=[trace]))
    return outputs


def join_streams(outputs: Iterable[NotebookNode]) -> list[NotebookNode]:
    """The outputs with what was printed in one piece, as a terminal would leave it."""
    result: list[NotebookNode] = []
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


def safe_output(output: NotebookNode) -> NotebookNode | None:
    """An output without what a browser would run; None if nothing is left of it."""
    if "data" in output:
        output.data = {key: value for key, value in output.data.items() if key in SAFE_TYPES}
        output.metadata = {}
        return output if output.data else None
    return output


def stopped_output(why: str) -> NotebookNode:
    """The output of a cell that the grader stopped."""
    return new_output("error", ename="Stopped", evalue=why, traceback=[f"Stopped: {why}"])


def failed_output(reply: dict) -> NotebookNode:
    """The output of a cell whose error the kernel only told in its reply."""
    lines = [str(line) for line in reply.get("traceback") or []]
    name, value = str(reply.get("ename", "")), str(reply.get("evalue", ""))
    return new_output("error", ename=name, evalue=value, traceback=lines or [f"{name}: {value}"])
