"""How fair a lottery is: 60 draws of one awkward month, our draw beside four others. Prints one table.

    python -m bench.fairness [--draws 60] [--sets 4]

The measure is how unevenly the draws fall on cases: the variance, over all cases, of how often each was drawn in 60
draws, as a ratio to what 60 independent pure stratified samples of the same size have on average. There every case has
the same chance p = places / cases in each draw, so that its count is binomial and the variance is 60 p (1 - p) exactly.
A lottery whose chances are unequal has, on average, 1 + 59 var(chance) / (p (1 - p)): the excess grows with the number
of draws, so it is always 60. What is simulated is the mean of several sets of 60 draws.
"""

import argparse
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from audits.rules.allocation import AllocationRules, Months
from audits.rules.allocation.chances import Chances
from audits.rules.allocation.draw import Draw
from audits.rules.allocation.selection import Selection
from bench._awkward import AS_OF, awkward_authority
from bench._fairest import fairest_chances

Counts = NDArray[np.int64]
MONTHS = Months.spanning(AS_OF)
HEADINGS = ("ratio", "teams p5", "teams p95", "never drawn", "could be", "unfilled", "excess", "seconds")
AWAY, A_LOAD, NOISE = 100, 8, 50


class Month(NamedTuple):
    """The facts of one draw, read once: what every lottery starts from."""

    draw: Draw

    @classmethod
    def of(cls, seed: int) -> "Month":
        draw = Draw(awkward_authority(), MONTHS, seed=seed, rules=AllocationRules())
        draw.read()
        draw.build()
        return cls(draw)

    def with_seed(self, seed: int) -> Draw:
        self.draw.rng = np.random.default_rng(seed)
        self.draw.seed = seed
        return self.draw

    def selection(self, kind: type[Selection] = Selection) -> Selection:
        d = self.draw
        return kind(d.population, d.independence, d.places, d.rules, d.rng)

    def costs(self) -> NDArray[np.int64]:
        """Auditor × case: what the soft rules say against the pair; -1 where a hard rule forbids it."""
        d = self.draw
        labels = list(d.population.area.labels)
        area = np.array([labels.index(a.area) if a.area in labels else -1 for a in d.auditors])
        load = np.array([a.load for a in d.auditors])
        cost = AWAY * (area[:, None] != d.population.area.codes[None, :]) + A_LOAD * load[:, None]
        for group, barred in enumerate(d.independence.barred):
            cost[np.ix_(sorted(barred), np.flatnonzero(d.independence.group == group))] = -1
        return cost


class SimpleRedraw(Selection):
    """Every case the same chance; what nobody can take is drawn again inside its stratum."""

    def _candidates(self) -> Chances:
        return self.lottery

    def _settle_chances(self) -> None:
        may = self.reachable[: self.eligible] & self.available(slice(self.eligible))
        self.wanted = min(int(self.places.sum()), int(may.sum()))
        self.margins.resize(self.wanted, self._still_wanted())
        self.lottery = Chances(may, self.wanted, self._limits(), None, self.group[: self.eligible])  # type: ignore[arg-type]
        self.chance = self.lottery.of_cases()


class Drawn(NamedTuple):
    """The drawn cases of one draw, and by how many they are out of proportion."""

    rows: Counts
    excess: int


def ours(month: Month) -> Drawn:
    month.draw.select()
    return Drawn(month.draw.selection.sample, month.draw.selection.excess)


def draw_match_redraw(month: Month) -> Drawn:
    selection = month.selection(SimpleRedraw)
    selection.draw()
    selection.balance()
    return Drawn(selection.sample, selection.excess)


def greedy(month: Month) -> Drawn:
    """One auditor after the other, in random order, takes the case that the soft rules like best for them."""
    selection, cost, rng = month.selection(), month.costs(), month.draw.rng
    family, worker = selection.caps
    noise = rng.random(cost.shape[1])
    taken = []
    for auditor in rng.permutation(len(cost)).tolist():
        open_cases = np.flatnonzero((cost[auditor] >= 0) & selection.available(slice(selection.eligible)))
        if len(open_cases):
            row = int(open_cases[np.argmin(cost[auditor, open_cases] + noise[open_cases])])
            selection.drawn[row] = True
            family.count(row)
            worker.count(row)
            taken.append(row)
    return _measured(month, np.array(taken))


def one_optimum(month: Month) -> Drawn:
    """All cases and auditors in one flow of least cost, with a little chance; without the limits of families and
    workers, which no flow can hold."""
    cost, rng = month.costs(), month.draw.rng
    auditors, cases = cost.shape
    who, what = np.nonzero(cost >= 0)
    flow = SimpleMinCostFlow()
    dear = cost[who, what] * NOISE + rng.integers(0, NOISE, cases)[what]
    arcs = flow.add_arcs_with_capacity_and_unit_cost(who, auditors + what, np.ones(len(who), np.int64), dear)
    sink, every = auditors + cases, np.arange(cases)
    flow.add_arcs_with_capacity_and_unit_cost(
        auditors + every, np.full(cases, sink), np.ones(cases, np.int64), np.zeros(cases, np.int64)
    )
    supplies = np.append(np.ones(auditors, np.int64), -auditors)
    flow.set_nodes_supplies(np.append(np.arange(auditors), sink), supplies)
    if flow.solve_max_flow_with_min_cost() != flow.OPTIMAL:
        raise RuntimeError("no optimum was found")
    return _measured(month, what[flow.flows(arcs) > 0])


def _measured(month: Month, rows: Counts) -> Drawn:
    margins = month.selection().margins
    margins.resize(len(rows))
    return Drawn(np.sort(rows), margins.excess(margins.count(rows)))


def simulate(month: Month, lottery: Callable[[Month], Drawn], draws: int, sets: int) -> list[str]:
    cases = len(month.draw.population)
    places = int(month.draw.places.sum())
    ratios, counts, unfilled, excess = [], np.zeros((sets, cases)), 0, 0
    start = time.perf_counter()
    for number in range(sets):
        for n in range(draws):
            month.with_seed(number * 1_000 + n)
            drawn = lottery(month)
            counts[number, drawn.rows] += 1
            unfilled += places - len(drawn.rows)
            excess += drawn.excess
        ratios.append(counts[number].var() / variance_of_pure(places, cases, draws))
    seconds = (time.perf_counter() - start) / (draws * sets)
    return row(month, np.mean(ratios), counts[0], draws, [unfilled / draws / sets, excess / draws / sets, seconds])


def variance_of_pure(places: int, cases: int, draws: int) -> float:
    chance = places / cases
    return draws * chance * (1 - chance)


def row(month: Month, ratio: float, counts: NDArray[np.float64], draws: int, rest: list[float]) -> list[str]:
    """`counts`: how often each case was drawn, or how often it is expected to be."""
    population = month.draw.population
    rate = np.bincount(population.team.codes, counts) / np.bincount(population.team.codes) / draws
    low, high = np.percentile(rate, [5, 95])
    never = counts == 0
    could_be = never & month.selection().reachable
    return [f"{ratio:.2f}", f"{low:.3f}", f"{high:.3f}", f"{never.sum():,}", f"{could_be.sum():,}",
            *(f"{n:.2f}" for n in rest)]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=60)
    parser.add_argument("--sets", type=int, default=4)
    options = parser.parse_args()
    month = Month.of(0)
    cases, places = len(month.draw.population), int(month.draw.places.sum())
    print(f"{cases:,} eligible cases, {places} places, {options.sets} sets of {options.draws} draws")
    show(["", *HEADINGS])
    show(["(a) greedy", *simulate(month, greedy, options.draws, options.sets)])
    show(["(b) one joint optimum", *simulate(month, one_optimum, options.draws, 1)])
    show(["(c) draw, match, redraw", *simulate(month, draw_match_redraw, options.draws, options.sets)])
    show(["ours", *simulate(month, ours, options.draws, options.sets)])
    chance = fairest_chances(month.draw)
    pure = places / cases * (1 - places / cases)
    ratio = 1 + (options.draws - 1) * float(chance.var()) / pure
    show(["(d) fairest, expected", *row(month, ratio, chance * options.draws, options.draws, [])])


def show(cells: list[str]) -> None:
    print(f"{cells[0]:<26}" + "".join(f"{cell:>12}" for cell in cells[1:]), flush=True)


if __name__ == "__main__":
    main()
