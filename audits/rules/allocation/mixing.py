"""Random exchanges between auditors that give nothing more up: among equal answers, chance decides.

Two cases change their auditors, or a case moves to an empty place, where that leaves areas and loads as they are:
always where it costs less beside, half the time where it costs the same.
"""

import numpy as np
from numpy.random import Generator

from audits.rules.allocation.columns import NONE, Flags, Ints
from audits.rules.allocation.wishes import PairCosts

ROUNDS = 5


class Seats:
    """One seat for each place of each auditor. `auditor`: whose it is, in ascending order; `extra`: what taking it
    costs, whatever the case, for the auditor's load."""

    def __init__(self, auditor: Ints, extra: Ints, costs: PairCosts) -> None:
        self.auditor, self.extra, self.costs = auditor, extra, costs

    def total(self, case_in: Ints) -> int:
        """What it costs that these cases are in the seats; an empty one (NONE) costs nothing."""
        plain, beyond = self._cost(case_in, np.arange(len(case_in)))
        return int((plain + beyond).sum())

    def mix(self, case_in: Ints, rng: Generator) -> Ints:
        """Exchange the cases of random pairs of seats, again and again, where that costs no more.

        Those meet who have most to exchange: auditors of one area, cases of one area, cases away from home, any two.
        """
        case_in, home = case_in.copy(), self.costs.home[self.auditor]
        for _ in range(ROUNDS):
            self._exchange(case_in, home, rng)
            self._exchange(case_in, np.where(case_in == NONE, NONE, self.costs.area[case_in]), rng)
            self._exchange(case_in, self.costs.of_area(case_in, self.auditor) > 0, rng)
            self._exchange(case_in, np.zeros_like(home), rng)
        return case_in

    def _exchange(self, case_in: Ints, alike: Ints | Flags, rng: Generator) -> None:
        """Let each seat meet one that is alike."""
        met = np.lexsort((rng.random(len(alike)), alike))[rng.integers(2) :]
        left, right = met[0 : len(met) - 1 : 2], met[1::2]
        fits = alike[left] == alike[right]
        left, right = left[fits], right[fits]
        before, after = np.concatenate([left, right]), np.concatenate([right, left])
        was, will_be = self._cost(case_in[before], before), self._cost(case_in[after], before)
        plain, beyond = ((new - old).reshape(2, -1).sum(axis=0) for old, new in zip(was, will_be, strict=True))
        go = (plain == 0) & ((beyond < 0) | ((beyond == 0) & (rng.random(len(beyond)) < 0.5)))
        case_in[left[go]], case_in[right[go]] = case_in[right[go]], case_in[left[go]]

    def _cost(self, cases: Ints, seats: Ints) -> tuple[Ints, Ints]:
        """What each of these seats costs with that case in it: for area and load, and beside."""
        auditors = self.auditor[seats]
        plain = self.costs.of_area(cases, auditors) + np.where(cases == NONE, 0, self.extra[seats])
        return plain, self.costs.beyond_area(cases, auditors)
