"""Concerns about the quality of an audit: who raises one, who answers it, and who learns of it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.enums import Role
from accounts.errors import UserError
from accounts.models import Activity, OutgoingMail, Person
from audits.enums import AuditState, Capacity, QualityConcernState, Standing
from audits.models import Audit, CaseAccess, QualityConcern
from audits.services.quality import answer, raise_concern, take_back
from audits.task_list.quality import quality_tasks_for
from tests import factories
from tests.audits.filling import AT

pytestmark = pytest.mark.django_db

LATER = AT + timedelta(hours=1)
SAID = "Planning is graded Good, and there is no plan"


@pytest.fixture
def qa() -> Person:
    return factories.person(Role.QA, name="Quinn Quality")


@pytest.fixture
def worker() -> Person:
    return factories.person(Role.SOCIAL_WORKER, name="Wren Worker")


@pytest.fixture
def audit(worker) -> Audit:
    return submitted(worker)


def submitted(worker: Person, **values) -> Audit:
    return factories.audit(
        **{
            "worker": worker,
            "auditor": factories.person(Role.AUDITOR),
            "state": AuditState.SUBMITTED,
            "overall_grade": "good",
            **values,
        }
    )


def concern(audit: Audit, by: Person | None = None) -> QualityConcern:
    return raise_concern(audit=audit, text=SAID, by=by or audit.allocation.worker, at=AT)


# Raising


@pytest.mark.parametrize(
    ("who", "raises"),
    [
        ("worker", True),
        ("line manager", True),
        ("practice manager", True),
        ("moderator", True),
        ("told by escalation", True),
        ("qa", True),
        ("auditor", False),
        ("director", False),
        ("somebody else", False),
        ("worker who has left", False),
    ],
)
def test_whoever_reads_an_audit_raises_a_concern_but_for_whoever_did_it(audit, worker, qa, who, raises):
    by = {"worker": worker, "qa": qa, "auditor": audit.allocation.auditor}.get(who)
    capacities = {
        "line manager": Capacity.LINE_MANAGER,
        "practice manager": Capacity.PRACTICE_MANAGER,
        "moderator": Capacity.MODERATOR,
        "told by escalation": Capacity.ESCALATION,
    }
    if who == "worker who has left":
        Person.objects.filter(pk=worker.pk).update(is_active=False)
        by = Person.objects.get(pk=worker.pk)
    by = by or factories.person(Role.LEADERSHIP if who == "director" else Role.IRO)
    if who in capacities:
        audit.participants.create(person=by, capacity=capacities[who])
    if raises:
        assert concern(audit, by).state == QualityConcernState.OPEN
    else:
        with pytest.raises(PermissionDenied):
            concern(audit, by)
        assert not QualityConcern.objects.exists()


@pytest.mark.parametrize("state", [AuditState.NOT_STARTED, AuditState.IN_PROGRESS, AuditState.NOT_RETURNED])
def test_there_is_nothing_to_be_concerned_about_before_it_is_submitted(worker, state):
    with pytest.raises(PermissionDenied):
        concern(submitted(worker, state=state, overall_grade=""))


def test_an_audit_that_was_withdrawn_is_nobodys_to_judge(worker):
    with pytest.raises(PermissionDenied):
        concern(submitted(worker, standing=Standing.WITHDRAWN, withdrawn_reason="Another case"))


def test_a_concern_says_something(audit, worker):
    with pytest.raises(UserError, match="Enter what concerns you"):
        raise_concern(audit=audit, text="  ", by=worker, at=AT)


def test_one_waits_at_a_time_from_each_person(audit, worker, qa):
    first = concern(audit)
    with pytest.raises(UserError, match="already"):
        concern(audit)
    assert concern(audit, qa) != first
    take_back(concern=first, by=worker, at=LATER)
    assert concern(audit).state == QualityConcernState.OPEN


def test_quality_assurance_is_told_by_reference_and_link_alone(audit, qa):
    auditor = audit.allocation.auditor
    raised = concern(audit)
    [mail] = OutgoingMail.objects.filter(rule="quality.raised")
    assert mail.person == qa
    assert mail.subject == f"A concern about the quality of audit {audit.reference}"
    assert f"/concerns-about-audits/{raised.pk}/" in mail.body
    assert SAID not in mail.body
    assert auditor.name not in mail.body
    [logged] = Activity.objects.filter(verb="quality.raised")
    assert (logged.actor, logged.thing_ref) == (audit.allocation.worker, str(raised.pk))
    assert SAID not in f"{logged.summary}{logged.data}"


# Answering


def test_an_answer_is_told_to_whoever_raised_it(audit, worker, qa):
    raised = concern(audit)
    answer(concern=raised, text="Looked at again with the auditor", seen=0, by=qa, at=LATER)
    assert raised.state == QualityConcernState.ANSWERED
    [mail] = OutgoingMail.objects.filter(rule="quality.answered")
    assert mail.person == worker
    assert "It has been answered" in mail.body
    assert "Looked at" not in mail.body
    assert Activity.objects.filter(verb="quality.answered", actor=qa).count() == 1


def test_a_corrected_answer_keeps_the_one_before(audit, worker, qa):
    raised = concern(audit)
    answer(concern=raised, text="The grade stands", seen=0, by=qa, at=LATER)
    answer(concern=raised, text="The grade was changed", seen=1, by=qa, at=LATER)
    assert [one.text for one in raised.answers.all()] == ["The grade stands", "The grade was changed"]
    assert Activity.objects.filter(verb="quality.corrected", actor=qa).count() == 1
    corrected = OutgoingMail.objects.filter(rule="quality.answered", person=worker).latest("pk")
    assert corrected.subject == f"A corrected answer to your concern about audit {audit.reference}"


def test_an_answer_to_what_one_has_not_read_is_refused(audit, qa):
    raised = concern(audit)
    answer(concern=raised, text="The grade stands", seen=0, by=qa, at=LATER)
    other = factories.person(Role.QA)
    with pytest.raises(UserError, match="Somebody else has answered"):
        answer(concern=raised, text="The grade is wrong", seen=0, by=other, at=LATER)
    assert raised.answers.get().text == "The grade stands"


@pytest.mark.parametrize("who", ["worker", "auditor", "director", "administrator", "qa who has left"])
def test_only_quality_assurance_answers(audit, worker, qa, who):
    by = {
        "worker": worker,
        "auditor": audit.allocation.auditor,
        "director": factories.person(Role.LEADERSHIP),
        "administrator": factories.person(Role.ADMIN),
        "qa who has left": factories.person(Role.QA, is_active=False),
    }[who]
    raised = concern(audit)
    with pytest.raises(PermissionDenied):
        answer(concern=raised, text="No", seen=0, by=by, at=LATER)
    assert raised not in QualityConcern.objects.to_answer_by(by)
    assert by not in raised.answerers()


def test_nobody_answers_a_concern_about_an_audit_of_their_own_or_one_they_raised(worker, qa):
    auditor = factories.person(Role.QA, Role.AUDITOR, name="Both At Once")
    raised = concern(submitted(worker, auditor=auditor))
    assert list(raised.answerers()) == [qa]
    for by, theirs in ((auditor, raised), (qa, concern(submitted(worker), qa))):
        with pytest.raises(PermissionDenied):
            answer(concern=theirs, text="No", seen=0, by=by, at=LATER)


def test_where_quality_assurance_did_the_audit_itself_a_director_answers(worker):
    auditor = factories.person(Role.QA, Role.AUDITOR)
    director = factories.person(Role.LEADERSHIP)
    raised = concern(submitted(worker, auditor=auditor))
    assert list(raised.answerers()) == [director]
    assert list(QualityConcern.objects.visible_to(director)) == [raised]
    assert OutgoingMail.objects.get(rule="quality.raised").person == director
    answer(concern=raised, text="Done again by somebody else", seen=0, by=director, at=LATER)
    factories.person(Role.QA)
    assert list(QualityConcern.objects.visible_to(director)) == [raised]
    assert not QualityConcern.objects.to_answer_by(director)


def test_of_an_audit_without_an_auditor_on_record_quality_assurance_answers_too(worker, qa):
    audit = submitted(worker)
    audit.allocation.auditor = None
    audit.allocation.save()
    raised = concern(audit)
    assert list(raised.answerers()) == [qa]
    assert list(QualityConcern.objects.to_answer_by(qa)) == [raised]


# Taking back


def test_what_is_taken_back_is_answered_by_nobody(audit, worker, qa):
    raised = concern(audit)
    take_back(concern=raised, by=worker, at=LATER)
    assert raised.state == QualityConcernState.WITHDRAWN
    with pytest.raises(UserError, match="taken back"):
        answer(concern=raised, text="Too late", seen=0, by=qa, at=LATER)
    assert not raised.answers.exists()
    assert not quality_tasks_for(qa)


def test_what_is_answered_is_not_taken_back(audit, worker, qa):
    raised = concern(audit)
    answer(concern=raised, text="So", seen=0, by=qa, at=LATER)
    with pytest.raises(UserError, match="answered"):
        take_back(concern=raised, by=worker, at=LATER)
    with pytest.raises(PermissionDenied):
        take_back(concern=concern(audit), by=qa, at=LATER)


# Who learns of it


def test_the_auditor_learns_of_no_concern_about_their_audit_whatever_else_they_are(worker, qa):
    auditor = factories.person(Role.QA, Role.AUDITOR, Role.LEADERSHIP)
    raised = concern(submitted(worker, auditor=auditor))
    assert raised not in QualityConcern.objects.visible_to(auditor)
    assert raised in QualityConcern.objects.visible_to(qa)
    assert raised in QualityConcern.objects.visible_to(worker)
    assert not quality_tasks_for(auditor)
    answer(concern=raised, text="So", seen=0, by=qa, at=LATER)
    assert not OutgoingMail.objects.filter(person=auditor).exists()
    for rows in (
        OutgoingMail.objects.filter(rule__startswith="quality"),
        Activity.objects.filter(verb__startswith="quality"),
    ):
        assert rows.visible_to(qa).count() == 2
        assert not rows.visible_to(auditor).exists()


def test_of_a_restricted_record_only_somebody_who_knows_it_answers(audit, qa):
    audit.allocation.case.restricted = True
    audit.allocation.case.save()
    raised = concern(audit)
    with pytest.raises(PermissionDenied):
        answer(concern=raised, text="Unread", seen=0, by=qa, at=LATER)
    CaseAccess.objects.create(case=audit.allocation.case, person=qa, granted_by=qa, granted_at=AT)
    assert answer(concern=raised, text="Read", seen=0, by=qa, at=LATER).number == 1


# The first page


def test_the_oldest_wait_on_the_first_page_and_the_rest_are_counted(worker, qa, django_assert_max_num_queries):
    raised = [concern(submitted(worker)) for _ in range(7)]
    with django_assert_max_num_queries(3):
        tasks = quality_tasks_for(qa)
    assert [task.url for task in tasks[:5]] == [f"/concerns-about-audits/{one.pk}/" for one in raised[:5]]
    assert tasks[5].title == "See all 7 concerns about audits"
    assert len(tasks) == 6
    answer(concern=raised[0], text="So", seen=0, by=qa, at=LATER)
    assert quality_tasks_for(qa)[0].url.endswith(f"/{raised[1].pk}/")
