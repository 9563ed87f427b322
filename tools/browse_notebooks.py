"""Open notebooks in JupyterLab in a headless browser, run them to their end, report errors.

Without arguments all of the series: python -m tools.browse_notebooks [NAME ...]. What each
page then shows, from top to bottom, is left in build/screenshots/NAME.png.
"""

import argparse
import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

try:
    from tools.reading import read_notebook

    import nbformat
    from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
    from playwright.sync_api import TimeoutError as PlaywrightTimeout
except ImportError as error:
    sys.exit(f"{error.name} is missing: run `make test`, or pip install -e '.[test]'")

ROOT = Path(__file__).resolve().parent.parent
SCREENSHOTS = ROOT / "build" / "screenshots"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()
START_SECONDS = 60
RUN_SECONDS = 1800  # far more than the longest notebook takes, also on a busy machine
LONGEST = 16_000  # pixels; Chromium makes no higher picture
SETTINGS = {
    # All cells stay in the page, also those that are scrolled out of sight.
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
    # Nothing is asked of the network, and no notification covers the notebook.
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}


class BrowserError(Exception):
    """There is no browser, or JupyterLab did not start; the message says which."""


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Headless Chromium of the system.

    Raises:
        BrowserError: none is installed.
    """
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        raise BrowserError(
            f"no browser: install one of {', '.join(BROWSERS)} (Debian: apt install chromium)"
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def jupyterlab(folder: Path) -> Iterator:
    """A JupyterLab that serves copies of the notebooks, with settings of its own.

    Args:
        folder: empty, for everything that this JupyterLab writes.

    Yields:
        Function from the name of a notebook to its address.

    Raises:
        BrowserError: it did not start.
    """
    (folder / "notebooks").mkdir()
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        notebook = read_notebook(path)
        for cell in notebook.cells:
            if cell.cell_type == "code":  # what is seen is then of this run
                cell.outputs, cell.execution_count = [], None
        nbformat.write(notebook, folder / "notebooks" / path.name)
    for extension, setting in SETTINGS.items():
        path = folder / "settings" / f"{extension}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(setting))

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(16)
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
        *("--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"),
        f"--IdentityProvider.token={token}",
        f"--ServerApp.root_dir={folder / 'notebooks'}",
        "--LabApp.extension_manager=readonly",
    ]
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
    }
    log = folder / "lab.log"
    with log.open("w") as output:
        server = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(f"{address}/api/status?token={token}", server, log)
        # Each in a workspace of its own, in which no other notebook is open.
        yield lambda name: f"{address}/lab/workspaces/{name}/tree/{name}.ipynb?token={token}"
    finally:
        server.terminate()  # JupyterLab ends its kernels first
        try:
            server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            server.kill()


def _wait_until_up(address: str, server: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < end:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise BrowserError(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


@contextlib.contextmanager
def run_notebook(browser: Browser, address: str, name: str) -> Iterator[tuple[Page, list[str]]]:
    """Run all cells of a notebook in JupyterLab.

    JupyterLab can lose an order to run that is given while it still connects to the kernel,
    and shows no sign of that: cells stay at [ ] or at [*]. A person would reload the page and
    give the order again, and so does this. Each page is left as build/screenshots/NAME.png.

    Yields:
        The page, once its cells have run or one has failed, and the errors that the page, the
        console and the cells met.

    Raises:
        playwright.sync_api.TimeoutError: the cells have not all run in three attempts.
    """
    for last in (False, False, True):
        page = browser.new_page(viewport={"width": 1280, "height": 1600})
        errors = _errors_of(page)
        try:
            page.goto(address)
            try:
                _run_all_cells(page)
            except PlaywrightTimeout:
                if last:
                    raise
                continue
            # JupyterLab marks a traceback in the same way as what a cell wrote to stderr.
            wrong = page.locator("[data-mime-type*='jupyter.stderr']")
            errors.extend(f"a cell wrote: {text}" for text in wrong.all_inner_texts())
            yield page, errors
            return
        finally:
            SCREENSHOTS.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=SCREENSHOTS / f"{name}.png")
            page.close()


def _errors_of(page: Page) -> list[str]:
    """A list to which each error of the page and of its console is added."""
    errors: list[str] = []

    def on_console(line: ConsoleMessage) -> None:
        if line.type == "error":
            errors.append(line.text)

    page.on("pageerror", lambda error: errors.append(f"uncaught: {error}"))
    page.on("console", on_console)
    return errors


def _run_all_cells(page: Page) -> None:
    """Run > Run All Cells, then wait until the kernel has been through all of them."""
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    # Only the status bar tells: the indicator at the top says idle from the start.
    idle = page.locator("#jp-main-statusbar").get_by_text("| Idle")
    idle.wait_for(timeout=START_SECONDS * 1000)
    # A folded cell shows no prompt, by which one can tell that it has run.
    page.get_by_role("menuitem", name="View", exact=True).click()
    page.get_by_role("menuitem", name="Expand All Code", exact=True).click()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.locator(".jp-CodeCell .jp-InputPrompt", has_text="[1]:").wait_for()
    page.wait_for_function(
        """() => document.querySelector("[data-mime-type*='jupyter.stderr']")
              || [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")]
                  .every(prompt => /^\\[\\d+\\]:$/.test(prompt.textContent))""",
        timeout=RUN_SECONDS * 1000,
    )
    idle.wait_for()


def show_whole_notebook(page: Page) -> None:
    """Make the window as high as the notebook, so that a screenshot shows all of it."""
    panel = page.locator(".jp-WindowedPanel-outer").first
    height = panel.evaluate("panel => panel.scrollHeight")
    page.set_viewport_size({"width": 1280, "height": min(height + 200, LONGEST)})
    panel.evaluate("panel => { panel.scrollTop = 0 }")
    page.wait_for_timeout(1000)  # for the layout to follow


def browse(browser: Browser, address: str, name: str) -> list[str]:
    """Run a notebook, print how that went, and return the errors that it met."""
    start = time.monotonic()
    try:
        with run_notebook(browser, address, name) as (page, errors):
            cells = page.locator(".jp-CodeCell").count()
            pictures = page.locator(".jp-OutputArea img").count()
            seconds = time.monotonic() - start
            show_whole_notebook(page)
        print(f"{name:<26} {cells:3} cells, {pictures:2} pictures, {seconds:4.0f} s, ", end="")
    except PlaywrightTimeout as error:
        print(f"{name:<26} did not run to its end, ", end="")
        errors = [error.message]
    print(f"errors: {len(errors)}", *(f"    {error}" for error in errors), sep="\n", flush=True)
    return errors


def main() -> None:
    """Read the command line, browse, and exit with 1 if any notebook met an error."""
    names = sorted(path.stem for path in (ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(names)}")
    chosen = parser.parse_args().names or names
    if unknown := set(chosen) - set(names):
        parser.error(f"NAME must be of {', '.join(names)}, got {', '.join(sorted(unknown))}")
    failed = False
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        with jupyterlab(Path(folder)) as address:
            for name in chosen:
                errors = browse(browser, address(name), name)
                failed = failed or bool(errors)
    sys.exit(failed)


if __name__ == "__main__":
    try:
        main()
    except BrowserError as error:
        sys.exit(str(error))
