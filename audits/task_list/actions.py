"""The tasks that actions bring: to do them, and to sign them off."""

from datetime import date

from django.urls import reverse
from django.utils.text import Truncator

from accounts.models import Person
from accounts.task_list import Task
from audits.action_permissions import readable_by
from audits.models import Action

GROUP = "Actions"


def action_tasks_for(person: Person, on: date) -> list[Task]:
    """Actions a person owns, and those that wait for their signature; for QA also those nobody else can sign."""
    owned = Action.objects.open().filter(owner=person).select_related("audit").order_by("due_on", "pk")
    waiting = Action.objects.awaiting_sign_off_by(person).select_related("audit__allocation__case")
    to_sign = list(waiting.order_by("completed_at", "pk"))
    readable = readable_by(person, to_sign)
    return [
        *(
            Task(
                title=f"Do an action of audit {action.audit.reference}",
                url=_url(action),
                status="Open",
                group=GROUP,
                due_on=action.due_on,
                hint=_in_short(action),
                urgent=action.due_on < on,
            )
            for action in owned
        ),
        *(
            Task(
                title=f"Sign off an action of audit {action.audit.reference}",
                url=_url(action),
                status="Completed",
                group=GROUP,
                hint=_in_short(action) if action.pk in readable else "Of a restricted record",
            )
            for action in to_sign
        ),
    ]


def _in_short(action: Action) -> str:
    """Who does an action or signs it off may read it: its first words tell it from the others of the audit."""
    return Truncator(action.text).words(10)


def _url(action: Action) -> str:
    return reverse("action_detail", args=[action.pk])
