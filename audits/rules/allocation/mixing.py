"""Random exchanges between auditors that give nothing more up: among equal answers, chance decides.

Two cases change their auditors, or a case moves to an empty place, whenever that costs less than before, and half the
time where it costs the same.
"""

import numpy as np
from numpy.random import Generator

from audits.rules.allocation.population import NONE, Ints
from audits.rules.allocation.wishes import PairCosts, SoftRules

ROUNDS = 6


class Seats:
    """One seat for each place of each auditor. `auditor`: whose it is, in ascending order; `extra`: what taking it
    costs, whatever the case, for the auditor's load."""

    def __init__(self, auditor: Ints, extra: Ints, soft: SoftRules) -> None:
        self.auditor, self.extra, self.soft = auditor, extra, soft

    def cost_of(self, cases: Ints, seats: Ints, costs: PairCosts) -> Ints:
        """What each of these seats costs with that case in it; nothing where it is empty (NONE)."""
        return costs(cases, self.auditor[seats]) + np.where(cases == NONE, 0, self.extra[seats])

    def total(self, case_in: Ints, costs: PairCosts) -> int:
        return int(self.cost_of(case_in, np.arange(len(case_in)), costs).sum())


def mix(case_in: Ints, seats: Seats, costs: PairCosts, rng: Generator) -> Ints:
    """Exchange the cases of random pairs of seats, again and again, where that costs no more.

    First within the area of the auditors, where an exchange moves no case away from home; then between cases of one
    area, between cases away from home, and between any two.
    """
    case_in, home = case_in.copy(), costs.home[seats.auditor]
    for _ in range(ROUNDS):
        _exchange(case_in, home, seats, costs, rng)
    for _ in range(ROUNDS // 2):
        area = np.where(case_in == NONE, NONE, costs.area[case_in])
        _exchange(case_in, area, seats, costs, rng)
        away = (case_in != NONE) & (costs.area[case_in] != home)
        _exchange(case_in, away, seats, costs, rng)
        _exchange(case_in, np.zeros_like(home), seats, costs, rng)
        _exchange(case_in, home, seats, costs, rng)
    return case_in


def _exchange(case_in: Ints, alike: Ints, seats: Seats, costs: PairCosts, rng: Generator) -> None:
    """Let each seat meet one that is alike."""
    met = np.lexsort((rng.random(len(alike)), alike))[rng.integers(2) :]
    left, right = met[0 : len(met) - 1 : 2], met[1::2]
    fits = alike[left] == alike[right]
    left, right = left[fits], right[fits]
    before, after = np.concatenate([left, right]), np.concatenate([right, left])
    more = seats.cost_of(case_in[after], before, costs) - seats.cost_of(case_in[before], before, costs)
    more = more[: len(left)] + more[len(left) :]
    go = (more < 0) | ((more == 0) & (rng.random(len(more)) < 0.5))
    case_in[left[go]], case_in[right[go]] = case_in[right[go]], case_in[left[go]]
