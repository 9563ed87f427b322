"""In the folder that a grading leaves, no command and no click runs students' code unisolated."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from grading.files import folder_contents
from tests.grading.small_course import NAME, ROOT, hand_in, run_grading, with_answers

import pytest
from playwright.sync_api import expect


@pytest.fixture(scope="module")
def marked(isolated, small, released, tmp_path_factory):
    """The folder of a grading, and a file that an answer writes where it is not isolated."""
    folder = tmp_path_factory.mktemp("formgrader")
    reached = folder / "reached"
    answer = f"# Question 1: add\nopen({str(reached)!r}, 'w')\ndef add(a, b): return a + b"
    hand_in(folder / "class", "ada", with_answers(released, add=answer))
    run_grading(small, "grade", folder / "class", "--out", folder / "out")
    return folder / "out", reached


def environment(out):
    """Nothing of the settings of whoever runs the tests."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    folders = {f"JUPYTER_{kind}_DIR": str(out.parent / kind) for kind in ("CONFIG", "RUNTIME")}
    return {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), **folders}


def kept(out):
    return folder_contents(out / "autograded") | folder_contents(out / "feedback")


@pytest.mark.parametrize("command", ["autograde", "generate_feedback"])
def test_command_of_nbgrader_refuses(command, marked):
    out, reached = marked
    before = kept(out)
    line = [sys.executable, "-m", "nbgrader", command, NAME, "--force"]
    done = subprocess.run(line, cwd=out, env=environment(out), capture_output=True, text=True)
    assert done.returncode != 0 and "make grade" in done.stderr
    assert kept(out) == before and not reached.exists()


@contextmanager
def formgrader(out):
    """Address of a Jupyter server in the folder, with Formgrader in it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    extension = "nbgrader.server_extensions.formgrader"
    line = [sys.executable, "-m", "jupyter", "server", "--allow-root", "--no-browser",
            f"--port={port}", "--IdentityProvider.token=", f"--ServerApp.root_dir={out}",
            f"--ServerApp.jpserver_extensions={{'{extension}': True}}"]  # fmt: skip
    with (out.parent / "server.log").open("w") as log:
        server = subprocess.Popen(line, cwd=out, env=environment(out), stdout=log, stderr=log)
        address = f"http://127.0.0.1:{port}/formgrader"
        try:
            wait_for(address)
            yield address
        finally:
            server.terminate()
            server.wait()


def wait_for(address):
    for _ in range(300):
        try:
            urllib.request.urlopen(address).close()
            return
        except urllib.error.HTTPError:
            raise
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(address)


@pytest.mark.parametrize("button", ["autograde", "generate-feedback"])
def test_click_does_nothing(button, marked, browser):
    out, reached = marked
    before = kept(out)
    with formgrader(out) as address:
        page = browser.new_page()
        page.goto(f"{address}/manage_submissions/{NAME}")
        with page.expect_response(lambda response: response.request.method == "POST") as answer:
            page.locator(f"td.{button} a").click()
        expect(page.locator(".modal-body, [role=dialog]").first).to_contain_text("make grade")
        assert answer.value.json()["success"] is False
        page.close()
    assert kept(out) == before and not reached.exists()
