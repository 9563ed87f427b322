"""Students' code runs in a sandbox, its verdict is made outside, and nbgrader gives points."""
