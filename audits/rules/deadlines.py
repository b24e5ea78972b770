"""When things are due, when to remind and when to escalate.

A due date is inclusive: on the due day itself nothing is overdue. A due date that falls on a non-working day moves to
the next working day. A cycle is named by the first day of its first and of its last month; merged months are due by
the last one. Every number is a field of `DeadlineNumbers`; the defaults are those of the programme's guidance.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import NamedTuple

from audits.rules.working_days import add_working_days, next_working_day

Closures = Collection[date]


class Rung(StrEnum):
    """Who is told of something overdue, from the nearest to the highest."""

    LINE_MANAGER = "line_manager"
    SERVICE_MANAGER = "service_manager"
    ASSISTANT_DIRECTOR = "assistant_director"


@dataclass(frozen=True)
class DeadlineNumbers:
    """Every number a deadline depends on, in the unit its name says. Days without 'working' are calendar days."""

    publication_working_days: int = 5
    stage_one_day_of_month: int = 21
    stage_two_working_days: int = 10
    stage_two_inadequate_working_days: int = 5
    stage_two_latest_day_of_month: int = 21
    stage_two_latest_months_after: int = 1
    action_days: int = 28
    urgent_action_working_days: int = 5
    reminder_days_before: tuple[int, ...] = (7, 2, 0)
    escalation_working_days: tuple[tuple[Rung, int], ...] = (
        (Rung.LINE_MANAGER, 1),
        (Rung.SERVICE_MANAGER, 3),
        (Rung.ASSISTANT_DIRECTOR, 5),
    )
    sending_hour: int = 8


DEFAULT = DeadlineNumbers()


class Reminder(NamedTuple):
    days_before: int
    at: datetime


class Escalation(NamedTuple):
    rung: Rung
    on: date


def add_months(day: date, count: int) -> date:
    """The first day of the month that lies `count` months after (before, if negative) the month of `day`."""
    months = day.year * 12 + day.month - 1 + count
    return date(months // 12, months % 12 + 1, 1)


def last_day_of_month(day: date) -> date:
    return add_months(day, 1) - timedelta(days=1)


def day_of_month(month: date, day: int) -> date:
    """That day of the month, or the month's last day where the month is shorter."""
    return min(month.replace(day=1) + timedelta(days=day - 1), last_day_of_month(month))


def draw_publication(first_month: date, numbers: DeadlineNumbers = DEFAULT, closures: Closures = ()) -> date:
    """The day on which the cycle's draw is published: so many working days before its first month starts."""
    return add_working_days(first_month.replace(day=1), -numbers.publication_working_days, closures)


def stage_one_due(last_month: date, numbers: DeadlineNumbers = DEFAULT, closures: Closures = ()) -> date:
    """The day by which Stage 1 is submitted: within the first three weeks of the cycle's last month."""
    return next_working_day(day_of_month(last_month, numbers.stage_one_day_of_month), closures)


def stage_two_latest(last_month: date, numbers: DeadlineNumbers = DEFAULT, closures: Closures = ()) -> date:
    """The day by which Stage 2 of the whole cycle is signed off, whenever Stage 1 came in."""
    month = add_months(last_month, numbers.stage_two_latest_months_after)
    return next_working_day(day_of_month(month, numbers.stage_two_latest_day_of_month), closures)


def stage_two_due(
    submitted_on: date,
    last_month: date,
    *,
    inadequate: bool = False,
    numbers: DeadlineNumbers = DEFAULT,
    closures: Closures = (),
) -> date:
    """The day by which Stage 2 of an audit submitted on that day is signed off.

    So many working days after submission (fewer where the overall grade is Inadequate) and at the latest the cycle's
    last day for Stage 2; an audit that comes in after that day still has until the next working day.
    """
    allowed = numbers.stage_two_inadequate_working_days if inadequate else numbers.stage_two_working_days
    due = min(
        add_working_days(submitted_on, allowed, closures),
        stage_two_latest(last_month, numbers, closures),
    )
    return max(due, add_working_days(submitted_on, 1, closures))


def stage_two_can_precede_stage_one(last_month: date, numbers: DeadlineNumbers = DEFAULT) -> bool:
    """Whether these numbers make Stage 2 due before Stage 1 is. To warn the person who sets them."""
    return stage_two_latest(last_month, numbers) <= stage_one_due(last_month, numbers)


def action_due(
    recorded_on: date, *, urgent: bool = False, numbers: DeadlineNumbers = DEFAULT, closures: Closures = ()
) -> date:
    """The latest day for an action. Urgent: of an audit graded Inadequate, or with a safeguarding concern.

    The clock starts on the day the action is recorded, never when Stage 2 takes place.
    """
    if urgent:
        return add_working_days(recorded_on, numbers.urgent_action_working_days, closures)
    return next_working_day(recorded_on + timedelta(days=numbers.action_days), closures)


def escalations(due_on: date, numbers: DeadlineNumbers = DEFAULT, closures: Closures = ()) -> list[Escalation]:
    """Who is told on which day, while the thing stays undone after its due date."""
    return [
        Escalation(rung, add_working_days(due_on, days, closures)) for rung, days in numbers.escalation_working_days
    ]


def reminders(
    due_on: date, *, caused_at: datetime, zone: tzinfo, numbers: DeadlineNumbers = DEFAULT
) -> Iterator[Reminder]:
    """The reminders of something due, earliest first, at the sending hour by the clocks of `zone`.

    One whose moment had passed before there was anything to remind of (`caused_at`, with its time zone) is left out.
    """
    for days in sorted(numbers.reminder_days_before, reverse=True):
        at = datetime.combine(due_on - timedelta(days=days), time(numbers.sending_hour), zone)
        if at >= caused_at:
            yield Reminder(days, at)
