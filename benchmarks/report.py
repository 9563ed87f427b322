"""The whole report, RESULTS.md."""

from benchmarks import speeds, spent, targets
from benchmarks.words import NOT_RUN, measured_on, table


def render_grading(part: dict) -> list[str]:
    """The section on a class that is graded in one go."""
    students = part["students"]
    groups = [["submissions", "students", "kinds", "full points", "one question lost",
               "more lost", "no grade", "needs a look"]]  # fmt: skip
    names = ("group", "students", "kinds", "full", "one", "more", "no_grade", "look")
    groups += [[str(group[name]) for name in names] for group in part["groups"]]
    kinds = [["broken or hostile", "copies", "questions lost", "state", "message"]]
    for row in sorted(part["rows"], key=lambda row: (row["group"], row["kind"])):
        if row["group"] in ("broken", "hostile"):
            zeros = [name for name, points in row["tests"].items() if not points]
            lost = ", ".join(zeros).replace("test_", "") or "none"
            lost = lost if row["tests"] else "no grade"
            kinds.append([row["kind"], str(row["copies"]), lost, row["state"], row["message"]])
    same = "All are the same." if not part["different"] else (
        "**These differ:** " + "; ".join(part["different"]) + "."
    )  # fmt: skip
    ways = [["at a time", "a student", "median submission", "longest", "peak memory"]]
    for way in part["ways"]:
        ways.append(
            [str(way["jobs"]), f"{way['seconds'] / students:.1f} s", f"{way['median']:.1f} s",
             f"{way['longest']:.0f} s", f"{way['peak'] / 2**30:.1f} GiB"]
        )  # fmt: skip
    hostile = sum(row["copies"] for row in part["rows"] if row["group"] == "hostile")
    return [
        measured_on(part["machine"]),
        f"{students} submissions of `{part['assignment']}`, graded by `make grade`, with one and "
        "with two at a time. A student's time is that of the class over their number; the memory "
        "is that of all processes of the grading together, in which pages that two of them share "
        "count twice.",
        table(*ways),
        f"{len(part['gained'])} of the {hostile} hostile submissions gained a point by its attack. "
        "The class graded one at a time, in groups:",
        table(*groups),
        "Every kind of submission was graded once more elsewhere, and its result compared with "
        f"that of each copy in the class: points, state and message. {same}",
        table(*kinds),
    ]


def render(results: dict) -> str:
    """RESULTS.md."""
    sections = {
        "steps": ("Step speed", speeds.render_steps),
        "quality": ("Time to quality", spent.render),
        "long": ("Notebook 08 for longer", spent.render_long),
        "startup": ("Start-up", speeds.render_startup),
        "grading": ("Grading a class", render_grading),
    }
    text = [
        "# This series against its peers",
        "Written by `make bench`, from stored numbers. On another machine the numbers are others; "
        "the ratios say more.",
        "## Targets",
        "What the series is to reach, for each kind of processor by what was measured on that "
        "kind; a target is open where nothing was. One that is asked of one kind alone is open as "
        "well where the kind was not recorded, and none on another kind. "
        "`python -m benchmarks --targets` prints the table.",
        targets.in_markdown(results),
    ]
    for part, (title, section) in sections.items():
        text += [f"## {title}", *(section(results[part]) if part in results else [NOT_RUN])]
    return "\n\n".join(text) + "\n"
