"""The teacher's side of the assignments: one idea a file.

course    where the assignments lie, what students get of them, and what must not leak
collect   submissions from folders and zips, as learning platforms export them
rebuild   a student's answers on a fresh copy of the assignment
sandbox   where students' code runs, and what it cannot reach there
kernel    the kernel inside: its limits, and a watch on what the tests rely on
execute   a notebook run cell by cell, whatever its cells do
autograde one submission through nbgrader
feedback  what a student reads afterwards
grade     a whole class: in parallel, resumed, into grades.csv

`python -m grading release` and `python -m grading grade` are the commands behind
`make assignments` and `make grade`. nbgrader and its database do the grading itself.
"""
