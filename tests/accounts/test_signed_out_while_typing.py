"""A session ends while somebody types: what they send is not thrown away."""

from datetime import UTC, datetime

import pytest
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Person
from audits.enums import AuditState
from audits.models import Audit, Reflection
from audits.services.forms import ensure_default_form
from tests import factories
from tests.accounts.pages import dangling, read
from tests.clients import as_

pytestmark = pytest.mark.django_db

WORDS = "I kept visiting.\nShe rings me now. <b>"


@pytest.fixture
def worker() -> Person:
    return factories.person(Role.SOCIAL_WORKER)


@pytest.fixture
def audit(worker: Person) -> Audit:
    return factories.audit(worker=worker, state=AuditState.IN_PROGRESS, form_version=ensure_default_form())


def test_what_was_typed_comes_back_and_is_saved_when_it_is_sent_again(worker: Person, audit: Audit) -> None:
    client = Client(enforce_csrf_checks=True)
    client.get(reverse("account_login"))
    address = reverse("audit_reflection", args=[audit.reference])
    token = client.cookies["csrftoken"].value
    answer = client.post(address, {"done_well": WORDS, "version": "0", "csrfmiddlewaretoken": token})

    page = read(answer.content.decode())
    assert answer.status_code == 403
    assert answer["Cache-Control"] == "no-store"
    assert page.one("h1").text == "You are signed out, so this was not saved"
    assert page.one("blockquote").text.startswith("I kept visiting.")
    assert page.one("main").find("b") == []
    assert dangling(page) == set()
    assert not Reflection.objects.exists()

    form = page.one("main").one("form")
    fields = {one.attributes["name"]: one.attributes["value"] for one in form.find("input")}
    client.force_login(worker)
    saved = client.post(form.attributes["action"], fields)
    assert saved.status_code == 302
    assert Reflection.objects.get().done_well.split() == WORDS.split()


def signing_in_again(worker: Person, audit: Audit, **headers: str) -> tuple[Client, HttpResponse]:
    """What is answered to a form with the token from before its writer signed in again in another tab."""
    client = Client(enforce_csrf_checks=True)
    client.get(reverse("account_login"))
    token = client.cookies["csrftoken"].value
    account = {"login": worker.email, "password": factories.PASSWORD, "csrfmiddlewaretoken": token}
    assert client.post(reverse("account_login"), account).status_code == 302
    address = reverse("audit_reflection", args=[audit.reference])
    typed = {"done_well": WORDS, "version": "0", "csrfmiddlewaretoken": token}
    return client, client.post(address, typed, headers=headers)


def test_whoever_signs_in_in_another_tab_gets_back_what_they_send_then(worker: Person, audit: Audit) -> None:
    client, answer = signing_in_again(worker, audit, Origin="http://testserver")
    assert answer.status_code == 403
    form = read(answer.content.decode()).one("main").one("form")
    fields = {one.attributes["name"]: one.attributes["value"] for one in form.find("input")}
    saved = client.post(form.attributes["action"], fields, headers={"Origin": "http://testserver"})
    assert saved.status_code == 302
    assert Reflection.objects.get().done_well.split() == WORDS.split()


@pytest.mark.parametrize("headers", [{"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {}])
def test_what_another_site_sends_is_not_offered_to_be_sent_again(
    worker: Person, audit: Audit, headers: dict[str, str]
) -> None:
    _, answer = signing_in_again(worker, audit, **headers)
    assert answer.status_code == 403
    assert "I kept visiting" not in answer.content.decode()


def test_a_password_is_never_handed_back(worker: Person) -> None:
    answer = Client().post(reverse("account_change_password"), {"oldpassword": "a long one", "note": "some words here"})
    assert "a long one" not in answer.content.decode()


def test_choices_without_a_word_come_back_too(audit: Audit) -> None:
    auditor = audit.allocation.auditor
    client, address = as_(auditor), reverse("audit_details", args=[audit.reference])
    end_sessions()
    answer = client.post(address, {"worker_involvement": "video", "version": str(audit.version)})
    assert answer.status_code == 403
    page = read(answer.content.decode())
    assert page.one("main").find("blockquote") == []
    fields = {one.attributes["name"]: one.attributes["value"] for one in page.one("main").one("form").find("input")}
    client.force_login(auditor)
    client.post(address, fields)
    audit.refresh_from_db()
    assert audit.worker_involvement == "video"


def test_where_nothing_was_typed_one_is_sent_to_the_sign_in_page(client: Client, audit: Audit) -> None:
    answer = client.post(reverse("audit_reflection", args=[audit.reference]), {"check": "worker"})
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


def test_a_page_that_saves_by_itself_is_only_told_because_it_still_holds_the_text(
    worker: Person, client: Client, audit: Audit
) -> None:
    address = reverse("audit_reflection", args=[audit.reference])
    answer = client.post(address, {"done_well": WORDS}, headers={"X-Autosave": str(worker.pk)})
    assert answer.status_code == 401
    assert answer.json() == {"person": None}


def end_sessions() -> None:
    Session.objects.update(expire_date=datetime(2026, 11, 1, tzinfo=UTC))


def test_what_was_typed_in_a_session_that_ended_is_not_saved_by_who_signs_in_next(worker: Person, audit: Audit) -> None:
    client, address = as_(worker), reverse("audit_reflection", args=[audit.reference])
    end_sessions()
    answer = client.post(address, {"done_well": WORDS, "version": "0"})
    form = read(answer.content.decode()).one("main").one("form")
    fields = {one.attributes["name"]: one.attributes["value"] for one in form.find("input")}
    client.force_login(audit.allocation.auditor)
    refused = client.post(address, fields)
    assert refused.status_code == 403
    assert "I kept visiting" not in refused.content.decode()
    assert not Reflection.objects.exists()
    client.force_login(worker)
    assert client.post(address, fields).status_code == 302
    assert Reflection.objects.get().written_by == worker


def test_what_a_page_of_one_person_saves_by_itself_is_never_saved_by_another(worker: Person, audit: Audit) -> None:
    client = as_(audit.allocation.auditor)
    address = reverse("audit_reflection", args=[audit.reference])
    answer = client.post(address, {"done_well": WORDS}, headers={"X-Autosave": str(worker.pk)})
    assert answer.status_code == 403
    assert answer.json() == {"person": audit.allocation.auditor.pk}
    assert not Reflection.objects.exists()


def test_without_the_token_nothing_is_handed_back(audit: Audit) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(reverse("audit_reflection", args=[audit.reference]), {"done_well": WORDS})
    assert answer.status_code == 403
    assert "I kept visiting" not in answer.content.decode()
