"""Numbers that vary from year to year: they vary, and solutions stay right."""

import difflib
import re
import shutil

from grading import course, variants
from grading.course import CourseError, read_notebook

import numpy as np
import pytest

TEST = """# Test of question 1
def test():
    x = np.array([1.0, 2.0])
    right = np.array([0.5, 1.0])
    at = 1.5
    equal(f(x), right)
    ### BEGIN HIDDEN TESTS
    # varies: x = pick(-1, 1, 2)
    # varies: right = x / 2
    # varies: at = x.mean()
    ### END HIDDEN TESTS"""
TWO = pytest.mark.parametrize("name", ["discriminator_loss", "generator_loss"])


def lines_of(source, *names):
    """The values of names in a test cell, by its lines that give them one."""
    space = {"np": np}
    for name in names:
        exec(re.search(rf"^    ({name} = .+)$", source, re.MULTILINE)[1], space)
    return [space[name] for name in names]


def test_one_seed_gives_the_same_numbers_and_what_follows_from_them():
    first, again, other = (variants.varied(TEST, "test_f", seed) for seed in (1, 1, 2))
    assert first == again and len({TEST, first, other}) == 3
    x, right, at = lines_of(first, "x", "right", "at")
    np.testing.assert_allclose(right, x / 2, atol=1e-8)
    assert at == pytest.approx(x.mean())
    assert variants.varied(TEST, "test_g", 1) != first  # each test has numbers of its own
    rest = [line for line in difflib.ndiff(TEST.split("\n"), first.split("\n")) if line[0] in "+-"]
    assert len(rest) == 6  # three lines, before and after


def test_picked_numbers_are_apart_and_within():
    for seed in range(20):
        numbers = variants.pick(np.random.default_rng(seed), -2, 3, (2, 3)).ravel()
        assert (np.diff(numbers) > 0.3).all() and -2 < numbers[0] and numbers[-1] < 3
        assert (np.round(numbers, 2) == numbers).all()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [("x = pick(-1, 1, 2)", "y = 1", "no visible line"), ("x / 2", "z / 2", "name 'z'")],
)
def test_a_line_that_is_not_there_is_said_in_words(old, new, said):
    with pytest.raises(CourseError, match=f"^test_f: .*{said}"):
        variants.varied(TEST.replace(f"varies: {old}", f"varies: {new}").replace(
            f"= {old}", f"= {new}"), "test_f", 1)  # fmt: skip


def solved(notebook):
    """The names of an assignment whose solutions passed all of its tests."""
    space = {"__name__": "__main__"}
    for cell in notebook.cells:
        if cell.cell_type == "code" and "%pip" not in cell.source:
            exec(compile(cell.source, f"<{cell.id}>", "exec"), space)
    return space


@TWO
def test_an_assignment_has_other_numbers_and_solutions_stay_right(name, tmp_path):
    stored = course.COURSE / "source"
    assert variants.renew_numbers(copied(stored, name, tmp_path / "a"), 2026)
    assert variants.renew_numbers(copied(stored, name, tmp_path / "b"), 2027)
    books = [read_notebook(folder, name) for folder in (stored, tmp_path / "a", tmp_path / "b")]
    texts = [[cell.source for cell in book.cells] for book in books]
    for first, second, third in zip(*texts, strict=True):
        assert len({first, second, third}) == (3 if "# varies:" in first else 1)
        assert all(len(line) <= 100 for line in second.splitlines() if "# varies:" in first)
    for book in books[1:]:
        solved(book)


@pytest.mark.parametrize(
    ("name", "right", "wrong", "said"),
    [
        ("discriminator_loss", "(1 - smooth) * p_data /", "(1 - smooth) * p_g /", "are exchanged"),
        ("generator_loss", "tf.sigmoid(d_logits_fake) - 1", "1 - tf.sigmoid(d_logits_fake)",
         "the sign is reversed"),
    ],
)  # fmt: skip
def test_a_mistake_is_still_named(name, right, wrong, said, tmp_path):
    variants.renew_numbers(copied(course.COURSE / "source", name, tmp_path), 2030)
    book = read_notebook(tmp_path, name)
    for cell in book.cells:
        cell.source = cell.source.replace(f"return {right}", f"return {wrong}")
    with pytest.raises(AssertionError, match=said):
        solved(book)


def copied(source, name, folder):
    shutil.copytree(source / name, folder / name)
    return folder / name / f"{name}.ipynb"
