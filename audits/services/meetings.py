"""The meeting of auditor and worker: telling the worker of it, and calling it off."""

from datetime import datetime

from django.urls import reverse

from accounts.links import absolute
from accounts.models import Person
from accounts.services.mail import queue_mail
from audits.models import Audit


def tell_of_meeting(*, audit: Audit, worker: Person, rule: str, at: datetime) -> None:
    """The place is written freely, so it stays out of the mail."""
    queue_mail(
        to=worker,
        thing=f"audit:{audit.reference}",
        rule=rule,
        occurrence=at.isoformat(),
        context={
            "name": audit.reference,
            "auditor": audit.allocation.auditor,
            "meeting_at": audit.meeting_at,
            "url": absolute(reverse("audit_detail", args=[audit.reference])),
        },
        at=at,
    )


def call_off_meeting(*, audit: Audit, at: datetime) -> None:
    """No meeting any more; the worker is told where one still lies ahead."""
    if audit.meeting_at is None:
        return
    if audit.allocation.worker and audit.meeting_at > at:
        tell_of_meeting(audit=audit, worker=audit.allocation.worker, rule="audit.meeting_off", at=at)
    Audit.objects.filter(pk=audit.pk).update(meeting_at=None, meeting_place="")
    audit.meeting_at, audit.meeting_place = None, ""
