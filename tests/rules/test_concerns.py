"""Who is told of a safeguarding concern, who comes next, and when: without a database, by literal days and hours."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.enums import ConcernPart as Part
from audits.rules.concerns import (
    Around,
    Climb,
    ConcernNumbers,
    climbs,
    duty_is_told_at,
    nobody_is,
    office_is_open,
    told_at_once,
    told_next,
    would_be_told,
)

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
WORKER, MANAGER, SERVICE, HEAD, DIRECTOR, QA, OTHER_QA, AUDITOR = range(1, 9)
ALL = Around(
    worker=WORKER,
    practice_manager=MANAGER,
    above=(SERVICE, HEAD, DIRECTOR),
    quality=(QA, OTHER_QA),
    raiser=AUDITOR,
)
USUAL = {
    WORKER: Part.WORKER,
    MANAGER: Part.PRACTICE_MANAGER,
    SERVICE: Part.SERVICE_MANAGER,
    QA: Part.QA,
    OTHER_QA: Part.QA,
}


def london(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


def test_worker_practice_manager_service_manager_and_quality_assurance_are_told_at_once() -> None:
    assert dict(told_at_once(ALL)) == USUAL


def without(*people: int) -> dict[int, Part]:
    return {person: part for person, part in USUAL.items() if person not in people}


@pytest.mark.parametrize(
    ("why", "around", "told"),
    [
        ("no worker", replace(ALL, worker=None), without(WORKER)),
        (
            "no practice manager: the next manager too",
            replace(ALL, practice_manager=None),
            without(MANAGER) | {HEAD: Part.NEXT_MANAGER},
        ),
        (
            "an allegation against the practice manager: the next manager too",
            replace(ALL, withheld=frozenset({MANAGER})),
            without(MANAGER) | {HEAD: Part.NEXT_MANAGER},
        ),
        (
            "an allegation against the service manager: the one above stands in",
            replace(ALL, withheld=frozenset({SERVICE})),
            without(SERVICE) | {HEAD: Part.SERVICE_MANAGER},
        ),
        ("an allegation against the worker", replace(ALL, withheld=frozenset({WORKER})), without(WORKER)),
        ("an allegation against one of QA", replace(ALL, withheld=frozenset({QA})), without(QA)),
        (
            "the practice manager is away: told all the same, and the next manager too",
            replace(ALL, away=frozenset({MANAGER})),
            USUAL | {HEAD: Part.NEXT_MANAGER},
        ),
        (
            "the service manager is away: told all the same, and the next manager too",
            replace(ALL, away=frozenset({SERVICE})),
            USUAL | {HEAD: Part.NEXT_MANAGER},
        ),
        ("the worker is away", replace(ALL, away=frozenset({WORKER})), USUAL),
        (
            "the moderator who raised it is the service manager: the one above is told",
            replace(ALL, raiser=SERVICE),
            without(SERVICE) | {HEAD: Part.SERVICE_MANAGER},
        ),
        ("nobody stands above", replace(ALL, above=()), without(SERVICE)),
        ("QA raised it while moderating", replace(ALL, raiser=QA), without(QA)),
        ("the practice manager manages themselves up", replace(ALL, above=(MANAGER, SERVICE)), USUAL),
        (
            "nobody is known at all",
            Around(worker=None, practice_manager=None, above=(), quality=(QA,), raiser=AUDITOR),
            {QA: Part.QA},
        ),
    ],
)
def test_who_is_told_at_once_where(why: str, around: Around, told: dict[int, Part]) -> None:
    assert dict(told_at_once(around)) == told, why


@pytest.mark.parametrize(
    ("told", "withheld", "person"),
    [
        ((WORKER, MANAGER, SERVICE, QA), (), HEAD),
        ((WORKER, MANAGER, SERVICE, HEAD, QA), (), DIRECTOR),
        ((WORKER, MANAGER, SERVICE, QA), (HEAD,), DIRECTOR),
        ((WORKER, MANAGER, SERVICE, HEAD, DIRECTOR), (), None),
        ((WORKER, MANAGER, SERVICE), (HEAD, DIRECTOR), None),
    ],
)
def test_the_next_to_be_told_is_the_nearest_who_does_not_know_and_may(
    told: tuple[int, ...], withheld: tuple[int, ...], person: int | None
) -> None:
    assert told_next(replace(ALL, withheld=frozenset(withheld)), told) == person


def test_whoever_would_be_told_later_can_be_left_out_as_well() -> None:
    later = [(each.person, each.part) for each in would_be_told(ALL)][5:]
    assert later == [(HEAD, Part.NEXT_MANAGER), (DIRECTOR, Part.ASSISTANT_DIRECTOR)]


def test_parts_that_nobody_holds_are_said_but_not_those_of_people_left_out() -> None:
    assert nobody_is(ALL) == ()
    assert nobody_is(replace(ALL, worker=None, practice_manager=None)) == (Part.WORKER, Part.PRACTICE_MANAGER)
    assert nobody_is(replace(ALL, above=(), quality=())) == (Part.SERVICE_MANAGER, Part.QA)
    assert nobody_is(replace(ALL, withheld=frozenset({MANAGER}))) == ()


PEOPLE = range(1, 9)
SOME = st.integers(0, 255).map(lambda bits: frozenset(person for person in PEOPLE if bits >> (person - 1) & 1))


@given(
    away=SOME, withheld=SOME, raiser=st.sampled_from(PEOPLE), above=st.permutations(PEOPLE).map(lambda all_: all_[:5])
)
def test_nobody_who_is_left_out_is_ever_told_and_nobody_twice(
    away: frozenset[int], withheld: frozenset[int], raiser: int, above: list[int]
) -> None:
    around = replace(ALL, away=away, withheld=withheld, raiser=raiser, above=tuple(above))
    told = [each.person for each in told_at_once(around)]
    while (person := told_next(around, told)) is not None:
        told.append(person)
    assert len(told) == len(set(told))
    assert not withheld.intersection(told)
    assert raiser not in told
    assert set(told) >= (set(above) | {QA}) - withheld - {raiser}


@pytest.mark.parametrize(
    ("at", "opened"),
    [
        ("2026-11-16T09:00", True),  # a Monday
        ("2026-11-16T08:59", False),
        ("2026-11-16T16:59", True),
        ("2026-11-16T17:00", False),
        ("2026-11-21T11:00", False),  # a Saturday
        ("2026-11-22T11:00", False),
        ("2026-12-25T11:00", False),  # Christmas
        ("2026-12-28T11:00", False),  # the bank holiday in lieu of Boxing Day
        ("2026-12-29T11:00", False),  # the authority's own closure
        ("2026-12-30T11:00", True),
        ("2026-07-01T09:30", True),  # summer time
    ],
)
def test_the_office_is_open_on_working_days_in_its_hours(at: str, opened: bool) -> None:
    numbers = ConcernNumbers(closures=frozenset({date(2026, 12, 29)}))
    assert office_is_open(london(at), numbers, LONDON) is opened


def test_an_office_that_never_closes_on_working_days_closes_at_midnight() -> None:
    numbers = ConcernNumbers(office_opens=0, office_closes=24)
    assert office_is_open(london("2026-11-20T23:59"), numbers, LONDON)
    assert duty_is_told_at(london("2026-11-20T10:00"), numbers, LONDON) == london("2026-11-21T00:00")


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        ("2026-11-16T10:00", "2026-11-16T17:00"),  # in office hours: when the office closes
        ("2026-11-16T16:59", "2026-11-16T17:00"),
        ("2026-11-16T17:00", "2026-11-16T17:00"),  # closed: at once
        ("2026-11-16T07:10", "2026-11-16T07:10"),
        ("2026-11-21T12:00", "2026-11-21T12:00"),  # Saturday
        ("2026-12-25T12:00", "2026-12-25T12:00"),  # Christmas
    ],
)
def test_the_emergency_duty_contact_is_told_at_once_while_the_office_is_closed_and_otherwise_when_it_closes(
    raised: str, told: str
) -> None:
    assert duty_is_told_at(london(raised), ConcernNumbers(), LONDON) == london(told)


@pytest.mark.parametrize(
    ("raised", "after_one_hour", "after_four"),
    [
        ("2026-11-16T10:00", "2026-11-16T11:00", "2026-11-16T14:00"),
        ("2026-11-20T16:30", "2026-11-20T17:30", "2026-11-20T20:30"),  # Friday evening: the clock does not wait
        ("2026-10-25T00:30", "2026-10-25T01:30", "2026-10-25T03:30"),  # the clocks go back at two
        ("2026-03-29T00:30", "2026-03-29T02:30", "2026-03-29T05:30"),  # and forward at one
    ],
)
def test_it_climbs_after_an_hour_and_after_four_by_the_clock(raised: str, after_one_hour: str, after_four: str) -> None:
    steps = climbs(london(raised), ConcernNumbers(), LONDON)
    assert steps[Climb.NEXT_MANAGER].astimezone(LONDON) == london(after_one_hour)
    assert steps[Climb.ASSISTANT_DIRECTOR].astimezone(LONDON) == london(after_four)


@given(
    since=st.integers(0, 2 * 366 * 24 * 60).map(lambda minute: NEW_YEAR + timedelta(minutes=minute)),
    first=st.integers(1, 24),
    more=st.integers(1, 48),
    opens=st.integers(0, 22),
    hours=st.integers(1, 24),
)
def test_whenever_it_is_raised_the_steps_come_in_order_and_the_duty_contact_within_a_day(
    since: datetime, first: int, more: int, opens: int, hours: int
) -> None:
    numbers = ConcernNumbers(first, first + more, opens, min(opens + hours, 24))
    steps = climbs(since, numbers, LONDON)
    assert steps[Climb.NEXT_MANAGER] - since == timedelta(hours=first)
    assert steps[Climb.ASSISTANT_DIRECTOR] - since == timedelta(hours=first + more)
    duty = steps[Climb.DUTY]
    assert since <= duty <= since + timedelta(hours=25)
    assert not office_is_open(duty, numbers, LONDON) or numbers.office_closes == 24
    assert (duty == since) is not office_is_open(since, numbers, LONDON)
