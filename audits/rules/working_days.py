"""Working days: Monday to Friday, without England's bank holidays and the authority's own closures.

Every deadline of the programme is counted in these days. `closures` are the days on which the authority is
shut beside the bank holidays (say, the days between Christmas and New Year); they are an argument, so that the same
question always has the same answer.
"""

from collections.abc import Collection
from datetime import date, timedelta
from functools import lru_cache

from holidays import country_holidays

ONE_DAY = timedelta(days=1)
SATURDAY = 5


@lru_cache(maxsize=256)
def bank_holidays(year: int) -> frozenset[date]:
    """England's bank holidays of a year, substitute days and one-off holidays included."""
    return frozenset(country_holidays("GB", subdiv="ENG", years=year, expand=False))


def is_working_day(day: date, closures: Collection[date] = ()) -> bool:
    return day.weekday() < SATURDAY and day not in bank_holidays(day.year) and day not in closures


def next_working_day(day: date, closures: Collection[date] = ()) -> date:
    """The day itself where it is a working day, otherwise the first one after it."""
    while not is_working_day(day, closures):
        day += ONE_DAY
    return day


def add_working_days(day: date, count: int, closures: Collection[date] = ()) -> date:
    """The `count`-th working day after `day`; before it where `count` is negative.

    The day itself is never counted. With a count of 0 it is the day itself, moved to the next working day.
    """
    if count == 0:
        return next_working_day(day, closures)
    step = ONE_DAY if count > 0 else -ONE_DAY
    left = abs(count)
    while left:
        day += step
        left -= is_working_day(day, closures)
    return day


def working_days_between(start: date, end: date, closures: Collection[date] = ()) -> int:
    """How many working days lie after `start` up to and including `end`; 0 where `end` is not later."""
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(is_working_day(day, closures) for day in days)
