"""Which auditor gets which drawn case: the soft rules, all at once.

The cheapest way to seat all drawn cases (a flow of least cost), where a pair costs what it gives up: the same area, an
even load over the last 12 months, not the same worker again, not the same team again. What is equal is decided at
random.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from audits.rules.allocation.facts import AllocationRules, AuditorFacts, Identity, Strength, Weights
from audits.rules.allocation.independence import Independence, gather
from audits.rules.allocation.population import NONE, Ints, Population
from audits.rules.allocation.reasons import PairRule, SoftRule
from audits.rules.allocation.spans import SpanTree, areas_in_row, stretches

NOISE = 64


class Kind(NamedTuple):
    """What decides the costs of a case; cases alike in it are interchangeable. `extra`: place in the row → cost."""

    group: int
    area: int
    extra: tuple[tuple[int, int], ...]


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
        for places, weight in (
            (self.audited_worker.get(self._worker(row), ()), self.weights.repeat_worker),
            (self.audited_team.get(self._team(row), ()), self.weights.repeat_team),
        ):
            for place in places:
                costs[place] += weight
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
        if place in self.audited_worker.get(self._worker(row), ()):
            found.append(SoftRule.REPEAT_WORKER)
        if place in self.audited_team.get(self._team(row), ()):
            found.append(SoftRule.REPEAT_TEAM)
        return found

    def _worker(self, row: int) -> Identity | None:
        return self.population.label(self.population.worker, row)

    def _team(self, row: int) -> Identity | None:
        return self.population.label(self.population.team, row)


def assign(rows: Ints, soft: SoftRules, places: Ints, rng: Generator) -> Ints:
    """The auditor of each of these cases (by place in the list of auditors). All of them can be seated."""
    if not len(rows):
        return np.empty(0, np.int64)
    network = _Network(rows, soft, places, rng)
    return network.solve(rng)


class _Network:
    """Source → kinds of cases → spans of auditors → auditors → one arc a slot → sink."""

    def __init__(self, rows: Ints, soft: SoftRules, places: Ints, rng: Generator) -> None:
        self.soft = soft
        self.cases = rows
        auditors = soft.auditors
        names = [
            ("" if a.area is None else a.area, str(a.teams[:1]), n)
            for a, n in zip(auditors, rng.permutation(len(auditors)).tolist(), strict=True)
        ]
        self.row = sorted(range(len(auditors)), key=names.__getitem__)
        self.place_in_row = {place: at for at, place in enumerate(self.row)}
        self.areas = areas_in_row([auditors[place].area for place in self.row])
        self.tree = SpanTree(len(auditors))
        self.kinds = self._kinds()
        self.scale = NOISE * len(rows)
        self.arcs: list[tuple[Ints, Ints, Ints, Ints]] = []
        self._connect_kinds(rng)
        self._connect_spans()
        self._connect_slots(places)

    def _kinds(self) -> dict[Kind, list[int]]:
        found: dict[Kind, list[int]] = defaultdict(list)
        group, area = self.soft.independence.group, self.soft.population.area.codes
        for row in self.cases.tolist():
            extra = tuple(sorted((self.place_in_row[p], cost) for p, cost in self.soft.extra_costs(row).items()))
            found[Kind(int(group[row]), int(area[row]), extra)].append(row)
        return found

    def _connect_kinds(self, rng: Generator) -> None:
        tails, heads, costs, capacities = [], [], [], []
        for number, (kind, cases) in enumerate(self.kinds.items()):
            for head, cost in self._reach(kind):
                tails.append(self.tree.nodes + number)
                heads.append(head)
                costs.append(cost)
                capacities.append(len(cases))
        noise = rng.integers(0, NOISE, len(costs))
        self._add(tails, heads, capacities, np.array(costs, np.int64) * self.scale + noise)
        self.kind_arcs = len(costs)

    def _reach(self, kind: Kind) -> list[tuple[int, int]]:
        """The spans whose auditors may take such a case, each with its cost; single auditors where they differ."""
        barred = {self.place_in_row[place] for place in self.soft.independence.barred[kind.group]}
        single = {at: cost for at, cost in kind.extra if at not in barred}
        apart = sorted(barred | single.keys())
        width, away = len(self.row), self.soft.weights.same_area
        if kind.area == NONE:
            home, away = (0, width), 0
        else:
            home = self.areas.get(self.soft.population.area.labels[kind.area], (0, 0))
        parts = ((0, home[0], away), (*home, 0), (home[1], width, away))
        reach = [
            (span, cost)
            for start, end, cost in parts
            for stretch in stretches(start, end, apart)
            for span in self.tree.cover(*stretch)
        ]
        for at, cost in single.items():
            reach.append((self.tree.leaf(at), cost + (0 if home[0] <= at < home[1] else away)))
        return reach

    def _connect_spans(self) -> None:
        tails, heads = self.tree.arcs()
        self.span_heads = heads
        self._add(tails, heads, np.full(len(heads), len(self.cases)), np.zeros(len(heads), np.int64))

    def _connect_slots(self, places: Ints) -> None:
        """One arc a slot; each further case of an auditor costs more, and so does a higher load to begin with.

        Load is measured for each case of the quota: who takes two a cycle is expected to have twice the load.
        """
        in_row = np.array(self.row)
        counts = places[in_row]
        quotas = np.array([max(self.soft.auditors[place].quota, 1) for place in self.row])
        loads = np.array([self.soft.auditors[place].load for place in self.row])
        nth = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        tails = np.repeat(self.tree.leaves + np.arange(len(in_row)), counts)
        per_place = (np.repeat(loads, counts) + nth) / np.repeat(quotas, counts)
        costs = np.rint((per_place - per_place.min()) * self.soft.weights.even_load * self.scale)
        sink = self.tree.nodes + len(self.kinds)
        self._add(tails, np.full(len(tails), sink), np.ones(len(tails), np.int64), costs)

    def _add(self, tails: object, heads: object, capacities: object, costs: object) -> None:
        self.arcs.append(tuple(np.asarray(part, np.int64) for part in (tails, heads, capacities, costs)))  # type: ignore[arg-type]

    def solve(self, rng: Generator) -> Ints:
        flow = SimpleMinCostFlow()
        columns = [np.concatenate(parts) for parts in zip(*self.arcs, strict=True)]
        flow.add_arcs_with_capacity_and_unit_cost(*columns)
        supplies = [len(cases) for cases in self.kinds.values()]
        first = self.tree.nodes
        flow.set_nodes_supplies(np.arange(first, first + len(supplies) + 1), np.array([*supplies, -len(self.cases)]))
        status = flow.solve()
        if status != flow.OPTIMAL:
            raise RuntimeError(f"the drawn cases could not be given to auditors: {status}")
        return self._read(flow.flows(np.arange(len(columns[0]))), columns[1], rng)

    def _read(self, flows: Ints, heads: Ints, rng: Generator) -> Ints:
        """Follow the flow from the kinds down the tree; which of the cases in a span goes where is drawn."""
        waiting: dict[int, list[int]] = defaultdict(list)
        arc = 0
        tails = self.arcs[0][0]
        for number, cases in enumerate(self.kinds.values()):
            queue = rng.permutation(cases).tolist()
            while arc < self.kind_arcs and tails[arc] == self.tree.nodes + number:
                if flows[arc]:
                    count = int(flows[arc])
                    waiting[int(heads[arc])] += queue[:count]
                    del queue[:count]
                arc += 1
        down = dict(zip(self.span_heads.tolist(), flows[arc : arc + len(self.span_heads)].tolist(), strict=True))
        auditor_of: dict[int, int] = {}
        for span in range(1, self.tree.leaves):
            cases = waiting.pop(span, [])
            if cases:
                mixed = rng.permutation(cases).tolist()
                left = down[2 * span]
                waiting[2 * span] += mixed[:left]
                waiting[2 * span + 1] += mixed[left:]
        for at, place in enumerate(self.row):
            auditor_of.update(dict.fromkeys(waiting.get(self.tree.leaf(at), ()), place))
        return np.array([auditor_of[row] for row in self.cases.tolist()], np.int64)
