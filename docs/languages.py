"""The site in other languages: its pages from the catalogues, and a switch on every page."""

import functools
import html
import json
import os
import re
import shutil
from pathlib import Path

from tools import retarget
from tools.translate import build, catalogue
from tools.translate.sources import LANGUAGES, NUMBER, ROOT, masked

# Read once: a build asks for them on every page.
edition = functools.cache(catalogue.edition)
table = functools.cache(catalogue.table)
TREE = ROOT / "build"
ENGLISH = {"short": "English", "tag": "en"}
# Where the switch stays in sight: in the header of narrow pages, above the search of wide ones.
BEFORE = '<div class="theme-toggle-container', '<form class="sidebar-search-container'
# A link in Markdown to a page of the site, and the same as HTML where Sphinx does not know it.
PAGE = re.compile(r"(?<!!)\[([^\]]+)\]\(([\w./-]+)\.(?:md|ipynb)(#[^)\s]*)?\)")
# The site has a switch of languages on each page instead.
OTHERS = re.compile(r"^\[.+\]\(README\.\w+\.md\)\n\n", re.MULTILINE)
# Code and its outputs stay as they are; so do scripts and styles.
CODE = re.compile(r"<(pre|code|script|style)\b.*?</\1>", re.DOTALL)
# A paragraph in italics as a whole, as under a picture: no word of it is emphasised.
CAPTION = re.compile(r"<p>(?=<em>(?:(?!</?em>|</p>).)*</em></p>)", re.DOTALL)
HREF = re.compile(r'(?<=href=")([\w./-]+)\.html')


@functools.cache
def built() -> list[str]:
    """The languages that have a site: those whose front page is translated."""
    return [name for name in LANGUAGES if {"README", "index"} <= set(edition(name))]


def tree(language: str) -> Path:
    """Where Sphinx finds the pages of a language."""
    return TREE / f"site-source-{language}"


@functools.cache
def pages(language: str) -> dict[str, Path]:
    """Document on the site, such as notebooks/notation -> the English file; without assignments."""
    found = {}
    for source in edition(language).values():
        for path in source.paths:
            relative = path.relative_to(ROOT)
            if relative.parts[0] == "docs":
                relative = Path(relative.name)
            if not (path.suffix == ".ipynb" and "assignments" in relative.parts):
                found[relative.with_suffix("").as_posix()] = path
    return found


def say(language: str, text: str, name: str = "pictures") -> str:
    """A text of code or of the site in this language; in English where it is not translated."""
    numbers = NUMBER.findall(text)
    words = table(language, name) if name in edition(language) else {}
    said = words.get(text) or words.get(masked(text))
    return re.sub(r"\{(\d+)\}", lambda at: numbers[int(at[1])], said) if said else text


def page(path: Path, language: str, text: str) -> str:
    """A page, or a cell, whose words are already translated: its links to what stays English."""
    document = next(name for name, file in pages(language).items() if file == path)
    up = "../" * document.count("/")

    def english(link: str) -> str | None:
        """Address of the English page, from here; None if there is one in the language."""
        name = os.path.normpath(Path(document).parent / link)
        return None if name in pages(language) else f"{up}../{name}.html"

    def moved(found: re.Match) -> str:
        if (to := english(found[2])) is None:
            return found[0]
        return f'<a href="{to}{found[3] or ""}">{found[1]}</a>'

    text = HREF.sub(lambda found: english(found[1]) or found[0], text)
    return PAGE.sub(moved, text)


def write_pages(language: str) -> None:
    """Write the pages of a language that are no notebooks, as Sphinx reads them."""
    for document, path in pages(language).items():
        if path.suffix == ".ipynb":
            continue
        words = table(language, edition_of(path, language))
        text = path.read_text(encoding="utf-8")
        text = build.translated(text, path, language, words, on_site=True)
        if document == "index":
            text = _front(text, language)
        to = tree(language) / f"{document}.md"
        to.parent.mkdir(parents=True, exist_ok=True)
        text = page(path, language, OTHERS.sub("", text))
        to.write_text(text, encoding="utf-8")
    (tree(language) / "images").mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "images" / "digits.png", tree(language) / "images")


def edition_of(path: Path, language: str) -> str:
    """The name of the catalogue of an English file."""
    return next(name for name, source in edition(language).items() if path in source.paths)


def _front(text: str, language: str) -> str:
    """The front page: it includes parts of README, and lists the pages that there are."""
    words = table(language, "README")
    text = re.sub(r'(?<="## )[^"]+', lambda found: words.get(found[0], found[0]), text)
    listed = set(pages(language))

    def there(line: str) -> bool:
        return not re.fullmatch(r"[\w/]+", line) or line in listed

    head, sign, toctree = text.partition("```{toctree}")
    return head + sign + "\n".join(filter(there, toctree.split("\n")))


def finish(site: Path) -> None:
    """Give each page of the finished site its switch, and its own words their language."""
    languages = ["en", *built()]
    for path in sorted(site.rglob("*.html")):
        own = next((name for name in built() if path.is_relative_to(site / name)), "en")
        document = path.relative_to(site / own if own != "en" else site)
        text = path.read_text(encoding="utf-8")
        if own != "en":
            text = _with_words(text, own)
        if len(languages) > 1:
            text = _with_switch(text, own, document, site)
        path.write_text(text, encoding="utf-8")


def _with_switch(text: str, own: str, document: Path, site: Path) -> str:
    """The page with links to itself in the other languages, for readers and search engines."""
    published = retarget.site(retarget.address(ROOT))
    up = "../" * (len(document.parts) - 1 + (own != "en"))
    switch, alternates = "", ""
    for name in ["en", *built()]:
        about = LANGUAGES.get(name, ENGLISH)
        folder = "" if name == "en" else f"{name}/"
        there = (site / folder / document).exists()
        to = f"{folder}{document.as_posix() if there else 'index.html'}"
        if there:
            address = f"{published}{to}"
            alternates += f'<link rel="alternate" hreflang="{about["tag"]}" href="{address}">\n'
        if name != own:
            switch += (
                f'<a class="language-switch" href="{up}{to}" lang="{about["tag"]}" '
                f'hreflang="{about["tag"]}">{about["short"]}</a>'
            )
    text = text.replace("</head>", f"{alternates}</head>", 1)
    for place in BEFORE:
        text = text.replace(place, switch + place, 1)
    return text


def _with_words(text: str, language: str) -> str:
    """The page with the words of the theme, of myst-nb and of the scripts in its language."""
    about, words = LANGUAGES[language], table(language, "words")
    code = [found[0] for found in CODE.finditer(text)]
    kept = iter(range(len(code)))
    text = CODE.sub(lambda _: f"<!--code {next(kept)}-->", text)
    text = CAPTION.sub('<p class="caption-of-picture">', text)
    text = text.replace(f'lang="{about["sphinx"].replace("_", "-")}"', f'lang="{about["tag"]}"', 1)
    for message, said in words.items():
        if "{" in message:
            continue
        plain = html.escape(message, quote=False)
        text = re.sub(rf"(?<=>)(\s*){re.escape(plain)}(?=\s*<)", rf"\g<1>{said}", text)
        for name in ("aria-label", "title", "placeholder"):
            text = text.replace(f'{name}="{html.escape(message)}"', f'{name}="{said}"')
    toggle = words.get("Toggle navigation of {name}", "{name}")
    text = re.sub(
        r"Toggle navigation of ([^<\"]+)", lambda found: toggle.replace("{name}", found[1]), text
    )
    text = re.sub(r"<!--code (\d+)-->", lambda found: code[int(found[1])], text)
    if "gan-game" in text or "gan-digits" in text:
        root = text.partition('data-content_root="')[2].partition('"')[0]
        data = json.dumps(words, ensure_ascii=False).replace("</", "<\\/")
        text = text.replace(
            "</head>",
            f'<script type="application/json" id="gan-words">{data}</script>\n'
            f'<script defer src="{root}_static/language.js"></script>\n</head>',
            1,
        )
    return text
