"""What an auditor sees to before the audit: the worker, the record, the meeting. Each can be taken back."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from accounts.models import Person
from accounts.permissions import ensure
from audits.models import Audit
from audits.permissions import is_auditor
from audits.request_permissions import has_asked_for_access, may_ask_for_access
from audits.services.meetings import call_off_meeting, tell_of_meeting
from audits.services.requests.asking import ask_for_access
from audits.services.stage1 import hold_open
from audits.services.trail import note

TO_AUDIT = "To audit the case: the record turned out to be restricted."


class Check(StrEnum):
    """The three recorded checks."""

    WORKER = "worker"
    RESTRICTION = "restriction"
    MEETING = "meeting"

    @property
    def done(self) -> str:
        return DONE[self]


DONE = {
    Check.WORKER: "the allocated worker was confirmed",
    Check.RESTRICTION: "the record was checked for a restriction",
    Check.MEETING: "time and place were agreed with the worker",
}


@dataclass(frozen=True)
class Meeting:
    at: datetime
    place: str


@transaction.atomic
def confirm_worker(*, audit: Audit, by: Person, at: datetime) -> None:
    _save(audit, Check.WORKER, by, at, worker_confirmed_at=at)


@transaction.atomic
def check_restriction(*, audit: Audit, by: Person, at: datetime) -> None:
    """Record the check. Where the record is restricted and the auditor has no access yet, it is asked for."""
    _save(audit, Check.RESTRICTION, by, at, restriction_checked_at=at)
    if may_ask_for_access(by, audit) and not has_asked_for_access(by, audit):
        ask_for_access(audit=audit, reason=TO_AUDIT, by=by, at=at)


@transaction.atomic
def arrange_meeting(*, audit: Audit, meeting: Meeting, by: Person, at: datetime) -> None:
    """Record time and place; the worker is told, and told again where they change."""
    changed = _save(audit, Check.MEETING, by, at, meeting_at=meeting.at, meeting_place=meeting.place.strip())
    if changed and audit.allocation.worker:
        tell_of_meeting(audit=audit, worker=audit.allocation.worker, rule="audit.meeting", at=at)


@transaction.atomic
def take_back(*, audit: Audit, check: Check, by: Person, at: datetime) -> None:
    """The check is still to be done. A worker who was told of a meeting is told that it is off."""
    ensure(is_auditor(by, audit), "Only the auditor sees to the checks.")
    hold_open(audit=audit, by=by, at=at)
    match check:
        case Check.WORKER:
            Audit.objects.filter(pk=audit.pk).update(worker_confirmed_at=None)
        case Check.RESTRICTION:
            Audit.objects.filter(pk=audit.pk).update(restriction_checked_at=None)
        case Check.MEETING:
            call_off_meeting(audit=audit, at=at)
    audit.refresh_from_db()
    note(audit, "audit.check_taken_back", f"For audit {audit.reference} it was taken back that {check.done}", by, at)


def _save(audit: Audit, check: Check, by: Person, at: datetime, **values: datetime | str) -> bool:
    """Whether anything changed."""
    ensure(is_auditor(by, audit), "Only the auditor sees to the checks.")
    hold_open(audit=audit, by=by, at=at)
    if all(getattr(audit, name) == value for name, value in values.items()):
        return False
    Audit.objects.filter(pk=audit.pk).update(**values)
    for name, value in values.items():
        setattr(audit, name, value)
    note(audit, "audit.checked", f"For audit {audit.reference} {check.done}", by, at)
    return True
