"""The pages about people, mail, messages and activity."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.enums import MailState, Role
from accounts.models import Activity, OutgoingMail, Person
from accounts.services.activity import record
from accounts.services.people import details_of
from tests import factories
from tests.accounts.pages import Element, dangling, read

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page_of(client: Client, name: str, *args: Any, status: int = 200, **query: Any) -> Element:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == status
    page = read(response.content.decode())
    assert dangling(page) == set()
    return page


def mail(to: Person, **values: Any) -> OutgoingMail:
    return OutgoingMail.objects.create(
        **{
            "thing": f"audit:CA-{factories.unique():08}",
            "rule": "audit.allocated",
            "person": to,
            "to": to.email,
            "subject": "You have an audit to do",
            "body": "An audit waits for you:\nhttp://127.0.0.1:8000/audits/CA-00000001/\n",
            "queued_at": NOON,
            "send_after": NOON,
            **values,
        }
    )


@pytest.fixture
def qa() -> Person:
    return factories.person(Role.QA, name="Quinn Adeyemi")


def names(page: Element) -> list[str]:
    return [row.find("a")[0].text for row in page.one("tbody").find("tr")]


def test_people_are_found_by_words_team_role_and_standing(qa: Person) -> None:
    elm = factories.team("Elm")
    factories.person(Role.AUDITOR, Role.MODERATOR, name="Maya Okafor", team=elm)
    factories.person(Role.AUDITOR, name="Ben Ode", is_active=False)
    client = signed_in(qa)
    assert names(page_of(client, "person_list")) == ["Ben Ode", "Maya Okafor", "Quinn Adeyemi"]
    assert names(page_of(client, "person_list", search="okaf")) == ["Maya Okafor"]
    assert names(page_of(client, "person_list", team=elm.pk)) == ["Maya Okafor"]
    assert names(page_of(client, "person_list", role="auditor")) == ["Ben Ode", "Maya Okafor"]
    assert names(page_of(client, "person_list", active="False")) == ["Ben Ode"]
    assert page_of(client, "person_list", search="nobody").one(class_="app-empty")


def test_lists_ask_the_database_as_often_for_many_as_for_few(
    qa: Person, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    team = factories.team("Elm")
    for _ in range(12):
        mail(factories.person(Role.AUDITOR, Role.MODERATOR, team=team, line_manager=qa))
        record(by=qa, verb="audit.read", thing_type="audit", thing_ref="CA-00000001", summary="Read an audit")
    client = signed_in(qa)
    for name in ("person_list", "team_list", "mail_list", "activity_list", "message_list"):
        client.get(reverse(name))
        with django_assert_max_num_queries(13):
            page_of(client, name)


def test_teams_show_their_manager_and_how_many_people_work_there(qa: Person) -> None:
    boss = factories.person(name="Bea Oyelaran")
    elm = factories.team("Elm", manager=boss)
    factories.person(team=elm)
    factories.person(team=elm, is_active=False)
    factories.team("Oak", area=factories.area("South"))
    client = signed_in(qa)
    first = page_of(client, "team_list").one("tbody").find("tr")[0]
    assert "Bea Oyelaran" in first.text
    assert first.find("a")[-1].text == "1 people of Elm"
    assert [row.find("th")[0].text for row in page_of(client, "team_list").find("tr")[1:]] == ["Elm ELM", "Oak OAK"]
    assert len(page_of(client, "team_list", area=elm.area_id).one("tbody").find("tr")) == 1


def test_a_person_is_changed_in_the_page_and_the_change_undone_there(qa: Person) -> None:
    person = factories.person(Role.AUDITOR, name="Maya Okafor")
    client = signed_in(qa)
    form = page_of(client, "person_change", person.pk)
    data = {
        "seen": form.one("input", name="seen").attributes["value"],
        "name": "Maya Lee",
        "roles": ["auditor", "moderator"],
        "active": "on",
    }
    response = client.post(reverse("person_change", args=[person.pk]), data, follow=True)
    page = read(response.content.decode())
    assert page.one(class_="govuk-notification-banner__heading").text == "Maya Lee is changed"
    assert page.one(class_="app-history__what").text == "Changed Maya Lee: name, roles"
    change = Activity.objects.get(verb="person.changed")
    client.post(reverse("person_undo", args=[person.pk, change.pk]))
    assert (details_of(person).name, details_of(person).roles) == ("Maya Okafor", ("auditor",))


def test_a_stale_page_changes_nothing_and_says_so(qa: Person) -> None:
    person = factories.person(Role.AUDITOR, name="Maya Okafor")
    data = {"seen": details_of(person).fingerprint, "name": "Maya Lee", "active": "on", "roles": ["auditor"]}
    client = signed_in(qa)
    client.post(reverse("person_change", args=[person.pk]), data)
    response = client.post(reverse("person_change", args=[person.pk]), data | {"name": "Maya Kaya"})
    page = read(response.content.decode())
    assert page.one("title").text == "Error: Change Maya Lee – Case Audit"
    assert "Somebody else changed this person" in page.one(class_="govuk-error-summary").text
    assert details_of(person).name == "Maya Lee"


def test_an_unknown_line_manager_is_refused_at_the_field(qa: Person) -> None:
    person = factories.person(Role.AUDITOR)
    data = {"seen": details_of(person).fingerprint, "name": person.name, "line_manager": "gone@authority.example"}
    page = read(signed_in(qa).post(reverse("person_change", args=[person.pk]), data).content.decode())
    assert page.one(class_="govuk-error-summary").one("a", href="#id_line_manager")
    assert dangling(page) == set()


def test_absences_are_noted_and_removed(qa: Person) -> None:
    person = factories.person(Role.AUDITOR)
    client = signed_in(qa)
    days = {"starts_on_day": "1", "starts_on_month": "12", "starts_on_year": "2026"}
    client.post(reverse("absence_add", args=[person.pk]), days)
    assert [absence.starts_on for absence in person.absences.all()] == [date(2026, 12, 1)]
    again = read(client.post(reverse("absence_add", args=[person.pk]), days).content.decode())
    assert "already an absence" in again.one(class_="govuk-error-summary").text
    backwards = {**days, "ends_on_day": "30", "ends_on_month": "11", "ends_on_year": "2026"}
    wrong = read(client.post(reverse("absence_add", args=[person.pk]), backwards).content.decode())
    assert wrong.one(class_="govuk-error-summary").one("a", href="#id_ends_on_day")
    client.post(reverse("absence_remove", args=[person.pk]), {"starts_on": "2026-12-01"})
    assert not person.absences.exists()


def test_somebody_elses_change_cannot_be_undone_through_another_persons_page(qa: Person) -> None:
    person, other = factories.person(), factories.person()
    change = record(by=qa, verb="person.changed", thing_type="person", thing_ref=str(other.pk), summary="Changed")
    response = signed_in(qa).post(reverse("person_undo", args=[person.pk, change.pk]))
    assert response.status_code == 404


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SOCIAL_WORKER, Role.LEADERSHIP])
@pytest.mark.parametrize("name", ["person_list", "team_list", "mail_list", "activity_list"])
def test_pages_of_the_back_office_are_closed_to_the_front(role: Role, name: str) -> None:
    page = page_of(signed_in(factories.person(role)), name, status=403)
    assert page.one("h1").text == "You cannot open this page"


def test_an_administrator_sees_that_mail_failed_but_not_what_it_says() -> None:
    auditor = factories.person(Role.AUDITOR)
    mail(
        auditor,
        thing="audit:CA-2222",
        state=MailState.FAILED,
        last_error="Mailbox full",
        subject="About something private",
    )
    page = page_of(signed_in(factories.person(Role.ADMIN)), "mail_list", state="failed")
    assert "Mailbox full" in page.text
    assert page.one("td", data_label="Kind").text == "Audit: allocated"
    assert page.one("td", data_label="About").text == "audit CA-2222"
    assert "private" not in page.text
    assert "An audit waits" not in page.text


@pytest.mark.parametrize(
    ("state", "decision", "becomes"),
    [
        (MailState.UNCERTAIN, "sent", MailState.SENT),
        (MailState.UNCERTAIN, "again", MailState.QUEUED),
        (MailState.FAILED, "again", MailState.QUEUED),
        (MailState.FAILED, "sent", MailState.FAILED),
        (MailState.SENT, "again", MailState.SENT),
        (MailState.QUEUED, "sent", MailState.QUEUED),
    ],
)
def test_only_an_uncertain_or_failed_mail_waits_for_a_decision(
    qa: Person, state: MailState, decision: str, becomes: MailState
) -> None:
    sent_at = NOON if state == MailState.SENT else None
    waiting = mail(factories.person(Role.AUDITOR), state=state, sent_at=sent_at)
    signed_in(qa).post(reverse("mail_settle", args=[waiting.reference]), {"decision": decision})
    waiting.refresh_from_db()
    assert waiting.state == becomes


def test_a_person_reads_their_own_messages_and_nobody_elses(qa: Person) -> None:
    auditor = factories.person(Role.AUDITOR)
    own, other = mail(auditor), mail(qa)
    client = signed_in(auditor)
    assert len(page_of(client, "message_list").find(class_="app-messages__item")) == 1
    page = page_of(client, "message_detail", own.reference)
    assert page.one("a", href="http://127.0.0.1:8000/audits/CA-00000001/")
    own.refresh_from_db()
    assert own.read_at is not None
    assert page_of(client, "message_detail", other.reference, status=404)
    assert page_of(signed_in(qa), "message_detail", own.reference, status=404)


def test_a_message_is_text_even_where_it_looks_like_markup() -> None:
    auditor = factories.person(Role.AUDITOR)
    nasty = mail(auditor, body="<script>alert(1)</script>")
    page = page_of(signed_in(auditor), "message_detail", nasty.reference)
    assert [one for one in page.find("script") if "src" not in one.attributes] == []


def test_activity_is_found_by_who_what_reference_and_day(qa: Person) -> None:
    maya = factories.person(name="Maya Okafor")
    for by, verb, ref, day in [
        (maya, "audit.read", "CA-1", 3),
        (qa, "audit.submitted", "CA-2", 9),
        (None, "cycle.drawn", "2026-11", 9),
    ]:
        at = datetime(2026, 11, day, 12, tzinfo=UTC)
        record(by=by, at=at, verb=verb, thing_type="audit", thing_ref=ref, summary=f"{verb} {ref}")
    client = signed_in(qa)

    def found(**query: str) -> list[str]:
        page = read(client.get(reverse("activity_list"), query).content.decode())
        bodies = page.find("tbody")
        return [row.find("td")[2].text for row in bodies[0].find("tr")] if bodies else []

    assert found() == ["cycle.drawn 2026-11", "audit.submitted CA-2", "audit.read CA-1"]
    assert found(who="okafor") == ["audit.read CA-1"]
    assert found(verb="audit.submitted") == ["audit.submitted CA-2"]
    assert found(thing="ca-1") == ["audit.read CA-1"]
    assert found(since_day="9", since_month="11", since_year="2026", thing="CA-2") == ["audit.submitted CA-2"]
    assert found(until_day="8", until_month="11", until_year="2026") == ["audit.read CA-1"]
