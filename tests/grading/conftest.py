"""What the tests of grading share: the small course with its release, and bubblewrap."""

import os

from grading import course, release
from grading.run import sandbox
from tests.grading import small_course

import pytest


@pytest.fixture(scope="session")
def isolated():
    """Without bubblewrap the tests that need it are skipped, except in CI."""
    try:
        sandbox.check_isolation("bwrap")
    except sandbox.IsolationError as error:
        # Where it must be there, a skipped test would look like a passed one.
        pytest.fail(str(error)) if os.environ.get("CI") else pytest.skip(str(error))


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    """The small course with its release."""
    folder = small_course.write(tmp_path_factory.mktemp("small") / "course")
    release.make_release(folder)
    return folder


@pytest.fixture(scope="session")
def released(small):
    """The release of the small course's assignment."""
    return course.read_notebook(small / "release", small_course.NAME)
