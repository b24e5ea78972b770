"""Which auditor may take which case.

Cases that bar the same auditors form a group. There are few groups (about one a team), so that a hundred thousand
cases and two thousand auditors need no table of two hundred million pairs: one row of bits a group.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

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
        found = self._found(team, worker, conflicts, not_by)
        return {rule: places for rule, places in found if self.strength[rule] != Strength.OFF}

    def barred(self, team: Identity | None, worker: Identity | None) -> Places:
        """The auditors whom a hard rule keeps from the cases of that team and worker."""
        return NOBODY.union(*(places for rule, places in self._found(team, worker) if places and self.is_hard(rule)))

    def _found(
        self,
        team: Identity | None,
        worker: Identity | None,
        conflicts: Iterable[Identity] = (),
        not_by: Iterable[Identity] = (),
    ) -> Iterator[tuple[PairRule, Places]]:
        person = self._stand_in.get(team) if worker is None else worker
        yield PairRule.OWN_TEAM, self._of_team.get(team, NOBODY)
        yield PairRule.LINE_MANAGEMENT, NOBODY if person is None else self._line(person)
        yield PairRule.INVOLVED, self.places_of((*conflicts, worker))
        yield PairRule.AUDITED_BEFORE, self.places_of(not_by)

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
        teams, judge = self.population.team, self.judge
        line_of_worker, one_of_line = self._lines_of_workers()
        lines = line_of_worker[self.population.answers.codes]
        keys, key_of_case = np.unique(teams.codes * len(one_of_line) + lines, return_inverse=True)
        numbers: dict[Places, int] = {}
        group_of_key = []
        for team, line in zip(*(part.tolist() for part in np.divmod(keys, len(one_of_line))), strict=True):
            barred_here = judge.barred(None if team == NONE else teams.labels[team], one_of_line[line])
            group_of_key.append(numbers.setdefault(barred_here, len(numbers)))
        group = np.array(group_of_key, np.int64)[key_of_case]
        barred = list(numbers)
        for row in sorted(self.population.conflicts.keys() | self.population.reaudits.keys()):
            apart = judge.places_of(self._not_by(row))
            if self.is_hard(PairRule.INVOLVED):
                apart |= judge.places_of(self.population.conflicts.get(row, ()))
            group[row] = numbers.setdefault(barred[group[row]] | apart, len(numbers))
        return group, list(numbers)

    def _lines_of_workers(self) -> tuple[Ints, list[Identity | None]]:
        """For each worker (and last for none) the number of a line, and for each line one worker of it.

        Workers who are no auditors and manage none are alike but for their manager: they share a line.
        """
        judge, numbers = self.judge, dict[Any, int]()
        one_of_line: list[Identity | None] = []
        found = []
        for name in self.population.answers.labels:
            is_apart = name in judge.place or name in judge.below
            line = numbers.setdefault((name,) if is_apart else judge.lines.managers.get(name), len(numbers))
            if line == len(one_of_line):
                one_of_line.append(name)
            found.append(line)
        return np.array([*found, len(one_of_line)], np.int64), [*one_of_line, None]

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
