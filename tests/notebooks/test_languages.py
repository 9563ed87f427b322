"""The editions in other languages: complete, up to date, and set as the language demands."""

import json
import re

from tools.translate import build
from tools.translate.catalogue import edition, load, path_of, problems, stale, state
from tools.translate.checks import HAN, catalogue_faults
from tools.translate.sources import LANGUAGES, LOCALE, ROOT, sources, target

import pytest

# Terms that have one meaning in the series, and so one translation.
TERMS = """generator; discriminator; optimizer; coverage; truncation; logit; latent vector;
finite difference; value function; zero-sum; Nash equilibrium; non-saturating loss;
label smoothing; one-sided label smoothing; cross-entropy; density ratio; batch normalisation;
transposed convolution; conditional GAN; Fréchet distance; Wasserstein distance;
gradient penalty; spectral normalisation; relativistic pairing; singular value; eigenvalue"""
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "notebooks" / "glossary.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ")
]
GLOSSARY = {english: (chinese, chapter) for english, chinese, chapter in ROWS}
EDITIONS = {language: edition(language) for language in LANGUAGES}
TRANSLATIONS = [(language, name) for language, there in EDITIONS.items() for name in there]
every_catalogue = pytest.mark.parametrize(
    ("language", "name"), [(language, name) for language in LANGUAGES for name in sources()]
)
every_translation = pytest.mark.parametrize(("language", "name"), TRANSLATIONS)
every_notebook = pytest.mark.parametrize(
    ("language", "path"),
    [
        (language, path)
        for language, name in TRANSLATIONS
        for path in sources()[name].paths
        if path.suffix == ".ipynb"
    ],
    ids=lambda value: value if isinstance(value, str) else f"{value.parts[-3]}-{value.stem}",
)


def cells(path):
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


@every_catalogue
def test_has_a_catalogue(language, name):
    assert path_of(language, name).exists(), "`make translate` makes it; a translator starts there"
    assert state(language, name) in ("pending", "complete")


def test_every_catalogue_is_complete():
    assert [
        (language, name)
        for language in LANGUAGES
        for name in sources()
        if name not in EDITIONS[language]
    ] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_catalogue_and_no_file_is_left_over(language):
    assert {path.stem for path in (LOCALE / language).glob("*.po")} - set(sources()) == set()
    made = {target(path, language) for name in EDITIONS[language] for path in sources()[name].paths}
    folder = ROOT / "notebooks" / language
    there = {path for ending in ("ipynb", "md") for path in folder.rglob(f"*.{ending}")}
    assert {path for path in there if ".ipynb_checkpoints" not in path.parts} - made == set()


@every_translation
def test_every_message_is_translated(language, name):
    catalogue = load(language, name)
    left = [*stale(catalogue, sources()[name]), *problems(catalogue)]
    assert not left, "\n".join(left)


@every_catalogue
def test_translations_keep_what_they_must_and_are_well_set(language, name):
    found = catalogue_faults(load(language, name), language)
    assert not found, "\n".join(found)


@every_translation
def test_files_are_those_that_the_catalogues_make(language, name):
    for path, text in build.outputs(sources()[name], language).items():
        fresh = path.exists() and path.read_text(encoding="utf-8") == text
        assert fresh, f"{path.relative_to(ROOT)} is stale: run `make translate`"


@every_notebook
def test_code_cells_outputs_and_ids_are_those_of_the_english_edition(language, path):
    ours, theirs = build.code_of(path), build.code_of(target(path, language))
    assert len(ours) == len(theirs)
    for mine, other in zip(ours, theirs, strict=True):
        assert mine == other, f"{target(path, language)}: {json.loads(mine).get('id')}"


@every_notebook
def test_every_cell_with_words_is_in_the_language(language, path):
    for cell in cells(target(path, language)):
        if cell["cell_type"] == "markdown" and language == "zh":
            assert re.search(HAN, "".join(cell["source"])), cell["id"]


@every_translation
def test_every_link_leads_to_a_file(language, name):
    for path in sources()[name].paths:
        if not path.is_relative_to(ROOT / "docs"):
            lost = [to for to in build.linked(target(path, language)) if not to.exists()]
            assert lost == [], target(path, language)


def test_the_glossary_has_each_term_once():
    assert len(GLOSSARY) == len(ROWS)
    assert {term.strip() for term in TERMS.split(";")} - set(GLOSSARY) == set()


@every_translation
def test_terms_are_those_of_the_glossary(language, name):
    if language != "zh":
        pytest.skip("the glossary has no column for it")
    catalogue = [entry for entry in load(language, name) if not entry.obsolete]
    english = " ".join(entry.msgid for entry in catalogue).lower()
    chinese = " ".join(entry.msgstr for entry in catalogue)
    for term in map(str.strip, TERMS.split(";")):
        word, chapter = GLOSSARY[term]
        if re.search(rf"\b{term.lower()}", english):
            assert word in chinese, f"{name}: {term} is {word}"
            # Where it is introduced, the reader meets the English word once.
            if name.startswith(chapter):
                assert term.lower() in chinese.lower(), f"{name}: {word} ({term}) at first use"
