"""How the tests of the playground make a page of it, and what they do there."""

import math
import re

from tests.docs.browsing import ROOT

MODULE = ROOT / "gan_helpers" / "assets" / "game.js"
# As strict as a page can be: no eval, no inline script, nothing from another host.
STRICT = "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src data:"
COVERED = re.compile(r"^Step [\d,]+\. Modes covered: 8 of 8\.")
SCRIPTS = {  # mission -> what a reader sets, one after the other, until a stage is done
    "stall": [{"loss": "minimax", "dturns": 5}],
    "collapse": [{"drate": 0.0001}, {"drate": 0.002}],
    "circle": [{"r1": 0, "speed": "most"}, {"r1": 1}],
    "twosided": [{}, {"loss": "twosided"}],
    "wasserstein": [{}, {"loss": "wasserstein", "gp": 2}],
}
BUSY = 150_000  # milliseconds for a training, on a machine that does other things as well


def write_page(folder, name, body, policy=STRICT):
    (folder / name).write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Playground</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<link rel="icon" href="data:,"><link rel="stylesheet" href="page.css"></head>'
        f"<body><main><h1>Playground</h1>{body}</main></body></html>",
        encoding="utf-8",
    )


def status(page):
    return page.locator(".gan-game [role=status]")


def step(page):
    """The step that is shown now; what is announced comes more seldom."""
    return int(page.locator(".numbers dd").first.inner_text().replace(",", ""))


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def unfold(page):
    page.locator(".controls").evaluate(
        "element => element.querySelectorAll('details').forEach(d => d.open = true)"
    )


def put(page, settings):
    """Set controls as a reader does: a choice in a list, a slider moved."""
    unfold(page)
    for name, value in settings.items():
        control = page.locator(f"[data-setting={name}]")
        if control.evaluate("element => element.tagName") == "SELECT":
            control.select_option(value)
        else:
            logarithm = name in ("drate", "grate")
            control.evaluate(
                "(input, value) => { input.value = value;input.dispatchEvent(new Event('input')) }",
                f"{math.log10(value) if logarithm else value}",
            )
