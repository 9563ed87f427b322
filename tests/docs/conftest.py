"""Pages with the playground, which two files of tests visit."""

import re
import shutil

from gan_helpers import playgrounds
from tests.docs.browsing import served
from tests.docs.playground_page import MODULE, status, write_page

import pytest
from playwright.sync_api import expect


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Address of a server of pages with nothing but the playground."""
    folder = tmp_path_factory.mktemp("playground")
    shutil.copy(MODULE, folder)
    (folder / "page.css").write_text(
        "body { margin: 0 auto; max-width: 46rem; background: white }"
        "@media (prefers-color-scheme: dark) { body { background: #131416; color: #ddd } }"
    )
    script = '<script type="module" src="game.js"></script>'
    for form in ("page", "hero"):
        host = f'<div class="gan-game" data-form="{form}" data-root="./"></div>'
        write_page(folder, f"{form}.html", host + script)
    cell = playgrounds.game("two", smooth=0.2)._repr_html_()
    # As JupyterLab, as VS Code, and where no worker at all may start.
    for name, workers in (("lab", "blob:"), ("code", "data:"), ("none", "'none'")):
        policy = f"default-src 'none'; script-src 'unsafe-inline'; worker-src {workers}; "
        policy += "style-src 'self'; img-src data:"
        write_page(folder, f"{name}.html", cell, policy)
    with served(folder) as served_at:
        yield served_at


@pytest.fixture
def visit(browser, address):
    """Function that opens a page; at the end no error and no other host may have been met."""
    contexts, wrong = [], []

    def watch(page):
        page.on("pageerror", lambda error: wrong.append(f"uncaught: {error}"))
        page.on("console", lambda line: line.type == "error" and wrong.append(line.text))
        page.on(
            "request",
            lambda request: (
                request.url.startswith((address, "blob:", "data:"))
                or wrong.append(f"asked: {request.url}")
            ),
        )

    def open_page(name="page.html", width=1280, **options):
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}, **options))
        page = contexts[-1].new_page()
        watch(page)
        page.goto(address + name)
        expect(status(page)).to_have_text(re.compile(r"^Step 0\."))
        return page

    open_page.wrong = wrong
    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []
