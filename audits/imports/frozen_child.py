"""What of a child was the same on the day of a past audit: all that a case known today can say about it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from audits.imports.case_changes import AT_ONCE, in_batches
from audits.imports.oddities import full_years
from audits.models import Allocation, Case
from audits.rules.allocation.eligibility import age_band
from audits.rules.allocation.facts import AGE_BANDS

FROZEN = ["age", "age_band", "gender", "ethnicity"]


class Child(NamedTuple):
    date_of_birth: date | None
    gender: str
    ethnicity: str


def children_of(case_pks: Iterable[int]) -> dict[int, Child]:
    """By the primary key of the case."""
    children = {}
    for some in in_batches(list(case_pks), AT_ONCE):
        rows = Case.objects.filter(pk__in=some).order_by().values_list("id", "date_of_birth", "gender", "ethnicity")
        children.update({pk: Child(born, gender, ethnicity) for pk, born, gender, ethnicity in rows})
    return children


def freeze_child(allocation: Allocation, child: Child, on: date) -> None:
    """Freeze it as of `on`, the first day of the cycle."""
    allocation.gender, allocation.ethnicity = child.gender, child.ethnicity
    if child.date_of_birth is not None:
        allocation.age = full_years(child.date_of_birth, on)
        allocation.age_band = age_band(child.date_of_birth, AGE_BANDS, on)
