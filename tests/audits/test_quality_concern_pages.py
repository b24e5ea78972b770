"""Concerns about audits through their pages, as those who raise them and those who answer them."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Person
from audits.enums import AuditState, QualityConcernState
from audits.models import Audit, QualityConcern
from audits.services.quality import answer, raise_concern, take_back
from tests import factories
from tests.accounts.pages import dangling, read
from tests.audits.filling import AT
from tests.audits.test_stage1_pages import address, as_, text_of

pytestmark = pytest.mark.django_db

SAID = "Planning is graded Good, and there is no plan"


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def qa() -> Person:
    return factories.person(Role.QA, name="Quinn Quality")


@pytest.fixture
def worker() -> Person:
    return factories.person(Role.SOCIAL_WORKER, name="Wren Worker")


@pytest.fixture
def audit(worker) -> Audit:
    return submitted(worker)


def submitted(worker: Person) -> Audit:
    return factories.audit(
        worker=worker, auditor=factories.person(Role.AUDITOR), state=AuditState.SUBMITTED, overall_grade="good"
    )


def concern(audit: Audit) -> QualityConcern:
    return raise_concern(audit=audit, text=SAID, by=audit.allocation.worker, at=AT)


def at(concern: QualityConcern) -> str:
    return reverse("quality_detail", args=[concern.pk])


def test_from_the_audit_to_an_answer_that_is_read(audit, worker, qa):
    client = as_(worker)
    assert "Raise a concern about this audit" in text_of(client.get(address("audit_view", audit)))
    answered = client.post(address("quality_raise", audit), {"text": SAID}, follow=True)
    assert "Quality assurance has been told" in text_of(answered)
    raised = QualityConcern.objects.get()
    office = as_(qa)
    assert f"Answer a concern about audit {audit.reference}" in text_of(office.get("/"))
    assert "Wren Worker" in text_of(office.get(reverse("quality_list")))
    answered = office.post(at(raised), {"text": "Graded again with the auditor", "seen": "0"}, follow=True)
    assert "The concern is answered" in text_of(answered)
    assert "Answer a concern" not in text_of(office.get("/"))
    read_by_the_worker = text_of(client.get(at(raised)))
    assert "Graded again with the auditor" in read_by_the_worker
    assert "Answered by Quinn Quality on 12 November 2026" in read_by_the_worker
    assert "Your concern of 12 November 2026 Answered" in text_of(client.get(address("audit_view", audit)))


def test_nothing_of_it_stands_on_the_pages_of_the_auditor(audit, worker, qa):
    raised = concern(audit)
    client = as_(audit.allocation.auditor)
    page = text_of(client.get(address("audit_view", audit)))
    assert "concern about this audit" not in page
    assert "The quality of this audit" not in page
    assert client.get(at(raised)).status_code == 404
    assert client.get(address("quality_raise", audit)).status_code == 404
    assert "You have raised none" in text_of(client.get(reverse("quality_list")))


@pytest.mark.parametrize(("posted", "said"), [("", "Enter what concerns you"), ("x" * 4001, "4000 characters")])
def test_what_is_missing_or_too_long_stands_at_its_field(audit, worker, posted, said):
    refused = as_(worker).post(address("quality_raise", audit), {"text": posted})
    assert refused.status_code == 422
    assert said in text_of(refused)
    assert read(refused.content.decode()).one("title").text.startswith("Error: ")


def test_whoever_has_raised_one_is_led_to_it_and_takes_it_back(audit, worker):
    raised, client = concern(audit), as_(worker)
    assert "Raise a concern about this audit" not in text_of(client.get(address("audit_view", audit)))
    assert client.get(address("quality_raise", audit)).url == at(raised)
    taken = client.post(reverse("quality_take_back", args=[raised.pk]), follow=True)
    assert "Nobody will answer it" in text_of(taken)
    assert "Raise a concern about this audit" in text_of(client.get(address("audit_view", audit)))


def test_of_two_who_answer_the_second_sees_both_texts_and_sends_theirs_as_a_correction(audit, qa):
    raised = concern(audit)
    other = as_(factories.person(Role.QA))
    answer(concern=raised, text="The grade stands", seen=0, by=qa, at=AT)
    refused = other.post(at(raised), {"text": "The grade is wrong", "seen": "0"})
    assert refused.status_code == 409
    assert "The grade stands" in text_of(refused)
    assert "The grade is wrong" in text_of(refused)
    assert "Somebody else has answered this in the meantime" in text_of(refused)
    assert read(refused.content.decode()).one("input", name="seen").attributes["value"] == "1"
    other.post(at(raised), {"text": "The grade is wrong", "seen": "1"})
    assert [one.text for one in raised.answers.all()] == ["The grade stands", "The grade is wrong"]


def test_an_answer_to_what_was_taken_back_meanwhile_is_shown_to_whoever_wrote_it(audit, worker, qa):
    raised, client = concern(audit), as_(qa)
    client.get(at(raised))
    take_back(concern=raised, by=worker, at=AT)
    refused = client.post(at(raised), {"text": "What I found", "seen": "0"})
    assert refused.status_code == 409
    assert "The concern has been taken back in the meantime" in text_of(refused)
    assert "What you wrote What I found" in text_of(refused)


def test_of_a_restricted_record_the_texts_are_closed_and_access_is_offered(audit, worker, qa):
    audit.allocation.case.restricted = True
    audit.allocation.case.save()
    raised = concern(audit)
    page = text_of(as_(qa).get(at(raised)))
    assert SAID not in page
    assert "Wren" not in page
    assert "Ask for access" in page
    assert "Of a restricted record" in text_of(as_(qa).get(reverse("quality_list")))
    assert SAID in text_of(as_(worker).get(at(raised)))
    assert as_(qa).post(at(raised), {"text": "Unread", "seen": "0"}).status_code == 403


def test_the_list_shows_what_waits_and_any_state_that_is_asked_for(worker, qa):
    waits, done = concern(submitted(worker)), concern(submitted(worker))
    answer(concern=done, text="So", seen=0, by=qa, at=AT)
    client = as_(qa)
    at_first = text_of(client.get(reverse("quality_list")))
    assert waits.audit.reference in at_first
    assert done.audit.reference not in at_first
    answered = text_of(client.get(f"{reverse('quality_list')}?state={QualityConcernState.ANSWERED}"))
    assert done.audit.reference in answered
    assert waits.audit.reference not in answered
    assert "No concern fits these filters" in text_of(client.get(f"{reverse('quality_list')}?state=withdrawn"))
    assert "Concerns about audits" in text_of(client.get("/"))


def test_the_list_takes_the_same_queries_however_long_it_is(worker, qa):
    client = as_(qa)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            client.get(reverse("quality_list"))
        return len(caught)

    concern(submitted(worker))
    few = queries()
    for _ in range(60):
        audit = submitted(worker)
        audit.allocation.case.restricted = True
        audit.allocation.case.save()
        concern(audit)
    assert queries() <= few + 1  # whether the restricted ones may be known
    assert "61 concerns" in text_of(client.get(reverse("quality_list")))


def test_every_page_is_whole(audit, worker, qa):
    pages = [as_(worker).get(address("quality_raise", audit))]
    raised = concern(audit)
    pages += [as_(worker).get(at(raised)), as_(qa).get(at(raised)), as_(qa).get(reverse("quality_list"))]
    answer(concern=raised, text="So", seen=0, by=qa, at=AT)
    answer(concern=raised, text="Not so", seen=1, by=qa, at=AT)
    pages += [as_(qa).get(at(raised)), as_(worker).get(address("audit_view", audit))]
    for page in pages:
        assert page.status_code == 200
        assert dangling(read(page.content.decode())) == set()
