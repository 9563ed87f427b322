"""Sphinx settings of the web site; `make site` prepares its pages and calls Sphinx.

Sphinx with MyST-NB reads the notebooks as they are, stored outputs included, and makes the
search index; Furo brings dark mode and narrow screens, and asks no other host for a font or a
script; MathJax is copied into the site. Jupyter Book adds a second program around the same
parts, and nbconvert has neither search nor contents.
"""

project = "Generative adversarial networks"
html_title = project
language = "en"

extensions = ["myst_nb", "sphinx-mathjax-offline"]
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 2
nb_execution_mode = "off"
exclude_patterns = ["README.md"]  # of which index.md includes parts

html_theme = "furo"
# The module is the package's: the notebooks embed the same file.
html_static_path = ["static", "../gan_helpers/assets/game.js"]
html_extra_path = ["../build/site-source/extra"]  # the pictures of the playgrounds
html_favicon = "static/favicon.svg"
html_css_files = ["site.css"]
html_js_files = [("site.js", {"defer": "defer"})]
html_use_index = False
html_copy_source = False
html_show_copyright = False
highlight_language = "none"  # of the README's blocks; cells say themselves that they are Python
# Both keep the contrast of WCAG AA, comments included.
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
