"""The actions of audits as a table, one row an action: for the page's download and the command alike."""

from collections.abc import Iterator
from datetime import date, datetime

from django.utils import timezone

from accounts.models import Person
from audits.action_permissions import readable_by
from audits.enums import ActionState
from audits.exports.restricted import blanked
from audits.imports.case_changes import AT_ONCE, in_batches
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
TELLING = frozenset({"case_id", "team", "service", "text", "impact", "completion_note"})
RELATED = (
    "audit__allocation__cycle",
    "audit__allocation__case",
    "owner",
    "recorded_by",
    "completed_by",
    "signed_off_by",
)


def rows(actions: ActionQuerySet, *, on: date, reader: Person | None) -> Iterator[tuple[object, ...]]:
    """The rows under HEADER, read as they are written. `on`: the day that overdue is judged on. `reader`: who takes the
    table out; of a restricted record they are not named for, what tells of the child stays blank. None: the operator.
    """
    ordered = actions.select_related(*RELATED).order_by(
        "audit__allocation__cycle__first_month", "audit__reference", "pk"
    )
    for some in in_batches(ordered.iterator(chunk_size=2000), AT_ONCE):
        readable = None if reader is None else readable_by(reader, some)
        for action in some:
            row = _row(action, on)
            yield row if readable is None or action.pk in readable else blanked(HEADER, row, TELLING)


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
