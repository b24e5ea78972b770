"""Which cases are in the population of a draw, and which rule keeps each other one out.

Everything is judged against the cycle's first day, never against today, so that a past or a future month can be
drawn. ILACS practice audits ask for a sample of the whole population of open and recently closed cases.
"""

from datetime import date, timedelta

from audits.rules.allocation.facts import AgeBand, AllocationRules, AuditorFacts, CaseFacts, Months
from audits.rules.allocation.reasons import AuditorRule, CaseRule
from audits.rules.deadlines import add_months
from audits.rules.working_days import add_working_days

UNKNOWN = "Unknown"


class CaseJudge:
    """The rules about the case alone, made ready for one cycle."""

    def __init__(self, rules: AllocationRules, months: Months, closures: frozenset[date] = frozenset()) -> None:
        self.excluded_services = rules.excluded_services
        self.months = months
        self.opened_by = _latest_opening(months.first_day, rules.open_working_days, closures)
        self.closed_since = add_months(months.first_day, -rules.recently_closed_months)
        self.audited_before = add_months(months.first_day, -rules.cooling_off_months)

    def broken_rule(self, case: CaseFacts) -> CaseRule | None:
        """The first rule that keeps the case out; None where the case is eligible."""
        if case.service in self.excluded_services:
            return CaseRule.SERVICE_NOT_INCLUDED
        if case.team is None:
            return CaseRule.NO_TEAM
        if self._was_open(case):
            if case.opened_on is not None and case.opened_on > self.opened_by:
                return CaseRule.NOT_OPEN_LONG_ENOUGH
        elif case.closed_on is None or case.closed_on < self.closed_since:
            return CaseRule.CLOSED_TOO_LONG_AGO
        if case.last_audited_on and self.audited_before <= case.last_audited_on <= self.months.last_day:
            return CaseRule.AUDITED_RECENTLY
        if case.is_allocated:
            return CaseRule.ALREADY_ALLOCATED
        return None

    def _was_open(self, case: CaseFacts) -> bool:
        """Whether the case was open on the cycle's first day, as far as its dates tell."""
        return case.is_open or (case.closed_on is not None and case.closed_on >= self.months.first_day)


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
