"""The home page: what waits for a person, whichever floor it comes from."""

from datetime import date

import pytest
from django.test import Client

from accounts.enums import Role
from accounts.task_list import Task
from config.views import as_row, due_in_words
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
