"""The mails of an action's life. They name the audit by our own reference and carry a link, nothing about the child."""

from datetime import datetime

from django.urls import reverse

from accounts.links import absolute
from accounts.models import Person
from accounts.services.mail import queue_mail
from audits.enums import ActionState
from audits.models import Action, Audit


def announce_actions(*, audit: Audit, at: datetime) -> None:
    """Tell the owners of a submitted audit's open actions, each once."""
    for action in audit.actions.filter(state=ActionState.OPEN, owner__is_active=True).select_related("owner", "audit"):
        if action.owner:
            tell(action, action.owner, "action.recorded", at, occurrence=f"owner {action.owner_id}")


def tell(action: Action, to: Person, rule: str, at: datetime, *, occurrence: str = "") -> None:
    """Queue the mail `rule` about an action to one person. `occurrence`: which time, by default that of `at`."""
    queue_mail(
        to=to,
        thing=f"action:{action.pk}",
        rule=rule,
        occurrence=occurrence or at.isoformat(),
        context={
            "reference": action.audit.reference,
            "due_on": action.due_on,
            "url": absolute(reverse("action_detail", args=[action.pk])),
        },
        at=at,
    )
