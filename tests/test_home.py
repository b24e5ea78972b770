"""The home page: what waits for a person, whichever floor it comes from."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from accounts.task_list import Task
from audits.enums import AuditKind, AuditState, CycleStatus, Standing
from audits.models import ProgrammeRules
from config.views import as_row, due_in_words, everything_that_waits_for
from tests import factories

TODAY = date(2026, 11, 16)


@pytest.mark.parametrize(
    ("due_on", "words"),
    [
        (None, ""),
        (date(2026, 11, 13), "Was due on Friday 13 November"),
        (date(2026, 11, 16), "Due today, Monday 16 November"),
        (date(2026, 11, 23), "Due on Monday 23 November"),
    ],
)
def test_the_day_of_a_task_is_said_in_words(due_on: date | None, words: str) -> None:
    assert due_in_words(due_on, TODAY) == words


def test_the_due_day_itself_is_not_overdue() -> None:
    def row(day: int) -> str:
        task = Task(title="Audit", url="/", status="Not started", group="Audits", due_on=date(2026, 11, day))
        return as_row(task, TODAY)["status"]

    assert row(16) == "Not started"
    assert row(15) == "Overdue"


@pytest.mark.django_db
def test_a_person_with_nothing_to_do_is_told_what_will_come(client: Client) -> None:
    client.force_login(factories.person(Role.IRO))
    assert "Nothing waits for you" in client.get("/").content.decode()


@pytest.mark.django_db
def test_nobody_sees_the_home_page_without_signing_in(client: Client) -> None:
    response = client.get("/")
    assert response.status_code == 302
    assert response.headers["Location"] == "/account/sign-in/?next=/"


@pytest.mark.django_db
def test_pages_are_kept_by_no_browser_and_no_proxy(client: Client) -> None:
    client.force_login(factories.person(Role.IRO))
    response = client.get("/")
    assert response.headers["Cache-Control"] == "no-store"
    assert "unsafe" not in response.headers["Content-Security-Policy"]


@pytest.mark.django_db
def test_qa_sees_how_the_month_stands_and_when_the_next_is_drawn() -> None:
    factories.audit(state=AuditState.SUBMITTED)
    factories.audit(due_on=date(2026, 11, 13))
    factories.audit(standing=Standing.EXEMPT)
    factories.audit(kind=AuditKind.REAUDIT)
    coming, running = everything_that_waits_for(factories.person(Role.QA), TODAY)
    assert (running.title, running.hint, running.status) == (
        "November 2026",
        "1 of 2 audits returned (50.0%); 1 exempt, not counted; 0 moderated by now · 0 of 1 re-audits returned (0.0%)",
        "1 overdue",
    )
    assert (coming.title, coming.due_on) == ("Draw December 2026", date(2026, 11, 24))


@pytest.mark.django_db
def test_a_month_that_is_published_or_paused_is_not_to_be_drawn() -> None:
    factories.case()
    factories.cycle(date(2026, 12, 1), status=CycleStatus.PAUSED, pause_reason="A new system")
    assert everything_that_waits_for(factories.person(Role.QA), TODAY) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "steps"),
    [
        (Role.ADMIN, ["Set up the programme", "Bring in your teams and people"]),
        (Role.QA, ["Bring in your teams and people", "Bring in your cases"]),
        (Role.AUDITOR, []),
    ],
)
def test_a_new_deployment_says_what_comes_first(role: Role, steps: list[str]) -> None:
    person = factories.person(role)

    def first_steps() -> list[str]:
        return [task.title for task in everything_that_waits_for(person, TODAY) if task.group == "First steps"]

    assert first_steps() == steps
    factories.case()
    ProgrammeRules.objects.create(number=2, values={"authority_name": "Wexmoor Council"})
    assert first_steps() == []


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "told"), [(Role.ADMIN, True), (Role.AUDITOR, False)])
def test_mails_that_may_not_have_arrived_wait_for_those_who_look_after_mail(role: Role, told: bool) -> None:
    factories.uncertain_mail()
    waiting = everything_that_waits_for(factories.person(role), TODAY)
    titles = [task.title for task in waiting if task.group != "First steps"]
    assert titles == (["Decide about 1 mail that may not have arrived"] if told else [])


@pytest.mark.django_db
def test_the_home_page_asks_the_same_number_of_queries_at_any_size(
    client: Client, django_assert_max_num_queries: Callable[..., AbstractContextManager[None]]
) -> None:
    everything = factories.person(Role.QA, Role.AUDITOR, Role.MODERATOR, Role.SOCIAL_WORKER, Role.ADMIN)
    client.force_login(everything)
    factories.audit(auditor=everything)
    with CaptureQueriesContext(connection) as few:
        client.get("/")
    for _ in range(8):
        factories.audit(auditor=everything)
    with django_assert_max_num_queries(len(few)):
        client.get("/")
