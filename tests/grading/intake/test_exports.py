"""No export loses a student or gives one another's work, whatever students call their files."""

import json
import os
import string
import tempfile
import unicodedata
import zipfile
from pathlib import Path

from grading.intake import uploads
from grading.intake.collect import CollectError, collect
from grading.intake.owners import student_id
from tests.grading.intake.test_collect import as_zip, collect_files
from tests.grading.small_course import NAME

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

LETTERS = string.ascii_letters + "äëßøčŁ李明王अमितमीतأحمدЖанна' .-"
names = (
    st.text(LETTERS, min_size=1, max_size=90)
    .map(lambda name: " ".join(name.split()).strip(" .-'"))
    .filter(lambda name: any(unicodedata.category(c)[0] == "L" for c in name))
    .filter(lambda name: len(name.encode()) < 180)
)
numbers = st.integers(10_000, 99_999)
# What students call what they hand in.
FILES = ("adding.ipynb", "adding (1).ipynb", "Untitled.ipynb", "my work.ipynb", "adding.pdf")


def moodle(name, number, file):
    return f"{name}_{number}_assignsubmission_file_/{file}", f"{name}_{number}"


def canvas(name, number, file):
    own = "".join(name.split()).casefold().replace("_", "")
    return f"{own}_{number}_{number + 1}_{file}", f"{own}_{number}"


def blackboard(name, number, file):
    own = f"{''.join(c for c in name if c.isalpha())}{number}"
    return f"hw1_{own}_attempt_2026-01-30-15-00-00_{file}", own


def nbgrader(name, number, file):
    return f"{name}{number}/{NAME}/{file}", f"{name}{number}"


PLATFORMS = (moodle, canvas, blackboard, nbgrader)
handed_in = st.lists(
    st.tuples(names, numbers, st.lists(st.sampled_from(FILES), min_size=1, unique=True),
              st.sampled_from(["plain", "zipped", "zipped with a false name"])),
    min_size=1, max_size=5, unique_by=lambda one: one[1],
)  # fmt: skip


def written(platform, people):
    """path -> content of an export; student -> the contents that are this student's."""
    files, owners = {"readme.txt": b"of the platform"}, {}
    for name, number, own, how in people:
        contents = {file: f"{number} {file}".encode() for file in own}
        if how == "plain":
            paths = {platform(name, number, file)[0]: text for file, text in contents.items()}
        else:
            other = "bob_1_assignsubmission_file_/" if "false" in how else ""
            inner = {f"{other}{file}": text for file, text in contents.items()}
            paths = {platform(name, number, "hw.zip")[0]: as_zip(inner)}
        files |= paths
        student = student_id(platform(name, number, "")[1])
        owners.setdefault(student, set()).update(contents.values())
    return files, owners


@settings(max_examples=60, deadline=None)
@given(platform=st.sampled_from(PLATFORMS), people=handed_in)
def test_every_file_ends_somewhere_and_with_its_owner(platform, people):
    files, owners = written(platform, people)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "export.zip")
        path.write_bytes(as_zip(files))
        found, left_out = collect(path, [NAME], lambda content: NAME)
        all_paths = [file.path for file in uploads.read_files(path)]
    assert {one.student for one in found} == set(owners)
    for one in found:
        assert one.content is None or one.content in owners[one.student]
    told = "\n".join(
        [*left_out, *(text for one in found for text in (one.path, *one.notes, *one.doubts))]
    )
    for path in all_paths:
        assert path in told, f"{path} is lost"
    assert all(", because " in line for line in left_out)


@given(names, names)
def test_two_names_are_two_students(one, other):
    same = unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)
    assert (student_id(one) == student_id(other)) == (same or one == other)


@given(names)
def test_name_of_any_length_can_name_a_file(name):
    for spelling in (name, unicodedata.normalize("NFD", name), name * 3):
        student = student_id(spelling)
        assert 0 < len(student.encode()) <= 120 and "/" not in student
    assert student_id(unicodedata.normalize("NFD", name)) == student_id(name)


def test_what_lies_in_an_archive_names_nobody(tmp_path):
    """Eve's zip with a folder of Bob's name."""
    inner = as_zip({"bob/adding/adding.ipynb": b"eve", "bob_1_2_adding.ipynb": b"eve too"})
    files = {
        "bob_1_assignsubmission_file_/adding.ipynb": b"bob",
        "eve_2_assignsubmission_file_/work.zip": inner,
    }
    found, _ = collect_files(tmp_path, files)
    assert [(one.student, one.content[:3]) for one in found] == [
        ("bob_1", b"bob"),
        ("eve_2", b"eve"),
    ]


def test_zip_in_zips_is_opened_to_a_depth_and_named_below_it(tmp_path):
    content = b"{}"
    for depth in range(6):
        content = as_zip({f"{depth}.zip" if depth else "adding.ipynb": content})
        files = {"ada_1_assignsubmission_file_/hw.zip": content}
        found, _ = collect_files(tmp_path / str(depth), files, only=NAME)
        (one,) = found
        assert one.student == "ada_1"
        assert (one.content == b"{}") == (depth < uploads.DEEPEST)
        assert one.content or "more than 4 deep" in " ".join(one.doubts)


@pytest.mark.parametrize(
    ("limit", "said"),
    [("LARGEST_FILE", "the file has more"), ("LARGEST_UPLOAD", "one upload holds more")],
)
def test_size_of_one_student_is_limited_and_the_others_are_graded(
    limit, said, tmp_path, monkeypatch
):
    monkeypatch.setattr(uploads, limit, 1000)
    own = {"adding.ipynb": 800, "more.ipynb": 800, "most.ipynb": 2000}
    large = as_zip({name: b" " * size for name, size in own.items()})
    files = {"ada_1_2_hw.zip": large, "bob_2_3_adding.ipynb": b"{}"}
    (tmp_path / "all.zip").write_bytes(as_zip(files))
    ada, bob = collect(tmp_path / "all.zip", [NAME])[0]
    assert bob.content == b"{}" and bob.doubts == ()
    assert said in " ".join(ada.doubts) or said in " ".join(ada.notes)


def test_zip_that_claims_less_than_it_holds_is_not_read(tmp_path):
    packed = bytearray(as_zip({"ada_1_2_adding.ipynb": b" " * 1000, "bob_2_3_adding.ipynb": b"{}"}))
    for place in (22, packed.index(b"PK\x01\x02") + 24):  # the size, in both heads
        packed[place : place + 4] = (10).to_bytes(4, "little")
    (tmp_path / "all.zip").write_bytes(packed)
    found, _ = collect(tmp_path / "all.zip", [NAME])
    assert [one.student for one in found] == ["ada_1", "bob_2"] and found[1].content == b"{}"
    assert found[0].content is None and found[0].doubts


def test_file_that_cannot_be_read_stops_nobody(tmp_path, monkeypatch):
    files = {"ada/adding/adding.ipynb": b"1", "bob/adding/adding.ipynb": b"2"}
    read = Path.read_bytes

    def denied(path):
        if "ada" in path.parts:
            raise PermissionError("denied")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", denied)
    ada, bob = collect_files(tmp_path, files)[0]
    assert ada.content is None and "denied" in ada.doubts[0] and bob.content == b"2"


def test_cells_say_what_a_name_does_not(tmp_path):
    from grading import course, grade

    names = course.assignments(course.COURSE)
    sources = {name: course.read_notebook(course.COURSE / "source", name) for name in names}
    for name in names:
        notebook = course.read_notebook(course.COURSE / "release", name)
        for cell in notebook.cells:
            cell.metadata = {}
            del cell["id"]
        assert grade.recognise_assignment(json.dumps(notebook).encode(), sources) == name


def test_empty_zip_is_said_in_words(tmp_path):
    with zipfile.ZipFile(tmp_path / "all.zip", "w"):
        pass
    with pytest.raises(CollectError, match="no submission was found"):
        collect(tmp_path / "all.zip", [NAME])


def test_date_of_a_file_comes_from_the_export(tmp_path):
    (tmp_path / "ada").mkdir()
    path = tmp_path / "ada" / "adding.ipynb"
    path.write_bytes(b"{}")
    os.utime(path, (1_767_000_000, 1_767_000_000))
    (found,), _ = collect(tmp_path, [NAME])
    assert found.time == 1_767_000_000
