"""What other settings would make of the dates: those of a cycle, and of what happens today."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from audits.models import Cycle
from audits.rules.deadlines import (
    Rung,
    action_due,
    day_of_month,
    draw_publication,
    escalations,
    stage_one_due,
    stage_two_due,
    stage_two_latest,
)
from audits.rules.programme import Programme
from audits.rules.working_days import add_working_days, next_working_day

TOLD = {
    Rung.LINE_MANAGER: "line manager",
    Rung.SERVICE_MANAGER: "service manager",
    Rung.ASSISTANT_DIRECTOR: "assistant director",
}
SUBMITTED_ON = 14


class DateLine(NamedTuple):
    """A date, or several, before and after. `difference` in words: `2 days later`; empty where they are several."""

    label: str
    before: str
    after: str
    difference: str


def dates_effect(cycle: Cycle, before: Programme, after: Programme, on: date) -> list[DateLine]:
    """The dates that change, in the order in which they come."""
    pairs = zip(_dates(cycle, before, on), _dates(cycle, after, on), strict=True)
    return [
        DateLine(label, _words(was), _words(becomes), _difference(was, becomes))
        for (label, was), (_, becomes) in pairs
        if was != becomes
    ]


def _dates(cycle: Cycle, programme: Programme, on: date) -> Iterator[tuple[str, list[date]]]:
    numbers, closures = programme.deadlines, programme.closures
    last = cycle.last_month
    due = stage_one_due(last, numbers, closures)
    submitted = next_working_day(day_of_month(last, SUBMITTED_ON))
    yield f"{cycle.name} goes out", [draw_publication(cycle.first_month, numbers, closures)]
    yield f"Stage 1 of {cycle.name} is due", [due]
    yield "Reminders of Stage 1", sorted({due - timedelta(days=days) for days in numbers.reminder_days_before})
    for rung, told_on in escalations(due, numbers, closures):
        yield f"Overdue Stage 1 is told to the {TOLD[rung]}", [told_on]
    for words, inadequate in (("", False), (" and graded Inadequate", True)):
        stage_two = stage_two_due(submitted, last, inadequate=inadequate, numbers=numbers, closures=closures)
        yield f"Stage 2 of an audit submitted on {_day(submitted)}{words} is due", [stage_two]
    yield f"Stage 2 of {cycle.name} is due at the latest", [stage_two_latest(last, numbers, closures)]
    yield "An audit sent back today is due again", [add_working_days(on, programme.return_working_days, closures)]
    replaced = add_working_days(on, programme.replacement_working_days, closures)
    yield "A replacement drawn today is due at the earliest", [replaced]
    yield "An action recorded today is due", [action_due(on, numbers=numbers, closures=closures)]
    yield "An urgent action recorded today is due", [action_due(on, urgent=True, numbers=numbers, closures=closures)]


def _words(days: list[date]) -> str:
    return "\n".join(_day(day) for day in days) or "None"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _difference(was: list[date], becomes: list[date]) -> str:
    if len(was) != 1 or len(becomes) != 1:
        return ""
    days = (becomes[0] - was[0]).days
    return f"{abs(days)} day{'' if abs(days) == 1 else 's'} {'later' if days > 0 else 'earlier'}"
