"""Safeguarding concerns: first of all that waits for a person, until somebody has taken them on."""

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import Person
from accounts.task_list import Task
from audits.enums import ConcernState
from audits.models import Concern

GROUP = "Safeguarding: act now"


def concern_tasks_for(person: Person) -> list[Task]:
    """Everybody who knows of one that nobody has taken on; whoever took one on, until it is closed. One query."""
    waiting = Q(state=ConcernState.RAISED)
    own = Q(state=ConcernState.ACKNOWLEDGED, acknowledged_by=person)
    concerns = Concern.objects.visible_to(person).filter(waiting | own).waiting_first().select_related("raised_by")
    return [_task(concern, person) for concern in concerns]


def _task(concern: Concern, person: Person) -> Task:
    waits = concern.state == ConcernState.RAISED
    since = date_format(timezone.localtime(concern.waits_since), "H:i, j F")
    who = "you" if concern.raised_by_id == person.pk else concern.raised_by.name
    return Task(
        title=f"Immediate safeguarding concern {concern.reference}",
        url=reverse("concern_detail", args=[concern.reference]),
        status="Act now" if waits else "Yours",
        group=GROUP,
        hint=f"Raised by {who}. Nobody has taken it on since {since}"
        if waits
        else "You have taken it on. Close it when the child is safe",
        alarm=waits,
    )
