"""How tests look at pages: a server of a folder, the findings of axe, what a notebook describes."""

import contextlib
import functools
import http.server
import threading
from pathlib import Path

import nbformat
from axe_playwright_python.sync_playwright import Axe

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))


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
