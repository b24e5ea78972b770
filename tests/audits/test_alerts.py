"""Who is told what, and when, after Stage 1 and after Stage 2."""

from datetime import UTC, datetime

import pytest

from accounts.enums import Role
from accounts.models import OutgoingMail
from audits.enums import AuditState, Capacity, Grade
from audits.models import Audit
from audits.services.alerts import alert_inadequate, audit_submitted, case_audit_alert
from tests.factories import audit, person

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 12, 15, tzinfo=UTC)


@pytest.fixture
def audited() -> Audit:
    """A submitted audit: worker → practice manager → group manager → service manager → director → chief executive."""
    chief = person(name="Chief")
    director = person(name="Director", line_manager=chief)
    service_manager = person(name="Service manager", line_manager=director)
    group_manager = person(name="Group manager", line_manager=service_manager)
    practice_manager = person(name="Practice manager", line_manager=group_manager)
    worker = person(name="Worker", line_manager=practice_manager)
    auditor = person(Role.AUDITOR, name="Auditor", line_manager=person(name="Auditor’s manager"))
    person(Role.QA, name="Quality")
    return audit(
        auditor=auditor,
        worker=worker,
        participants=[(practice_manager, Capacity.PRACTICE_MANAGER), (practice_manager, Capacity.LINE_MANAGER)],
        state=AuditState.SUBMITTED,
        overall_grade=Grade.GOOD,
    )


def told(rule: str) -> list[str]:
    return sorted(OutgoingMail.objects.filter(rule=rule).values_list("person__name", flat=True))


def test_after_stage_1_the_worker_and_their_managers_are_told_each_once(audited):
    audit_submitted(audit=audited, at=NOW)
    assert told("audit.submitted") == ["Practice manager", "Worker"]
    assert told("audit.inadequate") == []


def test_after_stage_2_the_auditor_their_manager_and_qa_are_told_as_well(audited):
    audited.state = AuditState.SIGNED_OFF
    case_audit_alert(audit=audited, at=NOW)
    assert told("audit.signed_off") == ["Auditor", "Auditor’s manager", "Practice manager", "Quality", "Worker"]


def test_an_inadequate_audit_is_told_up_to_the_assistant_director_and_to_qa(audited):
    audited.overall_grade = Grade.INADEQUATE
    audit_submitted(audit=audited, at=NOW)
    assert told("audit.inadequate") == [
        "Auditor’s manager",
        "Director",
        "Group manager",
        "Practice manager",
        "Quality",
        "Service manager",
    ]


def test_whoever_is_alerted_can_see_the_audit_and_nobody_further_up_can(audited):
    alert_inadequate(audit=audited, at=NOW)
    for mail in OutgoingMail.objects.filter(rule="audit.inadequate"):
        assert audited in Audit.objects.visible_to(mail.person), mail.person
    assert audited not in Audit.objects.visible_to(person(name="Somebody else"))


def test_an_alert_goes_out_once_however_often_its_cause_is_met(audited):
    alert_inadequate(audit=audited, at=NOW)
    alert_inadequate(audit=audited, at=NOW)
    assert len(told("audit.inadequate")) == 6


def test_somebody_who_has_left_is_not_told(audited):
    worker = audited.allocation.worker
    worker.is_active = False
    worker.save()
    case_audit_alert(audit=audited, at=NOW)
    assert told("audit.submitted") == ["Practice manager"]


def test_the_line_is_told_of_inadequate_although_the_practice_manager_has_left(audited):
    manager = audited.participants.get(capacity=Capacity.PRACTICE_MANAGER).person
    manager.is_active = False
    manager.save()
    alert_inadequate(audit=audited, at=NOW)
    assert told("audit.inadequate") == ["Auditor’s manager", "Director", "Group manager", "Quality", "Service manager"]


def test_without_a_practice_manager_the_line_above_the_worker_is_told_of_inadequate(audited):
    audited.participants.filter(capacity=Capacity.PRACTICE_MANAGER).delete()
    alert_inadequate(audit=audited, at=NOW)
    assert told("audit.inadequate") == [
        "Auditor’s manager",
        "Group manager",
        "Practice manager",
        "Quality",
        "Service manager",
    ]
