"""Cycles in the browser's eyes."""

import csv
from datetime import date
from io import StringIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.errors import UserError
from accounts.models import Activity
from audits.enums import CycleStatus
from audits.models import Allocation, Audit, Case, Cycle, Draw
from audits.services import cycles
from audits.services.publishing import publish
from tests import factories
from tests.audits.drawing import AT, DECEMBER, Town
from tests.clients import as_

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("late_november")]


def url(name: str, slug: str = "2026-12") -> str:
    return reverse(name, args=[slug])


def text_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_a_month_is_planned_drawn_looked_at_and_published(town: Town) -> None:
    qa = as_(town.qa)
    planned = qa.post(reverse("cycle_plan"), {"first": "2026-12-01", "last": ""})
    assert planned.url == url("cycle_detail")
    assert "has not been drawn" in text_of(qa, planned.url)

    drawn = qa.post(url("cycle_draw"), follow=True).content.decode()
    assert "2 of 2 places filled" in drawn
    assert "Nobody has been told yet" in drawn
    assert not Allocation.objects.exists()
    for pair in Draw.objects.get().pairs:
        assert Case.objects.get(pk=pair["case"]).case_id in drawn

    assert "Publish December 2026?" in text_of(qa, url("cycle_publish"))
    published = qa.post(url("cycle_publish"), {"draw": "1"}, follow=True).content.decode()
    assert "The auditors have been told" in published
    for audit in Audit.objects.all():
        assert audit.reference in published
        assert reverse("audit_why", args=[audit.reference]) in published


def test_drawing_again_without_a_reason_says_so_in_the_page(town: Town) -> None:
    qa = as_(town.qa)
    cycles.draw(cycle=town.december(), by=town.qa, at=AT)
    refused = qa.post(url("cycle_draw"), {"reason": "", "seen": "1"}).content.decode()
    assert "<title>Error:" in " ".join(refused.split())
    assert "Say why the cycle is drawn again" in refused
    assert Draw.objects.count() == 1
    qa.post(url("cycle_draw"), {"reason": "The Elm team had been missing", "seen": "1"})
    assert "The Elm team had been missing" in text_of(qa, url("cycle_detail"))
    assert Draw.objects.count() == 2


@pytest.mark.parametrize("again", [{"seen": "0"}, {"seen": "0", "reason": "Pressed twice"}, {}])
def test_pressing_draw_twice_draws_once_and_shows_the_draw(town: Town, again: dict[str, str]) -> None:
    qa = as_(town.qa)
    town.december()
    qa.post(url("cycle_draw"), {"seen": "0"})
    second = qa.post(url("cycle_draw"), again, follow=True)
    assert Draw.objects.count() == 1
    assert second.redirect_chain[-1][0] == reverse("draw_detail", args=["2026-12", 1])
    assert "Draw 1 has been made. This is it." in second.content.decode()


def test_every_draw_keeps_its_own_page_with_who_drew_it_and_why(town: Town) -> None:
    cycle = town.december()
    cycles.draw(cycle=cycle, by=town.qa, at=AT, seed=11)
    cycles.draw(cycle=cycle, by=town.qa, at=AT, seed=22, reason="The Elm team had been missing")
    qa = as_(town.qa)
    pages = [text_of(qa, reverse("draw_detail", args=["2026-12", number])) for number in (1, 2)]
    assert "Seed 11" in pages[0]
    assert "Kept, not published" in pages[0]
    for said in ("Seed 22", "Quentin Ash", "The Elm team had been missing", "Waits to be published"):
        assert said in pages[1]
    listed = text_of(qa, url("cycle_detail"))
    for number in (1, 2):
        assert reverse("draw_detail", args=["2026-12", number]) in listed
    assert qa.get(reverse("draw_detail", args=["2026-12", 3])).status_code == 404


def test_a_draw_is_tried_without_anything_being_kept_and_the_seed_makes_it_the_same_again(town: Town) -> None:
    qa = as_(town.qa)
    town.december()
    tried = qa.get(url("cycle_try"), follow=True)
    (address, _), page = tried.redirect_chain[-1], tried.content.decode()
    assert "Nothing was kept" in page
    assert "Who would audit what" not in page
    assert not any(case.case_id in page for case in town.cases)
    assert text_of(qa, address).split("<main")[1] == page.split("<main")[1]
    assert not Draw.objects.exists()
    for wrong in ("x", "-1", "99999999999999999999", ""):
        assert qa.get(f"{url('cycle_try')}?seed={wrong}").status_code == 302


def test_a_cycle_that_cannot_be_drawn_cannot_be_tried(town: Town) -> None:
    qa, cycle = as_(town.qa), town.december()
    cycles.pause(cycle=cycle, reason="Inspection", substitute="", by=town.qa, at=AT)
    assert "Resume it before you try a draw" in qa.get(url("cycle_try"), follow=True).content.decode()
    cycles.resume(cycle=cycle, by=town.qa, at=AT)
    cycles.draw_and_publish(cycle=cycle, by=None, at=AT)
    assert "has been published already" in qa.get(url("cycle_try"), follow=True).content.decode()


def test_the_list_that_was_looked_at_is_the_one_that_is_published(town: Town) -> None:
    cycle = town.december()
    cycles.draw(cycle=cycle, by=town.qa, at=AT)
    cycles.draw(cycle=cycle, by=town.qa, at=AT, reason="Again")
    stale = as_(town.qa).post(url("cycle_publish"), {"draw": "1"}, follow=True).content.decode()
    assert "drawn again since" in stale
    assert not Allocation.objects.exists()


def test_a_draw_that_gives_nobody_anything_cannot_be_published(town: Town) -> None:
    Case.objects.all().delete()
    town.december()
    qa = as_(town.qa)
    drawn = qa.post(url("cycle_draw"), follow=True).content.decode()
    assert "There is nothing to publish: look at what is in the way, then draw again." in drawn
    assert "found no case that any auditor could be given" in text_of(qa, url("cycle_detail"))
    assert url("cycle_publish") not in drawn
    qa.post(url("cycle_publish"), {"draw": "1"})
    with pytest.raises(UserError, match="Nothing was published"):
        publish(draw=Draw.objects.get(), by=town.qa, at=AT)
    assert Cycle.objects.get().status == CycleStatus.PLANNED


def test_a_month_that_was_brought_in_from_a_file_offers_no_draw(town: Town) -> None:
    factories.cycle(DECEMBER, status=CycleStatus.CLOSED, published_at=None, rules=None)
    qa = as_(town.qa)
    page = text_of(qa, url("cycle_detail"))
    assert "brought in from a file" in page
    assert url("cycle_draw") not in page
    refused = qa.post(url("cycle_draw"), follow=True).content.decode()
    assert "It cannot be drawn any more." in refused


def test_empty_places_and_auditors_without_one_are_named_with_the_reason(town: Town) -> None:
    town.auditors[0].quota, town.auditors[1].quota = 0, 9
    for auditor in town.auditors:
        auditor.save()
    cycles.draw(cycle=town.december(), by=town.qa, at=AT)
    page = " ".join(text_of(as_(town.qa), reverse("draw_detail", args=["2026-12", 1])).split())
    assert '<p class="govuk-body">The auditor’s quota is nought.</p>' in page
    assert "For Auditor of Elm" in page
    assert "No eligible case is left that this auditor may take." in page
    assert "For Auditor of Oak" in page
    assert "12 cases: The case is in the auditor’s own team." in page
    assert "Not everywhere" in page


def test_a_cycle_is_paused_with_a_reason_and_resumed(town: Town) -> None:
    qa, cycle = as_(town.qa), town.december()
    assert "Say why nothing is audited" in qa.post(url("cycle_pause"), {"reason": ""}).content.decode()
    qa.post(url("cycle_pause"), {"reason": "Inspection", "substitute": "Dip sampling"})
    page = text_of(qa, url("cycle_detail"))
    assert "Inspection" in page
    assert "Instead: Dip sampling" in page
    assert "Inspection" in text_of(qa, reverse("cycle_list"))
    qa.post(url("cycle_resume"))
    cycle.refresh_from_db()
    assert cycle.status == CycleStatus.PLANNED


def test_closing_says_how_many_audits_are_still_open(town: Town) -> None:
    qa = as_(town.qa)
    cycles.draw_and_publish(cycle=town.december(), by=None, at=AT)
    assert "2 audits are still open" in " ".join(text_of(qa, url("cycle_close")).split())
    qa.post(url("cycle_close"))
    assert Cycle.objects.get().status == CycleStatus.CLOSED


@pytest.mark.parametrize("slug", ["2027-01", "2026-13", "december", "2026-12-01"])
def test_a_cycle_that_is_not_there_is_not_found(town: Town, slug: str) -> None:
    assert as_(town.qa).get(url("cycle_detail", slug)).status_code == 404


def test_months_that_overlap_a_cycle_are_refused_in_the_page(town: Town) -> None:
    cycles.get_or_plan(date(2027, 2, 1))
    page = as_(town.qa).post(reverse("cycle_plan"), {"first": "2027-01-01", "last": "2027-02-01"}).content.decode()
    assert "February 2027 is a cycle of its own" in page
    page = as_(town.qa).post(reverse("cycle_plan"), {"first": "2027-02-01", "last": "2027-01-01"}).content.decode()
    assert "The last month must not come before the first" in page


def test_the_download_is_what_the_command_writes_and_is_logged(town: Town) -> None:
    cycles.draw_and_publish(cycle=town.december(), by=None, at=AT)
    response = as_(town.qa).get(url("cycle_export"))
    rows = list(csv.DictReader(StringIO(response.content.decode())))
    allocated = Allocation.objects.order_by("audit__reference")
    assert [row["auditor_email"] for row in rows] == [allocation.auditor.email for allocation in allocated]
    assert Activity.objects.filter(verb="cycle.exported", thing_ref="2026-12").count() == 1


def test_a_cycle_page_takes_the_same_number_of_queries_for_any_number_of_allocations(town: Town) -> None:
    def queries(name: str, month: date, *more: object) -> int:
        client = as_(town.qa)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse(name, args=[f"{month:%Y-%m}", *more])).status_code == 200
        return len(captured)

    def all_queries(published: date, drawn: date) -> list[int]:
        return [
            queries("cycle_detail", published),
            queries("draw_detail", published, 1),
            queries("cycle_detail", drawn),
            queries("draw_detail", drawn, 1),
            queries("draw_excluded", drawn, 1, "audited_recently"),
        ]

    cycles.draw_and_publish(cycle=cycles.get_or_plan(date(2027, 6, 1)), by=None, at=AT)
    Audit.objects.update(state="submitted", completed_on=date(2027, 6, 10), submitted_at=AT)
    cycles.draw(cycle=cycles.get_or_plan(date(2027, 7, 1)), by=None, at=AT)
    few = all_queries(date(2027, 6, 1), date(2027, 7, 1))
    for auditor in town.auditors:
        auditor.quota = 4
        auditor.save()
    cycles.draw_and_publish(cycle=cycles.get_or_plan(date(2027, 11, 1)), by=None, at=AT)
    in_november = Audit.objects.filter(allocation__cycle__first_month=date(2027, 11, 1))
    in_november.update(state="submitted", completed_on=date(2027, 11, 10), submitted_at=AT)
    cycles.draw(cycle=cycles.get_or_plan(date(2027, 12, 1)), by=None, at=AT)
    assert all_queries(date(2027, 11, 1), date(2027, 12, 1)) == few
