from datetime import date, timedelta

import pytest
from govuk_bank_holidays.bank_holidays import BankHolidays
from hypothesis import given
from hypothesis import strategies as st

from audits.rules.working_days import (
    add_working_days,
    bank_holidays,
    is_working_day,
    next_working_day,
    working_days_between,
)

days = st.dates(date(2019, 1, 1), date(2030, 12, 31))
counts = st.integers(1, 60)


def government_bank_holidays():
    published = BankHolidays(use_cached_holidays=True)
    return {holiday["date"] for holiday in published.get_holidays(BankHolidays.ENGLAND_AND_WALES)}


def test_bank_holidays_are_those_the_government_publishes():
    published = government_bank_holidays()
    years = range(min(published).year, max(published).year + 1)
    assert {day for year in years for day in bank_holidays(year) if day.weekday() < 5} == published


def test_ten_working_days_after_christmas_eve_2026_is_12_january_2027():
    assert add_working_days(date(2026, 12, 24), 10) == date(2027, 1, 12)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 20), True),
        (date(2026, 11, 21), False),  # Saturday
        (date(2026, 11, 22), False),  # Sunday
        (date(2026, 12, 25), False),
        (date(2026, 12, 28), False),  # in place of Boxing Day, a Saturday
        (date(2022, 9, 19), False),  # the State Funeral of Queen Elizabeth II
        (date(2026, 8, 3), True),  # a bank holiday in Scotland only
    ],
)
def test_weekends_and_bank_holidays_are_not_worked(day, works):
    assert is_working_day(day) is works


def test_local_closures_are_not_worked():
    closures = {date(2026, 12, 29), date(2026, 12, 30), date(2026, 12, 31)}
    assert next_working_day(date(2026, 12, 25), closures) == date(2027, 1, 4)
    assert add_working_days(date(2026, 12, 24), 10, closures) == date(2027, 1, 15)


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 11, 21), 1, date(2026, 11, 23)),
        (date(2026, 11, 23), -1, date(2026, 11, 20)),
        (date(2026, 11, 21), 0, date(2026, 11, 23)),
        (date(2026, 11, 20), 0, date(2026, 11, 20)),
    ],
)
def test_the_day_itself_is_never_counted(day, count, expected):
    assert add_working_days(day, count) == expected


@given(days, counts)
def test_adding_then_counting_gives_the_same_number(day, count):
    assert working_days_between(day, add_working_days(day, count)) == count


@given(days, counts)
def test_subtracting_undoes_adding_from_a_working_day(day, count):
    start = next_working_day(day)
    assert add_working_days(add_working_days(start, count), -count) == start


@given(days, counts)
def test_the_result_is_the_same_as_counting_on_a_calendar_day_by_day(day, count):
    published = government_bank_holidays()
    if not min(published).year <= day.year < max(published).year:
        return
    found, current = 0, day
    while found < count:
        current += timedelta(days=1)
        found += current.weekday() < 5 and current not in published
    assert add_working_days(day, count) == current
