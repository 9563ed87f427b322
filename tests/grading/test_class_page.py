"""What a teacher and the students get to read: the page of the class, and pages of feedback."""

import csv
import io
import re
import zipfile

from grading.book import class_page
from tests.grading.book.test_formgrader import formgrader
from tests.grading.small_course import NAME, RIGHT, read_table, run_grading, with_answers

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe

COPIED = """# Question 3: mean
def mean(values):
    table = {key: [value ** 2 + key for value in range(key)] for key in range(len(values))}
    noise = np.stack([np.full(3, sum(row) / (len(row) or 1)) for row in table.values()])
    scaled = np.where(noise > noise.mean(axis=0), noise - 3.25, noise / (1 + abs(noise)))
    return np.mean(values) + 0 * np.sum(np.nan_to_num(scaled)) * np.cos(np.size(noise) - 3.5)"""
ESSAY = "**Question 4 (written).** Why?\n\nIf a <b and c> d, then <i>why</i> not?"
# name, number -> answers; the last one's upload was cut. The number is also the day of January.
PEOPLE = {
    ("Ada Lovelace", 11): {"why": ESSAY},
    ("Bob Broken", 21): {"double": "# Question 2: double\ndef double(a): return a"},
    ("Zoë Ünal", 13): {"double": "# Question 2: double\ndef double(a): return a + 1",
                       "mean": COPIED},
    ("Dan Copy", 14): {"mean": COPIED.replace("noise", "x").replace("table", "t")},
    ("Eve Cut", 15): None,
}  # fmt: skip
ROSTER = "name,number,address\n" + "".join(f"{name},{n},\n" for name, n in PEOPLE)


@pytest.fixture(scope="module")
def graded(isolated, small, released, tmp_path_factory):
    """The folder of a class that came from Moodle, and what was printed."""
    folder = tmp_path_factory.mktemp("class")
    with zipfile.ZipFile(folder / "all.zip", "w") as archive:
        for (name, number), answers in PEOPLE.items():
            content = nbformat.writes(with_answers(released, **(answers or {}))).encode()
            path = f"{name}_{number}_assignsubmission_file_/{NAME}.ipynb"
            entry = zipfile.ZipInfo(path, (2026, 1, number, 10, 0, 0))
            archive.writestr(entry, content if answers is not None else content[:700])
    (folder / "roster.csv").write_text(ROSTER + "Fay Missing,16,fay@uni.example\n")
    done = run_grading(
        small, "grade", folder / "all.zip", "--out", folder / "out", "--roster",
        folder / "roster.csv", "--due", "2026-01-20", "--late", "10",
    )  # fmt: skip
    return folder / "out", done.stdout


@pytest.fixture(scope="module")
def shown(graded, browser):
    """The page of the class in a browser, which may ask nobody for anything."""
    page = browser.new_page(viewport={"width": 375, "height": 800})
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((graded[0] / "class.html").as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    yield page, asked
    page.close()


def section(page, title):
    """The text from one heading to the next."""
    text = page.inner_text("main")
    return re.split(r"\n(?=Who needs|What to|Points for|Question 4|Late|Who handed|Answers)",
                    text[text.index(f"\n{title}") + 1 :])[0]  # fmt: skip


def test_page_says_who_needs_a_look_who_is_missing_and_what_waits(graded, shown):
    assert "class.html" in graded[1]
    page, _ = shown
    assert "5 of 6 handed something in" in page.inner_text("main")
    look = section(page, "Who needs a look")
    assert "Eve Cut" in look and "the upload was cut short; ask for it again" in look
    assert "Fay Missing, 16, fay@uni.example" in section(page, "Who handed nothing in")
    essays = section(page, "Question 4 (written): 4 wait for you")
    assert "If a <b and c> d, then <i>why</i> not?" in essays  # as it was written
    assert "Because there is no reason against it." in essays  # the rubric


def test_page_names_mistakes_and_the_points_of_each_question(shown):
    page, _ = shown
    mistakes = section(page, "What to teach again")
    assert re.search(r"2\s+twice two is four", mistakes) and "Question 2: double: who" in mistakes
    assert "Bob Broken" in mistakes and "Zoë Ünal" in mistakes and "Ada" not in mistakes
    points = section(page, "Points for each question")
    assert re.search(r"Question 2: double\s+1 of 2\s+2 of 4", points)
    assert re.search(r"Question 1: add\s+2 of 2\s+0 of 4", points)
    (plot,) = page.locator("svg").all()
    assert "how many submissions have so many points" in plot.get_attribute("aria-label")
    assert "2: 0, 3: 0, 4: 2, 5: 0, 6: 2" in plot.get_attribute("aria-label")


def test_pair_that_is_alike_is_a_hint(graded, shown):
    page, _ = shown
    alike = section(page, "Answers that are alike")
    assert "Dan Copy and Zoë Ünal" in alike and "no proof of anything" in alike
    text = (graded[0] / "similar.csv").read_text(encoding="utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert {row["student"], row["other student"]} == {"Dan_Copy_14", "Zoë_Ünal_13"}


def test_page_asks_no_other_host_and_its_links_lead_somewhere(graded, shown):
    page, asked = shown
    assert [address for address in asked if not address.startswith("file:")] == []
    for link in page.locator("a").all():
        address = link.evaluate("one => one.href")
        if "#" in address and "class.html" in address:
            continue
        assert page.request is not None and address.startswith("file:")
        path = class_page.urllib.parse.unquote(address.removeprefix("file://").split("#")[0])
        assert path.startswith(str(graded[0])) and open(path).read(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("which", ["class.html", f"feedback/Bob_Broken_21/{NAME}/{NAME}.html"])
def test_pages_can_be_read_on_a_phone_and_in_the_dark(which, scheme, graded, browser):
    page = browser.new_page(viewport={"width": 375, "height": 800}, color_scheme=scheme)
    page.route("https://**", lambda route: route.abort())
    page.goto((graded[0] / which).as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.close()


def test_feedback_names_each_test_and_puts_the_message_first(graded, browser):
    page = browser.new_page()
    page.route("https://**", lambda route: route.abort())
    page.goto((graded[0] / f"feedback/Bob_Broken_21/{NAME}/{NAME}.html").as_uri())
    assert page.locator("ol li").all_inner_texts() == [
        "Question 1: add (2.0 / 2.0)", "Question 2: double (0.0 / 2.0)\ntwice two is four",
        "Question 3: mean (2.0 / 2.0)", "Question 4 (written) (waits for your teacher / 4.0)",
        "Late: 1.0 points off",
    ]  # fmt: skip
    test = page.locator("#test_double")
    assert test.inner_text().startswith("Test: Question 2: double")
    assert test.locator(".message").inner_text() == "twice two is four"
    assert not test.locator("details pre").is_visible()
    assert page.locator("#test_add .message").inner_text() == "Passed."
    page.close()


def test_late_points_come_off_in_the_table(graded):
    rows = read_table(graded[0])
    bob, ada = rows["Bob_Broken_21"], rows["Ada_Lovelace_11"]
    assert (bob["late"], bob["so far"], bob["total"]) == ("1.0", "3.0", "")
    assert "1 day late by the file's date, 2026-01-21 10:00: 1 point off" in bob["message"]
    assert (float(ada["late"]), ada["so far"]) == (0, "6.0")
    assert "adding: 1 late, 1 point off in all" in graded[1]
    assert "to grade by hand: 4" in graded[1]
    page = (graded[0] / "feedback" / "Bob_Broken_21" / NAME / f"{NAME}.html").read_text()
    assert "Score so far: 3.0 / 6.0; 4.0 more wait for your teacher" in page


def test_what_goes_back_has_moodles_names(graded, small):
    out, _ = graded
    printed = run_grading(small, "return", "--out", out).stdout
    assert "5 have no total yet" in printed and "1 handed nothing in" in printed
    with zipfile.ZipFile(out / "return" / NAME / "moodle_feedback.zip") as archive:
        names = archive.namelist()
    assert f"Zoë Ünal_13_assignsubmission_file_/{NAME}.html" in names and len(names) == 5


def test_return_before_any_grading_is_said_in_one_line(small, tmp_path):
    done = run_grading(small, "return", "--out", tmp_path / "out", check=False)
    assert done.returncode == 1 and done.stderr.count("\n") == 1
    assert "nothing was graded" in done.stderr and not (tmp_path / "out").exists()


def test_grading_by_hand_shows_the_rubric(graded, browser):
    out, _ = graded
    rubric = "Because there is no reason against it."
    pages = list((out / "feedback").rglob("*.html"))
    assert pages and not any(rubric in path.read_text() for path in pages)
    with formgrader(out) as address:
        page = browser.new_page()
        page.goto(f"{address}/gradebook/{NAME}/{NAME}")
        page.locator("#main-table a[href*='formgrader/submissions']").first.click()
        page.wait_for_selector("text=Rubric, which students do not see")
        assert rubric in page.inner_text("body") and RIGHT["add"].split("\n")[0] in page.content()
        page.close()
