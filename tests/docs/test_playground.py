"""The playground in a real browser: it learns, its missions can be solved, everyone can use it."""

import re
import time

from tests.docs.browsing import ROOT, serious_findings
from tests.docs.playground_page import (
    BUSY,
    MODULE,
    press,
    put,
    status,
    step,
    unfold,
)

import pytest
from playwright.sync_api import expect


def test_everything_works_by_keyboard(visit):
    page = visit()
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "() => { const e = document.querySelector('.gan-game').shadowRoot.activeElement;"
            "return e && (e.dataset.setting || e.textContent || e.type) }"
        )
        if focused in reached and focused not in ("checkbox",):
            break
        reached.append(focused)
        if focused == "Play":
            page.keyboard.press("Enter")
            page.wait_for_function(
                "() => document.querySelector('.gan-game').shadowRoot"
                ".querySelector('dd').textContent !== '0'"
            )
            page.keyboard.press("Enter")
            expect(status(page)).to_contain_text("Paused.")
        elif focused == "Turn of D":
            before = step(page)
            page.keyboard.press("Enter")
            expect(status(page)).to_contain_text("1 turn of D since.")
        elif focused == "Turn of G":
            page.keyboard.press("Enter")
            expect(status(page)).to_have_text(re.compile(f"^Step {before + 1:,}\\."))
        elif focused == "s":
            page.keyboard.press("ArrowRight")
            assert page.url.endswith("#s=0.11")
            break
    for name in (
        "Play",
        "Turn of D",
        "Turn of G",
        "Begin again",
        "speed",
        "loss",
        "real",
        "g",
        "s",
    ):
        assert name in reached, f"{name} is not among {reached}"


def test_a_wrong_formula_is_answered_at_once_and_a_right_one_is_played(visit):
    page = visit()
    real = page.get_by_label("D pays for a real sample")
    real.fill("-(1-s)*lag(D)")
    answer = page.locator(".controls .wrong").first
    expect(answer).to_contain_text('D pays for a real sample: "lag" is unknown')
    expect(answer).to_contain_text("at character 8")
    expect(answer.locator("mark")).to_have_text("l")
    expect(real).to_have_attribute("aria-invalid", "true")
    assert real.get_attribute("aria-describedby") == answer.get_attribute("id")
    real.fill("-log(D")
    expect(answer).to_contain_text("this bracket is never closed, at character 5")
    real.fill("-0.8*log(D) - 0.2*log(1-D)")
    expect(answer).to_be_hidden()
    expect(real).to_have_attribute("aria-invalid", "false")
    expect(page.get_by_label("Loss", exact=True)).to_have_value("own")
    press(page, "Play")
    page.wait_for_timeout(1000)
    press(page, "Pause")
    expect(status(page)).to_contain_text("(1.35 at equilibrium)")  # of smoothing 0.2
    expect(status(page)).to_contain_text("(0.92 at equilibrium)")


def test_a_link_restores_the_whole_state(visit, address):
    page = visit()
    page.get_by_label("G pays for a fake").fill("-log(D) + 0*ℓ")
    put(page, {"data": "moons", "s": 0.25, "r1": 1.5, "drate": 0.01, "gopt": "momentum", "seed": 9})
    page.get_by_label("Speed").select_option("300")
    controls = (
        "[...document.querySelector('.gan-game').shadowRoot.querySelectorAll('[data-setting]')]"
    )
    values = f"() => {controls}.map(e => e.dataset.setting + '=' + e.value)"
    there = visit(page.url.removeprefix(address))
    assert there.evaluate(values) == page.evaluate(values)
    assert "g=-log(D) + 0*ℓ" in there.evaluate(values)
    page.evaluate("location.hash = 'data=grid&r2=2'")
    expect(status(page)).to_contain_text("Modes covered: 1 of 25.")
    expect(page.locator("[data-setting=r2]")).to_have_value("2")


def test_an_address_that_is_not_understood_is_answered(visit):
    page = visit("page.html#data=cube&s=0.2")
    expect(page.get_by_role("alert")).to_contain_text("data=cube in the address is not understood")
    expect(page.locator("[data-setting=s]")).to_have_value("0.2")


def test_the_same_seed_gives_the_same_course(visit):
    courses = []
    for _ in range(2):
        page = visit("page.html#seed=3&speed=100")
        for _ in range(3):
            press(page, "Turn of D")
            press(page, "Turn of G")
        expect(status(page)).to_have_text(re.compile(r"^Step 3\."))
        courses.append(status(page).inner_text())
    assert courses[0] == courses[1]


def test_a_slider_goes_back_through_time(visit):
    page = visit()
    press(page, "Play")
    page.wait_for_function(
        "() => Number(document.querySelector('.gan-game').shadowRoot"
        ".querySelector('.time').max) >= 4",
        timeout=BUSY,
    )
    press(page, "Pause")
    expect(status(page)).to_contain_text("Paused.")
    reached = step(page)
    time_slider = page.get_by_label("Back in time")
    time_slider.focus()
    page.keyboard.press("Home")
    expect(status(page)).to_have_text(re.compile(r"^Step 0\..*A look back\."))
    page.keyboard.press("ArrowRight")
    expect(status(page)).to_have_text(re.compile(r"^Step 50\..*A look back\."))
    page.keyboard.press("End")
    expect(status(page)).to_have_text(re.compile(rf"^Step {reached:,}\..*Paused\."))


def test_a_weight_that_is_no_number_stops_the_game_with_a_sentence(visit):
    page = visit(
        "page.html#loss=own&real=exp(0-l)&fake=exp(l)&g=exp(0-l)&dopt=sgd&gopt=sgd&drate=1&grate=1"
    )
    press(page, "Play")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("a weight is no longer a finite number", timeout=BUSY)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    press(page, "Recommended")
    expect(alert).to_be_hidden()
    expect(status(page)).to_have_text(re.compile(r"^Step 0\. Modes covered: 0 of 8\."))


def test_a_tab_in_the_background_sleeps(visit):
    page = visit()
    press(page, "Play")
    page.wait_for_timeout(500)
    hide = """hidden => {
        Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
    }"""
    page.evaluate(hide, True)
    page.wait_for_timeout(500)
    before = step(page)
    page.wait_for_timeout(1500)
    page.evaluate(hide, False)
    # What was trained in the dark would show at once.
    first = page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done("
        "document.querySelector('.gan-game').shadowRoot.querySelector('dd').textContent))))"
    )
    assert int(first.replace(",", "")) - before < 100
    page.wait_for_timeout(1500)
    assert step(page) > before


def test_points_are_drawn_typed_and_refused(visit):
    page = visit()
    put(page, {"data": "own"})
    box = page.locator("canvas.plane").bounding_box()
    page.locator("canvas.plane").scroll_into_view_if_needed()
    box = page.locator("canvas.plane").bounding_box()
    page.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 0.5 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.75 * box["width"], box["y"] + 0.5 * box["height"], steps=8)
    page.mouse.up()
    area = page.get_by_label("Points", exact=True)
    first, *_, last = area.input_value().splitlines()
    assert float(first.split(",")[0]) == pytest.approx(-1.5, abs=0.1)
    assert float(last.split(",")[0]) == pytest.approx(1.5, abs=0.1)
    assert "points=-1.5" in page.url
    area.fill("1, 1\n2")
    area.blur()
    expect(page.locator(".own .wrong")).to_have_text('line 2 should be two numbers, not "2"')
    page.get_by_label("From a file").set_input_files(
        {"name": "mine.csv", "mimeType": "text/csv", "buffer": b"x,y\n1,1\n-1,-1\n"}
    )
    expect(area).to_have_value("1, 1\n-1, -1")
    expect(page.locator(".own .wrong")).to_be_hidden()


def test_little_motion_where_little_is_wanted(visit):
    pictures = """() => new Promise(done => {
        const numbers = document.querySelector('.gan-game').shadowRoot.querySelector('dd');
        const seen = new Set();
        const end = performance.now() + 3000;
        const look = () => {
            seen.add(numbers.textContent);
            if (performance.now() < end) requestAnimationFrame(look); else done(seen.size);
        };
        look();
    })"""
    for motion, fewest, most in (("reduce", 2, 5), ("no-preference", 6, 1000)):
        page = visit("page.html#speed=100", reduced_motion=motion)
        press(page, "Play")
        assert fewest <= page.evaluate(pictures) <= most, motion


@pytest.mark.parametrize("name", ["lab", "code", "none"])
def test_the_output_of_a_notebook_plays_whatever_workers_are_allowed(visit, name):
    page = visit(f"{name}.html")
    press(page, "Play")
    expect(status(page)).to_have_text(re.compile(r"^Step [1-9][\d,]*\. Modes covered: \d of 2\."))
    assert "#" not in page.url, "the address of a notebook is not the playground's"
    # The browser says that the page's rules keep some workers out, as they should.
    visit.wrong[:] = [line for line in visit.wrong if "Content Security Policy" not in line]


def test_the_hero_plays_and_leads_to_the_whole_playground(visit):
    page = visit("hero.html")
    press(page, "Play")
    expect(status(page)).to_have_text(re.compile(r"^Step [1-9]"))
    expect(page.get_by_role("link")).to_have_attribute("href", "./playground.html")
    assert page.locator(".controls").count() == 0


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_sticks_out(visit, scheme, width):
    page = visit("page.html#data=own&mission=collapse", width=width, color_scheme=scheme)
    unfold(page)
    page.get_by_text("How?").click()
    page.get_by_label("D pays for a fake").fill("lag(D)")
    page.wait_for_timeout(300)
    assert serious_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    shown = page.locator(".game").evaluate("e => getComputedStyle(e).backgroundColor")
    assert (shown == "rgb(255, 255, 255)") == (scheme == "light")


def test_the_status_is_polite_and_not_said_at_each_step(visit):
    page = visit()
    assert status(page).get_attribute("aria-live") == "polite"
    said = "() => { window.said = 0; new MutationObserver(() => window.said++).observe("
    said += "document.querySelector('.gan-game').shadowRoot.querySelector('[role=status]'),"
    page.evaluate(said + "{ childList: true, characterData: true, subtree: true }) }")
    press(page, "Play")
    start = time.monotonic()
    page.wait_for_timeout(6000)
    assert 1 <= page.evaluate("window.said") <= 3 + (time.monotonic() - start) / 4


def test_the_module_and_the_page_are_light():
    assert MODULE.stat().st_size <= 60_000
    page = (ROOT / "docs" / "playground.md").stat().st_size
    assert MODULE.stat().st_size + page <= 150_000
    source = MODULE.read_text(encoding="utf-8")
    assert "eval(" not in source and "Function(" not in source and "http" not in source


def test_the_sites_pages_hold_the_playground():
    for name, form in (("index.md", "hero"), ("playground.md", "page")):
        text = (ROOT / "docs" / name).read_text(encoding="utf-8")
        assert f'class="gan-game" data-form="{form}"' in text
        assert '<script type="module" src="_static/game.js">' in text
    assert "../gan_helpers/assets/game.js" in (ROOT / "docs" / "conf.py").read_text()
