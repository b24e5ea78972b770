"""What is strange about a case but no reason to refuse it: somebody should look at the record.

Pure: dates in, sentences out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from audits.enums import PlanType

YOUNGEST_CARE_LEAVER = 15
"""A child of 16 or 17 can be an eligible or relevant child; a year's grace for records made ahead."""
OLDEST_CARE_LEAVER = 25
ADULT = 18
LONGEST_PREGNANCY = timedelta(days=300)


def oddities(
    *,
    on: date,
    date_of_birth: date | None = None,
    plan_type: str | None = None,
    opened_on: date | None = None,
    closed_on: date | None = None,
) -> Iterator[tuple[str, str]]:
    """The field and the sentence for each strange thing, as of the day `on`."""
    if opened_on and closed_on and closed_on < opened_on:
        yield "closed_on", "this is before it was opened"
    if opened_on and opened_on > on:
        yield "opened_on", "this is in the future"
    if date_of_birth is None:
        return
    if opened_on and opened_on < date_of_birth:
        yield "opened_on", "this is before the child’s date of birth"
    if date_of_birth > on + LONGEST_PREGNANCY:
        yield "date_of_birth", "this is further ahead than a pregnancy lasts"
    elif (closed_on or on) >= date_of_birth:
        yield from _odd_age(full_years(date_of_birth, min(closed_on or on, on)), plan_type)


def _odd_age(age: int, plan_type: str | None) -> Iterator[tuple[str, str]]:
    if plan_type == PlanType.CARE_LEAVER:
        if not YOUNGEST_CARE_LEAVER <= age <= OLDEST_CARE_LEAVER:
            yield "date_of_birth", f"this makes a care leaver of {age}"
    elif plan_type and age >= ADULT:
        yield "date_of_birth", f"this makes somebody of {age}, not a child"


def full_years(date_of_birth: date, on: date) -> int:
    return on.year - date_of_birth.year - ((on.month, on.day) < (date_of_birth.month, date_of_birth.day))
