"""How likely each case is to be drawn: equally likely, or as nearly so as the rules allow.

Cases that are alike in all that matters share a cell and have the same chance. Where equal chances would break no
limit, they are equal. Else they are bent as little as can be (least squares) until they keep what comes before an equal
chance: no more cases of a group of teams than other people have places for, no more of a family or worker than their
limit, the quotas of cohorts, a share for every value of every dimension. That is the fairest lottery the rules allow
(compare Flanigan et al., "Fair algorithms for selecting citizens' assemblies", Nature 596, 2021), and it is found by
raking (Deming and Stephan 1940): each limit in turn is met by the least change, until all are. Limits that cannot all
be met are first widened by a linear programme, the least important first.
"""

from copy import copy
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from audits.rules.allocation.crowding import Crowding
from audits.rules.allocation.population import NONE, Ints

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
SWEEPS = 200
CLOSE = 1e-4
CLEAR = 0.01
MOST_BALANCED = 60
A_PLACE, A_QUOTA, A_SHARE = 1e6, 1e3, 1.0


@dataclass
class Limits:
    """A way in which cases differ, and from how many to how many drawn cases each of its values is to have.

    `codes`: for each case its value. `price`: what each case too many or too few costs where not all limits can be
    met; None: this one is always met. `in_cell`: for each cell its value.
    """

    codes: Ints
    low: Floats
    high: Floats
    price: float | None = None
    in_cell: Ints = field(default_factory=lambda: np.empty(0, np.int64))

    def counts(self, expected: Floats) -> Floats:
        return np.bincount(self.in_cell, expected, len(self.low)).astype(np.float64)

    def are_kept(self, counts: Floats, tolerance: float) -> bool:
        return bool(((counts >= self.low - tolerance) & (counts <= self.high + tolerance)).all())


class Chances:
    """The chance of every eligible case.

    `may`: which cases can be drawn at all. `size`: how many are to be drawn. `cell`: for each case its cell (NONE
    where it cannot be drawn). `sizes`, `expected`: for each cell how many cases it has, and is to give to the draw on
    average. `most`: how many it can give. `base`: what equal chances would give, `leeway`: how far that may be bent.
    """

    def __init__(self, may: Flags, size: int, limits: list[Limits], crowding: Crowding, group: Ints) -> None:
        self.may, self.limits = may, list(limits)
        self.crowding, self.group = crowding, group[may]
        self.size = min(size, int(may.sum()))
        self.cell = np.full(len(may), NONE)
        self._group_cases()
        self._draw_equally()

    def settle(self, capped: list[tuple[Ints, Ints]]) -> bool:
        """Bend the chances until they keep every limit. False where so many cases cannot be drawn: `size` then says
        how many can. `capped`: for families and workers, the code of each case, and how many more of each may be drawn.
        """
        while self.size:
            if not self._keeps_limits() and not self._rake():
                if not self._widen():
                    return False
                self._rake()
            if not (self._crowded() or self._overdrawn(capped)):
                return True
            self._group_cases()
            self._draw_equally()
        return True

    def of_cases(self) -> Floats:
        """The chance of each case; nought where it cannot be drawn."""
        chance = np.zeros(len(self.may))
        chance[self.may] = (self.expected / np.maximum(self.sizes, 1))[self.cell[self.may]]
        return chance

    def of_candidates(self, chance: Floats) -> "Chances":
        """The same lottery when chance has passed from some cases to others: each is a cell of its own, and shares and
        limits are met anew, the surest cases being moved least. Where these few cannot meet them: the lottery as it is.
        """
        few = copy(self)
        few.may = chance > 0.0
        few.limits = [replace(limits, in_cell=limits.codes[few.may]) for limits in self.limits]
        few.cell = np.where(few.may, np.cumsum(few.may) - 1, NONE)
        few.most = np.ones(int(few.may.sum()))
        few.expected = few.base = chance[few.may]
        few.leeway = few.base * (1.0 - few.base)
        kept = few._keeps_limits() and abs(few.expected.sum() - few.size) < CLOSE
        return few if kept or few._rake() else self

    def columns(self) -> Ints:
        """For each cell the numbers of the values that a sample is to be balanced on, and of the whole at the end."""
        kept = [limits for limits in self.limits if len(limits.low) <= MOST_BALANCED or limits.price is not None]
        starts = np.cumsum([0, *(len(limits.low) for limits in kept)])
        parts = [limits.in_cell + start for limits, start in zip(kept, starts, strict=False)]
        return np.stack([*parts, np.full(len(self.base), starts[-1])], axis=1)

    def _group_cases(self) -> None:
        """Cases of the same values share a cell."""
        cell, count = np.zeros(int(self.may.sum()), np.int64), 1
        for limits in self.limits:
            cell, count = numbered(cell * len(limits.low) + limits.codes[self.may], count * len(limits.low))
        self.cell[self.may] = cell
        self.sizes = self.most = np.bincount(cell, minlength=count).astype(np.float64)
        for limits in self.limits:
            limits.in_cell = np.zeros(count, np.int64)
            limits.in_cell[cell] = limits.codes[self.may]

    def _draw_equally(self) -> None:
        self.expected = self.base = self.sizes * (self.size / max(self.sizes.sum(), 1.0))
        self.leeway = self.sizes

    def _keeps_limits(self) -> bool:
        return all(limits.are_kept(limits.counts(self.expected), CLOSE) for limits in self.limits)

    def _rake(self) -> bool:
        """Go round the limits, changing chances as little as meets each, until all are met; False if they never are.

        `push` is what all limits together add to each cell, times its leeway; what one of them adds is taken back in
        part once it is met more easily, so that what comes out is the least change of all.
        """
        whole = Limits(np.empty(0, np.int64), np.array([self.size]), np.array([self.size]))
        whole.in_cell = np.zeros(len(self.base), np.int64)
        every = [*self.limits, whole]
        pushes = [np.zeros(len(limits.low)) for limits in every]
        push = np.zeros(len(self.base))
        for _ in range(SWEEPS):
            kept = True
            for at, limits in enumerate(every):
                expected = np.clip(self.base + self.leeway * push, 0.0, self.most)
                counts = limits.counts(expected)
                kept = kept and limits.are_kept(counts, CLOSE)
                movable = limits.counts(np.where((expected > 0.0) & (expected < self.most), self.leeway, 0.0))
                slope = np.where(movable > 0, movable, np.maximum(limits.counts(self.leeway), 1.0))
                without = counts - slope * pushes[at]
                new = (np.clip(without, limits.low, limits.high) - without) / slope
                push += (new - pushes[at])[limits.in_cell]
                pushes[at] = new
            if kept:
                break
        expected = np.clip(self.base + self.leeway * push, 0.0, self.most)
        self.expected = np.minimum(expected * (self.size / max(expected.sum(), CLOSE)), self.most)
        return kept

    def _widen(self) -> bool:
        """Find the least by which limits must be missed, and widen them by that. False where places must stay empty."""
        from ortools.linear_solver import pywraplp  # large, and only draws need it

        solver = pywraplp.Solver.CreateSolver("GLOP")
        cost = solver.Objective()
        amounts = [solver.NumVar(0.0, size, "") for size in self.sizes.tolist()]

        def between(low: float, high: float, members: list[int], price: float | None) -> None:
            row = solver.Constraint(low, high)
            for cell in members:
                row.SetCoefficient(amounts[cell], 1.0)
            if price is not None:
                for sign in (1.0, -1.0):
                    amiss = solver.NumVar(0.0, solver.infinity(), "")
                    row.SetCoefficient(amiss, sign)
                    cost.SetCoefficient(amiss, price)

        between(self.size, self.size, list(range(len(amounts))), A_PLACE)
        for limits in self.limits:
            order = np.argsort(limits.in_cell, kind="stable")
            parts = np.split(order, np.cumsum(np.bincount(limits.in_cell, minlength=len(limits.low)))[:-1])
            for low, high, members in zip(limits.low.tolist(), limits.high.tolist(), parts, strict=True):
                between(low, high, members.tolist(), limits.price)
        if solver.Solve() != solver.OPTIMAL:
            return True
        found = np.array([amount.solution_value() for amount in amounts])
        if found.sum() < self.size - CLEAR:
            self.size = int(found.sum() + CLEAR)
            return False
        for limits in self.limits:
            counts = limits.counts(found)
            limits.low, limits.high = np.minimum(limits.low, counts), np.maximum(limits.high, counts)
        return True

    def _crowded(self) -> bool:
        """Limit the groups that are expected to have more cases than there is room for, if any."""
        chance = self.of_cases()[self.may]
        by_group = np.bincount(self.group, chance, len(self.crowding.reaudits)).astype(np.float64)
        crowd = self.crowding.tightest(by_group)
        if crowd is None:
            return False
        codes = np.zeros(len(self.may), np.int64)
        codes[self.may] = crowd.groups[self.group]
        return self._limit(codes, np.array([np.inf, crowd.room]))

    def _overdrawn(self, capped: list[tuple[Ints, Ints]]) -> bool:
        """Limit the families and workers who are expected to have more cases than they may, if any."""
        found = False
        for codes, room in capped:
            counted = self.may & (codes != NONE)
            over = np.bincount(codes[counted], self.of_cases()[counted], len(room)) > room + CLEAR
            if over.any():
                number = np.where(over, np.cumsum(over), 0)
                values = np.where(counted, number[codes], 0)
                found = self._limit(values, np.array([np.inf, *room[over]])) or found
        return found

    def _limit(self, codes: Ints, most: Floats) -> bool:
        """One more limit, unless it is there already and could not be met more closely."""
        if any(np.array_equal(limits.codes, codes) for limits in self.limits):
            return False
        self.limits.append(Limits(codes, np.zeros(len(most)), most))
        return True


def numbered(values: Ints, width: int) -> tuple[Ints, int]:
    """The values, which are below `width`, numbered anew without gaps in their order, and how many there are."""
    if width > 8 * len(values) + 1_000:
        names, numbers = np.unique(values, return_inverse=True)
        return numbers, len(names)
    there = np.zeros(width, np.bool_)
    there[values] = True
    return (np.cumsum(there) - 1)[values], int(there.sum())
