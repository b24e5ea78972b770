"""What becomes due by itself on this floor: months that open, and the deadlines of audits and of actions."""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.db.models.functions import Coalesce
from django.urls import reverse

from accounts.due_rules import Handler, Skipped
from audits.models import Action, Audit, ProgrammeRules
from audits.rules.programme import Programme
from audits.services.chasing import Deadline, Planned, handlers, plan_rows, without_rows
from audits.services.imports import FORGET, forget
from audits.services.opening import RULE as OPENING
from audits.services.opening import open_month, plan_openings


def plan(at: datetime) -> None:
    """Write the rows that ought to exist and do not. From the state as it is, so that nothing depends on a hook."""
    plan_openings(at)
    _plan_audits(at)
    _plan_actions(at)


def rules_by_version() -> Callable[[int | None], Programme]:
    """The programme that a cycle was drawn under, by its version's key; the current one where it has none."""
    current = ProgrammeRules.objects.current().programme
    versions = {rules.pk: rules.programme for rules in ProgrammeRules.objects.all()}
    return lambda key: versions.get(key, current) if key else current


def _plan_audits(at: datetime) -> None:
    """A returned audit has a day of its own, and is asked for since it was returned."""
    asked_for = (
        Audit.objects.open_stage1()
        .filter(imported=False, allocation__due_on__isnull=False)
        .annotate(day=Coalesce("return_due_on", "allocation__due_on"))
        .annotate(since=Coalesce("returned_at", "allocation__allocated_at"))
    )
    audits = without_rows(asked_for, kind="audit", prefix="audit:", name="reference", due_on="day")
    programme = rules_by_version()
    plan_rows(
        "audit",
        [
            Planned(thing, due_on, since or at, since or at, programme(rules))
            for thing, due_on, since, rules in audits.values_list(
                "chased_thing", "day", "since", "allocation__cycle__rules"
            )
        ],
    )


def _plan_actions(at: datetime) -> None:
    actions = without_rows(
        Action.objects.open().filter(audit__imported=False), kind="action", prefix="action:", name="pk", due_on="due_on"
    )
    programme = rules_by_version()
    plan_rows(
        "action",
        [
            Planned(thing, due_on, recorded_at, recorded_at, programme(rules))
            for thing, due_on, recorded_at, rules in actions.values_list(
                "chased_thing", "due_on", "recorded_at", "audit__allocation__cycle__rules"
            )
        ],
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
    path = reverse("audit_detail", args=[audit.reference])
    return Deadline(audit.reference, allocation.auditor, audit.due_on, path, {"cycle": allocation.cycle.name})


def _open_action(thing: str) -> Deadline:
    action = (
        Action.objects.open().select_related("owner", "audit").filter(pk=int(thing.removeprefix("action:"))).first()
    )
    if action is None:
        raise Skipped("It has been completed.")
    return Deadline(action.audit.reference, action.owner, action.due_on, reverse("action_detail", args=[action.pk]))


HANDLERS: Mapping[str, Handler] = {
    OPENING: open_month,
    FORGET: forget,
    **handlers("audit", _open_audit),
    **handlers("action", _open_action),
}
