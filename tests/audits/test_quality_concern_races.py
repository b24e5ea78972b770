"""Two at once about one concern: exactly one of them happens, and the other is told."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.enums import Role
from accounts.errors import UserError
from accounts.models import Activity, OutgoingMail, Person
from audits.enums import AuditState, QualityConcernState
from audits.models import Audit, QualityAnswer, QualityConcern
from audits.services.quality import answer, raise_concern, take_back
from tests import factories
from tests.at_once import at_once
from tests.audits.filling import AT

pytestmark = pytest.mark.django_db(transaction=True)

LATER = AT + timedelta(hours=1)


@pytest.fixture
def qa() -> list[Person]:
    return [factories.person(Role.QA, name="Quinn Quality"), factories.person(Role.QA, name="Quentin Quality")]


@pytest.fixture
def audit() -> Audit:
    worker = factories.person(Role.SOCIAL_WORKER)
    return factories.audit(worker=worker, state=AuditState.SUBMITTED, overall_grade="good")


def raising(audit: Audit) -> Callable[[], QualityConcern]:
    same = Audit.objects.select_related("allocation__case", "allocation__worker").get(pk=audit.pk)
    return lambda: raise_concern(audit=same, text="Too kind", by=same.allocation.worker, at=AT)


def again(concern: QualityConcern) -> QualityConcern:
    """The same concern as another page loads it."""
    return QualityConcern.objects.select_related("raised_by", "audit__allocation__case").get(pk=concern.pk)


def answering(concern: QualityConcern, by: Person, seen: int = 0) -> Callable[[], QualityAnswer]:
    same = again(concern)
    return lambda: answer(concern=same, text=f"From {by}", seen=seen, by=by, at=LATER)


@pytest.mark.parametrize("seen", [0, 1])
def test_of_two_who_answer_or_correct_at_once_one_does_and_the_other_is_told(audit, qa, seen):
    concern = raising(audit)()
    for number in range(seen):
        answer(concern=concern, text="Before", seen=number, by=qa[0], at=AT)
    given = at_once(answering(concern, qa[0], seen), answering(concern, qa[1], seen))
    [counts] = [one for one in given if isinstance(one, QualityAnswer)]
    [refused] = [one for one in given if isinstance(one, UserError)]
    assert "Somebody else has answered" in str(refused)
    assert concern.answers.count() == seen + 1
    assert concern.answers.last() == counts
    assert OutgoingMail.objects.filter(rule="quality.answered").count() == seen + 1
    assert Activity.objects.filter(verb__in=["quality.answered", "quality.corrected"]).count() == seen + 1


def test_taken_back_and_answered_at_once_is_one_of_the_two(audit, qa):
    concern = raising(audit)()
    same = again(concern)
    given, taken = at_once(
        answering(concern, qa[0]), lambda: take_back(concern=same, by=same.raised_by, at=LATER) or "taken back"
    )
    answered = isinstance(given, QualityAnswer)
    assert answered != (taken == "taken back")
    expected = QualityConcernState.ANSWERED if answered else QualityConcernState.WITHDRAWN
    assert again(concern).state == expected
    assert concern.answers.exists() == answered


def test_the_same_is_raised_once_however_often_the_button_is_pressed(audit, qa):
    answers = at_once(raising(audit), raising(audit), raising(audit))
    assert sum(isinstance(one, QualityConcern) for one in answers) == 1
    assert QualityConcern.objects.count() == 1
    assert OutgoingMail.objects.filter(rule="quality.raised").count() == len(qa)
