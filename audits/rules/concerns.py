"""An immediate safeguarding concern: who is told, who comes next while nobody takes it on, and when.

A child may be at risk now, so the clock is the clock on the wall: an hour is an hour, at night and at weekends as well.
Office hours decide one thing only, whether the emergency duty contact is told. The allocated worker, the practice
manager, the service manager and quality assurance are told at once. People are plain keys here.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import NamedTuple

from audits.enums import ConcernPart
from audits.rules.working_days import is_working_day


class Climb(StrEnum):
    """A step that is taken by itself while nobody has taken a concern on."""

    NEXT_MANAGER = "next_manager"
    ASSISTANT_DIRECTOR = "assistant_director"
    DUTY = "duty"


@dataclass(frozen=True)
class ConcernNumbers:
    """When a concern climbs, in hours since it began to wait; office hours as full hours of the day, local time."""

    next_manager_hours: int = 1
    assistant_director_hours: int = 4
    office_opens: int = 9
    office_closes: int = 17
    closures: Collection[date] = ()


class Told(NamedTuple):
    person: int
    part: ConcernPart


@dataclass(frozen=True)
class Around:
    """The people around a concern, as they are now; only those who still work here.

    `above`: the managers above the practice manager, the nearest first; above the worker where no practice manager is
    known. `withheld`: those from whom it is kept. `away`: those who are absent today.
    """

    worker: int | None
    practice_manager: int | None
    above: tuple[int, ...]
    quality: tuple[int, ...]
    raiser: int
    withheld: frozenset[int] = frozenset()
    away: frozenset[int] = frozenset()

    @property
    def line(self) -> tuple[int, ...]:
        """The managers above who can be told and are nobody else here."""
        taken = {self.worker, self.practice_manager}
        return tuple(person for person in self.above if self.reachable(person) and person not in taken)

    def reachable(self, person: int | None) -> bool:
        return person is not None and person != self.raiser and person not in self.withheld


def told_at_once(around: Around) -> tuple[Told, ...]:
    """Who is told with the press, each once, in the part that is met first.

    Whoever is away is told all the same, and the next manager with them: nobody can know when they read it. The next
    manager is told at once too where the practice manager is not known, or must not be told.
    """
    line = around.line
    named = [
        (around.worker, ConcernPart.WORKER),
        (around.practice_manager, ConcernPart.PRACTICE_MANAGER),
        *((person, ConcernPart.SERVICE_MANAGER) for person in line[:1]),
        *((person, ConcernPart.NEXT_MANAGER) for person in line[1:2] if _needs_the_next(around)),
        *((person, ConcernPart.QA) for person in around.quality),
    ]
    told: dict[int, ConcernPart] = {}
    for person, part in named:
        if person is not None and around.reachable(person):
            told.setdefault(person, part)
    return tuple(Told(person, part) for person, part in told.items())


def _needs_the_next(around: Around) -> bool:
    manager, service_manager = around.practice_manager, around.line[:1]
    if manager is None or not around.reachable(manager) or manager in around.away:
        return True
    return bool(around.away.intersection(service_manager))


def told_next(around: Around, told: Collection[int]) -> int | None:
    """Who is told when it climbs: the nearest manager in the line who has not been told yet. None: there is nobody."""
    return next((person for person in around.line if person not in told), None)


def would_be_told(around: Around) -> tuple[Told, ...]:
    """Everybody who is told at once, and the two who are told while nobody takes it on."""
    at_once = told_at_once(around)
    told = {each.person for each in at_once}
    parts = [ConcernPart.NEXT_MANAGER, ConcernPart.ASSISTANT_DIRECTOR]
    up = [person for person in around.line if person not in told]
    return (*at_once, *(Told(person, part) for person, part in zip(up, parts, strict=False)))


def nobody_is(around: Around) -> tuple[ConcernPart, ...]:
    """The parts that nobody who still works here holds. Not those of people who must not be told."""
    holders = {
        ConcernPart.WORKER: around.worker is not None,
        ConcernPart.PRACTICE_MANAGER: around.practice_manager is not None,
        ConcernPart.SERVICE_MANAGER: bool(around.above),
        ConcernPart.QA: bool(around.quality),
    }
    return tuple(part for part, held in holders.items() if not held)


def office_is_open(at: datetime, numbers: ConcernNumbers, zone: tzinfo) -> bool:
    """Whether somebody sits in the office: a working day, from the hour it opens until just before the hour it
    closes."""
    local = at.astimezone(zone)
    opens, closes = time(numbers.office_opens), _closing(numbers)
    return (
        is_working_day(local.date(), numbers.closures)
        and opens <= local.time()
        and (closes is None or local.time() < closes)
    )


def duty_is_told_at(since: datetime, numbers: ConcernNumbers, zone: tzinfo) -> datetime:
    """When the emergency duty contact is told: at once where the office is closed, otherwise when it closes."""
    if not office_is_open(since, numbers, zone):
        return since
    day, closes = since.astimezone(zone).date(), _closing(numbers)
    if closes is None:
        day, closes = day + timedelta(days=1), time(0)
    return datetime.combine(day, closes, zone).astimezone(UTC)


def climbs(since: datetime, numbers: ConcernNumbers, zone: tzinfo) -> dict[Climb, datetime]:
    """When each step is taken while nobody has taken the concern on. An hour is sixty minutes, also where the clocks
    change in between."""
    began = since.astimezone(UTC)
    return {
        Climb.NEXT_MANAGER: began + timedelta(hours=numbers.next_manager_hours),
        Climb.ASSISTANT_DIRECTOR: began + timedelta(hours=numbers.assistant_director_hours),
        Climb.DUTY: duty_is_told_at(began, numbers, zone),
    }


def _closing(numbers: ConcernNumbers) -> time | None:
    """None: at midnight."""
    return time(numbers.office_closes) if numbers.office_closes < 24 else None
