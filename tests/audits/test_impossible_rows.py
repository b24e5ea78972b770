"""Rows that would lose an audit or chase nobody cannot be stored, whoever writes them."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError

from accounts.enums import Role
from accounts.models import Due
from audits.enums import ActionState, AuditState, CycleStatus
from audits.models import Action, Allocation, Audit, Cycle, Draw, ProgrammeRules
from tests import factories

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 12, 15, tzinfo=UTC)


def drawn() -> Allocation:
    allocation = factories.audit().allocation
    draw = Draw.objects.create(
        cycle=allocation.cycle,
        number=1,
        seed=7,
        drawn_at=AT,
        rules=ProgrammeRules.objects.current(),
        summary={},
        pairs=[],
    )
    Allocation.objects.filter(pk=allocation.pk).update(draw=draw)
    return allocation


@pytest.mark.parametrize("blank", ["case", "auditor", "due_on", "allocated_at"])
def test_a_drawn_allocation_has_a_case_an_auditor_and_a_day(blank: str) -> None:
    labels = {"case_label": "Unknown"} if blank == "case" else {}
    with pytest.raises(IntegrityError, match="allocation_drawn_is_whole"):
        Allocation.objects.filter(pk=drawn().pk).update(**{blank: None}, **labels)


@pytest.mark.parametrize(
    ("state", "blank", "constraint"),
    [
        (AuditState.SUBMITTED, "submitted_at", "audit_submitted_at_a_time"),
        (AuditState.SIGNED_OFF, "signed_off_at", "audit_signed_off_at_a_time"),
    ],
)
def test_an_audit_goes_on_at_a_time(state: AuditState, blank: str, constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        Audit.objects.filter(pk=factories.audit(state=state).pk).update(**{blank: None})


def test_a_completed_action_was_completed_by_somebody() -> None:
    audit = factories.audit(state=AuditState.SUBMITTED)
    action = Action.objects.create(
        audit=audit, text="A call", due_on=date(2026, 12, 1), recorded_at=AT, recorded_by=factories.person(Role.AUDITOR)
    )
    with pytest.raises(IntegrityError, match="action_completed_by_somebody"):
        Action.objects.filter(pk=action.pk).update(state=ActionState.COMPLETED, completed_at=AT)


def test_an_open_cycle_was_published() -> None:
    with pytest.raises(IntegrityError, match="cycle_open_is_published"):
        Cycle.objects.create(
            first_month=date(2027, 1, 1), last_month=date(2027, 1, 1), status=CycleStatus.OPEN, published_at=None
        )


def test_a_due_row_is_in_a_state_that_the_sweep_knows() -> None:
    with pytest.raises(IntegrityError, match="due_state_known"):
        Due.objects.create(rule="audit.reminder", thing="audit:CA-1", due_at=AT, finished_at=AT, state="forgotten")
