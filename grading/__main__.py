"""The commands behind `make assignments` and `make grade`."""

import argparse
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
    add("--out", type=Path, default=course.ROOT / "build" / "grading", help="where results go")
    add("--roster", type=Path, help="csv of names, numbers, addresses: a row for each of them")
    add("--assignment", help="grade this assignment only")
    add("--jobs", type=int, help="submissions at a time; default: half the number of cores")
    add("--isolation", choices=("bwrap", "none"), default="bwrap",
        help="none: students' code can read and write whatever you can")  # fmt: skip
    add("--scheduler", metavar="ADDRESS", help="dask scheduler, whose workers run submissions")
    add("--warm", action="store_true", help="import the packages once, and fork for each student")
    commands.add_parser("one", help="for workers: do the job that standard input holds")
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
    from grading import grade

    out = options.out.resolve()
    rows = grade.grade_class(
        options.submissions, out, options.course.resolve(), options.jobs, options.isolation,
        options.assignment, roster=options.roster, scheduler=options.scheduler, warm=options.warm,
    )  # fmt: skip
    states = Counter(row["state"] for row in rows)
    print("  ".join(f"{count} {state}" for state, count in sorted(states.items())))
    print(f"Points:          {out / 'grades.csv'}")
    print(f"Feedback pages:  {out / 'feedback'}")


def do_one(options: argparse.Namespace) -> None:
    """Run one submission for a machine that asks for it: JSON comes in, and JSON goes out."""
    from grading.run import cluster

    cluster.end_with_worker()
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as output:
        os.dup2(2, 1)  # what libraries print
        cluster.do_one(sys.stdin, output)


def main() -> None:
    """Do what the command line says; failures are told in words."""
    from grading.book.roster import RosterError
    from grading.grade import GradeError
    from grading.intake.collect import CollectError
    from grading.run.cluster import ClusterError
    from grading.run.sandbox import IsolationError

    logging.getLogger("grading").addHandler(logging.NullHandler())
    logging.getLogger("grading").propagate = False
    options = parse()
    try:
        {"release": make_release, "grade": grade_class, "one": do_one}[options.command](options)
    except (
        course.CourseError, ClusterError, CollectError, GradeError, IsolationError, RosterError,
    ) as error:  # fmt: skip
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("\nStopped. The same command goes on from here.")


if __name__ == "__main__":
    main()
