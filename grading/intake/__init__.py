"""From a folder or zip to notebooks that can be graded: whose they are, and their answers."""
