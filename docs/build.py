"""Build the web site into build/site/: notebooks, playgrounds, README, modules.

Sphinx reads prepared copies of the notebooks in build/site-source/, in which a playground has
become a picture for each position of its slider, chosen in the browser by static/site.js.
"""

import functools
import html
import json
import re
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

from docs import frames, languages
from tools import retarget
from tools.execution import NotebookError
from tools.files import rename
from tools.reading import read_notebook
from tools.translate import build
from tools.translate.catalogue import table
from tools.translate.sources import LANGUAGES

import nbformat
from sphinx.cmd.build import build_main

ROOT = Path(__file__).resolve().parent.parent
SITE = Path(__file__).resolve().parent
SOURCE = ROOT / "build" / "site-source"
BUILT = ROOT / "build" / "site"
UNFINISHED = ROOT / "build" / "site-unfinished"
# Badges are pictures that other hosts send; their links stay, in words.
BADGE = re.compile(r"\[!\[[^\]]*?(Colab|Binder|Kaggle)[^\]]*\]\([^)]*\)\]")
# The site has a switch of languages on each page instead.
OTHERS = re.compile(r"^\[.+\]\(README\.\w+\.md\)\n\n", re.MULTILINE)


def playground(folder: Path, place: str, ident: str, say: Callable[[str], str] = str) -> str:
    """HTML of a playground: a labelled slider, the picture, and the same in words.

    It shows the frame where the notebook starts the slider; static/site.js moves it.

    Args:
        folder: with frames.json and the pictures.
        place: address of the pictures, seen from the page.
        ident: unique in the page.
        say: gives its words in the language of the page.
    """
    found = json.loads((folder / "frames.json").read_text(encoding="utf-8"))
    for frame in found["frames"]:
        frame["words"] = say(frame["words"])
    found |= {name: say(found[name]) for name in ("hint", "shows")}
    start = found["frames"][found["start"]]
    width, height = found["size"]
    # "</" would end the script element that holds the frames.
    data = json.dumps({"place": place, "frames": found["frames"]}).replace("</", "<\\/")
    return f"""<figure class="playground">
<div class="playground-slider">
<label for="{ident}">{html.escape(found["hint"])}</label>
<input type="range" id="{ident}" min="0" max="{len(found["frames"]) - 1}" step="1"
 value="{found["start"]}" aria-valuetext="{html.escape(found["name"])} {start["value"]}" disabled>
<output for="{ident}">{html.escape(found["name"])} = {start["value"]}</output>
</div>
<img src="{place}/{found["start"]}.webp" width="{width}" height="{height}"
 alt="{html.escape(found["shows"])}" loading="lazy">
<figcaption><p role="status" aria-live="polite">{html.escape(start["words"])}</p></figcaption>
<noscript>Without JavaScript the slider does not move.</noscript>
<script type="application/json">{data}</script>
</figure>"""


def with_links_within(text: str, root: str, language: str = "en") -> str:
    """Markdown in which links to the published site lead to the pages of this one.

    Args:
        text: Markdown with links such as [words](https://owner.github.io/name/page.html#a=b).
        root: address of this site's first page, seen from the page of the text.
    """
    published = re.escape(retarget.site(retarget.address(ROOT)))
    # As HTML: Sphinx knows no page by this name, since it has yet to be written.
    link = re.compile(rf"\[([^\]]+)\]\({published}([^)\s]*)\)")

    def within(found: re.Match) -> str:
        document = found[2].partition(".html")[0]
        # What a language lacks is there in English, a folder further up.
        there = language == "en" or document in languages.pages(language)
        to = html.escape(f"{root if there else f'../{root}'}{found[2]}")
        return f'<a href="{to}">{found[1]}</a>'

    return link.sub(within, text)


def prepare(path: Path, language: str = "en") -> None:
    """Write a copy of a notebook for Sphinx, and the pictures of its playgrounds.

    In another language the pictures are those of the English page, with other words.
    """
    notebook, source = read_notebook(path), SOURCE
    up = "../"
    say: Callable[[str], str] = str
    if language != "en":
        words = table(language, path.stem)
        text = build.notebook(path, language, words, on_site=True)
        notebook, source = nbformat.reads(text, as_version=4), languages.tree(language)
        up, say = "../../", functools.partial(languages.say, language)
    try:
        found = frames.frames_of(path)
    except NotebookError as error:
        sys.exit(str(error))
    for index, folder in found.items():
        if language == "en":
            pictures = SOURCE / "extra" / "frames" / path.stem / str(index)
            shutil.copytree(folder, pictures, ignore=shutil.ignore_patterns("*.json"))
        place = f"{up}frames/{path.stem}/{index}"
        shown = playground(folder, place, f"slider-{index}", say)
        for output in notebook.cells[index].outputs:
            if "image/png" in output.get("data", {}):
                output.data, output.metadata = {"text/html": shown}, {}
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            if language != "en":
                cell.source = languages.page(path, language, cell.source)
            cell.source = with_links_within(cell.source, "../", language)
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                # MyST-NB takes width and height from the output, but not the description.
                alt = say(output.metadata["image/png"]["alt"])
                cell.metadata["mystnb"] = {"image": {"alt": alt}}
        # What JupyterLab folds is folded here too, such as set-up and the checks of exercises.
        folded = cell.metadata.get("jupyter", {})
        hidden = {"hide-input": "source_hidden", "hide-output": "outputs_hidden"}
        tags = [tag for tag, name in hidden.items() if folded.get(name)]
        if tags:
            cell.metadata["tags"] = ["hide-cell"] if len(tags) == 2 else tags
    (source / "notebooks").mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, source / "notebooks" / path.name)


def api_pages(folder: Path) -> None:
    """Write a page for each public module of gan_helpers, which Sphinx fills from docstrings."""
    folder.mkdir(parents=True)
    package = ROOT / "gan_helpers"
    for path in sorted(package.rglob("*.py")):
        if path.name.startswith("_"):
            continue
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        text = f"# {module}\n\n```{{eval-rst}}\n.. automodule:: {module}\n   :members:\n```\n"
        (folder / f"{module}.md").write_text(text, encoding="utf-8")


def sphinx(source: Path, target: Path, *options: str) -> int:
    """Let Sphinx build one language; returns its exit status. Any warning is an error."""
    doctrees = str(ROOT / "build" / "site-doctrees" / source.name)
    quietly = ["-W", "--keep-going", "-q", "-E", "-d", doctrees]
    return build_main(["-c", str(SITE), *quietly, *options, str(source), str(target)])


def translated(language: str) -> int:
    """Build the pages of a language into a folder of the site; returns Sphinx's exit status."""
    languages.write_pages(language)
    source = languages.tree(language)
    for path in source.rglob("*.md"):
        text = path.read_text(encoding="utf-8")
        root = "../" * len(path.relative_to(source).parent.parts)
        if path.name == "README.md" and path.parent == source:
            text = OTHERS.sub("", BADGE.sub(r"[\1]", text))
        path.write_text(with_links_within(text, root, language), encoding="utf-8")
    for path in languages.pages(language).values():
        if path.suffix == ".ipynb":
            prepare(path, language)
    own = f"language={LANGUAGES[language]['sphinx']}"
    title = languages.say(language, "Generative adversarial networks", "words")
    more = ["-D", own, "-D", f"html_title={title}", "-t", "translated"]
    return sphinx(source, UNFINISHED / language, *more)


def main() -> None:
    """Prepare all pages and let Sphinx build the site; any warning is an error."""
    start = time.perf_counter()
    for folder in (SOURCE, UNFINISHED, *map(languages.tree, LANGUAGES)):
        shutil.rmtree(folder, ignore_errors=True)
    for name in ("notebooks/assignments", "images", "benchmarks"):
        (SOURCE / name).mkdir(parents=True)
    readme = BADGE.sub(r"[\1]", (ROOT / "README.md").read_text(encoding="utf-8"))
    readme = with_links_within(OTHERS.sub("", readme), "")
    (SOURCE / "README.md").write_text(readme, encoding="utf-8")
    here = [SITE / f"{name}.md" for name in ("index", "modules", "playground", "generator")]
    for page in (*here, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"):
        shutil.copy(page, SOURCE)
    api_pages(SOURCE / "api")
    shutil.copy(ROOT / "images" / "digits.png", SOURCE / "images")
    for name in ("RESULTS.md", "time_to_quality.png"):
        shutil.copy(ROOT / "benchmarks" / name, SOURCE / "benchmarks")
    for name in ("notation.md", "field.md", "glossary.md", "distributed.md"):
        shutil.copy(ROOT / "notebooks" / name, SOURCE / "notebooks")
    for name in ("README.md", "syllabus.md"):
        place = Path("notebooks", "assignments", name)
        shutil.copy(ROOT / place, SOURCE / place)
    for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")):
        before = time.perf_counter()
        prepare(path)
        print(f"{path.stem:<40}{time.perf_counter() - before:6.1f} s", flush=True)
    failed = sphinx(SOURCE, UNFINISHED)
    for language in languages.built():
        failed = failed or translated(language)
    if failed:
        sys.exit(failed)
    languages.finish(UNFINISHED)
    shutil.rmtree(BUILT, ignore_errors=True)
    rename(UNFINISHED, BUILT)
    print(f"The site is in build/site/, after {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
