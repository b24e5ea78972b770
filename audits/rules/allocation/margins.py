"""Shares: how many of the drawn cases each value of each dimension should have, and how far a draw is from it.

A value's share is its part of the eligible population times the number of cases drawn. A draw is in proportion when
every value has its share rounded down or up, which is to say that it is less than one case away from it.
"""

import numpy as np

from audits.rules.allocation.population import Ints, Population

EXCESS_OVER_SPREAD = 1_000


class Margins:
    """The values of all dimensions, numbered in one row.

    `values`: for each case the number of its value in each dimension, shape (cases, dimensions).
    `low`, `high`: the fewest and the most drawn cases of each value that are in proportion.
    """

    def __init__(self, population: Population, size: int) -> None:
        self.names = [(d, label) for d, column in population.strata.items() for label in column.labels]
        starts = np.cumsum([0, *(len(column.labels) for column in population.strata.values())])
        columns = [column.codes + start for column, start in zip(population.strata.values(), starts, strict=False)]
        self.values: Ints = np.stack(columns, axis=1) if columns else np.empty((len(population), 0), np.int64)
        self.population: Ints = np.bincount(self.values.ravel(), minlength=len(self.names))
        self.resize(size)

    def resize(self, size: int) -> None:
        """Take the shares of a draw of that many cases."""
        total = max(len(self.values), 1)
        self.size = size
        self.low = size * self.population // total
        self.high = -(-size * self.population // total)

    def count(self, rows: Ints) -> Ints:
        """How many of these cases have each value."""
        return np.bincount(self.values[rows].ravel(), minlength=len(self.names))

    def excess(self, counts: Ints) -> int:
        """By how many cases, over all values, these counts are out of proportion. 0: in proportion everywhere."""
        return int(self._distance(counts).sum())

    def _distance(self, counts: Ints) -> Ints:
        return np.maximum(counts - self.high, 0) + np.maximum(self.low - counts, 0)

    def cost(self, counts: Ints) -> Ints:
        """What each value adds to the badness of a draw: its excess first, and then that no value bears all of it."""
        distance = self._distance(counts)
        return EXCESS_OVER_SPREAD * distance + distance * distance

    def change(self, counts: Ints, step: int) -> Ints:
        """What one more (step 1) or one fewer (step -1) of each value would add to its cost."""
        return self.cost(counts + step) - self.cost(counts)

    def cells(self) -> Ints:
        """For each case the number of its cell: cases with the same values in every dimension share one."""
        if not self.values.shape[1]:
            return np.zeros(len(self.values), np.int64)
        sizes = self.values.max(axis=0, initial=0) + 1
        flat = np.zeros(len(self.values), np.int64)
        for column, size in zip(self.values.T, sizes, strict=True):
            flat = np.unique(flat * size + column, return_inverse=True)[1]
        return flat
