"""Stage 2 of an audit that asks more than its tool: questions on a theme, and what changed since the audit before."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Person
from audits.enums import AuditKind, AuditState
from audits.models import Audit, AuditSection
from audits.services.forms import packs_to_choose
from moderation.models import Moderation
from tests.moderation import stage2
from tests.moderation.stage2 import HELD_AT

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def held_at(time_machine) -> None:
    time_machine.move_to(HELD_AT, tick=False)


@pytest.fixture
def who() -> stage2.People:
    return stage2.people()


@pytest.fixture
def moderation(who: stage2.People) -> Moderation:
    """Of a re-audit with a pack."""
    audit = stage2.submitted_audit(
        who, kind=AuditKind.REAUDIT, pack=packs_to_choose()[0], what_changed="She goes to school again."
    )
    answers = {
        "re_referrals.same_issues": {"value": "no"},
        "re_referrals.good_practice": {"value": "A letter to the child."},
    }
    AuditSection.objects.create(
        audit=audit, key="re_referrals", name="Re-referrals", position=9, answers=answers, comment="Seen together."
    )
    return stage2.moderation(audit, who.max)


def page(person: Person, audit: Audit) -> str:
    client = Client()
    client.force_login(person)
    return client.get(reverse("moderation_detail", args=[audit.reference])).content.decode()


def test_the_moderator_reads_the_theme_and_what_has_changed(who: stage2.People, moderation: Moderation) -> None:
    read = page(who.max, moderation.audit)
    for said in ("Re-referrals", "A letter to the child.", "Seen together.", "She goes to school again."):
        assert said in read
    assert 'name="grade.re_referrals"' not in read
    assert 'name="grade.planning"' in read


def test_it_is_signed_off_without_a_grade_for_the_theme(who: stage2.People, moderation: Moderation) -> None:
    audit, client = moderation.audit, Client()
    client.force_login(who.max)
    discussion = stage2.agreeing(audit)
    address = reverse("moderation_detail", args=[audit.reference])
    assert client.post(address, stage2.posted(discussion, 0, then="check")).status_code == 302
    client.post(reverse("moderation_sign_off", args=[audit.reference]), {"version": "1"})
    audit.refresh_from_db()
    assert audit.state == AuditState.SIGNED_OFF
    assert audit.sections.get(key="re_referrals").moderated_grade == ""
    for person in (who.max, who.sam, who.pat):
        read = page(person, audit)
        assert "A letter to the child." in read
        assert "She goes to school again." in read
