"""Which auditor may take which case.

Cases that bar the same auditors form a group. There are few groups (about one a team), so that a hundred thousand
cases and two thousand auditors need no table of two hundred million pairs: one row of bits a group.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from audits.rules.allocation.facts import AllocationRules, AuditorFacts, Authority, Identity, Lines, Strength
from audits.rules.allocation.population import NONE, Ints, Population
from audits.rules.allocation.reasons import PairRule

Bits = NDArray[np.uint64]
Places = frozenset[int]


class Independence:
    """The rules between an auditor and a case, over the auditors who have places.

    `group`: for each case its group. `barred`: for each group the auditors (by place in the list) who may not take its
    cases. `allowed`: the rest, as bits, shape (groups, words). `stand_in`: team → the person who answers for a case
    without a worker.
    """

    def __init__(
        self, population: Population, auditors: Sequence[AuditorFacts], authority: Authority, rules: AllocationRules
    ) -> None:
        self.population = population
        self.rules = rules
        self.strength = {
            PairRule.OWN_TEAM: rules.own_team,
            PairRule.LINE_MANAGEMENT: rules.line_management,
            PairRule.INVOLVED: rules.involved,
        }
        self.count = len(auditors)
        self._place = {auditor.id: place for place, auditor in enumerate(auditors)}
        self._stand_in = authority.team_managers
        self._lines = Lines(authority.line_managers, rules.line_management_depth)
        self._of_team = gather((team, place) for place, a in enumerate(auditors) for team in a.teams)
        self._below = gather(
            (manager, place) for place, a in enumerate(auditors) for manager in self._lines.above(a.id)
        )
        self._line_cache: dict[Identity, Places] = {}
        self.group, self.barred = self._group_cases()
        self.allowed = pack(self._table())

    def is_hard(self, rule: PairRule) -> bool:
        return self.strength[rule] == Strength.HARD

    def against(self, row: int) -> dict[PairRule, Places]:
        """For each rule, hard or soft, the auditors whom it speaks against for this case."""
        team = self.population.label(self.population.team, row)
        worker = self.population.label(self.population.answers, row)
        return self._against(team, worker, self.population.conflicts.get(row, ()))

    def _against(
        self, team: Identity, worker: Identity | None, conflicts: Sequence[Identity]
    ) -> dict[PairRule, Places]:
        person = self._stand_in.get(team) if worker is None else worker
        involved = {self._place[p] for p in (*conflicts, worker) if p in self._place}
        found = {
            PairRule.OWN_TEAM: self._of_team.get(team, frozenset()),
            PairRule.LINE_MANAGEMENT: frozenset() if person is None else self._line(person),
            PairRule.INVOLVED: frozenset(involved),
        }
        return {rule: places for rule, places in found.items() if self.strength[rule] != Strength.OFF}

    def _line(self, person: Identity) -> Places:
        """The auditors above and below that person, and the person."""
        if person not in self._line_cache:
            above = {self._place[p] for p in (person, *self._lines.above(person)) if p in self._place}
            self._line_cache[person] = self._below.get(person, frozenset()) | above
        return self._line_cache[person]

    def _group_cases(self) -> tuple[Ints, list[Places]]:
        teams, workers = self.population.team, self.population.answers
        width = len(workers.labels) + 1
        keys, pair_of_case = np.unique(teams.codes * width + workers.codes + 1, return_inverse=True)
        numbers: dict[Places, int] = {}

        def number(team: int, worker: int, conflicts: Sequence[Identity] = ()) -> int:
            name = None if worker == NONE else workers.labels[worker]
            against = self._against(teams.labels[team], name, conflicts)
            barred = frozenset[int]().union(*(places for rule, places in against.items() if self.is_hard(rule)))
            return numbers.setdefault(barred, len(numbers))

        group_of_pair = [number(key // width, key % width - 1) for key in keys.tolist()]
        group = np.array(group_of_pair, np.int64)[pair_of_case]
        for row, people in sorted(self.population.conflicts.items()):
            group[row] = number(int(teams.codes[row]), int(workers.codes[row]), people)
        return group, list(numbers)

    def _table(self) -> Iterator[NDArray[np.bool_]]:
        for barred in self.barred:
            row = np.ones(self.count, np.bool_)
            row[list(barred)] = False
            yield row

    def may_take(self, group: int) -> NDArray[np.bool_]:
        """For each auditor, whether they may take the cases of that group."""
        return np.unpackbits(self.allowed[group].view(np.uint8), count=self.count).astype(np.bool_)

    def groups_open_to(self, auditors: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """For each group, whether at least one of these auditors may take its cases."""
        return np.asarray((self.allowed & pack([auditors])).any(axis=1))


def pack(rows: "Iterator[NDArray[np.bool_]] | Sequence[NDArray[np.bool_]]") -> Bits:
    """Rows of yes and no as rows of 64-bit words."""
    packed = []
    for row in rows:
        as_bytes = np.packbits(row)
        packed.append(np.pad(as_bytes, (0, -len(as_bytes) % 8)).view(np.uint64))
    return np.stack(packed) if packed else np.empty((0, 0), np.uint64)


def gather(pairs: Iterator[tuple[Identity, int]]) -> dict[Identity | None, Places]:
    found = defaultdict(set)
    for key, place in pairs:
        found[key].add(place)
    return {key: frozenset(places) for key, places in found.items()}
