"""Somebody else works with the child now: who may be chosen, who sees the audit then, and when it cannot be."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.enums import Role
from accounts.errors import UserError
from accounts.models import Activity, OutgoingMail, Person
from audits.enums import AuditState, Capacity
from audits.models import Audit, ProgrammeRules
from audits.services.checks import Meeting, arrange_meeting
from audits.services.workers import NotIndependent, change_worker
from tests import factories
from tests.audits.filling import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def audit() -> Audit:
    director = factories.person(Role.LEADERSHIP, name="Dara Director")
    manager = factories.person(Role.PRACTICE_MANAGER, name="Manny Manager", line_manager=director)
    auditor = factories.person(Role.AUDITOR, name="Avery Auditor", line_manager=manager)
    return factories.audit(auditor=auditor, worker=factories.person(Role.SOCIAL_WORKER, name="Wren Worker"))


@pytest.fixture
def newcomer() -> Person:
    return factories.person(Role.SOCIAL_WORKER, name="Nell Newcomer")


def change(audit: Audit, worker: Person, by: Person | None = None) -> None:
    change_worker(audit=audit, worker=worker, by=by or audit.allocation.auditor, at=AT)


def parts(audit: Audit) -> set[tuple[str, str]]:
    return set(audit.participants.values_list("person__name", "capacity"))


def test_the_new_worker_and_their_manager_take_part_and_the_old_ones_do_not(audit, newcomer):
    newcomer.line_manager = factories.person(Role.PRACTICE_MANAGER, name="Mo Other")
    newcomer.save()
    change(audit, newcomer)
    assert parts(audit) == {
        ("Avery Auditor", Capacity.AUDITOR), ("Nell Newcomer", Capacity.WORKER), ("Mo Other", Capacity.LINE_MANAGER),
    }  # fmt: skip
    stored = Audit.objects.select_related("allocation__worker").get()
    assert (stored.allocation.worker, stored.worker_confirmed_at) == (newcomer, AT)
    assert Audit.objects.visible_to(newcomer).get() == audit
    assert not Audit.objects.visible_to(Person.objects.get(name="Wren Worker")).exists()
    logged = Activity.objects.get(verb="audit.worker_changed")
    assert logged.data["from"] == "wren.worker@authority.example"
    assert logged.summary == f"Somebody else is the worker of audit {audit.reference} now"


def test_both_workers_are_told_of_a_meeting_that_is_agreed(audit, newcomer):
    meeting = Meeting(datetime(2026, 11, 20, 14, tzinfo=UTC), "Room 4")
    arrange_meeting(audit=audit, meeting=meeting, by=audit.allocation.auditor, at=AT - timedelta(hours=1))
    change(audit, newcomer)
    told = set(OutgoingMail.objects.filter(queued_at=AT).values_list("rule", "person__name"))
    assert told == {
        ("audit.meeting", "Nell Newcomer"),
        ("audit.reflection", "Nell Newcomer"),
        ("audit.meeting_off", "Wren Worker"),
    }


@pytest.mark.parametrize("restricted", [True, False])
def test_of_a_restricted_record_those_who_keep_access_are_told_and_nobody_is_named(audit, newcomer, restricted):
    audit.allocation.case.restricted = restricted
    audit.allocation.case.save()
    qa = factories.person(Role.QA)
    change(audit, newcomer)
    mails = OutgoingMail.objects.filter(rule="case.worker_changed")
    assert [mail.person for mail in mails] == ([qa] if restricted else [])
    assert not any(name in mail.body for mail in mails for name in ("Nell", "Wren"))


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.QA, Role.SOCIAL_WORKER])
def test_only_the_auditor_says_who_the_worker_is(audit, newcomer, role):
    with pytest.raises(PermissionDenied):
        change(audit, newcomer, by=factories.person(role))


@pytest.mark.parametrize("state", [AuditState.SUBMITTED, AuditState.NOT_RETURNED])
def test_the_worker_of_an_audit_that_is_over_stays(audit, newcomer, state):
    Audit.objects.update(state=state, submitted_at=AT, completed_on=AT.date())
    with pytest.raises(UserError):
        change(audit, newcomer)


def test_somebody_who_is_no_social_worker_is_not_chosen(audit):
    with pytest.raises(UserError, match="not a social worker here"):
        change(audit, factories.person(Role.IRO))


def worker_below(audit: Audit, steps: int) -> Person:
    above = audit.allocation.auditor
    for _ in range(steps - 1):
        above = factories.person(Role.PRACTICE_MANAGER, line_manager=above)
    return factories.person(Role.SOCIAL_WORKER, line_manager=above)


@pytest.mark.parametrize(
    ("settings", "steps", "barred"),
    [
        ({}, 1, True),
        ({}, 3, True),
        ({"line_management_depth": 2}, 2, True),
        ({"line_management_depth": 2}, 3, False),
        ({"line_management": "soft"}, 1, False),
    ],
)
def test_a_worker_below_the_auditor_is_barred_as_far_as_the_rules_of_the_cycle_say(audit, settings, steps, barred):
    rules = ProgrammeRules.objects.create(number=2, values=settings, reason="Policy")
    type(audit.allocation.cycle).objects.update(rules=rules)
    audit = Audit.objects.select_related("allocation__cycle__rules", "allocation__auditor").get()
    worker = worker_below(audit, steps)
    if barred:
        with pytest.raises(NotIndependent, match="is managed by you"):
            change(audit, worker)
        assert ("Wren Worker", Capacity.WORKER) in parts(audit)
    else:
        change(audit, worker)
        assert (worker.name, Capacity.WORKER) in parts(audit)


def test_a_worker_above_the_auditor_is_barred_and_so_is_the_auditor(audit):
    manager = Person.objects.get(name="Manny Manager")
    factories.PersonRole.objects.create(person=manager, role=Role.SOCIAL_WORKER)
    with pytest.raises(NotIndependent, match="manages you"):
        change(audit, Person.objects.get(pk=manager.pk))
    auditor = audit.allocation.auditor
    factories.PersonRole.objects.create(person=auditor, role=Role.SOCIAL_WORKER)
    with pytest.raises(NotIndependent, match="work with this child yourself"):
        change(audit, Person.objects.get(pk=auditor.pk))
