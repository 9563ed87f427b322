"""The browser that several test files share; and PyTorch before TensorFlow, where it is."""

import importlib.util
import os

import pytest

if importlib.util.find_spec("torch"):  # `make bench` has installed it
    # Its compiler crashes if it is loaded after TensorFlow.
    import torch._dynamo  # noqa: F401


@pytest.fixture(scope="module")
def browser():
    """Headless Chromium of the system, closed soon: its event loop would disturb other tests."""
    from tools import (
        browse_notebooks,  # here, because the tests in Colab's environment have no playwright
    )

    try:
        with browse_notebooks.chromium() as chromium:
            yield chromium
    except browse_notebooks.BrowserError as reason:
        # Where it must be there, a skipped test would look like a passed one.
        pytest.fail(str(reason)) if os.environ.get("CI") else pytest.skip(str(reason))


def pytest_collection_modifyitems(items):
    """Begin with the file that builds the site: another one needs it, and would wait."""
    items.sort(key=lambda item: item.path.name != "test_site.py")
