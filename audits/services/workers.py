"""Recording that somebody else works with the child now: who takes part in the audit, and so who sees it."""

from datetime import datetime

from django.db import transaction

from accounts.enums import Permission
from accounts.errors import UserError
from accounts.models import Person
from accounts.permissions import ensure
from audits.enums import Capacity
from audits.models import Allocation, Audit, Participant
from audits.permissions import is_auditor, is_restricted
from audits.rules.allocation.facts import Lines, Strength
from audits.services import alerts
from audits.services.meetings import tell_of_meeting
from audits.services.stage1 import hold_open
from audits.services.trail import note, tell


class NotIndependent(UserError):
    """The auditor cannot audit the work of this worker: another case has to be drawn."""


@transaction.atomic
def change_worker(*, audit: Audit, worker: Person, by: Person, at: datetime) -> None:
    """Say who works with the child now; that confirms the worker too. The worker of before and their line manager lose
    sight of the audit; of a restricted record QA is told. Undone by choosing the other one again.

    Raises NotIndependent, with nothing changed, where the programme bars the auditor from this worker's cases.
    """
    ensure(is_auditor(by, audit), "Only the auditor says who the worker is.")
    if not worker.may(Permission.TAKE_PART_IN_AUDITS):
        raise UserError(f"{worker} is not a social worker here.")
    hold_open(audit=audit, by=by, at=at)
    before = audit.allocation.worker
    if before == worker:
        return
    if why := why_not_independent(audit, worker):
        raise NotIndependent(why)
    if not Allocation.objects.filter(pk=audit.allocation_id, worker=before).update(worker=worker):
        raise UserError("Somebody else has changed the worker of this audit in the meantime. Look at it again.")
    Audit.objects.filter(pk=audit.pk).update(worker_confirmed_at=at)
    audit.allocation.worker, audit.worker_confirmed_at = worker, at
    _change_sight(audit, worker)
    data = {"from": before.email if before else "", "to": worker.email}
    # No name to read: of a restricted record those who read the log do not know the worker either.
    note(audit, "audit.worker_changed", f"Somebody else is the worker of audit {audit.reference} now", by, at, data)
    if is_restricted(audit):
        _tell_those_who_keep_access(audit, at)
    alerts.ask_for_reflection(audit=audit, at=at)
    if audit.meeting_at and audit.meeting_at > at:
        tell_of_meeting(audit=audit, worker=worker, rule="audit.meeting", at=at)
        if before:
            tell_of_meeting(audit=audit, worker=before, rule="audit.meeting_off", at=at)


def why_not_independent(audit: Audit, worker: Person) -> str:
    """Which hard rule of independence stands between the auditor and this worker, as people are now; or nothing."""
    programme, auditor = audit.allocation.cycle.programme, audit.allocation.auditor
    if auditor is None:
        return ""
    if programme.involved == Strength.HARD and worker.pk == auditor.pk:
        return "You work with this child yourself."
    if programme.line_management != Strength.HARD:
        return ""
    lines = Lines(dict(Person.objects.values_list("pk", "line_manager")), programme.line_management_depth or None)
    if auditor.pk in lines.above(worker.pk):
        return f"{worker} is managed by you, directly or through others."
    if worker.pk in lines.above(auditor.pk):
        return f"{worker} manages you, directly or through others."
    return ""


def _tell_those_who_keep_access(audit: Audit, at: datetime) -> None:
    """The worker knows the record without being given access to it, and so does their manager: somebody has to see that
    this is right."""
    for person in Person.objects.active().holding(Permission.DECIDE_REQUESTS):
        tell(audit, person, "case.worker_changed", at, occurrence=at.isoformat())


def _change_sight(audit: Audit, worker: Person) -> None:
    of_the_worker = [Capacity.WORKER, Capacity.LINE_MANAGER]
    Participant.objects.filter(audit=audit, capacity__in=of_the_worker).delete()
    people = {Capacity.WORKER: worker, Capacity.LINE_MANAGER: worker.line_manager}
    Participant.objects.bulk_create(
        Participant(audit=audit, person=person, capacity=capacity)
        for capacity, person in people.items()
        if person is not None
    )
