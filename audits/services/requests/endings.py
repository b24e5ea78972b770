"""What is pending falls away by itself when there is nothing left to decide: one place, from the state as it is.

Whatever ends an audit calls `drop_moot` in its own transaction, so that pages are right at once; the sweep calls it for
everything, so that nothing depends on that.
"""

from datetime import datetime

from django.db import transaction

from accounts.models import Person
from audits.enums import AuditState, RequestKind, RequestState
from audits.models import Allocation, Audit, Cycle, Request
from audits.rules.requests import why_moot
from audits.services.requests.record import log, tell

RELATED = ("asked_by", "allocation__audit", "allocation__case", "allocation__cycle__rules")


@transaction.atomic
def drop_moot(*, at: datetime, allocation: Allocation | None = None, cycle: Cycle | None = None) -> int:
    """Withdraw the pending requests that are overtaken, with a note that says by what: of that allocation, of that
    cycle, or all there are. How many there were."""
    pending = Request.objects.pending().select_related(*RELATED)
    if allocation is not None:
        pending = pending.filter(allocation=allocation)
    if cycle is not None:
        pending = pending.filter(allocation__cycle=cycle)
    return sum(_drop(request, why, at) for request in pending if (why := overtaken_by(request)))


def overtaken_by(request: Request) -> str:
    """Why nothing is left to decide about a request; empty while there is."""
    allocation = request.allocation
    by_the_auditor = request.asked_by_id == allocation.auditor_id
    seen = by_the_auditor or request.kind != RequestKind.ACCESS or _sees(request.asked_by, allocation.audit)
    return why_moot(
        request.kind,
        standing=allocation.standing,
        state=allocation.audit.state,
        by_the_auditor=by_the_auditor,
        sees_audit=seen,
        restricted=allocation.case is not None and allocation.case.restricted,
        was_submitted=allocation.audit.completed_on is not None,
    )


def _sees(person: Person, audit: Audit) -> bool:
    return Audit.objects.visible_to(person).filter(pk=audit.pk).exists()


def _drop(request: Request, why: str, at: datetime) -> bool:
    still = Request.objects.pending().filter(pk=request.pk)
    if not still.update(state=RequestState.WITHDRAWN, decided_at=at, decision_reason=why):
        return False
    log(request, "request.fell_away", f"Fell away: {request.what} for audit {request.allocation.audit}", None, at)
    if request.allocation.audit.state == AuditState.NOT_RETURNED:  # nobody else tells them of that
        tell(request, request.asked_by, "request.undecided_at_close", at)
    return True
