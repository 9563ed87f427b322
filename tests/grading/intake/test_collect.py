"""Whose submission it is, in every layout that a platform exports."""

import io
import zipfile

from grading.intake import uploads
from grading.intake.collect import CollectError, collect
from tests.grading.small_course import NAME

import pytest

LAYOUTS = {
    "nbgrader": ({"ada/adding/adding.ipynb": "ada", "bob/adding/adding.ipynb": "bob"}, ""),
    "a folder around nbgrader's": (
        {"handed_in/ada/adding/adding.ipynb": "ada", "handed_in/bob/adding/adding.ipynb": "bob"},
        "",
    ),
    "a folder for each student": (
        {"class/ada/adding.ipynb": "ada", "class/bob/my work.ipynb": "bob"}, "",
    ),
    "one student": ({"ada/adding/adding.ipynb": "ada"}, ""),
    "flat": ({"ada_adding.ipynb": "ada", "adding_bob.ipynb": "bob", "cleo.ipynb": "cleo"}, ""),
    "Moodle with folders": (
        {
            "Ada Lovelace_12345_assignsubmission_file_/adding.ipynb": "Ada_Lovelace_12345",
            "Zoë Ünal_12346_assignsubmission_file_/adding.ipynb": "Zoë_Ünal_12346",
            "Ada Lovelace_12347_assignsubmission_file/adding (1).ipynb": "Ada_Lovelace_12347",
        }, "",
    ),
    "Moodle without folders": (
        {"Ada Lovelace_12345_assignsubmission_file_adding.ipynb": "Ada_Lovelace_12345"}, "",
    ),
    "Canvas": (
        {
            "lovelaceada_12345_678_adding-1.ipynb": "lovelaceada_12345",
            "turingalan_12346_679_adding.ipynb": "turingalan_12346",
        }, "",
    ),
    "Canvas, late": ({"lovelaceada_LATE_12345_678_adding.ipynb": "lovelaceada_12345"}, "late"),
    "Blackboard": (
        {"adding_alovelace_attempt_2026-01-30-15-00-00_adding.ipynb": "alovelace"}, "",
    ),
    "a name in other letters": ({"李明/adding/adding.ipynb": "李明"}, ""),
}  # fmt: skip


def as_zip(files):
    """A zip of path -> content."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return stream.getvalue()


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_layout_is_understood(layout, packed, tmp_path):
    files, note = LAYOUTS[layout]
    if packed:
        where = tmp_path / "export.zip"
        where.write_bytes(as_zip(dict.fromkeys(files, b"{}")))
    else:
        where = tmp_path / "export"
        for path in files:
            (where / path).parent.mkdir(parents=True, exist_ok=True)
            (where / path).write_bytes(b"{}")
    found, left_out = collect(where, [NAME, "another"], lambda content: NAME)
    assert {one.path.removeprefix("/"): one.student for one in found} == files
    assert all(one.assignment == NAME and not one.doubts for one in found)
    assert all(note in one.notes for one in found) or not note
    assert left_out == []


def collect_files(folder, files, **options):
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return collect(folder, [NAME, "another"], **options)


def test_zip_in_a_students_folder_is_opened(tmp_path):
    inner = as_zip({"work/adding.ipynb": b"{}", "../../evil.ipynb": b"{}"})
    found, _ = collect_files(tmp_path, {"Ada L_1_assignsubmission_file_/hw.zip": inner})
    assert [(one.student, one.content) for one in found] == [("Ada_L_1", b"{}")]
    assert list(tmp_path.rglob("*.ipynb")) == []  # nothing was unpacked


def test_zip_that_unpacks_to_too_much_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(uploads, "LARGEST_FILE", 1000)
    files = {"ada/adding/adding.ipynb": b"{}", "bob/adding/adding.ipynb": b" " * 5000}
    (tmp_path / "all.zip").write_bytes(as_zip(files))
    found, _ = collect(tmp_path / "all.zip", [NAME])
    ada, bob = found
    assert ada.content == b"{}" and bob.content is None and "more than" in bob.doubts[0]


def test_best_of_two_notebooks_is_taken_and_a_person_should_look(tmp_path):
    files = {"ada/adding/adding.ipynb": b"1", "ada/adding/Untitled.ipynb": b"2"}
    (found,), _ = collect_files(tmp_path, files)
    assert found.content == b"1" and "2 notebooks" in found.doubts[0]


def test_repeated_upload_takes_the_last(tmp_path):
    files = {f"lovelaceada_1_2_adding{n}.ipynb": n.encode() for n in ("", "-1", "-2")}
    (found,), _ = collect_files(tmp_path, files)
    assert found.content == b"-2"


def test_student_without_a_notebook_is_named(tmp_path):
    files = {"Ada L_1_assignsubmission_file_/adding.pdf": b"", "bob/adding/adding.ipynb": b"{}"}
    found, _ = collect_files(tmp_path, files, only=NAME)
    assert [(one.student, one.content) for one in found] == [("Ada_L_1", None), ("bob", b"{}")]
    assert "no notebook was handed in" in found[0].doubts[0]


def test_file_of_nobody_is_left_out_and_named(tmp_path):
    files = {"adding.ipynb": b"{}", "__MACOSX/._adding.ipynb": b"", "ada_adding.ipynb": b"{}"}
    found, left_out = collect_files(tmp_path, files)
    assert [one.student for one in found] == ["ada"] and left_out == ["adding.ipynb"]


def test_link_out_of_the_folder_is_not_followed(tmp_path):
    (tmp_path / "secret.ipynb").write_text("{}")
    (tmp_path / "in" / "eve").mkdir(parents=True)
    (tmp_path / "in" / "eve" / "adding.ipynb").symlink_to(tmp_path / "secret.ipynb")
    with pytest.raises(CollectError, match="no submission was found"):
        collect(tmp_path / "in", [NAME])
