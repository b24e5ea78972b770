"""What stands around the sections: checks, a restricted record, actions, other voices, and Stage 2's way back."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.enums import Role
from accounts.errors import StaleVersion, UserError
from accounts.models import Activity, OutgoingMail
from audits.enums import AuditState, Capacity, Grade, RequestState
from audits.invitation import invitation
from audits.models import Audit, CaseAccess, Reflection, Request
from audits.permissions import sees_case
from audits.rules.filled import Reply
from audits.services import stage1
from audits.services.action_drafts import ActionDraft, add_action, change_action, remove_action, state_of
from audits.services.checks import Check, Meeting, arrange_meeting, check_restriction, confirm_worker, take_back
from audits.services.filled_form import FilledForm
from audits.services.moderated_grades import record_moderated_grades, return_to_auditor
from audits.services.requests.deciding import grant_access
from audits.services.voices import FeedbackDraft, add_feedback, save_reflection
from tests import factories
from tests.audits.filling import AT, fill_in, filled, save

pytestmark = pytest.mark.django_db


@pytest.fixture
def audit() -> Audit:
    return factories.audit(
        auditor=factories.person(Role.AUDITOR, name="Avery Auditor"),
        worker=factories.person(Role.SOCIAL_WORKER, name="Wren Worker"),
    )


@pytest.fixture
def submitted(audit) -> Audit:
    intervention = FilledForm.of(audit).form.section("intervention")
    not_alone = filled(intervention, grade=Grade.REQUIRES_IMPROVEMENT, child_seen_alone=Reply("no"))
    fill_in(audit, intervention=not_alone, overall=Grade.REQUIRES_IMPROVEMENT)
    stage1.submit(audit=audit, by=audit.allocation.auditor, at=AT)
    audit.refresh_from_db()
    return audit


# The three checks


def test_the_three_checks_are_recorded_with_their_time(audit):
    by = audit.allocation.auditor
    confirm_worker(audit=audit, by=by, at=AT)
    check_restriction(audit=audit, by=by, at=AT)
    arrange_meeting(audit=audit, meeting=Meeting(datetime(2026, 11, 17, 14, tzinfo=UTC), "Room 4"), by=by, at=AT)
    audit.refresh_from_db()
    assert (audit.worker_confirmed_at, audit.restriction_checked_at) == (AT, AT)
    assert (audit.meeting_at, audit.meeting_place) == (datetime(2026, 11, 17, 14, tzinfo=UTC), "Room 4")
    assert Activity.objects.filter(verb="audit.checked").count() == 3
    assert not Request.objects.exists()


@pytest.mark.parametrize("check", Check)
def test_a_check_is_taken_back_until_the_audit_is_submitted(audit, check):
    by = audit.allocation.auditor
    confirm_worker(audit=audit, by=by, at=AT)
    check_restriction(audit=audit, by=by, at=AT)
    arrange_meeting(audit=audit, meeting=Meeting(datetime(2026, 11, 17, 14, tzinfo=UTC), "Room 4"), by=by, at=AT)
    take_back(audit=audit, check=check, by=by, at=AT)
    done = {
        Check.WORKER: audit.worker_confirmed_at is not None,
        Check.RESTRICTION: audit.restriction_checked_at is not None,
        Check.MEETING: audit.meeting_at is not None,
    }
    assert done == {each: each != check for each in Check}
    off = OutgoingMail.objects.filter(rule="audit.meeting_off", person=audit.allocation.worker)
    assert off.count() == (check == Check.MEETING)


def test_a_check_of_a_submitted_audit_stays(submitted):
    with pytest.raises(UserError, match="has been submitted"):
        take_back(audit=submitted, check=Check.WORKER, by=submitted.allocation.auditor, at=AT)


def test_only_the_auditor_sees_to_the_checks(audit):
    with pytest.raises(PermissionDenied):
        confirm_worker(audit=audit, by=audit.allocation.worker, at=AT)


def test_the_auditor_of_a_restricted_case_asks_for_access_and_qa_gives_it():
    qa = factories.person(Role.QA)
    audit = factories.audit(case=factories.case(restricted=True))
    auditor = audit.allocation.auditor
    assert not sees_case(auditor, audit)
    check_restriction(audit=audit, by=auditor, at=AT)
    check_restriction(audit=audit, by=auditor, at=AT + timedelta(hours=1))
    assert OutgoingMail.objects.filter(rule="request.asked", person=qa).count() == 1
    grant_access(audit=audit, to=auditor, by=qa, at=AT)
    grant_access(audit=audit, to=auditor, by=qa, at=AT)
    assert sees_case(auditor, audit)
    assert CaseAccess.objects.get().granted_by == qa
    assert Request.objects.get().state == RequestState.GRANTED
    assert OutgoingMail.objects.filter(rule="request.decided", person=auditor).count() == 1


def test_qa_gives_access_without_being_asked_and_never_to_themself():
    qa, other = factories.person(Role.QA), factories.person(Role.QA, Role.AUDITOR)
    audit = factories.audit(case=factories.case(restricted=True), auditor=other)
    with pytest.raises(PermissionDenied):
        grant_access(audit=audit, to=other, by=other, at=AT)
    grant_access(audit=audit, to=other, by=qa, at=AT)
    assert sees_case(other, audit)
    assert OutgoingMail.objects.filter(rule="case.access_granted", person=other).count() == 1


@pytest.mark.parametrize("role", [role for role in Role if role != Role.QA])
def test_nobody_but_qa_gives_access_to_a_restricted_record(role):
    audit = factories.audit(case=factories.case(restricted=True))
    with pytest.raises(PermissionDenied):
        grant_access(audit=audit, to=audit.allocation.auditor, by=factories.person(role), at=AT)


def test_the_invitation_names_the_meeting_and_never_the_case(audit):
    audit.meeting_at, audit.meeting_place = datetime(2026, 11, 17, 14, 30, tzinfo=UTC), "Room 4, Mill House; top floor"
    text = invitation(audit, url="https://audits.example/audits/CA-1/", at=AT)
    lines = text.replace("\r\n ", "").split("\r\n")
    assert "DTSTART:20261117T143000Z" in lines
    assert "DTEND:20261117T153000Z" in lines
    assert "LOCATION:Room 4\\, Mill House\\; top floor" in lines
    assert f"SUMMARY:Case audit {audit.reference}" in lines
    assert 'ATTENDEE;ROLE=REQ-PARTICIPANT;RSVP=TRUE;CN="Wren Worker":mailto:wren.worker@authority.example' in lines
    assert audit.allocation.case.case_id not in text
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75


# Actions

CHRONOLOGY = ActionDraft("Write a chronology.", None, date(2026, 12, 10), "The pattern is seen.")


def test_an_action_belongs_to_the_practice_manager_unless_the_auditor_says_otherwise():
    manager = factories.person(Role.PRACTICE_MANAGER)
    team = factories.team(manager=manager)
    audit = factories.audit(case=factories.case(team=team))
    other = factories.person(Role.IRO)
    by = audit.allocation.auditor
    assert add_action(audit=audit, draft=CHRONOLOGY, by=by, at=AT).owner == manager
    own = ActionDraft("Bring the review forward.", other, date(2026, 12, 1), "No drift.")
    assert add_action(audit=audit, draft=own, by=by, at=AT).owner == other
    assert [action.position for action in audit.actions.all()] == [0, 1]


@pytest.mark.parametrize(
    ("draft", "refused"),
    [
        (CHRONOLOGY, ""),
        (ActionDraft(" ", None, date(2026, 12, 10), "So."), "Enter what will be done"),
        (ActionDraft("Do.", None, date(2026, 12, 10), ""), "Enter what this will change for the child"),
        (ActionDraft("Do.", None, date(2026, 11, 11), "So."), "must be 12 November 2026 or later"),
        (ActionDraft("Do.", None, date(2026, 11, 19), "So.", urgent=True), ""),
        (ActionDraft("Do.", None, date(2026, 11, 20), "So.", urgent=True), "must be due by 19 November 2026"),
    ],
)
def test_an_action_says_what_by_when_and_what_it_changes_for_the_child(audit, draft, refused):
    if refused:
        with pytest.raises(UserError, match=refused):
            add_action(audit=audit, draft=draft, by=audit.allocation.auditor, at=AT)
    else:
        add_action(audit=audit, draft=draft, by=audit.allocation.auditor, at=AT)
    assert audit.actions.count() == (0 if refused else 1)


def test_a_second_press_adds_no_second_action(audit):
    by = audit.allocation.auditor
    first = add_action(audit=audit, draft=CHRONOLOGY, by=by, at=AT)
    assert add_action(audit=audit, draft=CHRONOLOGY, by=by, at=AT + timedelta(seconds=1)) == first
    add_action(audit=audit, draft=replace(CHRONOLOGY, impact="The pattern is acted on."), by=by, at=AT)
    assert audit.actions.count() == 2


def test_the_clock_of_an_action_starts_when_it_is_first_recorded(audit):
    by = audit.allocation.auditor
    action = add_action(audit=audit, draft=CHRONOLOGY, by=by, at=AT)
    later = ActionDraft("Do.", None, date(2026, 11, 26), "So.", urgent=True)
    with pytest.raises(UserError, match="must be due by 19 November 2026"):
        change_action(action=action, draft=later, seen=state_of(action), by=by, at=AT + timedelta(days=6))
    remove_action(action=action, by=by, at=AT)
    assert audit.actions.count() == 0


# Other voices


def test_the_worker_or_the_auditor_writes_the_reflection_and_neither_overwrites_the_other(audit):
    worker, auditor = audit.allocation.worker, audit.allocation.auditor
    texts = {"done_well": "Kept visiting.", "differently": "Ask the school sooner."}
    assert save_reflection(audit=audit, texts=texts, version=0, by=worker, at=AT) == 1
    with pytest.raises(StaleVersion) as refused:
        save_reflection(audit=audit, texts={"done_well": "Other."}, version=0, by=auditor, at=AT)
    assert refused.value.current == 1
    stored = Reflection.objects.get()
    assert (stored.done_well, stored.written_by) == ("Kept visiting.", worker)
    assert save_reflection(audit=audit, texts=texts, version=0, by=worker, at=AT) == 1


def test_nobody_else_writes_the_reflection(audit):
    for somebody in (factories.person(Role.SOCIAL_WORKER), factories.person(Role.QA)):
        with pytest.raises(PermissionDenied):
            save_reflection(audit=audit, texts={"done_well": "Mine."}, version=0, by=somebody, at=AT)


@pytest.mark.parametrize(
    ("draft", "refused"),
    [
        (FeedbackDraft("child", "strength", "She listens.", 8, "Have we helped to make things better?"), ""),
        (FeedbackDraft("parent", "improvement", "Too many changes of worker."), ""),
        (FeedbackDraft("child", "strength", " "), "Enter what was said"),
        (FeedbackDraft("child", "strength", "Yes.", 11, "Better?"), "from 0 to 10"),
        (FeedbackDraft("child", "strength", "Yes.", 8, ""), "the question that the score answers"),
    ],
)
def test_feedback_says_who_and_what_and_which_question_a_score_answers(audit, draft, refused):
    if refused:
        with pytest.raises(UserError, match=refused):
            add_feedback(audit=audit, draft=draft, by=audit.allocation.auditor, at=AT)
    else:
        assert add_feedback(audit=audit, draft=draft, by=audit.allocation.auditor, at=AT).text == draft.text


# Stage 2 calls down


def moderator():
    return factories.person(Role.MODERATOR)


def test_signing_off_keeps_both_grades(submitted):
    decisions = {"planning": Grade.REQUIRES_IMPROVEMENT, "overall": Grade.INADEQUATE}
    record_moderated_grades(audit=submitted, decisions=decisions, by=moderator(), at=AT + timedelta(days=4))
    submitted.refresh_from_db()
    assert submitted.state == AuditState.SIGNED_OFF
    assert (submitted.overall_grade, submitted.moderated_grade, submitted.grade) == (
        "requires_improvement", "inadequate", "inadequate",
    )  # fmt: skip
    grades = {row.key: (row.grade, row.moderated_grade) for row in submitted.sections.all()}
    assert grades["planning"] == ("good", "requires_improvement")
    assert grades["assessment"] == ("good", "good")
    assert grades["comments"] == ("", "")


def test_an_inadequate_at_stage_2_is_told_at_once(submitted):
    qa = factories.person(Role.QA)
    record_moderated_grades(audit=submitted, decisions={"overall": Grade.INADEQUATE}, by=moderator(), at=AT)
    assert OutgoingMail.objects.filter(rule="audit.inadequate", person=qa).count() == 1


@pytest.mark.parametrize(
    ("decisions", "refused"),
    [
        ({"intervention": Grade.GOOD}, "‘Child seen alone’ is answered No"),
        ({"overall": Grade.OUTSTANDING}, "‘Child seen alone’ in Intervention is answered No"),
        ({"overall": "excellent"}, "is no grade"),
        ({"comments": Grade.GOOD}, "no graded section"),
        ({"nonsense": Grade.GOOD}, "no graded section"),
    ],
)
def test_limiting_judgements_hold_at_stage_2_too(submitted, decisions, refused):
    with pytest.raises(UserError, match=refused):
        record_moderated_grades(audit=submitted, decisions=decisions, by=moderator(), at=AT)
    submitted.refresh_from_db()
    assert (submitted.state, submitted.moderated_grade) == (AuditState.SUBMITTED, "")


def test_an_audit_is_signed_off_once(submitted):
    record_moderated_grades(audit=submitted, decisions={}, by=moderator(), at=AT)
    with pytest.raises(UserError, match="not waiting for Stage 2"):
        record_moderated_grades(audit=submitted, decisions={"overall": Grade.INADEQUATE}, by=moderator(), at=AT)


def test_nobody_moderates_their_own_audit_and_only_moderators_do(submitted):
    factories.PersonRole.objects.create(person=submitted.allocation.auditor, role=Role.MODERATOR)
    own = type(submitted.allocation.auditor).objects.get(pk=submitted.allocation.auditor_id)
    for somebody in (own, factories.person(Role.QA), factories.person(Role.AUDITOR)):
        with pytest.raises(PermissionDenied):
            record_moderated_grades(audit=submitted, decisions={}, by=somebody, at=AT)
        with pytest.raises(PermissionDenied):
            return_to_auditor(audit=submitted, reason="Please.", by=somebody, at=AT)


def test_a_returned_audit_is_put_right_and_submitted_again(submitted):
    by = submitted.allocation.auditor
    return_to_auditor(audit=submitted, reason="Was she seen alone at school?", by=moderator(), at=AT)
    submitted.refresh_from_db()
    assert submitted.state == AuditState.IN_PROGRESS
    assert submitted.return_due_on == date(2026, 11, 19), "5 working days"
    assert OutgoingMail.objects.filter(rule="audit.returned", person=by).count() == 1
    section = FilledForm.of(submitted).form.section("intervention")
    save(submitted, "intervention", filled(section, comment="Seen alone at school."))
    stage1.submit(audit=submitted, by=by, at=AT + timedelta(days=5))
    submitted.refresh_from_db()
    assert (submitted.state, submitted.return_reason) == (AuditState.SUBMITTED, "")
    assert submitted.completed_on == date(2026, 11, 12), "it was completed the first time"


def test_an_audit_is_returned_with_a_reason(submitted):
    with pytest.raises(UserError, match="Say what"):
        return_to_auditor(audit=submitted, reason="  ", by=moderator(), at=AT)


def test_a_worker_with_a_moderator_role_of_another_audit_gains_nothing(submitted):
    assert not submitted.participants.filter(capacity=Capacity.MODERATOR).exists()
    assert not Audit.objects.visible_to(moderator()).filter(pk=submitted.pk).exists()


def test_the_worker_is_told_of_the_meeting_and_of_its_change_once_each(audit):
    by, worker = audit.allocation.auditor, audit.allocation.worker
    first = Meeting(datetime(2026, 11, 17, 14, 30, tzinfo=UTC), "Room 4")
    for _ in range(2):
        arrange_meeting(audit=audit, meeting=first, by=by, at=AT)
    later = Meeting(datetime(2026, 11, 18, 9, tzinfo=UTC), "At the home of the Example family")
    arrange_meeting(audit=audit, meeting=later, by=by, at=AT + timedelta(hours=1))
    mails = OutgoingMail.objects.filter(rule="audit.meeting", person=worker).order_by("pk")
    assert ["17 November 2026 at 14:30" in mails[0].body, "18 November 2026 at 09:00" in mails[1].body] == [True, True]
    assert len(mails) == 2
    assert "Example" not in mails[1].body, "a place is written freely, so it stays out of mails"
