"""Two at once about one request: exactly one of them happens, and what it did is whole."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from accounts.enums import Role
from accounts.models import Activity, OutgoingMail, Person
from audits.enums import AuditState, RequestKind, RequestState, Standing
from audits.models import Audit, Request
from audits.services import stage1
from audits.services.requests.asking import ask_for_exemption, ask_for_extension, take_back
from audits.services.requests.deciding import decide
from tests import factories
from tests.at_once import at_once
from tests.audits.filling import AT, fill_in

pytestmark = pytest.mark.django_db(transaction=True)

NEW_DAY = date(2026, 12, 4)
LATER = AT + timedelta(hours=1)


@pytest.fixture
def audit() -> Audit:
    return fill_in(factories.audit(worker=factories.person(Role.SOCIAL_WORKER)))


@pytest.fixture
def deciders() -> list[Person]:
    return [factories.person(Role.QA, name="Quinn Quality"), factories.person(Role.QA, name="Quentin Quality")]


def again(request: Request) -> Request:
    """The same request as another page loads it."""
    related = ("asked_by", "allocation__audit", "allocation__case", "allocation__cycle__rules")
    return Request.objects.select_related(*related).get(pk=request.pk)


def exemption(audit: Audit) -> Request:
    return ask_for_exemption(allocation=audit.allocation, reason="Away", by=audit.allocation.auditor, at=AT)


def extension(audit: Audit) -> Request:
    return ask_for_extension(
        allocation=audit.allocation, wanted_until=NEW_DAY, reason="Late", by=audit.allocation.auditor, at=AT
    )


def deciding(request: Request, by: Person, *, grant: bool) -> Callable[[], str]:
    same = again(request)

    def call() -> str:
        decide(request=same, grant=grant, reason="So", by=by, at=LATER)
        return "granted" if grant else "refused"

    return call


@pytest.mark.parametrize("kind", [RequestKind.EXEMPTION, RequestKind.EXTENSION])
def test_of_two_who_decide_at_once_one_decides_and_the_other_is_told(audit, deciders, kind):
    request = exemption(audit) if kind == RequestKind.EXEMPTION else extension(audit)
    answers = at_once(deciding(request, deciders[0], grant=True), deciding(request, deciders[1], grant=False))
    [decided] = [answer for answer in answers if isinstance(answer, str)]
    stored, audit = again(request), Audit.objects.select_related("allocation").get(pk=audit.pk)
    assert stored.state == decided
    assert (audit.allocation.standing == Standing.EXEMPT) == (kind == RequestKind.EXEMPTION and decided == "granted")
    assert (audit.allocation.due_on == NEW_DAY) == (kind == RequestKind.EXTENSION and decided == "granted")
    assert Activity.objects.filter(verb__in=["request.granted", "request.refused"]).count() == 1
    assert OutgoingMail.objects.filter(rule="request.decided").count() == 1


def test_taken_back_and_granted_at_once_is_one_of_the_two(audit, deciders):
    request = exemption(audit)
    asked_by, same = request.asked_by, again(request)
    answers = at_once(
        deciding(request, deciders[0], grant=True), lambda: take_back(request=same, by=asked_by, at=LATER)
    )
    state = again(request).state
    assert state == (RequestState.GRANTED if "granted" in answers else RequestState.WITHDRAWN)
    standing = Audit.objects.get(pk=audit.pk).allocation.standing
    assert standing == (Standing.EXEMPT if "granted" in answers else Standing.LIVE)


def test_an_audit_that_is_submitted_while_it_is_exempted_is_one_of_the_two(audit, deciders):
    request = exemption(audit)
    same = Audit.objects.select_related("allocation__auditor", "allocation__cycle").get(pk=audit.pk)

    def submit() -> bool:
        return stage1.submit(audit=same, by=same.allocation.auditor, at=LATER)

    answers = at_once(deciding(request, deciders[0], grant=True), submit)
    stored = Audit.objects.select_related("allocation").get(pk=audit.pk)
    exempted = answers[0] == "granted"
    assert exempted != (answers[1] is True)
    assert stored.allocation.standing == (Standing.EXEMPT if exempted else Standing.LIVE)
    assert stored.state == (AuditState.IN_PROGRESS if exempted else AuditState.SUBMITTED)
    assert again(request).state == (RequestState.GRANTED if exempted else RequestState.WITHDRAWN)


def test_the_same_is_asked_for_once_however_often_the_button_is_pressed(audit):
    def ask() -> Request:
        return exemption(
            Audit.objects.select_related("allocation__cycle__rules", "allocation__auditor").get(pk=audit.pk)
        )

    answers = at_once(ask, ask, ask)
    assert sum(isinstance(answer, Request) for answer in answers) == 1
    assert Request.objects.count() == 1
