"""The core is read in one sitting, and no file grows past 300 lines of code."""

from tools import count_code

import pytest

COUNTS = count_code.count(count_code.ROOT)


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ('"""A docstring\nof two lines."""\n\nx = 1\n', 1),
        ("# a comment\nx = (1,\n     2)  # another\n", 2),
        ('def f():\n    """What it does."""\n    return """\n    text"""\n', 3),
        ("", 0),
    ],
)
def test_only_code_is_counted(source, lines):
    assert count_code.lines_of_code(source) == lines


@pytest.mark.parametrize("path", COUNTS)
def test_no_file_is_too_long(path):
    assert COUNTS[path] <= count_code.FILE_LIMIT


def test_the_core_is_read_in_one_sitting():
    assert sum(COUNTS[path] for path in count_code.CORE) <= count_code.CORE_LIMIT
