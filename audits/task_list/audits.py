"""The tasks that audits bring: to do, to reflect on and to read."""

from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Permission
from accounts.models import Activity, Person
from accounts.task_list import Task
from audits.enums import COMPLETED_STATES, AuditState, Capacity
from audits.models import Audit, Participant, Reflection

AT_MOST_TO_READ = 10
# What nobody has read for so long is found in the list of audits.
NEWS_FOR = timedelta(days=183)


def audit_tasks_for(person: Person) -> list[Task]:
    """Each kind in one query."""
    return [
        *_audits_to_do(person),
        *_reflections_to_write(person),
        *_audits_to_read(person),
    ]


def _audits_to_do(person: Person) -> list[Task]:
    if not person.may(Permission.COMPLETE_AUDITS):
        return []
    audits = Audit.objects.of_auditor(person).open_stage1().select_related("allocation__cycle")
    return [
        Task(
            title=f"Audit {audit.reference}",
            url=_url("audit_detail", audit),
            status="Sent back to you" if audit.return_reason else audit.get_state_display(),
            group="Audits to complete",
            due_on=audit.due_on,
            hint=f"{audit.allocation.cycle.name} · {_next(audit)}",
        )
        for audit in audits.order_by("allocation__due_on", "reference")
    ]


def _next(audit: Audit) -> str:
    """What comes next, from what is on the audit itself."""
    if audit.return_reason:
        return "Next: what the moderator asks for"
    if audit.worker_confirmed_at is None:
        return "Next: confirm the allocated worker"
    if audit.restriction_checked_at is None:
        return "Next: check whether the record is restricted"
    if audit.meeting_at is None:
        return "Next: agree time and place with the worker"
    return "Next: go through the sections with the worker"


def _reflections_to_write(person: Person) -> list[Task]:
    taking_part = Participant.objects.filter(audit=OuterRef("pk"), person=person, capacity=Capacity.WORKER)
    audits = (
        Audit.objects.open_stage1()
        .filter(Exists(taking_part), state=AuditState.IN_PROGRESS)
        .exclude(Exists(Reflection.objects.filter(audit=OuterRef("pk"))))
        .select_related("allocation")
    )
    return [
        Task(
            title=f"Write your reflection for audit {audit.reference}",
            url=_url("audit_reflection", audit),
            status="Optional",
            group="Audits of your work",
            due_on=audit.due_on,
        )
        for audit in audits.order_by("reference")
    ]


def _audits_to_read(person: Person) -> list[Task]:
    """Submitted audits of the worker, their line manager and the practice manager that they have not opened yet."""
    taking_part = Participant.objects.filter(
        audit=OuterRef("pk"),
        person=person,
        capacity__in=[Capacity.WORKER, Capacity.LINE_MANAGER, Capacity.PRACTICE_MANAGER],
    )
    opened = Activity.objects.filter(
        thing_type="audit",
        thing_ref=OuterRef("reference"),
        actor=person,
        verb="audit.read",
        at__gte=OuterRef("submitted_at"),
    )
    audits = (
        Audit.objects.live()
        .filter(
            Exists(taking_part),
            state__in=COMPLETED_STATES,
            imported=False,
            submitted_at__gte=timezone.now() - NEWS_FOR,
        )
        .exclude(Exists(opened))
        .order_by("-submitted_at")
    )
    return [
        Task(
            title=f"Read audit {audit.reference}",
            url=_url("audit_view", audit),
            status="New",
            group="Audits of your work" if person.may(Permission.TAKE_PART_IN_AUDITS) else "Audits of your team",
            hint="Submitted; the reflective discussion comes next"
            if audit.state == AuditState.SUBMITTED
            else "Signed off",
        )
        for audit in audits[:AT_MOST_TO_READ]
    ]


def _url(name: str, audit: Audit) -> str:
    return reverse(name, args=[audit.reference])
