"""The pages: who gets in, what they find, and what happens to what they type."""

import json

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Activity
from reporting.models import Report
from reporting.narrative import HIGHLIGHT_CHAPTERS
from reporting.services import reports
from reporting.task_list import tasks_for
from tests import factories
from tests.reporting.makers import NOW, TODAY, completed, month, october_report

pytestmark = pytest.mark.django_db


@pytest.fixture
def qa():
    return factories.person(Role.QA)


@pytest.fixture
def signed_in(client):
    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


def page(name, *args):
    return reverse(name, args=args)


CHAPTER = ("report_chapter", "highlight-2026-10", "programme")


# -- Who gets in ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "draft", "published"),
    [
        (Role.QA, 200, 200),
        (Role.LEADERSHIP, 404, 200),
        (Role.AUDITOR, 404, 200),
        (Role.SOCIAL_WORKER, 404, 200),
        (Role.ADMIN, 403, 403),
    ],
)
def test_drafts_are_qas_and_published_reports_everybodys_who_reads_reports(signed_in, qa, role, draft, published):
    report = october_report(qa)
    browser = signed_in(factories.person(role))
    addresses = [page("report_detail", report.slug), page("report_file", report.slug, "pdf")]
    assert [browser.get(address).status_code for address in addresses] == [draft, draft]
    reports.publish(report=report, by=qa, at=NOW)
    assert [browser.get(address).status_code for address in addresses] == [published, published]


@pytest.mark.parametrize(
    ("role", "ending", "status"),
    [
        (Role.QA, "json", 200),
        (Role.QA, "csv", 200),
        (Role.LEADERSHIP, "json", 403),
        (Role.LEADERSHIP, "csv", 403),
        (Role.LEADERSHIP, "html", 200),
        (Role.QA, "docx", 404),
    ],
)
def test_figures_in_which_nothing_is_hidden_are_for_qa(signed_in, qa, role, ending, status):
    reports.publish(report=october_report(qa), by=qa, at=NOW)
    answer = signed_in(factories.person(role)).get(page("report_file", "highlight-2026-10", ending))
    assert answer.status_code == status


@pytest.mark.parametrize("name", ["report_write", "report_recommendations", "report_publish"])
def test_only_qa_writes(signed_in, qa, name):
    october_report(qa)
    assert signed_in(factories.person(Role.LEADERSHIP)).get(page(name, "highlight-2026-10")).status_code == 403
    assert signed_in(qa).get(page(name, "highlight-2026-10")).status_code == 200


def test_reading_and_downloading_are_in_the_activity_log(signed_in, qa):
    october_report(qa)
    browser = signed_in(qa)
    browser.get(page("report_detail", "highlight-2026-10"))
    browser.get(page("report_file", "highlight-2026-10", "json"))
    logged = Activity.objects.filter(actor=qa, thing_ref="highlight-2026-10").values_list("verb", flat=True)
    assert {"report.read", "report.downloaded"} <= set(logged)


# -- From start to publication -------------------------------------------------------------------


def test_qa_takes_a_report_from_start_to_publication(signed_in, qa):
    completed(month(10), "good", {"Planning": "good"})
    browser = signed_in(qa)
    answer = browser.post(page("report_start"), {"first": "2026-10-01", "last": ""})
    assert answer.url == page("report_write", "highlight-2026-10")

    seen = browser.get(page(*CHAPTER)).context["form"]["seen"].value()
    browser.post(page(*CHAPTER), {"seen": seen, "introduction": "We audited one case."})
    browser.post(
        page("report_recommendations", "highlight-2026-10"),
        {
            "form-TOTAL_FORMS": "3",
            "form-INITIAL_FORMS": "0",
            "seen": reports.seen([]),
            "form-1-text": "Write plans with the family.",
            "form-1-owner": "Team managers",
            "form-1-due_on_day": "31",
            "form-1-due_on_month": "1",
            "form-1-due_on_year": "2027",
        },
    )
    preview = browser.get(page("report_detail", "highlight-2026-10")).content.decode()
    for words in ("We audited one case.", "Write plans with the family.", "31 January 2027", "100.0%"):
        assert words in preview

    answer = browser.post(page("report_publish", "highlight-2026-10"), follow=True)
    assert "The report is published as number 1" in answer.content.decode()
    pdf = browser.get(page("report_file", "highlight-2026-10", "pdf"))
    assert pdf["Content-Disposition"] == 'attachment; filename="highlight-2026-10.pdf"'
    assert pdf.content == bytes(Report.objects.get().pdf)
    told = json.loads(browser.get(page("report_file", "highlight-2026-10", "json")).content)
    assert told == json.loads(Report.objects.get().figures)


def test_a_month_that_has_a_report_already_is_refused_in_the_page(signed_in, qa):
    october_report(qa)
    answer = signed_in(qa).post(page("report_start"), {"first": "2026-10-01", "last": ""})
    assert answer.status_code == 422
    assert "There is already a highlight report for October 2026" in answer.content.decode()


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"first": ""}, "Select the month of the report"),
        ({"first": "2019-01-01"}, "Select a valid choice"),
        ({"first": "2026-10-01", "last": "2026-09-01"}, "must not be before the first"),
    ],
)
def test_a_period_that_makes_no_sense_is_refused_in_the_page(signed_in, qa, chosen, words):
    completed(month(9))
    completed(month(10))
    answer = signed_in(qa).post(page("report_start"), chosen)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_before_the_first_audit_the_page_says_what_to_do(signed_in, qa):
    shown = signed_in(qa).get(page("report_start")).content.decode()
    assert reverse("import_upload", args=["audits"]) in shown
    assert reverse("cycle_list") in shown


def test_a_chapter_changed_meanwhile_shows_both_texts(signed_in, qa):
    report = october_report(qa)
    browser = signed_in(qa)
    seen = browser.get(page(*CHAPTER)).context["form"]["seen"].value()
    chapter = next(chapter for chapter in HIGHLIGHT_CHAPTERS if chapter.key == "programme")
    texts = {"introduction": "Theirs."}
    reports.save_chapter(report=report, chapter=chapter, texts=texts, seen_before=seen, by=qa, at=NOW)

    answer = browser.post(page(*CHAPTER), {"seen": seen, "introduction": "Mine."})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Theirs." in html
    assert "Mine." in html
    newer = answer.context["form"]["seen"].value()
    browser.post(page(*CHAPTER), {"seen": newer, "introduction": "Both of us."})
    assert Report.objects.get().narrative["introduction"] == "Both of us."


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"form-0-owner": "Somebody"}, "Enter what needs to happen"),
        ({"form-0-text": "Act.", "form-0-due_on_day": "31", "form-0-due_on_month": "2", "form-0-due_on_year": "2027"},
         "must be a real date"),
    ],
)  # fmt: skip
def test_a_half_filled_recommendation_is_sent_back_with_what_was_typed(signed_in, qa, typed, words):
    october_report(qa)
    data = {"form-TOTAL_FORMS": "3", "form-INITIAL_FORMS": "0", "seen": reports.seen([]), **typed}
    answer = signed_in(qa).post(page("report_recommendations", "highlight-2026-10"), data)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "<title>Error: " in html
    assert words in html
    assert next(iter(typed.values())) in html


def test_an_overlong_text_is_refused_and_kept_in_the_box(signed_in, qa):
    october_report(qa)
    seen = reports.seen({"introduction": ""})
    answer = signed_in(qa).post(page(*CHAPTER), {"seen": seen, "introduction": "a" * 20_001})
    assert answer.status_code == 422
    assert "Shorten the text to 20,000 characters" in answer.content.decode()


@pytest.mark.parametrize("key", ["programme", "practice", "judgements", "themes", "feedback", "reflection", "contact"])
def test_every_chapter_has_its_page(signed_in, qa, key):
    october_report(qa)
    answer = signed_in(qa).get(page("report_chapter", "highlight-2026-10", key))
    assert answer.status_code == 200


def test_an_unknown_chapter_is_not_there(signed_in, qa):
    october_report(qa)
    assert signed_in(qa).get(page("report_chapter", "highlight-2026-10", "nonsense")).status_code == 404


@pytest.mark.parametrize("name", ["report_write", "report_recommendations", "report_publish"])
def test_the_writing_pages_of_a_published_report_lead_to_the_report(signed_in, qa, name):
    reports.publish(report=october_report(qa), by=qa, at=NOW)
    answer = signed_in(qa).get(page(name, "highlight-2026-10"))
    assert (answer.status_code, answer.url) == (302, page("report_detail", "highlight-2026-10"))


def test_pages_have_no_inline_style_or_script(signed_in, qa):
    october_report(qa)
    html = signed_in(qa).get(page("report_detail", "highlight-2026-10")).content.decode()
    assert " style=" not in html
    assert "<style" not in html


# -- The home page -------------------------------------------------------------------------------


def test_a_new_report_waits_for_its_readers_until_they_have_opened_it(signed_in, qa):
    reader = factories.person(Role.LEADERSHIP)
    report = october_report(qa)
    assert tasks_for(reader, TODAY) == []
    reports.publish(report=report, by=qa, at=NOW)
    assert [task.title for task in tasks_for(reader, TODAY)] == ["Read the highlight report for October 2026"]
    signed_in(reader).get(page("report_detail", report.slug))
    assert tasks_for(reader, TODAY) == []


def test_a_draft_waits_for_qa(qa):
    october_report(qa)
    assert [task.title for task in tasks_for(qa, TODAY)] == ["Write the highlight report for October 2026"]
