"""The playground's own checks in Node: the module is what its sources make, lint, types, tests."""

import os
import shutil
import subprocess

from tests.docs.browsing import ROOT

import pytest

FOLDER = ROOT / "docs" / "playground"


@pytest.fixture(scope="module")
def npm():
    """Function that runs npm in the playground's folder, with the packages of its lock."""
    if shutil.which("npm") is None:
        reason = "no Node: the JavaScript of the playground cannot be checked"
        # Where it must be there, a skipped test would look like a passed one.
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)

    def run(*command):
        done = subprocess.run(["npm", *command], cwd=FOLDER, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
        return done.stdout

    installed = FOLDER / "node_modules" / ".package-lock.json"
    lock = FOLDER / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        run("ci", "--no-audit", "--no-fund")
    return run


def test_module_lint_types_and_engine(npm):
    assert "fail 0" in npm("test")
