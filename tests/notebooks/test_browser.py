"""A reader's browser: JupyterLab runs a notebook, and its slider moves the picture."""

import hashlib
import re

from tools import browse_notebooks

import pytest
from playwright.sync_api import expect


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Function from a notebook's name to its address in a JupyterLab."""
    with browse_notebooks.jupyterlab(tmp_path_factory.mktemp("lab")) as address:
        yield address


def picture(output):
    """What the widget's picture shows, as a fingerprint."""
    content = output.locator("img.widget-image").evaluate(
        "async img => Array.from(new Uint8Array(await (await fetch(img.src)).arrayBuffer()))"
    )
    return hashlib.sha256(bytes(content)).hexdigest()


@pytest.mark.parametrize(("name", "description"), [("02_discriminator_loss", "smooth")])
def test_slider_moves_the_picture_and_its_text(browser, lab, name, description):
    with browse_notebooks.run_notebook(browser, lab(name), name) as (page, errors):
        outputs = page.locator(".jp-OutputArea-output").filter(
            has=page.locator(
                ".widget-slider .widget-label", has_text=re.compile(f"^{description}$")
            )
        )
        output = outputs.first  # an exercise may have another one
        expect(output).to_be_visible()
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
