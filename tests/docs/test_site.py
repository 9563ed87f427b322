"""The web site: it loads alone, its sliders move without a kernel, and everyone can read it."""

import functools
import hashlib
import importlib
import inspect
import json
import re
from urllib.parse import unquote, urlsplit

from gan_helpers import losses
from tests.docs.browsing import ROOT, SOURCES, build_site, pictures, serious_findings, served
from tools.translate.sources import LANGUAGES

import numpy as np
import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import expect

SITE = ROOT / "build" / "site"
NOTEBOOKS = [f"notebooks/{path.stem}.html" for path in SOURCES]
TEACHERS = "notebooks/assignments/README.html"
MODULES = [
    "api/" + ".".join(path.relative_to(ROOT).with_suffix("").parts) + ".html"
    for path in sorted((ROOT / "gan_helpers").rglob("*.py"))
    if not path.name.startswith("_")
]
ALIKE = set(MODULES) - {"api/gan_helpers.gan.html"}  # one page of a module stands for all
SYLLABUS = "notebooks/assignments/syllabus.html"
OTHERS = [
    SYLLABUS,
    "benchmarks/RESULTS.html",
    "modules.html",
    "CONTRIBUTING.html",
    "CHANGELOG.html",
]
LIVE = ["playground.html", "generator.html"]
REFERENCE = [f"notebooks/{name}.html" for name in ("notation", "field", "glossary", "distributed")]
TEXTS = ["index.html", *LIVE, *REFERENCE, TEACHERS, "search.html"]
PAGES = [*TEXTS, *NOTEBOOKS, *MODULES, *OTHERS]
SLIDERS = {  # page, which of its playgrounds -> name of the slider, number of its positions
    ("notebooks/01_the_adversarial_game.html", 0): ("rate", 20),
    ("notebooks/02_discriminator_loss.html", 0): ("smooth", 50),
    ("notebooks/02_discriminator_loss.html", 1): ("smooth", 50),
    ("notebooks/03_generator_loss.html", 0): ("x", 61),
    ("notebooks/04_adversarial_training.html", 0): ("moment", 41),
    ("notebooks/05_convolutional_gan.html", 0): ("moment", 21),
    ("notebooks/05_convolutional_gan.html", 1): ("t", 21),
    ("notebooks/06_measuring_quality.html", 0): ("psi", 8),
    ("notebooks/07_why_training_fails.html", 0): ("cost", 41),
    ("notebooks/08_a_modern_gan.html", 0): ("psi", 6),
}
every_page = pytest.mark.parametrize("name", [page for page in PAGES if page not in ALIKE])
every_slider = pytest.mark.parametrize(
    ("name", "number"), SLIDERS, ids=[f"{name[10:12]}-{number}" for name, number in SLIDERS]
)


@pytest.fixture(scope="module")
def site():
    """Address of a server of the site, which `make site` has just built."""
    build_site()
    with served(SITE) as address:
        yield address


@pytest.fixture
def visit(browser, site):
    """Function that opens a page of the site and waits until it has settled."""
    contexts = []

    def open_page(name, width=1280, **options):
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}, **options))
        page = contexts[-1].new_page()
        page.goto(site + name, wait_until="networkidle")
        return page

    yield open_page
    for context in contexts:
        context.close()


@functools.cache
def soup(name):
    return BeautifulSoup((SITE / name).read_text(encoding="utf-8"), "html.parser")


@functools.cache
def identifiers(name):
    return {element["id"] for element in soup(name).select("[id]")}


def test_the_site_holds_these_pages(site):
    found = {str(path.relative_to(SITE)) for path in SITE.rglob("*.html")}
    # Those of other languages: tests/docs/test_site_languages.py
    assert {name for name in found if name.split("/")[0] not in LANGUAGES} == set(PAGES)


@every_page
def test_a_page_loads_without_an_error_and_asks_no_other_host(browser, site, name):
    page, wrong, asked = browser.new_page(), [], []
    page.on("pageerror", lambda error: wrong.append(f"uncaught: {error}"))
    page.on("console", lambda line: line.type in ("error", "warning") and wrong.append(line.text))
    page.on("requestfailed", lambda request: wrong.append(f"failed: {request.url}"))
    page.on("response", lambda answer: answer.ok or wrong.append(f"{answer.status}: {answer.url}"))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site + name, wait_until="networkidle")
    for picture in page.locator("img").all():  # those that wait until they are scrolled to
        picture.scroll_into_view_if_needed()
        assert picture.evaluate("async img => { await img.decode(); return img.naturalWidth }") > 0
    for slider in page.locator("input[type=range]").all():
        slider.focus()
    page.wait_for_load_state("networkidle")
    formulas = page.locator("article .math").count()
    assert page.locator("article .math mjx-container").count() == formulas
    page.close()
    assert wrong == []
    assert [address for address in asked if not address.startswith((site, "data:"))] == []


def test_every_link_within_the_site_resolves(site):
    for name in PAGES:
        for element in soup(name).select("[href], [src]"):
            link = urlsplit(element.get("href") or element.get("src"))
            # Only a link in words may lead elsewhere: nothing of it loads with the page.
            if link.scheme:  # nor of the same page's other languages, which have whole addresses
                assert element.name == "a" or element.get("hreflang"), element
                continue
            target = (SITE / name).parent / unquote(link.path) if link.path else SITE / name
            assert target.is_file(), f"{name}: {link.path}"
            # After "#", an address of the playground or the generator holds its settings.
            if link.fragment and "=" not in link.fragment and target.suffix == ".html":
                anchors = identifiers(target.resolve().relative_to(SITE))
                assert unquote(link.fragment) in anchors, f"{name}: {link.geturl()}"


def test_chapters_lead_to_what_can_be_played_with(site):
    links = {  # chapter -> where its link on the published site leads on this one
        "01_the_adversarial_game": "playground.html#mission=circle",
        "02_discriminator_loss": "playground.html#mission=twosided",
        "03_generator_loss": "playground.html#mission=stall",
        "05_convolutional_gan": "generator.html",
        "06_measuring_quality": "playground.html#mission=collapse",
    }
    for chapter, link in links.items():
        article = soup(f"notebooks/{chapter}.html").find("article")
        assert article.select(f'a[href="../{link}"]'), chapter
    front = soup("index.html").find("article")
    assert all(front.select(f'a[href="{page}"]') for page in LIVE)
    for name in PAGES:  # none leads from this site to the published one
        assert not soup(name).select('article a[href*=".github.io/gan-notebooks"]'), name


@every_page
def test_every_picture_has_a_description(site, name):
    for picture in soup(name).find_all("img"):
        assert len(picture.get("alt", "").split()) > 3, picture["src"]


@pytest.mark.parametrize("name", MODULES)
def test_the_page_of_a_module_shows_its_functions(site, name):
    module = importlib.import_module(name.removeprefix("api/").removesuffix(".html"))
    shown = soup(name).find("article").get_text()
    for key, value in vars(module).items():
        if key[0] != "_" and inspect.isfunction(value) and value.__module__ == module.__name__:
            assert f"{key}(" in shown, key


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_descriptions_are_those_of_the_notebook(site, path):
    shown = [
        picture["alt"] for picture in soup(f"notebooks/{path.stem}.html").select("article img")
    ]
    stored = pictures(path)
    assert len(shown) == len(stored) > 0
    for on_page, in_notebook in zip(shown, stored, strict=True):
        # Under a playground its words, which change, stand apart from what always holds.
        assert in_notebook.startswith(on_page)


@every_slider
def test_a_slider_by_keyboard_changes_picture_and_words(visit, name, number):
    page = visit(name)
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")
    slider = page.locator("input[type=range]").nth(number)
    label, positions = SLIDERS[name, number]
    expect(slider).to_have_attribute("max", str(positions - 1))
    expect(slider).to_have_accessible_name(re.compile(r"\w+ \w+"))
    for _ in range(300):
        if slider.evaluate("input => input === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(slider).to_be_focused()

    before = state(page, number)
    assert before["value"].startswith(f"{label} ")
    for key in ("End", "ArrowLeft", "Home"):  # from wherever it starts, which may be an end
        page.keyboard.press(key)
        page.wait_for_load_state("networkidle")
        after = state(page, number)
        changed = {what for what in after if after[what] != before[what]}
        assert changed == set(after) or (key == "End" and before == after)
        before = after


def state(page, number=0):
    """What a reader sees, hears and feels of a playground."""
    figure = page.locator(".playground").nth(number)
    picture = figure.locator("img").evaluate(
        """async img => {
            await img.decode();
            return Array.from(new Uint8Array(await (await fetch(img.src)).arrayBuffer()));
        }"""
    )
    return {
        "picture": hashlib.sha256(bytes(picture)).hexdigest(),
        "words": figure.get_by_role("status").and_(figure.locator("p")).inner_text(),
        "readout": figure.locator("output").inner_text(),
        "value": figure.locator("input").get_attribute("aria-valuetext"),
    }


def test_a_slider_by_mouse_moves_too(visit):
    page = visit("notebooks/02_discriminator_loss.html")
    slider = page.locator("input[type=range]").first
    slider.scroll_into_view_if_needed()
    before, box = state(page), slider.bounding_box()
    page.mouse.click(box["x"] + 0.9 * box["width"], box["y"] + box["height"] / 2)
    after = state(page)
    assert all(after[what] != before[what] for what in after)
    assert 0.4 < float(after["readout"].split(" = ")[1]) < 0.49


@every_slider
def test_each_position_has_its_picture_and_its_words(site, name, number):
    label, positions = SLIDERS[name, number]
    script = soup(name).select(".playground script")[number]
    found = json.loads(script.string)
    assert len(found["frames"]) == positions
    assert len({frame["words"] for frame in found["frames"]}) == positions
    folder = (SITE / name).parent / found["place"]
    contents = [(folder / f"{position}.webp").read_bytes() for position in range(positions)]
    assert len(set(contents)) == positions


def test_words_say_what_the_theory_says(site):
    def words(name):
        script = soup(name).select(".playground script")[0]
        return [(frame["value"], frame["words"]) for frame in json.loads(script.string)["frames"]]

    for value, text in words("notebooks/02_discriminator_loss.html"):
        d, d_loss, g_loss = losses.equilibrium(float(value))
        assert f"D* = {d:.3f}, d_loss = {d_loss:.3f}, g_loss = {g_loss:.3f}" in text
    for value, text in words("notebooks/03_generator_loss.html"):
        d = 1 / (1 + np.exp(-2 * float(value)))  # the chapter's D has the logit 2 x
        assert f"x = {value}: D(x) = {d:.4f}" in text
    epochs = [text.split()[1] for _, text in words("notebooks/04_adversarial_training.html")]
    assert epochs == [str(epoch) for epoch in range(0, 201, 5)]


@every_slider
def test_without_javascript_the_first_picture_and_its_words_are_there(visit, name, number):
    page = visit(name, java_script_enabled=False)
    for details in page.locator("details").all():
        if details.get_attribute("open") is None:
            details.locator("> summary").click()
    figure = page.locator(".playground").nth(number)
    picture = figure.locator("img")
    picture.scroll_into_view_if_needed()
    expect(picture).to_be_visible()
    expect(figure.locator("input")).to_be_disabled()
    words = figure.get_by_role("status").and_(figure.locator("p")).inner_text()
    # The site begins where the notebook's stored output stands, but for approximate values.
    stored, shown = (
        re.sub(r"≈ \d+(\.\d+)?", "≈", text)
        for text in ("\n".join(pictures(ROOT / name.replace(".html", ".ipynb"))), words)
    )
    assert any(alt.endswith(shown) for alt in stored.splitlines())


def unfold(page):
    """Open what folds out, and wait until it has faded in: before that its contrast is low."""
    for details in page.locator("details").all():
        details.evaluate("element => element.open = true")
    page.evaluate("Promise.all(document.getAnimations().map(animation => animation.finished))")


@every_page
def test_a_narrow_screen_needs_no_sideways_scrolling(visit, name):
    page = visit(name, width=375)
    unfold(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    # Nor does anything stick out that cannot be reached by scrolling within its own block.
    assert page.evaluate("document.querySelector('article').scrollWidth") <= 375


@every_page
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_has_no_serious_finding(visit, name, scheme):
    page = visit(name, color_scheme=scheme)
    unfold(page)
    assert serious_findings(page) == []


def brightness(page):
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return sum(map(int, re.findall(r"\d+", colour)[:3])) / 3


def test_dark_mode_follows_the_system_and_the_button(visit):
    dark, light = (visit("index.html", color_scheme=scheme) for scheme in ("dark", "light"))
    assert brightness(dark) < 64 and brightness(light) > 192
    button = light.locator(".theme-toggle:visible").first
    for _ in range(3):
        button.click()
        if brightness(light) < 64:
            break
    assert brightness(light) < 64


@pytest.mark.parametrize(
    ("word", "found"),
    [("smoothing", "02_discriminator_loss"), ("frechet_distance", "gan_helpers.metrics")],
)
def test_search_finds_a_word(visit, word, found):
    page = visit("index.html")
    page.get_by_role("searchbox").or_(page.locator("input[name=q]")).first.fill(word)
    page.keyboard.press("Enter")
    page.locator(f"#search-results li a[href*='{found}']").first.wait_for()
