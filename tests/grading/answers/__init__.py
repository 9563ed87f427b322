"""Right and wrong answers to the assignments, one package for each assignment.

Each package holds RIGHT and WRONG, two lists. An answer takes the place of one or more solution
cells, named by their grade_id; the other cells keep the reference solution.
"""

from typing import NamedTuple


class Right(NamedTuple):
    """An answer written otherwise than the reference, which gets full points."""

    name: str
    cells: dict[str, str]


class Wrong(NamedTuple):
    """A mistake, which costs the points of `question` and no others.

    `says` is a part of the message that the student gets. `hidden` tells that the test which
    the student sees does not find the mistake, only the hidden one. `beside` holds what further
    cells have to hold for it.
    """

    name: str
    question: str
    says: str
    source: str
    hidden: bool = False
    beside: dict[str, str] = {}
