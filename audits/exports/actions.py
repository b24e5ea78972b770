"""The actions of audits as a table, one row an action: for the page's download and the command alike."""

from collections.abc import Iterator
from datetime import date, datetime

from django.utils import timezone

from audits.enums import ActionState
from audits.models import Action
from audits.models.actions import ActionQuerySet

HEADER = (
    "action",
    "audit",
    "cycle",
    "case_id",
    "team",
    "service",
    "text",
    "impact",
    "safeguarding",
    "owner_email",
    "due_on",
    "overdue",
    "status",
    "recorded_on",
    "recorded_by",
    "completed_on",
    "completed_by",
    "completion_note",
    "signed_off_on",
    "signed_off_by",
)
RELATED = (
    "audit__allocation__cycle",
    "audit__allocation__case",
    "owner",
    "recorded_by",
    "completed_by",
    "signed_off_by",
)


def rows(actions: ActionQuerySet, *, on: date) -> Iterator[tuple[object, ...]]:
    """The rows under HEADER, read as they are written. `on`: the day that overdue is judged on."""
    ordered = actions.select_related(*RELATED).order_by("audit__allocation__cycle__first_month", "audit_id", "pk")
    return (_row(action, on) for action in ordered.iterator(chunk_size=2000))


def _row(action: Action, on: date) -> tuple[object, ...]:
    allocation = action.audit.allocation
    return (
        action.pk,
        action.audit.reference,
        allocation.cycle.key,
        allocation.case.case_id if allocation.case else allocation.case_label,
        allocation.team,
        allocation.service,
        action.text,
        action.impact,
        action.urgent,
        action.owner.email if action.owner else "",
        action.due_on,
        action.state == ActionState.OPEN and action.due_on < on,
        action.state,
        _day(action.recorded_at),
        action.recorded_by.email,
        _day(action.completed_at),
        action.completed_by.email if action.completed_by else "",
        action.completion_note,
        _day(action.signed_off_at),
        action.signed_off_by.email if action.signed_off_by else "",
    )


def _day(at: datetime | None) -> date | None:
    return timezone.localdate(at) if at else None
