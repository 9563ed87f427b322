"""A student's answers on a fresh copy of the assignment.

What a student hands in is not graded as it is: test cells may be changed, gone or there twice,
and Colab may have dropped nbgrader's metadata. Only the answers are taken from it, and the
cells that the student added; all else comes from the release.
"""

import copy
import dataclasses
import json
import re

from grading.course import ADDED_CELL

import nbformat
from nbformat import NotebookNode

# Behind magics such as %%time, which have to be the first line.
NAMED = re.compile(
    r"(?:\s*%%.*\n)*\s*(# (?:Question|Test of question) \d+\b|\*\*Question \d+ \(written\))"
)


ELSEWHERE = "\n\n*(Nothing is written here. A cell that was added may hold the answer.)*"


class BrokenNotebook(ValueError):
    """The file is not a notebook; the message says in which way."""


@dataclasses.dataclass
class Rebuilt:
    """A notebook that can be graded, and what a person should know about it."""

    notebook: NotebookNode
    notes: list[str] = dataclasses.field(default_factory=list)  # put right, the grade is sound
    doubts: list[str] = dataclasses.field(default_factory=list)  # a person should look


def read_cells(content: bytes) -> NotebookNode:
    """The cells of a notebook file: type, source and metadata, whatever else is wrong with it.

    Raises:
        BrokenNotebook: nothing of a notebook can be read.
    """
    if not content.strip():
        raise BrokenNotebook("the file is empty, so the upload failed: ask for it again")
    try:
        raw = json.loads(content.decode("utf-8-sig"))
    except RecursionError:
        raise BrokenNotebook("the file is nested too deeply to be a notebook") from None
    except ValueError:
        raise BrokenNotebook(f"the file is not a notebook: {_what_it_is(content)}") from None
    if isinstance(raw, dict) and "worksheets" in raw:
        try:
            raw = nbformat.convert(nbformat.from_dict(raw), 4)
        except Exception as error:  # whatever the old format's converter stumbles over
            raise BrokenNotebook(
                f"a notebook of an old format ({error}): ask for it, newly saved in JupyterLab"
            ) from None
    cells = raw.get("cells") if isinstance(raw, dict) else None
    if not isinstance(cells, list):
        raise BrokenNotebook(
            "the file holds no list of cells, so it is no notebook: ask for it again"
        )
    return NotebookNode(cells=[cell for cell in map(_readable, cells) if cell is not None])


def _what_it_is(content: bytes) -> str:
    """What somebody handed in for a notebook, and what to ask for."""
    start = content.lstrip()[:500].lower()
    if start.startswith(b"{"):
        if content.rstrip().endswith(b"}"):
            return "it is damaged; ask for it again"
        return "it stops in the middle, so the upload was cut short; ask for it again"
    if start.startswith((b"<!doctype", b"<html")):
        return "it is a web page; ask for the .ipynb file, which File > Download gives"
    for sign, kind in ((b"%pdf", "a PDF"), (b"pk\x03\x04", "a zip or an office document")):
        if start.startswith(sign):
            return f"it is {kind} under another name; ask for the .ipynb file"
    return "it is some other file under that name; ask for the .ipynb file"


def _readable(cell: object) -> NotebookNode | None:
    """The parts of a cell that matter, with the types that they must have."""
    if not isinstance(cell, dict) or cell.get("cell_type") not in ("code", "markdown", "raw"):
        return None
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    if not isinstance(source, str):
        return None
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    points = nbgrader.get("points") if isinstance(nbgrader, dict) else None
    return NotebookNode(
        cell_type=cell["cell_type"],
        # Half of a surrogate pair cannot be written to a file.
        source=source.encode("utf-8", "replace").decode().replace("\r\n", "\n"),
        id=cell["id"] if isinstance(cell.get("id"), str) else None,
        grade_id=grade_id if isinstance(grade_id, str) else None,
        points=points,
    )


def first_line(source: str) -> str | None:
    """The beginning of a cell that says of which question it is, None where it says nothing."""
    found = NAMED.match(source)
    return found[1] if found else None


def same_text(one: str, other: str) -> bool:
    """Whether two sources differ in white space at most, which editors change."""
    return one.split() == other.split()


def is_answer(cell: NotebookNode) -> bool:
    """Whether students write into this cell of the release."""
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def is_rest(given: NotebookNode, cell: NotebookNode) -> bool:
    """Whether a cell is the second half of an answer, cut off by an editor's Split Cell.

    Both halves keep nbgrader's name, and the first line of the answer stays in the first.
    """
    whole = first_line(cell.source) or same_text(cell.source, given.source)
    return is_answer(given) and cell.cell_type == given.cell_type and not whole


def rebuild(release: NotebookNode, submission: NotebookNode) -> Rebuilt:
    """The release with the answers, and the further cells, of a submission.

    release: the assignment as students get it, with nbgrader's metadata.
    submission: what `read_cells` made of a student's file.

    A further cell stays behind the cell that it followed. An answer that was split into cells
    that follow one another is put together. Where it is there twice, the last one that differs
    from the empty release counts, and a person should look.
    """
    places = _places(release, submission)
    versions: dict[int, list[NotebookNode]] = {}
    added: dict[int, list[NotebookNode]] = {}
    behind = -1
    order: list[int] = []
    before: int | None = None
    for cell, place in zip(submission.cells, places, strict=True):
        split = place is not None and place == before and is_rest(release.cells[place], cell)
        before = place
        if place is not None and split:
            first = versions[place].pop()
            whole = f"{first.source}\n\n{cell.source}"
            versions[place].append(NotebookNode(first, source=whole))
        elif place is not None:
            versions.setdefault(place, []).append(cell)
            order.append(place)
            behind = place
        elif cell.source.strip():
            added.setdefault(behind, []).append(cell)

    result = Rebuilt(copy.deepcopy(release))
    cells: list[NotebookNode] = []
    taken = result.notebook.cells
    for own in added.get(-1, []):
        cells.append(_added_cell(own, len(cells)))
    for place, cell in enumerate(taken):
        given, mine = release.cells[place], versions.get(place, [])
        if is_answer(given):
            cell.source = _answer(given, mine, result)
            written = given.cell_type != "code" and given.metadata.nbgrader.get("grade")
            if written and any(added.values()) and same_text(cell.source, given.source):
                # Else nbgrader takes it for empty, and gives 0 before a person has looked.
                cell.source += ELSEWHERE
        else:
            _check_given(given, mine, result)
        cells.append(cell)
        for own in added.get(place, []):
            cells.append(_added_cell(own, len(cells)))
    if not versions:
        result.doubts.append(
            "no cell of the assignment is in the file: perhaps it is another notebook"
        )
    elif sorted(order) != order:
        result.notes.append("cells were in another order, which changes nothing")
    result.notebook.cells = cells
    return result


def _places(release: NotebookNode, submission: NotebookNode) -> list[int | None]:
    """For each cell of the submission its place in the release, None where the student added it.

    A cell is known by nbgrader's grade_id, else by its id, else by its first line where that
    names a question, else by its text. Only the surest sign of a place counts: a note of the
    student that begins with "# Question 2" is no answer where the answer cell itself is there.
    """
    names: dict[tuple, int] = {}
    for place, cell in enumerate(release.cells):
        for sign in _signs(cell, cell.metadata.get("nbgrader", {}).get("grade_id")):
            if sign is not None:
                names.setdefault(sign, place)
    found = []
    for cell in submission.cells:
        signs = _signs(cell, cell.grade_id)
        known = [(rank, names[sign]) for rank, sign in enumerate(signs) if sign in names]
        found.append(min(known, default=None))
    surest: dict[int, int] = {}
    for rank, place in filter(None, found):
        surest[place] = min(rank, surest.get(place, rank))
    return [hit[1] if hit and surest[hit[1]] == hit[0] else None for hit in found]


def _signs(cell: NotebookNode, grade_id: str | None) -> list[tuple | None]:
    """What a cell may be known by, the surest first; None stands for a sign it does not have."""
    return [
        ("grade_id", grade_id) if grade_id else None,
        ("id", cell.id) if cell.get("id") else None,
        ("line", first_line(cell.source)) if first_line(cell.source) else None,
        ("text", cell.cell_type, *cell.source.split()) if cell.source.strip() else None,
    ]


def _name(given: NotebookNode) -> str:
    return given.metadata.get("nbgrader", {}).get("grade_id") or given.get("id", "")


def _answer(given: NotebookNode, mine: list[NotebookNode], result: Rebuilt) -> str:
    """The source to grade for one answer cell."""
    if not mine:
        result.doubts.append(f"the answer cell {_name(given)} is missing, so it has no points")
        return given.source
    written = [cell for cell in mine if not same_text(cell.source, given.source)]
    if len({" ".join(cell.source.split()) for cell in written}) > 1:
        result.doubts.append(f"{_name(given)} is answered {len(written)} times; the last counts")
    return (written or mine)[-1].source


def _check_given(given: NotebookNode, mine: list[NotebookNode], result: Rebuilt) -> None:
    """Note what a student did to a cell that is not theirs to change."""
    nbgrader = given.metadata.get("nbgrader", {})
    if not nbgrader.get("grade") and given.cell_type != "code":
        return
    name = _name(given)
    if not mine:
        result.notes.append(f"the student deleted {name}: the original was put back")
    if len(mine) > 1:
        result.notes.append(f"the student had {name} {len(mine)} times: it counts once")
    if any(not same_text(cell.source, given.source) for cell in mine):
        result.notes.append(f"the student changed {name}: the original was used")
    if any(cell.points not in (None, nbgrader.get("points")) for cell in mine):
        result.notes.append(f"the student changed the points of {name}: yours count")


def _added_cell(cell: NotebookNode, number: int) -> NotebookNode:
    """A cell that the student added, as a new one of the notebook."""
    new = getattr(nbformat.v4, f"new_{cell.cell_type}_cell")(cell.source)
    new.id = f"{ADDED_CELL}{number}"
    return new


def count_answers(release: NotebookNode, submission: NotebookNode) -> int:
    """How many answer cells of an assignment a notebook has.

    A first line counts whole here: "# Question 1" alone is in every assignment.
    """
    found = set()
    for cell, place in zip(submission.cells, _places(release, submission), strict=True):
        if place is None or not is_answer(release.cells[place]):
            continue
        given = release.cells[place]
        known = {given.id, given.metadata.nbgrader.grade_id}
        same_line = given.source.split("\n")[0].strip() in cell.source
        if {cell.get("id"), cell.grade_id} & known or same_line:
            found.add(place)
    return len(found)
