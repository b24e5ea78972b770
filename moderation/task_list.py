"""The tasks of Stage 2 that wait for a person."""

from datetime import date

from django.db.models import Exists, OuterRef
from django.urls import reverse

from accounts.enums import Permission
from accounts.models import Person
from accounts.task_list import Task
from audits.enums import RequestKind
from audits.models import CaseConflict, Request
from moderation.enums import ModerationState
from moderation.models import Moderation

GROUP = "Stage 2"


def tasks_for(person: Person, on: date) -> list[Task]:
    """A moderator's discussions; for QA, those that nobody leads and those whose moderator waits for access."""
    tasks = _discussions(person, on) if person.may(Permission.MODERATE_AUDITS) else []
    if person.may(Permission.RUN_CYCLES):
        tasks += _without_moderator(on) + _waiting_for_access(on) + _in_conflict(on)
    return tasks


def _discussions(person: Person, on: date) -> list[Task]:
    own = Moderation.objects.open().filter(moderator=person).with_lack_of_access()
    return [
        Task(
            title=f"Lead the discussion of audit {moderation.audit.reference}",
            url=_url(moderation),
            status=_status(moderation),
            group=GROUP,
            due_on=moderation.due_on,
            urgent=moderation.due_on < on,
        )
        for moderation in own.select_related("audit").order_by("due_on", "pk")
    ]


def _status(moderation: Moderation) -> str:
    if moderation.lacks_access:  # type: ignore[attr-defined]
        return "Waiting for access"
    return "In progress" if moderation.state == ModerationState.IN_PROGRESS else "To be held"


def _without_moderator(on: date) -> list[Task]:
    waiting = Moderation.objects.open().without_anybody()
    days = sorted(waiting.values_list("due_on", flat=True))
    if not days:
        return []
    return [
        Task(
            title="Choose moderators" if len(days) > 1 else "Choose a moderator",
            url=f"{reverse('moderation_list')}?state=without",
            status=f"{len(days)} without",
            group=GROUP,
            due_on=days[0],
            hint="Nobody was found who is free and independent, or the moderator has left.",
            urgent=days[0] < on,
        )
    ]


def _waiting_for_access(on: date) -> list[Task]:
    """Where the moderator has asked for it, that request is the task."""
    asked = Request.objects.pending().filter(
        allocation=OuterRef("audit__allocation"), asked_by=OuterRef("moderator"), kind=RequestKind.ACCESS
    )
    led = Moderation.objects.open().filter(moderator__isnull=False).exclude(Exists(asked))
    waiting = led.with_lack_of_access().select_related("audit").order_by("due_on", "pk")
    return [
        Task(
            title=f"Give the moderator of audit {moderation.audit.reference} access",
            url=_url(moderation),
            status="Restricted record",
            group=GROUP,
            due_on=moderation.due_on,
            urgent=moderation.due_on < on,
        )
        for moderation in waiting.filter(audit__allocation__case__restricted=True)
        if moderation.lacks_access  # type: ignore[attr-defined]
    ]


def _in_conflict(on: date) -> list[Task]:
    """Discussions whose moderator has a conflict of interest in the case."""
    conflict = CaseConflict.objects.filter(case=OuterRef("audit__allocation__case"), person=OuterRef("moderator"))
    led = Moderation.objects.open().filter(Exists(conflict)).select_related("audit", "moderator")
    return [
        Task(
            title=f"Choose another moderator for audit {moderation.audit.reference}",
            url=reverse("moderation_reassign", args=[moderation.audit.reference]),
            status="Conflict of interest",
            group=GROUP,
            due_on=moderation.due_on,
            hint=f"{moderation.moderator} must not moderate this case",
            urgent=moderation.due_on < on,
        )
        for moderation in led.order_by("due_on", "pk")
    ]


def _url(moderation: Moderation) -> str:
    return reverse("moderation_detail", args=[moderation.audit.reference])
