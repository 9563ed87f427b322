"""Nobody of the class is without a row, and each row says who it is."""

import csv

from grading.book import table
from grading.book.roster import Person, RosterError, keep_roster, match, parse, read_roster

import pytest

PEOPLE = [
    Person("Ada Lovelace", "12345", "al@uni.example"),
    Person("Ada Lovelace", "12347", "al2@uni.example"),
    Person("Zoe\u0308 Ünal", "12346", "zoe@uni.example"),
    Person("Turing, Alan", "99", "aturing@uni.example"),
    Person("अमित", "7", ""),
    Person("अमीत", "8", ""),
]


@pytest.mark.parametrize(
    ("student", "number"),
    [
        ("Ada_Lovelace_12345", "12345"), ("Ada_Lovelace_12347", "12347"), ("Zoë_Ünal", "12346"),
        ("turingalan_555", "99"), ("aturing", "99"), ("99", "99"), ("Alan_Turing", "99"),
        ("अमित", "7"), ("अमीत", "8"), ("Ada_Lovelace", None), ("nobody", None),
    ],
)  # fmt: skip
def test_student_is_found_in_the_roster(student, number):
    found = match({student}, PEOPLE)
    assert (found[student].number if student in found else None) == number


@pytest.mark.parametrize(
    "text",
    [
        "name,number,address\nAda Lovelace,1,a@b\n",
        "\ufeffFirst name;Last name;Student ID;E-mail\nAda;Lovelace;1;a@b\n",
        "Matriculation\tName\tMail address\n1\tAda Lovelace\ta@b\n",
    ],
)
def test_roster_is_read_as_platforms_write_it(text, tmp_path):
    (tmp_path / "class.csv").write_text(text, encoding="utf-8")
    keep_roster(tmp_path / "class.csv", tmp_path / "out")
    assert read_roster(tmp_path / "out") == [Person("Ada Lovelace", "1", "a@b")]


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n"])
def test_what_is_no_roster_is_named(text):
    with pytest.raises(RosterError, match="ROSTER must be a csv whose first line"):
        parse(text)


def test_each_person_has_a_row(tmp_path, monkeypatch):
    (tmp_path / "roster.csv").write_text("name,number\nAda,1\nBob,2\n")
    row = {"student": "ada_1", "assignment": "adding", "state": table.GRADED, "message": ""}
    monkeypatch.setattr(table, "all_records", lambda out: [("adding", "ada_1", None)])
    monkeypatch.setattr(table, "make_row", lambda *_: dict(row))
    monkeypatch.setattr(table, "questions", lambda *_: [])
    table.write_table(tmp_path, None)
    with (tmp_path / "grades.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(r["student"], r["name"], r["state"]) for r in rows] == [
        ("Bob", "Bob", table.NOTHING), ("ada_1", "Ada", table.GRADED),
    ]  # fmt: skip
