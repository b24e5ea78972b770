"""Reading one cell. A parser takes a cell that is not blank and gives a value, or raises Unreadable with the
reason.

Text reaches a parser tidied: no-break spaces and runs of spaces are one space, invisible characters are gone.
Numbers, dates and truth values of a workbook arrive as such.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

Parser = Callable[[Any], Any]

NOT_AVAILABLE = frozenset(
    {"#n/a", "n/a", "#ref!", "#value!", "#name?", "#div/0!", "#null!", "#num!", "null", "#n/a n/a"}
)
"""What a spreadsheet or an export writes where it has no value."""

EARLIEST_YEAR, LATEST_YEAR = 1900, 2100
MOST_DIGITS_EXACT = 15

_INVISIBLE = dict.fromkeys([*range(0x20), 0x7F, 0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF])
_INVISIBLE.update({ord(character): " " for character in "\t\n\r\v\f"})
_CODE_PREFIX = re.compile(r"^[a-z0-9]{1,2}\)\s*", re.IGNORECASE)
_TEXT_FORMULA = re.compile(r'^="([^"]*)"$')
_ISO_DATE = re.compile(r"^(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$")
_DAY_FIRST_DATE = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4})(?: \d{1,2}:\d{2}(?::\d{2})?)?$")
_MONTH = re.compile(r"^(\d{4})-(\d{2})$")
_SHORTENED = re.compile(r"^\d+(\.\d+)?E\+\d+$", re.IGNORECASE)
_EMAIL = re.compile(r"^[^@\s,;<>\"()\[\]]+@[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\.[a-z]{2,}$")


class Unreadable(Exception):
    """The value cannot be read; the message says why, to follow the value itself."""


@dataclass(frozen=True)
class Strange:
    """A value that was read but somebody should look at."""

    value: Any
    reason: str


class Months(NamedTuple):
    """The first days of the first and the last month of a cycle; written as files write it."""

    first: date
    last: date

    def __str__(self) -> str:
        first, last = f"{self.first:%Y-%m}", f"{self.last:%Y-%m}"
        return first if first == last else f"{first}/{last}"


def tidy(text: str) -> str:
    """One line without invisible characters; every kind of space is one plain space."""
    if text.isascii() and text.isalnum():
        return text
    text = " ".join(text.translate(_INVISIBLE).split())
    text_formula = _TEXT_FORMULA.match(text)  # ="00123", how exports keep leading zeros
    if text_formula:
        return text_formula[1].strip()
    if len(text) > 1 and text[0] == "'" and text[1] in "=+-@":  # how our own exports keep text from being a formula
        return text[1:]
    return text


def loose(text: str) -> str:
    """What two spellings of one name share: letters and digits, in lower case."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def without_code(text: str) -> str:
    """`b) Female` → `Female`."""
    return _CODE_PREFIX.sub("", text) or text


def text(cell: Any) -> str:
    """A name or a label, at most 200 characters."""
    value = _as_text(cell)
    if value.startswith("="):
        raise Unreadable("this is a formula, not a value")
    if len(value) > 200:
        raise Unreadable("this is longer than 200 characters")
    return value


def identifier(cell: Any) -> str:
    """A number or code that names one thing. A whole number of a workbook is its digits."""
    if isinstance(cell, bool):
        raise Unreadable("this is a truth value, not an identifier")
    if isinstance(cell, int | float):
        if cell != cell // 1 or cell < 0:
            raise Unreadable("this is not a whole number, so it cannot be an identifier")
        if cell >= 10**MOST_DIGITS_EXACT:
            raise Unreadable("a spreadsheet holds only 15 digits exactly: format the column as text")
        return str(int(cell))
    value = text(cell)
    if _SHORTENED.match(value):
        raise Unreadable("a spreadsheet has shortened this number: format the column as text")
    if len(value) > 64:
        raise Unreadable("this is longer than 64 characters")
    if not any(c.isalnum() for c in value):
        raise Unreadable("this holds neither letters nor digits")
    return value


def email(cell: Any) -> str:
    """An e-mail address in lower case."""
    value = _as_text(cell).lower().removeprefix("mailto:")
    if len(value) > 254 or not _EMAIL.match(value):
        raise Unreadable("this is not an e-mail address")
    return value


def emails(cell: Any) -> tuple[str, ...]:
    """E-mail addresses separated by semicolons, each once, in alphabetical order."""
    return tuple(sorted({email(part.strip()) for part in _parts(cell)}))


def day(cell: Any) -> date:
    """A date written YYYY-MM-DD or DD/MM/YYYY, or a date of a workbook; a time of day is left out."""
    if isinstance(cell, datetime):
        return _sane(cell.date())
    if isinstance(cell, date):
        return _sane(cell)
    if not isinstance(cell, str):
        raise Unreadable("this is a number, not a date: format the column as a date, or write YYYY-MM-DD")
    if match := _ISO_DATE.match(cell):
        year, month, day_of_month = (int(part) for part in match.groups())
    elif match := _DAY_FIRST_DATE.match(cell):
        day_of_month, month, year = (int(part) for part in match.groups())
        if month > 12 and day_of_month <= 12:
            raise Unreadable(
                "this is not a date written day first. It looks like month/day/year (MM/DD/YYYY), which is never"
                " guessed: write DD/MM/YYYY or YYYY-MM-DD"
            )
    else:
        raise Unreadable("this is not a date: write YYYY-MM-DD or DD/MM/YYYY")
    try:
        return _sane(date(year, month, day_of_month))
    except ValueError:
        raise Unreadable("there is no such date") from None


def months(cell: Any) -> Months:
    """A cycle, `2019-07`, or merged months, `2019-07/2019-08`."""
    if isinstance(cell, datetime | date):  # a spreadsheet turns 2019-07 into the first of July
        first = date(cell.year, cell.month, 1)
        return Months(first, first)
    first_text, _, last_text = str(cell).partition("/")
    first = _month(first_text.strip())
    last = _month(last_text.strip()) if last_text else first
    if last < first:
        raise Unreadable("the last month is before the first")
    return Months(first, last)


def yes_no(cell: Any) -> bool:
    if isinstance(cell, bool):
        return cell
    word = loose(without_code(_as_text(cell)))
    if word in ("yes", "y", "true", "1"):
        return True
    if word in ("no", "n", "false", "0"):
        return False
    raise Unreadable("this is neither yes nor no")


def whole_number(*, least: int = 0, most: int = 1_000_000) -> Parser:
    """A whole number from `least` to `most`; `3.0` is one."""

    def parse(cell: Any) -> int:
        number = _number(cell)
        if number != number // 1:
            raise Unreadable("this is not a whole number")
        if not least <= number <= most:
            raise Unreadable(f"this is not between {least} and {most}")
        return int(number)

    return parse


def one_of(choices: Iterable[tuple[str, str]], aliases: Mapping[str, str] | None = None) -> Parser:
    """One of an enumeration, by its code, its label or an alias, with or without a code prefix (`b)
    Female`)."""
    codes = [code for code, _ in choices]
    known = {loose(label): code for code, label in choices}
    known |= {loose(alias): code for alias, code in (aliases or {}).items()}
    known |= {loose(code): code for code in codes}

    def parse(cell: Any) -> str:
        value = _as_text(cell)
        code = known.get(loose(value)) or known.get(loose(without_code(value)))
        if code is None:
            raise Unreadable(f"this is none of {', '.join(code for code in codes if code)}")
        return code

    return parse


def any_of(choices: Iterable[tuple[str, str]], aliases: Mapping[str, str] | None = None) -> Parser:
    """Several of an enumeration, separated by semicolons, each once, in the enumeration's order."""
    choices = list(choices)
    parse_one = one_of(choices, aliases)
    order = [code for code, _ in choices]

    def parse(cell: Any) -> tuple[str, ...]:
        found = {parse_one(part.strip()) for part in _parts(cell)}
        return tuple(sorted(found, key=order.index))

    return parse


def label_of(choices: Iterable[str], aliases: Mapping[str, str] | None = None, *, longest: int = 60) -> Parser:
    """A label from a list that is not closed: spellings we know become one, others are kept as they are
    written."""
    known = {loose(label): label for label in choices} | {loose(a): label for a, label in (aliases or {}).items()}

    def parse(cell: Any) -> str:
        value = without_code(text(cell))
        value = known.get(loose(value), value)
        if len(value) > longest:
            raise Unreadable(f"this is longer than {longest} characters")
        return value

    return parse


def at_most(longest: int, parse: Parser) -> Parser:
    """What another parser reads, unless it is longer than its place in the database."""

    def parse_short(cell: Any) -> str:
        value: str = parse(cell)
        if len(value) > longest:
            raise Unreadable(f"this is longer than {longest} characters")
        return value

    return parse_short


def _parts(cell: Any) -> list[str]:
    return [part for part in re.split(r"[;\n]", _as_text(cell)) if part.strip()]


def _as_text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, date):
        raise Unreadable("a spreadsheet has turned this into a date: format the column as text")
    return str(cell)


def _number(cell: Any) -> float:
    if isinstance(cell, bool):
        raise Unreadable("this is not a number")
    try:
        number = float(cell)
    except (TypeError, ValueError):
        raise Unreadable("this is not a number") from None
    if number != number or number in (float("inf"), float("-inf")):
        raise Unreadable("this is not a number")
    return number


def _month(written: str) -> date:
    match = _MONTH.match(written)
    if not match or not 1 <= int(match[2]) <= 12 or not EARLIEST_YEAR <= int(match[1]) <= LATEST_YEAR:
        raise Unreadable("this is not a month: write YYYY-MM, or YYYY-MM/YYYY-MM for merged months")
    return date(int(match[1]), int(match[2]), 1)


def _sane(value: date) -> date:
    if not EARLIEST_YEAR <= value.year <= LATEST_YEAR:
        raise Unreadable(f"the year is not between {EARLIEST_YEAR} and {LATEST_YEAR}")
    return value
