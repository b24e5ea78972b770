"""Choosing a password: by a link that is mailed, and where no mail can be sent."""

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.test import Client, override_settings
from django.urls import reverse
from pytest_django import Settings

from accounts.enums import Role
from tests import factories
from tests.accounts.pages import dangling, read

pytestmark = pytest.mark.django_db

ASK = "/account/password/reset/"


@pytest.fixture(autouse=True)
def a_mail_server_and_nothing_counted_yet(settings: Settings) -> None:
    settings.EMAIL_CONFIGURED = True
    cache.clear()


def test_somebody_who_was_brought_in_by_a_file_is_told_how_to_get_a_first_password(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    newcomer = factories.person(Role.AUDITOR)
    newcomer.set_unusable_password()
    newcomer.save()
    sign_in = read(client.get(reverse("account_login")).content.decode())
    assert "for the first time" in sign_in.one("a", href=ASK).text
    client.post(ASK, {"email": newcomer.email})
    assert [mail.to for mail in mailoutbox] == [[newcomer.email]]


def test_where_no_mail_is_sent_nobody_is_told_that_a_link_is_on_its_way(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    with override_settings(EMAIL_CONFIGURED=False):
        page = read(client.get(ASK).content.decode())
    assert "No mail server is set up here" in page.one("main").text
    assert page.find("form") == []
    assert mailoutbox == []


def test_a_mail_server_that_cannot_be_reached_is_said_at_the_address(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(mail: EmailMessage) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailMessage, "send", refuse)
    page = read(client.post(ASK, {"email": factories.person(Role.AUDITOR).email}).content.decode())
    assert page.one("title").text == "Error: Choose a password – Case Audit"
    assert page.one(class_="govuk-error-summary").one("a", href="#id_email").text == (
        "The mail server cannot be reached. Try again in a few minutes"
    )
    assert dangling(page) == set()


def test_whoever_is_signed_in_finds_the_page_to_change_their_password(client: Client) -> None:
    client.force_login(factories.person(Role.LEADERSHIP))
    page = read(client.get("/").content.decode())
    address = reverse("account_change_password")
    assert page.one("a", href=address).text == "Change your password"
    answer = client.post(address, {"oldpassword": "not it", "password1": "nine wet otters", "password2": "nine otters"})
    assert "This is not your current password" in read(answer.content.decode()).one(class_="govuk-error-summary").text


def test_whoever_has_no_password_yet_is_led_to_where_one_is_chosen(client: Client) -> None:
    newcomer = factories.person(Role.LEADERSHIP)
    newcomer.set_unusable_password()
    newcomer.save()
    client.force_login(newcomer)
    answer = client.get(reverse("account_change_password"), follow=True)
    assert answer.redirect_chain == [(ASK, 302)]
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda client, email: client.post(ASK, {"email": email}), "Wait five minutes"),
        (
            lambda client, email: client.post("/account/sign-in/", {"login": email, "password": "guess"}),
            "The password was wrong too often. Wait five minutes",
        ),
    ],
    ids=["asking for links", "guessing passwords"],
)
def test_too_many_tries_are_stopped_in_plain_words(
    client: Client, ask: Callable[[Client, str], object], said: str
) -> None:
    email = factories.person(Role.AUDITOR).email
    for _ in range(6):
        answer = ask(client, email)
    page = read(answer.content.decode())
    assert said in page.one("main").text
    assert len(page.find("h1")) == 1
