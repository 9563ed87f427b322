"""How tests look at pages: a server of a folder, the findings of axe, what a notebook describes."""

import contextlib
import functools
import http.server
import os
import subprocess
import sys
import threading
from pathlib import Path

import filelock
import nbformat
from axe_playwright_python.sync_playwright import Axe

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))


def build_site():
    """Build the site as `make site` does, once for all files of a run and not in two at once."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    (ROOT / "build").mkdir(exist_ok=True)
    mark = ROOT / "build" / ".site-of-run"
    with filelock.FileLock(ROOT / "build" / ".site.lock"):
        if mark.exists() and mark.read_text() == run:
            return
        command = [sys.executable, "-m", "docs.build"]
        built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        assert built.returncode == 0, built.stdout + built.stderr
        mark.write_text(run)


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def copyfile(self, source, outputfile):
        with contextlib.suppress(ConnectionError):  # the browser has left the page meanwhile
            super().copyfile(source, outputfile)


@contextlib.contextmanager
def served(folder):
    """Address of a server of a folder, for as long as the block lasts."""
    handler = functools.partial(QuietHandler, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def pictures(path):
    """The description of each picture that a notebook stores."""
    return [
        output.metadata["image/png"]["alt"]
        for cell in nbformat.read(path, as_version=4).cells
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]


def serious_findings(page):
    violations = Axe().run(page).response["violations"]
    return [
        f"{found['id']}: {node['html'][:200]}"
        for found in violations
        if found["impact"] in ("serious", "critical")
        for node in found["nodes"]
    ]
