"""Signing in and out, and the pages that say what went wrong."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse
from django.views.csrf import csrf_failure
from django.views.defaults import bad_request, page_not_found, permission_denied, server_error

from accounts.enums import Role
from accounts.models import Person
from tests import factories
from tests.accounts.pages import dangling, read

pytestmark = pytest.mark.django_db


def post_sign_in(client: Client, person: Person, password: str = factories.PASSWORD) -> Any:
    return client.post(reverse("account_login"), {"login": person.email.upper(), "password": password})


def test_a_person_signs_in_with_their_address_and_signs_out_again(client: Client) -> None:
    person = factories.person(Role.AUDITOR, name="Maya Okafor")
    assert post_sign_in(client, person)["Location"] == reverse("home")
    page = read(client.get(reverse("message_list")).content.decode())
    assert page.one(class_="app-header__name").text == "Maya Okafor"
    assert page.find(class_="govuk-notification-banner") == []
    client.post(reverse("account_logout"))
    assert client.get(reverse("message_list")).status_code == 302


def test_a_wrong_password_is_said_without_saying_which_of_the_two_was_wrong(client: Client) -> None:
    person = factories.person(Role.AUDITOR)
    known = read(post_sign_in(client, person, "wrong").content.decode())
    person.email = "nobody@authority.example"
    unknown = read(post_sign_in(client, person, "wrong").content.decode())
    for page in (known, unknown):
        assert page.one("title").text == "Error: Sign in – Case Audit"
        assert dangling(page) == set()
    assert known.one(class_="govuk-error-summary").text == unknown.one(class_="govuk-error-summary").text


def test_somebody_who_has_left_cannot_sign_in(client: Client) -> None:
    left = factories.person(Role.QA, is_active=False)
    page = read(client.get(post_sign_in(client, left)["Location"]).content.decode())
    assert page.one("h1").text == "This account is closed"
    assert client.get(reverse("message_list")).status_code == 302


def test_somebody_who_leaves_while_signed_in_is_out_at_once(client: Client) -> None:
    person = factories.person(Role.QA)
    client.force_login(person)
    Person.objects.filter(pk=person.pk).update(is_active=False)
    assert client.get(reverse("message_list")).status_code == 302


def test_a_forgotten_password_is_replaced_through_a_link_that_works_once(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    person = factories.person(Role.AUDITOR)
    asked = client.post(reverse("account_reset_password"), {"email": person.email})
    assert asked["Location"] == reverse("account_reset_password_done")
    (sent,) = mailoutbox
    assert (sent.to, sent.subject) == ([person.email], "Choose a new password for Case Audit")
    (link,) = [line for line in str(sent.body).splitlines() if line.startswith("http")]
    form_address = client.get(link)["Location"]
    page = read(client.get(form_address).content.decode())
    assert dangling(page) == set()
    new = "nine wet otters in a row"
    weak = read(client.post(form_address, {"password1": "otters", "password2": "otters"}).content.decode())
    assert weak.one(class_="govuk-error-summary").one("a", href="#id_password1")
    client.post(form_address, {"password1": new, "password2": new})
    assert post_sign_in(client, person, new)["Location"] == reverse("home")
    assert read(Client().get(link).content.decode()).one("h1").text == "This link no longer works"


def test_asking_for_an_unknown_address_looks_the_same_and_sends_nothing(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    asked = client.post(reverse("account_reset_password"), {"email": "nobody@authority.example"})
    assert asked["Location"] == reverse("account_reset_password_done")
    assert mailoutbox == []


@pytest.mark.parametrize("name", ["account_login", "account_reset_password", "account_reset_password_done"])
def test_pages_before_signing_in_are_whole(client: Client, name: str) -> None:
    page = read(client.get(reverse(name)).content.decode())
    assert dangling(page) == set()
    assert page.one("html").attributes["lang"] == "en-GB"
    assert len(page.find("h1")) == 1
    assert page.find("nav", aria_label="Menu") == []


@pytest.mark.parametrize("name", ["account_change_password", "account_logout", "account_reauthenticate"])
def test_pages_about_ones_own_account_are_whole(client: Client, name: str) -> None:
    client.force_login(factories.person(Role.AUDITOR))
    page = read(client.get(reverse(name)).content.decode())
    assert dangling(page) == set()
    assert len(page.find("h1")) == 1


def test_demonstration_accounts_are_listed_only_where_there_are_any(client: Client) -> None:
    accounts = [{"name": "Maya Okafor", "role": "Auditor", "email": "maya@authority.example"}]
    form = client.get(reverse("account_login")).context["form"]
    shown = {"form": form, "demo_accounts": accounts, "demo_password": "an invented password"}
    page = read(render_to_string("account/login.html", shown))
    assert dangling(page) == set()
    assert page.one("tbody").one("input", name="login").attributes["value"] == "maya@authority.example"
    assert page.one("tbody").one("button").text == "Sign in as Maya Okafor, Auditor"
    assert "Demonstration" not in read(render_to_string("account/login.html", {"form": form})).text


def request() -> HttpRequest:
    return RequestFactory().get("/nowhere/")


@pytest.mark.parametrize(
    ("respond", "status", "heading"),
    [
        (lambda: bad_request(request(), ValueError()), 400, "That did not work"),
        (lambda: permission_denied(request(), PermissionError()), 403, "You cannot open this page"),
        (lambda: csrf_failure(request()), 403, "Please send that again"),
        (lambda: page_not_found(request(), LookupError()), 404, "Page not found"),
        (lambda: server_error(request()), 500, "Something went wrong"),
    ],
)
def test_what_went_wrong_is_said_in_plain_words(respond: Callable[[], HttpResponse], status: int, heading: str) -> None:
    answer = respond()
    page = read(answer.content.decode())
    assert answer.status_code == status
    assert page.one("h1").text == heading
    assert page.one("title").text == f"{heading} – Case Audit"


def test_no_page_carries_an_inline_script_or_style(client: Client) -> None:
    client.force_login(factories.person(Role.QA, Role.ADMIN))
    for name in ("message_list", "person_list", "mail_list", "activity_list"):
        response = client.get(reverse(name))
        page = read(response.content.decode())
        assert [one for one in page.find("script") if "src" not in one.attributes] == []
        assert [one for one in page.find() if one.tag == "style" or "style" in one.attributes] == []
        assert "default-src 'self'" in response["Content-Security-Policy"]
        assert "unsafe" not in response["Content-Security-Policy"]
