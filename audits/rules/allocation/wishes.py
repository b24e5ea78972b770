"""What is wished for in the auditor of a drawn case: the soft rules, for one pair and for many at once."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from audits.rules.allocation.facts import AllocationRules, AuditorFacts, Identity, Strength, Weights
from audits.rules.allocation.independence import NOBODY, Independence, gather
from audits.rules.allocation.population import NONE, Ints, Population
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
        self.audited_worker = gather((w, place) for place, a in enumerate(auditors) for w in a.recent_workers)
        self.audited_team = gather((t, place) for place, a in enumerate(auditors) for t in a.recent_teams)
        self.any_soft = Strength.SOFT in independence.strength.values()

    def area_of(self, row: int) -> str | None:
        return self.population.label(self.population.area, row)

    def extra_costs(self, row: int) -> dict[int, int]:
        """For each auditor who is not like the others of their area for this case, what taking it costs more."""
        costs: dict[int, int] = defaultdict(int)
        for place in self.audited_worker.get(self._worker(row), NOBODY):
            costs[place] += self.weights.repeat_worker
        for place in self.audited_team.get(self._team(row), NOBODY):
            costs[place] += self.weights.repeat_team
        for rule in self.broken_independence(row):
            for place in self.independence.against(row)[rule]:
                costs[place] += self.weights.soft_independence
        return costs

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
        if place in self.audited_worker.get(self._worker(row), NOBODY):
            found.append(SoftRule.REPEAT_WORKER)
        if place in self.audited_team.get(self._team(row), NOBODY):
            found.append(SoftRule.REPEAT_TEAM)
        return found

    def _worker(self, row: int) -> Identity | None:
        return self.population.label(self.population.worker, row)

    def _team(self, row: int) -> Identity | None:
        return self.population.label(self.population.team, row)


class PairCosts:
    """What the pairs of some cases with any auditors give up, as whole numbers: for thousands of pairs at once.

    `extra`: for each case, auditor → what that pair costs beyond its area. `area`, `home`: the areas of the cases and
    of the auditors, by number; a case without an area is at home everywhere. A pair that the hard rules bar costs more
    than all others together. `unit`: into how many parts a point of weight is divided.
    """

    def __init__(self, rows: Ints, soft: SoftRules, unit: int) -> None:
        self.independence, column = soft.independence, soft.population.area
        self.unit = unit
        self.away = soft.weights.same_area * unit
        self.extra = [
            {place: cost * unit for place, cost in soft.extra_costs(row).items() if cost} for row in rows.tolist()
        ]
        self.group, self.area = self.independence.group[rows], column.codes[rows]
        number = {label: code for code, label in enumerate(column.labels)}
        self.home: Ints = np.array([number.get(auditor.area, ELSEWHERE) for auditor in soft.auditors], np.int64)
        self._index_extra()

    def _index_extra(self) -> None:
        width = len(self.home)
        found = [(case * width + place, cost) for case, costs in enumerate(self.extra) for place, cost in costs.items()]
        keys, values = np.array(found or [(-1, 0)], np.int64).T
        order = np.argsort(keys)
        self._keys, self._values = keys[order], values[order]

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
