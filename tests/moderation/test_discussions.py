"""Writing the discussion down and signing it off: the services, allowed and forbidden."""

from dataclasses import replace
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import StaleVersion, UserError
from accounts.models import Activity, OutgoingMail
from audits.enums import AuditState, Standing
from audits.models import Allocation, Audit, AuditSection, CaseAccess
from moderation.enums import Attended, ModerationState
from moderation.models import GradeDecision, Moderation
from moderation.rules.discussion import Decision
from moderation.services.discussions import NotReady, return_to_auditor, save_draft, sign_off
from tests import factories
from tests.moderation import stage2
from tests.moderation.stage2 import HELD_AT

pytestmark = pytest.mark.django_db

CHILD_NOT_SEEN = {"assessment.child_seen": "no"}


@pytest.fixture
def who() -> stage2.People:
    return stage2.people()


def drafted(who: stage2.People, audit: Audit, **changes: Decision) -> Moderation:
    moderation = stage2.moderation(audit, who.max)
    save_draft(moderation=moderation, posted=stage2.agreeing(audit, **changes), version=0, by=who.max, at=HELD_AT)
    return moderation


def signed_off(who: stage2.People, audit: Audit, **changes: Decision) -> Moderation:
    moderation = drafted(who, audit, **changes)
    assert sign_off(moderation=moderation, version=moderation.version, by=who.max, at=HELD_AT)
    return moderation


# Drafts


def test_a_draft_is_kept_whole_even_a_change_without_its_reason(who: stage2.People) -> None:
    audit = stage2.submitted_audit(who)
    moderation = drafted(who, audit, planning=Decision("inadequate"))
    moderation.refresh_from_db()
    assert moderation.state == ModerationState.IN_PROGRESS
    assert moderation.version == 1
    assert moderation.draft["decisions"]["planning"] == {"final": "inadequate", "reason": "", "original": "good"}
    assert not GradeDecision.objects.exists()


def test_saving_the_same_again_changes_nothing_even_from_an_old_page(who: stage2.People) -> None:
    audit = stage2.submitted_audit(who)
    moderation = drafted(who, audit)
    save_draft(moderation=moderation, posted=stage2.agreeing(audit), version=0, by=who.max, at=HELD_AT)
    assert Moderation.objects.get().version == 1


def test_an_older_page_never_overwrites_a_newer_one(who: stage2.People) -> None:
    audit = stage2.submitted_audit(who)
    moderation = drafted(who, audit)
    other = replace(stage2.agreeing(audit), comment="From the other tab")
    with pytest.raises(StaleVersion) as stale:
        save_draft(moderation=moderation, posted=other, version=0, by=who.max, at=HELD_AT)
    assert stale.value.current == 1
    assert Moderation.objects.get().draft["comment"] == ""


@pytest.mark.parametrize("name", ["mia", "auditor", "pat", "qa", "gwen"])
def test_nobody_but_its_moderator_writes_a_discussion_down(who: stage2.People, name: str) -> None:
    audit = stage2.submitted_audit(who)
    moderation = drafted(who, audit)
    other = replace(stage2.agreeing(audit), comment="Mine")
    somebody = getattr(who, name)
    with pytest.raises(PermissionDenied):
        save_draft(moderation=moderation, posted=other, version=1, by=somebody, at=HELD_AT)
    with pytest.raises(PermissionDenied):
        sign_off(moderation=moderation, version=1, by=somebody, at=HELD_AT)
    with pytest.raises(PermissionDenied):
        return_to_auditor(moderation=moderation, reason="Why?", by=somebody, at=HELD_AT)


@pytest.mark.parametrize("given", [False, True])
def test_a_restricted_record_is_moderated_only_with_access(who: stage2.People, given: bool) -> None:
    case = factories.case(worker=who.sam, restricted=True)
    audit = stage2.submitted_audit(who, case=case)
    moderation = stage2.moderation(audit, who.max)
    if given:
        CaseAccess.objects.create(case=case, person=who.max, granted_by=who.qa, granted_at=HELD_AT)
        save_draft(moderation=moderation, posted=stage2.agreeing(audit), version=0, by=who.max, at=HELD_AT)
        assert Moderation.objects.get().version == 1
    else:
        with pytest.raises(PermissionDenied):
            save_draft(moderation=moderation, posted=stage2.agreeing(audit), version=0, by=who.max, at=HELD_AT)


# Signing off


def test_signing_off_keeps_both_grades_and_everything_written_down(who: stage2.People) -> None:
    audit = stage2.submitted_audit(who)
    moderation = signed_off(who, audit, planning=Decision("requires_improvement", "Outcomes are not measurable."))
    moderation = Moderation.objects.get()
    assert moderation.state == ModerationState.SIGNED_OFF
    assert (moderation.held_on, moderation.duration_minutes) == (date(2026, 11, 19), 55)
    assert moderation.difference_made == "The child goes to school again."
    assert moderation.draft == {}
    decision = GradeDecision.objects.get(section_key="planning")
    assert (decision.original, decision.final) == ("good", "requires_improvement")
    assert decision.reason == "Outcomes are not measurable."
    assert GradeDecision.objects.count() == 6
    planning = AuditSection.objects.get(audit=audit, key="planning")
    assert (planning.grade, planning.moderated_grade) == ("good", "requires_improvement")
    audit = Audit.objects.get(pk=audit.pk)
    assert (audit.state, audit.overall_grade, audit.moderated_grade) == (AuditState.SIGNED_OFF, "good", "good")
    assert Activity.objects.filter(verb="moderation.signed_off", actor=who.max).count() == 1


def test_attendance_says_who_was_there(who: stage2.People) -> None:
    moderation = signed_off(who, stage2.submitted_audit(who))
    attendance = {row.capacity: (row.person, row.attended, row.note) for row in moderation.attendance.all()}
    assert attendance == {
        Attended.MODERATOR: (who.max, True, ""),
        Attended.AUDITOR: (who.auditor, True, ""),
        Attended.PRACTICE_MANAGER: (who.pat, True, ""),
        Attended.SOCIAL_WORKER: (who.sam, False, "Off sick"),
    }


def test_signing_off_tells_practice_the_auditor_their_manager_and_qa(who: stage2.People) -> None:
    audit = stage2.submitted_audit(who)
    signed_off(who, audit)
    mails = OutgoingMail.objects.filter(rule="audit.signed_off")
    assert set(mails.values_list("person__name", flat=True)) == {
        "Sam Social",
        "Pat Practice",
        "Olu Auditor",
        "Ada Above",
        "Quinn Quality",
    }
    assert not any(audit.allocation.case.case_id in mail.subject + mail.body for mail in mails)


def test_an_inadequate_that_stage_2_finds_escalates(who: stage2.People) -> None:
    audit = stage2.submitted_audit(who)
    signed_off(who, audit, overall=Decision("inadequate", "The child was at risk."))
    told = OutgoingMail.objects.filter(rule="audit.inadequate").values_list("person__name", flat=True)
    assert {"Pat Practice", "Gwen Group", "Dora Director", "Quinn Quality"} <= set(told)


def test_a_better_grade_at_stage_2_escalates_nothing(who: stage2.People) -> None:
    audit = stage2.submitted_audit(who, grade="inadequate")
    signed_off(who, audit, overall=Decision("requires_improvement", "The plan protects the child."))
    assert not OutgoingMail.objects.filter(rule="audit.inadequate").exists()
    assert Audit.objects.get(pk=audit.pk).moderated_grade == "requires_improvement"


def test_signing_off_twice_is_signing_off_once(who: stage2.People) -> None:
    audit = stage2.submitted_audit(who)
    moderation = signed_off(who, audit)
    before = (Moderation.objects.values().get(), OutgoingMail.objects.count(), GradeDecision.objects.count())
    assert sign_off(moderation=moderation, version=1, by=who.max, at=HELD_AT) is False
    assert before == (Moderation.objects.values().get(), OutgoingMail.objects.count(), GradeDecision.objects.count())


def test_what_is_signed_off_never_changes(who: stage2.People) -> None:
    audit = stage2.submitted_audit(who)
    moderation = signed_off(who, audit)
    other = replace(stage2.agreeing(audit), comment="Too late")
    with pytest.raises(UserError, match="has been signed off"):
        save_draft(moderation=moderation, posted=other, version=moderation.version, by=who.max, at=HELD_AT)
    with pytest.raises(UserError, match="has been signed off"):
        return_to_auditor(moderation=moderation, reason="Why?", by=who.max, at=HELD_AT)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"planning": Decision("inadequate", "")}, "reason.planning"),
        ({"planning": Decision("")}, "grade.planning"),
        ({"overall": Decision("outstanding", "  ")}, "reason.overall"),
    ],
    ids=["change without a reason", "nothing decided", "reason of blanks"],
)
def test_what_is_missing_is_not_signed_off(who: stage2.People, changes: dict[str, Decision], field: str) -> None:
    moderation = drafted(who, stage2.submitted_audit(who), **changes)
    with pytest.raises(NotReady) as not_ready:
        sign_off(moderation=moderation, version=1, by=who.max, at=HELD_AT)
    assert [problem.field for problem in not_ready.value.problems] == [field]
    assert Audit.objects.get().state == AuditState.SUBMITTED


@pytest.mark.parametrize("key", ["assessment", "overall"])
def test_no_moderator_grades_above_what_the_limiting_judgements_allow(who: stage2.People, key: str) -> None:
    audit = stage2.submitted_audit(who, grade="requires_improvement", answers=CHILD_NOT_SEEN)
    moderation = drafted(who, audit, **{key: Decision("good", "I was persuaded.")})
    with pytest.raises(NotReady) as not_ready:
        sign_off(moderation=moderation, version=1, by=who.max, at=HELD_AT)
    (problem,) = not_ready.value.problems
    assert problem.message.startswith("Good is not available because ‘Child seen’")


def test_a_section_without_a_limit_can_still_be_graded_better(who: stage2.People) -> None:
    audit = stage2.submitted_audit(who, grade="requires_improvement", answers=CHILD_NOT_SEEN)
    signed_off(who, audit, planning=Decision("good", "The plan is SMART."))
    assert AuditSection.objects.get(audit=audit, key="planning").moderated_grade == "good"


def test_a_section_that_does_not_apply_yet_has_no_grade_to_agree(who: stage2.People) -> None:
    audit = stage2.submitted_audit(who)
    AuditSection.objects.filter(audit=audit, key="review").update(grade="", not_applicable_reason="New case")
    signed_off(who, audit)
    assert not GradeDecision.objects.filter(section_key="review").exists()
    assert AuditSection.objects.get(audit=audit, key="review").moderated_grade == ""


def test_the_page_that_was_checked_is_the_one_that_is_signed_off(who: stage2.People) -> None:
    audit = stage2.submitted_audit(who)
    moderation = drafted(who, audit)
    newer = replace(stage2.agreeing(audit), comment="Added in another tab")
    save_draft(moderation=moderation, posted=newer, version=1, by=who.max, at=HELD_AT)
    with pytest.raises(StaleVersion):
        sign_off(moderation=moderation, version=1, by=who.max, at=HELD_AT)
    assert Moderation.objects.get().state == ModerationState.IN_PROGRESS


def test_a_moderator_who_has_come_into_the_workers_line_since_does_not_sign_off(who: stage2.People) -> None:
    moderation = drafted(who, stage2.submitted_audit(who))
    who.gwen.line_manager = who.max
    who.gwen.save()
    with pytest.raises(UserError, match="in the worker’s line of management"):
        sign_off(moderation=moderation, version=1, by=who.max, at=HELD_AT)


def test_an_auditor_never_moderates_their_own_audit(who: stage2.People) -> None:
    audit = stage2.submitted_audit(who)
    moderation = stage2.moderation(audit, who.auditor)
    save_draft(moderation=moderation, posted=stage2.agreeing(audit), version=0, by=who.auditor, at=HELD_AT)
    with pytest.raises(UserError, match="because they audited the case"):
        sign_off(moderation=moderation, version=1, by=who.auditor, at=HELD_AT)


@pytest.mark.parametrize("standing", [Standing.EXEMPT, Standing.WITHDRAWN])
def test_an_audit_that_left_the_programme_is_not_signed_off(who: stage2.People, standing: Standing) -> None:
    moderation = drafted(who, stage2.submitted_audit(who))
    Allocation.objects.update(standing=standing)
    with pytest.raises(UserError, match="has left the programme"):
        sign_off(moderation=Moderation.objects.get(pk=moderation.pk), version=1, by=who.max, at=HELD_AT)


# Returning Stage 1


def test_a_returned_audit_is_its_auditors_again_and_the_draft_stays(who: stage2.People) -> None:
    audit = stage2.submitted_audit(who)
    moderation = drafted(who, audit)
    return_to_auditor(moderation=moderation, reason="Which visit was it?", by=who.max, at=HELD_AT)
    audit = Audit.objects.get(pk=audit.pk)
    assert (audit.state, audit.return_reason) == (AuditState.IN_PROGRESS, "Which visit was it?")
    assert audit.return_due_on == date(2026, 11, 26)
    assert audit.completed_on == date(2026, 11, 12)
    moderation = Moderation.objects.get()
    assert moderation.draft["difference_made"] == "The child goes to school again."
    assert OutgoingMail.objects.get(rule="audit.returned").to == who.auditor.email


def test_a_returned_audit_waits_for_its_auditor_not_its_moderator(who: stage2.People) -> None:
    audit = stage2.submitted_audit(who)
    moderation = drafted(who, audit)
    return_to_auditor(moderation=moderation, reason="Which visit was it?", by=who.max, at=HELD_AT)
    assert not Moderation.objects.open().exists()
    assert not Audit.objects.visible_to(who.max).exists()
    with pytest.raises(UserError, match="with its auditor"):
        sign_off(moderation=moderation, version=moderation.version, by=who.max, at=HELD_AT)


def test_returning_needs_a_reason(who: stage2.People) -> None:
    moderation = drafted(who, stage2.submitted_audit(who))
    with pytest.raises(UserError):
        return_to_auditor(moderation=moderation, reason=" ", by=who.max, at=HELD_AT)
    assert Audit.objects.get().state == AuditState.SUBMITTED


def test_a_decision_about_a_grade_that_changed_meanwhile_is_made_again(who: stage2.People) -> None:
    audit = stage2.submitted_audit(who)
    moderation = drafted(who, audit)
    AuditSection.objects.filter(audit=audit, key="planning").update(grade="inadequate")
    with pytest.raises(NotReady) as not_ready:
        sign_off(moderation=moderation, version=1, by=who.max, at=HELD_AT)
    assert [problem.field for problem in not_ready.value.problems] == ["grade.planning"]


# Who sees it


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("max", True, True),
        ("qa", True, True),
        ("auditor", False, True),
        ("sam", False, True),
        ("pat", False, True),
        ("gwen", False, False),
        ("mia", False, False),
        ("outsider", False, False),
    ],
)
def test_stage_2_is_its_moderators_until_it_is_signed_off(
    who: stage2.People, name: str, before: bool, after: bool
) -> None:
    audit = stage2.submitted_audit(who)
    moderation = drafted(who, audit)
    person = getattr(who, name)
    assert Moderation.objects.visible_to(person).exists() is before
    sign_off(moderation=moderation, version=1, by=who.max, at=HELD_AT)
    assert Moderation.objects.visible_to(person).exists() is after
