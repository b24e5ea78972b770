"""Stage 2 when two things happen at once: exactly one of them counts."""

from functools import partial

import pytest

from accounts.errors import UserError
from accounts.models import OutgoingMail
from audits.enums import AuditState
from audits.models import Audit
from moderation.enums import ModerationState
from moderation.models import GradeDecision, Moderation
from moderation.services.discussions import return_to_auditor, save_draft, sign_off
from moderation.services.handover import reassign
from moderation.services.planning import plan_moderations
from tests.at_once import at_once
from tests.moderation import stage2
from tests.moderation.stage2 import ASSIGNED_AT, HELD_AT

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 5


def ready(who: stage2.People) -> Moderation:
    audit = stage2.submitted_audit(who)
    moderation = stage2.moderation(audit, who.max)
    save_draft(moderation=moderation, posted=stage2.agreeing(audit), version=0, by=who.max, at=HELD_AT)
    return moderation


def again(moderation: Moderation) -> Moderation:
    """The same moderation as another request loads it."""
    return Moderation.objects.select_related("moderator", "audit__allocation__cycle").get(pk=moderation.pk)


def signing_off(moderation: Moderation) -> bool:
    """By who moderates before the race: whoever gets it in the meantime may sign off too, which is another story."""
    assert moderation.moderator
    return sign_off(moderation=again(moderation), version=1, by=moderation.moderator, at=HELD_AT)


def returning(moderation: Moderation) -> str:
    same = again(moderation)
    assert same.moderator
    return_to_auditor(moderation=same, reason="Which visit was it?", by=same.moderator, at=HELD_AT)
    return "returned"


def test_of_two_presses_on_sign_off_one_signs_off() -> None:
    who = stage2.people()
    for _ in range(ROUNDS):
        moderation = ready(who)
        answers = at_once(partial(signing_off, moderation), partial(signing_off, moderation))
        assert answers.count(True) == 1
        assert GradeDecision.objects.filter(moderation=moderation).count() == 6
        told = OutgoingMail.objects.filter(rule="audit.signed_off", thing=f"audit:{moderation.audit.reference}")
        assert told.filter(to=who.sam.email).count() == 1


def test_an_audit_is_signed_off_or_returned_never_both() -> None:
    who = stage2.people()
    for _ in range(ROUNDS):
        moderation = ready(who)
        signed, returned = at_once(partial(signing_off, moderation), partial(returning, moderation))
        state = Audit.objects.get(pk=moderation.audit_id).state
        if signed is True:
            assert isinstance(returned, UserError)
            assert (state, again(moderation).state) == (AuditState.SIGNED_OFF, ModerationState.SIGNED_OFF)
        else:
            assert isinstance(signed, UserError)
            assert returned == "returned"
            assert (state, again(moderation).state) == (AuditState.IN_PROGRESS, ModerationState.AWAITING)
            assert not GradeDecision.objects.filter(moderation=moderation).exists()


def test_a_moderation_is_signed_off_or_given_to_somebody_else_never_both() -> None:
    who = stage2.people()

    def giving_away(moderation: Moderation) -> str:
        reassign(moderation=again(moderation), to=who.mia, by=who.qa, reason="Away", at=HELD_AT)
        return "given"

    for _ in range(ROUNDS):
        moderation = ready(who)
        signed, given = at_once(partial(signing_off, moderation), partial(giving_away, moderation))
        now = again(moderation)
        if signed is True:
            assert given != "given"
            assert (now.state, now.moderator) == (ModerationState.SIGNED_OFF, who.max)
        else:
            assert (now.state, now.moderator) == (ModerationState.IN_PROGRESS, who.mia)


def test_two_sweeps_give_each_audit_one_moderator() -> None:
    who = stage2.people()
    for _ in range(ROUNDS):
        audit = stage2.submitted_audit(who)
        at_once(partial(plan_moderations, ASSIGNED_AT), partial(plan_moderations, ASSIGNED_AT))
        moderation = Moderation.objects.get(audit=audit)
        assert moderation.moderator
        parts = audit.participants.filter(capacity="moderator")
        assert [part.person for part in parts] == [moderation.moderator]
        told = OutgoingMail.objects.filter(rule="moderation.assigned", thing=f"moderation:{audit.reference}")
        assert told.count() == 1
