"""What questions are called, what failed tests said, and what a student wrote."""

from grading import course
from grading.book.questions import essay, failed_tests, kind_of, questions_of
from tests.grading import small_course
from tests.grading.small_course import marked

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output


def test_questions_are_called_as_students_know_them():
    *tests, written = questions_of(small_course.source())
    assert [question.title for question in tests] == [
        "Question 1: add", "Question 2: double", "Question 3: mean",
    ]  # fmt: skip
    assert (written.title, written.most, written.written) == ("Question 4 (written)", 4.0, True)
    assert written.rubric == "Because there is no reason against it."
    assert not any(question.written or question.rubric for question in tests)


@pytest.mark.parametrize("name", course.assignments(course.COURSE))
def test_each_question_of_the_course_has_a_name_of_its_own(name):
    found = questions_of(course.read_notebook(course.COURSE / "source", name))
    titles = [question.title for question in found]
    assert len(set(titles)) == len(titles)
    assert all(title.startswith("Question ") for title in titles)
    assert all(question.rubric for question in found if question.written)


def test_two_tests_of_a_question_are_told_apart():
    cells = [
        marked(new_code_cell("# Question 1: add"), "add", answer=True),
        marked(new_code_cell("# Test of question 1"), "first", 1),
        marked(new_code_cell("# Test of question 1"), "second", 1),
        marked(new_code_cell("assert True"), "third", 1),
    ]
    assert [question.title for question in questions_of(new_notebook(cells=cells))] == [
        "Question 1: add (first)", "Question 1: add (second)", "third",
    ]  # fmt: skip


def failed(name, ename, evalue):
    cell = marked(new_code_cell("assert add(1, 2) == 3"), name, 2)
    cell.outputs = [new_output("error", ename=ename, evalue=evalue, traceback=[])]
    return cell


def test_message_of_a_failed_test_is_read_without_layout():
    cells = [
        failed("a", "AssertionError", "\nNot equal to 0.5\n\n x: 0.25"),
        failed("b", "NameError", "there is no add"),
        failed("c", "AssertionError", ""),
        marked(new_code_cell("passed"), "d", 2),
    ]
    assert list(failed_tests(cells)) == [
        ("a", "Not equal to 0.5 x: 0.25"), ("b", "NameError: there is no add"),
        ("c", "AssertionError"),
    ]  # fmt: skip
    assert kind_of("at s = 0.25 you give -1.5e-3") == kind_of("at s = 0.1 you give 2.25")
    assert kind_of("the sum") != kind_of("the mean")


def test_essay_is_what_the_student_wrote(released):
    own = new_markdown_cell("More <b>here</b>.", id="added-7")
    answer = next(cell for cell in small_course.with_answers(released).cells if cell.id == "why")
    assert essay([answer], "why", released) == "Because it can."
    assert essay([own, answer], "why", released).endswith("own)\nMore <b>here</b>.")
    empty = next(cell for cell in released.cells if cell.id == "why")
    assert essay([empty], "why", released) == ""
