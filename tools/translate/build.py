"""Make the files of another language: English cells and addresses, translated words."""

import json
import os
import re
from functools import cache
from pathlib import Path

from tools.files import write_whole
from tools.translate.blocks import CODE, headings, replaced
from tools.translate.catalogue import edition, table
from tools.translate.sources import (
    LANGUAGES,
    ROOT,
    Source,
    addresses,
    anchors,
    markdown,
    named,
    slug,
    target,
)

import nbformat
from nbgrader.utils import compute_checksum

LINK = re.compile(rf"{CODE.pattern}|(?P<before>\]\(|href=\"|src=\")(?P<to>[^)\"\s]+)")


def translated(
    text: str, path: Path, language: str, words: dict[str, str], on_site: bool = False
) -> str:
    """A text of the English file at `path` in this language, links included.

    A message without a translation stays in English.

    Args:
        text: Markdown.
        path: the English file that it comes from.
        language: folder of the language in locale/.
        words: message -> translation.
        on_site: for a page of the site, whose folders are those of the English one.
    """
    own = path.relative_to(ROOT).as_posix()
    text = replaced(named(text, own), lambda message: words.get(message, message))
    text = text.replace("{self}", target(path, language).relative_to(ROOT).as_posix())
    text = LINK.sub(lambda found: _moved(found, path, language, on_site), text)
    for name, start in addresses().items():
        text = text.replace(name, start)
    return text


@cache
def _editions(language: str) -> dict[Path, str]:
    """English file -> name of its catalogue, of all that exist in this language."""
    return {path: name for name, source in edition(language).items() for path in source.paths}


def _moved(found: re.Match, path: Path, language: str, on_site: bool) -> str:
    """A link as it must be in the translation of the file at `path`."""
    if found["to"] is None:
        return found[0]
    start = re.match(r"\{\w+\}", found["to"])
    address, sign, anchor = found["to"][start.end() if start else 0 :].partition("#")
    if start and start[0] == "{site}":
        page = ROOT / "docs" / Path(address).with_suffix(".md")
        folder = f"{language}/" if page in _editions(language) and not on_site else ""
        return f"{found['before']}{{site}}{folder}{address}{sign}{anchor}"
    if start or re.match(r"[a-z]+:|$", address):
        to = ROOT / address
        if start and to in _editions(language):
            address = target(to, language).relative_to(ROOT).as_posix()
        if not address and anchor:
            anchor = _anchor(path, anchor, language)
        return f"{found['before']}{start[0] if start else ''}{address}{sign}{anchor}"
    at = path
    if path.is_relative_to(ROOT / "docs"):  # the pages of docs/ are at the top of the site
        at = ROOT / path.name
    to = Path(os.path.normpath(at.parent / address))
    if to.parent == ROOT and (ROOT / "docs" / to.name).exists():
        to = ROOT / "docs" / to.name
    if to in _editions(language):
        anchor, to = _anchor(to, anchor, language), target(to, language)
    if on_site or at != path:
        return f"{found['before']}{address}{sign}{anchor}"
    moved = os.path.relpath(to, target(path, language).parent)
    return f"{found['before']}{moved}{sign}{anchor}"


@cache
def _anchors(path: Path, language: str) -> dict[str, str]:
    """Anchor of each heading -> that of the same heading in the translation."""
    words = table(language, _editions(language)[path])
    own = path.relative_to(ROOT).as_posix()
    texts = [replaced(named(text, own), lambda m: words.get(m, m)) for _, text in markdown(path)]
    ours = [slug(title) for text in texts for title in headings(text)]
    return dict(zip(anchors(path), ours, strict=True))


def _anchor(path: Path, anchor: str, language: str) -> str:
    return _anchors(path, language).get(anchor, anchor) if path in _editions(language) else anchor


def notebook(path: Path, language: str, words: dict[str, str], on_site: bool = False) -> str:
    """The translated notebook, as text; code cells, outputs and ids are those of the English."""
    found = nbformat.read(path, as_version=4)
    for cell in found.cells:
        if cell.cell_type != "markdown":
            continue
        cell.source = translated(cell.source, path, language, words, on_site)
        if "checksum" in cell.metadata.get("nbgrader", {}):
            cell.metadata.nbgrader["checksum"] = compute_checksum(cell)
    return nbformat.writes(found).rstrip("\n") + "\n"


def made(path: Path, language: str, words: dict[str, str]) -> str:
    """The translation of an English notebook or page, as text."""
    if path.suffix == ".ipynb":
        return notebook(path, language, words)
    text = translated(path.read_text(encoding="utf-8"), path, language, words)
    # The link to the translation becomes one to the English text.
    here = f"[{LANGUAGES[language]['name']}]({target(path, language).name})"
    return text.replace(here, f"[English]({path.name})")


def outputs(source: Source, language: str) -> dict[Path, str]:
    """File -> its content, of the files in this language that are kept in the repository."""
    words = table(language, source.name)
    if source.name == "messages":  # gan_helpers.messages reads them as the tests run
        path = ROOT / "gan_helpers" / "assets" / f"messages.{language}.json"
        return {path: json.dumps(words, indent=1, ensure_ascii=False) + "\n"}
    return {
        target(path, language): made(path, language, words)
        for path in source.paths
        if not path.is_relative_to(ROOT / "docs")
    }


def write(source: Source, language: str) -> list[Path]:
    """Write what `outputs` gives; returns the files that changed."""
    changed = []
    for path, text in outputs(source, language).items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            write_whole(path, text)
            changed.append(path)
    return changed


def code_of(path: Path) -> list[str]:
    """All of a notebook but the words of its Markdown: a text a cell, and one of the rest."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cells = notebook.pop("cells")
    for cell in cells:
        if cell["cell_type"] == "markdown":
            cell["source"] = []
            cell["metadata"].get("nbgrader", {}).pop("checksum", None)
    return [json.dumps(part, ensure_ascii=False) for part in (*cells, notebook)]


def linked(path: Path) -> list[Path]:
    """The files of the project that the Markdown of a file links to."""
    found = []
    for _, text in markdown(path):
        for match in LINK.finditer(text):
            if match["to"] and not re.match(r"[a-z]+:|#", match["to"]):
                found.append(Path(os.path.normpath(path.parent / match["to"].partition("#")[0])))
    return found
