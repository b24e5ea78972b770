"""Undoing what was granted: the audit is asked for after all, the day of before holds again, access ends.

The request stays on record as granted and undone, with the reason of each.
"""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from accounts.errors import UserError
from accounts.models import Person
from accounts.permissions import ensure
from audits.enums import OPEN_STATES, AuditKind, CycleStatus, RequestKind, RequestState, Standing
from audits.models import Allocation, Audit, Cycle, Request
from audits.request_permissions import decides
from audits.rules.requests import why_not_again
from audits.services.access import take_access_away
from audits.services.requests.record import log, tell
from audits.services.requests.situation import hold

MEANWHILE = "This audit has changed in the meantime. Look at it again."


@transaction.atomic
def undo(*, request: Request, reason: str, by: Person, at: datetime, due_on: date | None = None) -> None:
    """Take back what was granted, for a reason; whoever asked is told. `due_on`: of an exemption, the day by which the
    audit is asked for after all.

    Raises UserError where it cannot be undone any more.
    """
    ensure(decides(by, request), "You cannot undo this decision.")
    if not reason.strip():
        raise UserError("Enter why it is undone")
    audit = request.allocation.audit
    hold(audit)
    match request.kind:
        case RequestKind.EXEMPTION:
            _ask_for_it_after_all(audit, due_on, at)
        case RequestKind.EXTENSION:
            _put_the_day_back(audit, request, at)
        case RequestKind.ACCESS:
            take_access_away(audit=audit, person=request.asked_by, by=by, at=at)
        case _:
            raise UserError("Another case has been drawn. That cannot be undone.")
    granted = Request.objects.filter(pk=request.pk, state=RequestState.GRANTED)
    values = {"undone_by": by, "undone_at": at, "undone_reason": reason.strip()}
    if not granted.update(state=RequestState.UNDONE, **values):
        raise UserError("This has been undone in the meantime.")
    request.refresh_from_db()
    log(request, "request.undone", f"Undone: {request.what} for audit {audit.reference}", by, at)
    tell(request, request.asked_by, "request.undone", at)


def _ask_for_it_after_all(audit: Audit, due_on: date | None, at: datetime) -> None:
    allocation, cycle = audit.allocation, audit.allocation.cycle
    # Whoever closes the cycle at this moment is done by now, or waits and then sees this audit too.
    still_open = Cycle.objects.filter(pk=cycle.pk, status=CycleStatus.OPEN)
    goes_on = allocation.kind == AuditKind.DIRECTED or still_open.update(status=F("status"))
    if not goes_on or audit.state not in OPEN_STATES:
        raise UserError(f"{cycle.name} is closed, so this audit cannot be asked for any more.")
    if due_on is None:
        raise UserError("Enter the day by which the audit is due")
    if why := why_not_again(due_on, timezone.localdate(at), cycle.programme.closures):
        raise UserError(f"{why}.")
    at_work = Allocation.objects.live().filter(case=allocation.case, audit__state__in=OPEN_STATES)
    if allocation.case and at_work.exclude(pk=allocation.pk).exists():
        raise UserError("Somebody else audits this case by now.")
    first = allocation.first_due_on or allocation.due_on
    exempt = Allocation.objects.filter(pk=allocation.pk, standing=Standing.EXEMPT)
    try:
        with transaction.atomic():
            changed = exempt.update(standing=Standing.LIVE, due_on=due_on, first_due_on=first, due_set_at=at)
    except IntegrityError as error:
        raise UserError("Somebody else audits this case in this cycle by now.") from error
    if not changed:
        raise UserError(MEANWHILE)


def _put_the_day_back(audit: Audit, request: Request, at: datetime) -> None:
    before, allocation = request.due_before, audit.allocation
    if audit.state not in OPEN_STATES:
        raise UserError("Stage 1 is not open any more.")
    if before is None or before < timezone.localdate(at):
        raise UserError("The day of before has passed, so the extension cannot be undone.")
    extended = Allocation.objects.filter(pk=allocation.pk, standing=Standing.LIVE, due_on=request.granted_until)
    first = None if before == allocation.first_due_on else allocation.first_due_on
    if not extended.update(due_on=before, first_due_on=first, due_set_at=at):
        raise UserError(MEANWHILE)
