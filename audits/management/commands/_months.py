"""Months on the command line: `2026-11`, and `2026-07..2026-09` for a period."""

import re
from datetime import date
from typing import NamedTuple

from accounts.errors import UserError

_MONTH = re.compile(r"(20\d\d|2100)-(0[1-9]|1[0-2])", re.ASCII)


class Period(NamedTuple):
    """The first days of the first and of the last month."""

    first: date
    last: date


def month(text: str) -> date:
    """The first day of a month from 2000 to 2100, written YYYY-MM. Other years are slips of the hand."""
    match = _MONTH.fullmatch(text)
    if not match:
        raise UserError(f"“{text}” is not a month: write it as YYYY-MM, such as 2026-11.")
    return date(int(match[1]), int(match[2]), 1)


def period(text: str) -> Period:
    """A month, or two joined by `..`."""
    first, joined, last = text.partition("..")
    found = Period(month(first), month(last if joined else first))
    if found.last < found.first:
        raise UserError(f"“{text}” ends before it begins.")
    return found
