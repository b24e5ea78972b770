"""The most places that can be filled, the most re-audits, and the nearest to quotas and proportion, proved.

Random drawing with exchanges nearly always fills every place and meets every wish. Where it does not, this says
whether anything could: an integer programme over all eligible cases, which also honours the limits on families and
workers (with them, the question is more than a matching). Among equal answers it keeps as much of the random draw as
it can.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from audits.rules.allocation.independence import Independence
from audits.rules.allocation.population import NONE, Ints
from audits.rules.allocation.selection import Cap, Selection
from audits.rules.allocation.spans import SpanTree, stretches

if TYPE_CHECKING:
    from ortools.linear_solver import pywraplp

LARGEST = 10_000
WORK_LIMIT = 5.0
A_QUOTA = 10_000


class Answer(NamedTuple):
    """The cases to draw, and whether it is proved that no others do better."""

    rows: Ints
    is_proved: bool


Question = Callable[[Selection, Generator], Answer | None]


def is_small_enough(selection: Selection) -> bool:
    return len(selection.drawn) <= LARGEST


def most_cases(selection: Selection, rng: Generator) -> Answer | None:
    """A largest set of cases that can all be given to auditors, of these one with the most re-audits; None where no
    answer came in time."""
    programme = _Programme(selection)
    programme.keep(selection.drawn, rng)
    return programme.solve()


def nearest_to_the_wishes(selection: Selection, rng: Generator) -> Answer | None:
    """As many cases and re-audits as are drawn now, as near to the quotas, and then to proportion, as the hard rules
    allow; None as above."""
    relaxed = _Programme(selection, whole=False)
    relaxed.demand_wishes(selection)
    if relaxed.least_amiss() >= selection.excess + A_QUOTA * selection.shortfall:
        return Answer(selection.rows, is_proved=True)
    programme = _Programme(selection)
    programme.keep(selection.drawn, rng)
    programme.demand_wishes(selection)
    return programme.solve()


class _Programme:
    """One yes-or-no a case; the auditors as a flow through spans, as in the assignment.

    `whole`: False lets a case be taken in part, which is quick to solve and no worse than any true answer.
    """

    def __init__(self, selection: Selection, *, whole: bool = True) -> None:
        self.size = len(selection.drawn)
        self.whole = whole
        from ortools.linear_solver import pywraplp  # large, and only draws need it

        self.solver = pywraplp.Solver.CreateSolver("SAT" if whole else "GLOP")
        self.objective = self.solver.Objective()
        self.objective.SetMinimization()
        self.reaudits = selection.reaudits.tolist()
        can_be_drawn = np.zeros(self.size, np.bool_)
        can_be_drawn[: selection.eligible] = True
        can_be_drawn[selection.reaudits] = True
        self.takes = [self._amount(int(can)) for can in can_be_drawn]
        self.outweighs = 1
        self._respect_auditors(selection.independence, selection.places)
        for cap in selection.caps:
            self._respect_cap(cap, cap.room + _taken(cap, selection.rows))

    def keep(self, drawn: NDArray[np.bool_], rng: Generator) -> None:
        """Take many cases; of as many, many re-audits; of as many, keep those that were drawn, and choose the others
        at random."""
        worth = np.where(drawn, 100, 0) + rng.integers(0, 50, self.size)
        for_one = int(worth.sum()) + 1
        worth[self.reaudits] += for_one
        for_all = int(worth.sum()) + 1
        self.outweighs = len(self.takes) * for_all
        for take, value in zip(self.takes, worth.tolist(), strict=True):
            self.objective.SetCoefficient(take, -for_all - value)

    def _respect_auditors(self, independence: Independence, places: Ints) -> None:
        """What flows from each group into spans, and down to the auditors, is no more than their places."""
        tree = SpanTree(len(places))
        into: dict[int, list[pywraplp.Variable]] = defaultdict(list)
        for group, barred in enumerate(independence.barred):
            rows = np.flatnonzero(independence.group == group)
            leaving = []
            for stretch in stretches(0, len(places), sorted(barred)):
                for span in tree.cover(*stretch):
                    leaving.append(self._amount(len(rows)))
                    into[span].append(leaving[-1])
            self._equal(leaving, [self.takes[row] for row in rows])
        for span in range(1, tree.leaves):
            halves = [self._amount(self.size), self._amount(self.size)]
            self._equal(halves, into[span])
            for half, amount in zip((2 * span, 2 * span + 1), halves, strict=True):
                into[half].append(amount)
        for place in range(tree.leaves):
            self._at_most(into[tree.leaf(place)], int(places[place]) if place < len(places) else 0)

    def _respect_cap(self, cap: Cap, most: Ints) -> None:
        counts = np.bincount(cap.codes[cap.codes != NONE], minlength=1)
        for code in np.flatnonzero(counts > most[: len(counts)]).tolist():
            self._at_most([self.takes[row] for row in np.flatnonzero(cap.codes == code)], max(int(most[code]), 0))

    def demand_wishes(self, selection: Selection) -> None:
        """Take exactly as many cases and re-audits as now. Each case by which a value is out of proportion outweighs
        what is kept of the draw; each case that is missing from a quota outweighs all of those."""
        margins, seated = selection.margins, len(selection.seated_reaudits)
        self._between(self.takes, len(selection.rows), len(selection.rows))
        self._between([self.takes[row] for row in self.reaudits], seated, seated)
        bounds = zip(margins.low.tolist(), margins.high.tolist(), strict=True)
        for name, (low, high) in enumerate(bounds):
            if name < len(margins.names):
                rows = np.flatnonzero((margins.values == name).any(axis=1))
                self._wish([self.takes[row] for row in rows], low, high, self.outweighs)
        for members, quota in zip(selection.cohorts, selection.quotas.tolist(), strict=True):
            self._wish([self.takes[row] for row in np.flatnonzero(members)], quota, self.size, A_QUOTA * self.outweighs)

    def _wish(self, terms: list[pywraplp.Variable], low: int, high: int, price: int) -> None:
        over, under = self._amount(self.size), self._amount(max(self.size, low))
        row = self._between(terms, low, max(high, low))
        row.SetCoefficient(over, -1)
        row.SetCoefficient(under, 1)
        for amiss in (over, under):
            self.objective.SetCoefficient(amiss, price)

    def solve(self) -> Answer | None:
        self.solver.SetSolverSpecificParametersAsString(
            f"num_workers:1 random_seed:1 max_deterministic_time:{WORK_LIMIT}"
        )
        status = self.solver.Solve()
        if status not in (self.solver.OPTIMAL, self.solver.FEASIBLE):
            return None
        taken: NDArray[np.bool_] = np.array([take.solution_value() > 0.5 for take in self.takes])
        return Answer(np.flatnonzero(taken), status == self.solver.OPTIMAL)

    def least_amiss(self) -> int:
        """By how many cases every answer is out of proportion at the least, those missing from quotas counted dear."""
        if self.solver.Solve() != self.solver.OPTIMAL:
            return 0
        return math.ceil(self.objective.Value() - 1e-6)

    def _amount(self, most: int) -> pywraplp.Variable:
        return self.solver.IntVar(0, most, "") if self.whole else self.solver.NumVar(0, most, "")

    def _between(self, terms: list[pywraplp.Variable], low: int, high: int) -> pywraplp.Constraint:
        row = self.solver.Constraint(low, high)
        for term in terms:
            row.SetCoefficient(term, 1)
        return row

    def _at_most(self, terms: list[pywraplp.Variable], most: int) -> None:
        self._between(terms, 0, most)

    def _equal(self, left: list[pywraplp.Variable], right: list[pywraplp.Variable]) -> None:
        row = self._between(left, 0, 0)
        for term in right:
            row.SetCoefficient(term, -1)


def _taken(cap: Cap, rows: Ints) -> Ints:
    """How many of these cases each family or worker has."""
    return np.bincount(cap.codes[rows][cap.codes[rows] != NONE], minlength=len(cap.room))
