"""Whose submission it is, in every layout that a platform exports."""

import datetime
import io
import os
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
            "Zoe\u0308 Ünal_12348_assignsubmission_file_/adding.ipynb": "Zoë_Ünal_12348",
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
    "names that differ in a mark": (
        {"अमित/adding/adding.ipynb": "अमित", "अमीत/adding/adding.ipynb": "अमीत"}, "",
    ),
    "flat, in one folder": (
        {"class/ada_adding.ipynb": "ada", "class/adding_bob.ipynb": "bob"}, "",
    ),
    "flat, by name alone, in one folder": (
        {"class/ada.ipynb": "ada", "class/bob.ipynb": "bob"}, "",
    ),
    "Google Classroom": (
        {
            "adding/Ada Lovelace - adding.ipynb": "Ada_Lovelace",
            "adding/Zoë Ünal - Copy of adding.ipynb": "Zoë_Ünal",
        }, "",
    ),
    "groups": ({f"adding_group-{n}.ipynb": f"group-{n}" for n in (1, 2, 3)}, ""),
    "Canvas, without a name": ({"lovelaceada_12345_678_Untitled.ipynb": "lovelaceada_12345"}, ""),
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


@pytest.mark.parametrize(
    ("path", "sender"),
    [
        ("Zoë Ünal_12346_assignsubmission_file_/adding.ipynb",
         ("moodle", "Zoë Ünal_12346_assignsubmission_file_", "12346")),
        ("Zoë Ünal_12346_assignsubmission_file_adding.ipynb",
         ("moodle", "Zoë Ünal_12346_assignsubmission_file_", "12346")),
        ("lovelaceada_LATE_12345_678_adding-1.ipynb",
         ("canvas", "lovelaceada_LATE_12345_678_adding-1", "12345")),
        ("hw1_alovelace_attempt_2026-01-30-15-00-00_adding.ipynb",
         ("blackboard", "hw1_alovelace_attempt_2026-01-30-15-00-00_adding", "alovelace")),
        ("ada/adding/adding.ipynb", ("", "", "")),
    ],
)  # fmt: skip
def test_who_sent_it_is_kept_in_the_platforms_own_words(path, sender, tmp_path):
    (found,), _ = collect_files(tmp_path / "plain", {path: b"{}"}, only=NAME)
    assert (found.platform, found.upload, found.account) == sender
    # What lies in a student's archive says nothing of who sent it.
    inner = as_zip({"eve_9_assignsubmission_file_/adding.ipynb": b"{}"})
    zipped = {path.replace(".ipynb", ".zip"): inner, "bob_1_2_another.ipynb": b"{}"}
    (found,), _ = collect_files(tmp_path / "zipped", zipped, only=NAME)
    assert (found.platform, found.upload, found.account) == sender


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
    files = {f"ada/adding/{name}.ipynb": name.encode() for name in (NAME, "Untitled", "hw")}
    (found,), _ = collect_files(tmp_path, files)
    assert found.content == NAME.encode() and "3 notebooks" in found.doubts[0]
    assert found.notes == ()


@pytest.mark.parametrize("name", ["Untitled", "hw"])
def test_a_notebook_of_another_name_is_noted(tmp_path, name):
    (found,), _ = collect_files(tmp_path, {f"ada/adding/{name}.ipynb": b"{}"})
    assert (found.notes, found.doubts) == ((f"the file was named {name}.ipynb",), ())


def test_the_time_is_the_platforms_or_else_that_of_the_file(tmp_path):
    told = "adding_ada_attempt_2026-01-30-15-00-00_adding.ipynb"
    files = {told: b"{}", "bob/adding.ipynb": b"{}"}
    collect_files(tmp_path, files)
    for path in files:
        os.utime(tmp_path / path, (1e9, 1e9))
    found, _ = collect(tmp_path, [NAME])
    at_three = datetime.datetime(2026, 1, 30, 15).timestamp()
    assert {one.student: one.time for one in found} == {"ada": at_three, "bob": 1e9}


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
    assert [one.student for one in found] == ["ada"]
    assert left_out == [
        "__MACOSX/._adding.ipynb, because it is a system's own file",
        "adding.ipynb, because its path names nobody: put it into a folder of its student",
    ]


def test_link_out_of_the_folder_is_not_followed(tmp_path):
    (tmp_path / "secret.ipynb").write_text("{}")
    (tmp_path / "in" / "eve").mkdir(parents=True)
    (tmp_path / "in" / "eve" / "adding.ipynb").symlink_to(tmp_path / "secret.ipynb")
    with pytest.raises(CollectError, match="no submission was found"):
        collect(tmp_path / "in", [NAME])


def by_student(found):
    return {one.student: (one.assignment, one.content) for one in found}


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: None, "must be a folder or a zip, but there is no .*export"),
        (
            lambda path: path.write_bytes(b"a letter"),
            "must be a folder or a zip; .*export is neith",
        ),
        (lambda path: path.mkdir(), "no submission was found in .*export. .* for adding, another$"),
    ],
    ids=["nothing", "a file", "empty"],
)
def test_what_holds_no_submissions_is_named(tmp_path, make, said):
    make(tmp_path / "export")
    with pytest.raises(CollectError, match=said):
        collect(tmp_path / "export", [NAME, "another"])


def test_the_cells_are_asked_only_where_the_path_names_no_assignment(tmp_path):
    files = {"ada/hw.ipynb": b"1", "bob/adding.ipynb": b"2", "cleo/another/hw.ipynb": b"3"}
    asked = []
    found, left_out = collect_files(
        tmp_path, files, recognise=lambda content: asked.append(content) or "another"
    )
    assert by_student(found) == {
        "ada": ("another", b"1"), "bob": (NAME, b"2"), "cleo": ("another", b"3"),
    }  # fmt: skip
    assert asked == [b"1"] and left_out == []


def test_a_notebook_of_no_assignment_is_left_out_with_the_names_that_there_are(tmp_path):
    files = {"ada/hw.ipynb": b"1", "bob/adding.ipynb": b"2"}
    found, left_out = collect_files(tmp_path, files)
    assert by_student(found) == {"bob": (NAME, b"2")}
    assert left_out == ["ada/hw.ipynb, because it is of none of the assignments: adding, another"]


def test_where_one_assignment_is_graded_unnamed_notebooks_are_taken_for_it(tmp_path):
    files = {"ada/hw.ipynb": b"1", "bob/another.ipynb": b"2", "cleo/adding.ipynb": b"3"}
    found, left_out = collect_files(tmp_path, files, only=NAME)
    assert by_student(found) == {"ada": (NAME, b"1"), "cleo": (NAME, b"3")}
    assert left_out == ["bob/another.ipynb, because it is of another"]
    assert found[0].notes == ("the file was named hw.ipynb",) and found[1].notes == ()
    lone, _ = collect(tmp_path, [NAME])
    assert by_student(lone)["ada"] == (NAME, b"1")


def test_submissions_come_by_student_and_assignment(tmp_path):
    files = {
        f"{student}/{name}/{name}.ipynb": b"{}" for student in "cab" for name in (NAME, "another")
    }
    found, _ = collect_files(tmp_path, files)
    assert [(one.student, one.assignment) for one in found] == [
        (student, name) for student in "abc" for name in (NAME, "another")
    ]


def test_other_files_beside_a_notebook_do_not_matter(tmp_path):
    files = {"ada/adding/adding.ipynb": b"1", "ada/adding/notes.pdf": b"", "bob/adding.ipynb": b"2"}
    found, left_out = collect_files(tmp_path, files)
    assert by_student(found) == {"ada": (NAME, b"1"), "bob": (NAME, b"2")}
    assert [one.notes for one in found] == [("also handed in: ada/adding/notes.pdf",), ()]
    assert left_out == [] and not any(one.doubts for one in found)


def test_a_student_with_pictures_alone_has_a_row_behind_one_with_a_notebook(tmp_path):
    files = {
        "ada/adding/adding.ipynb": b"1", "ada/adding/a.pdf": b"", "bob/adding/b.pdf": b"",
    }  # fmt: skip
    found, left_out = collect_files(tmp_path, files)
    assert by_student(found) == {"ada": (NAME, b"1"), "bob": (NAME, None)} and left_out == []


def test_what_is_no_notebook_counts_for_the_assignment_that_its_path_names(tmp_path):
    files = {
        "ada/another/a.pdf": b"", "ada/another/b.pdf": b"", "bob/adding.ipynb": b"{}",
        "eve/c.pdf": b"", "eve/d.pdf": b"",
    }  # fmt: skip
    found, left_out = collect_files(tmp_path, files)
    assert by_student(found) == {"ada": ("another", None), "bob": (NAME, b"{}")}
    assert found[0].path == "ada/another/a.pdf, ada/another/b.pdf"
    assert found[0].doubts == (
        "no notebook was handed in, but ada/another/a.pdf, ada/another/b.pdf",
    )
    assert left_out == [
        "eve/c.pdf, because it is no notebook", "eve/d.pdf, because it is no notebook",
    ]  # fmt: skip
    lone, left_out = collect(tmp_path, [NAME])
    assert by_student(lone)["eve"] == (NAME, None) and left_out == []


def test_of_several_notebooks_the_rest_is_named(tmp_path):
    files = {f"ada/adding/{name}.ipynb": name.encode() for name in ("b", "a", "adding (1)")}
    (found,), _ = collect_files(tmp_path, files)
    assert found.content == b"adding (1)"
    assert found.doubts == (
        "3 notebooks: graded ada/adding/adding (1).ipynb, not ada/adding/a.ipynb, "
        "ada/adding/b.ipynb",
    )
    (tmp_path / "ada" / "adding" / "adding (1).ipynb").unlink()
    (found,), _ = collect(tmp_path, [NAME])
    assert found.content == b"b" and found.notes == ("the file was named b.ipynb",)
