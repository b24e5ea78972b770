"""Who may do what with a request. Which requests a person sees at all is `Request.objects.visible_to(person)`."""

from accounts.enums import Permission
from accounts.models import Person
from audits.enums import RequestKind, RequestState
from audits.models import Audit, Request
from audits.permissions import knows_record, sees_case


def may_decide(person: Person, request: Request) -> bool:
    """Whether it waits for them: never their own."""
    return request.state == RequestState.PENDING and decides(person, request)


def may_undo(person: Person, request: Request) -> bool:
    """What was granted is undone by whoever could have decided it. Another case has been drawn: that stays."""
    return (
        request.state == RequestState.GRANTED and request.kind != RequestKind.REPLACEMENT and decides(person, request)
    )


def may_take_back(person: Person, request: Request) -> bool:
    return request.state == RequestState.PENDING and request.asked_by_id == person.pk and person.is_active


def decides(person: Person, request: Request) -> bool:
    return Request.objects.to_decide_by(person).filter(pk=request.pk).exists()


def may_ask_for_access(person: Person, audit: Audit) -> bool:
    """Whoever sees an audit of a restricted record and neither sees nor knows the record."""
    case = audit.allocation.case
    if case is None or not case.restricted or sees_case(person, audit) or knows_record(person, audit):
        return False
    return Audit.objects.visible_to(person).filter(pk=audit.pk).exists()


def has_asked_for_access(person: Person, audit: Audit) -> bool:
    """Whether their request for access waits for a decision."""
    pending = Request.objects.pending().filter(allocation=audit.allocation, asked_by=person)
    return pending.filter(kind=RequestKind.ACCESS).exists()


def may_give_access(person: Person, audit: Audit) -> bool:
    """Naming the auditor for a restricted record without waiting to be asked; never oneself."""
    return person.may(Permission.DECIDE_REQUESTS) and audit.allocation.auditor_id != person.pk
