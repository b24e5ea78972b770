"""What becomes of an action once its audit is submitted: done by its owner, then signed off by somebody else.

The worker's line manager signs a completed action off; where that person owns it or did it, the next manager up does.
Every step is kept with its note, logged, and told by mail to whose turn it is.
"""

from datetime import datetime

from django.db import transaction

from accounts.enums import Permission
from accounts.errors import UserError
from accounts.line_management import managers_above
from accounts.models import Person
from accounts.permissions import ensure
from accounts.services.activity import record
from audits.action_permissions import (
    may_add_further,
    may_complete,
    may_hand_over,
    may_sign_off,
    may_take_back,
)
from audits.enums import ActionState, ActionStepKind, AuditState, Capacity
from audits.models import Action, ActionStep, Audit
from audits.rules.action_sign_off import who_signs_off
from audits.services.action_drafts import ActionDraft, write_action, written_already
from audits.services.action_mails import announce_actions, tell

CHANGED_MEANWHILE = "Somebody else has changed this action in the meantime. Look at it again."


@transaction.atomic
def complete(*, action: Action, note: str, by: Person, at: datetime) -> bool:
    """Its owner says that the action is done, and what was done. Whoever is to sign it off is told.

    Says whether this call did it: saying so again changes nothing.
    """
    action.refresh_from_db()
    if action.state != ActionState.OPEN and action.completed_by_id == by.pk:
        return False
    _ensure_binding(action)
    ensure(may_complete(by, action), "Only its owner completes an action.")
    note = _required(note, "Enter what was done")
    signer = find_signer(action, doer=by)
    _move(
        action,
        ActionState.OPEN,
        state=ActionState.COMPLETED,
        completed_at=at,
        completed_by=by,
        completion_note=note,
        signer=signer,
    )
    _log(action, ActionStepKind.COMPLETED, by, at, note)
    for person in [signer] if signer else _quality_assurance(but=by):
        tell(action, person, "action.completed", at)
    return True


@transaction.atomic
def sign_off(*, action: Action, note: str, by: Person, at: datetime) -> bool:
    """The manager has seen that the action is done. Says whether this call did it."""
    action.refresh_from_db()
    if action.state == ActionState.SIGNED_OFF and action.signed_off_by_id == by.pk:
        return False
    ensure(may_sign_off(by, action), "This action is not yours to sign off.")
    _move(action, ActionState.COMPLETED, state=ActionState.SIGNED_OFF, signed_off_at=at, signed_off_by=by)
    _log(action, ActionStepKind.SIGNED_OFF, by, at, note.strip())
    if action.owner:
        tell(action, action.owner, "action.signed_off", at)
    return True


@transaction.atomic
def send_back(*, action: Action, reason: str, by: Person, at: datetime) -> None:
    """The manager finds that the action is not done: it is its owner's again, with the same due date."""
    action.refresh_from_db()
    ensure(may_sign_off(by, action), "This action is not yours to send back.")
    reason = _required(reason, "Enter what is still to be done")
    _move(
        action,
        ActionState.COMPLETED,
        state=ActionState.OPEN,
        completed_at=None,
        completed_by=None,
        completion_note="",
        signer=None,
    )
    _log(action, ActionStepKind.SENT_BACK, by, at, reason)
    if action.owner:
        tell(action, action.owner, "action.sent_back", at)


@transaction.atomic
def hand_over(*, action: Action, to: Person, reason: str, by: Person, at: datetime) -> None:
    """QA gives an open action to another owner, for a reason. The due date stays."""
    action.refresh_from_db()
    ensure(may_hand_over(by, action), "Only QA gives an action to somebody else, while it is open.")
    reason = _required(reason, "Enter why somebody else does it")
    if not to.is_active:
        raise UserError(f"{to} has left")
    if to.pk == action.owner_id:
        raise UserError(f"{to} owns this action already")
    _move(action, ActionState.OPEN, owner=to)
    _log(action, ActionStepKind.HANDED_OVER, by, at, f"To {to}. {reason}")
    tell(action, to, "action.recorded", at)


@transaction.atomic
def add_further_action(*, audit: Audit, draft: ActionDraft, by: Person, at: datetime) -> Action:
    """The moderator adds an action in Stage 2. It binds at once, and its owner is told.

    The same again is a second press of the button: it answers with the one there is.
    """
    ensure(may_add_further(by, audit), "Only the audit’s moderator adds actions, until it is signed off.")
    _hold_stage_two(audit)
    if (same := written_already(audit, draft, by)) is not None:
        return same
    action = write_action(audit=audit, draft=draft, by=by, at=at)
    _record(action, "action.added", f"An action was added to audit {audit.reference} in Stage 2", by, at)
    announce_actions(audit=audit, at=at)
    return action


@transaction.atomic
def take_back(*, action: Action, by: Person, at: datetime) -> None:
    """The moderator takes back an action that they added by mistake."""
    action.refresh_from_db()
    ensure(may_take_back(by, action), "Only who added an action in Stage 2 takes it back, while it is open.")
    _hold_stage_two(action.audit)
    if action.owner:
        tell(action, action.owner, "action.taken_back", at)
    _record(action, "action.taken_back", f"An action of audit {action.audit.reference} was taken back", by, at)
    if not Action.objects.filter(pk=action.pk, state=ActionState.OPEN).delete()[0]:
        raise UserError(CHANGED_MEANWHILE)


def _hold_stage_two(audit: Audit) -> None:
    """Keep the audit from being signed off until this transaction ends: its copy says which actions there are."""
    if not Audit.objects.in_state(audit, AuditState.SUBMITTED).update(state=AuditState.SUBMITTED):
        raise UserError("This audit is no longer in Stage 2, so its actions stay as they are.")


def find_signer(action: Action, *, doer: Person) -> Person | None:
    """Who is to sign the action off: the nearest manager above the worker who neither owns it nor did it.

    The practice manager stands in for a worker that there is not. None where nobody is left.
    """
    line = {manager.pk: manager for manager in _line_above_the_worker(action.audit)}
    found = who_signs_off(line, not_by=(action.owner_id, doer.pk))
    return line[found] if found is not None else None


def _line_above_the_worker(audit: Audit) -> list[Person]:
    """The managers above the worker as they are today; as they were when the audit was made where there are none."""
    worker = audit.allocation.worker
    if worker is not None and (line := managers_above(worker)):
        return line
    then = {part.capacity: part.person for part in audit.participants.select_related("person")}
    if line_manager := then.get(Capacity.LINE_MANAGER):
        return [*([line_manager] if line_manager.is_active else []), *managers_above(line_manager)]
    stand_in = then.get(Capacity.PRACTICE_MANAGER)
    return managers_above(stand_in) if stand_in else []


def _ensure_binding(action: Action) -> None:
    if not action.audit.is_completed:
        raise UserError("The audit is with its auditor, so this action cannot be completed yet.")


def _required(text: str, message: str) -> str:
    if not text.strip():
        raise UserError(message)
    return text.strip()


def _move(action: Action, source: ActionState, **values: object) -> None:
    """Change the action if it still is as it was found; otherwise nothing, and an error that says so."""
    moved = Action.objects.filter(pk=action.pk, state=source, owner=action.owner, signer=action.signer)
    if not moved.update(**values):
        raise UserError(CHANGED_MEANWHILE)
    action.refresh_from_db()


def _log(action: Action, kind: ActionStepKind, by: Person, at: datetime, note: str) -> None:
    ActionStep.objects.create(action=action, at=at, by=by, kind=kind, note=note)
    summary = f"An action of audit {action.audit.reference}: {kind.label.lower()}"
    _record(action, f"action.{kind.value}", summary, by, at)


def _record(action: Action, verb: str, summary: str, by: Person, at: datetime) -> None:
    record(by=by, verb=verb, thing_type="action", thing_ref=str(action.pk), summary=summary, at=at)


def _quality_assurance(*, but: Person) -> list[Person]:
    return list(Person.objects.active().holding(Permission.RUN_CYCLES).exclude(pk=but.pk))
