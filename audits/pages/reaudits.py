"""The re-audits that audits call for, as QA looks after them: what waits, what was set aside, what became of others."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from accounts.models import Person
from audits.enums import COMPLETED_STATES, AuditKind, Standing
from audits.facts.reaudits import CaseCall, calls
from audits.models import Allocation, Audit, Case, Cycle, Draw, ProgrammeRules, ReauditSetAside
from audits.pages.returns import CycleReturns, with_counts
from audits.rules.reaudits import Call
from audits.rules.returns import Returns


class When(StrEnum):
    """How urgent a re-audit is on a day. Overdue: its month has gone by."""

    OVERDUE = "Overdue"
    NOW = "Due this month"
    LATER = "Due later"


COLOURS = {When.OVERDUE: "red", When.NOW: "yellow", When.LATER: "grey"}


class Waiting(NamedTuple):
    """The calls without an answer, the longest due first; `not_possible`: reference → the last draw without it."""

    open: list[CaseCall]
    aside: list[CaseCall]
    not_possible: dict[str, "NotPossible"]
    today: date

    def when(self, call: Call) -> When:
        this_month = self.today.replace(day=1)
        if call.due_month == this_month:
            return When.NOW
        return When.OVERDUE if call.due_month < this_month else When.LATER

    def count(self, when: When) -> int:
        return sum(self.when(found.call) == when for found in self.open)

    def is_blocked(self, call: Call) -> bool:
        """The newest draw that it was due in could not give it to anybody."""
        return call.newest.reference in self.not_possible

    @property
    def blocked(self) -> int:
        return sum(self.is_blocked(found.call) for found in self.open)

    @property
    def in_need(self) -> int:
        """Those that somebody should look after: overdue, or not possible."""
        return sum(self.when(found.call) == When.OVERDUE or self.is_blocked(found.call) for found in self.open)


class NotPossible(NamedTuple):
    """In which draw a re-audit had no auditor, and why."""

    cycle: Cycle
    number: int
    sentence: str


def waiting_reaudits(today: date) -> Waiting:
    """Three queries, however many there are."""
    programme = ProgrammeRules.objects.current().programme
    unanswered = [case for case in calls(programme, unanswered=True) if case.call.answer is None]
    unanswered.sort(key=lambda case: (case.call.due_month, case.call.newest.reference))
    waiting = [case for case in unanswered if case.call.is_open]
    aside = [case for case in unanswered if not case.call.is_open]
    since = min((case.call.due_month for case in waiting), default=None)
    return Waiting(waiting, aside, _not_possible(since) if since and since <= today else {}, today)


def _not_possible(since: date) -> dict[str, NotPossible]:
    """By the last draw, if that was for a month since then: it looks at everything that is due by its month."""
    last = (
        Draw.objects.of_month()
        .filter(cycle__last_month__gte=since)
        .order_by("-cycle__first_month", "-number")
        .values_list("cycle__first_month", "cycle__last_month", "number", "summary__reaudits__unmet")
        .first()
    )
    if last is None:
        return {}
    first_month, last_month, number, unmet = last
    cycle = Cycle(first_month=first_month, last_month=last_month)
    return {outcome["audit"]: NotPossible(cycle, number, outcome["sentence"]) for outcome in unmet or []}


class WaitingRow(NamedTuple):
    """A call as the list shows it. `newest`: the reference that the re-audit will follow. `case`: for those who may see
    it; None otherwise."""

    audit: Audit
    newest: str
    case: Case | None
    due_month: date
    when: When
    colour: str
    not_possible: NotPossible | None
    was_lost: bool
    aside: ReauditSetAside | None


def rows_of(shown: Iterable[CaseCall], waiting: Waiting, person: Person) -> list[WaitingRow]:
    """The rows of one page, in three queries."""
    shown = list(shown)
    references = {past.reference for found in shown for past in (found.call.audit, found.call.newest)}
    audits = {
        audit.reference: audit
        for audit in Audit.objects.visible_to(person)
        .filter(reference__in=references)
        .select_related("allocation__cycle")
    }
    cases = Case.objects.visible_to(person).in_bulk([found.case for found in shown])
    asides = {
        aside.audit.reference: aside
        for aside in ReauditSetAside.objects.filter(audit__reference__in=references).select_related("audit", "by")
    }
    return [
        WaitingRow(
            audit=audits[found.call.audit.reference],
            newest=found.call.newest.reference,
            case=cases.get(found.case),
            due_month=found.call.due_month,
            when=(when := waiting.when(found.call)),
            colour=COLOURS[when],
            not_possible=waiting.not_possible.get(found.call.newest.reference),
            was_lost=found.call.lost is not None,
            aside=asides.get(found.call.newest.reference) or asides.get(found.call.audit.reference),
        )
        for found in shown
    ]


# -- Those that were given out ----------------------------------------------------------------------


class GivenRow(NamedTuple):
    """A re-audit: `before` is the completed audit that it follows, where one is known."""

    allocation: Allocation
    audit: Audit
    before: Audit | None
    is_late: bool


def given_out(person: Person) -> QuerySet[Allocation]:
    """Every re-audit that counts or was exempted, the newest first."""
    return (
        Allocation.objects.visible_to(person)
        .filter(kind=AuditKind.REAUDIT, audit__isnull=False)
        .exclude(standing=Standing.WITHDRAWN)
        .select_related("cycle", "auditor", "audit", "reaudit_of__allocation__cycle")
        .order_by("-cycle__first_month", "pk")
    )


def given_rows(shown: Iterable[Allocation]) -> list[GivenRow]:
    """The rows of one page, in one more query: what a file names no audit before for is found by its case."""
    shown = list(shown)
    cases = {allocation.case_id for allocation in shown if allocation.case_id}
    completed = (
        Audit.objects.filter(Q(state__in=COMPLETED_STATES), allocation__case__in=cases)
        .filter(allocation__standing=Standing.LIVE)
        .select_related("allocation__cycle")
        .order_by("allocation__cycle__first_month", "completed_on", "pk")
    )
    history: dict[int, list[Audit]] = {}
    for audit in completed:
        history.setdefault(audit.allocation.case_id or 0, []).append(audit)
    return [
        GivenRow(
            allocation,
            allocation.audit,
            _before(allocation, history.get(allocation.case_id or 0, [])),
            allocation.audit.is_completed and allocation.audit.is_late,
        )
        for allocation in shown
    ]


def _before(allocation: Allocation, history: list[Audit]) -> Audit | None:
    named = allocation.reaudit_of
    if named is not None and named.is_completed:
        return named
    earlier = [audit for audit in history if audit.allocation.cycle.first_month < allocation.cycle.first_month]
    return earlier[-1] if earlier else None


def returns_of_reaudits() -> Returns:
    """All re-audits ever allocated, and what came back of them."""
    every: Any = with_counts(Cycle.objects.all())
    return sum((CycleReturns.of(cycle).reaudits for cycle in every), Returns())
