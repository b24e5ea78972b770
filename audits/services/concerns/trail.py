"""What every step of a concern leaves behind: a line of its own record, one in the activity log, and mails.

The record holds what people wrote and is read on the concern's page. The log and the mails carry its reference alone.
"""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from accounts.links import absolute
from accounts.models import Person
from accounts.services.activity import record
from accounts.services.mail import queue_mail, queue_mail_to_address
from audits.enums import ConcernEntryKind
from audits.models import Concern, ConcernEntry


def thing_of(reference: str) -> str:
    """A concern's name to due rows and mails."""
    return f"concern:{reference}"


def write(
    concern: Concern, kind: ConcernEntryKind, by: Person | None, at: datetime, *, text: str = "", spoken_to: str = ""
) -> ConcernEntry:
    """Put a line on the concern's own record."""
    return ConcernEntry.objects.create(concern=concern, at=at, by=by, kind=kind, text=text, spoken_to=spoken_to)


def log(concern: Concern, verb: str, summary: str, by: Person | None, at: datetime) -> None:
    """Write into the activity log that something was done, not what was said."""
    record(
        by=by,
        verb=f"concern.{verb}",
        thing_type="concern",
        thing_ref=concern.reference,
        summary=f"Safeguarding concern {concern.reference}: {summary}",
        at=at,
    )


def tell(concern: Concern, people: Iterable[Person], rule: str, at: datetime, **context: object) -> None:
    """Queue the urgent mail `concern.<rule>` to each of these people, once for this moment."""
    for person in people:
        queue_mail(
            to=person,
            thing=thing_of(concern.reference),
            rule=f"concern.{rule}",
            occurrence=at.isoformat(),
            at=at,
            context={**_context(concern), **context},
            urgent=True,
        )


def tell_address(concern: Concern, address: str, rule: str, at: datetime, **context: object) -> None:
    """The same to an address that is no person's."""
    queue_mail_to_address(
        to=address,
        thing=thing_of(concern.reference),
        rule=f"concern.{rule}",
        occurrence=at.isoformat(),
        at=at,
        context={**_context(concern), **context},
        urgent=True,
    )


def people_told(concern: Concern) -> list[Person]:
    """Everybody who was told and still works here, in the order in which they were."""
    told = concern.recipients.told().filter(person__is_active=True).select_related("person")
    return [recipient.person for recipient in told.order_by("told_at", "pk")]


def _context(concern: Concern) -> dict[str, object]:
    return {
        "name": concern.reference,
        "raised_by": concern.raised_by,
        "url": absolute(reverse("concern_detail", args=[concern.reference])),
    }
