"""Starting, writing and publishing: who may, what is refused, and that nothing is lost or changed afterwards."""

import hashlib
import json
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from accounts.enums import Role
from accounts.errors import StaleVersion, UserError
from accounts.models import Activity
from reporting.documents import highlight_of_report
from reporting.highlight import RecommendationLine
from reporting.models import Report
from reporting.narrative import HIGHLIGHT_CHAPTERS
from reporting.rules.periods import Period
from reporting.services import reports
from tests import factories
from tests.reporting.makers import NOW, OCTOBER, TODAY, completed, month, october_report

pytestmark = pytest.mark.django_db

INTRODUCTION, PRACTICE = HIGHLIGHT_CHAPTERS[0], HIGHLIGHT_CHAPTERS[1]
ALL_ROLES_BUT_QA = [role for role in Role if role is not Role.QA]


@pytest.fixture
def qa():
    return factories.person(Role.QA)


def write(report, by, text="We audited thirty cases.", seen_before=None):
    mark = reports.seen(reports.chapter_texts(report, INTRODUCTION)) if seen_before is None else seen_before
    reports.save_chapter(
        report=report, chapter=INTRODUCTION, texts={"introduction": text}, seen_before=mark, by=by, at=NOW
    )


# -- Starting ------------------------------------------------------------------------------------


def test_qa_starts_the_report_of_a_month_that_has_audits(qa):
    report = october_report(qa)
    assert (report.slug, report.name, report.is_published) == ("highlight-2026-10", "October 2026", False)
    assert Activity.objects.get(verb="report.started").thing_ref == "highlight-2026-10"


def test_a_report_of_several_cycles_is_named_by_both_ends(qa):
    completed(month(9))
    report = reports.start_report(period=Period(date(2026, 8, 1), date(2026, 10, 1)), by=qa, at=NOW)
    assert (report.slug, report.name) == ("highlight-2026-08-to-2026-10", "August to October 2026")


def test_a_month_with_neither_allocations_nor_audits_has_no_report(qa):
    month(10)
    with pytest.raises(UserError, match="No audits were allocated or completed in 2026-10"):
        reports.start_report(period=OCTOBER, by=qa, at=NOW)
    assert not Report.objects.exists()


def test_a_month_has_one_report(qa):
    october_report(qa)
    with pytest.raises(UserError, match="There is already a highlight report for October 2026"):
        reports.start_report(period=OCTOBER, by=qa, at=NOW)


@pytest.mark.parametrize("role", ALL_ROLES_BUT_QA)
def test_nobody_but_qa_starts_writes_or_publishes(role, qa):
    report = october_report(qa)
    somebody = factories.person(role)
    with pytest.raises(PermissionDenied):
        reports.start_report(period=Period(date(2026, 9, 1), date(2026, 9, 1)), by=somebody, at=NOW)
    with pytest.raises(PermissionDenied):
        write(report, somebody)
    with pytest.raises(PermissionDenied):
        reports.save_recommendations(report=report, lines=[], seen_before="", by=somebody, at=NOW)
    with pytest.raises(PermissionDenied):
        reports.publish(report=report, by=somebody, at=NOW)


# -- Writing -------------------------------------------------------------------------------------


def test_what_is_written_is_kept_and_logged(qa):
    report = october_report(qa)
    write(report, qa, "  One.\r\n\r\nTwo.  ")
    report.refresh_from_db()
    assert report.narrative["introduction"] == "One.\n\nTwo."
    assert Activity.objects.get(verb="report.written").summary == "“Introduction” of October 2026 was written"


def test_saving_the_same_text_again_changes_nothing(qa):
    report = october_report(qa)
    write(report, qa)
    write(report, qa, seen_before="an old mark")
    report.refresh_from_db()
    assert report.version == 1


def test_a_text_that_another_changed_meanwhile_is_not_overwritten(qa):
    report = october_report(qa)
    opened = reports.seen(reports.chapter_texts(report, INTRODUCTION))
    write(report, factories.person(Role.QA), "Theirs.", seen_before=opened)
    with pytest.raises(StaleVersion, match="Somebody else has changed “Introduction”"):
        write(report, qa, "Mine.", seen_before=opened)
    report.refresh_from_db()
    assert report.narrative["introduction"] == "Theirs."


def test_two_people_write_different_chapters_at_once(qa):
    report = october_report(qa)
    opened = reports.seen(reports.chapter_texts(report, PRACTICE))
    write(report, qa, "Introduction.")
    reports.save_chapter(
        report=report, chapter=PRACTICE, texts={"practice": "Practice."}, seen_before=opened, by=qa, at=NOW
    )
    report.refresh_from_db()
    assert (report.narrative["introduction"], report.narrative["practice"]) == ("Introduction.", "Practice.")


def test_a_save_takes_only_the_boxes_of_its_chapter(qa):
    report = october_report(qa)
    mark = reports.seen(reports.chapter_texts(report, INTRODUCTION))
    texts = {"introduction": "Text.", "practice": "Smuggled.", "anything": "Smuggled."}
    reports.save_chapter(report=report, chapter=INTRODUCTION, texts=texts, seen_before=mark, by=qa, at=NOW)
    report.refresh_from_db()
    assert set(report.narrative) == {"introduction"}


def test_recommendations_keep_their_order_and_replace_what_was_there(qa):
    report = october_report(qa)
    first = RecommendationLine("Train in one tool.", "Head of service", date(2027, 1, 31))
    second = RecommendationLine("Name a hypothesis.", "Team managers", is_standard=True)
    reports.save_recommendations(report=report, lines=[first, second], seen_before=reports.seen([]), by=qa, at=NOW)
    assert reports.recommendation_lines(report) == [first, second]
    reports.save_recommendations(
        report=report, lines=[second], seen_before=reports.seen([first, second]), by=qa, at=NOW
    )
    assert reports.recommendation_lines(report) == [second]


def test_recommendations_that_another_changed_meanwhile_are_not_overwritten(qa):
    report = october_report(qa)
    theirs, mine = RecommendationLine("Theirs."), RecommendationLine("Mine.")
    reports.save_recommendations(report=report, lines=[theirs], seen_before=reports.seen([]), by=qa, at=NOW)
    with pytest.raises(StaleVersion):
        reports.save_recommendations(report=report, lines=[mine], seen_before=reports.seen([]), by=qa, at=NOW)
    assert reports.recommendation_lines(report) == [theirs]


# -- Publishing ----------------------------------------------------------------------------------


def test_publishing_freezes_figures_text_and_pdf_under_a_number(qa):
    report = october_report(qa)
    write(report, qa)
    published = reports.publish(report=report, by=qa, at=NOW)
    assert (published.number, published.published_by, published.published_on) == (1, qa, date(2026, 11, 21))
    assert json.loads(published.figures)["judgements"][-1]["n"] == 1
    assert bytes(published.pdf).startswith(b"%PDF")
    assert published.sha256 == hashlib.sha256(bytes(published.pdf)).hexdigest()
    assert Activity.objects.filter(verb="report.published").count() == 1


def test_published_twice_it_is_published_once(qa):
    report = october_report(qa)
    first = reports.publish(report=report, by=qa, at=NOW)
    again = reports.publish(report=report, by=factories.person(Role.QA), at=NOW)
    assert (again.number, again.sha256, again.published_by) == (1, first.sha256, qa)
    assert Activity.objects.filter(verb="report.published").count() == 1


def test_numbers_run_on_from_report_to_report(qa):
    completed(month(9))
    september = reports.start_report(period=Period(date(2026, 9, 1), date(2026, 9, 1)), by=qa, at=NOW)
    reports.publish(report=october_report(qa), by=qa, at=NOW)
    assert reports.publish(report=september, by=qa, at=NOW).number == 2


def test_audits_that_come_later_do_not_change_a_published_report(qa):
    published = reports.publish(report=october_report(qa), by=qa, at=NOW)
    completed(month(10), "inadequate")
    published.refresh_from_db()
    assert json.loads(published.figures)["judgements"][-1]["counts"]["inadequate"] == 0


def test_a_published_report_takes_no_more_text(qa):
    report = october_report(qa)
    reports.publish(report=report, by=qa, at=NOW)
    with pytest.raises(UserError, match="published"):
        write(report, qa, "Too late.")
    line = RecommendationLine("Too late.")
    with pytest.raises(UserError, match="published"):
        reports.save_recommendations(report=report, lines=[line], seen_before=reports.seen([]), by=qa, at=NOW)
    report.refresh_from_db()
    assert report.narrative == {}
    assert not report.recommendations.exists()


def test_a_text_written_while_the_pdf_is_made_is_not_left_out_unseen(qa, monkeypatch):
    report = october_report(qa)

    def somebody_writes_meanwhile(document):
        write(Report.objects.get(pk=report.pk), qa, "Just now.")
        return b"%PDF"

    monkeypatch.setattr(reports, "as_pdf", somebody_writes_meanwhile)
    with pytest.raises(StaleVersion, match="while you were publishing"):
        reports.publish(report=report, by=qa, at=NOW)
    report.refresh_from_db()
    assert (report.is_published, report.narrative["introduction"]) == (False, "Just now.")


def test_a_number_taken_meanwhile_is_not_given_twice(qa, monkeypatch):
    october = october_report(qa)
    completed(month(9))
    september = reports.start_report(period=Period(date(2026, 9, 1), date(2026, 9, 1)), by=qa, at=NOW)
    made = []

    def another_is_published_meanwhile(document):
        made.append(document.imprint.number)
        if len(made) == 1:
            reports.publish(report=september, by=qa, at=NOW)
        return b"%PDF"

    monkeypatch.setattr(reports, "as_pdf", another_is_published_meanwhile)
    assert reports.publish(report=october, by=qa, at=NOW).number == 2
    assert made == [1, 1, 2]


def test_sections_keep_their_order_when_frozen(qa):
    completed(month(10), "good", {"Review": "good", "Assessment": "good", "A long name before all": "good"})
    report = reports.start_report(period=OCTOBER, by=qa, at=NOW)
    live = highlight_of_report(report, on=TODAY)
    published = Report.objects.get(pk=reports.publish(report=report, by=qa, at=NOW).pk)
    frozen = highlight_of_report(published, on=TODAY)
    assert [row.name for row in frozen.section_rows] == ["Review", "Assessment", "A long name before all"]
    assert frozen.figures == live.figures
