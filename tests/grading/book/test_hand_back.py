"""What goes back to a platform is read there as the platform reads it."""

import csv
import io
import zipfile

from grading.book import hand_back
from grading.book.records import Record, write_record
from grading.book.sheets import BOM, sheet
from grading.book.table import BY_HAND, GRADED, NOTHING
from tools.files import write_whole

import pytest

PEOPLE = {
    "Zoë_Ünal_12346": ("moodle", "Zoë Ünal_12346_assignsubmission_file_", "12346", "Zoë Ünal"),
    "Ada_Lovelace_12345": ("moodle", "Ada Lovelace_12345_assignsubmission_file", "12345", "Ada"),
    "turingalan_99": ("canvas", "turingalan_LATE_99_678_adding-1", "99", "turingalan"),
    "al": ("blackboard", "hw1_al_attempt_2026-01-30-15-00-00_adding", "al", "Al"),
    "bob": ("", "", "", "=1+1"),
}


@pytest.fixture
def graded(tmp_path):
    """The folder of a grading of one student of each platform, and its rows."""
    rows = []
    for student, (platform, upload, account, name) in PEOPLE.items():
        write_record(tmp_path, "adding", student, Record(
            "k", True, "p", [], [], 1.0, name=name, platform=platform, upload=upload,
            account=account,
        ))  # fmt: skip
        write_whole(tmp_path / "feedback" / student / "adding" / "adding.html", student)
        rows.append({"student": student, "name": name, "assignment": "adding", "state": GRADED,
                     "total": 7.5, "max": 10.0, "number": "", "address": "a@b"})  # fmt: skip
    rows.append({"student": "cleo", "name": "Cleo", "assignment": "adding", "state": NOTHING,
                 "total": "", "max": "", "number": "7", "address": "c@d"})  # fmt: skip
    return tmp_path, rows


def read_sheet(path):
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def names_in(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_moodle_reads_grades_and_pages(graded):
    out, rows = graded
    hand_back.hand_back(out, rows, None, "")
    path = out / "return" / "adding" / "moodle_grades.csv"
    assert path.read_text(encoding="utf-8").startswith(BOM)
    head, *lines = read_sheet(path)
    found = [dict(zip(head, line, strict=True)) for line in lines]
    # The columns without which Moodle refuses a worksheet, and how it finds the student.
    assert {"Identifier", "Grade", "Last modified (grade)"} <= set(head)
    assert {line["Identifier"].removeprefix("Participant "): line["Grade"] for line in found} == {
        "12345": "7.5", "12346": "7.5",
    }  # fmt: skip
    pages = names_in(out / "return" / "adding" / "moodle_feedback.zip")
    for name, text in pages.items():
        person, number, kind, plugin, rest = name.split("/")[0].split("_", 4)
        assert (kind, plugin, rest) == ("assignsubmission", "file", "")
        assert text.endswith(number) and name.endswith("/adding.html") and person
    assert len(pages) == 2


def test_canvas_reads_grades_and_pages(graded):
    out, rows = graded
    hand_back.hand_back(out, rows, "adding", "Homework 1 (4711)")
    head, possible, line = read_sheet(out / "return" / "adding" / "canvas_grades.csv")
    assert "Student" in head[0] and "ID" in head[1] and head[4] == "Section"
    assert head[5] == "Homework 1 (4711)" and "Points Possible" in possible[0]
    assert (possible[5], line[1], line[5]) == ("10", "99", "7.5")
    (name,) = names_in(out / "return" / "adding" / "canvas_feedback.zip")
    # Canvas takes the first two numbers for the student and the upload.
    assert [part for part in name.split("_") if part.isdigit()][:2] == ["99", "678"]


def test_blackboard_reads_grades(graded):
    out, rows = graded
    hand_back.hand_back(out, rows, "adding", "")
    path = out / "return" / "adding" / "blackboard_grades.csv"
    assert path.read_text(encoding="utf-8-sig") == '"Username","adding"\n"al","7.5"\n'


def test_who_is_of_no_platform_has_a_page_and_who_is_missing_is_listed(graded):
    out, rows = graded
    told = "\n".join(hand_back.hand_back(out, rows, None, ""))
    assert names_in(out / "return" / "adding" / "feedback.zip") == {"bob/adding.html": "bob"}
    assert read_sheet(out / "return" / "adding" / "missing.csv")[1:] == [["Cleo", "7", "c@d"]]
    assert "1 handed nothing in" in told and "2 grades for Moodle" in told


def test_what_waits_goes_back_to_nobody_and_old_files_are_gone(graded):
    out, rows = graded
    write_whole(out / "return" / "adding" / "canvas_grades.csv", "of last week")
    for row in rows[:-1]:
        row["state"], row["total"] = BY_HAND, ""
    told = "\n".join(hand_back.hand_back(out, rows[:2], None, ""))
    assert "2 have no total yet and are in no csv" in told and "is not known" not in told
    assert "grades for" not in told
    assert not list((out / "return" / "adding").glob("*_grades.csv"))


@pytest.mark.parametrize(
    ("rows", "column", "said"),
    [([], "", "nothing was graded in"), (["a", "b"], "x", "COLUMN needs ASSIGNMENT, one of a, b")],
)
def test_what_cannot_be_handed_back_is_said_in_words(rows, column, said, tmp_path):
    with pytest.raises(hand_back.HandBackError, match=said):
        hand_back.hand_back(tmp_path, [{"assignment": name} for name in rows], None, column)


def test_no_cell_is_a_formula():
    text = sheet(("a",), [{"a": "=HYPERLINK(1)"}, {"a": "+1"}, {"a": -1.0}, {"a": "x=1"}])
    assert text == "a\n'=HYPERLINK(1)\n'+1\n-1.0\nx=1\n"
