"""The site in other languages: each page in its language, with a switch that keeps the place."""

import json
import re

from docs import frames, languages
from tests.docs.browsing import ROOT, build_site, serious_findings, served
from tools.translate.catalogue import table
from tools.translate.checks import HAN
from tools.translate.sources import LANGUAGES, SLIDERS

import pytest
from bs4 import BeautifulSoup

SITE = ROOT / "build" / "site"
PAGES = [
    (language, f"{document}.html")
    for language in languages.built()
    for document in languages.pages(language)
    if document != "README"
]
CHAPTER = "notebooks/01_the_adversarial_game.html"
every_page = pytest.mark.parametrize(("language", "name"), PAGES)
# Three words of English in a row; names of people, code and formulas are none.
ENGLISH = re.compile(r"(?:\b[a-z]{3,}\b[ ,]+){3,}\b[a-z]{3,}\b")


@pytest.fixture(scope="module")
def site():
    """Address of a server of the site, which is built if no other test has just done so."""
    build_site()
    with served(SITE) as address:
        yield address


def soup(name):
    return BeautifulSoup((SITE / name).read_text(encoding="utf-8"), "html.parser")


@every_page
def test_a_page_says_its_language_and_leads_to_the_others(site, language, name):
    tag = LANGUAGES[language]["tag"]
    page, english = soup(f"{language}/{name}"), soup(name)
    assert page.html["lang"] == tag and english.html["lang"] == "en"
    for each in (page, english):
        found = {link["hreflang"]: link["href"] for link in each.select("link[hreflang]")}
        assert found["en"].endswith(f"/{name}")
        assert found[tag].endswith(f"/{language}/{name}")
        assert len(each.select(".language-switch")) == 2 * len(languages.built())  # in each header


@every_page
def test_a_page_has_no_english_left(site, language, name):
    page = soup(f"{language}/{name}")
    for part in page.select("script, style, pre, code, .math, .stream, .output"):
        part.decompose()
    text = page.body.get_text(" ", strip=True)
    assert re.search(HAN, text)
    assert ENGLISH.findall(text) == []
    for element in page.select("[aria-label], img[alt]"):
        label = element.get("aria-label") or element["alt"]
        assert re.search(HAN, label), label


def test_words_of_the_site_are_translated_outside_code_alone():
    kept = "<pre><span>fakes</span> = g(z)</pre> <code><span>fakes</span></code>"
    found = languages._with_words(f"<p><b>fakes</b></p>{kept}<p><em>一张图</em></p>", "zh")
    words = table("zh", "words")["fakes"]
    assert found == f'<p><b>{words}</b></p>{kept}<p class="caption-of-picture"><em>一张图</em></p>'


@every_page
def test_code_is_that_of_the_english_page(site, language, name):
    ours, theirs = (
        [part.get_text() for part in soup(page).select("div[class*=ipython] pre, .output pre")]
        for page in (f"{language}/{name}", name)
    )
    assert ours == theirs


@every_page
def test_every_link_within_the_site_leads_to_a_page(site, language, name):
    folder = (SITE / language / name).parent
    links = [
        link["href"].partition("#")[0] for link in soup(f"{language}/{name}").select("a[href]")
    ]
    within = {link for link in links if link and not re.match(r"\w+:", link)}
    assert [link for link in within if not (folder / link).resolve().is_file()] == []


@pytest.mark.parametrize("language", languages.built())
def test_every_page_has_a_switch(site, language):
    for path in SITE.rglob("*.html"):
        found = soup(path.relative_to(SITE)).select(".language-switch")
        assert found, path
        assert all((path.parent / link["href"]).resolve().is_file() for link in found), path


def test_what_is_said_beside_sliders_is_listed_for_translators(site):
    assert json.loads(SLIDERS.read_text(encoding="utf-8")) == frames.said(), (
        "run `python -m docs.frames`, then `make translate`"
    )


@pytest.fixture
def page(browser, site):
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    opened.wrong = []
    opened.on("pageerror", lambda error: opened.wrong.append(str(error)))
    yield opened
    assert opened.wrong == []
    opened.close()


def test_the_switch_keeps_the_place(page, site):
    page.goto(f"{site}{CHAPTER}", wait_until="networkidle")
    page.locator("#nash-equilibrium").evaluate("e => e.scrollIntoView({ behavior: 'instant' })")
    page.locator(".language-switch:visible").first.click()
    page.wait_for_url(f"{site}zh/{CHAPTER}#*")
    page.wait_for_load_state("networkidle")
    shown = page.locator("#纳什均衡").bounding_box()
    assert abs(shown["y"]) < 200
    page.locator(".language-switch:visible").first.click()
    page.wait_for_url(f"{site}{CHAPTER}#*")
    assert abs(page.locator("#nash-equilibrium").bounding_box()["y"]) < 200


def test_the_switch_keeps_the_settings_of_the_playground(page, site):
    page.goto(f"{site}playground.html#mission=circle", wait_until="networkidle")
    page.locator(".language-switch:visible").first.click()
    page.wait_for_url(f"{site}zh/playground.html#*mission=circle*")


MISSIONS = ["stall", "collapse", "circle", "twosided", "wasserstein"]
SHOWN = """root => [...root.querySelectorAll('*')].flatMap(e => [
    ...[...e.childNodes].filter(n => n.nodeType === 3).map(n => n.data.trim()),
    ...['aria-label', 'title', 'aria-valuetext'].map(n => e.getAttribute(n) ?? '')
])"""
# Symbols, names and formulas.
LATIN = re.compile(
    r"^[\W\d_]*(?:[\w()*/+−^.-]+|Adam|SGD|Leaky ReLU|[DG]|JSD|Lim and Ye 2017)[\W\d]*$"
)


@pytest.mark.parametrize("mission", MISSIONS)
def test_the_playground_speaks_chinese(page, site, mission):
    page.goto(f"{site}zh/playground.html#mission={mission}", wait_until="networkidle")
    host = page.locator(".gan-game")
    page.wait_for_function("document.querySelector('.gan-game').shadowRoot?.querySelector('.play')")
    host.evaluate("host => host.shadowRoot.querySelector('.play').click()")
    page.wait_for_timeout(1500)
    host.evaluate("host => host.shadowRoot.querySelector('.play').click()")
    page.wait_for_timeout(300)
    shown = page.evaluate(f"({SHOWN})(document.querySelector('.gan-game').shadowRoot)")
    left = {text for text in shown if re.search("[A-Za-z]{3}", text) and not re.search(HAN, text)}
    assert {text for text in left if not LATIN.match(text)} == set()
    # A source of a loss has names; else no two words stand in a row.
    rest = {
        re.sub("（[^（）]*\\d{4}[^（）]*）", "", text) for text in shown if re.search(HAN, text)
    }
    assert {text for text in rest if re.search("[a-z]{3}:? [a-z]{3}", text)} == set()


@pytest.mark.parametrize("width", [375, 1280])
def test_a_page_shows_one_switch(page, site, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{site}zh/index.html", wait_until="networkidle")
    assert page.locator(".language-switch:visible").count() == len(languages.built())


@pytest.mark.parametrize("width", [375, 1280])
@every_page
def test_a_page_fits_and_has_no_serious_finding(page, site, language, name, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{site}{language}/{name}", wait_until="networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert serious_findings(page) == []


@pytest.mark.parametrize(("word", "found"), [("纳什均衡", "01_"), ("判别器", "01_")])
def test_search_finds_a_chinese_word(page, site, word, found):
    page.goto(f"{site}zh/index.html", wait_until="networkidle")
    page.get_by_role("searchbox").or_(page.locator("input[name=q]")).first.fill(word)
    page.keyboard.press("Enter")
    page.locator(f"#search-results li a[href*='{found}']").first.wait_for()
