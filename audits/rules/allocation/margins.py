"""Shares: how many of the drawn cases each value of each dimension should have, and how far a draw is from it.

A value's share is its part of the eligible population times the number of cases drawn. A draw is in proportion when
every value has its share rounded down or up, which is to say that it is less than one case away from it. A cohort with
a quota is one more dimension, of two values: its members should be so many at the least.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from audits.rules.allocation.population import Ints, Population

EXCESS_OVER_SPREAD = 1_000
QUOTA_OVER_SHARE = 100_000


class Margins:
    """The values of all dimensions, numbered in one row; after them, for each quota, its members and the others.

    `names`: the values of the dimensions. `values`: for each eligible case the number of its value in each dimension
    and quota. `low`, `high`: the fewest and the most drawn cases of each value that are as they should be.
    """

    def __init__(self, population: Population, cohorts: Sequence[NDArray[np.bool_]] = ()) -> None:
        columns = population.strata
        self.names = [(d, label) for d, column in columns.items() for label in column.labels]
        self.widths = [*(len(column.labels) for column in columns.values()), *(2 for _ in cohorts)]
        self.starts = np.cumsum([0, *self.widths])
        codes = [*(column.codes[: len(population)] for column in columns.values())]
        codes += [members[: len(population)].astype(np.int32) for members in cohorts]
        self.values: Ints = np.empty((len(population), len(codes)), np.int32)
        self.population: Ints = np.zeros(self.starts[-1], np.int64)
        for at, (column, start) in enumerate(zip(codes, self.starts.tolist(), strict=False)):
            self.values[:, at] = column + start
            self.population += np.bincount(self.values[:, at], minlength=len(self.population))
        self.member_values = self.starts[len(columns) : -1] + 1
        self.price = np.ones(self.starts[-1], np.int64)
        self.price[self.member_values] = QUOTA_OVER_SHARE
        self.wanted = np.zeros(len(cohorts), np.int64)
        self.resize(0)

    def resize(self, size: int, wanted: Ints | None = None) -> None:
        """Take the shares of a draw of that many cases, with so many of each cohort."""
        self.wanted = self.wanted if wanted is None else wanted
        total = max(len(self.values), 1)
        self.size = size
        self.low = size * self.population // total
        self.high = -(-size * self.population // total)
        self.low[len(self.names) :], self.high[len(self.names) :] = 0, max(size, self.wanted.max(initial=0))
        self.low[self.member_values] = self.wanted

    def count(self, rows: Ints) -> Ints:
        """How many of these cases have each value."""
        return np.bincount(self.values[rows].ravel(), minlength=len(self.price))

    def excess(self, counts: Ints) -> int:
        """By how many cases, over all values, these counts are out of proportion. 0: in proportion everywhere."""
        return int(self._distance(counts)[: len(self.names)].sum())

    def shortfall(self, counts: Ints) -> int:
        """How many cases are missing from the cohorts, over all quotas."""
        return int(self._distance(counts)[self.member_values].sum())

    def _distance(self, counts: Ints) -> Ints:
        return np.maximum(counts - self.high, 0) + np.maximum(self.low - counts, 0)

    def cost(self, counts: Ints) -> Ints:
        """What each value adds to the badness of a draw: quotas weigh most, and no value should bear all of it."""
        distance = self._distance(counts)
        return self.price * (EXCESS_OVER_SPREAD * distance + distance * distance)

    def change(self, counts: Ints, step: int) -> Ints:
        """What one more (step 1) or one fewer (step -1) of each value would add to its cost."""
        return self.cost(counts + step) - self.cost(counts)
