"""A reader's browser: JupyterLab runs a notebook, and its slider moves the picture."""

import contextlib
import hashlib
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import expect, sync_playwright

ROOT = Path(__file__).parent.parent
SCREENSHOTS = ROOT / "build" / "screenshots"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()
START_SECONDS = 60
RUN_SECONDS = 180  # several times what a notebook of this test takes
SETTINGS = {
    # All cells stay in the page, also those that are scrolled out of sight.
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
    # Nothing is asked of the network, and no notification covers the notebook.
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}


@pytest.fixture(scope="module")
def browser():
    """Headless Chromium of the system."""
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        reason = f"no browser: install one of {', '.join(BROWSERS)} (Debian: apt install chromium)"
        # Where it must be there, a skipped test would look like a passed one.
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Address of a JupyterLab that serves copies of the notebooks, with settings of its own."""
    folder = tmp_path_factory.mktemp("lab")
    (folder / "notebooks").mkdir()
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code":  # what the test sees is then of its own run
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
        wait_until_up(f"{address}/api/status?token={token}", server, log)
        yield lambda name: f"{address}/lab/tree/{name}?token={token}"
    finally:
        server.terminate()  # JupyterLab ends its kernels first
        try:
            server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            server.kill()


def wait_until_up(address, server, log):
    end = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < end:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


@contextlib.contextmanager
def run_in_jupyterlab(browser, address, name):
    """The page of a notebook whose cells have all run, and the errors that it met, as a list.

    JupyterLab can lose an order to run that is given while it still connects to the kernel,
    and shows no sign of that: cells stay at [ ] or at [*]. A person would reload the page and
    give the order again, and so does this. Each page is left as build/screenshots/NAME.png.
    """
    for last in (False, False, True):
        page, errors = browser.new_page(viewport={"width": 1280, "height": 1600}), []
        page.on("pageerror", lambda error, errors=errors: errors.append(f"uncaught: {error}"))
        page.on("console", lambda line, e=errors: line.type == "error" and e.append(line.text))
        try:
            page.goto(address)
            try:
                run_all_cells(page)
            except PlaywrightTimeout:
                if last:
                    raise
                continue
            yield page, errors
            return
        finally:
            SCREENSHOTS.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=SCREENSHOTS / f"{name}.png")
            page.close()


def run_all_cells(page):
    """Run > Run All Cells, then wait until the kernel has been through all of them."""
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    # Only the status bar tells: the indicator at the top says idle from the start.
    idle = page.locator("#jp-main-statusbar").get_by_text("| Idle")
    idle.wait_for(timeout=RUN_SECONDS * 1000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_function(
        """() => document.querySelector("[data-mime-type*='jupyter.stderr']")
              || [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")]
                  .every(prompt => /^\\[\\d+\\]:$/.test(prompt.textContent))""",
        timeout=RUN_SECONDS * 1000,
    )
    # JupyterLab marks a traceback in the same way as what a cell wrote to stderr.
    assert page.locator("[data-mime-type*='jupyter.stderr']").all_inner_texts() == []
    idle.wait_for()


def picture(output):
    """What the widget's picture shows, as a fingerprint."""
    content = output.locator("img.widget-image").evaluate(
        "async img => Array.from(new Uint8Array(await (await fetch(img.src)).arrayBuffer()))"
    )
    return hashlib.sha256(bytes(content)).hexdigest()


@pytest.mark.parametrize(("name", "description"), [("02_discriminator_loss", "smooth")])
def test_slider_moves_the_picture_and_its_text(browser, lab, name, description):
    with run_in_jupyterlab(browser, lab(f"{name}.ipynb"), name) as (page, errors):
        output = page.locator(".jp-OutputArea-output").filter(
            has=page.locator(
                ".widget-slider .widget-label", has_text=re.compile(f"^{description}$")
            )
        )
        expect(output).to_have_count(1)
        text = output.locator(".widget-html-content, .widget-label:not(.widget-slider *)")
        picture_before, text_before = picture(output), text.all_inner_texts()
        assert any(text_before)

        handle = output.locator(".widget-slider [role=slider]").first
        handle.focus()
        for _ in range(3):
            page.keyboard.press("ArrowRight")
        wait_for_change(page, lambda: picture(output), picture_before, "the picture")
        wait_for_change(page, text.all_inner_texts, text_before, "the text under it")
        text.last.scroll_into_view_if_needed()
    assert errors == []


def wait_for_change(page, look, before, what):
    for _ in range(50):
        if look() != before:
            return
        page.wait_for_timeout(100)
    pytest.fail(f"the slider moved, but not {what}")
