from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from audits.rules.deadlines import (
    DeadlineNumbers,
    Rung,
    action_due,
    add_months,
    day_of_month,
    draw_publication,
    escalations,
    reminders,
    stage_one_due,
    stage_two_can_precede_stage_one,
    stage_two_due,
)

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("month", "published"),
    [
        (date(2026, 10, 1), date(2026, 9, 24)),
        (date(2026, 12, 1), date(2026, 11, 24)),
        (date(2027, 1, 1), date(2026, 12, 23)),  # Christmas and Boxing Day's substitute lie between
    ],
)
def test_a_draw_is_published_five_working_days_before_its_month(month, published):
    assert draw_publication(month) == published


@pytest.mark.parametrize(
    ("last_month", "due"),
    [
        (date(2026, 10, 1), date(2026, 10, 21)),
        (date(2026, 11, 1), date(2026, 11, 23)),  # the 21st is a Saturday
        (date(2026, 8, 1), date(2026, 8, 21)),  # July and August merged: by August's
    ],
)
def test_stage_one_is_due_on_day_21_of_the_last_month_or_the_next_working_day(last_month, due):
    assert stage_one_due(last_month) == due


@pytest.mark.parametrize(
    ("submitted", "inadequate", "due"),
    [
        (date(2026, 10, 7), False, date(2026, 10, 21)),
        (date(2026, 10, 7), True, date(2026, 10, 14)),
        (date(2026, 11, 16), False, date(2026, 11, 23)),  # the latest day is 21 November, a Saturday
        (date(2026, 11, 16), True, date(2026, 11, 23)),
        (date(2026, 12, 1), False, date(2026, 12, 2)),  # after the latest day: the next working day
    ],
)
def test_stage_two_is_due_after_so_many_working_days_and_at_the_latest_on_day_21_of_the_next_month(
    submitted, inadequate, due
):
    assert stage_two_due(submitted, date(2026, 10, 1), inadequate=inadequate) == due


def test_numbers_that_put_stage_two_before_stage_one_are_noticed():
    assert not stage_two_can_precede_stage_one(date(2026, 10, 1))
    same_month = DeadlineNumbers(stage_two_latest_months_after=0)
    assert stage_two_can_precede_stage_one(date(2026, 10, 1), same_month)


@pytest.mark.parametrize(
    ("recorded", "urgent", "due"),
    [
        (date(2026, 10, 7), False, date(2026, 11, 4)),
        (date(2026, 11, 28), False, date(2026, 12, 29)),  # the 26th is a Saturday, the 28th its substitute
        (date(2026, 10, 7), True, date(2026, 10, 14)),
        (date(2026, 12, 24), True, date(2027, 1, 5)),
    ],
)
def test_actions_have_four_weeks_and_urgent_ones_five_working_days(recorded, urgent, due):
    assert action_due(recorded, urgent=urgent) == due


def test_the_ladder_climbs_after_one_three_and_five_working_days():
    assert escalations(date(2026, 12, 23)) == [
        (Rung.LINE_MANAGER, date(2026, 12, 24)),
        (Rung.SERVICE_MANAGER, date(2026, 12, 30)),
        (Rung.ASSISTANT_DIRECTOR, date(2027, 1, 4)),
    ]


def test_reminders_come_seven_and_two_days_before_and_on_the_day_at_eight_by_the_local_clock():
    due = date(2026, 10, 26)  # the clocks went back on the 25th
    sent = list(reminders(due, caused_at=datetime(2026, 9, 24, tzinfo=UTC), zone=LONDON))
    assert [(r.days_before, r.at.astimezone(UTC)) for r in sent] == [
        (7, datetime(2026, 10, 19, 7, tzinfo=UTC)),
        (2, datetime(2026, 10, 24, 7, tzinfo=UTC)),
        (0, datetime(2026, 10, 26, 8, tzinfo=UTC)),
    ]


def test_a_reminder_whose_moment_passed_before_its_cause_is_not_sent():
    due = date(2026, 10, 21)
    sent = reminders(due, caused_at=datetime(2026, 10, 19, 7, 1, tzinfo=UTC), zone=LONDON)
    assert [r.days_before for r in sent] == [0]
    assert not list(reminders(due, caused_at=datetime(2026, 11, 1, tzinfo=UTC), zone=LONDON))


def test_months_are_counted_across_years_and_short_months_end_early():
    assert add_months(date(2026, 1, 31), -3) == date(2025, 10, 1)
    assert add_months(date(2026, 11, 15), 2) == date(2027, 1, 1)
    assert day_of_month(date(2027, 2, 1), 31) == date(2027, 2, 28)
