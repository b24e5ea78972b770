"""What every step of a request leaves behind: a line in the activity log, and mails that name the audit and no more.

What people wrote freely stays out of both: it can be about the child.
"""

from datetime import datetime

from django.urls import reverse

from accounts.enums import Permission
from accounts.links import absolute
from accounts.models import Person
from accounts.services.mail import queue_mail
from audits.enums import OPEN_STATES, Standing
from audits.models import Audit, Request
from audits.services import trail


def log(request: Request, verb: str, summary: str, by: Person | None, at: datetime) -> None:
    trail.note(request.allocation.audit, verb, summary, by, at, {"request": request.pk, "kind": str(request.kind)})


def tell_deciders(request: Request, rule: str, at: datetime, occurrence: str = "") -> list[Person]:
    """Those who can decide it, never whoever asked; where there is nobody who can, QA, who find somebody."""
    deciders = list(request.deciders())
    told = deciders or list(Person.objects.active().holding(Permission.RUN_CYCLES).exclude(pk=request.asked_by_id))
    for person in told:
        tell(request, person, rule, at, occurrence, nobody_decides=not deciders)
    return told


def tell(
    request: Request, person: Person, rule: str, at: datetime, occurrence: str = "", *, nobody_decides: bool = False
) -> None:
    audit = request.allocation.audit
    is_asked_for = request.allocation.standing == Standing.LIVE and audit.state in OPEN_STATES
    queue_mail(
        to=person,
        thing=f"request:{request.pk}",
        rule=rule,
        occurrence=occurrence,
        context={
            "name": audit.reference,
            "what": request.what,
            "asked_by": request.asked_by,
            "due_on": audit.due_on if is_asked_for else None,
            "state": request.get_state_display().lower(),
            "nobody_decides": nobody_decides,
            "url": absolute(reverse("request_detail", args=[request.pk])),
        },
        at=at,
    )


def tell_of_access(audit: Audit, person: Person, at: datetime) -> None:
    """Named for a record without having asked."""
    trail.tell(audit, person, "case.access_granted", at, occurrence=at.isoformat())
