"""QA gives a moderation to another moderator."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import UserError
from accounts.models import Activity, OutgoingMail
from audits.enums import Capacity
from audits.models import Audit, Participant
from moderation.enums import ModerationState
from moderation.models import Moderation
from moderation.services.handover import eligible_moderators, reassign
from tests.moderation import stage2

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 16, 9, tzinfo=UTC)


@pytest.fixture
def who() -> stage2.People:
    return stage2.people()


@pytest.fixture
def moderation(who: stage2.People) -> Moderation:
    return stage2.moderation(stage2.submitted_audit(who), who.max)


def test_qa_gives_it_to_somebody_else_and_both_are_told(who: stage2.People, moderation: Moderation) -> None:
    reassign(moderation=moderation, to=who.mia, by=who.qa, reason="Max is away", at=AT)
    assert Moderation.objects.get().moderator == who.mia
    assert OutgoingMail.objects.get(rule="moderation.assigned").to == who.mia.email
    assert OutgoingMail.objects.get(rule="moderation.reassigned").to == who.max.email
    assert Activity.objects.get(verb="moderation.reassigned").data["reason"] == "Max is away"


def test_only_the_moderator_of_the_day_sees_the_audit(who: stage2.People, moderation: Moderation) -> None:
    reassign(moderation=moderation, to=who.mia, by=who.qa, reason="Max is away", at=AT)
    assert not Audit.objects.visible_to(who.max).exists()
    assert Audit.objects.visible_to(who.mia).exists()
    assert Participant.objects.filter(capacity=Capacity.MODERATOR).count() == 1


@pytest.mark.parametrize(
    ("to", "why"),
    [
        ("auditor", "because they audited the case"),
        ("gwen", "in the worker’s line of management"),
        ("sam", "is not a moderator"),
        ("qa", "is not a moderator"),
        ("max", "moderates this audit already"),
    ],
)
def test_it_goes_only_to_an_independent_moderator(
    who: stage2.People, moderation: Moderation, to: str, why: str
) -> None:
    with pytest.raises(UserError, match=why):
        reassign(moderation=moderation, to=getattr(who, to), by=who.qa, reason="Max is away", at=AT)
    assert Moderation.objects.get().moderator == who.max


@pytest.mark.parametrize("by", ["max", "mia", "auditor", "pat", "director"])
def test_only_qa_chooses(who: stage2.People, moderation: Moderation, by: str) -> None:
    with pytest.raises(PermissionDenied):
        reassign(moderation=moderation, to=who.mia, by=getattr(who, by), reason="Max is away", at=AT)


def test_a_reason_is_needed(who: stage2.People, moderation: Moderation) -> None:
    with pytest.raises(UserError):
        reassign(moderation=moderation, to=who.mia, by=who.qa, reason="", at=AT)


def test_what_is_signed_off_stays_its_moderators(who: stage2.People, moderation: Moderation) -> None:
    Moderation.objects.update(state=ModerationState.SIGNED_OFF, signed_off_at=AT, held_on=AT.date())
    moderation.refresh_from_db()
    with pytest.raises(PermissionDenied):
        reassign(moderation=moderation, to=who.mia, by=who.qa, reason="Max is away", at=AT)


def test_one_that_nobody_leads_can_be_given_to_somebody(who: stage2.People) -> None:
    moderation = stage2.moderation(stage2.submitted_audit(who), None)
    reassign(moderation=moderation, to=who.max, by=who.qa, reason="He is back", at=AT)
    assert Moderation.objects.get().moderator == who.max


def test_qa_chooses_among_independent_moderators_the_least_busy_first(
    who: stage2.People, moderation: Moderation
) -> None:
    stage2.moderation(stage2.submitted_audit(who), who.mia)
    assert eligible_moderators(moderation) == [(who.outsider, 0), (who.mia, 1)]
