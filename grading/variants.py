"""Other numbers in the visible tests from year to year, all drawn from one seed.

A test says in its hidden part which of its visible lines vary, one comment for each, in order:

    # varies: logits = pick(-4, 4, (4, 1))
    # varies: right = -1 / (1 + np.exp(-logits))

The first line of the visible part that gives the same name a value then gets the value of this
expression, written as a number. It may use NumPy as np, `pick`, and the names above it. The
source is rewritten, so what hands out and grades the assignment needs to know nothing of it.
"""

import functools
import json
import re
import zlib
from pathlib import Path
from typing import Any

from grading.course import CourseError
from tools.files import write_whole

import numpy as np

VARIES = re.compile(r"^\s*# varies: (\w+) = (.+)$", re.MULTILINE)
HIDDEN = "### BEGIN HIDDEN TESTS"
DECIMALS = 8


def renew_numbers(path: Path, seed: int) -> list[str]:
    """Rewrite the numbers that vary in a notebook of source/; returns the ids of their tests.

    Raises:
        CourseError: a test names a line that it does not have, or an expression fails.
    """
    notebook = json.loads(path.read_text(encoding="utf-8"))
    changed = []
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        if cell["cell_type"] == "code" and VARIES.search(source):
            cell["source"] = varied(source, name, seed).splitlines(keepends=True)
            changed.append(name)
    if changed:
        write_whole(path, json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")
    return changed


def varied(source: str, name: str, seed: int) -> str:
    """A test cell with the numbers of a seed.

    Raises:
        CourseError: as `renew_numbers` does.
    """
    visible, mark, hidden = source.partition(HIDDEN)
    rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
    space: dict[str, Any] = {"np": np, "pick": functools.partial(pick, rng)}
    for target, expression in VARIES.findall(hidden):
        try:
            value = eval(expression, space)
        except Exception as error:
            raise CourseError(f"{name}: # varies: {target} = {expression}: {error}") from None
        space[target] = np.round(value, DECIMALS) + 0.0  # no -0.0
        line = re.compile(rf"^(\s*{target} = ).+$", re.MULTILINE)
        written = written_as_code(space[target])
        visible, count = line.subn(rf"\g<1>{written}", visible, count=1)
        if count != 1:
            raise CourseError(f"{name}: no visible line begins with {target} =, which varies")
    return visible + mark + hidden


def pick(rng: np.random.Generator, low: float, high: float, shape: Any) -> np.ndarray:
    """Numbers with two decimals from low to high, ascending and apart from one another."""
    count = int(np.prod(shape))
    steps = np.arange(count) + rng.uniform(0.2, 0.8, count)
    return np.round(low + steps * (high - low) / count, 2).reshape(shape)


def written_as_code(value: np.ndarray) -> str:
    """The Python that gives a number or an array."""
    return f"np.array({value.tolist()})" if np.ndim(value) else repr(float(value))
