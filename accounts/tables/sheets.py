"""What every kind of file becomes: sheets of numbered rows of raw cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

NumberedRow = tuple[int, Sequence[object]]


class Unread(Enum):
    """A cell whose value the file does not hold."""

    FORMULA = "a formula whose result the file does not hold"


@dataclass(frozen=True)
class Sheet:
    """One table. `rows()` starts again from the top each time; rows are numbered as a spreadsheet shows them,
    from 1, and rows without any value are left out."""

    name: str
    rows: Callable[[], Iterator[NumberedRow]]


@dataclass(frozen=True)
class TableFile:
    """A file that could be opened. A CSV file has one sheet, named "". `reading` says how it was read."""

    name: str
    reading: str
    sheets: tuple[Sheet, ...]
    columns_shift: bool = False
    """In a CSV file one stray comma moves every later value of its row into the wrong column."""


def is_blank(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and (not cell or cell.isspace()))
