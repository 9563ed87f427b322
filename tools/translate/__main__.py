"""Renew the catalogues in locale/, and the files of the other language that are made from them.

python -m tools.translate                  renew all
python -m tools.translate NAME...          renew these, and list what is left to do and wrong
python -m tools.translate --complete NAME  the same, and make it a part of the edition if it is done
"""

import argparse
import sys

from tools.translate import build
from tools.translate.catalogue import (
    COMPLETE,
    edition,
    load,
    memory,
    problems,
    renewed,
    save,
)
from tools.translate.checks import catalogue_faults
from tools.translate.sources import LANGUAGES, ROOT, sources


def main() -> None:
    """Read the command line, renew, and say what is left to do."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these catalogues")
    parser.add_argument("--complete", action="store_true", help="if nothing is left, publish")
    parser.add_argument("--language", choices=LANGUAGES, help="only this one")
    arguments = parser.parse_args()
    if unknown := sorted(set(arguments.names) - set(sources())):
        sys.exit(f"NAME must be of {', '.join(sources())}, got {', '.join(unknown)}")
    languages = [arguments.language] if arguments.language else list(LANGUAGES)
    sys.exit(any([renew(each, arguments.names, arguments.complete) for each in languages]))


def renew(language: str, names: list[str], complete: bool) -> bool:
    """Renew these catalogues of a language, or all; returns whether anything is left to do.

    With `complete`, those of the named ones that are done become part of the edition.
    """
    known, words, left, completed = sources(), memory(language), False, False
    for name in names or known:
        catalogue = renewed(load(language, name), known[name].messages(), words)
        found = [*problems(catalogue), *catalogue_faults(catalogue, language)]
        if complete and names and not found:
            catalogue.metadata["X-State"] = COMPLETE
            completed = True
        save(language, name, catalogue)
        done, all_of_it = len(catalogue.translated_entries()), len(known[name].messages())
        print(f"{language} {name:<34}{catalogue.metadata['X-State']:<10}{done:4} of {all_of_it:4}")
        if names or catalogue.metadata["X-State"] == COMPLETE:
            left |= bool(found)
            print("\n".join(f"  {line}" for line in found), end="\n" if found else "")
    # Links lead to what exists in the language: a new page changes those of the others.
    there = edition(language)
    for name, source in there.items():
        if completed or not names or name in names:
            for path in build.write(source, language):
                print(f"wrote {path.relative_to(ROOT)}")
    return left


if __name__ == "__main__":
    main()
