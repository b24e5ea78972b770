"""The meeting of auditor and worker: telling the worker of it, and calling it off."""

from datetime import datetime

from accounts.models import Person
from audits.models import Audit
from audits.services.trail import tell


def tell_of_meeting(*, audit: Audit, worker: Person, rule: str, at: datetime) -> None:
    """The place is written freely, so it stays out of the mail."""
    auditor, meeting_at = audit.allocation.auditor, audit.meeting_at
    tell(audit, worker, rule, at, occurrence=at.isoformat(), auditor=auditor, meeting_at=meeting_at)


def call_off_meeting(*, audit: Audit, at: datetime) -> None:
    """No meeting any more; the worker is told where one still lies ahead."""
    if audit.meeting_at is None:
        return
    if audit.allocation.worker and audit.meeting_at > at:
        tell_of_meeting(audit=audit, worker=audit.allocation.worker, rule="audit.meeting_off", at=at)
    Audit.objects.filter(pk=audit.pk).update(meeting_at=None, meeting_place="")
    audit.meeting_at, audit.meeting_place = None, ""
