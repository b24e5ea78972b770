"""Granting or refusing what was asked for. What is granted happens at once, in the same transaction."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts.enums import Permission
from accounts.errors import UserError
from accounts.models import Person
from accounts.permissions import ensure
from audits.enums import RequestKind, RequestState, Standing
from audits.models import Allocation, Audit, Request
from audits.request_permissions import decides
from audits.rules.requests import why_not_until
from audits.services.access import give_access
from audits.services.meetings import call_off_meeting
from audits.services.replacements import replace_allocation
from audits.services.requests.endings import drop_moot, overtaken_by
from audits.services.requests.record import log, tell, tell_of_access
from audits.services.requests.situation import hold, situation_of


@transaction.atomic
def decide(*, request: Request, grant: bool, reason: str, by: Person, at: datetime, until: date | None = None) -> None:
    """Grant or refuse. A refusal has a reason. `until`: of an extension, where another day than the one asked for is
    granted. Whoever asked is told.

    Raises UserError where it has been decided already, or nothing is left to decide.
    """
    ensure(decides(by, request), "You cannot decide this request.")
    if not grant and not reason.strip():
        raise UserError("Enter why it is refused")
    audit = request.allocation.audit
    hold(audit)
    request.allocation = audit.allocation
    if why := overtaken_by(request):
        raise UserError(f"There is nothing left to decide. {why}")
    state = RequestState.GRANTED if grant else RequestState.REFUSED
    pending = Request.objects.pending().filter(pk=request.pk)
    if not pending.update(state=state, decided_by=by, decided_at=at, decision_reason=reason.strip()):
        raise UserError("This has been decided or taken back in the meantime.")
    if grant:
        _grant(request, audit, by, at, until)
    request.refresh_from_db()
    log(request, f"request.{state}", f"{request.get_state_display()}: {request.what} for audit {audit}", by, at)
    drop_moot(at=at, allocation=request.allocation)
    tell(request, request.asked_by, "request.decided", at)


@transaction.atomic
def grant_access(*, audit: Audit, to: Person, by: Person, at: datetime) -> None:
    """Name somebody for a restricted record without waiting to be asked; where they have asked, that is granted."""
    asked = Request.objects.pending().filter(allocation=audit.allocation, kind=RequestKind.ACCESS, asked_by=to)
    if (request := asked.select_related("allocation__audit", "asked_by").first()) is not None:
        decide(request=request, grant=True, reason="", by=by, at=at)
        return
    ensure(by.may(Permission.DECIDE_REQUESTS), "Only QA gives access to a restricted record.")
    if give_access(audit=audit, to=to, by=by, at=at):
        tell_of_access(audit, to, at)


def _grant(request: Request, audit: Audit, by: Person, at: datetime, until: date | None) -> None:
    """Do what was asked for."""
    match request.kind:
        case RequestKind.EXEMPTION:
            _change(audit.allocation, standing=Standing.EXEMPT)
            call_off_meeting(audit=audit, at=at)
        case RequestKind.EXTENSION:
            _extend(request, audit, at, until or request.wanted_until)
        case RequestKind.REPLACEMENT:
            reason = request.get_ground_display()
            replace_allocation(allocation=audit.allocation, reason=reason, by=by, at=at)
        case RequestKind.ACCESS:
            give_access(audit=audit, to=request.asked_by, by=by, at=at)


def _extend(request: Request, audit: Audit, at: datetime, until: date | None) -> None:
    allocation, programme = audit.allocation, audit.allocation.cycle.programme
    now = situation_of(audit, request.asked_by, timezone.localdate(at))
    if until is None:
        raise UserError("Enter until when")
    if why := why_not_until(until, now, programme.extension_latest_days, programme.closures):
        raise UserError(f"{why}.")
    Request.objects.filter(pk=request.pk).update(granted_until=until, due_before=allocation.due_on)
    _change(allocation, due_on=until, first_due_on=now.first_due_on, due_set_at=at)


def _change(allocation: Allocation, **values: object) -> None:
    """While it counts and has the day that the caller has seen."""
    same = Allocation.objects.filter(pk=allocation.pk, standing=Standing.LIVE, due_on=allocation.due_on)
    if not same.update(**values):
        raise UserError("Somebody else has changed this audit in the meantime. Look at it again.")
    allocation.refresh_from_db()
