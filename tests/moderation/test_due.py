"""A moderation that is due is reminded of, and one that is overdue climbs the same ladder as an audit."""

from datetime import UTC, date, datetime

import pytest

from accounts.enums import Role
from accounts.models import OutgoingMail
from audits.enums import AuditState, Standing
from config.sweep import sweep
from moderation.enums import ModerationState
from moderation.models import Moderation
from tests.factories import audit, person

pytestmark = pytest.mark.django_db


def morning(day: int) -> datetime:
    return datetime(2026, 11, day, 8, tzinfo=UTC)


def moderation(**of_audit) -> Moderation:
    """Due on Thursday 26 November 2026, led by Mo, whose line manager is Vee."""
    moderator = person(Role.MODERATOR, name="Mo Moderator", line_manager=person(name="Vee Manager"))
    made = audit(**{"state": AuditState.SUBMITTED, **of_audit})
    return Moderation.objects.create(
        audit=made, moderator=moderator, assigned_at=morning(13), due_on=date(2026, 11, 26)
    )


def sent() -> list[tuple[str, str]]:
    return list(OutgoingMail.objects.order_by("pk").values_list("rule", "person__name"))


def test_the_moderator_is_reminded_and_then_the_ladder_climbs():
    moderation()
    for day in range(13, 28):
        sweep(morning(day))
    assert sent() == [
        ("moderation.reminder", "Mo Moderator"),
        ("moderation.reminder", "Mo Moderator"),
        ("moderation.reminder", "Mo Moderator"),
        ("moderation.overdue", "Mo Moderator"),
        ("moderation.escalation", "Vee Manager"),
    ]


@pytest.mark.parametrize(
    "of_audit",
    [{"state": AuditState.SIGNED_OFF}, {"state": AuditState.IN_PROGRESS}, {"standing": Standing.WITHDRAWN}],
    ids=["signed off", "returned to the auditor", "withdrawn"],
)
def test_nobody_is_chased_for_a_moderation_that_is_not_open(of_audit):
    moderation(due_on=date(2027, 6, 1), **of_audit)
    sweep(morning(30))
    assert not OutgoingMail.objects.filter(rule__startswith="moderation.").exists()


def test_signing_off_ends_the_reminders():
    made = moderation()
    sweep(morning(19))
    made.state, made.signed_off_at, made.held_on = ModerationState.SIGNED_OFF, morning(20), date(2026, 11, 20)
    made.save()
    sweep(morning(30))
    assert sent() == [("moderation.reminder", "Mo Moderator")]


def test_a_moderation_that_nobody_can_lead_is_told_to_qa():
    person(Role.QA, name="Quinn Quality")
    made = moderation()
    made.moderator.roles.all().delete()
    made.moderator = None
    made.save()
    sweep(morning(27))
    assert ("moderation.escalation", "Quinn Quality") in sent()
