"""Alike beyond the given code: whoever copies is found, whoever answers as many do is not."""

import random
import time

from grading.book.similar import similar
from tests.grading.small_course import marked

from nbformat.v4 import new_code_cell, new_markdown_cell

GIVEN = "def draw(n):\n    z = np.random.default_rng(0).normal(size=(n, 64))\n    return z"
COPIED = """def draw(n):
    table = {key: [value ** 2 + key for value in range(key)] for key in range(n)}
    noise = np.stack([np.full(64, sum(row) / (len(row) or 1)) for row in table.values()])
    return np.where(noise > noise.mean(axis=0), noise - 3.25 * n, noise / (1 + abs(noise)))"""
# Other names, other layout, a comment; and an order that changes nothing.
DISGUISED = """def draw(how_many):
    # My own idea.
    t = {k: [v ** 2 + k for v in range(k)]
         for k in range(how_many)}
    x = np.stack([np.full(64, sum(r) / (len(r) or 1)) for r in t.values()])
    return np.where(x > x.mean(axis=0), x - 3.25 * how_many, x / (1 + abs(x)))"""
WORDS = (
    "gradient floor bad sample real fake loss label smooth density ratio logit step noise".split()
)


def own(seed):
    """An answer that is nobody else's."""
    rng = random.Random(seed)
    lines = [f"    a{n} = np.{rng.choice(['sin', 'cos', 'exp', 'tanh'])}(z * {rng.random():.6f} + "
             f"{rng.random():.6f}) - {rng.random():.6f}" for n in range(4)]  # fmt: skip
    return GIVEN.replace("    return z", "\n".join(lines) + "\n    return z")


def cells(code, text=""):
    return [
        marked(new_code_cell(code), "draw", answer=True),
        marked(new_markdown_cell(text), "why", 4, answer=True),
    ]


RELEASE = [new_code_cell(GIVEN)]


def test_a_copy_under_other_names_is_found_and_nobody_else():
    people = {f"s{n}": cells(own(n)) for n in range(8)}
    people |= {"ada": cells(COPIED), "bob": cells(DISGUISED)}
    (pair,) = similar(people, RELEASE)
    assert (pair.one, pair.other, pair.share, pair.questions) == ("ada", "bob", 1.0, ("draw",))
    assert "np.where" in pair.example or "np.stack" in pair.example


def test_a_copied_essay_is_found():
    rng = random.Random(1)
    text = " ".join(rng.choice(WORDS) for _ in range(60))
    people = {f"s{n}": cells(own(n), " ".join(rng.sample(WORDS, 12))) for n in range(6)}
    people |= {"ada": cells("", text), "bob": cells("", f"I think that {text.upper()}")}
    (pair,) = similar(people, RELEASE)
    assert {pair.one, pair.other} == {"ada", "bob"} and pair.questions == ("why",)


def test_what_many_write_or_the_assignment_gives_says_nothing():
    assert similar({f"s{n}": cells(COPIED) for n in range(8)}, RELEASE) == []
    two = {"ada": cells(COPIED), "bob": cells(COPIED)}
    assert len(similar(two, RELEASE)) == 1
    assert similar(two, [new_code_cell(f"### BEGIN SOLUTION\n{COPIED}\n### END SOLUTION")]) == []


def test_code_that_cannot_be_read_stops_nothing():
    assert similar({"ada": cells("def ("), "bob": cells("%time x = ")}, RELEASE) == []


def test_a_class_takes_seconds():
    rng = random.Random(2)
    people = {
        f"s{n}": [cell for part in range(6)
                  for cell in cells(own(9 * n + part), " ".join(rng.choices(WORDS, k=150)))]
        for n in range(100)
    }  # fmt: skip
    start = time.process_time()
    similar(people, RELEASE)
    assert time.process_time() - start < 10
