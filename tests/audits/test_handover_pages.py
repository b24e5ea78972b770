"""The page on which QA gives an audit to another auditor."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Person
from audits.enums import AuditState
from audits.models import Allocation, Audit, Case, CaseAccess
from tests import factories
from tests.accounts.pages import dangling, read
from tests.audits.drawing import Town
from tests.clients import as_

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def monday(time_machine) -> None:
    time_machine.move_to(NOW, tick=False)


class Office(Town):
    """The auditor of Oak has an audit of a case in Elm; Ivy, of a third team, could take it."""

    def __init__(self) -> None:
        super().__init__()
        self.ivy = factories.person(Role.AUDITOR, name="Ivy Auditor", team=factories.team("Ash"))
        self.audit = factories.audit(auditor=self.auditors[1], case=self.cases[0], worker=self.workers[0])
        self.url = reverse("audit_hand_over", args=[self.audit.reference])


@pytest.fixture
def office() -> Office:
    return Office()


def auditor() -> Person | None:
    return Allocation.objects.get().auditor


def test_the_audits_page_leads_there_and_the_page_says_who_cannot_have_it(office: Office) -> None:
    client = as_(office.qa)
    assert office.url in client.get(reverse("audit_detail", args=[office.audit.reference])).content.decode()
    page = client.get(office.url).content.decode()
    assert "Ivy Auditor" in page
    assert "The case is in the auditor’s own team." in page
    assert "Auditor of Elm" in page
    assert dangling(read(page)) == set()


@pytest.mark.parametrize("choice", ["ivy", "program"])
def test_qa_chooses_or_lets_the_program_choose(office: Office, choice: str) -> None:
    to = str(office.ivy.pk) if choice == "ivy" else choice
    answer = as_(office.qa).post(office.url, {"to": to, "reason": "Away", "day": "keep"})
    assert answer.url == reverse("audit_detail", args=[office.audit.reference])
    assert auditor() == office.ivy


@pytest.mark.parametrize(
    ("posted", "says"),
    [
        ({"to": "program"}, "Enter why somebody else does it"),
        ({"reason": "Away"}, "Select who audits it"),
        ({"to": "elm", "reason": "Away"}, "Select a valid choice"),
    ],
)
def test_what_is_missing_or_barred_stands_at_its_field(office: Office, posted: dict[str, str], says: str) -> None:
    if posted.get("to") == "elm":
        posted = posted | {"to": str(office.auditors[0].pk)}
    answer = as_(office.qa).post(office.url, posted)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    assert "<title>Error: " in page
    assert dangling(read(page)) == set()
    assert auditor() == office.auditors[1]


def test_more_time_is_offered_only_where_little_is_left(office: Office) -> None:
    client = as_(office.qa)
    assert "five working days from now" not in client.get(office.url).content.decode()
    Allocation.objects.update(due_on=date(2026, 11, 18))
    assert "Give them until 23 November 2026" in client.get(office.url).content.decode()
    client.post(office.url, {"to": "program", "reason": "Away", "day": "later"})
    assert Allocation.objects.get().due_on == date(2026, 11, 23)


def test_of_a_restricted_record_the_page_says_nothing_that_depends_on_the_case(office: Office) -> None:
    Case.objects.filter(pk=office.cases[0].pk).update(restricted=True)
    client = as_(office.qa)
    hidden = client.get(office.url).content.decode()
    assert "own team" not in hidden
    assert "same area" not in hidden
    assert "Not free, or not independent of the case." in hidden
    CaseAccess.objects.create(case=office.cases[0], person=office.qa, granted_by=office.qa, granted_at=NOW)
    assert "own team" in client.get(office.url).content.decode()


def test_where_more_may_have_it_than_fit_the_others_are_in_a_list(office: Office) -> None:
    for n in range(12):
        factories.person(Role.AUDITOR, name=f"Auditor {n:02}", team=factories.team())
    client = as_(office.qa)
    page = read(client.get(office.url).content.decode())
    others = [option for option in page.one("select", name="other").find("option") if "Auditor" in option.text]
    assert len(others) == 5
    unsaid = client.post(office.url, {"to": "other", "reason": "Away"})
    assert "Select the auditor" in unsaid.content.decode()


def test_a_submitted_audit_leads_back_to_its_own_page(office: Office) -> None:
    Audit.objects.update(state=AuditState.SUBMITTED, submitted_at=NOW, completed_on=date(2026, 11, 16))
    answer = as_(office.qa).get(office.url)
    assert answer.url == reverse("audit_detail", args=[office.audit.reference])


@pytest.mark.parametrize("role", [role for role in Role if role != Role.QA])
def test_nobody_else_reaches_the_page(office: Office, role: Role) -> None:
    client = as_(factories.person(role))
    assert client.get(office.url).status_code == 403
    assert client.post(office.url, {"to": "program", "reason": "Away"}).status_code == 403
