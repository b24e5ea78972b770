"""Forms that save by themselves, each by its address: versions, both texts to choose from, what is not saved."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Activity
from audits.enums import AuditKind, AuditState
from audits.models import Audit, Reflection
from tests import factories
from tests.accounts.pages import Element, read
from tests.audits.filling import AT, fill_in
from tests.clients import as_

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Kind:
    """A form: its page, its address to save to, a text field of it, and what it posts beside."""

    page: str
    autosave: str
    field: str
    args: tuple[str, ...] = ()
    beside: tuple[tuple[str, str], ...] = ()
    then: str = "list"

    def url(self, audit: Audit, *, by_itself: bool = False) -> str:
        return reverse(self.autosave if by_itself else self.page, args=[audit.reference, *self.args])

    def fields(self, text: str, version: str = "0", **more: str) -> dict[str, str]:
        return {**dict(self.beside), self.field: text, "version": version, "then": self.then, **more}

    def stored(self, audit: Audit) -> str:
        audit.refresh_from_db()
        match self.page:
            case "audit_section":
                return audit.sections.get(key="planning").comment
            case "audit_details":
                return audit.not_involved_reason
            case "audit_before":
                return audit.what_changed
        return Reflection.objects.get(audit=audit).done_well


KINDS = [
    Kind("audit_section", "audit_section_autosave", "comment", ("planning",)),
    Kind(
        "audit_details",
        "audit_details_autosave",
        "not_involved_reason",
        beside=(("worker_involvement", "not_involved"),),
    ),
    Kind("audit_before", "audit_before_autosave", "what_changed"),
    Kind("audit_reflection", "audit_reflection_autosave", "done_well"),
]
each_kind = pytest.mark.parametrize("kind", KINDS, ids=[kind.page for kind in KINDS])


@pytest.fixture
def audit() -> Audit:
    return factories.audit(
        auditor=factories.person(Role.AUDITOR, name="Avery Auditor"),
        worker=factories.person(Role.SOCIAL_WORKER, name="Wren Worker"),
        kind=AuditKind.REAUDIT,
    )


@pytest.fixture
def browser(audit: Audit):
    return as_(audit.allocation.auditor)


def _version(page: Element) -> str:
    return next(one.attributes["value"] for one in page.find("input") if one.attributes.get("name") == "version")


def versions_in(answer) -> str:
    return read(answer.content.decode()).one("span").attributes["data-saved-version"]


@each_kind
def test_each_save_answers_with_the_version_to_save_next(kind, browser, audit):
    url = kind.url(audit, by_itself=True)
    first = browser.post(url, kind.fields("Once."))
    second = browser.post(url, kind.fields("Once. Twice.", versions_in(first)))
    assert (first.status_code, second.status_code) == (200, 200)
    assert kind.stored(audit) == "Once. Twice."


@each_kind
def test_an_overtaken_save_shows_both_texts_and_stores_neither_over_the_other(kind, browser, audit):
    url = kind.url(audit, by_itself=True)
    browser.post(url, kind.fields("From the laptop."))
    answer = browser.post(url, kind.fields("From the phone."))
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "From the laptop." in text
    assert "From the phone." in text
    assert kind.stored(audit) == "From the laptop."


@each_kind
def test_a_page_that_never_heard_an_answer_follows_its_own_text(kind, browser, audit):
    url = kind.url(audit, by_itself=True)
    unanswered = kind.fields("Once.")
    browser.post(url, unanswered)
    answer = browser.post(url, kind.fields("Once. Twice.", before=urlencode(unanswered)))
    assert answer.status_code == 200
    assert kind.stored(audit) == "Once. Twice."


@each_kind
def test_what_it_never_heard_of_does_not_open_the_way_over_somebody_elses_text(kind, browser, audit):
    url = kind.url(audit, by_itself=True)
    unanswered = kind.fields("Once.")
    saved = browser.post(url, unanswered)
    browser.post(url, kind.fields("From the laptop.", versions_in(saved)))
    answer = browser.post(url, kind.fields("Once. Twice.", before=urlencode(unanswered)))
    assert answer.status_code == 409
    assert kind.stored(audit) == "From the laptop."


@each_kind
@pytest.mark.parametrize(
    ("choice", "kept"), [("mine", "From the phone."), ("theirs", "From the laptop.")], ids=["mine", "theirs"]
)
def test_without_javascript_the_page_of_both_texts_saves_what_was_chosen(kind, choice, kept, browser, audit):
    browser.post(kind.url(audit, by_itself=True), kind.fields("From the laptop."))
    page = browser.post(kind.url(audit), kind.fields("From the phone."))
    assert page.status_code == 409
    shown = read(page.content.decode())
    chosen = {f"keep~{kind.field}": choice}
    browser.post(kind.url(audit), kind.fields("From the phone.", _version(shown), **chosen))
    assert kind.stored(audit) == kept


@each_kind
def test_a_choice_counts_only_for_what_was_seen(kind, browser, audit):
    url = kind.url(audit, by_itself=True)
    first = browser.post(url, kind.fields("From the laptop."))
    seen = _version(read(browser.post(kind.url(audit), kind.fields("From the phone.")).content.decode()))
    browser.post(url, kind.fields("Written since.", versions_in(first)))
    answer = browser.post(kind.url(audit), kind.fields("From the phone.", seen, **{f"keep~{kind.field}": "theirs"}))
    assert answer.status_code == 409
    assert kind.stored(audit) == "Written since."
    assert "From the phone." in answer.content.decode()


@each_kind
def test_what_was_submitted_is_refused_in_words(kind, browser, audit):
    fill_in(audit)
    on = date(2026, 11, 12)
    Audit.objects.filter(pk=audit.pk).update(state=AuditState.SUBMITTED, completed_on=on, submitted_at=AT)
    answer = browser.post(kind.url(audit, by_itself=True), kind.fields("Too late."))
    assert answer.status_code == 422
    assert "has been submitted" in answer.content.decode()


@each_kind
def test_the_page_names_the_address_to_save_to(kind, browser, audit):
    page = read(browser.get(kind.url(audit)).content.decode())
    forms = [form for form in page.find("form") if form.attributes.get("data-autosave")]
    assert [form.attributes["data-autosave"] for form in forms] == [kind.url(audit, by_itself=True)]


def test_a_date_that_is_none_yet_waits_and_the_rest_is_saved(browser, audit):
    url = reverse("audit_details_autosave", args=[audit.reference])
    right = {"audit_on_day": "12", "audit_on_month": "11", "audit_on_year": "2026"}
    browser.post(url, right | {"version": "0"})
    answer = browser.post(url, {"audit_on_day": "45", "worker_involvement": "video", "version": "1"})
    assert "but not everything: The date of audit must include a month and year" in answer.content.decode()
    audit.refresh_from_db()
    assert f"{audit.audit_on:%d %m %Y}" == "12 11 2026"
    assert audit.worker_involvement == "video"


def test_an_empty_box_gives_way_to_what_somebody_else_wrote(audit):
    worker, auditor = as_(audit.participants.get(capacity="worker").person), as_(audit.allocation.auditor)
    url = reverse("audit_reflection_autosave", args=[audit.reference])
    worker.post(url, {"done_well": "I kept visiting.", "version": "0"})
    page = read(auditor.post(url, {"challenges": "Three moves.", "version": "0"}).content.decode())
    checked = {
        one.attributes["name"]: one.attributes["value"] for one in page.find("input") if "checked" in one.attributes
    }
    assert checked == {"keep~done_well": "theirs", "keep~challenges": "mine"}


def test_the_log_says_once_a_sitting_that_the_reflection_was_written(browser, audit):
    url = reverse("audit_reflection_autosave", args=[audit.reference])
    for number in range(3):
        browser.post(url, {"done_well": "word " * (number + 1), "version": str(number)})
    assert Activity.objects.filter(verb="reflection.saved").count() == 1
