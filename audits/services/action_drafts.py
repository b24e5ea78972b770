"""The actions table of an audit that is being filled in. What becomes of an action afterwards is not decided here."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format

from accounts.errors import UserError
from accounts.models import Person
from audits.enums import ActionState, Capacity
from audits.models import Action, Audit
from audits.rules.answers import Problem
from audits.rules.deadlines import action_due
from audits.rules.smart import PlannedAction
from audits.services.meanwhile import ChangedMeanwhile, mark_of
from audits.services.stage1 import hold_open
from audits.services.trail import note


@dataclass(frozen=True)
class ActionDraft:
    """What will be done, by whom and when, and what it changes for the child. `urgent`: a safeguarding concern."""

    text: str
    owner: Person | None
    due_on: date
    impact: str
    urgent: bool = False


SAID = tuple(field.name for field in fields(ActionDraft))


class RemovedMeanwhile(UserError):
    """Another tab or device has removed the action since the page was made."""

    def __init__(self) -> None:
        super().__init__("This action was removed in another tab or on another device.")


def state_of(action: Action) -> str:
    """A mark of everything that the action says."""
    return mark_of(action, ["owner_id" if name == "owner" else name for name in SAID])


def practice_manager(audit: Audit) -> Person | None:
    """Who answers for the actions unless the auditor says otherwise: the manager of the worker's team."""
    part = audit.participants.filter(capacity=Capacity.PRACTICE_MANAGER).select_related("person").first()
    if part is not None:
        return part.person
    case = audit.allocation.case
    return case.team.manager if case and case.team else None


def latest_due(audit: Audit, *, urgent: bool, on: date) -> date:
    """When an action recorded on the day `on` is due by rule: a default, and a limit for a safeguarding concern."""
    programme = audit.allocation.cycle.programme
    return action_due(on, urgent=urgent, numbers=programme.deadlines, closures=programme.closures)


def due_in_words(audit: Audit, *, on: date) -> str:
    """The rule for an action recorded on the day `on`, and the days that come of it."""
    numbers = audit.allocation.cycle.programme.deadlines
    weeks, over = divmod(numbers.action_days, 7)
    usual = f"{weeks} week{'' if weeks == 1 else 's'}" if weeks and not over else f"{numbers.action_days} days"
    urgent = numbers.urgent_action_working_days
    return (
        f"By rule within {usual}: by {date_format(latest_due(audit, urgent=False, on=on), 'j F Y')}. "
        f"For a safeguarding concern within {urgent} working day{'' if urgent == 1 else 's'}: "
        f"by {date_format(latest_due(audit, urgent=True, on=on), 'j F Y')}."
    )


def planned(action: Action) -> PlannedAction:
    """The action as advice on it reads it."""
    recorded_on = timezone.localdate(action.recorded_at)
    return PlannedAction(
        text=action.text,
        impact=action.impact,
        owned=action.owner_id is not None,
        due_on=action.due_on,
        latest=latest_due(action.audit, urgent=action.urgent, on=recorded_on),
    )


@transaction.atomic
def add_action(*, audit: Audit, draft: ActionDraft, by: Person, at: datetime) -> Action:
    """Add an action to a draft. The same again is a second press of the button: it answers with the one there is."""
    hold_open(audit=audit, by=by, at=at)
    if (same := written_already(audit, draft, by)) is not None:
        return same
    action = write_action(audit=audit, draft=draft, by=by, at=at)
    note(audit, "action.added", f"An action was added to audit {audit.reference}", by, at)
    return action


def written_already(audit: Audit, draft: ActionDraft, by: Person) -> Action | None:
    """The open action of this person that says exactly the same."""
    return audit.actions.filter(recorded_by=by, state=ActionState.OPEN, **stored_as(audit, draft)).first()


def write_action(*, audit: Audit, draft: ActionDraft, by: Person, at: datetime) -> Action:
    """Store one more action of the audit, for whoever may add one. Raises `UserError` where something is wrong."""
    _check(audit, draft, at)
    last = audit.actions.aggregate(last=Max("position"))["last"]
    return Action.objects.create(
        audit=audit,
        position=0 if last is None else last + 1,
        recorded_at=at,
        recorded_by=by,
        **stored_as(audit, draft),
    )


def stored_as(audit: Audit, draft: ActionDraft) -> dict[str, Any]:
    """What an action stores of its draft: the practice manager owns what nobody was chosen for."""
    return {
        "text": draft.text.strip(),
        "owner": draft.owner or practice_manager(audit),
        "due_on": draft.due_on,
        "impact": draft.impact.strip(),
        "urgent": draft.urgent,
    }


@transaction.atomic
def change_action(*, action: Action, draft: ActionDraft, seen: str, by: Person, at: datetime) -> None:
    """Change an action of a draft. Its clock keeps the day on which it was first recorded.

    `seen`: the state of the action that the change was made from (see `state_of`). Raises `ChangedMeanwhile` where
    another tab has saved something else since, `RemovedMeanwhile` where it has removed the action.
    """
    # From here on nobody else changes anything of this draft.
    hold_open(audit=action.audit, by=by, at=at)
    try:
        action.refresh_from_db(fields=[*SAID, "state"])
    except Action.DoesNotExist as gone:
        raise RemovedMeanwhile from gone
    _ensure_changeable(action, by)
    _check(action.audit, draft, action.recorded_at)
    values = stored_as(action.audit, draft)
    if values == {name: getattr(action, name) for name in SAID}:
        return
    if state_of(action) != seen:
        raise ChangedMeanwhile(action, state_of(action))
    for name, value in values.items():
        setattr(action, name, value)
    action.save(update_fields=SAID)
    note(action.audit, "action.changed", f"An action of audit {action.audit.reference} was changed", by, at)


@transaction.atomic
def remove_action(*, action: Action, by: Person, at: datetime) -> None:
    hold_open(audit=action.audit, by=by, at=at)
    _ensure_changeable(action, by)
    action.delete()
    note(action.audit, "action.removed", f"An action of audit {action.audit.reference} was removed", by, at)


def _ensure_changeable(action: Action, by: Person) -> None:
    if action.recorded_by_id != by.pk:
        raise UserError("This action was added by somebody else, so it stays as it is.")
    if action.state != ActionState.OPEN:
        raise UserError("This action has been completed, so it stays as it is.")


def draft_problems(audit: Audit, draft: ActionDraft, *, recorded_on: date) -> Iterator[Problem]:
    """What is missing or wrong in an action first recorded on the day `recorded_on`."""
    if not draft.text.strip():
        yield Problem("text", "Enter what will be done", missing=True)
    if not draft.impact.strip():
        yield Problem("impact", "Enter what this will change for the child", missing=True)
    limit = latest_due(audit, urgent=True, on=recorded_on)
    if draft.due_on < recorded_on:
        yield Problem("due_on", f"The due date must be {date_format(recorded_on, 'j F Y')} or later")
    elif draft.urgent and draft.due_on > limit:
        yield Problem("due_on", f"An action for a safeguarding concern must be due by {date_format(limit, 'j F Y')}")


def _check(audit: Audit, draft: ActionDraft, recorded_at: datetime) -> None:
    for problem in draft_problems(audit, draft, recorded_on=timezone.localdate(recorded_at)):
        raise UserError(problem.message)
