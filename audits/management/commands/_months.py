"""Months on the command line: `2026-11`, and `2026-07..2026-09` for a period."""

import re
from datetime import date
from typing import NamedTuple

from accounts.errors import UserError

_MONTH = re.compile(r"(\d{4})-(\d{2})")


class Period(NamedTuple):
    """The first days of the first and of the last month."""

    first: date
    last: date


def month(text: str) -> date:
    """The first day of a month written YYYY-MM."""
    match = _MONTH.fullmatch(text)
    if not match or not 1 <= int(match[2]) <= 12 or int(match[1]) < 1:
        raise UserError(f"“{text}” is not a month: write it as YYYY-MM, such as 2026-11.")
    return date(int(match[1]), int(match[2]), 1)


def period(text: str) -> Period:
    """A month, or two joined by `..`."""
    first, joined, last = text.partition("..")
    found = Period(month(first), month(last if joined else first))
    if found.last < found.first:
        raise UserError(f"“{text}” ends before it begins.")
    return found
