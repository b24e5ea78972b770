"""Writing a table for somebody else's spreadsheet program."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class Writable(Protocol):
    """A text file, or a response."""

    def write(self, text: str, /) -> object: ...


def write_csv(stream: Writable, header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write `rows` under `header` as CSV and return how many there were.

    Dates are YYYY-MM-DD, yes and no are words, None is blank. A text that a spreadsheet would run as a formula gets an
    apostrophe in front, which the imports take off again. Open `stream` with newline="".
    """
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([_cell(name) for name in header])
    count = 0
    for row in rows:
        writer.writerow([_cell(value) for value in row])
        count += 1
    return count


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
