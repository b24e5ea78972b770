"""Which auditor gets which drawn case: the soft rules, all at once.

The cheapest way to seat all drawn cases (a flow of least cost), where a pair costs what it gives up: the same area, an
even load over the last 12 months, not the same worker again, not the same team again.

Areas and loads alone make a flow that is solved in no time, and hardly ever cost less than all rules together. Its
answer is exchanged at random (mixing.py) until it costs as little under all rules: then nothing can cost less. Only
where it does not, the flow is solved again with more rules in it.
"""

import math
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.random import Generator

from audits.rules.allocation.by_area import seat_by_area
from audits.rules.allocation.columns import NONE, Ints
from audits.rules.allocation.flow import Network
from audits.rules.allocation.mixing import Seats
from audits.rules.allocation.spans import SpanTree, areas_in_row, stretches
from audits.rules.allocation.wishes import PairCosts, SoftRules

FINEST_UNIT = 2520


def assign(rows: Ints, soft: SoftRules, places: Ints, rng: Generator) -> Ints:
    """The auditor of each of these cases (by place in the list of auditors). All of them can be seated.

    What is given up is the least that can be, each thing by its weight; which of the cheapest ways is taken is drawn.
    """
    if not len(rows):
        return np.empty(0, np.int64)
    order = rng.permutation(len(rows))
    seats = _seats(rows[order], soft, places)
    least, case_in = seat_by_area(seats, rng)
    cost, case_in = seats.mix(case_in, rng)
    if cost > least:
        case_in = _by_every_rule(seats, soft, rng)
    taken = case_in != NONE
    auditor_of = np.empty(len(rows), np.int64)
    auditor_of[order[case_in[taken]]] = seats.auditor[taken]
    return auditor_of


def _by_every_rule(seats: Seats, soft: SoftRules, rng: Generator) -> Ints:
    """First with what sets auditors of a case's own area apart, then with what sets any auditor apart."""
    row = _Row(soft, rng)
    for everywhere in (False, True):
        least, case_in = _SpanNetwork(seats, row, soft, everywhere=everywhere).solve(rng)
        cost, case_in = seats.mix(case_in, rng)
        if cost == least:
            break
    return case_in


def _seats(rows: Ints, soft: SoftRules, places: Ints) -> Seats:
    """One seat for each place of each auditor: each further one costs more, and so does a higher load to begin with.

    Load is measured for each case of the quota: who takes two a cycle is expected to have twice the load. Where every
    place is taken, load decides nothing. Points of weight are divided so that every cost is a whole number.
    """
    auditor = np.repeat(np.arange(len(places)), places)
    if len(auditor) == len(rows):
        return Seats(auditor, np.zeros(len(rows), np.int64), PairCosts(rows, soft, 1))
    quotas = np.array([max(a.quota, 1) for a in soft.auditors])
    loads = np.array([a.load for a in soft.auditors])
    unit = min(math.lcm(*set(quotas.tolist())), FINEST_UNIT)
    nth = np.arange(len(auditor)) - np.repeat(np.cumsum(places) - places, places)
    per_place = (loads[auditor] + nth) / quotas[auditor]
    extra = np.rint((per_place - per_place.min()) * unit).astype(np.int64)
    return Seats(auditor, extra * soft.weights.even_load, PairCosts(rows, soft, unit))


class _Kind(NamedTuple):
    """What decides the costs of a case; cases alike in it are interchangeable. `extra`: auditor → cost."""

    area: int
    group: int
    extra: tuple[tuple[int, int], ...]


class _Row:
    """The auditors in a row: by area, then by team, and at random within one."""

    def __init__(self, soft: SoftRules, rng: Generator) -> None:
        auditors = soft.auditors
        chance = rng.permutation(len(auditors)).tolist()
        names = [(a.area or "", str(a.teams[:1]), n) for a, n in zip(auditors, chance, strict=True)]
        self.auditors = sorted(range(len(auditors)), key=names.__getitem__)
        self.position = np.empty(len(auditors), np.int64)
        self.position[self.auditors] = np.arange(len(auditors))
        self.areas = areas_in_row([auditors[place].area for place in self.auditors])
        self.tree = SpanTree(len(auditors))


class _SpanNetwork:
    """Kinds of cases → spans of auditors → auditors → seats.

    `everywhere`: False lets a case go to any auditor of another area as if none were barred and none had audited the
    worker or the team before, which is solved sooner and costs no more.
    """

    def __init__(self, seats: Seats, row: _Row, soft: SoftRules, *, everywhere: bool) -> None:
        self.seats, self.row, self.tree, self.everywhere = seats, row, row.tree, everywhere
        self.barred = soft.independence.barred
        self.home_of = [row.areas.get(label, (0, 0)) for label in soft.population.area.labels]
        self.kinds = self._kinds()

    def _kinds(self) -> dict[_Kind, list[int]]:
        costs, kinds = self.seats.costs, defaultdict(list)
        for case, kind in enumerate(zip(costs.area.tolist(), costs.group.tolist(), costs.extra(), strict=True)):
            kinds[_Kind(*kind)].append(case)
        return kinds

    def _reach(self, kind: _Kind) -> Iterator[tuple[int, int]]:
        """The spans whose auditors may take such a case, each with its cost; single auditors where they differ."""
        width, away = len(self.row.auditors), self.seats.costs.away
        home = (0, width) if kind.area == NONE else self.home_of[kind.area]
        barred = {int(self.row.position[place]) for place in self.barred[kind.group]}
        single = {int(self.row.position[place]): cost for place, cost in kind.extra}
        parts = [(0, home[0], away), (*home, 0), (home[1], width, away)]
        if not self.everywhere:
            barred = {at for at in barred if home[0] <= at < home[1]}
            single = {at: cost for at, cost in single.items() if home[0] <= at < home[1]}
        apart = sorted(barred | single.keys())
        for start, end, cost in parts:
            for stretch in stretches(start, end, apart):
                for span in self.tree.cover(*stretch):
                    yield span, cost
        for at in single.keys() - barred:
            yield self.tree.leaf(at), single[at] + (0 if home[0] <= at < home[1] else away)

    def solve(self, rng: Generator) -> tuple[int, Ints]:
        """The least cost, and for each seat the case in it (NONE where it stays empty)."""
        sizes = np.array([len(cases) for cases in self.kinds.values()])
        reach = [
            (self.tree.nodes + number, span, sizes[number], cost)
            for number, kind in enumerate(self.kinds)
            for span, cost in self._reach(kind)
        ]
        tails, heads, capacities, costs = np.array(reach, np.int64).T
        spans, halves = self.tree.arcs()
        leaves = self.tree.leaves + self.row.position[self.seats.auditor]
        sink = self.tree.nodes + len(self.kinds)
        network = Network()
        network.add(tails, heads, capacities, costs)
        network.add(spans, halves, np.full(len(halves), sizes.sum()), np.zeros_like(halves))
        network.add(leaves, np.full_like(leaves, sink), np.ones_like(leaves), self.seats.extra)
        least, (entering, down, _) = network.solve(self.tree.nodes + np.arange(len(sizes)), sizes, sink)
        return least, self._follow(tails, heads, entering, dict(zip(halves.tolist(), down.tolist(), strict=True)), rng)

    def _follow(self, tails: Ints, heads: Ints, entering: Ints, down: dict[int, int], rng: Generator) -> Ints:
        """Follow the flow from the kinds down the tree; which of the cases in a span goes where is drawn."""
        waiting: dict[int, list[int]] = defaultdict(list)
        queues = [rng.permutation(cases).tolist() for cases in self.kinds.values()]
        for arc in np.flatnonzero(entering).tolist():
            queue, count = queues[tails[arc] - self.tree.nodes], int(entering[arc])
            waiting[int(heads[arc])] += queue[:count]
            del queue[:count]
        for span in range(1, self.tree.leaves):
            cases = waiting.pop(span, [])
            if cases:
                mixed = rng.permutation(cases).tolist()
                left = down[2 * span]
                waiting[2 * span] += mixed[:left]
                waiting[2 * span + 1] += mixed[left:]
        case_in = np.full(len(self.seats.auditor), NONE)
        first_seat = np.searchsorted(self.seats.auditor, np.arange(len(self.row.auditors)))
        for at, place in enumerate(self.row.auditors):
            cases = waiting.get(self.tree.leaf(at), [])
            case_in[first_seat[place] : first_seat[place] + len(cases)] = cases
        return case_in
