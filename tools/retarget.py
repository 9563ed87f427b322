"""Point every badge, set-up cell and link to another repository, for example your fork.

The address stands in pyproject.toml, as Repository; everything else is rewritten to follow it,
links to the web site on GitHub Pages included:
python -m tools.retarget OWNER/NAME
"""

import argparse
import re
import sys
from pathlib import Path

from tools.files import write_whole

ROOT = Path(__file__).resolve().parent.parent
NAME = re.compile(r"[A-Za-z0-9](?:[\w.-]*\w)?/[\w.-]*\w")


def address(root: Path) -> str:
    """OWNER/NAME of the repository, as pyproject.toml has it.

    Raises:
        ValueError: pyproject.toml has no Repository on GitHub.
    """
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    found = re.search(r'^Repository = "https://github\.com/([^"]+)"$', text, re.MULTILINE)
    if found is None:
        raise ValueError('pyproject.toml must hold: Repository = "https://github.com/OWNER/NAME"')
    return found[1]


def site(repository: str) -> str:
    """Address of the web site that GitHub Pages makes of the repository OWNER/NAME.

    >>> site("my-name/gan-notebooks")
    'https://my-name.github.io/gan-notebooks/'
    """
    owner, name = repository.split("/")
    return f"https://{owner}.github.io/{name}/"


def files(root: Path) -> list[Path]:
    """The files that name the repository."""
    notebooks = root / "notebooks"
    assignments = sorted(notebooks.glob("assignments/*/*/*.ipynb"))
    words = [root / "README.md", root / "CITATION.cff"]
    # `make retarget` then makes the files of the other languages from these.
    return [*words, *sorted(notebooks.glob("*.ipynb")), *assignments, root / "pyproject.toml"]


def check_name(repository: str) -> None:
    """Refuse what is not OWNER/NAME.

    Raises:
        ValueError: it is not.
    """
    if not NAME.fullmatch(repository):
        expected = "REPO must be OWNER/NAME, as in my-name/gan-notebooks"
        raise ValueError(f"{expected}, got {repository!r}")


def retarget(root: Path, new: str) -> list[Path]:
    """Write the new address in the place of the old one; returns the files that changed.

    pyproject.toml comes last, so that a run that was cut short can be repeated.

    Raises:
        ValueError: `new` is not OWNER/NAME, or as in `address`.
    """
    check_name(new)
    old, changed = address(root), []
    for path in files(root):
        text = path.read_text(encoding="utf-8")
        # The old name must not be a part of a longer one.
        rewritten = re.sub(rf"(?<![\w.-]){re.escape(old)}(?![\w-]|\.\w)", new, text)
        rewritten = rewritten.replace(site(old), site(new))
        if rewritten != text:
            write_whole(path, rewritten)
            changed.append(path)
    return changed


def main() -> None:
    """Read the command line, and rewrite."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("repository", help="OWNER/NAME on GitHub")
    parser.add_argument("--root", type=Path, default=ROOT, help="the project (default: this one)")
    arguments = parser.parse_args()
    try:
        changed = retarget(arguments.root.resolve(), arguments.repository)
    except ValueError as error:
        sys.exit(str(error))
    for path in changed:
        print(f"rewrote {path.relative_to(arguments.root.resolve())}")
    if not changed:
        print(f"Nothing to do: everything points to {arguments.repository}")


if __name__ == "__main__":
    main()
