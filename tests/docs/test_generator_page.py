"""The generator's page in a real browser: it draws what Keras draws, and everyone can use it."""

import base64
import json
import re
import shutil

from tests.docs.browsing import ROOT, serious_findings, served

import pytest
from playwright.sync_api import expect

STATIC = ROOT / "docs" / "static"
FILES = ("generator.js", "generator.bin", "digits.bin")
DRAWINGS = ROOT / "docs" / "playground" / "test" / "drawings.json"
SOURCES = ROOT / "docs" / "playground" / "src"
# As strict as a page can be: no eval, no inline script, nothing from another host.
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'"
POLICY += "; img-src data:"
HOST = "document.querySelector('.gan-digits').shadowRoot"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Address of a server of a page with nothing but the generator."""
    folder = tmp_path_factory.mktemp("generator")
    for name in FILES:
        shutil.copy(STATIC / name, folder)
    shutil.copytree(SOURCES, folder / "src")
    (folder / "page.css").write_text(
        "body { margin: 0 auto; max-width: 46rem; background: white }"
        "@media (prefers-color-scheme: dark) { body { background: #131416; color: #ddd } }"
    )
    for name, script in (("page", "generator.js"), ("empty", "")):
        (folder / f"{name}.html").write_text(
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Generator</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
            '<link rel="icon" href="data:,"><link rel="stylesheet" href="page.css"></head>'
            '<body><main><h1>Generator</h1><div class="gan-digits"></div></main>'
            f'<script type="module" src="{script}"></script></body></html>',
            encoding="utf-8",
        )
    with served(folder) as served_at:
        yield served_at


@pytest.fixture
def visit(browser, address):
    """Function that opens the page; at the end no error and no other host may have been met."""
    contexts, wrong = [], []

    def open_page(state="", width=1280, name="page.html", **options):
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}, **options))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: wrong.append(f"uncaught: {error}"))
        page.on("console", lambda line: line.type == "error" and wrong.append(line.text))
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(address + name + state)
        if name == "page.html":
            expect(status(page)).to_have_text(re.compile(r"^\S.*ψ = "))
        return page

    yield open_page
    for context in contexts:
        asked = [url for page in context.pages for url in page.asked]
        assert [url for url in asked if not url.startswith((address, "data:"))] == []
        context.close()
    assert wrong == []


def status(page):
    return page.locator(".gan-digits [role=status]")


def setting(page, name):
    return page.locator(f"[data-setting={name}]")


def pixels(page, selector=".large"):
    """The greys of each canvas, 0 to 255, as one string a canvas."""
    return page.evaluate(
        f"""selector => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() =>
            done([...{HOST}.querySelectorAll(selector)].map(canvas =>
                Array.from(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
                    .data.filter((_, i) => i % 4 === 0)).join(' ')
            )))))""",
        selector,
    )


def move(page, name, value):
    """Set a slider as a reader does."""
    setting(page, name).evaluate(
        "(input, value) => { input.value = value; input.dispatchEvent(new Event('input')) }",
        str(value),
    )


def test_the_browser_draws_what_keras_draws(visit):
    page = visit(name="empty.html")
    weights = base64.b64encode((STATIC / "generator.bin").read_bytes()).decode()
    furthest = page.evaluate(
        """async ([weights, drawings]) => {
            const { Generator } = await import('./src/digits/network.js');
            const { arc, inputOf } = await import('./src/digits/latent.js');
            const bytes = Uint8Array.from(atob(weights), c => c.charCodeAt(0));
            const generator = new Generator(bytes.buffer);
            return drawings.map(({ start, end, pixels, ...state }) => {
                const z = arc(start, end, state.t);
                const image = generator.draw(inputOf(z, state, generator.directions));
                return Math.max(...image.map((v, i) => Math.abs(v - pixels[i] / 10000)));
            });
        }""",
        [weights, json.loads(DRAWINGS.read_text())],
    )
    assert len(furthest) > 20
    # A grey of 255 is 2/255 of the range from -1 to 1.
    assert max(furthest) <= 2 * 2 / 255, f"{max(furthest) * 255 / 2:.2f} of 255"


def test_the_page_is_fast_and_light(visit):
    page = visit()
    times = []
    for seed in range(2, 12):
        setting(page, "seed").fill(str(seed))
        pixels(page)
        times.append(float(page.locator(".speed").get_attribute("data-ms")))
    # The least: what else the machine does meanwhile is not the drawing's.
    print(f"{min(times):.1f} ms a drawing")
    assert min(times) <= 30
    assert (STATIC / "generator.bin").stat().st_size <= 700_000
    assert (STATIC / "digits.bin").stat().st_size <= 300_000
    assert (STATIC / "generator.js").stat().st_size <= 25_000
    source = (STATIC / "generator.js").read_text(encoding="utf-8")
    assert "eval(" not in source and "Function(" not in source and "http" not in source


def test_a_digit_is_asked_for_and_a_seed_gives_the_same_drawings(visit):
    page = visit("#digit=7&seed=4")
    sevens = pixels(page, ".faces canvas")
    assert len(set(sevens)) == 12
    page.get_by_role("radio", name="2", exact=True).check()
    twos = pixels(page, ".faces canvas")
    assert not set(twos) & set(sevens)
    expect(status(page)).to_have_text("A 2, ψ = 1.00, drawing 1 of seed 4.")
    page.get_by_role("button", name="New drawings").click()
    assert not set(pixels(page, ".faces canvas")) & set(twos)
    expect(setting(page, "seed")).to_have_value("5")
    setting(page, "seed").fill("4")
    assert pixels(page, ".faces canvas") == twos
    assert pixels(visit("#digit=7&seed=4"), ".faces canvas") == sevens


def test_the_drawing_chosen_is_the_large_one(visit):
    page = visit()
    faces = pixels(page, ".faces canvas")
    assert pixels(page) == faces[:1]
    page.get_by_role("radio", name="drawing 5", exact=True).check()
    assert pixels(page) == faces[4:5]
    expect(status(page)).to_contain_text("drawing 5 of seed 1")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("psi", 0.5, "ψ = 0.50"),
        ("slant", -1, "slant −1.00"),
        ("boldness", 1.5, "boldness 1.50"),
        ("share", 0.25, "0.75 · 3 + 0.25 · 8"),
        ("t", 0.35, "0.35 of the way to drawing 2"),
    ],
)
def test_a_slider_changes_drawing_words_and_address(visit, name, value, words):
    page = visit()
    before, faces = pixels(page), pixels(page, ".faces canvas")
    move(page, name, value)
    assert pixels(page) != before
    # The walk is of the chosen drawing; all else is of the twelve.
    assert (pixels(page, ".faces canvas") == faces) == (name == "t")
    expect(status(page)).to_contain_text(words)
    assert page.url.endswith(f"#{name}={value}")


def test_psi_0_makes_the_twelve_alike(visit):
    assert len(set(pixels(visit("#psi=0"), ".faces canvas"))) == 1


def test_a_walk_leads_from_one_drawing_to_the_other(visit):
    page = visit("#at=3&to=9")
    faces, strip = pixels(page, ".faces canvas"), pixels(page, ".strip canvas")
    assert len(set(strip)) == 9
    assert strip[0] == faces[2] and strip[-1] == faces[8]
    move(page, "t", 1)
    assert pixels(page) == faces[8:9]
    expect(page.locator(".strip .here")).to_have_count(1)


@pytest.mark.parametrize(("motion", "fewest", "most"), [("reduce", 3, 5), (None, 10, 21)])
def test_the_walk_plays_with_little_motion_where_little_is_wanted(visit, motion, fewest, most):
    page = visit(reduced_motion=motion or "no-preference")
    page.evaluate(
        f"""() => {{
            window.seen = [];
            const value = {HOST}.querySelector('[data-setting=t]').parentNode
                .querySelector('.value');
            new MutationObserver(() => {{
                if (window.seen.at(-1) !== value.textContent) window.seen.push(value.textContent);
            }}).observe(value, {{ childList: true }});
        }}"""
    )
    page.get_by_role("button", name="Walk", exact=True).click()
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Walk", exact=True)).to_be_visible(timeout=20_000)
    expect(setting(page, "t")).to_have_value("1")
    assert fewest <= len(page.evaluate("window.seen")) <= most


def test_the_training_digits_come_only_when_they_are_asked_for(visit):
    page = visit("#digit=2")
    assert not [url for url in page.asked if url.endswith("digits.bin")]
    page.get_by_role("button", name="Nearest training digits").click()
    expect(page.locator(".near figure")).to_have_count(5)
    assert len([url for url in page.asked if url.endswith("digits.bin")]) == 1
    captions = page.locator(".near figcaption").all_inner_texts()
    distances = [float(re.fullmatch(r"\d, at (\d+\.\d\d)", text)[1]) for text in captions]
    assert distances == sorted(distances) and distances[0] > 0.3
    expect(status(page)).to_contain_text(f"at distance {distances[0]:.2f}.")
    move(page, "slant", 1)
    expect(page.locator(".near figcaption").first).not_to_have_text(captions[0])
    page.get_by_role("button", name="Nearest training digits").click()
    expect(page.locator(".near figure")).to_have_count(0)
    expect(visit("#near=1").locator(".near figure")).to_have_count(5)


def test_a_link_restores_the_whole_state(visit, address):
    state = "#digit=4&with=9&share=0.3&seed=77&at=6&psi=0.85&slant=-0.4&boldness=0.7&to=11&t=0.45"
    page = visit(state)
    assert page.url == address + "page.html" + state
    values = f"[...{HOST}.querySelectorAll('[data-setting]')].map(e => "
    values += "e.type === 'radio' ? e.checked : e.dataset.setting + '=' + e.value)"
    assert {"with=9", "share=0.3", "seed=77", "psi=0.85", "to=11", "t=0.45"} <= set(
        page.evaluate(values)
    )
    expect(page.get_by_role("radio", name="4", exact=True)).to_be_checked()
    expect(page.get_by_role("radio", name="drawing 6", exact=True)).to_be_checked()
    before = pixels(page, "canvas")
    page.get_by_role("button", name="Start again").click()
    assert "#" not in page.url and pixels(page, "canvas") != before
    page.evaluate("state => { location.hash = state }", state)
    expect(status(page)).to_contain_text("0.70 · 4 + 0.30 · 9, ψ = 0.85")
    assert pixels(page, "canvas") == before


def test_an_address_that_is_not_understood_is_answered(visit):
    page = visit("#digit=12&psi=0.5")
    expect(page.get_by_role("alert")).to_have_text("digit=12 in the address is not understood.")
    expect(status(page)).to_contain_text("A 3, ψ = 0.50")


def test_weights_that_cannot_be_had_are_answered(browser, address):
    page = browser.new_page()
    page.route("**/generator.bin", lambda route: route.fulfill(status=404, body="gone"))
    page.goto(address + "page.html")
    expect(page.get_by_role("alert")).to_have_text(
        "The generator could not be loaded: generator.bin is not there (404)."
    )
    page.close()


def test_everything_works_by_keyboard(visit):
    page = visit()
    focused = f"() => {{ const e = {HOST}.activeElement; return e && (e.dataset.setting"
    focused += " || e.textContent) }"
    reached = []
    for _ in range(20):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(focused))
        if reached[-1] in ("digit", "at", "slant", "t"):
            page.keyboard.press("ArrowRight")
        elif reached[-1] == "Nearest training digits":
            page.keyboard.press("Enter")
            break
    wanted = ["digit", "seed", "New drawings", "Start again", "at", "psi", "slant", "boldness"]
    wanted += ["with", "share", "to", "t", "Walk", "Nearest training digits"]
    assert reached == wanted
    expect(status(page)).to_have_text(
        re.compile(
            r"^A 4, ψ = 1\.00, slant 0\.10, drawing 2 of seed 1\. 0\.05 of the way to drawing 2\. "
            r"Nearest training digit: an? \d, at distance \d\.\d\d\.$"
        )
    )


def test_the_status_is_polite_and_speaks_once_after_many_moves(visit):
    page = visit()
    assert status(page).get_attribute("aria-live") == "polite"
    page.evaluate(
        f"""() => {{
            window.said = 0;
            new MutationObserver(() => window.said++).observe(
                {HOST}.querySelector('[role=status]'), {{ childList: true, subtree: true }});
            const slider = {HOST}.querySelector('[data-setting=psi]');
            for (let i = 0; i < 20; i++) setTimeout(() => {{
                slider.value = i / 20;
                slider.dispatchEvent(new Event('input'));
            }}, 20 * i);
        }}"""
    )
    expect(status(page)).to_contain_text("ψ = 0.95")
    assert page.evaluate("window.said") <= 3


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_sticks_out(visit, scheme, width):
    page = visit("#near=1&t=0.5&digit=11", width=width, color_scheme=scheme)
    expect(page.locator(".near figure")).to_have_count(5)
    assert serious_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    shown = page.locator(".game").evaluate("e => getComputedStyle(e).backgroundColor")
    assert (shown == "rgb(255, 255, 255)") == (scheme == "light")


def test_the_sites_page_holds_the_generator_and_a_picture_for_those_without_javascript():
    text = (ROOT / "docs" / "generator.md").read_text(encoding="utf-8")
    assert '<div class="gan-digits"></div>' in text
    assert '<script type="module" src="_static/generator.js">' in text
    without = text.split("<noscript>")[1].split("</noscript>")[0]
    assert "needs JavaScript" in without and "](images/digits.png)" in without
