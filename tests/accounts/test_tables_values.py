"""One cell at a time: what is read, and what is refused with which reason."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from accounts.tables.values import (
    Unreadable,
    any_of,
    day,
    email,
    emails,
    identifier,
    label_of,
    loose,
    months,
    one_of,
    text,
    tidy,
    whole_number,
    yes_no,
)

PLANS = [("EH", "Early help"), ("CIN", "Child in need")]


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("2026-03-25", date(2026, 3, 25)),
        ("25/03/2026", date(2026, 3, 25)),
        ("03/04/2026", date(2026, 4, 3)),
        ("5/3/2026", date(2026, 3, 5)),
        ("2026-03-25 00:00:00", date(2026, 3, 25)),
        ("2026-03-25T00:00:00", date(2026, 3, 25)),
        ("25/03/2026 00:00", date(2026, 3, 25)),
        (datetime.fromisoformat("2026-03-25"), date(2026, 3, 25)),
        (datetime.fromisoformat("2026-03-25T14:30"), date(2026, 3, 25)),
        (date(2026, 3, 25), date(2026, 3, 25)),
    ],
)
def test_dates_are_read_year_first_or_day_first(cell: object, read: date) -> None:
    assert day(cell) == read


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("03/25/2026", "looks like month/day/year (MM/DD/YYYY), which is never guessed"),
        ("31/02/2026", "there is no such date"),
        ("13/13/2026", "there is no such date"),
        ("2026-13-01", "there is no such date"),
        ("25/03/26", "this is not a date"),
        ("25.03.2026", "this is not a date"),
        ("25 March 2026", "this is not a date"),
        ("soon", "this is not a date"),
        (46106, "a number, not a date"),
        (datetime.fromisoformat("0214-03-25"), "the year is not between 1900 and 2100"),
        ("0026-03-25", "the year is not between 1900 and 2100"),
    ],
)
def test_other_dates_are_refused_with_the_reason(cell: object, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        day(cell)
    assert reason in str(refused.value)


@pytest.mark.parametrize(
    ("parse", "cell", "read"),
    [
        (identifier, "C-001", "C-001"),
        (identifier, 1234, "1234"),
        (identifier, 1234.0, "1234"),
        (identifier, "00123", "00123"),
        (email, "Anna.Ash@Council.Example", "anna.ash@council.example"),
        (email, "S.O'Hara@council.example", "s.o'hara@council.example"),
        (emails, "b@x.example; A@x.example;;b@X.example", ("a@x.example", "b@x.example")),
        (yes_no, "Yes", True),
        (yes_no, "b) No", False),
        (yes_no, "Y", True),
        (yes_no, True, True),
        (yes_no, 0, False),
        (whole_number(), "3.0", 3),
        (whole_number(), 2.0, 2),
        (one_of(PLANS), "cin", "CIN"),
        (one_of(PLANS), "Child in Need", "CIN"),
        (one_of(PLANS), "b) child_in_need", "CIN"),
        (any_of(PLANS), "CIN; EH;CIN", ("EH", "CIN")),
        (label_of(["Female"], {"F": "Female"}), "b) FEMALE", "Female"),
        (label_of(["Female"], {"F": "Female"}), "f", "Female"),
        (label_of(["Female"]), "c) Non-binary", "Non-binary"),
        (text, 12.0, "12"),
        (months, "2019-07", (date(2019, 7, 1), date(2019, 7, 1))),
        (months, "2019-07/2019-08", (date(2019, 7, 1), date(2019, 8, 1))),
        (months, datetime.fromisoformat("2019-07-01"), (date(2019, 7, 1), date(2019, 7, 1))),
    ],
)
def test_values_are_read_as_people_write_them(parse: Callable[[Any], Any], cell: object, read: object) -> None:
    assert parse(cell) == read


@pytest.mark.parametrize(
    ("parse", "cell", "reason"),
    [
        (identifier, "1.23457E+11", "a spreadsheet has shortened this number"),
        (identifier, 1.5, "not a whole number"),
        (identifier, 10**16, "15 digits"),
        (identifier, "---", "neither letters nor digits"),
        (identifier, "=1+1", "this is a formula"),
        (text, "=HYPERLINK(1)", "this is a formula"),
        (text, "x" * 201, "longer than 200"),
        (text, datetime.fromisoformat("2026-03-01"), "turned this into a date"),
        (email, "not an address", "not an e-mail address"),
        (email, "a@b", "not an e-mail address"),
        (email, "a@b.example,c@d.example", "not an e-mail address"),
        (email, "a@b.example\nBcc: c@d.example", "not an e-mail address"),
        (yes_no, "maybe", "neither yes nor no"),
        (whole_number(), "2.5", "not a whole number"),
        (whole_number(), "nan", "not a number"),
        (whole_number(), "inf", "not a number"),
        (whole_number(most=5), 6, "not between 0 and 5"),
        (whole_number(), -1, "not between"),
        (one_of(PLANS), "XYZ", "none of EH, CIN"),
        (any_of(PLANS), "CIN;XYZ", "none of EH, CIN"),
        (months, "2019-13", "not a month"),
        (months, "2019-08/2019-07", "before the first"),
        (months, "July 2019", "not a month"),
    ],
)
def test_other_values_are_refused_with_the_reason(parse: Callable[[Any], Any], cell: object, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        parse(cell)
    assert reason in str(refused.value)


@pytest.mark.parametrize(
    ("cell", "tidied"),
    [
        ("  Assessment\u00a0 North ", "Assessment North"),
        ("\ufeffC1\u200b", "C1"),
        ("a\tb\nc", "a b c"),
        ("\x1b[31mred", "[31mred"),
        ("evil\u202etxt", "eviltxt"),
        ('="00123"', "00123"),
        ("'=1+1", "=1+1"),
        ("'tis", "'tis"),
    ],
)
def test_text_is_tidied_before_it_is_read(cell: str, tidied: str) -> None:
    assert tidy(cell) == tidied


def test_spellings_of_one_name_are_alike() -> None:
    assert loose("Child’s Legal_Status ") == loose("child's legal\u00a0status") == "childslegalstatus"
