"""The pages about cases: for QA alone, and never with a case number in an address."""

import csv
import io
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.enums import Role
from accounts.models import Activity
from audits.enums import AuditState
from audits.models import CaseConflict
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def qa(client: Client) -> None:
    client.force_login(factories.person(Role.QA))


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.QA, 200), (Role.ADMIN, 403), (Role.AUDITOR, 403), (Role.MODERATOR, 403), (Role.LEADERSHIP, 403)],
)
def test_the_list_of_cases_is_for_those_who_see_every_audit(role: Role, status: int, client: Client) -> None:
    case = factories.case()
    client.force_login(factories.person(role))

    for url in (reverse("case_list"), reverse("case_detail", args=[case.pk]), reverse("case_export")):
        assert client.get(url).status_code == status


@pytest.mark.usefixtures("qa")
def test_cases_can_be_narrowed_down_and_downloaded_as_narrowed(client: Client) -> None:
    elm = factories.team("Elm")
    factories.case(case_id="IN-ELM", team=elm, plan_type="CP")
    factories.case(case_id="ELSEWHERE")
    factories.case(case_id="HELD", team=None, team_label="OAK")

    def found(**filters: object) -> set[str]:
        page = client.get(reverse("case_list"), filters).content.decode()
        names = {name for name in ("IN-ELM", "ELSEWHERE", "HELD") if name in page}
        table = csv.DictReader(io.StringIO(client.get(reverse("case_export"), filters).content.decode()))
        assert {row["case_id"] for row in table} == names
        return names

    assert found() == {"IN-ELM", "ELSEWHERE", "HELD"}
    assert found(team=elm.pk) == {"IN-ELM"}
    assert found(plan_type="CP") == {"IN-ELM"}
    assert found(held="yes") == {"HELD"}
    assert found(restricted="True") == set()


@pytest.mark.usefixtures("qa")
def test_a_case_is_found_by_its_number_without_the_number_in_an_address(client: Client) -> None:
    case = factories.case(case_id="LCS-0042")

    response = client.post(reverse("case_find"), {"number": " lcs-0042\u00a0"})
    assert response.headers["Location"] == reverse("case_detail", args=[case.pk])
    assert client.get(reverse("case_find")).status_code == 405

    unknown = client.post(reverse("case_find"), {"number": "LCS-1"}, follow=True)
    assert "No case has this number" in unknown.content.decode()
    assert "LCS-1" not in unknown.redirect_chain[-1][0]


@pytest.mark.usefixtures("qa")
def test_a_case_page_shows_what_is_held_and_its_audits_and_is_logged(client: Client) -> None:
    case = factories.case(case_id="LCS-0042", worker_label="someone@x.example", statuses=["CP", "CIN"])
    CaseConflict.objects.create(case=case, email="z@x.example")
    audit = factories.audit(case=case, state=AuditState.SIGNED_OFF, overall_grade="good")

    page = client.get(reverse("case_detail", args=[case.pk])).content.decode()

    for text in (
        "LCS-0042",
        "Child protection, Child in need",
        "someone@x.example (not known here yet)",
        "z@x.example",
    ):
        assert text in page
    assert reverse("audit_detail", args=[audit.reference]) in page
    activity = Activity.objects.get(verb="case.read")
    assert (activity.thing_ref, "LCS" in activity.summary) == (str(case.pk), False)


@pytest.mark.usefixtures("qa")
def test_a_case_that_is_not_there_is_not_found(client: Client) -> None:
    assert client.get(reverse("case_detail", args=[404])).status_code == 404


@pytest.mark.usefixtures("qa")
def test_the_list_asks_the_database_as_often_for_fifty_cases_as_for_one(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    team = factories.team()
    for _ in range(50):
        factories.case(team=team, worker=factories.person())

    with django_assert_max_num_queries(14):
        client.get(reverse("case_list"))


@pytest.mark.usefixtures("qa")
def test_audits_of_a_period_are_downloaded_as_a_table(client: Client) -> None:
    factories.audit(case=factories.case(case_id="C1"), state=AuditState.SIGNED_OFF, overall_grade="good")
    october = factories.cycle(date(2026, 10, 1))
    factories.audit(case=factories.case(case_id="C2"), cycle=october)

    def cases(**asked: str) -> list[str]:
        content = client.get(reverse("audit_export"), asked).content.decode()
        return [row["case_id"] for row in csv.DictReader(io.StringIO(content))]

    assert cases(first="2026-11") == ["C1"]
    assert cases(first="2026-10", last="2026-11") == ["C2", "C1"]
    assert Activity.objects.filter(verb="audits.exported").count() == 2
    refused = client.get(reverse("audit_export"), {"first": "November"}, follow=True)
    assert "Write the month as YYYY-MM" in refused.content.decode()
