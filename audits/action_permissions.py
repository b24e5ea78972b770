"""Who may do what with one action. Which actions a person sees at all is `Action.objects.visible_to(person)`."""

from collections.abc import Collection

from accounts.enums import Permission
from accounts.models import Person
from audits.enums import ActionState, AuditState, Capacity
from audits.models import Action, Audit
from audits.permissions import closed_to


def readable_by(person: Person, actions: Collection[Action]) -> frozenset[int]:
    """Which of the actions that a person sees they may also read, by primary key.

    Who does an action or signs it off reads it. What the record of a restricted case calls for is otherwise for those
    whose case it is, and for people who were given access.
    """
    of_others = [action for action in actions if person.pk not in (action.owner_id, action.signer_id)]
    closed = closed_to(person, [action.audit for action in of_others])
    return frozenset(action.pk for action in actions) - {action.pk for action in of_others if action.audit_id in closed}


def may_complete(person: Person, action: Action) -> bool:
    return person.is_active and action.owner_id == person.pk and action.state == ActionState.OPEN


def may_sign_off(person: Person, action: Action) -> bool:
    """Who was found to sign it off; QA where nobody was or that person has left, if they may read it. Never whose
    action it was."""
    if action.state != ActionState.COMPLETED or person.pk in (action.owner_id, action.completed_by_id):
        return False
    if action.signer is not None and action.signer.is_active:
        return action.signer_id == person.pk and person.is_active
    return person.may(Permission.RUN_CYCLES) and action.pk in readable_by(person, [action])


def may_hand_over(person: Person, action: Action) -> bool:
    return person.may(Permission.RUN_CYCLES) and action.state == ActionState.OPEN


def may_add_further(person: Person, audit: Audit) -> bool:
    """The audit's moderator, until Stage 2 is signed off."""
    return (
        audit.state == AuditState.SUBMITTED
        and person.may(Permission.MODERATE_AUDITS)
        and audit.participants.filter(person=person, capacity=Capacity.MODERATOR).exists()
    )


def may_take_back(person: Person, action: Action) -> bool:
    """The moderator who added it, while nobody has completed it and Stage 2 is not signed off."""
    return (
        action.recorded_by_id == person.pk
        and action.state == ActionState.OPEN
        and may_add_further(person, action.audit)
    )
