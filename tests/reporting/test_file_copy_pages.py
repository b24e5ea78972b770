"""Who reaches the documents of an audit, and what its pages and mails say of them."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Activity, OutgoingMail, Person
from audits.enums import AuditState, Stage
from audits.models import Audit, AuditCopy, CaseAccess
from audits.services.file_copies import freeze
from config.sweep import sweep
from moderation.services.discussions import save_draft, sign_off
from reporting.models import AuditDocument
from tests.accounts.pages import dangling, read
from tests.at_once import at_once
from tests.moderation import stage2

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture
def who() -> stage2.People:
    return stage2.people()


@pytest.fixture
def audit(who: stage2.People) -> Audit:
    made = stage2.submitted_audit(who)
    freeze(audit=made, stage=Stage.ONE, at=stage2.SUBMITTED_AT)
    return made


def signed_off(who: stage2.People, audit: Audit) -> Audit:
    moderation = stage2.moderation(audit, who.max)
    version = save_draft(moderation=moderation, posted=stage2.agreeing(audit), version=0, by=who.max, at=stage2.HELD_AT)
    assert sign_off(moderation=moderation, version=version, by=who.max, at=stage2.HELD_AT)
    return Audit.objects.get(pk=audit.pk)


def ask(person: Person, audit: Audit, number: int = 1, ending: str = "pdf"):
    client = Client()
    client.force_login(person)
    return client.get(reverse("audit_document", args=[audit.reference, number, ending]))


READERS = {"sam": 200, "pat": 200, "auditor": 200, "qa": 200, "outsider": 404, "mia": 404, "director": 404}


@pytest.mark.parametrize("name", READERS)
def test_a_document_is_read_by_whoever_reads_the_submitted_audit(name: str, who, audit: Audit) -> None:
    assert ask(getattr(who, name), audit).status_code == READERS[name]


@pytest.mark.parametrize("name", [*READERS, "named auditor"])
def test_of_a_restricted_record_only_those_whose_case_it_is_and_those_named(name: str, who, audit: Audit) -> None:
    case = audit.allocation.case
    case.restricted = True
    case.save()
    person = getattr(who, name.removeprefix("named "))
    if name.startswith("named "):
        CaseAccess.objects.create(case=case, person=person, granted_by=who.qa, granted_at=AT)
    allowed = {"sam", "pat", "named auditor"}
    assert ask(person, audit).status_code == (200 if name in allowed else 404)
    page = Client()
    page.force_login(person)
    listed = page.get(reverse("audit_documents", args=[audit.reference]))
    assert listed.status_code == (200 if name in allowed else 404)
    shown = page.get(reverse("audit_view", args=[audit.reference]), follow=True).content.decode()
    assert ("Documents for the child’s file" in shown) is (name in allowed)


def test_the_auditor_of_a_restricted_record_does_not_read_its_number_in_a_document(who, audit: Audit) -> None:
    audit.allocation.case.restricted = True
    audit.allocation.case.save()
    assert ask(who.auditor, audit).status_code == 404


@pytest.mark.parametrize(
    ("number", "ending"), [(2, "pdf"), (0, "pdf"), (1, "html"), (1, "json"), (1, "PDF"), (99999999, "pdf")]
)
def test_what_there_is_not_is_not_found(number: int, ending: str, who, audit: Audit) -> None:
    assert ask(who.qa, audit, number, ending).status_code == 404


@pytest.mark.parametrize("ending", ["pdf", "docx"])
def test_a_file_has_a_neutral_name_and_is_never_guessed_at_or_cached(ending: str, who, audit: Audit) -> None:
    response = ask(who.sam, audit, ending=ending)
    assert response["Content-Disposition"] == f'attachment; filename="{audit.reference}-1.{ending}"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]
    assert audit.allocation.case.case_id not in str(response.headers)


def test_each_reading_is_in_the_activity_log_without_the_child(who, audit: Audit) -> None:
    ask(who.sam, audit)
    ask(who.outsider, audit)
    read_by = Activity.objects.filter(verb="audit.document_read")
    assert [(one.actor, one.thing_ref) for one in read_by] == [(who.sam, audit.reference)]
    assert read_by.get().summary == f"{audit.reference}-1.pdf was downloaded"


def test_after_stage_two_both_copies_are_listed_and_the_first_still_reads(who, audit: Audit) -> None:
    first = AuditCopy.objects.get().content
    audit = signed_off(who, audit)
    assert [copy.stage for copy in AuditCopy.objects.order_by("number")] == [Stage.ONE, Stage.TWO]
    assert AuditCopy.objects.get(number=1).content == first
    client = Client()
    client.force_login(who.sam)
    for name in ("audit_view", "moderation_detail", "audit_documents"):
        page = client.get(reverse(name, args=[audit.reference])).content.decode()
        for number in (1, 2):
            for ending in ("pdf", "docx"):
                assert reverse("audit_document", args=[audit.reference, number, ending]) in page
        assert dangling(read(page)) == set()
    assert ask(who.sam, audit, 1).status_code == 200
    assert ask(who.sam, audit, 2).status_code == 200


def test_the_copy_of_stage_two_holds_the_discussion_but_not_why_somebody_stayed_away(who, audit: Audit) -> None:
    signed_off(who, audit)
    content = AuditCopy.objects.get(number=2).content
    assert "The child goes to school again." in content
    assert "Steady visits." in content
    assert "Max Moderator" in content
    assert "Off sick" not in content


def test_the_page_shows_the_hash_of_a_file_once_it_is_made(who, audit: Audit) -> None:
    client = Client()
    client.force_login(who.qa)
    url = reverse("audit_documents", args=[audit.reference])
    assert "made when they are first asked for" in client.get(url).content.decode()
    ask(who.qa, audit)
    page = client.get(url).content.decode()
    made = AuditDocument.objects.get()
    assert made.pdf_sha256 in page
    assert made.docx_sha256 in page
    assert AuditCopy.objects.get().sha256 in page


def test_a_file_that_was_changed_where_it_is_stored_is_not_shown_and_the_page_says_so(who, audit: Audit) -> None:
    ask(who.qa, audit)
    AuditDocument.objects.update(pdf=b"something else")
    answer = ask(who.qa, audit)
    assert answer.status_code == 410
    assert "no longer the one that was made" in answer.content.decode()
    assert b"something else" not in answer.content


def test_while_an_audit_is_back_with_its_auditor_only_they_read_its_copies(who, audit: Audit) -> None:
    Audit.objects.filter(pk=audit.pk).update(state=AuditState.IN_PROGRESS)
    assert ask(who.auditor, audit).status_code == 200
    assert ask(who.sam, audit).status_code == 404
    assert ask(who.qa, audit).status_code == 404


def test_an_audit_from_a_file_says_that_it_has_no_copies(who) -> None:
    past = stage2.submitted_audit(who, imported=True)
    client = Client()
    client.force_login(who.qa)
    page = client.get(reverse("audit_documents", args=[past.reference])).content.decode()
    assert "This audit was brought in from a file" in page
    audit_page = client.get(reverse("audit_view", args=[past.reference])).content.decode()
    assert "Documents for the child" not in audit_page


def test_the_mails_of_both_stages_lead_to_the_documents_and_say_nothing_of_the_child(who, audit: Audit) -> None:
    signed_off(who, audit)
    mails = OutgoingMail.objects.filter(rule="audit.signed_off")
    assert who.sam in [mail.person for mail in mails]
    for mail in mails:
        assert "Documents for the child’s file" in mail.body
        assert reverse("audit_detail", args=[audit.reference]) in mail.body
        assert audit.allocation.case.case_id not in mail.subject + mail.body
        assert "school again" not in mail.body


def test_the_sweep_makes_the_documents_after_the_mails(who, audit: Audit) -> None:
    signed_off(who, audit)
    sweep(stage2.HELD_AT)
    assert AuditDocument.objects.filter(copy__number=2).count() == 1


def test_the_sweep_keeps_both_copies_of_what_was_signed_off_before_in_their_order(who, audit: Audit) -> None:
    signed_off(who, audit)
    AuditCopy.objects.all()._raw_delete(using="default")
    sweep(AT)
    sweep(AT)
    copies = AuditCopy.objects.order_by("number")
    assert [(copy.number, copy.stage, copy.made_at) for copy in copies] == [(1, Stage.ONE, AT), (2, Stage.TWO, AT)]
    assert "school again" not in copies[0].content
    assert "school again" in copies[1].content
    sweep(AT)
    assert AuditCopy.objects.count() == 2


def test_an_audit_submitted_before_copies_were_kept_gets_both_in_their_order_when_it_is_signed_off(who, audit) -> None:
    AuditCopy.objects.all()._raw_delete(using="default")
    signed_off(who, audit)
    first, second = AuditCopy.objects.order_by("number")
    assert (first.stage, second.stage) == (Stage.ONE, Stage.TWO)
    assert "school again" not in first.content


@pytest.mark.django_db(transaction=True)
def test_copies_frozen_at_once_get_numbers_of_their_own(who, audit: Audit) -> None:
    def again() -> int:
        return freeze(audit=Audit.objects.get(pk=audit.pk), stage=Stage.ONE, at=AT).number

    assert sorted(at_once(again, again, again), key=str) == [2, 3, 4]


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_for_a_document_at_once_get_the_same_file(who, audit: Audit) -> None:
    first, second = at_once(lambda: ask(who.sam, audit).content, lambda: ask(who.pat, audit).content)
    assert first == second
    assert AuditDocument.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_keep_one_copy(who, audit: Audit) -> None:
    AuditCopy.objects.all()._raw_delete(using="default")
    at_once(lambda: sweep(AT), lambda: sweep(AT))
    sweep(AT)
    assert AuditCopy.objects.filter(stage=Stage.ONE).count() == 1
