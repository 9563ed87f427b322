"""Students get what is made of the sources as they are now, the same on every machine."""

from grading import course, release
from grading.files import folder_contents
from tests.grading import small_course
from tests.grading.small_course import NAME, with_answers

import pytest


def test_release_is_made_of_the_sources_as_they_are_now():
    with release.fresh_release(course.COURSE) as fresh:
        names = course.assignments(course.COURSE)
        stale = [name for name in names if release.is_stale(course.COURSE, fresh, name)]
        assert not stale, "run `make assignments`"
        assert sorted(path.name for path in (course.COURSE / "release").iterdir()) == names


def test_stale_release_is_found_and_made_anew(tmp_path):
    folder = small_course.write(tmp_path / "course")
    assert release.make_release(folder) == [NAME]
    assert release.make_release(folder) == []
    path = folder / "release" / NAME / f"{NAME}.ipynb"
    before = path.read_bytes()
    path.write_bytes(before.replace(b"# Adding", b"# Edited"))
    assert release.make_release(folder) == [NAME]
    assert path.read_bytes() == before


def test_release_is_the_same_in_another_folder(tmp_path, small):
    folder = small_course.write(tmp_path / "another" / "place")
    release.make_release(folder)
    assert folder_contents(folder / "release") == folder_contents(small / "release")


def test_release_without_a_source_is_removed(tmp_path):
    folder = small_course.write(tmp_path / "course")
    (folder / "release" / "gone").mkdir(parents=True)
    assert sorted(release.make_release(folder)) == [NAME, "gone"]
    assert not (folder / "release" / "gone").exists()


def test_visible_tests_run_without_nbgrader(released):
    """As in Jupyter or Colab: right answers pass, the empty release stops at the first test."""
    for notebook, fails in ((with_answers(released), False), (released, True)):
        namespace = {}
        code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
        if fails:
            with pytest.raises(NotImplementedError):
                exec("\n".join(code), namespace)
        else:
            exec("\n".join(code), namespace)
