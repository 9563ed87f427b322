"""Who is in the class: a csv with names, numbers and addresses, so that nobody is without a row."""

import csv
import dataclasses
import io
import re
import unicodedata
from pathlib import Path

from tools.files import write_whole

NUMBER = re.compile(r"number|\bid\b|\bid |_id|matric|user", re.IGNORECASE)
ADDRESS = re.compile(r"mail|address", re.IGNORECASE)
NAME = re.compile(r"name|student", re.IGNORECASE)


class RosterError(ValueError):
    """The roster cannot be read; the message says what is expected."""


@dataclasses.dataclass(frozen=True)
class Person:
    """A line of the roster."""

    name: str
    number: str = ""
    address: str = ""

    @property
    def keys(self) -> set[str]:
        """What platforms may call this person."""
        words = self.name.replace(",", " ").split()
        turned = [*words[1:], *words[:1]], [*words[-1:], *words[:-1]]
        names = [self.name, *("".join(order) for order in turned)]
        return {folded(text) for text in (*names, self.number, self.address,
                self.address.partition("@")[0])} - {""}  # fmt: skip


def folded(text: str) -> str:
    """A name as it is compared: composed, in small letters, without spaces and signs."""
    composed = unicodedata.normalize("NFC", text).casefold()
    return "".join(c for c in composed if unicodedata.category(c)[0] in "LMN")


def keep_roster(path: Path, out: Path) -> None:
    """Keep a roster beside the results, where later gradings find it.

    Raises:
        RosterError: it cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RosterError(
            f"ROSTER must be a csv in UTF-8, in Excel 'CSV UTF-8': {path}: {error}"
        ) from None
    parse(text)
    write_whole(out / "roster.csv", text)


def read_roster(out: Path) -> list[Person]:
    """The people of the class; empty where no roster was given."""
    path = out / "roster.csv"
    return parse(path.read_text(encoding="utf-8")) if path.exists() else []


def parse(text: str) -> list[Person]:
    """The people in a csv with a head line; separated by comma, semicolon or tab.

    Raises:
        RosterError: no column is a name.
    """
    head = text.partition("\n")[0]
    separator = max(",;\t", key=head.count)
    lines = csv.DictReader(io.StringIO(text), delimiter=separator)
    columns = [column for column in lines.fieldnames or [] if column]
    address = next((c for c in columns if ADDRESS.search(c)), None)
    rest = [c for c in columns if c != address]
    number = next((c for c in rest if NUMBER.search(c)), None)
    names = [c for c in rest if NAME.search(c) and c != number]
    if not names:
        raise RosterError(
            "ROSTER must be a csv whose first line names its columns, with one for the name: "
            f"name,number,address. Its first line is {head!r}"
        )
    people = []
    for line in lines:
        name = " ".join(" ".join(line[c] or "" for c in names).split())
        if name:
            own = [(line[c] or "").strip() if c else "" for c in (number, address)]
            people.append(Person(name, *own))
    return people


def match(students: set[str], people: list[Person]) -> dict[str, Person]:
    """Student -> who that is, where exactly one person of the roster fits.

    A number counts more than a name, since two people may share one.
    """
    found = {}
    for student in students:
        name, _, number = student.rpartition("_")
        number = number if number.isdigit() and name else ""
        fits = [p for p in people if number and folded(p.number) == folded(number)]
        fits = fits or [
            p for p in people if {folded(student), folded(name if number else student)} & p.keys
        ]
        if len(fits) == 1:
            found[student] = fits[0]
    return found
