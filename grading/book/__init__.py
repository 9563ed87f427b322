"""The gradebook of a class, its table, and the pages that students read."""
