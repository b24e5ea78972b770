"""What a draw is told: plain values, the same whichever database or file they were read from.

Identities (of cases, people, teams, families) are any text or whole number.
`None` stands for "not known". A worker whom a file names but who is not known yet is given by that name.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from audits.rules.cohorts import Cohort, CohortQuota
from audits.rules.deadlines import last_day_of_month

Identity = int | str


class CaseFacts(NamedTuple):
    """One case as it is held on the day of the draw. `worker_is_known`: whether the worker is one of the people."""

    id: Identity
    family: Identity | None = None
    worker: Identity | None = None
    team: Identity | None = None
    service: str | None = None
    area: str | None = None
    plan_type: str | None = None
    date_of_birth: date | None = None
    gender: str | None = None
    ethnicity: str | None = None
    is_open: bool = True
    opened_on: date | None = None
    closed_on: date | None = None
    last_audited_on: date | None = None
    is_allocated: bool = False
    conflicts: tuple[Identity, ...] = ()
    worker_is_known: bool = True
    plan_types: tuple[str, ...] = ()
    cp_category: str = ""
    cse_level: str = ""
    missing: bool = False


class ReauditDue(NamedTuple):
    """A case whose audit calls for another one by now. `audit`: our reference of that audit; `not_by`: who audited the
    case before; `due_on`: since when it is due. The cooling-off period does not keep it out."""

    case: Identity
    audit: str
    due_on: date
    not_by: tuple[Identity, ...] = ()


class Held(NamedTuple):
    """A case that is in the cycle already: it counts for its family and worker, a random one for its stratum too."""

    case: Identity
    is_random: bool = True


class AuditorFacts(NamedTuple):
    """One person who may audit.

    `teams`: the team they are in and those they manage. `quota`: cases a cycle; `held`: live allocations they already
    have in this cycle. `load`: allocations over the last 12 months. `recent_workers`, `recent_teams`: whose cases they
    audited within the time that the soft rules look back.
    """

    id: Identity
    teams: tuple[Identity, ...] = ()
    area: str | None = None
    quota: int = 1
    held: int = 0
    is_active: bool = True
    absences: tuple[tuple[date, date | None], ...] = ()
    load: int = 0
    recent_workers: tuple[Identity, ...] = ()
    recent_teams: tuple[Identity, ...] = ()


class Months(NamedTuple):
    """A cycle: from the first day of its first month to the last day of its last month."""

    first_day: date
    last_day: date

    @classmethod
    def spanning(cls, first_month: date, last_month: date | None = None) -> "Months":
        return cls(first_month.replace(day=1), last_day_of_month(last_month or first_month))


class Lines:
    """Line management: who is above whom, through as many steps as `depth` allows (None: all of them).

    A person whose managers go round in a circle has each of them above them once.
    """

    def __init__(self, managers: Mapping[Any, Identity | None], depth: int | None = None) -> None:
        self.managers = managers
        self.depth = depth
        self._above: dict[Identity, frozenset[Identity]] = {}

    def above(self, person: Identity) -> frozenset[Identity]:
        if person not in self._above:
            self._above[person] = frozenset(self._climb(person))
        return self._above[person]

    def _climb(self, person: Identity) -> Iterator[Identity]:
        seen = {person}
        manager = self.managers.get(person)
        while manager is not None and manager not in seen and (self.depth is None or len(seen) <= self.depth):
            seen.add(manager)
            yield manager
            manager = self.managers.get(manager)


class Strength(StrEnum):
    """Whether a rule of independence bars an auditor, merely counts against them, or is switched off."""

    HARD = "hard"
    SOFT = "soft"
    OFF = "off"


class AgeBand(NamedTuple):
    """Children younger than `below` years, and not in an earlier band. `below` None: everyone else."""

    name: str
    below: int | None


AGE_BANDS = (
    AgeBand("Unborn", 0),
    AgeBand("Under 1", 1),
    AgeBand("1 to 4", 5),
    AgeBand("5 to 9", 10),
    AgeBand("10 to 15", 16),
    AgeBand("16 to 17", 18),
    AgeBand("18 and over", None),
)

STRATA = ("service", "plan_type", "age_band", "gender", "ethnicity")


class Focus(NamedTuple):
    """What a cycle is about: the cases of these teams (all where there are none), of this cohort (all where None)."""

    teams: frozenset[Identity] = frozenset()
    cohort: Cohort | None = None


@dataclass(frozen=True)
class Weights:
    """How much each soft rule counts when the auditors of the drawn cases are chosen, in points.

    A pair costs the points of what it gives up, and an auditor `even_load` for each case a place that their load is
    higher (load over 12 months and the cases of this draw, divided by their quota). The sum over all pairs is the least
    that can be, so points are what one wish is worth in terms of another. With the defaults, of two auditors for one
    case: a rule of independence that is soft outweighs everything else; the same area outweighs any load that differs
    by 12 cases a place or fewer, and both repeats; a load that differs by half a case a place or more outweighs both
    repeats; the same worker again outweighs the same team again. Over several cases the wishes are still traded: three
    teams again weigh more than one worker again.
    """

    same_area: int = 100
    even_load: int = 8
    repeat_worker: int = 2
    repeat_team: int = 1
    soft_independence: int = 1000


@dataclass(frozen=True)
class AllocationRules:
    """Every number and switch of the draw, with the programme's defaults."""

    excluded_services: frozenset[str] = frozenset()
    open_working_days: int = 20
    recently_closed_months: int = 3
    cooling_off_months: int = 3
    cases_per_family: int = 1
    cases_per_worker: int = 2
    own_team: Strength = Strength.HARD
    line_management: Strength = Strength.HARD
    involved: Strength = Strength.HARD
    line_management_depth: int | None = None
    strata: tuple[str, ...] = STRATA
    age_bands: tuple[AgeBand, ...] = AGE_BANDS
    weights: Weights = field(default_factory=Weights)
    cohort_quotas: tuple[CohortQuota, ...] = ()
    focus: Focus = field(default_factory=Focus)


class Authority(NamedTuple):
    """Everybody and everything a draw looks at. `cases` may be a stream: it is read once, row by row.

    `line_managers`: person → their line manager. `team_managers`: team → its manager, who stands in for the worker of
    a case that has none, or whose worker is not known. `closures`: days on which the authority is shut, beside
    England's bank holidays. `reaudits`: what is due for another audit in this cycle. `held`: what is in the cycle
    already, when a place of it is drawn anew.
    """

    cases: Iterable[CaseFacts]
    auditors: Iterable[AuditorFacts]
    line_managers: Mapping[Any, Identity | None]
    team_managers: Mapping[Any, Identity | None]
    closures: frozenset[date] = frozenset()
    reaudits: tuple[ReauditDue, ...] = ()
    held: tuple[Held, ...] = ()
