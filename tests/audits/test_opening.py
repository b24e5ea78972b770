"""The month opens by itself. December 2026 is drawn on Tuesday 24 November, five working days before it starts."""

from datetime import UTC, date, datetime

import pytest

from accounts.enums import DueState, Role
from accounts.models import Due, OutgoingMail, Person, PersonRole
from audits.enums import CycleStatus
from audits.models import Allocation, Cycle, ProgrammeRules
from audits.services import cycles
from config.sweep import sweep
from tests.factories import case, cycle, person, team

pytestmark = pytest.mark.django_db

DECEMBER = date(2026, 12, 1)


def morning(day: int, month: int = 11, hour: int = 8, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.fixture(autouse=True)
def authority() -> None:
    """Two auditors, each of whom can audit the other team's cases, and QA."""
    person(Role.QA, name="Quinn Quality")
    for name in ("East", "West"):
        place = team(name)
        person(Role.AUDITOR, name=f"Auditor {name}", team=place)
        for _ in range(3):
            case(team=place)


def drawn() -> list[str]:
    """The months that have allocations."""
    return sorted({allocation.cycle.slug for allocation in Allocation.objects.select_related("cycle")})


def outcome(month: str) -> tuple[str, str]:
    row = Due.objects.get(rule="cycle.open", thing=f"cycle:{month}")
    return row.state, row.outcome


def test_the_next_month_is_drawn_and_published_five_working_days_before_it_starts():
    sweep(morning(24, hour=7, minute=59))
    assert drawn() == []
    sweep(morning(24))
    assert drawn() == ["2026-12"]
    december = Cycle.objects.get(first_month=DECEMBER)
    assert (december.status, december.published_at) == (CycleStatus.OPEN, morning(24))
    assert outcome("2026-12") == (DueState.DONE, "Drew and published December 2026: 2 audits.")


def test_the_hour_is_that_of_the_programmes_own_time_zone(settings):
    settings.TIME_ZONE = "America/New_York"
    sweep(morning(24, hour=12, minute=59))
    assert drawn() == []
    sweep(morning(24, hour=13))
    assert drawn() == ["2026-12"]
    sweep(morning(24, hour=14))
    assert {row.due_at.hour for row in Due.objects.filter(rule="audit.reminder")} == {13}


def test_the_auditors_and_qa_are_told():
    sweep(morning(24))
    told = OutgoingMail.objects.order_by("rule", "person__name").values_list("rule", "person__name")
    assert list(told) == [
        ("audit.allocated", "Auditor East"),
        ("audit.allocated", "Auditor West"),
        ("cycle.opened", "Quinn Quality"),
    ]


def test_sweeping_again_draws_nothing_again():
    for day in (24, 25, 30):
        sweep(morning(day))
    assert Allocation.objects.count() == 2


@pytest.mark.parametrize(
    ("made", "why"),
    [
        ({"status": CycleStatus.OPEN}, "A person has published it already."),
        ({"status": CycleStatus.CLOSED, "published_at": None}, "Its audits were brought in from a file."),
        ({"status": CycleStatus.PAUSED, "pause_reason": "Stay at home", "published_at": None}, "The month is paused."),
    ],
    ids=["published by a person", "brought in from a file", "paused"],
)
def test_a_month_that_somebody_has_decided_about_is_left_alone(made, why):
    cycle(DECEMBER, **made)
    sweep(morning(24))
    assert drawn() == []
    assert outcome("2026-12") == (DueState.SKIPPED, why)


def test_a_planned_cycle_is_drawn_for_all_its_months_and_its_second_month_is_not_drawn_again():
    cycle(date(2026, 12, 1), last_month=date(2027, 1, 1), status=CycleStatus.PLANNED, published_at=None, rules=None)
    sweep(morning(24))
    assert drawn() == ["2026-12"]
    sweep(morning(31, month=12))
    assert drawn() == ["2026-12"]
    assert outcome("2027-01") == (DueState.SKIPPED, "A person has published it already.")


def test_the_programme_can_be_told_not_to_draw_by_itself():
    ProgrammeRules.objects.create(number=1, values={"draws_by_itself": False})
    sweep(morning(24))
    assert drawn() == []
    assert outcome("2026-12") == (DueState.SKIPPED, "The programme does not draw by itself.")


def test_when_the_day_of_the_draw_is_moved_the_old_day_falls_away():
    sweep(morning(2))
    ProgrammeRules.objects.create(number=2, values={"draw_working_days_before": 3})
    sweep(morning(24))
    assert drawn() == []
    sweep(morning(26))
    assert drawn() == ["2026-12"]


def test_a_new_installation_does_not_draw_the_month_that_has_begun():
    sweep(morning(2))
    assert drawn() == []


def test_a_programme_that_was_running_draws_the_month_it_missed_in_an_outage():
    cycle(date(2026, 10, 1))
    sweep(morning(2))
    assert drawn() == ["2026-11"]


def test_drawing_a_past_month_by_hand_does_not_make_a_new_installation_draw_the_running_one():
    cycles.draw_and_publish(cycle=cycles.get_or_plan(date(2026, 3, 1)), by=None, at=morning(2))
    sweep(morning(2, hour=10))
    assert drawn() == ["2026-03"]


@pytest.mark.parametrize("planned_before_the_outage", [True, False])
def test_merged_months_missed_in_an_outage_are_drawn_until_the_last_of_them_would_be_due(planned_before_the_outage):
    cycle(date(2026, 9, 1))
    merged = {"status": CycleStatus.PLANNED, "published_at": None, "rules": None}
    cycle(date(2026, 10, 1), last_month=date(2026, 11, 1), **merged)
    if planned_before_the_outage:
        sweep(morning(10, month=9))
    sweep(morning(2))
    assert drawn() == ["2026-10"]


def test_a_month_whose_audits_would_have_been_due_is_not_drawn_any_more():
    cycle(date(2026, 10, 1))
    sweep(morning(23 + 1, hour=7))
    assert outcome("2026-11") == (DueState.SKIPPED, "The month’s audits would have been due already.")


def test_where_nothing_can_be_drawn_qa_is_told_once_and_it_is_tried_again_until_it_can():
    PersonRole.objects.filter(role=Role.AUDITOR).delete()
    sweep(morning(24))
    sweep(morning(24, hour=10))
    assert drawn() == []
    [told] = OutgoingMail.objects.filter(rule="cycle.not_opened")
    assert told.person.name == "Quinn Quality"
    for somebody in Person.objects.filter(name__startswith="Auditor"):
        PersonRole.objects.create(person=somebody, role=Role.AUDITOR)
    sweep(morning(24, hour=13))
    assert drawn() == ["2026-12"]
