"""The teacher's side of the assignments: from what students hand in to their points.

The class as a whole:

files        files and folders that are there as a whole, or as before
course       where the assignments lie, and nbgrader's view of them
fingerprint  what a verdict depends on, so that a change grades again what it must
release      what students get, made from the source
variants     other numbers in visible tests from year to year, drawn from one seed
leaks        what a release and gan_helpers.checks must not give away
grade        all submissions of a class: graded in parallel, taken up where it stopped

What it goes through, one package after the other:

intake       whose submission it is, and its answers on a fresh copy of the assignment
run          the answers run in a sandbox, verdicts are made outside, nbgrader gives points
book         the gradebook, the table and the page of the class, the pages that students read, and
             what goes back to a learning platform

Imports point one way: grade imports intake, run and book, which import nothing of each other;
these three and release import course, leaks and files, which import nothing of the package.
run also imports fingerprint, by which a cluster's workers know that their code is the same.

A hidden test has two halves. The probe runs beside the answer (run/probe.py, in the sandbox): it
calls the answer on fresh inputs and records what comes out. The verdict runs in a worker, which
never runs students' code (run/verdict.py): it draws the inputs from a seed of its own, computes
the reference, judges drawings with its own classifier, and gives points and message. Between them
goes data in one format (run/wire.py). What is in the students' process is worth nothing to them.

`python -m grading release`, `grade` and `return` are the commands behind `make assignments`,
`make grade` and `make return`. nbgrader and its database do the grading itself.
"""
