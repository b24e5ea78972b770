"""The tasks that outgoing mail brings to those who look after it."""

from datetime import date

from django.urls import reverse

from accounts.enums import MailState, Permission
from accounts.models import OutgoingMail, Person
from accounts.task_list import Task


def tasks_for(person: Person, on: date) -> list[Task]:
    """One task for all mails that somebody has to decide about: uncertain ones, and those given up."""
    if not person.may(Permission.SEE_OUTBOX):
        return []
    unsettled = OutgoingMail.objects.visible_to(person).filter(state__in=[MailState.UNCERTAIN, MailState.FAILED])
    waiting = unsettled.count()
    if not waiting:
        return []
    return [
        Task(
            title=f"Decide about {waiting} mail{'s' if waiting > 1 else ''} that may not have arrived",
            url=reverse("mail_list"),
            status="To decide",
            group="Mail",
        )
    ]
