"""What is wished for in the auditor of a drawn case: the soft rules, for one pair and for many at once."""

from collections.abc import Sequence

import numpy as np

from audits.rules.allocation.columns import NONE, Column, Ints
from audits.rules.allocation.facts import AllocationRules, AuditorFacts, Identity, Strength, Weights
from audits.rules.allocation.independence import Independence
from audits.rules.allocation.population import Population
from audits.rules.allocation.reasons import PairRule, SoftRule

ELSEWHERE = -2
IMPOSSIBLE = 1 << 40


class SoftRules:
    """The soft rules for one pair: what it gives up, and what each costs."""

    def __init__(
        self,
        population: Population,
        independence: Independence,
        auditors: Sequence[AuditorFacts],
        rules: AllocationRules,
    ) -> None:
        self.population = population
        self.independence = independence
        self.auditors = auditors
        self.weights: Weights = rules.weights
        self.any_soft = Strength.SOFT in independence.strength.values()

    def area_of(self, row: int) -> str | None:
        return self.population.label(self.population.area, row)

    def broken_independence(self, row: int) -> list[PairRule]:
        """The rules of independence that only count against an auditor of this case."""
        if not self.any_soft:
            return []
        strength = self.independence.strength
        return [rule for rule in self.independence.against(row) if strength[rule] == Strength.SOFT]

    def given_up(self, row: int, place: int) -> list[SoftRule | PairRule]:
        """What this pair gives up, most important first."""
        found: list[SoftRule | PairRule] = [
            rule for rule in self.broken_independence(row) if place in self.independence.against(row)[rule]
        ]
        area = self.area_of(row)
        if area is not None and self.auditors[place].area != area:
            found.append(SoftRule.SAME_AREA)
        if self.population.label(self.population.worker, row) in self.auditors[place].recent_workers:
            found.append(SoftRule.REPEAT_WORKER)
        if self.population.label(self.population.team, row) in self.auditors[place].recent_teams:
            found.append(SoftRule.REPEAT_TEAM)
        return found


class PairCosts:
    """What the pairs of some cases with any auditors give up, as whole numbers: for thousands of pairs at once.

    `area`, `home`: the areas of the cases and of the auditors, by number; a case without an area is at home everywhere.
    `away`: what it costs not to be. A pair that the hard rules bar costs more than all others together. `unit`: into
    how many parts a point of weight is divided.
    """

    def __init__(self, rows: Ints, soft: SoftRules, unit: int) -> None:
        self.soft, self.independence, column = soft, soft.independence, soft.population.area
        self.unit = unit
        self.away = soft.weights.same_area * unit
        self.group, self.area = self.independence.group[rows], column.codes[rows]
        number = {label: code for code, label in enumerate(column.labels)}
        self.home: Ints = np.array([number.get(auditor.area, ELSEWHERE) for auditor in soft.auditors], np.int64)
        self._index(rows)

    def _index(self, rows: Ints) -> None:
        """For the pairs that cost more than their area: the number of the pair, and how much."""
        weights, auditors, population = self.soft.weights, self.soft.auditors, self.soft.population
        workers = self._repeats(population.worker, rows, [auditor.recent_workers for auditor in auditors])
        teams = self._repeats(population.team, rows, [auditor.recent_teams for auditor in auditors])
        soft = self._soft_independence(rows)
        keys = np.concatenate([[NONE], workers, teams, soft])
        points = (0, weights.repeat_worker, weights.repeat_team, weights.soft_independence)
        values = np.repeat(points, [1, len(workers), len(teams), len(soft)]) * self.unit
        self._keys, place = np.unique(keys, return_inverse=True)
        self._values = np.bincount(place, values).astype(np.int64)

    def _repeats(self, column: Column, rows: Ints, recent: Sequence[Sequence[Identity]]) -> Ints:
        """The pairs whose auditor audited that worker, or that team, lately."""
        mine = column.codes[rows]
        code_of = {column.labels[code]: code for code in np.unique(mine[mine != NONE]).tolist()}
        pairs = {(code_of[name], place) for place, names in enumerate(recent) for name in names if name in code_of}
        codes, places = np.array(sorted(pairs), np.int64).reshape(-1, 2).T
        first, last = np.searchsorted(codes, mine), np.searchsorted(codes, mine, side="right")
        cases = np.repeat(np.arange(len(rows)), last - first)
        nth = np.arange(len(cases)) - np.repeat(np.cumsum(last - first) - (last - first), last - first)
        return cases * len(recent) + places[np.repeat(first, last - first) + nth]

    def _soft_independence(self, rows: Ints) -> Ints:
        """The pairs that a soft rule of independence speaks against, once for each rule."""
        if not self.soft.any_soft:
            return np.empty(0, np.int64)
        found = [
            case * len(self.home) + place
            for case, row in enumerate(rows.tolist())
            for rule in self.soft.broken_independence(row)
            for place in self.independence.against(row)[rule]
        ]
        return np.array(found, np.int64)

    def extra(self) -> list[tuple[tuple[int, int], ...]]:
        """For each case the auditors who cost more than their area, each with how much."""
        cases, places = np.divmod(self._keys[1:], len(self.home))
        found: list[list[tuple[int, int]]] = [[] for _ in self.area]
        for case, place, cost in zip(cases.tolist(), places.tolist(), self._values[1:].tolist(), strict=True):
            found[case].append((place, cost))
        return [tuple(pairs) for pairs in found]

    def of_area(self, cases: Ints, auditors: Ints) -> Ints:
        """What each pair costs for its areas; nothing for a pair of no case (NONE)."""
        area = self.area[cases]
        return np.where((area == self.home[auditors]) | (area == NONE) | (cases == NONE), 0, self.away)

    def beyond_area(self, cases: Ints, auditors: Ints) -> Ints:
        """What each pair costs beside that."""
        wanted = cases * len(self.home) + auditors
        at = np.minimum(np.searchsorted(self._keys, wanted), len(self._keys) - 1)
        costs = np.where(self._keys[at] == wanted, self._values[at], 0)
        costs += np.where(self.independence.allows(self.group[cases], auditors), 0, IMPOSSIBLE)
        return np.where(cases == NONE, 0, costs)
