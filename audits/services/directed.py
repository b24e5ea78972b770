"""Directed audits: QA commissions the audit of one named case, for a reason, beside the random sample.

A directed audit belongs to the cycle of the month in which it is commissioned, whatever state that is in: drawn or
not, paused or closed. The cycle says when, nothing more. The audit is nobody's sample, takes no place of anybody's
quota, has a day of its own, and is not given up when the month is closed. It is counted by itself and stands in no
figure or trend of the sample.
"""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.enums import Permission
from accounts.errors import UserError
from accounts.models import Person
from accounts.permissions import ensure
from audits.candidates import Candidate, Wanted, candidates_for
from audits.enums import OPEN_STATES, AuditKind, AuditState, Standing
from audits.models import Allocation, Audit, Case, Cycle
from audits.rules.working_days import add_working_days
from audits.services import cycles
from audits.services.allocating import RELATED, allocate
from audits.services.handover import chosen_among
from audits.services.meetings import call_off_meeting
from audits.services.requests.endings import drop_moot
from audits.services.trail import note, tell
from audits.services.waiting import wait_for_givers_of, wait_for_publications

WORKING_DAYS = 20
"""When a directed audit is due unless QA says otherwise, in working days from the day it is commissioned."""

REASON_CHARACTERS = 1000


def usual_due_day(on: date) -> date:
    return add_working_days(on, WORKING_DAYS, cycle_of(on).programme.closures)


def cycle_of(on: date) -> Cycle:
    """The cycle of that day's month as it is; one that is not stored yet where there is none."""
    month = on.replace(day=1)
    return cycles.find(month) or Cycle(first_month=month, last_month=month)


def directed_audits(cycle: Cycle) -> list[Audit]:
    """Those that were commissioned in its months, in the order they came; those taken back last."""
    audits = Audit.objects.filter(allocation__cycle=cycle, allocation__kind=AuditKind.DIRECTED)
    found = audits.select_related("allocation__auditor").order_by("allocation__allocated_at", "pk")
    return sorted(found, key=lambda audit: audit.allocation.standing == Standing.WITHDRAWN)


def why_not(case: Case, on: date) -> str:
    """Why no audit of this case can be commissioned now, in a sentence; empty where one can."""
    live = Audit.objects.live().filter(allocation__case=case, imported=False)
    if live.filter(state__in=[*OPEN_STATES, AuditState.SUBMITTED]).exists():
        return "This case is being audited already."
    if live.filter(allocation__kind=AuditKind.DIRECTED, allocation__cycle=cycle_of(on).pk).exists():
        return f"A directed audit of this case has been done already in {cycle_of(on).name}."
    return ""


def auditors_for(case: Case, on: date, due_on: date) -> list[Candidate]:
    """Everybody who audits, the best for this case first, those who must not have it last."""
    name = f"directed {case.case_id}"  # not its key: the same data give the same lot in every database
    wanted = Wanted(name=name, case=case, cycle=cycle_of(on), first_day=on, due_on=max(on, due_on))
    return candidates_for([wanted])[name]


def commission(*, case: Case, reason: str, due_on: date, to: Person | None, by: Person, at: datetime) -> Audit:
    """Have the case audited by `to`, or by whom the rules find best where `to` is None. The auditor is told.

    Raises UserError where the case is being audited already, the reason or a day that lies ahead is missing, or a rule
    bars that auditor.
    """
    ensure(by.may(Permission.RUN_CYCLES), "Only QA commissions an audit.")
    on = timezone.localdate(at)
    if not reason.strip():
        raise UserError("Enter why this case is to be audited")
    if due_on <= on:
        raise UserError("The audit must be due after today")
    if why := why_not(case, on):
        raise UserError(why)
    case = Case.objects.select_related(*RELATED).get(pk=case.pk)
    chosen = chosen_among(auditors_for(case, on, due_on), to)
    cycle = cycles.get_or_plan(on)
    try:
        with transaction.atomic():
            wait_for_givers_of(case.pk)
            wait_for_publications()
            if why := why_not(case, on):
                raise UserError(why)
            audit = allocate(
                case=case,
                cycle=cycle,
                auditor=chosen.person,
                area=chosen.area,
                at=at,
                kind=AuditKind.DIRECTED,
                directed_reason=reason.strip()[:REASON_CHARACTERS],
                commissioned_by=by,
                due_on=due_on,
                reason=_why(case, chosen),
            )
            note(audit, "audit.commissioned", f"Commissioned audit {audit.reference}, for {chosen.person}", by, at)
            _tell(audit, chosen.person, "audit.commissioned", at)
    except IntegrityError as error:
        raise UserError("This case is being audited already.") from error
    return audit


def may_withdraw(by: Person, audit: Audit) -> bool:
    """Until it is submitted, the first time."""
    allocation = audit.allocation
    is_asked_for = allocation.standing == Standing.LIVE and audit.state in OPEN_STATES and audit.completed_on is None
    return by.may(Permission.RUN_CYCLES) and allocation.kind == AuditKind.DIRECTED and is_asked_for


def withdraw(*, audit: Audit, reason: str, by: Person, at: datetime) -> None:
    """Take a directed audit back, for a reason. What was filled in is kept, and nobody is asked for it any more."""
    ensure(by.may(Permission.RUN_CYCLES), "Only QA takes a directed audit back.")
    audit = Audit.objects.select_related("allocation__auditor", "allocation__worker").get(pk=audit.pk)
    if not reason.strip():
        raise UserError("Enter why it is taken back")
    if not may_withdraw(by, audit):
        raise UserError("This audit cannot be taken back any more.")
    with transaction.atomic():
        still_open = Audit.objects.filter(pk=audit.pk, state__in=OPEN_STATES, completed_on=None)
        taken = still_open.update(return_reason="") and Allocation.objects.filter(
            pk=audit.allocation_id, standing=Standing.LIVE, kind=AuditKind.DIRECTED
        ).update(standing=Standing.WITHDRAWN, withdrawn_reason=reason.strip()[:REASON_CHARACTERS])
        if not taken:
            raise UserError("Somebody else has changed this audit in the meantime. Look at it again.")
        call_off_meeting(audit=audit, at=at)
        drop_moot(at=at, allocation=audit.allocation)
        note(audit, "audit.withdrawn", f"Took back the directed audit {audit.reference}", by, at)
        if audit.allocation.auditor:
            _tell(audit, audit.allocation.auditor, "audit.withdrawn", at)


def _why(case: Case, chosen: Candidate) -> dict[str, object]:
    """What the page about "why?" says of the auditor; the case was named, so there is nothing to say of a sample."""
    area = case.team.area.name if case.team and case.team.area else None
    return {
        "auditor_load": chosen.load,
        "case_area": area,
        "auditor_area": chosen.area,
        "same_area": chosen.same_area,
        "given_up": [str(rule) for rule in chosen.given_up],
    }


def _tell(audit: Audit, person: Person, rule: str, at: datetime) -> None:
    allocation = audit.allocation
    tell(audit, person, rule, at, due_on=allocation.due_on, has_worker=allocation.worker_id is not None)
