"""What an auditor sees to before the audit: the worker, the record, the meeting. And access to a restricted record."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.urls import reverse

from accounts.enums import Permission
from accounts.errors import UserError
from accounts.links import absolute
from accounts.models import Person
from accounts.permissions import ensure
from accounts.services.activity import record
from accounts.services.mail import queue_mail
from audits.models import Audit, CaseAccess
from audits.permissions import is_auditor, sees_case
from audits.services.stage1 import hold_open


class Check(StrEnum):
    """The three recorded checks; the value says what was done."""

    WORKER = "the allocated worker was confirmed"
    RESTRICTION = "the record was checked for a restriction"
    MEETING = "time and place were agreed with the worker"


@dataclass(frozen=True)
class Meeting:
    at: datetime
    place: str


@transaction.atomic
def confirm_worker(*, audit: Audit, by: Person, at: datetime) -> None:
    _save(audit, Check.WORKER, by, at, worker_confirmed_at=at)


@transaction.atomic
def check_restriction(*, audit: Audit, by: Person, at: datetime) -> None:
    """Record the check. Where the record is restricted and the auditor has no access yet, QA is asked for it."""
    _save(audit, Check.RESTRICTION, by, at, restriction_checked_at=at)
    if sees_case(by, audit) or audit.access_requested_at:
        return
    Audit.objects.filter(pk=audit.pk).update(access_requested_at=at)
    audit.access_requested_at = at
    record(
        by=by,
        verb="case.access_requested",
        thing_type="audit",
        thing_ref=audit.reference,
        summary=f"Access to the restricted record of audit {audit.reference} was requested",
        at=at,
    )
    for member in Person.objects.active().holding(Permission.SEE_EVERY_AUDIT):
        _tell(audit, member, "case.access_requested", at)


@transaction.atomic
def arrange_meeting(*, audit: Audit, meeting: Meeting, by: Person, at: datetime) -> None:
    """Record time and place; the worker is told, and told again where they change."""
    changed = _save(audit, Check.MEETING, by, at, meeting_at=meeting.at, meeting_place=meeting.place.strip())
    if changed and audit.allocation.worker:
        _tell(audit, audit.allocation.worker, "audit.meeting", at, occurrence=at.isoformat())


@transaction.atomic
def grant_access(*, audit: Audit, by: Person, at: datetime, to: Person | None = None) -> None:
    """Give the auditor, or somebody else, sight of a restricted case. Granting it again changes nothing."""
    ensure(by.may(Permission.SEE_EVERY_AUDIT), "Only QA gives access to a restricted record.")
    case, reader = audit.allocation.case, to or audit.allocation.auditor
    if case is None or reader is None:
        raise UserError("This audit has no case or no auditor here.")
    _, created = CaseAccess.objects.get_or_create(
        case=case, person=reader, defaults={"granted_by": by, "granted_at": at}
    )
    if not created:
        return
    record(
        by=by,
        verb="case.access_granted",
        thing_type="audit",
        thing_ref=audit.reference,
        summary=f"{reader} was given access to the restricted record of audit {audit.reference}",
        at=at,
    )
    _tell(audit, reader, "case.access_granted", at)


def _save(audit: Audit, check: Check, by: Person, at: datetime, **values: datetime | str) -> bool:
    """Whether anything changed."""
    ensure(is_auditor(by, audit), "Only the auditor sees to the checks.")
    hold_open(audit=audit, by=by, at=at)
    if all(getattr(audit, name) == value for name, value in values.items()):
        return False
    Audit.objects.filter(pk=audit.pk).update(**values)
    for name, value in values.items():
        setattr(audit, name, value)
    record(
        by=by,
        verb="audit.checked",
        thing_type="audit",
        thing_ref=audit.reference,
        summary=f"For audit {audit.reference} {check.value}",
        at=at,
    )
    return True


def _tell(audit: Audit, person: Person, rule: str, at: datetime, occurrence: str = "") -> None:
    queue_mail(
        to=person,
        thing=f"audit:{audit.reference}",
        rule=rule,
        occurrence=occurrence,
        context={
            "name": audit.reference,
            "auditor": audit.allocation.auditor,
            "meeting_at": audit.meeting_at,
            "url": absolute(reverse("audit_detail", args=[audit.reference])),
        },
        at=at,
    )
