"""Which cases are drawn.

The order of goals is strict: hard rules, then every place filled, then proportion on every margin, then an equal
chance for every eligible case. A balanced random sample comes first; a case of it that no auditor can be found for is
drawn again inside its cell. Only where the cell has no other is a case taken from the cell that disturbs the
proportions least, and at the end cases are exchanged, as few as possible, until the proportions hold again.
"""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from audits.rules.allocation.facts import AllocationRules
from audits.rules.allocation.independence import Independence
from audits.rules.allocation.margins import Margins
from audits.rules.allocation.population import NONE, Column, Ints, Population
from audits.rules.allocation.sampling import cell_counts
from audits.rules.allocation.seating import Seating

Flags = NDArray[np.bool_]
TRIES_WITHOUT_GAIN = 1_000


class Cap:
    """No more than so many drawn cases of one family, or of one worker. A case that has none is not limited."""

    def __init__(self, column: Column, most: int) -> None:
        self.codes = column.codes
        self.most = most
        self.taken = np.zeros(len(column.labels) + 1, np.int64)

    def count(self, row: int, step: int) -> None:
        if self.codes[row] != NONE:
            self.taken[self.codes[row]] += step

    def has_room(self, row: int) -> bool:
        return bool(self.taken[self.codes[row]] < self.most)

    def full(self) -> Flags:
        return (self.taken >= self.most)[self.codes]


class Selection:
    """The drawn cases, always within the hard rules and always seated."""

    def __init__(
        self,
        population: Population,
        independence: Independence,
        places: Ints,
        rules: AllocationRules,
        rng: Generator,
    ) -> None:
        self.rng = rng
        self.group = independence.group
        self.seating = Seating(independence, places)
        self.caps = [Cap(population.family, rules.cases_per_family), Cap(population.worker, rules.cases_per_worker)]
        self.wanted = min(int(places.sum()), len(population))
        self.margins = Margins(population, self.wanted)
        self.cells = self.margins.cells()
        self.drawn = np.zeros(len(population), np.bool_)
        self.replacements: set[int] = set()
        self.counts = self.margins.count(self.rows)

    @property
    def rows(self) -> Ints:
        return np.flatnonzero(self.drawn)

    @property
    def excess(self) -> int:
        return self.margins.excess(self.counts)

    @property
    def is_complete(self) -> bool:
        return len(self.seating) == self.wanted

    @property
    def is_largest(self) -> bool:
        """Whether it is plain that no more places can be filled: all are, or no case that is left could be seated
        even if its family and its worker did not keep it out (no augmenting path, so the matching is a maximum)."""
        if self.is_complete:
            return True
        open_groups = self.seating.open_groups(self.seating.reach())
        return not bool((open_groups[self.group] & ~self.drawn).any())

    def available(self) -> Flags:
        """The cases that are not drawn and that no cap keeps out."""
        family, worker = self.caps
        return ~(self.drawn | family.full() | worker.full())

    def draw(self) -> None:
        """Draw a balanced sample, seat it, and fill what stays empty."""
        if not self.wanted:
            return
        missing = self._draw_cells()
        for _ in range(missing):
            if not self._draw_anywhere():
                break
        self.settle_size()

    def settle_size(self) -> None:
        """Measure the proportions against the number of cases that are in fact drawn."""
        self.margins.resize(len(self.seating))

    def _draw_cells(self) -> int:
        """Draw each cell's number of cases, the cells in random order; how many could not be drawn."""
        wanted = cell_counts(self.margins, self.cells, self.rng)
        shuffled = self.rng.permutation(len(self.cells))
        by_cell = shuffled[np.argsort(self.cells[shuffled], kind="stable")]
        starts = np.searchsorted(self.cells[by_cell], np.arange(len(wanted) + 1))
        missing = 0
        for cell in self.rng.permutation(np.repeat(np.arange(len(wanted)), wanted)).tolist():
            members = by_cell[starts[cell] : starts[cell + 1]]
            missing += not self._draw_one_of(members)
        return missing

    def _draw_one_of(self, members: Ints) -> bool:
        """Draw the first of these cases that can be seated."""
        reach, refused = None, False
        for row in members.tolist():
            if self.drawn[row] or not all(cap.has_room(row) for cap in self.caps):
                continue
            group = int(self.group[row])
            if reach is None:
                if self.seating.sit_down(row, group, self.rng):
                    self._mark(row)
                    return True
                reach = self.seating.reach()
            if self.seating.squeeze_in(row, group, reach):
                self._mark(row)
                if refused:
                    self.replacements.add(row)
                return True
            refused = True
        return False

    def _draw_anywhere(self) -> bool:
        """Draw a case from whichever cell disturbs the proportions least."""
        reach = self.seating.reach()
        rows = np.flatnonzero(self.available() & self.seating.open_groups(reach)[self.group])
        if not len(rows):
            return False
        change = self.margins.change(self.counts, 1)[self.margins.values[rows]].sum(axis=1)
        row = int(self.rng.choice(rows[change == change.min()]))
        self.seating.squeeze_in(row, int(self.group[row]), reach)
        self._mark(row)
        self.replacements.add(row)
        return True

    def balance(self) -> None:
        """Exchange drawn cases for others until the proportions hold, or no exchange is found to help."""
        tries = 0
        while self.excess and tries < TRIES_WITHOUT_GAIN:
            tries = 0 if self._exchange() else tries + 1

    def _exchange(self) -> bool:
        """Exchange one case for one that brings the proportions nearer, or leaves them as near; whether it gained."""
        leaver, relief = self._leaver()
        slot = self.seating.stand_up(leaver)
        self._mark(leaver, -1)
        reach = self.seating.reach()
        candidates = self.available() & self.seating.open_groups(reach)[self.group]
        candidates[leaver] = False
        others = np.flatnonzero(candidates)
        if len(others):
            change = relief + self.margins.change(self.counts, 1)[self.margins.values[others]].sum(axis=1)
            if change.min() <= 0:
                joiner = int(self.rng.choice(others[change == change.min()]))
                self.seating.squeeze_in(joiner, int(self.group[joiner]), reach)
                self._mark(joiner)
                self.replacements.add(joiner)
                return bool(change.min() < 0)
        self.seating.sit_in(slot, leaver, int(self.group[leaver]))
        self._mark(leaver)
        return False

    def _leaver(self) -> tuple[int, int]:
        """A drawn case, the likelier the better the proportions can do without it; and what that adds to their cost."""
        rows = self.rows
        relief = self.margins.change(self.counts, -1)[self.margins.values[rows]].sum(axis=1)
        weights = np.exp2((relief.min() - relief) / (2.0 * relief.std() + 1.0))
        at = int(self.rng.choice(len(rows), p=weights / weights.sum()))
        return int(rows[at]), int(relief[at])

    def replace(self, rows: Ints) -> None:
        """Take exactly these cases instead, which are known to fit."""
        before = set(self.rows.tolist())
        for row in before:
            self.seating.stand_up(row)
            self._mark(row, -1)
        self.replacements |= set(rows.tolist()) - before
        for row in rows.tolist():
            if not self.seating.squeeze_in(row, int(self.group[row]), self.seating.reach()):
                raise AssertionError("a selection that was proved to fit does not")
            self._mark(row)
        self.settle_size()

    def _mark(self, row: int, step: int = 1) -> None:
        self.drawn[row] = step > 0
        self.counts[self.margins.values[row]] += step
        for cap in self.caps:
            cap.count(row, step)
