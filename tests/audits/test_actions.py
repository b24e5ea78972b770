"""The life of an action: done by its owner, signed off by somebody else, each step kept and told."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.errors import UserError
from accounts.models import Activity, OutgoingMail, Person
from audits.action_permissions import readable_by
from audits.enums import ActionState, ActionStepKind, AuditState, Capacity
from audits.exports.actions import HEADER, rows
from audits.models import Action, ActionStep, Audit, CaseAccess
from audits.services.action_drafts import ActionDraft, change_action, remove_action, state_of
from audits.services.action_mails import announce_actions
from audits.services.actions import (
    add_further_action,
    complete,
    hand_over,
    send_back,
    sign_off,
    take_back,
)
from audits.task_list.actions import action_tasks_for
from tests.audits.action_office import AT, Office

pytestmark = pytest.mark.django_db

LATER = datetime(2026, 11, 17, 10, tzinfo=UTC)


@pytest.fixture
def office() -> Office:
    return Office()


# Completing


def test_its_owner_completes_an_action_and_the_signer_is_told(office: Office) -> None:
    action = office.completed(office.ola)
    assert (action.state, action.completed_by, action.completion_note) == (
        ActionState.COMPLETED,
        office.ola,
        "Done with the family",
    )
    assert action.signer == office.pat
    assert OutgoingMail.objects.get(rule="action.completed").to == office.pat.email
    assert ActionStep.objects.get().kind == ActionStepKind.COMPLETED
    assert Activity.objects.filter(verb="action.completed", actor=office.ola).count() == 1


@pytest.mark.parametrize("by", ["sam", "pat", "gwen", "auditor", "max", "qa"])
def test_nobody_but_its_owner_completes_an_action(office: Office, by: str) -> None:
    action = office.action(office.ola)
    with pytest.raises(PermissionDenied):
        complete(action=action, note="Done", by=getattr(office, by), at=AT)


def test_what_was_done_has_to_be_said(office: Office) -> None:
    with pytest.raises(UserError, match="Enter what was done"):
        complete(action=office.action(office.ola), note=" ", by=office.ola, at=AT)


def test_completing_twice_is_completing_once(office: Office) -> None:
    action = office.completed(office.ola)
    assert complete(action=action, note="Done with the family", by=office.ola, at=LATER) is False
    assert ActionStep.objects.count() == 1
    assert OutgoingMail.objects.filter(rule="action.completed").count() == 1


def test_an_action_of_an_audit_that_is_with_its_auditor_binds_nobody() -> None:
    office = Office(state=AuditState.IN_PROGRESS)
    with pytest.raises(UserError, match="with its auditor"):
        complete(action=office.action(office.ola), note="Done", by=office.ola, at=AT)


# Who signs off


@pytest.mark.parametrize(
    ("owner", "signer"),
    [("ola", "pat"), ("sam", "pat"), ("pat", "gwen"), ("gwen", "pat"), ("dora", "pat"), ("auditor", "pat")],
)
def test_the_workers_line_manager_signs_off_or_the_next_manager_up(office: Office, owner: str, signer: str) -> None:
    assert office.completed(getattr(office, owner)).signer == getattr(office, signer)


def test_a_manager_who_has_left_is_passed_over(office: Office) -> None:
    Person.objects.filter(pk=office.pat.pk).update(is_active=False)
    assert office.completed(office.ola).signer == office.gwen


def test_without_a_worker_the_line_above_the_practice_manager_signs_off(office: Office) -> None:
    office.audit.allocation.worker = None
    office.audit.allocation.save()
    office.audit.participants.exclude(capacity=Capacity.PRACTICE_MANAGER).delete()
    assert office.completed(office.pat).signer == office.gwen


def test_where_nobody_is_left_in_the_line_qa_signs_off(office: Office) -> None:
    Person.objects.filter(pk=office.sam.pk).update(line_manager=None)
    office.audit.participants.all().delete()
    action = office.completed(office.ola)
    assert action.signer is None
    assert OutgoingMail.objects.get(rule="action.completed").to == office.qa.email
    assert sign_off(action=action, note="", by=office.qa, at=LATER)


@pytest.mark.parametrize("by", ["ola", "sam", "gwen", "dora", "auditor", "max", "qa"])
def test_nobody_but_the_signer_signs_off_or_sends_back(office: Office, by: str) -> None:
    action = office.completed(office.ola)
    with pytest.raises(PermissionDenied):
        sign_off(action=action, note="", by=getattr(office, by), at=LATER)
    with pytest.raises(PermissionDenied):
        send_back(action=action, reason="Not done", by=getattr(office, by), at=LATER)


def test_nobody_signs_off_their_own_action_even_named_as_its_signer(office: Office) -> None:
    action = office.completed(office.pat)
    Action.objects.update(signer=office.pat)
    with pytest.raises(PermissionDenied):
        sign_off(action=action, note="", by=office.pat, at=LATER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Action.objects.update(state=ActionState.SIGNED_OFF, signed_off_by=office.pat, signed_off_at=LATER)


def test_qa_signs_off_where_the_signer_has_left(office: Office) -> None:
    action = office.completed(office.ola)
    Person.objects.filter(pk=office.pat.pk).update(is_active=False)
    assert sign_off(action=action, note="", by=office.qa, at=LATER)


# Signing off and sending back


def test_signing_off_ends_an_action_and_tells_its_owner(office: Office) -> None:
    action = office.completed(office.ola)
    assert sign_off(action=action, note="Seen", by=office.pat, at=LATER)
    assert (action.state, action.signed_off_by, action.signed_off_at) == (ActionState.SIGNED_OFF, office.pat, LATER)
    assert OutgoingMail.objects.get(rule="action.signed_off").to == office.ola.email
    assert sign_off(action=action, note="Seen", by=office.pat, at=LATER) is False
    assert ActionStep.objects.filter(kind=ActionStepKind.SIGNED_OFF).count() == 1


def test_an_open_action_is_not_signed_off(office: Office) -> None:
    action = office.action(office.ola, signer=office.pat)
    with pytest.raises(PermissionDenied):
        sign_off(action=action, note="", by=office.pat, at=LATER)


def test_an_action_sent_back_is_its_owners_again(office: Office) -> None:
    action = office.completed(office.ola)
    send_back(action=action, reason="The father is missing", by=office.pat, at=LATER)
    assert (action.state, action.completed_by, action.signer) == (ActionState.OPEN, None, None)
    assert action.due_on == date(2026, 12, 10)
    assert OutgoingMail.objects.get(rule="action.sent_back").to == office.ola.email
    complete(action=action, note="He is there now", by=office.ola, at=LATER)
    assert OutgoingMail.objects.filter(rule="action.completed").count() == 2
    assert list(ActionStep.objects.values_list("kind", "note")) == [
        ("completed", "Done with the family"),
        ("sent_back", "The father is missing"),
        ("completed", "He is there now"),
    ]


def test_sending_back_needs_a_reason(office: Office) -> None:
    with pytest.raises(UserError, match="Enter what is still to be done"):
        send_back(action=office.completed(office.ola), reason="", by=office.pat, at=LATER)


# Another owner


def test_qa_gives_an_open_action_to_somebody_else(office: Office) -> None:
    action = office.action(None)
    hand_over(action=action, to=office.gwen, reason="Nobody owned it", by=office.qa, at=AT)
    assert action.owner == office.gwen
    assert OutgoingMail.objects.get(rule="action.recorded").to == office.gwen.email


@pytest.mark.parametrize("by", ["ola", "pat", "gwen", "max", "auditor"])
def test_nobody_else_gives_it_away(office: Office, by: str) -> None:
    with pytest.raises(PermissionDenied):
        hand_over(action=office.action(office.ola), to=office.sam, reason="Busy", by=getattr(office, by), at=AT)


def test_a_completed_action_keeps_its_owner(office: Office) -> None:
    action = office.completed(office.ola)
    with pytest.raises(PermissionDenied):
        hand_over(action=action, to=office.gwen, reason="Busy", by=office.qa, at=AT)


# Further actions of Stage 2

DRAFT = ActionDraft("Hold a strategy meeting", None, date(2026, 11, 20), "The child is safe", urgent=True)


def test_a_moderators_action_binds_at_once_and_falls_to_the_practice_manager(office: Office) -> None:
    action = add_further_action(audit=office.audit, draft=DRAFT, by=office.max, at=AT)
    assert (action.owner, action.recorded_by, action.recorded_at) == (office.pat, office.max, AT)
    assert action in Action.objects.open()
    assert OutgoingMail.objects.get(rule="action.recorded").to == office.pat.email


def test_a_moderators_second_press_adds_no_second_action(office: Office) -> None:
    first = add_further_action(audit=office.audit, draft=DRAFT, by=office.max, at=AT)
    assert add_further_action(audit=office.audit, draft=DRAFT, by=office.max, at=AT) == first
    assert office.audit.actions.filter(text=DRAFT.text).count() == 1


def test_a_safeguarding_action_is_due_within_five_working_days(office: Office) -> None:
    late = ActionDraft("Hold a strategy meeting", None, date(2026, 11, 24), "The child is safe", urgent=True)
    with pytest.raises(UserError, match="must be due by 23 November 2026"):
        add_further_action(audit=office.audit, draft=late, by=office.max, at=AT)


@pytest.mark.parametrize("by", ["auditor", "pat", "sam", "qa", "ola"])
def test_nobody_but_the_moderator_adds_to_a_submitted_audit(office: Office, by: str) -> None:
    with pytest.raises(PermissionDenied):
        add_further_action(audit=office.audit, draft=DRAFT, by=getattr(office, by), at=AT)


@pytest.mark.parametrize("state", [AuditState.IN_PROGRESS, AuditState.SIGNED_OFF])
def test_the_moderator_adds_only_in_stage_2(office: Office, state: AuditState) -> None:
    Audit.objects.update(state=state, signed_off_at=AT if state == AuditState.SIGNED_OFF else None)
    office.audit.refresh_from_db()
    with pytest.raises(PermissionDenied):
        add_further_action(audit=office.audit, draft=DRAFT, by=office.max, at=AT)


def test_what_was_signed_off_at_this_moment_gets_and_loses_no_action(office: Office) -> None:
    action = add_further_action(audit=office.audit, draft=DRAFT, by=office.max, at=AT)
    stale = office.audit
    action.audit = stale
    Audit.objects.update(state=AuditState.SIGNED_OFF, signed_off_at=AT)
    with pytest.raises(UserError, match="no longer in Stage 2"):
        add_further_action(audit=stale, draft=replace(DRAFT, text="Visit the child"), by=office.max, at=AT)
    with pytest.raises((UserError, PermissionDenied)):
        take_back(action=action, by=office.max, at=AT)
    assert Action.objects.get() == action


def test_the_moderator_takes_back_what_they_added_by_mistake(office: Office) -> None:
    action = add_further_action(audit=office.audit, draft=DRAFT, by=office.max, at=AT)
    take_back(action=action, by=office.max, at=LATER)
    assert not Action.objects.exists()
    assert OutgoingMail.objects.get(rule="action.taken_back").to == office.pat.email


def test_the_auditors_actions_are_not_the_moderators_to_take_back(office: Office) -> None:
    with pytest.raises(PermissionDenied):
        take_back(action=office.action(office.ola), by=office.max, at=LATER)


def test_a_completed_action_is_not_taken_back(office: Office) -> None:
    action = add_further_action(audit=office.audit, draft=DRAFT, by=office.max, at=AT)
    complete(action=action, note="Held", by=office.pat, at=AT)
    with pytest.raises(PermissionDenied):
        take_back(action=action, by=office.max, at=LATER)


def test_a_returned_audit_keeps_what_was_completed_meanwhile(office: Office) -> None:
    action = office.action(office.ola)
    complete(action=action, note="Done with the family", by=office.ola, at=AT)
    Audit.objects.update(state=AuditState.IN_PROGRESS)
    action = Action.objects.get()
    with pytest.raises(UserError, match="has been completed"):
        change_action(action=action, draft=DRAFT, seen=state_of(action), by=office.auditor, at=LATER)
    with pytest.raises(UserError, match="has been completed"):
        remove_action(action=action, by=office.auditor, at=LATER)


def test_owners_hear_of_their_actions_once(office: Office) -> None:
    office.action(office.ola)
    announce_actions(audit=office.audit, at=AT)
    announce_actions(audit=office.audit, at=LATER)
    mail = OutgoingMail.objects.get(rule="action.recorded")
    assert mail.to == office.ola.email
    assert "genogram" not in mail.subject + mail.body


# Who sees what


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("ola", True),
        ("sam", True),
        ("pat", True),
        ("auditor", True),
        ("max", True),
        ("qa", True),
        ("gwen", False),
        ("dora", False),
    ],
)
def test_an_action_is_seen_by_its_owner_and_whoever_sees_its_audit(office: Office, name: str, seen: bool) -> None:
    office.action(office.ola)
    assert Action.objects.visible_to(getattr(office, name)).exists() is seen


def test_the_next_manager_up_sees_the_action_that_waits_for_them(office: Office) -> None:
    action = office.completed(office.pat)
    assert list(Action.objects.visible_to(office.gwen)) == [action]


@pytest.mark.parametrize(
    ("name", "reads"),
    [("ola", True), ("sam", True), ("pat", True), ("qa", False), ("auditor", False), ("max", False), ("gwen", False)],
)
def test_what_a_restricted_record_calls_for_is_read_by_those_whose_case_it_is(
    office: Office, name: str, reads: bool
) -> None:
    office.audit.allocation.case.restricted = True
    office.audit.allocation.case.save()
    action = office.action(office.ola)
    person = getattr(office, name)
    assert (action.pk in readable_by(person, [action])) is reads
    CaseAccess.objects.create(case=office.audit.allocation.case, person=person, granted_by=office.qa, granted_at=AT)
    assert action.pk in readable_by(person, [action])


def test_actions_are_tasks_of_their_owner_then_of_their_signer(office: Office) -> None:
    on = date(2026, 12, 11)
    action = office.action(office.pat)
    (task,) = action_tasks_for(office.pat, on)
    assert (task.title, task.urgent) == (f"Do an action of audit {office.audit.reference}", True)
    assert action_tasks_for(office.gwen, on) == []
    complete(action=action, note="Done", by=office.pat, at=AT)
    assert action_tasks_for(office.pat, on) == []
    (task,) = action_tasks_for(office.gwen, on)
    assert task.title == f"Sign off an action of audit {office.audit.reference}"
    assert action_tasks_for(office.qa, on) == []


def test_what_nobody_in_the_line_can_sign_is_a_task_of_qa(office: Office) -> None:
    office.completed(office.ola)
    Person.objects.filter(pk=office.pat.pk).update(is_active=False)
    assert len(action_tasks_for(office.qa, date(2026, 11, 20))) == 1


def test_the_export_has_one_row_an_action_in_as_many_columns_as_its_header(office: Office) -> None:
    office.completed(office.ola)
    office.action(None)
    done, open_ = (
        dict(zip(HEADER, row, strict=True))
        for row in rows(Action.objects.published(), on=date(2026, 12, 11), reader=None)
    )
    assert (done["audit"], done["case_id"]) == (office.audit.reference, office.audit.allocation.case.case_id)
    assert (done["status"], done["completed_on"], done["completed_by"]) == (
        "completed",
        date(2026, 11, 16),
        office.ola.email,
    )
    assert (done["overdue"], open_["overdue"]) == (False, True)
    assert open_["owner_email"] == ""
