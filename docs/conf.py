"""Sphinx settings of the web site; `make site` prepares its pages and calls Sphinx.

Sphinx with MyST-NB reads the notebooks as they are, stored outputs included, and makes the
search index; Furo brings dark mode and narrow screens, and asks no other host for a font or a
script; MathJax is copied into the site. Jupyter Book adds a second program around the same
parts, and nbconvert has neither search nor contents.
"""

import logging
import re
from pathlib import Path

import gan_helpers  # noqa: F401  first: it keeps TensorFlow's start-up log out

import jieba

jieba.setLogLevel(logging.WARNING)  # else it tells at length that it has read its dictionary
# The field's terms, which its dictionary lacks: the search would find only parts of them.
GLOSSARY = Path(__file__).resolve().parent.parent / "notebooks" / "glossary.md"
for term in re.findall(r"[\u4e00-\u9fff]{2,}", GLOSSARY.read_text(encoding="utf-8")):
    jieba.add_word(term)
project = "Generative adversarial networks"
html_title = project
language = "en"

extensions = ["myst_nb", "sphinx-mathjax-offline", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
nb_execution_mode = "off"
exclude_patterns = ["README.md"]  # of which index.md includes parts

# The pages of the modules: the docstrings are in Google's style, code in single backticks.
default_role = "code"
autodoc_member_order = "bysource"
autodoc_typehints = "none"
napoleon_use_ivar = True

html_theme = "furo"
# The module is the package's: the notebooks embed the same file.
html_static_path = ["static", "../gan_helpers/assets/game.js"]
# The pictures of the playgrounds; another language shows the same ones.
html_extra_path = [] if tags.has("translated") else ["../build/site-source/extra"]  # type: ignore  # noqa: F821
html_favicon = "static/favicon.svg"
html_css_files = ["site.css"]
html_js_files = [("site.js", {"defer": "defer"})]
html_use_index = False
html_domain_indices = False
html_copy_source = False
html_show_copyright = False
highlight_language = "none"  # of the README's blocks; cells say themselves that they are Python
# Both keep the contrast of WCAG AA, comments included.
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"


CODE_OR_SIGN = re.compile(r"(`[^`]*`)|([*|])")


def as_plain_text(app, what, name, obj, options, lines):
    """Docstrings are plain text but for `code`: |x| and 2 * x mean nothing else."""
    for number, line in enumerate(lines):
        if not line.lstrip().startswith((">>>", "...")):
            lines[number] = CODE_OR_SIGN.sub(lambda found: found[1] or "\\" + found[2], line)


def is_foreign(app, what, name, obj, skip, options):
    """Leave out what a class has from a library, such as matplotlib's Figure.set."""
    module = getattr(obj, "__module__", None)
    return True if callable(obj) and not str(module).startswith("gan_helpers") else None


def setup(app):
    """Called by Sphinx. Napoleon, at priority 500, then finds the sections of the docstrings."""
    app.connect("autodoc-process-docstring", as_plain_text, priority=400)
    app.connect("autodoc-skip-member", is_foreign)
