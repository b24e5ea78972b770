"""The months that a report is about."""

import re
from dataclasses import dataclass
from datetime import date

_MONTH = r"(\d{4})-(0[1-9]|1[0-2])"
_PERIOD = re.compile(rf"{_MONTH}(?:\.\.{_MONTH})?")


@dataclass(frozen=True)
class Period:
    """Whole months from the first of `first` to the end of `last`; both are first days of a month."""

    first: date
    last: date

    @classmethod
    def parse(cls, text: str) -> "Period":
        """`2026-10`, or `2026-07..2026-09`. Raises ValueError with a sentence for anything else."""
        match = _PERIOD.fullmatch(text.strip())
        if not match:
            raise ValueError(f"“{text}” is not a period. Write a month as 2026-10, or several as 2026-07..2026-09.")
        first_year, first_month, last_year, last_month = match.groups()
        first = date(int(first_year), int(first_month), 1)
        last = date(int(last_year), int(last_month), 1) if last_year else first
        if last < first:
            raise ValueError(f"The period {text} ends before it begins.")
        return cls(first, last)

    def touches(self, first_month: date, last_month: date) -> bool:
        """Whether a cycle of these months shares one with the period. A cycle is never cut in two."""
        return self.first <= last_month and first_month <= self.last

    def __str__(self) -> str:
        if self.first == self.last:
            return f"{self.first:%Y-%m}"
        return f"{self.first:%Y-%m}..{self.last:%Y-%m}"


def parse_month(text: str) -> date:
    """The first day of a month written as `2026-10`. Raises ValueError with a sentence for anything else."""
    if ".." in text:
        raise ValueError(f"“{text}” is not a month. Write it as 2026-10.")
    return Period.parse(text).first
