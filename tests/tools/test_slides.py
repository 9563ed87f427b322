"""Slides: what is on them, and that a browser shows each whole and alone."""

from tests.docs.browsing import ROOT, SOURCES, serious_findings, served
from tools import slides

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

# How high the content of each slide is, and how large its picture; the steps of a reader's keys.
LOOK = """() => {
  const seen = [];
  for (let n = Reveal.getTotalSlides(); n > 0; n -= 1) {
    const slide = Reveal.getCurrentSlide(), pictures = [...slide.querySelectorAll("img.picture")];
    seen.push({
      title: slide.innerText.slice(0, 60), height: slide.scrollHeight, width: slide.scrollWidth,
      pictures: pictures.map((img) => [img.alt, img.offsetWidth, img.offsetHeight]),
    });
    Reveal.next();
  }
  return seen;
}"""


def drawn(alt):
    shown = {"image/png": {"alt": alt}}
    return new_output("display_data", data={"image/png": "QUJD"}, metadata=shown)


def printed(text):
    return new_output("stream", name="stdout", text=text)


def deck(*cells):
    return slides.Deck(new_notebook(cells=list(cells))).slides


def test_a_heading_a_prediction_and_a_second_picture_begin_a_slide():
    text = "# One\n\nFirst. More.\n\n## Two\n\nSaid.\n\n**Predict:** which? Why?"
    first, second = (new_code_cell("f()", outputs=[drawn(alt)]) for alt in "ab")
    found = deck(new_markdown_cell(text), first, second)
    assert [(slide.heading, slide.begins) for slide in found] == [
        ("One", True), ("Two", True), ("Two", False), ("Two", False),
    ]  # fmt: skip
    assert [[cell.source for cell in slide.cells] for slide in found] == [
        ["First."], ["Said."], ["**Predict:** which? Why?", "f()"], ["f()"],
    ]  # fmt: skip
    assert found[0].notes == ["First. More."]


def test_what_does_not_fit_goes_to_the_next_slide():
    text = "# One\n\n" + "\n\n".join(f"Word {n} is here." for n in range(40))
    found = deck(new_markdown_cell(text))
    assert len(found) > 2 and max(slide.lines for slide in found) <= slides.ROOM
    assert sum(len(slide.cells) for slide in found) == 40


def test_answers_and_set_up_are_not_shown():
    answer = "1. What?\n\n<details><summary>Answer</summary>\n\nForty-two.\n\n</details>"
    hidden = {"jupyter": {"source_hidden": True, "outputs_hidden": True}}
    (only,) = deck(
        new_markdown_cell("# One\n\n[Open in Colab](https://x.example)"),
        new_code_cell("import sys", metadata={"jupyter": {"source_hidden": True}}),
        new_code_cell("check()", metadata=hidden, outputs=[printed("42")]),
        new_markdown_cell(answer),
    )
    assert [cell.source for cell in only.cells] == ["1. What?"]
    assert any("Forty-two" in note for note in only.notes)
    assert not any("Colab" in note for note in only.notes)


def test_a_sentence_is_not_cut_within_a_formula_or_bold_words():
    assert slides.shown("It is $a. B$ here. More.") == "It is $a. B$ here."
    assert slides.shown("See [two](02_b.ipynb#x) and [terms](n.md). More.") == (
        "See [two](02_b.html) and terms."
    )


@pytest.fixture(scope="module")
def address():
    slides.make(ROOT, [])
    with served(ROOT / "build" / "slides") as at:
        yield at


@pytest.fixture
def opened(browser, address):
    """Function that opens slides; at the end no error and no other host may have been met."""
    page, wrong = browser.new_page(viewport={"width": 1200, "height": 720}), []
    page.on("pageerror", lambda error: wrong.append(f"uncaught: {error}"))
    page.on("console", lambda line: line.type in ("error", "warning") and wrong.append(line.text))
    page.on(
        "request",
        lambda asked: asked.url.startswith((address, "data:", "blob:")) or wrong.append(asked.url),
    )

    def open_slides(name):
        page.goto(address + name)
        page.wait_for_function("Reveal.isReady()")
        page.evaluate("MathJax.startup.promise.then(() => true)")
        return page

    yield open_slides
    page.close()
    assert wrong == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_every_slide_is_whole_and_its_picture_readable(opened, path):
    page = opened(f"{path.stem}.html")
    seen = page.evaluate(LOOK)
    assert [slide for slide in seen if slide["height"] > 720 or slide["width"] > 1200] == []
    found = [picture for slide in seen for picture in slide["pictures"]]
    assert [picture for picture in found if picture[1] < 700 and picture[2] < 280] == []
    cells = [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
    kept = [out for cell in cells if slides.is_shown(cell) for out in slides.output_of(cell)]
    alts = [out.metadata["image/png"]["alt"] for out in kept if "data" in out]
    assert [alt for alt, *_ in found] == alts and all(alts)


def test_slides_are_readable_for_everyone(opened):
    page = opened(f"{SOURCES[1].stem}.html#/3")
    page.locator("section.present details.code summary").first.click()
    assert serious_findings(page) == []


def test_formulas_are_drawn_and_the_contents_lead_to_each_chapter(opened, browser, address):
    page = opened(f"{SOURCES[1].stem}.html")
    assert page.locator("mjx-container svg").count() > 0
    assert page.locator("mjx-merror").count() == 0
    contents = browser.new_page()
    contents.goto(f"{address}index.html")
    links = contents.locator("li a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    contents.close()
    assert links == [f"{path.stem}.html" for path in SOURCES]
