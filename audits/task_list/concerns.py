"""Safeguarding concerns: first of all that waits for a person, until somebody has taken them on; then until they are
closed, for whoever closes them."""

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.enums import Permission
from accounts.models import Person
from accounts.task_list import Task
from audits.enums import CONCERN_STOPPERS, ConcernState
from audits.models import Concern, ConcernRecipient

NOBODYS = "Safeguarding: act now"
TAKEN_ON = "Safeguarding: taken on"


def concern_tasks_for(person: Person) -> list[Task]:
    """Everybody who knows of one that nobody has taken on; whoever took one on. What the emergency duty contact took on
    the managers and quality assurance close; what somebody took on who has left, quality assurance. One query."""
    waiting = Q(state=ConcernState.RAISED)
    own = Q(acknowledged_by=person, acknowledged_for="")
    told = ConcernRecipient.objects.told().filter(concern=OuterRef("pk"), person=person, part__in=CONCERN_STOPPERS)
    of_duty = ~Q(acknowledged_for="") & Q(Exists(told))
    to_close = own | of_duty
    if person.may(Permission.SEE_EVERY_AUDIT):
        to_close |= Q(acknowledged_by__is_active=False)
    taken_on = to_close & Q(state=ConcernState.ACKNOWLEDGED)
    concerns = Concern.objects.visible_to(person).filter(waiting | taken_on).waiting_first()
    return [_task(concern, person) for concern in concerns.select_related("raised_by", "acknowledged_by")]


def _task(concern: Concern, person: Person) -> Task:
    waits = concern.state == ConcernState.RAISED
    return Task(
        title=f"Immediate safeguarding concern {concern.reference}",
        url=reverse("concern_detail", args=[concern.reference]),
        status="Act now" if waits else "To close",
        group=NOBODYS if waits else TAKEN_ON,
        hint=_nobodys(concern, person) if waits else _taken_on(concern, person),
        alarm=waits,
    )


def _nobodys(concern: Concern, person: Person) -> str:
    who = "you" if concern.raised_by_id == person.pk else concern.raised_by.name
    since = date_format(timezone.localtime(concern.waits_since), "H:i, j F")
    return f"Raised by {who}. Nobody has taken it on since {since}"


def _taken_on(concern: Concern, person: Person) -> str:
    if concern.acknowledged_for:
        return f"{concern.acknowledged_for}, emergency duty, has taken it on. Find out what was done, then close it"
    if concern.acknowledged_by_id == person.pk:
        return "You have taken it on. Close it when the child is safe"
    return f"{concern.acknowledged_by} took it on and has left. See what is to be done"
