"""The recommended setting covers the ring; each mission can be solved, and is not at its start."""

from tests.docs.browsing import ROOT
from tests.docs.playground_page import (
    BUSY,
    COVERED,
    SCRIPTS,
    press,
    put,
    status,
)

import pytest
from playwright.sync_api import expect


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_the_recommended_setting_covers_the_ring_within_30_seconds(visit, seed):
    page = visit(f"page.html#seed={seed}")
    assert not COVERED.match(status(page).inner_text())
    press(page, "Play")
    expect(status(page)).to_have_text(COVERED, timeout=30_000)


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_mission_is_solved_by_a_script_and_not_at_its_start(visit, name):
    page = visit()
    button = page.locator(f"[data-mission={name}]")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    assert page.url.endswith(f"#mission={name}")
    board = page.locator(".task")
    expect(board.locator("li").first).to_contain_text("(not yet)")
    expect(board).not_to_contain_text("Solved")
    for number, settings in enumerate(SCRIPTS[name], start=1):
        put(page, settings)
        if number == 1:
            press(page, "Begin again")
            press(page, "Play")
        expect(board.locator("li.done")).to_have_count(number, timeout=BUSY)
    expect(board.locator(".verdict")).to_contain_text("Solved.")
    expect(status(page)).to_contain_text("Mission solved.")
    chapter = board.locator("a").get_attribute("href")
    assert (ROOT / chapter.replace(".html", ".ipynb")).is_file()
