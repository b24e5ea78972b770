"""Random exchanges between auditors that give nothing more up: among equal answers, chance decides.

Two cases change their auditors, or a case moves to an empty place, where that leaves areas and loads as they are:
always where it costs less beside, half the time where it costs the same.
"""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from audits.rules.allocation.columns import NONE, Ints
from audits.rules.allocation.wishes import PairCosts

ROUNDS = 5


class Seats:
    """One seat for each place of each auditor. `auditor`: whose it is, in ascending order; `extra`: what taking it
    costs, whatever the case, for the auditor's load."""

    def __init__(self, auditor: Ints, extra: Ints, costs: PairCosts) -> None:
        self.auditor, self.extra, self.costs = auditor, extra, costs

    def mix(self, case_in: Ints, rng: Generator) -> tuple[int, Ints]:
        """Exchange the cases of random pairs of seats, again and again, where that costs no more; what all cost then.

        Those meet who have most to exchange: auditors of one area, cases of one area, cases away from home, any two.
        """
        case_in, home = case_in.copy(), _small(self.costs.home[self.auditor])
        cost = self._cost(case_in, np.arange(len(case_in)))
        for _ in range(ROUNDS):
            self._exchange(case_in, cost, home, rng)
            area = np.where(case_in == NONE, NONE, self.costs.area[case_in])
            self._exchange(case_in, cost, _small(area), rng)
            self._exchange(case_in, cost, self.costs.of_area(case_in, self.auditor) > 0, rng)
            self._exchange(case_in, cost, None, rng)
        return int((cost[0] + cost[1]).sum()), case_in

    def _exchange(self, case_in: Ints, cost: tuple[Ints, Ints], alike: NDArray | None, rng: Generator) -> None:
        """Let each seat meet one that is alike. `cost`: of each seat for area and load, and beside: kept true."""
        met = rng.permutation(len(case_in))
        if alike is not None:
            met = met[np.argsort(alike[met], kind="stable")]
        met = met[rng.integers(2) :]
        left, right = met[0 : len(met) - 1 : 2], met[1::2]
        if alike is not None:
            fits = alike[left] == alike[right]
            left, right = left[fits], right[fits]
        seats = np.concatenate([left, right])
        then = self._cost(case_in[np.concatenate([right, left])], seats)
        plain, beyond = ((new - old[seats]).reshape(2, -1).sum(axis=0) for new, old in zip(then, cost, strict=True))
        go = (plain == 0) & ((beyond < 0) | ((beyond == 0) & (rng.random(len(beyond)) < 0.5)))
        case_in[left[go]], case_in[right[go]] = case_in[right[go]], case_in[left[go]]
        both = np.concatenate([go, go])
        for old, new in zip(cost, then, strict=True):
            old[seats[both]] = new[both]

    def _cost(self, cases: Ints, seats: Ints) -> tuple[Ints, Ints]:
        """What each of these seats costs with that case in it: for area and load, and beside."""
        auditors = self.auditor[seats]
        plain = self.costs.of_area(cases, auditors) + np.where(cases == NONE, 0, self.extra[seats])
        return plain, self.costs.beyond_area(cases, auditors)


def _small(codes: Ints) -> NDArray:
    """Short numbers where they are short enough, which are sorted several times as fast."""
    return codes.astype(np.int16) if codes.max(initial=0) < 1 << 15 else codes
