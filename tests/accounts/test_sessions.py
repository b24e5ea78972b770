"""A session ends when nothing is done for an hour; everything that is asked for moves its end on."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Person
from tests import factories
from tests.clients import as_

pytestmark = pytest.mark.django_db

HOUR = 60 * 60


@pytest.fixture
def auditor() -> Person:
    return factories.person(Role.AUDITOR)


@pytest.fixture
def browser(auditor: Person) -> Client:
    return as_(auditor)


def leave(seconds: int) -> None:
    """So many seconds are left of every session."""
    Session.objects.update(expire_date=timezone.now() + timedelta(seconds=seconds))


def seconds_left(browser: Client) -> int:
    return browser.get(reverse("session_state")).json()["seconds"]


def test_a_session_lasts_an_hour(browser: Client) -> None:
    assert HOUR - 10 < seconds_left(browser) <= HOUR


def test_opening_a_page_moves_the_end_on(browser: Client) -> None:
    leave(300)
    browser.get(reverse("message_list"))
    assert seconds_left(browser) > HOUR - 10


def test_saying_that_somebody_is_there_moves_the_end_on(browser: Client, auditor: Person) -> None:
    leave(100)
    answer = browser.post(reverse("session_extend")).json()
    assert answer["person"] == auditor.pk
    assert answer["seconds"] > HOUR - 10


def test_asking_how_long_is_left_moves_nothing(browser: Client) -> None:
    leave(300)
    assert 290 < seconds_left(browser) <= 300
    assert 290 < seconds_left(browser) <= 300


def test_the_end_is_moved_on_at_most_once_a_minute(browser: Client, django_assert_num_queries) -> None:
    leave(HOUR - 61)
    with django_assert_num_queries(3):  # the session, the person, the new end
        browser.post(reverse("session_extend"))
    with django_assert_num_queries(2):
        browser.post(reverse("session_extend"))


def test_a_session_that_has_run_out_is_over(browser: Client) -> None:
    leave(-1)
    assert browser.get(reverse("session_state")).json() == {"person": None, "seconds": 0}
    assert browser.post(reverse("session_extend")).status_code == 302
    assert browser.post(reverse("session_extend"), headers={"X-Autosave": "1"}).status_code == 401


def test_moving_the_end_on_does_not_touch_what_the_session_holds(browser: Client) -> None:
    leave(300)
    before = Session.objects.get().session_data
    browser.post(reverse("session_extend"))
    assert Session.objects.get().session_data == before
