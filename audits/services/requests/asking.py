"""Asking for an exemption, more time, another case or access; and taking it back while nobody has decided."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.errors import UserError
from accounts.models import Person
from accounts.permissions import ensure
from audits.enums import RequestGround, RequestKind, RequestState
from audits.models import Allocation, Audit, CaseConflict, Request
from audits.permissions import is_auditor
from audits.request_permissions import may_ask_for_access
from audits.rules.requests import why_not_ask, why_not_until
from audits.services.requests.record import log, tell_deciders
from audits.services.requests.situation import hold, situation_of

REASON_KEPT = 300


def ask_for_exemption(*, allocation: Allocation, reason: str, by: Person, at: datetime) -> Request:
    """Ask to be let off this audit, by its due day."""
    return _ask(RequestKind.EXEMPTION, allocation.audit, reason, by, at)


def ask_for_extension(*, allocation: Allocation, wanted_until: date, reason: str, by: Person, at: datetime) -> Request:
    """Ask for a later day, by the due day."""
    return _ask(RequestKind.EXTENSION, allocation.audit, reason, by, at, wanted_until=wanted_until)


@transaction.atomic
def ask_for_replacement(
    *, allocation: Allocation, ground: RequestGround, reason: str, by: Person, at: datetime
) -> Request:
    """Say that this case is not one that `by` should audit, and why.

    A conflict of interest is on record from this moment on, so that the case never comes to them again, whatever is
    decided about this audit.
    """
    request = _ask(RequestKind.REPLACEMENT, allocation.audit, reason, by, at, ground=ground)
    case = allocation.case
    if ground == RequestGround.CONFLICT and case is not None:
        said = {"person": by, "reason": reason.strip()[:REASON_KEPT], "declared_by": by, "declared_at": at}
        CaseConflict.objects.get_or_create(case=case, email=by.email, defaults=said)
    return request


@transaction.atomic
def ask_for_access(*, audit: Audit, reason: str, by: Person, at: datetime) -> Request:
    """Ask to be named for the restricted record of an audit. Somebody else decides, whoever asks."""
    ensure(may_ask_for_access(by, audit), "Only people who see the audit, and not its record, ask for access to it.")
    if is_auditor(by, audit):
        return _ask(RequestKind.ACCESS, audit, reason, by, at)
    return _keep(RequestKind.ACCESS, audit, reason, by, at)


@transaction.atomic
def take_back(*, request: Request, by: Person, at: datetime) -> None:
    """Withdraw what nobody has decided yet; and the conflict of interest that was declared with it."""
    ensure(by.pk == request.asked_by_id, "Only whoever asked takes a request back.")
    taken = Request.objects.pending().filter(pk=request.pk)
    if not taken.update(state=RequestState.WITHDRAWN, decided_at=at):
        raise UserError("This has been decided in the meantime.")
    request.refresh_from_db()
    if request.ground == RequestGround.CONFLICT:
        said = CaseConflict.objects.filter(
            case=request.allocation.case_id, person=by, declared_by=by, declared_at=request.asked_at
        )
        said.filter(from_file=True).update(declared_by=None, declared_at=None, reason="")
        said.filter(from_file=False).delete()
    log(request, "request.taken_back", f"Took back: {request.what} for audit {request.allocation.audit}", by, at)


@transaction.atomic
def _ask(kind: RequestKind, audit: Audit, reason: str, by: Person, at: datetime, **wanted: object) -> Request:
    """What only the audit's own auditor asks for, while Stage 1 is open."""
    ensure(is_auditor(by, audit), "Only the auditor of an audit asks for this.")
    hold(audit)
    ensure(is_auditor(by, audit), "Only the auditor of an audit asks for this.")
    now = situation_of(audit, by, timezone.localdate(at))
    if why := why_not_ask(kind, now):
        raise UserError(why)
    until = wanted.get("wanted_until")
    if isinstance(until, date):
        programme = audit.allocation.cycle.programme
        if why := why_not_until(until, now, programme.extension_latest_days, programme.closures):
            raise UserError(f"{why}.")
    return _keep(kind, audit, reason, by, at, **wanted)


def _keep(kind: RequestKind, audit: Audit, reason: str, by: Person, at: datetime, **wanted: object) -> Request:
    if not reason.strip():
        raise UserError("Enter the reason")
    try:
        with transaction.atomic():
            request = Request.objects.create(
                allocation=audit.allocation, kind=kind, reason=reason.strip(), asked_by=by, asked_at=at, **wanted
            )
    except IntegrityError as error:
        raise UserError("You have asked for this already. It waits for a decision.") from error
    log(request, "request.asked", f"Asked for {request.what} for audit {audit.reference}", by, at)
    tell_deciders(request, "request.asked", at)
    return request
