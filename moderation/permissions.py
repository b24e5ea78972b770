"""Who may do what with one moderation. Which a person sees at all is `Moderation.objects.visible_to(person)`."""

from accounts.enums import Permission
from accounts.models import Person
from audits.enums import AuditState, Standing
from audits.permissions import sees_case
from moderation.enums import ModerationState
from moderation.models import Moderation


def is_moderator(person: Person, moderation: Moderation) -> bool:
    return moderation.moderator_id == person.pk and person.may(Permission.MODERATE_AUDITS)


def is_open(moderation: Moderation) -> bool:
    """Stage 2 is still to be signed off, and Stage 1 lies with the moderator."""
    audit = moderation.audit
    return (
        moderation.state != ModerationState.SIGNED_OFF
        and audit.state == AuditState.SUBMITTED
        and audit.allocation.standing == Standing.LIVE
    )


def may_moderate(person: Person, moderation: Moderation) -> bool:
    """The moderator, until it is signed off; of a restricted case only with access to it."""
    return is_moderator(person, moderation) and is_open(moderation) and sees_case(person, moderation.audit)


def may_reassign(person: Person, moderation: Moderation) -> bool:
    return person.may(Permission.RUN_CYCLES) and moderation.state != ModerationState.SIGNED_OFF
