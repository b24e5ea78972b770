"""What made a rule keep a case out of a draw: the days and names behind it, as they are held today."""

from collections.abc import Collection
from datetime import date

from django.db.models import Max
from django.utils.formats import date_format

from audits.enums import AuditKind, CaseStatus, Standing
from audits.facts import months_of
from audits.models import Allocation, Audit, Case, Draw
from audits.rules.allocation.reasons import CaseRule
from audits.rules.deadlines import add_months


def facts_behind(rule: CaseRule, cases: Collection[Case], draw: Draw) -> dict[int, str]:
    """Case, by primary key, → a sentence. A case of whose rule there is no more to say than the rule itself has none.

    The cases come with their team and service. One query at most.
    """
    match rule:
        case CaseRule.AUDITED_RECENTLY:
            return _audited(cases, draw)
        case CaseRule.ALREADY_ALLOCATED:
            return _allocated(cases, draw)
        case CaseRule.CLOSED_TOO_LONG_AGO:
            since = add_months(draw.cycle.first_month, -draw.rules.programme.recently_closed_months)
            return {case.pk: _closed(case, since) for case in cases}
        case CaseRule.NOT_OPEN_LONG_ENOUGH:
            days = draw.rules.programme.open_working_days
            return {case.pk: _opened(case, days) for case in cases}
        case CaseRule.NO_TEAM:
            return {case.pk: _without_team(case) for case in cases}
        case CaseRule.SERVICE_NOT_INCLUDED:
            return {case.pk: f"Its service: {case.service}." for case in cases if case.service}
        case CaseRule.REAUDIT_DUE:
            return _due_again(cases, draw)
        case CaseRule.NOT_IN_FOCUS:
            return {case.pk: f"Its team: {case.team}." for case in cases if case.team}
    return {}


def _audited(cases: Collection[Case], draw: Draw) -> dict[int, str]:
    """An audit after the cycle says nothing about why the case was out of it."""
    last_day = months_of(draw.cycle).last_day
    audited = Allocation.objects.exclude(standing=Standing.WITHDRAWN).filter(
        case__in=cases, audit__completed_on__lte=last_day
    )
    here = dict(
        audited.order_by().values("case_id").annotate(day=Max("audit__completed_on")).values_list("case_id", "day")
    )
    since = add_months(draw.cycle.first_month, -draw.rules.programme.cooling_off_months)
    found = {}
    for case in cases:
        days = [day for day in (case.last_audited_on, here.get(case.pk)) if day and day <= last_day]
        if days:
            found[case.pk] = f"Audited on {_day(max(days))}; one on {_day(since)} or later keeps it out."
    return found


def _allocated(cases: Collection[Case], draw: Draw) -> dict[int, str]:
    given = Allocation.objects.keeping_out_of(draw.cycle_id).filter(case__in=cases)
    given = given.select_related("audit", "cycle", "case")
    return {
        allocation.case.pk: f"Audit {allocation.audit.reference} of {allocation.cycle.name}."
        for allocation in given.order_by("cycle__first_month", "pk")
        if allocation.case and hasattr(allocation, "audit")
    }


def _due_again(cases: Collection[Case], draw: Draw) -> dict[int, str]:
    """Which audit calls for the re-audit, and what came of it in this draw."""
    seated = {pair["case"]: pair["reaudit_of"] for pair in draw.pairs if pair.get("kind") == AuditKind.REAUDIT}
    found = {
        case.pk: f"Audit {seated[case.pk]} calls for it, and it has an auditor." for case in cases if case.pk in seated
    }
    why_not = {unmet["audit"]: unmet["sentence"] for unmet in draw.summary.get("reaudits", {}).get("unmet", ())}
    unmet = Audit.objects.filter(reference__in=why_not, allocation__case__in=cases)
    for reference, pk in unmet.values_list("reference", "allocation__case_id"):
        found[pk] = f"Audit {reference} calls for it. It has no auditor: {why_not[reference]}"
    return found


def _closed(case: Case, since: date) -> str:
    if case.status == CaseStatus.OPEN:
        return "It is open again today."
    if case.closed_on is None:
        return "It is not known when it was closed."
    return f"Closed on {_day(case.closed_on)}; only a case closed on {_day(since)} or later is looked at."


def _opened(case: Case, working_days: int) -> str:
    if case.opened_on is None:
        return ""
    return f"Opened on {_day(case.opened_on)}; it has to be open for {working_days} working days when the cycle begins."


def _without_team(case: Case) -> str:
    if case.team:
        return f"It has one today: {case.team}."
    return f"The file names {case.team_label}, which is not known here." if case.team_label else "The file names none."


def _day(day: date) -> str:
    return date_format(day, "j F Y")
