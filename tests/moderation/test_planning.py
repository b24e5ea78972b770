"""Submitted audits find an independent moderator by themselves."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from accounts.enums import Role
from accounts.models import Absence, Activity, OutgoingMail, PersonRole
from audits.enums import AuditState, Capacity, Standing
from audits.models import Audit, CaseConflict, Participant
from moderation.enums import ModerationState
from moderation.models import Moderation
from moderation.services.planning import plan_moderations
from tests import factories
from tests.moderation import stage2

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 12, 16, tzinfo=UTC)


def only_moderator(who: stage2.People, name: str) -> None:
    """Leave the moderator's role to that person alone."""
    PersonRole.objects.filter(role=Role.MODERATOR).delete()
    PersonRole.objects.create(person=getattr(who, name), role=Role.MODERATOR)


def test_a_submitted_audit_gets_a_moderator_and_a_day() -> None:
    who = stage2.people()
    audit = stage2.submitted_audit(who)
    only_moderator(who, "max")
    assert plan_moderations(AT) == [f"Gave Stage 2 of {audit.reference} to Max Moderator."]
    moderation = Moderation.objects.get(audit=audit)
    assert moderation.moderator == who.max
    assert moderation.due_on == date(2026, 11, 26)  # ten working days after Thursday 12 November
    assert Participant.objects.filter(audit=audit, person=who.max, capacity=Capacity.MODERATOR).exists()
    mail = OutgoingMail.objects.get(rule="moderation.assigned")
    assert mail.to == who.max.email
    assert audit.reference in mail.subject
    assert audit.allocation.case.case_id not in mail.subject + mail.body
    assert Activity.objects.filter(verb="moderation.assigned", thing_ref=audit.reference).count() == 1


def test_an_overall_inadequate_is_moderated_within_five_working_days() -> None:
    who = stage2.people()
    stage2.submitted_audit(who, grade="inadequate")
    plan_moderations(AT)
    assert Moderation.objects.get().due_on == date(2026, 11, 19)


@pytest.mark.parametrize(
    ("only", "given"),
    [
        ("auditor", False),
        ("sam", False),
        ("pat", False),
        ("gwen", False),
        ("director", False),
        ("auditors_manager", True),
        ("outsider", True),
        ("max", True),
    ],
)
def test_only_an_independent_person_moderates(only: str, given: bool) -> None:
    who = stage2.people()
    stage2.submitted_audit(who)
    only_moderator(who, only)
    plan_moderations(AT)
    assert (Moderation.objects.get().moderator == getattr(who, only)) is given


def test_a_person_with_a_conflict_of_interest_does_not_moderate() -> None:
    who = stage2.people()
    audit = stage2.submitted_audit(who)
    only_moderator(who, "max")
    CaseConflict.objects.create(case=audit.allocation.case, email=who.max.email, person=who.max)
    plan_moderations(AT)
    assert Moderation.objects.get().moderator is None


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "given"),
    [
        (date(2026, 11, 1), date(2026, 11, 12), False),
        (date(2026, 11, 12), None, False),
        (date(2026, 11, 1), date(2026, 11, 11), True),
        (date(2026, 11, 13), None, True),
    ],
)
def test_a_moderator_who_is_away_is_given_nothing(starts_on: date, ends_on: date | None, given: bool) -> None:
    who = stage2.people()
    stage2.submitted_audit(who)
    only_moderator(who, "max")
    Absence.objects.create(person=who.max, starts_on=starts_on, ends_on=ends_on)
    plan_moderations(AT)
    assert (Moderation.objects.get().moderator == who.max) is given


def test_where_nobody_is_independent_qa_is_told_once_and_the_program_goes_on_looking() -> None:
    who = stage2.people()
    audit = stage2.submitted_audit(who)
    only_moderator(who, "gwen")
    assert plan_moderations(AT) == [f"No moderator could be found for {audit.reference}."]
    assert plan_moderations(AT) == []
    told = OutgoingMail.objects.get(rule="moderation.no_moderator")
    assert told.to == who.qa.email
    PersonRole.objects.create(person=who.mia, role=Role.MODERATOR)
    assert plan_moderations(AT) == [f"Gave Stage 2 of {audit.reference} to Mia Moderator."]
    assert Moderation.objects.get().moderator == who.mia


def test_moderations_are_shared_out_evenly() -> None:
    who = stage2.people()
    for _ in range(6):
        stage2.submitted_audit(who)
    PersonRole.objects.filter(person__in=[who.outsider, who.auditor]).delete()
    plan_moderations(AT)
    assert Counter(Moderation.objects.values_list("moderator__name", flat=True)) == {
        "Max Moderator": 3,
        "Mia Moderator": 3,
    }


def test_planning_again_changes_nothing() -> None:
    who = stage2.people()
    stage2.submitted_audit(who)
    plan_moderations(AT)
    before = list(Moderation.objects.values())
    assert plan_moderations(AT) == []
    assert list(Moderation.objects.values()) == before
    assert OutgoingMail.objects.filter(rule="moderation.assigned").count() == 1


@pytest.mark.parametrize(
    "values",
    [
        {"standing": Standing.EXEMPT},
        {"standing": Standing.WITHDRAWN},
        {"imported": True},
        {"submitted_at": datetime(2026, 11, 12, 17, tzinfo=UTC)},
    ],
    ids=["exempt", "withdrawn", "from a file", "submitted later than now"],
)
def test_what_does_not_await_stage_2_is_left_alone(values: dict[str, object]) -> None:
    stage2.submitted_audit(stage2.people(), **values)
    assert plan_moderations(AT) == []
    assert not Moderation.objects.exists()


@pytest.mark.parametrize("state", [AuditState.NOT_STARTED, AuditState.IN_PROGRESS, AuditState.NOT_RETURNED])
def test_an_audit_that_is_not_submitted_has_no_stage_2(state: AuditState) -> None:
    stage2.people()
    factories.audit(state=state)
    assert plan_moderations(AT) == []


def test_an_audit_that_comes_back_from_its_auditor_has_a_new_day() -> None:
    who = stage2.people()
    audit = stage2.submitted_audit(who)
    stage2.moderation(audit, who.max, due_on=date(2026, 11, 26), state=ModerationState.IN_PROGRESS)
    Audit.objects.filter(pk=audit.pk).update(submitted_at=datetime(2026, 11, 20, 9, tzinfo=UTC))
    later = datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert plan_moderations(later) == [f"Audit {audit.reference} came back for Stage 2."]
    assert plan_moderations(later) == []
    assert Moderation.objects.get().due_on == date(2026, 12, 4)
    assert OutgoingMail.objects.get(rule="moderation.resumed").to == who.max.email


def test_qa_is_asked_to_give_the_moderator_access_to_a_restricted_record() -> None:
    who = stage2.people()
    case = factories.case(worker=who.sam, restricted=True)
    stage2.submitted_audit(who, case=case)
    only_moderator(who, "max")
    plan_moderations(AT)
    assert OutgoingMail.objects.get(rule="moderation.access_needed").to == who.qa.email


def test_an_idle_sweep_asks_the_database_twice(django_assert_num_queries: pytest.fixture) -> None:
    who = stage2.people()
    stage2.moderation(stage2.submitted_audit(who), who.max)
    with django_assert_num_queries(2):
        plan_moderations(AT)
