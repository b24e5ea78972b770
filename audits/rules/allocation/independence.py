"""Which auditor may take which case.

Cases that bar the same auditors form a group. There are few groups (about one a team), so that a hundred thousand
cases and two thousand auditors need no table of two hundred million pairs: one row of bits a group.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from audits.rules.allocation.facts import AllocationRules, AuditorFacts, Authority, Identity, Lines, Strength
from audits.rules.allocation.population import NONE, Ints, Population
from audits.rules.allocation.reasons import PairRule

Bits = NDArray[np.uint64]
Places = frozenset[int]
NOBODY: Places = frozenset()


class PairJudge:
    """The rules between an auditor and a case, for these auditors.

    A case without a worker, or whose worker is not known, has its team's manager stand in. `below`: person → the
    auditors whom they manage, directly or through others.
    """

    def __init__(self, auditors: Sequence[AuditorFacts], authority: Authority, rules: AllocationRules) -> None:
        self.strength = {
            PairRule.OWN_TEAM: rules.own_team,
            PairRule.LINE_MANAGEMENT: rules.line_management,
            PairRule.INVOLVED: rules.involved,
            PairRule.AUDITED_BEFORE: Strength.HARD,
        }
        self.place = {auditor.id: place for place, auditor in enumerate(auditors)}
        self.lines = Lines(authority.line_managers, rules.line_management_depth)
        self.below = gather((manager, place) for place, a in enumerate(auditors) for manager in self.lines.above(a.id))
        self._stand_in = authority.team_managers
        self._of_team = gather((team, place) for place, a in enumerate(auditors) for team in a.teams)
        self._line_cache: dict[Identity, Places] = {}

    def is_hard(self, rule: PairRule) -> bool:
        return self.strength[rule] == Strength.HARD

    def against(
        self,
        team: Identity | None,
        worker: Identity | None,
        conflicts: Iterable[Identity] = (),
        not_by: Iterable[Identity] = (),
    ) -> dict[PairRule, Places]:
        """For each rule, hard or soft, the auditors (by place in the list) whom it speaks against for such a case."""
        person = self._stand_in.get(team) if worker is None else worker
        found = {
            PairRule.OWN_TEAM: self._of_team.get(team, NOBODY),
            PairRule.LINE_MANAGEMENT: NOBODY if person is None else self._line(person),
            PairRule.INVOLVED: self.places_of((*conflicts, worker)),
            PairRule.AUDITED_BEFORE: self.places_of(not_by),
        }
        return {rule: places for rule, places in found.items() if self.strength[rule] != Strength.OFF}

    def barred(self, team: Identity | None, worker: Identity | None) -> Places:
        """The auditors whom a hard rule keeps from the cases of that team and worker."""
        against = self.against(team, worker)
        return NOBODY.union(*(places for rule, places in against.items() if self.is_hard(rule)))

    def places_of(self, people: Iterable[Identity | None]) -> Places:
        return frozenset(self.place[person] for person in people if person in self.place)

    def _line(self, person: Identity) -> Places:
        """The auditors above and below that person, and the person."""
        if person not in self._line_cache:
            above = self.places_of((person, *self.lines.above(person)))
            self._line_cache[person] = self.below.get(person, NOBODY) | above
        return self._line_cache[person]


class Independence:
    """Who may take which case of a population, over the auditors who have places.

    `group`: for each case its group. `barred`: for each group the auditors (by place in the list) who may not take its
    cases. `allowed`: the rest, as bits, shape (groups, words).
    """

    def __init__(
        self, population: Population, auditors: Sequence[AuditorFacts], authority: Authority, rules: AllocationRules
    ) -> None:
        self.population = population
        self.judge = PairJudge(auditors, authority, rules)
        self.strength, self.is_hard = self.judge.strength, self.judge.is_hard
        self.count = len(auditors)
        self.group, self.barred = self._group_cases()
        self.allowed = self._table()

    def against(self, row: int) -> dict[PairRule, Places]:
        """For each rule, hard or soft, the auditors whom it speaks against for this case."""
        team = self.population.label(self.population.team, row)
        worker = self.population.label(self.population.answers, row)
        return self.judge.against(team, worker, self.population.conflicts.get(row, ()), self._not_by(row))

    def _not_by(self, row: int) -> tuple[Identity, ...]:
        due = self.population.reaudits.get(row)
        return () if due is None else due.not_by

    def _group_cases(self) -> tuple[Ints, list[Places]]:
        teams, workers, judge = self.population.team, self.population.answers, self.judge
        width = len(workers.labels) + 1
        keys, pair_of_case = np.unique(teams.codes * width + workers.codes + 1, return_inverse=True)
        numbers: dict[Places, int] = {}
        alike: dict[tuple[int, Identity | None], int] = {}

        def number(team: int, worker: int) -> int:
            name = None if worker == NONE else workers.labels[worker]
            label = None if team == NONE else teams.labels[team]
            if name is None or name in judge.place or name in judge.below:
                return numbers.setdefault(judge.barred(label, name), len(numbers))
            # Workers who are no auditors and manage none are alike but for their manager.
            key = team, judge.lines.managers.get(name)
            if key not in alike:
                alike[key] = numbers.setdefault(judge.barred(label, name), len(numbers))
            return alike[key]

        group_of_pair = [number(key // width, key % width - 1) for key in keys.tolist()]
        group = np.array(group_of_pair, np.int64)[pair_of_case]
        barred = list(numbers)
        for row in sorted(self.population.conflicts.keys() | self.population.reaudits.keys()):
            apart = judge.places_of(self._not_by(row))
            if self.is_hard(PairRule.INVOLVED):
                apart |= judge.places_of(self.population.conflicts.get(row, ()))
            group[row] = numbers.setdefault(barred[group[row]] | apart, len(numbers))
        return group, list(numbers)

    def _table(self) -> Bits:
        """Everybody, without those who are barred."""
        everybody = pack(np.ones((1, self.count), np.bool_)).view(np.uint8)
        table = np.repeat(everybody, len(self.barred), axis=0)
        groups = np.repeat(np.arange(len(self.barred)), [len(places) for places in self.barred])
        places = np.fromiter(chain.from_iterable(self.barred), np.int64, len(groups))
        np.bitwise_and.at(table, (groups, places >> 3), ~bit_of(places))
        return table.view(np.uint64)

    def may_take(self, group: int) -> NDArray[np.bool_]:
        """For each auditor, whether they may take the cases of that group."""
        return np.unpackbits(self.allowed[group].view(np.uint8), count=self.count).astype(np.bool_)

    def allows(self, groups: Ints, auditors: Ints) -> NDArray[np.bool_]:
        """For each pair of a group and an auditor, whether the auditor may take its cases."""
        return (self.allowed.view(np.uint8)[groups, auditors >> 3] & bit_of(auditors)) > 0

    def groups_open_to(self, auditors: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """For each group, whether at least one of these auditors may take its cases."""
        return np.asarray((self.allowed & pack(auditors[None])).any(axis=1))


def pack(rows: NDArray[np.bool_]) -> Bits:
    """Rows of yes and no as rows of 64-bit words."""
    as_bytes = np.packbits(rows, axis=1)
    return np.pad(as_bytes, ((0, 0), (0, -as_bytes.shape[1] % 8))).view(np.uint64)


def bit_of(places: Ints) -> NDArray[np.uint8]:
    """The place within its byte, as `packbits` has it: the highest bit first."""
    return (0x80 >> (places & 7)).astype(np.uint8)


def gather(pairs: Iterable[tuple[Identity, int]]) -> dict[Identity | None, Places]:
    """Key → the places that go with it."""
    found: dict[Identity | None, set[int]] = defaultdict(set)
    for key, place in pairs:
        found[key].add(place)
    return {key: frozenset(places) for key, places in found.items()}
