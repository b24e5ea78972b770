"""The re-audits that audits call for, worked out from them each time: nothing is stored that could go stale."""

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q

from audits.enums import COMPLETED_STATES, AuditKind, AuditState, Standing
from audits.models import Allocation, Audit, Cycle
from audits.rules.allocation.facts import ReauditDue
from audits.rules.deadlines import last_day_of_month
from audits.rules.programme import Programme
from audits.rules.reaudits import Call, PastAudit, is_due, latest_call


class CaseCall(NamedTuple):
    """A call for a re-audit and the case it is about, by primary key and by number."""

    case: int
    number: str
    call: Call


def due_reaudits(cycle: Cycle, programme: Programme) -> tuple[ReauditDue, ...]:
    """Every re-audit due in that cycle, the longest due first. Cases and people as the other facts name them."""
    due = [found for found in calls(programme, until=cycle.last_month) if is_due(found.call, cycle.last_month)]
    due.sort(key=lambda found: (found.call.due_month, found.number))
    return tuple(
        ReauditDue(found.number, found.call.newest.reference, found.call.due_month, found.call.not_by) for found in due
    )


def calls(programme: Programme, *, until: date | None = None, unanswered: bool = False) -> list[CaseCall]:
    """The latest call of every known case that has one. `until`: the first day of a month after which audits are not
    looked at, so that a past cycle is judged as it was. `unanswered`: without most of those that a re-audit has
    answered, which are nearly all after some years."""
    last_day = last_day_of_month(until) if until else None
    return [
        CaseCall(case, number, call)
        for (case, number), history in _histories(programme.reaudit_grades, unanswered).items()
        if (
            call := latest_call(
                [past for past in history if not _lies_after(past, last_day)],
                grades=programme.reaudit_grades,
                months=programme.reaudit_months,
            )
        )
    ]


def _lies_after(past: PastAudit, last_day: date | None) -> bool:
    """Re-audits that followed later stay in sight: nobody wants a second one."""
    return last_day is not None and not past.is_reaudit and (past.completed_on or past.month) > last_day


def _histories(grades: Collection[str], unanswered: bool) -> dict[tuple[int, str], list[PastAudit]]:
    """Case → everything it was allocated for, of the cases with an audit that was ever given one of those grades; with
    `unanswered`, one that no re-audit names as the audit it follows."""
    final = Q(moderated_grade__in=grades) | Q(moderated_grade="", overall_grade__in=grades)
    completed = Audit.objects.filter(state__in=COMPLETED_STATES, allocation__standing=Standing.LIVE)
    calling = completed.filter(final, allocation__case__isnull=False).order_by()
    cases: Any = calling.values("allocation__case")
    if unanswered:
        followed = Allocation.objects.live().filter(kind=AuditKind.REAUDIT, reaudit_of=OuterRef("pk"))
        open_calls = calling.exclude(Exists(followed.exclude(audit__state=AuditState.NOT_RETURNED)))
        # They are few: named one by one, so that the database finds their histories without reading all others.
        cases = set(open_calls.values_list("allocation__case", flat=True))
    rows = (
        Audit.objects.exclude(allocation__standing=Standing.WITHDRAWN)
        .filter(allocation__case__in=cases)
        .order_by("allocation__cycle__first_month", "pk")
        .values_list(
            "allocation__case_id",
            "allocation__case__case_id",
            "reference",
            "allocation__kind",
            "allocation__standing",
            "allocation__cycle__first_month",
            "allocation__cycle__last_month",
            "state",
            "completed_on",
            "overall_grade",
            "moderated_grade",
            "allocation__auditor__email",
            "allocation__reaudit_of__reference",
            "reaudit_set_aside",
        )
    )
    found: dict[tuple[int, str], list[PastAudit]] = {}
    for (
        case, number, reference, kind, standing, first, last, state, day, grade, moderated, auditor, follows, aside,
    ) in rows:  # fmt: skip
        counts = standing == Standing.LIVE
        is_completed = counts and state in COMPLETED_STATES
        past = PastAudit(
            reference=reference,
            kind=kind,
            month=first,
            completed_on=(day or last_day_of_month(last)) if is_completed else None,
            grade=moderated or grade,
            auditor=auditor,
            reaudit_of=follows,
            is_lost=standing == Standing.EXEMPT or (counts and state == AuditState.NOT_RETURNED),
            is_set_aside=aside is not None,
        )
        found.setdefault((case, number), []).append(past)
    return found
