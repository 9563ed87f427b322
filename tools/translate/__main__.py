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
    state,
)
from tools.translate.checks import catalogue_faults
from tools.translate.sources import ROOT, sources


def main() -> None:
    """Read the command line, renew, and say what is left to do."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these catalogues")
    parser.add_argument("--complete", action="store_true", help="if nothing is left, publish")
    arguments = parser.parse_args()
    known = sources()
    if unknown := sorted(set(arguments.names) - set(known)):
        sys.exit(f"NAME must be of {', '.join(known)}, got {', '.join(unknown)}")
    names = arguments.names or list(known)
    words, left, completed = memory(), False, False
    for name in names:
        catalogue = renewed(load(name), known[name].messages(), words)
        found = [*problems(catalogue), *catalogue_faults(catalogue)]
        if arguments.complete and arguments.names and not found:
            catalogue.metadata["X-State"] = COMPLETE
            completed = True
        save(name, catalogue)
        done = len(catalogue.translated_entries())
        print(f"{name:<34}{state(name):<10}{done:4} of {len(known[name].messages()):4}")
        if arguments.names or state(name) == COMPLETE:
            left |= bool(found)
            print("\n".join(f"  {line}" for line in found), end="\n" if found else "")
    # Links lead to what exists in the language: a new page changes those of the others.
    made = edition().values() if completed or not arguments.names else []
    for source in made or [edition()[name] for name in names if name in edition()]:
        for path in build.write(source):
            print(f"wrote {path.relative_to(ROOT)}")
    sys.exit(left)


if __name__ == "__main__":
    main()
