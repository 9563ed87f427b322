"""The teacher's side of the assignments: from what students hand in to their points.

The class as a whole:

course       where the assignments lie, and nbgrader's view of them
release      what students get, made from the source
leaks        what a release and gan_helpers.checks must not give away
grade        all submissions of a class: graded in parallel, taken up where it stopped

What it goes through, one package after the other:

intake       whose submission it is, and its answers on a fresh copy of the assignment
run          the answers run in a sandbox, and nbgrader gives points
book         the gradebook, the table of the class, and the pages that students read

Imports point one way: grade -> book, run, intake, release -> leaks, course -> files. intake, run
and book import nothing of each other, but run and book import course and leaks.

`python -m grading release` and `python -m grading grade` are the commands behind
`make assignments` and `make grade`. nbgrader and its database do the grading itself.
"""
