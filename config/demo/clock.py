"""Days and times of the demonstration, all counted back from the day it is shown on."""

from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from audits.rules.deadlines import add_months, draw_publication
from audits.rules.working_days import add_working_days, is_working_day

LONDON = ZoneInfo("Europe/London")
DAYS_UNDER_WAY = 2
"""Working days since publication from which on a month counts as under way."""

PAST_MONTHS = 24


def stream(subject: str) -> Random:
    """The random numbers of one subject: the same on every machine."""
    return Random(f"wexmoor {subject}")  # noqa: S311 — invented people, no secrets


def moment(day: date, hour: int = 9, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), LONDON)


def office_moment(day: date, rng: Random) -> datetime:
    """Some time of that working day between nine and half past four."""
    return moment(day, rng.randint(9, 15), rng.randint(0, 59)) + timedelta(minutes=rng.randint(0, 30))


def working_day(first: date, last: date, rng: Random) -> date:
    """A working day between the two, both included; the first working day after `first` where there is none."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    working = [day for day in days if is_working_day(day)]
    return rng.choice(working) if working else add_working_days(first, 0)


def live_month(as_of: date) -> date:
    """The first day of the month whose audits are under way: published, and people have had time to begin."""
    month = add_months(as_of, 1)
    while add_working_days(draw_publication(month), DAYS_UNDER_WAY) > as_of:
        month = add_months(month, -1)
    return month


def years_before(day: date, years: float) -> date:
    return day - timedelta(days=round(years * 365.25))
