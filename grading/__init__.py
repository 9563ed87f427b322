"""The teacher's side of the assignments: from what students hand in to their points.

The class as a whole:

files        files and folders that are there as a whole, or as before
course       where the assignments lie, and nbgrader's view of them
release      what students get, made from the source
leaks        what a release and gan_helpers.checks must not give away
grade        all submissions of a class: graded in parallel, taken up where it stopped

What it goes through, one package after the other:

intake       whose submission it is, and its answers on a fresh copy of the assignment
run          the answers run in a sandbox, and nbgrader gives points
book         the gradebook, the table of the class, and the pages that students read

Imports point one way: grade imports intake, run and book, which import nothing of each other;
these three and release import course, leaks and files, which import nothing of the package.

`python -m grading release` and `python -m grading grade` are the commands behind
`make assignments` and `make grade`. nbgrader and its database do the grading itself.
"""
