"""Who is late, by how much, and what it costs."""

import datetime

from grading.book import late, table
from grading.book.gradebook import Grade
from grading.book.late import DueError, dates_of_export, keep_due, lateness, read_due
from grading.book.records import Record

import pytest


def record(text, **about):
    time = datetime.datetime.fromisoformat(text).timestamp() if text else 0.0
    return Record("k", True, "p", about.pop("notes", []), [], 1.0, time=time, **about)


@pytest.fixture
def due(tmp_path):
    keep_due(tmp_path, ["adding"], "2026-01-30", "10")
    return tmp_path


@pytest.mark.parametrize(
    ("when", "days", "points"),
    [
        ("2026-01-30 23:59:30", 0, 0), ("2026-01-31 00:00:30", 1, 2), ("2026-01-31 23:00", 1, 2),
        ("2026-02-01 08:00", 2, 4), ("2026-06-01 08:00", 122, 20), ("", 0, 0),
    ],
)  # fmt: skip
def test_each_day_begun_costs_its_part(when, days, points, due):
    found = lateness(read_due(due), "adding", "ada", record(when), 20.0)
    assert (found.days, found.points) == (days, points)
    assert ("points off" in found.why) == (days > 0)
    assert lateness(read_due(due), "other", "ada", record(when), 20.0) == late.Late()


@pytest.mark.parametrize(
    ("gained", "off", "said"),
    [(6.0, 5.0, "5 points off"), (4.0, 4.0, "5 points off, but there are only 4 so far")],
)
def test_no_more_comes_off_than_there_is_and_the_message_says_so(
    gained, off, said, due, monkeypatch
):
    grades = {"test_add": Grade(gained, 6, False, False), "why": Grade(0, 4, True, True)}
    monkeypatch.setattr(table, "read_grades", lambda *_: grades)
    monkeypatch.setattr(table, "questions", lambda *_: list(grades))
    five_days = record("2026-02-04 08:00")
    row = table.make_row(due, None, "adding", "ada", five_days, read_due(due))
    assert (row["late"], row["so far"], row["total"]) == (off, gained - off, "")
    assert row["message"].endswith(said)


def test_what_comes_off_in_all_is_told():
    rows = [{"assignment": "adding", "late": points} for points in (1.0, 0, 2.5)]
    assert late.tell_late([*rows, {"assignment": "adding"}]) == [
        "adding: 2 late, 3.5 points off in all: see the column late of grades.csv"
    ]


def test_line_of_a_student_counts_before_that_for_all(due):
    with (due / "due.csv").open("a") as file:
        file.write("adding,ada,2026-02-02 12:00,,\nadding,Bob B,,5,2026-02-01\n")
    rules = read_due(due)
    on_time = lateness(rules, "adding", "ada", record("2026-02-02 11:00"), 20.0)
    ada = lateness(rules, "adding", "ada", record("2026-02-02 13:00"), 20.0)
    bob = lateness(rules, "adding", "b", record("2026-01-01", name="Bob B"), 20.0)
    assert (on_time.days, ada.points, bob.points) == (0, 2.0, 2.0) and "by due.csv" in bob.why


def test_dates_of_an_export_cost_nobody_anything(due):
    times = [record(f"2026-02-05 10:00:{second:02}") for second in range(5)]
    assert dates_of_export(times) and not dates_of_export(times[:2])
    assert not dates_of_export([*times, record("2026-01-29 10:00")])
    found = lateness(read_due(due), "adding", "ada", times[0], 20.0, export=True)
    assert (found.points, found.undated) == (0.0, True)


def test_canvas_itself_knows_who_is_late(due):
    for notes, points in (([], 0.0), (["late"], 2.0)):
        one = record("2026-01-31 10:00", platform="canvas", notes=notes)
        assert lateness(read_due(due), "adding", "ada", one, 20.0).points == points


def test_a_second_run_changes_what_it_names_and_keeps_the_rest(due):
    with (due / "due.csv").open("a") as file:
        file.write("adding,ada,2026-02-02 12:00,,\n")
    keep_due(due, ["adding", "doubling"], "2026-03-01 18:00", None)
    keep_due(due, ["doubling"], None, "5%")
    rules = [(r.assignment, r.student, f"{r.due:%m-%d %H:%M}", r.percent) for r in read_due(due)]
    assert rules == [
        ("adding", "", "03-01 18:00", 10), ("doubling", "", "03-01 18:00", 5),
        ("adding", "ada", "02-02 12:00", 10),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("date", "percent", "said"),
    [
        ("tomorrow", None, "DUE must be 2026-01-30 or .*, got 'tomorrow'"),
        ("2026-01-30", "lots", "LATE must be a number from 0 to 100, percent a day, got 'lots'"),
        ("2026-01-30", "101", "LATE must be"), ("2026-01-30", "nan", "LATE must be"),
        (None, "5", "LATE needs DUE"),
    ],
)  # fmt: skip
def test_what_is_no_rule_is_named(date, percent, said, tmp_path):
    with pytest.raises(DueError, match=said):
        keep_due(tmp_path, ["adding"], date, percent)
    assert not (tmp_path / "due.csv").exists()


def test_bad_line_of_due_csv_is_named_by_its_number(due):
    with (due / "due.csv").open("a") as file:
        file.write("adding,ada,soon,,\n")
    with pytest.raises(DueError, match=r"due.csv, line 3: DUE must be .* got 'soon'"):
        read_due(due)
