"""The editions in other languages: complete, up to date, and set as the language demands."""

import json
import re

from tools.translate import build
from tools.translate.catalogue import FOLDER, edition, load, problems, stale, state
from tools.translate.checks import HAN, catalogue_faults
from tools.translate.sources import LANGUAGE, ROOT, sources, target

import pytest

# Terms that have one meaning in the series, and so one translation.
TERMS = """generator; discriminator; optimizer; coverage; truncation; logit; latent vector;
finite difference; value function; zero-sum; Nash equilibrium; non-saturating loss;
label smoothing; one-sided label smoothing; cross-entropy; density ratio; batch normalisation;
transposed convolution; conditional GAN; Fréchet distance; Wasserstein distance;
gradient penalty; spectral normalisation; relativistic pairing; singular value; eigenvalue"""
EDITION = edition()
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "notebooks" / "glossary.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ")
]
GLOSSARY = {english: (chinese, chapter) for english, chinese, chapter in ROWS}
every_source = pytest.mark.parametrize("name", sources())
every_translation = pytest.mark.parametrize("name", EDITION)
every_file = pytest.mark.parametrize(
    "path",
    [path for source in EDITION.values() for path in source.paths if path.suffix == ".ipynb"],
    ids=lambda path: f"{path.parent.parent.name}-{path.stem}",
)


@every_source
def test_has_a_catalogue(name):
    # From here a translator starts: `make translate` makes it.
    assert (FOLDER / f"{name}.po").exists()
    assert state(name) in ("pending", "complete")


@pytest.mark.xfail(strict=True, reason="once all are complete, this line must go")
def test_every_catalogue_is_complete():
    assert [name for name in sources() if name not in EDITION] == []


def test_no_catalogue_is_left_over():
    assert {path.stem for path in FOLDER.glob("*.po")} - set(sources()) == set()


@every_translation
def test_every_message_is_translated(name):
    catalogue = load(name)
    assert stale(catalogue, sources()[name]) + problems(catalogue) == []


@every_source
def test_translations_keep_what_they_must_and_are_well_set(name):
    assert catalogue_faults(load(name)) == []


@every_translation
def test_files_are_those_that_the_catalogues_make(name):
    for path, text in build.outputs(EDITION[name]).items():
        assert path.exists() and path.read_text(encoding="utf-8") == text, (
            f"{path.relative_to(ROOT)} is stale: run `make translate`"
        )


def test_no_file_is_left_over():
    made = {target(path) for source in EDITION.values() for path in source.paths}
    assert set((ROOT / "notebooks" / LANGUAGE).rglob("*.*")) - made == set()


@every_file
def test_code_cells_outputs_and_ids_are_those_of_the_english_edition(path):
    assert build.code_of(target(path)) == build.code_of(path)


@every_file
def test_every_cell_with_words_has_han_in_it(path):
    ours, theirs = (
        json.loads(file.read_text(encoding="utf-8"))["cells"] for file in (path, target(path))
    )
    for mine, cell in zip(ours, theirs, strict=True):
        if cell["cell_type"] == "markdown":
            assert re.search(HAN, "".join(cell["source"])), mine["id"]


@every_file
def test_every_link_leads_to_a_file(path):
    for cell in build.linked(target(path)):
        assert cell.exists(), f"{target(path).relative_to(ROOT)}: {cell}"


def test_the_glossary_has_each_term_once():
    assert len(GLOSSARY) == len(ROWS)
    assert {term.strip() for term in TERMS.split(";")} - set(GLOSSARY) == set()


@every_translation
def test_terms_are_those_of_the_glossary(name):
    catalogue = [entry for entry in load(name) if not entry.obsolete]
    english = " ".join(entry.msgid for entry in catalogue).lower()
    chinese = " ".join(entry.msgstr for entry in catalogue)
    for term in map(str.strip, TERMS.split(";")):
        word, chapter = GLOSSARY[term]
        if re.search(rf"\b{term.lower()}", english):
            assert word in chinese, f"{name}: {term} is {word}"
            # Where it is introduced, the reader meets the English word once.
            if name.startswith(chapter):
                assert term.lower() in chinese.lower(), f"{name}: {word} ({term}) at first use"
