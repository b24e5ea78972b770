"""What becomes due by itself on this floor: concerns that climb, months that open, and the deadlines of audits and of
actions."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models.functions import Coalesce
from django.urls import reverse

from accounts.due_rules import Handler, Skipped
from audits.models import Action, Audit
from audits.services.chasing import Deadline, handlers, plan_deadlines
from audits.services.concerns.climbing import HANDLERS as CONCERNS
from audits.services.concerns.climbing import plan_climbs
from audits.services.file_copies import STAGE_ONE_MISSING, make_stage_one, plan_stage_one
from audits.services.imports import FORGET, forget
from audits.services.opening import RULE as OPENING
from audits.services.opening import open_month, plan_openings
from audits.services.requests.endings import drop_moot
from audits.services.requests.undecided import UNDECIDED, plan_undecided, remind_deciders


def plan(at: datetime) -> None:
    """Write the rows that ought to exist and do not. From the state as it is, so that nothing depends on a hook."""
    plan_climbs(at)
    plan_openings(at)
    _plan_audits(at)
    _plan_actions(at)
    drop_moot(at=at)
    plan_undecided(at)
    plan_stage_one(at)


def _plan_audits(at: datetime) -> None:
    """A returned audit has a day of its own, and is asked for since it was returned; one whose day was moved, since
    then."""
    asked_for = (
        Audit.objects.open_stage1()
        .filter(imported=False, allocation__due_on__isnull=False)
        .annotate(day=Coalesce("return_due_on", "allocation__due_on"))
        .annotate(since=Coalesce("returned_at", "allocation__due_set_at", "allocation__allocated_at"))
    )
    plan_deadlines(
        "audit",
        asked_for,
        name="reference",
        due_on="day",
        caused_at="since",
        owed_since="since",
        rules="allocation__cycle__rules",
        at=at,
    )


def _plan_actions(at: datetime) -> None:
    plan_deadlines(
        "action",
        Action.objects.open().filter(audit__imported=False),
        name="pk",
        due_on="due_on",
        caused_at="recorded_at",
        owed_since="recorded_at",
        rules="audit__allocation__cycle__rules",
        at=at,
    )


def _open_audit(thing: str) -> Deadline:
    audit = (
        Audit.objects.open_stage1()
        .select_related("allocation__auditor", "allocation__cycle")
        .filter(reference=thing.removeprefix("audit:"))
        .first()
    )
    if audit is None:
        raise Skipped("It has been submitted, or is no longer asked for.")
    if audit.due_on is None:
        raise Skipped("It has no due date.")
    allocation = audit.allocation
    moments = (audit.returned_at, allocation.due_set_at, allocation.allocated_at)
    return Deadline(
        name=audit.reference,
        owner=allocation.auditor,
        due_on=audit.due_on,
        path=reverse("audit_detail", args=[audit.reference]),
        since=max((moment for moment in moments if moment), default=None),
        context={"cycle": allocation.cycle.name},
    )


def _open_action(thing: str) -> Deadline:
    action = (
        Action.objects.open().select_related("owner", "audit").filter(pk=int(thing.removeprefix("action:"))).first()
    )
    if action is None:
        raise Skipped("It has been completed.")
    return Deadline(action.audit.reference, action.owner, action.due_on, reverse("action_detail", args=[action.pk]))


HANDLERS: Mapping[str, Handler] = {
    OPENING: open_month,
    UNDECIDED: remind_deciders,
    FORGET: forget,
    STAGE_ONE_MISSING: make_stage_one,
    **CONCERNS,
    **handlers("audit", _open_audit),
    **handlers("action", _open_action),
}
