"""The mails of Stage 2. They name the audit by our own reference and carry a link, nothing about the child."""

from datetime import datetime

from django.urls import reverse

from accounts.enums import Permission
from accounts.links import absolute
from accounts.models import Person
from accounts.services.mail import queue_mail
from audits.models import Audit, CaseAccess
from moderation.models import Moderation


def tell(moderation: Moderation, to: Person, rule: str, at: datetime, *, occurrence: str = "") -> None:
    """Queue the mail `rule` about a moderation to one person. `occurrence` where it can happen more than once."""
    reference = moderation.audit.reference
    queue_mail(
        to=to,
        thing=thing(moderation.audit),
        rule=rule,
        occurrence=occurrence,
        context={
            "reference": reference,
            "due_on": moderation.due_on,
            "url": absolute(reverse("moderation_detail", args=[reference])),
        },
        at=at,
    )


def tell_qa(moderation: Moderation, rule: str, at: datetime, *, occurrence: str = "") -> None:
    for person in Person.objects.active().holding(Permission.RUN_CYCLES):
        tell(moderation, person, rule, at, occurrence=occurrence)


def tell_moderator(moderation: Moderation, moderator: Person, at: datetime) -> None:
    """A moderator has been chosen: they are told, and QA where they need access to a restricted record first."""
    tell(moderation, moderator, "moderation.assigned", at, occurrence=at.isoformat())
    case = moderation.audit.allocation.case
    if case and case.restricted and not CaseAccess.objects.filter(case=case, person=moderator).exists():
        tell_qa(moderation, "moderation.access_needed", at, occurrence=at.isoformat())


def thing(audit: Audit) -> str:
    return f"moderation:{audit.reference}"
