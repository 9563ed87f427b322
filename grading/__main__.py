"""The commands behind `make assignments`, `make grade` and `make return`."""

import argparse
import errno
import logging
import os
import sys
from collections import Counter
from pathlib import Path

from grading import course


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command and its options."""
    parser = argparse.ArgumentParser(prog="grading", description="Hand out and grade assignments.")
    where = "folder with source/ and release/; default: notebooks/assignments"
    parser.add_argument("--course", type=Path, default=course.COURSE, help=where)
    commands = parser.add_subparsers(dest="command", required=True)
    release = commands.add_parser(
        "release", help="make release/ from source/, and see that nothing leaks"
    )
    release.add_argument("--seed", type=int, help="draw the numbers that vary anew, as 2027")
    grade = commands.add_parser("grade", help="grade the submissions in a folder or zip")
    add = grade.add_argument
    add(
        "submissions",
        type=Path,
        nargs="?",
        help="folder, or zip of a learning platform; without it, results are brought up to date",
    )
    add("--roster", type=Path, help="csv of names, numbers, addresses: a row for each of them")
    add("--due", help="date on which it is due: 2026-01-30, or '2026-01-30 18:00'")
    add("--late", help="percent of the points that each late day costs; default: 0")
    add("--jobs", type=int, help="submissions at a time; default: half the number of cores")
    add("--isolation", choices=("bwrap", "none"), default="bwrap",
        help="none: students' code can read and write whatever you can")  # fmt: skip
    add("--scheduler", metavar="ADDRESS", help="dask scheduler, whose workers run submissions")
    add(
        "--warm",
        type=int,
        choices=(0, 1),
        default=1,
        help="1: import the packages once, and fork for each student; default: 1",
    )
    commands.add_parser("one", help="for workers: do the job that standard input holds")
    back = commands.add_parser("return", help="write what your learning platform takes back")
    back.add_argument("--column", default="", help="what the platform calls the points' column")
    for command in (grade, back):
        add = command.add_argument
        add("--out", type=Path, default=course.ROOT / "build" / "grading", help="where results are")
        add("--assignment", help="this assignment only")
    options = parser.parse_args(arguments)
    if getattr(options, "jobs", None) is not None and options.jobs < 1:
        parser.error(f"JOBS must be at least 1, got {options.jobs}")
    if (getattr(options, "seed", None) or 0) < 0:
        parser.error(f"SEED must be 0 or more, got {options.seed}")
    return options


def make_release(options: argparse.Namespace) -> None:
    """Make release/, and say what changed."""
    from grading import release, variants

    if options.seed is not None:
        for name in course.assignments(options.course):
            path = options.course / "source" / name / f"{name}.ipynb"
            tests = variants.renew_numbers(path, options.seed)
            said = f"new numbers in {', '.join(tests)}" if tests else "no numbers vary"
            print(f"{name}: {said}")
    changed = release.make_release(options.course)
    for name in course.assignments(options.course):
        print(f"{name}: {'made anew' if name in changed else 'has not changed'}")
    for name in set(changed) - set(course.assignments(options.course)):
        print(f"{name}: removed, for it has no source")


def grade_class(options: argparse.Namespace) -> None:
    """Grade a class, and say where the results are."""
    check_system()
    from grading import grade

    out = options.out.resolve()
    rows = grade.grade_class(
        options.submissions, out, options.course.resolve(), options.jobs, options.isolation,
        options.assignment, roster=options.roster, due=options.due, late_percent=options.late,
        scheduler=options.scheduler, warm=bool(options.warm),
    )  # fmt: skip
    states = Counter(row["state"] for row in rows)
    print("   ".join(f"{state}: {count}" for state, count in sorted(states.items())))
    print(f"Points:          {out / 'grades.csv'}")
    print(f"Feedback pages:  {out / 'feedback'}")
    print(f"The class:       {out / 'class.html'}")


def do_one(options: argparse.Namespace) -> None:
    """Run one submission for a machine that asks for it: JSON comes in, and JSON goes out."""
    from grading.run import cluster

    cluster.end_with_worker()
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as output:
        os.dup2(2, 1)  # what libraries print
        cluster.do_one(sys.stdin, output)


def hand_back(options: argparse.Namespace) -> None:
    """Write what a learning platform takes back, and say where it is."""
    from grading.book.hand_back import HandBackError, hand_back
    from grading.book.table import write_table

    out = options.out.resolve()
    if not (out / "state").exists():
        raise HandBackError(f"nothing was graded in {out}: run make grade SUBMISSIONS=... first")
    rows = write_table(out, course.read_settings(options.course.resolve()))
    print("\n".join(hand_back(out, rows, options.assignment, options.column)))


def check_system() -> None:
    """Refuse where nothing can be graded: before anything that only Linux has is imported.

    Raises:
        CourseError: this is not Linux.
    """
    if sys.platform != "linux":
        raise course.CourseError(
            "make grade needs Linux, for it runs students' code isolated: on macOS and Windows use "
            "a Linux virtual machine, see the first lines of notebooks/assignments/README.md"
        )


COMMANDS = {
    "release": make_release,
    "grade": grade_class,
    "return": hand_back,
    "one": do_one,
}


def expected_errors() -> tuple[type[Exception], ...]:
    """What a command may stop with, whose message says what to do."""
    from grading.book.hand_back import HandBackError
    from grading.book.late import DueError
    from grading.book.roster import RosterError
    from grading.grade import GradeError
    from grading.intake.collect import CollectError
    from grading.run.cluster import ClusterError
    from grading.run.sandbox import IsolationError

    refused = CollectError, DueError, GradeError, HandBackError, RosterError
    return *refused, ClusterError, IsolationError


def main() -> None:
    """Do what the command line says; failures are told in words."""
    logging.getLogger("grading").addHandler(logging.NullHandler())
    logging.getLogger("grading").propagate = False
    options = parse()
    try:
        COMMANDS[options.command](options)
    except course.CourseError as error:
        sys.exit(str(error))
    except expected_errors() as error:
        sys.exit(str(error))
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EDQUOT):
            raise
        sys.exit(f"{error.filename or 'a file'} cannot be written: {error.strerror}")
    except KeyboardInterrupt:
        sys.exit("\nStopped. The same command goes on from here.")


if __name__ == "__main__":
    main()
