"""Which cases are in the population of a draw, and which rule keeps each other one out.

Everything is judged against the cycle's first day, never against today, so that a past or a future month can be
drawn. ILACS practice audits ask for a sample of the whole population of open and recently closed cases.
"""

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np

from audits.rules.allocation.columns import NO_DAY, NONE, CaseColumns, Column, Days, Flags, Ints
from audits.rules.allocation.facts import AgeBand, AllocationRules, AuditorFacts, CaseFacts, Focus, Months
from audits.rules.allocation.reasons import AuditorRule, CaseRule
from audits.rules.cohorts import Child, Cohort
from audits.rules.deadlines import add_months, last_day_of_month
from audits.rules.working_days import add_working_days

UNKNOWN = "Unknown"


RULES = tuple(CaseRule)


class CaseJudge:
    """The rules about the case alone, made ready for one cycle."""

    def __init__(self, rules: AllocationRules, months: Months, closures: frozenset[date] = frozenset()) -> None:
        self.excluded_services = rules.excluded_services
        self.focus = rules.focus
        self.months = months
        self.opened_by = _latest_opening(months.first_day, rules.open_working_days, closures)
        self.closed_since = add_months(months.first_day, -rules.recently_closed_months)
        self.audited_before = add_months(months.first_day, -rules.cooling_off_months)

    def broken_rule(self, case: CaseFacts, *, is_reaudit: bool = False) -> CaseRule | None:
        """The first rule that keeps the case out; None where the case is eligible."""
        number = int(self.broken_rules(CaseColumns.of([case]), are_reaudits=is_reaudit)[0])
        return None if number == NONE else RULES[number]

    def broken_rules(self, cases: CaseColumns, *, are_reaudits: bool = False) -> Ints:
        """For each case the first rule that keeps it out, by its place in RULES; NONE where the case is eligible.

        A re-audit follows the audit before it, whatever the time between them and the focus of the cycle.
        """
        found = np.full(len(cases), NONE, np.int8)
        for rule, is_broken in reversed(list(self._judged(cases, are_reaudits=are_reaudits))):
            found[is_broken] = RULES.index(rule)
        return found

    def _judged(self, cases: CaseColumns, *, are_reaudits: bool) -> Iterator[tuple[CaseRule, Flags]]:
        """Each rule in the order in which it is asked, and for each case whether it is broken."""
        closed, audited, first_day = cases.closed_on, cases.last_audited_on, self.months.first_day.toordinal()
        was_open = cases.is_open | (closed >= first_day)
        yield CaseRule.SERVICE_NOT_INCLUDED, has_one_of(cases.service, self.excluded_services)
        yield CaseRule.NO_TEAM, cases.team.codes == NONE
        if not are_reaudits:
            yield CaseRule.NOT_IN_FOCUS, ~in_focus(self.focus, cases, self.months.first_day)
        yield CaseRule.CLOSED_TOO_LONG_AGO, ~was_open & (closed < self.closed_since.toordinal())
        yield CaseRule.NOT_OPEN_LONG_ENOUGH, was_open & (cases.opened_on > self.opened_by.toordinal())
        if not are_reaudits:
            lately = (audited >= self.audited_before.toordinal()) & (audited <= self.months.last_day.toordinal())
            yield CaseRule.AUDITED_RECENTLY, lately
        yield CaseRule.ALREADY_ALLOCATED, cases.is_allocated


def in_focus(focus: Focus, cases: CaseColumns, on: date) -> Flags:
    """Which cases the cycle is about."""
    found = np.ones(len(cases), np.bool_)
    if focus.teams:
        found &= has_one_of(cases.team, focus.teams)
    if focus.cohort is not None:
        found &= in_cohort(focus.cohort, cases, on)
    return found


def has_one_of(column: Column, labels: Collection[Any]) -> Flags:
    """Which rows have one of these labels."""
    wanted = np.array([*(label in labels for label in column.labels), False], np.bool_)
    return wanted[column.codes]


def in_cohort(cohort: Cohort, cases: CaseColumns, on: date) -> Flags:
    """Which children are in the cohort on that day. Those alike in all that a cohort asks are judged once."""
    days, day_of = np.unique(cases.born, return_inverse=True)
    ages = Column.of(None if day == NO_DAY else full_years(date.fromordinal(day), on) for day in days.tolist())
    age = Column(ages.codes[day_of], ages.labels)
    alike = cases.missing.astype(np.int64)
    for column in (age, cases.plan_type, cases.plan_types, cases.cp_category, cases.cse_level):
        alike = alike * (len(column.labels) + 1) + column.codes + 1
    kinds, kind = np.unique(alike, return_inverse=True)
    example = np.empty(len(kinds), np.int64)
    example[kind] = np.arange(len(kind))
    holds = [cohort.holds(_child(cases, row, age.label(row))) for row in example.tolist()]
    return np.array(holds, np.bool_)[kind]


def _child(cases: CaseColumns, row: int, age: int | None) -> Child:
    plan_type = cases.plan_type.label(row)
    return Child(
        plan_types={*(cases.plan_types.label(row) or ()), *([plan_type] if plan_type else [])},
        age=age,
        cp_category=cases.cp_category.label(row) or "",
        cse_level=cases.cse_level.label(row) or "",
        missing=bool(cases.missing[row]),
    )


def _latest_opening(first_day: date, working_days: int, closures: frozenset[date]) -> date:
    """The latest opening date of a case that has been open for so many working days on the cycle's first day."""
    if working_days <= 0:
        return first_day
    after = first_day + timedelta(days=1)
    return add_working_days(after, -working_days, closures) - timedelta(days=1)


def age_band(date_of_birth: date | None, bands: tuple[AgeBand, ...], on: date) -> str:
    """The band of a child of that date of birth on that day. An unborn child has the date they are expected on."""
    if date_of_birth is None:
        return UNKNOWN
    years = full_years(date_of_birth, on)
    return next((band.name for band in bands if band.below is None or years < band.below), UNKNOWN)


def age_bands(born: Days, bands: tuple[AgeBand, ...], on: date) -> Column:
    """The band of every child whose date of birth is known, as `age_band` gives it for one."""
    found = np.full(len(born), NONE, np.int32)
    for number, band in reversed(list(enumerate(bands))):
        found[... if band.below is None else born > _youngest_of_age(band.below, on)] = number
    found[born == NO_DAY] = NONE
    return Column(found, [band.name for band in bands])


def _youngest_of_age(years: int, on: date) -> int:
    """The latest date of birth, as an ordinal, of a child of so many full years on that day."""
    month = date(on.year - years, on.month, 1)
    return month.replace(day=min(on.day, last_day_of_month(month).day)).toordinal()


def full_years(date_of_birth: date, on: date) -> int:
    """Age in full years; -1 before birth."""
    if date_of_birth > on:
        return -1
    return on.year - date_of_birth.year - ((on.month, on.day) < (date_of_birth.month, date_of_birth.day))


def places_of(auditor: AuditorFacts, months: Months) -> tuple[int, AuditorRule | None]:
    """How many cases the auditor can be given in the cycle, and the rule that says so where it is none."""
    if not auditor.is_active:
        return 0, AuditorRule.NOT_ACTIVE
    if any(_overlaps(start, end, months) for start, end in auditor.absences):
        return 0, AuditorRule.ABSENT
    if auditor.quota <= 0:
        return 0, AuditorRule.NO_QUOTA
    if auditor.quota <= auditor.held:
        return 0, AuditorRule.QUOTA_USED
    return auditor.quota - auditor.held, None


def _overlaps(start: date, end: date | None, months: Months) -> bool:
    return start <= months.last_day and (end is None or end >= months.first_day)
