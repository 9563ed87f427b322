"""How pytest runs the notebooks; at the root, because a hook applies only to files below it."""

from pathlib import Path

import pytest


def pytest_addoption(parser):
    """An option for `make test`: the site shows what the playgrounds do, and need not run them."""
    parser.addoption("--keep-frames", action="store_true", help="keep the playgrounds' pictures")


def pytest_collectstart(collector):
    """Let nbval ignore stderr: libraries log there, differently on each machine."""
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += ("stderr",)
        # Coverage is that of the tests; in the notebooks' kernels it would cost time.
        collector.config.option.cov_source = None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Let a cell fail that did not run to its end, which nbval may not notice.

    IPython reports a magic that it does not know, such as %tiem, on stderr alone: the rest of
    the cell is left out. The kernel's reply says so, and nbval does not read it.
    """
    if not hasattr(item, "raise_cell_error"):  # not a cell of a notebook
        return (yield)
    replies = []
    kernel = item.parent.kernel
    get_message = kernel.get_message

    def keep_replies(stream, timeout=None):
        message = get_message(stream, timeout=timeout)
        if stream == "shell":
            replies.append(message["content"])
        return message

    kernel.get_message = keep_replies
    try:
        result = yield
    finally:
        kernel.get_message = get_message
    if not item.options["check_exception"]:
        outputs = [out for out in item.test_outputs if out.get("name") == "stderr"]
        said = "".join(out.get("text", "") for out in outputs)
        # The kernel does not know of an error in code that a cell hands to IPython itself.
        if not replies or replies[-1]["status"] != "ok" or "UsageError:" in said:
            item.raise_cell_error("The cell did not run to its end", said)
    if item.config.getoption("--keep-frames") and "playgrounds." in item.cell.source:
        keep_frames(item)
    return result


def keep_frames(item):
    """Record the playground that a cell has shown, for docs/build.py."""
    from docs import frames

    def run(code):
        client = item.parent.kernel.kc
        reply = client.execute_interactive(code, store_history=False, allow_stdin=False)["content"]
        if reply["status"] != "ok":
            item.raise_cell_error("Its slider could not be moved", "\n".join(reply["traceback"]))

    index = next(n for n, cell in enumerate(item.parent.nb.cells) if cell is item.cell)
    frames.keep_in_passing(Path(item.path), index, run)
