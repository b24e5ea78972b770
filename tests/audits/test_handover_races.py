"""An audit is handed over while somebody works on it, or twice at once."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from accounts.enums import Role
from accounts.models import Activity, OutgoingMail, Person
from audits.enums import AuditState, Capacity
from audits.models import Audit, CaseConflict, Participant
from audits.rules.filled import FilledSection
from audits.services import stage1
from audits.services.conflicts import declare
from audits.services.handover import hand_over_audit
from tests import factories
from tests.at_once import at_once
from tests.audits.filling import AT, fill_in, save

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 5


@pytest.fixture
def qa() -> Person:
    return factories.person(Role.QA)


@pytest.fixture
def others() -> list[Person]:
    return [factories.person(Role.AUDITOR, name=name, team=factories.team()) for name in ("Ivy", "Umar")]


def audit_again(audit: Audit) -> Audit:
    return Audit.objects.select_related("allocation__auditor").get(pk=audit.pk)


def given(audit: Audit, to: Person, qa: Person) -> Callable[[], object]:
    return lambda: hand_over_audit(audit=audit, to=to, by=qa, reason="Away", at=AT)


def auditor_of(audit: Audit) -> Person:
    seen = Participant.objects.get(audit=audit, capacity=Capacity.AUDITOR).person
    assert audit_again(audit).allocation.auditor == seen
    return seen


def test_handed_over_beside_its_submission_it_is_submitted_or_somebody_elses(qa: Person, others: list[Person]) -> None:
    for _ in range(ROUNDS):
        audit = fill_in(factories.audit(worker=factories.person(Role.SOCIAL_WORKER)))
        mine = audit_again(audit)
        submitted, handed = at_once(
            lambda mine=mine: stage1.submit(audit=mine, by=mine.allocation.auditor, at=AT), given(audit, others[0], qa)
        )
        now = audit_again(audit)
        if submitted is True:
            assert handed != others[0]
            assert (now.state, auditor_of(audit)) == (AuditState.SUBMITTED, mine.allocation.auditor)
        else:
            assert handed == others[0]
            assert (now.state, auditor_of(audit)) == (AuditState.IN_PROGRESS, others[0])


def test_handed_over_beside_a_save_nothing_of_the_old_auditor_comes_in_afterwards(
    qa: Person, others: list[Person]
) -> None:
    for _ in range(ROUNDS):
        audit = fill_in(factories.audit(worker=factories.person(Role.SOCIAL_WORKER)))
        mine = audit_again(audit)
        assert at_once(given(audit, others[0], qa))[0] == others[0]
        late = at_once(lambda mine=mine: save(mine, "planning", FilledSection(comment="Late."), version=1))[0]
        assert "given to another auditor" in str(late)
        assert audit.sections.get(key="planning").comment != "Late."


def test_of_two_who_are_given_it_at_once_exactly_one_has_it(qa: Person, others: list[Person]) -> None:
    for _ in range(ROUNDS):
        audit = factories.audit(auditor=factories.person(Role.AUDITOR, team=factories.team()))
        answers = at_once(*(given(audit, to, qa) for to in others))
        assert len([answer for answer in answers if isinstance(answer, Person)]) == 1
        assert auditor_of(audit) in others
        assert Activity.objects.filter(verb="audit.handed_over", thing_ref=audit.reference).count() == 1
        assert OutgoingMail.objects.filter(rule="audit.taken_over", thing=f"audit:{audit.reference}").count() == 1


def test_handed_over_and_back_at_different_times_leaves_one_auditor(qa: Person, others: list[Person]) -> None:
    audit = factories.audit(auditor=others[0])
    for minute, to in enumerate([others[1], others[0], others[1]]):
        at = datetime(2026, 11, 16, 9, minute, tzinfo=UTC)
        hand_over_audit(audit=audit, to=to, by=qa, reason="Away", at=at)
    assert auditor_of(audit) == others[1]


def test_a_conflict_declared_in_two_tabs_at_once_is_one() -> None:
    case = factories.case(case_id="C77")
    for number in ("C77", "UNKNOWN"):
        person = factories.person(Role.AUDITOR)

        def declared(number: str = number, person: Person = person) -> object:
            return declare(person=person, number=number, reason="I know the family", by=person, at=AT)

        answers = at_once(declared, declared)
        assert [type(answer) for answer in answers] == [CaseConflict, CaseConflict]
        assert CaseConflict.objects.filter(person=person).count() == 1
    assert case.conflicts.count() == 1
