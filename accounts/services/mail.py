"""Putting mail in the outbox."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.template import Context
from django.template.loader import get_template
from django.utils import timezone

from accounts.models import OutgoingMail, Person


def queue_mail(
    *,
    to: Person,
    thing: str,
    rule: str,
    context: Mapping[str, Any],
    occurrence: str = "",
    at: datetime | None = None,
    urgent: bool = False,
) -> OutgoingMail | None:
    """Queue one mail, written from `templates/emails/<rule>.txt` (first line: subject), in the caller's transaction.

    The same (thing, rule, occurrence, recipient) queues one mail however often it is asked for: then None is returned,
    and so it is where the recipient has left: nothing about a case goes to somebody who no longer works here.
    `urgent`: it goes out before the others, and by itself.
    """
    if not to.is_active:
        return None
    return _queue(
        to=to.email,
        person=to,
        thing=thing,
        rule=rule,
        context={**context, "recipient": to},
        occurrence=occurrence,
        at=at,
        urgent=urgent,
    )


def queue_mail_to_address(
    *,
    to: str,
    thing: str,
    rule: str,
    context: Mapping[str, Any],
    occurrence: str = "",
    at: datetime | None = None,
    urgent: bool = False,
) -> OutgoingMail | None:
    """As `queue_mail`, to an address that is no person's: say, of a desk, named in the settings."""
    return _queue(
        to=to, person=None, thing=thing, rule=rule, context=context, occurrence=occurrence, at=at, urgent=urgent
    )


def _queue(
    *,
    to: str,
    person: Person | None,
    thing: str,
    rule: str,
    context: Mapping[str, Any],
    occurrence: str,
    at: datetime | None,
    urgent: bool,
) -> OutgoingMail | None:
    at = at or timezone.now()
    subject, body = render_mail(rule=rule, context=context)
    mail, created = OutgoingMail.objects.get_or_create(
        thing=thing,
        rule=rule,
        occurrence=occurrence,
        to=to,
        defaults={
            "person": person,
            "subject": subject,
            "body": body,
            "urgent": urgent,
            "queued_at": at,
            "send_after": at,
        },
    )
    return mail if created else None


def render_mail(*, rule: str, context: Mapping[str, Any]) -> tuple[str, str]:
    """The subject and body of a mail: its template's first line and the rest. Plain text: nothing is escaped."""
    template = get_template(f"emails/{rule}.txt").template  # type: ignore[attr-defined]
    subject, _, body = template.render(Context(dict(context), autoescape=False)).strip().partition("\n")
    return " ".join(subject.split()), body.strip() + "\n"


def queue_mails(
    *, rule: str, mails: Iterable[tuple[Person, str, Mapping[str, Any]]], at: datetime | None = None
) -> None:
    """Queue many mails of one rule, each given as (recipient, thing, context), in a fixed number of queries.

    As with `queue_mail`, what was queued before is not queued again, and whoever has left gets nothing.
    """
    at = at or timezone.now()
    rows = []
    for person, thing, context in mails:
        if not person.is_active:
            continue
        subject, body = render_mail(rule=rule, context={**context, "recipient": person})
        rows.append(
            OutgoingMail(
                thing=thing,
                rule=rule,
                to=person.email,
                person=person,
                subject=subject,
                body=body,
                queued_at=at,
                send_after=at,
            )
        )
    OutgoingMail.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
