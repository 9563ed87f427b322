"""A csv as spreadsheets and learning platforms read it."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

BOM = "\ufeff"  # without it Excel takes UTF-8 for another encoding, and Zoë becomes ZoÃ«
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def sheet(
    heads: Sequence[str],
    rows: Iterable[dict[str, Any]],
    bom: bool = False,
    quote_all: bool = False,
) -> str:
    """The text of a csv with a head line; columns that a row lacks are empty.

    bom: whether Excel will open it. quote_all: whether each cell stands in quotation marks.
    """
    text = io.StringIO()
    table = csv.DictWriter(
        text, heads, restval="", extrasaction="ignore", lineterminator="\n",
        quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL,
    )  # fmt: skip
    table.writeheader()
    table.writerows({key: harmless(value) for key, value in row.items()} for row in rows)
    return BOM * bom + text.getvalue()


def harmless(value: Any) -> Any:
    """A cell that no spreadsheet runs: students choose the names of their files."""
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value


def number(value: Any) -> str:
    """Points as platforms write them: 7, or 7.5."""
    return f"{float(value):.6g}"
