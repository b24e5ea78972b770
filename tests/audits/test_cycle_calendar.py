"""The year's cycles on one page, months paused at once, and rates that never stand without their counts."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from accounts.errors import UserError
from accounts.models import Person
from audits.enums import AuditKind, AuditState, CycleStatus, Standing
from audits.models import Cycle, ProgrammeRules
from audits.pages.calendar import Slot, year_of
from audits.pages.returns import CycleReturns, in_words, with_counts
from audits.rules.cohorts import Cohort
from audits.rules.returns import Returns
from audits.services import cycles
from audits.services.cycle_theme import set_focus, set_pack
from audits.services.draws import draw
from audits.services.forms import packs_to_choose
from tests import factories
from tests.audits.drawing import AT, Town
from tests.clients import as_

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("late_november")]

TODAY = date(2026, 11, 24)
OCTOBER, NOVEMBER, DECEMBER = (date(2026, month, 1) for month in (10, 11, 12))


@pytest.fixture
def qa() -> Person:
    return factories.person(Role.QA, name="Quentin Ash")


def slot(name: str, year: int = 2026) -> Slot:
    return next(slot for slot in year_of(year, TODAY) if slot.name == name)


def returned(month: date, *, done: int, of: int, **values) -> Cycle:
    """A cycle with so many audits, some of them back in time."""
    cycle = factories.cycle(month, **values)
    for number in range(of):
        state = AuditState.SUBMITTED if number < done else AuditState.NOT_STARTED
        factories.audit(cycle=cycle, state=state, due_on=date(2026, 12, 31))
    return cycle


# The calendar


def test_a_year_without_cycles_says_what_comes_by_itself() -> None:
    slots = year_of(2026, TODAY)
    assert [found.months for found in slots] == [1] * 12
    assert slot("January 2026").facts == ("No cycle",)
    assert slot("November 2026").is_now
    assert slot("December 2026").facts == ("Planned, drawn and published by itself on Tuesday 24 November 2026",)
    ProgrammeRules.objects.create(number=1, values={"draws_by_itself": False})
    assert slot("December 2026").facts == ("To be drawn by Tuesday 24 November 2026",)


def test_merged_months_take_the_room_of_all_of_them_even_across_new_year() -> None:
    factories.cycle(date(2026, 7, 1), last_month=date(2026, 8, 1), status=CycleStatus.CLOSED)
    cycles.get_or_plan(DECEMBER, date(2027, 1, 1))
    assert slot("July and August 2026").months == 2
    assert slot("December 2026 and January 2027").months == 1
    assert slot("December 2026 and January 2027", 2027).months == 1
    assert sum(found.months for found in year_of(2026, TODAY)) == 12


def test_an_open_cycle_says_what_has_come_back_and_a_closed_one_its_rate() -> None:
    returned(NOVEMBER, done=1, of=3)
    returned(OCTOBER, done=2, of=2, status=CycleStatus.CLOSED)
    facts = slot("November 2026").facts
    assert facts[0] == "1 of 3 audits returned (33.3%); 0 moderated by now"
    assert "Stage 1 due on Monday 23 November 2026" in facts
    assert slot("October 2026").facts == ("2 of 2 audits returned (100.0%); 0 moderated by now",)
    assert (slot("November 2026").status, slot("October 2026").status) == ("Open", "Closed")


def test_a_paused_month_says_why_and_what_is_done_instead() -> None:
    factories.cycle(
        NOVEMBER, status=CycleStatus.PAUSED, pause_reason="An inspection", substitute_activity="Dip sampling"
    )
    assert slot("November 2026").facts == ("Nothing is audited: An inspection", "Instead: Dip sampling")


def test_a_planned_month_says_when_it_is_drawn_and_what_it_is_about() -> None:
    town = Town()
    december = town.december()
    missing = Cohort("Children who go missing", missing=True)
    set_focus(cycle=december, teams=["ELM"], cohort=missing, reason="A pilot", by=town.qa, at=AT)
    set_pack(cycle=december, pack=packs_to_choose()[0], by=town.qa, at=AT)
    assert slot("December 2026").facts == (
        "To be drawn by itself on Tuesday 24 November 2026",
        "Stage 1 due on Monday 21 December 2026",
        "Focus: Children who go missing, 1 team",
        "Questions on a theme: Re-referrals",
    )
    january = cycles.get_or_plan(date(2027, 1, 1))
    draw(cycle=january, by=town.qa, at=AT)
    assert slot("January 2027", 2027).facts[0] == "Drawn; to be published by Wednesday 23 December 2026"


@pytest.mark.parametrize(
    ("year", "status"),
    [("", 200), ("2019", 200), ("1999", 404), ("20266", 404), ("x", 404), ("²⁰²⁶", 404), ("0202611", 404)],
)
def test_the_page_shows_a_year_that_can_be(qa, year: str, status: int) -> None:
    assert as_(qa).get(reverse("cycle_calendar"), {"year": year}).status_code == status


def test_the_calendar_leads_to_its_cycles_and_to_other_years(qa) -> None:
    factories.cycle(NOVEMBER)
    page = as_(qa).get(reverse("cycle_calendar")).content.decode()
    assert reverse("cycle_detail", args=["2026-11"]) in page
    assert "?year=2025" in page
    assert "?year=2027" in page
    assert "completed ÷ allocated" in page
    plan = f"{reverse('cycle_plan')}?first=2026-12-01"
    assert plan in page
    assert '<option value="2026-12-01" selected>' in " ".join(as_(qa).get(plan).content.decode().split())


def test_the_calendar_takes_the_same_number_of_queries_for_any_number_of_audits(qa) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            as_(qa).get(reverse("cycle_calendar"))
        return len(captured)

    returned(NOVEMBER, done=1, of=2)
    before = queries()
    for month in range(1, 11):
        returned(date(2026, month, 1), done=1, of=2)
    assert queries() == before


# Pausing several months at once


def pause(qa: Person, first: date, last: date) -> list[Cycle]:
    return cycles.pause_months(
        first_month=first, last_month=last, reason="Stay-at-home order", substitute="Calls", by=qa, at=AT
    )


def test_every_month_from_one_to_another_is_paused_and_resumed(qa) -> None:
    cycles.get_or_plan(date(2027, 2, 1), date(2027, 3, 1))
    paused = pause(qa, date(2027, 1, 1), date(2027, 4, 1))
    assert [cycle.key for cycle in paused] == ["2027-01", "2027-02/2027-03", "2027-04"]
    stored = Cycle.objects.filter(status=CycleStatus.PAUSED)
    assert set(stored.values_list("pause_reason", "substitute_activity")) == {("Stay-at-home order", "Calls")}
    resumed = cycles.resume_months(first_month=date(2027, 1, 1), last_month=date(2027, 3, 1), by=qa, at=AT)
    assert [cycle.key for cycle in resumed] == ["2027-01", "2027-02/2027-03"]
    assert [cycle.key for cycle in Cycle.objects.filter(status=CycleStatus.PAUSED)] == ["2027-04"]


def test_months_paused_before_keep_their_own_reason(qa) -> None:
    cycles.pause(cycle=cycles.get_or_plan(date(2027, 1, 1)), reason="A move", substitute="", by=qa, at=AT)
    assert [cycle.key for cycle in pause(qa, date(2027, 1, 1), date(2027, 2, 1))] == ["2027-02"]
    assert Cycle.objects.get(first_month=date(2027, 1, 1)).pause_reason == "A move"
    assert pause(qa, date(2027, 1, 1), date(2027, 2, 1)) == []


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (NOVEMBER, date(2027, 1, 1), "November 2026 is open"),
        (date(2027, 1, 1), date(2027, 5, 1), "May and June 2027 is one cycle"),
    ],
)
def test_all_months_are_paused_or_none(qa, first: date, last: date, said: str) -> None:
    factories.cycle(NOVEMBER)
    cycles.get_or_plan(date(2027, 5, 1), date(2027, 6, 1))
    with pytest.raises(UserError, match=said):
        pause(qa, first, last)
    assert not Cycle.objects.filter(status=CycleStatus.PAUSED).exists()
    assert Cycle.objects.count() == 2


@pytest.mark.parametrize("role", [role for role in Role if role != Role.QA])
def test_nobody_but_qa_pauses_resumes_or_sees_the_calendar(role: Role) -> None:
    person = factories.person(role)
    for address in ("cycle_calendar", "cycle_pause_months", "cycle_resume_months"):
        assert as_(person).get(reverse(address)).status_code == 403
    with pytest.raises(PermissionDenied):
        pause(person, date(2027, 1, 1), date(2027, 2, 1))
    with pytest.raises(PermissionDenied):
        cycles.split(cycle=Cycle(first_month=NOVEMBER, last_month=DECEMBER), last_month=NOVEMBER, by=person, at=AT)
    assert not Cycle.objects.exists()


def test_qa_pauses_and_resumes_months_in_the_browser(qa) -> None:
    client, span = as_(qa), {"first": "2027-01-01", "last": "2027-03-01"}
    address = reverse("cycle_pause_months")
    assert "Say why nothing is audited" in client.post(address, span).content.decode()
    backwards = {"first": "2027-03-01", "last": "2027-01-01", "reason": "A move"}
    assert "must not come before the first" in client.post(address, backwards).content.decode()
    page = client.post(address, {**span, "reason": "A move", "substitute": "Calls"}, follow=True).content.decode()
    assert "Paused: January 2027, February 2027, March 2027" in page
    assert page.count("Nothing is audited: A move") == 3
    page = client.post(reverse("cycle_resume_months"), span, follow=True).content.decode()
    assert "Planned again: January 2027, February 2027, March 2027" in page
    assert "No cycle is paused" in client.post(reverse("cycle_resume_months"), span, follow=True).content.decode()


# Rates


def test_a_rate_stands_with_its_counts_the_late_the_exempt_and_the_moderated() -> None:
    cycle = factories.cycle(NOVEMBER)
    late = {"completed_on": date(2026, 11, 24)}
    for values in (
        {"state": AuditState.SIGNED_OFF, "moderated_grade": "good"},
        {"state": AuditState.SUBMITTED, **late},
        {"state": AuditState.NOT_STARTED},
        {"state": AuditState.NOT_STARTED, "standing": Standing.EXEMPT},
        {"state": AuditState.SUBMITTED, "standing": Standing.WITHDRAWN},
        {"state": AuditState.SUBMITTED, "kind": AuditKind.REAUDIT, **late},
        {"state": AuditState.NOT_STARTED, "kind": AuditKind.REAUDIT},
        {"state": AuditState.SUBMITTED, "kind": AuditKind.DIRECTED},
    ):
        factories.audit(cycle=cycle, **values)
    counted = CycleReturns.of(with_counts(Cycle.objects.all()).get())
    assert counted.audits == Returns(allocated=3, completed=2, late=1, exempt=1, moderated=1)
    assert counted.reaudits == Returns(allocated=2, completed=1, late=1)
    assert counted.directed == Returns(allocated=1, completed=1)
    assert in_words(counted.audits, "audits") == (
        "2 of 3 audits returned (66.7%), 1 of them late; 1 exempt, not counted; 1 moderated by now"
    )
    assert in_words(counted.reaudits, "re-audits") == (
        "1 of 2 re-audits returned (50.0%), 1 of them late; 0 moderated by now"
    )


@pytest.mark.parametrize(
    ("returns", "said"),
    [
        (Returns(), "No audits allocated"),
        (Returns(exempt=2), "No audits allocated; 2 exempt"),
        (Returns(allocated=4), "0 of 4 audits returned (0.0%)"),
    ],
)
def test_nothing_is_divided_by_nothing(returns: Returns, said: str) -> None:
    assert in_words(returns, "audits") == said


@pytest.mark.parametrize("address", ["/cycles/", "/cycles/2026-11/", "/cycles/calendar/"])
def test_wherever_a_rate_is_printed_it_says_what_it_means(qa, address: str) -> None:
    returned(NOVEMBER, done=1, of=3)
    page = as_(qa).get(address).content.decode()
    assert "33.3%" in page
    assert "The rate is completed ÷ allocated" in page
