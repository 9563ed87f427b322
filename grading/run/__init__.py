"""Students' code runs in a sandbox, and nbgrader gives points for what comes out."""
