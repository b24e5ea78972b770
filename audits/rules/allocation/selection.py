"""Which cases are drawn.

The order of goals is strict: hard rules, then every place filled, then the re-audits that are due, then the quotas of
cohorts, then proportion on every margin, then an equal chance for every eligible case. Re-audits are seated first: a
case that can be seated never keeps another from a place for good, so they leave as many places filled. A balanced
random sample follows; a case of it that no auditor can be found for is drawn again inside its cell. Only where the cell
has no other is a case taken from the cell that disturbs the proportions least, and at the end cases are exchanged, as
few as possible, until quotas and proportions hold again.
"""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from audits.rules.allocation.chances import A_QUOTA, A_SHARE, Chances, Limits
from audits.rules.allocation.crowding import Crowding
from audits.rules.allocation.facts import AllocationRules
from audits.rules.allocation.independence import Independence
from audits.rules.allocation.margins import Margins
from audits.rules.allocation.population import NONE, Column, Ints, Population
from audits.rules.allocation.sampling import cell_counts
from audits.rules.allocation.seating import Seating
from audits.rules.allocation.thinning import thin

Flags = NDArray[np.bool_]
TRIES_WITHOUT_GAIN = 300
MOST_LOOKED_AT = 20_000
MOST_THINNED = 20_000


class Cap:
    """No more than so many drawn cases of one family, or of one worker. A case that has none is not limited.

    `codes`: for each case its family or worker; `room`: how many more cases of each there may be.
    """

    def __init__(self, column: Column, most: int) -> None:
        self.codes = column.codes
        self.most = most
        self.room = np.full(len(column.labels) + 1, most)
        self.room[NONE] = len(self.codes) + 1

    def count(self, rows: Ints | int, step: int = 1) -> None:
        np.subtract.at(self.room, self.codes[rows], step)
        self.room[NONE] = len(self.codes) + 1

    def is_full(self, rows: Ints | slice) -> Flags:
        """Which of these cases there is no room for."""
        return (self.room <= 0)[self.codes[rows]]

    def has_room(self, row: int) -> bool:
        return bool(self.room[self.codes[row]] > 0)

    def admits(self, rows: Ints) -> Flags:
        """Which of these cases there is room for, when they come one after the other."""
        codes = self.codes[rows]
        order = np.argsort(codes, kind="stable")
        first = np.searchsorted(codes[order], codes[order])
        admitted = np.empty(len(rows), np.bool_)
        admitted[order] = np.arange(len(rows)) - first < self.room[codes[order]]
        return admitted


class Selection:
    """The drawn cases, always within the hard rules and always seated.

    `drawn`: for each row of the population whether it is drawn. `sample`: the rows of the random sample; `reaudits`:
    the rows of the re-audits that are due. `reachable`: for each row whether an auditor with a place may take it.
    `chance`: each eligible case's own.
    """

    def __init__(
        self,
        population: Population,
        independence: Independence,
        places: Ints,
        rules: AllocationRules,
        rng: Generator,
    ) -> None:
        self.rng, self.places, self.independence = rng, places, independence
        self.group = independence.group
        self.reachable = independence.groups_open_to(places > 0)[self.group]
        self.eligible = len(population)
        self.reaudits = np.array(list(population.reaudits), np.int64)
        self.cohorts = population.cohorts
        self.quotas = np.array([quota.cases for quota in rules.cohort_quotas], np.int64)
        self.seating = Seating(independence, places)
        self.caps = [Cap(population.family, rules.cases_per_family), Cap(population.worker, rules.cases_per_worker)]
        for cap in self.caps:
            cap.count(np.array(list(population.held), np.int64))
        self.margins = Margins(population, self.cohorts)
        self.drawn = np.zeros(len(population.ids), np.bool_)
        self.replacements: set[int] = set()
        self.counts = self.margins.count(self.sample)
        self.chance = np.zeros(self.eligible)
        self.wanted = 0
        self.reaudits_against_caps = False

    @property
    def rows(self) -> Ints:
        """The drawn cases, re-audits included."""
        return np.flatnonzero(self.drawn)

    @property
    def sample(self) -> Ints:
        return np.flatnonzero(self.drawn[: self.eligible])

    @property
    def seated_reaudits(self) -> Ints:
        return self.reaudits[self.drawn[self.reaudits]]

    @property
    def excess(self) -> int:
        return self.margins.excess(self.counts)

    @property
    def shortfall(self) -> int:
        return self.margins.shortfall(self.counts)

    @property
    def is_largest(self) -> bool:
        """Whether it is plain that no more places can be filled, and none of them by another re-audit.

        All places are filled, or no case that is left could be seated even if its family and its worker did not keep
        it out (no augmenting path, so the matching is a maximum). Of re-audits there are as many as can be seated
        unless their families and workers kept some out.
        """
        if self.reaudits_against_caps:
            return False
        if len(self.seating) == self.places.sum():
            return True
        open_groups = self.seating.open_groups(self.seating.reach())
        return not bool((open_groups[self.group] & ~self.drawn)[: self.eligible].any())

    def available(self, rows: Ints | slice) -> Flags:
        """Which of these cases are not drawn, and no cap keeps out."""
        family, worker = self.caps
        return ~(self.drawn[rows] | family.is_full(rows) | worker.is_full(rows))

    def draw(self) -> None:
        """Seat the re-audits, draw a balanced sample, seat it, and fill what stays empty."""
        for row in self.reaudits.tolist():
            if not all(cap.has_room(row) for cap in self.caps):
                self.reaudits_against_caps = True
            elif self.seating.squeeze_in(row):
                self._mark(row)
        self._settle_chances()
        if not self.wanted:
            return
        for _ in range(self._draw_cells()):
            if not self._draw_anywhere():
                break
        self.settle_size()

    def settle_size(self) -> None:
        """Measure quotas and proportions against the cases that are in fact drawn."""
        self.margins.resize(len(self.sample), self._still_wanted())

    def _still_wanted(self) -> Ints:
        """How many of each cohort the sample is to have, after the re-audits of that cohort."""
        met = np.array([members[self.seated_reaudits].sum() for members in self.cohorts], np.int64)
        return np.maximum(self.quotas - met, 0)

    def _settle_chances(self) -> None:
        """How many cases to draw, and how likely each is."""
        groups = len(self.independence.barred)
        seated = np.bincount(self.group[self.seated_reaudits], minlength=groups)
        crowding = Crowding(self.independence, self.places, seated)
        may = self.reachable[: self.eligible] & self.available(slice(self.eligible))
        there = np.bincount(self.group[: self.eligible][may], minlength=groups)
        self.wanted = min(int(self.places.sum() - seated.sum()), int(there.sum()))
        if not crowding.is_roomy(there * (self.wanted / max(there.sum(), 1))):
            self.wanted = crowding.most(there)
        settled = False
        while not settled:
            self.margins.resize(self.wanted, self._still_wanted())
            self.lottery = Chances(may, self.wanted, self._limits(), crowding, self.group[: self.eligible])
            settled = self.lottery.settle(self._capped())
            self.wanted = self.lottery.size
        self.chance = self.lottery.of_cases()

    def _limits(self) -> list[Limits]:
        limits = []
        dimensions = len(self.margins.widths) - len(self.cohorts)
        for at, (start, width) in enumerate(zip(self.margins.starts.tolist(), self.margins.widths, strict=False)):
            bounds = slice(start, start + width)
            low, high = self.margins.low[bounds].astype(np.float64), self.margins.high[bounds].astype(np.float64)
            codes = self.margins.values[:, at] - start
            limits.append(Limits(codes, low, high, A_SHARE if at < dimensions else A_QUOTA))
        return limits

    def _draw_cells(self) -> int:
        """Draw each cell's number of cases, the cells in random order; how many could not be drawn.

        All at once: each cell puts forward its next cases, in random order; those that the caps refuse are replaced by
        the next, until none is refused or the cell has no more.
        """
        lottery = self._candidates()
        wanted = cell_counts(lottery.expected, lottery.columns(), self.rng)
        members = np.flatnonzero(lottery.may)
        keys = lottery.cell[members] + self.rng.random(len(members))
        members = members[np.argsort(keys)]
        ends = np.cumsum(lottery.most.astype(np.int64))
        following = ends - lottery.most.astype(np.int64)
        asking = self.rng.permutation(np.repeat(np.arange(len(wanted)), wanted))
        found: list[Ints] = []
        missing = 0
        while len(asking):
            order = np.argsort(asking, kind="stable")
            asked = np.bincount(asking, minlength=len(wanted))
            turn = np.empty(len(asking), np.int64)
            turn[order] = np.arange(len(asking)) - np.repeat(np.cumsum(asked) - asked, asked)
            at = following[asking] + turn
            has_more = at < ends[asking]
            missing += int((~has_more).sum())
            asking, rows = asking[has_more], members[at[has_more]]
            following = np.minimum(following + asked, ends)
            admitted = np.ones(len(rows), np.bool_)
            for cap in self.caps:
                admitted[admitted] = cap.admits(rows[admitted])
            self._mark(rows[admitted])
            found.append(rows[admitted])
            asking = asking[~admitted]
        return missing + self._seat(np.concatenate(found))

    def _candidates(self) -> Chances:
        """The lottery among so few of each family and worker that their limits refuse nobody; among all cases where
        they are many, and limits seldom matter."""
        if self.eligible > MOST_THINNED:
            return self.lottery
        return self.lottery.of_candidates(thin(self.chance, self._capped(), self.rng))

    def _capped(self) -> list[tuple[Ints, Ints]]:
        """For families and workers: the code of each eligible case, and how many more of each may be drawn."""
        return [(cap.codes[: self.eligible], cap.room) for cap in self.caps]

    def _seat(self, rows: Ints) -> int:
        """Seat the drawn cases; draw those that cannot be seated again inside their cell. How many stay without."""
        missing = 0
        for row in self.seating.sit_down(rows, self.rng).tolist():
            if not self.seating.squeeze_in(row):
                self._mark(row, -1)
                alike = np.flatnonzero(self.lottery.cell == self.lottery.cell[row])
                alike = alike[self.available(alike) & (alike != row)]
                missing += not self._draw_one_of(alike, np.zeros(len(alike), np.int64))
        return missing

    def _draw_anywhere(self) -> bool:
        """Draw a case from whichever cell disturbs quotas and proportions least."""
        rows = np.flatnonzero(self.available(slice(self.eligible)))
        change = self.margins.change(self.counts, 1)[self.margins.values[rows]].sum(axis=1)
        return self._draw_one_of(rows, change)

    def _draw_one_of(self, rows: Ints, change: Ints) -> bool:
        """Draw at random one of the cases with the least change that can be seated."""
        reach = self.seating.reach()
        can_be_seated = self.seating.open_groups(reach)[self.group[rows]]
        if not can_be_seated.any():
            return False
        rows, change = rows[can_be_seated], change[can_be_seated]
        row = int(self.rng.choice(rows[change == change.min()]))
        self.seating.squeeze_in(row, reach)
        self._mark(row)
        self.replacements.add(row)
        return True

    def balance(self) -> None:
        """Exchange drawn cases for others until quotas and proportions hold, or no exchange is found to help."""
        tries = 0
        while (self.shortfall or self.excess) and tries < TRIES_WITHOUT_GAIN:
            tries = 0 if self._exchange() else tries + 1

    def _exchange(self) -> bool:
        """Exchange one case for one that brings the proportions nearer, or leaves them as near; whether it gained."""
        sample = self.sample
        if not len(sample):
            return False
        leaver, relief = self._leaver(sample)
        slot = self.seating.stand_up(leaver)
        self._mark(leaver, -1)
        reach = self.seating.reach()
        others = self._some_cases()
        open_groups = self.seating.open_groups(reach)
        others = others[self.available(others) & open_groups[self.group[others]] & (others != leaver)]
        if len(others):
            change = relief + self.margins.change(self.counts, 1)[self.margins.values[others]].sum(axis=1)
            if change.min() <= 0:
                joiner = int(self.rng.choice(others[change == change.min()]))
                self.seating.squeeze_in(joiner, reach)
                self._mark(joiner)
                self.replacements.add(joiner)
                return bool(change.min() < 0)
        self.seating.sit_in(slot, leaver)
        self._mark(leaver)
        return False

    def _some_cases(self) -> Ints:
        """Eligible cases to look at: all, or so many at random that looking is quick."""
        if self.eligible <= MOST_LOOKED_AT:
            return np.arange(self.eligible)
        return self.rng.integers(0, self.eligible, MOST_LOOKED_AT)

    def _leaver(self, sample: Ints) -> tuple[int, int]:
        """A drawn case, the likelier the better the proportions can do without it; and what that adds to their cost."""
        relief = self.margins.change(self.counts, -1)[self.margins.values[sample]].sum(axis=1)
        patience = 2.0 * relief.std() * self.rng.random() ** 2 + 1.0
        weights = np.exp2((relief.min() - relief) / patience)
        at = int(self.rng.choice(len(sample), p=weights / weights.sum()))
        return int(sample[at]), int(relief[at])

    def replace(self, rows: Ints) -> None:
        """Take exactly these cases instead, which are known to fit."""
        before = set(self.rows.tolist())
        for row in before:
            self.seating.stand_up(row)
            self._mark(row, -1)
        self.replacements |= set(rows.tolist()) - before
        for row in rows.tolist():
            if not self.seating.squeeze_in(row):
                raise AssertionError("a selection that was proved to fit does not")
            self._mark(row)
        self.settle_size()

    def _mark(self, rows: Ints | int, step: int = 1) -> None:
        self.drawn[rows] = step > 0
        sampled = np.atleast_1d(rows)
        self.counts += step * self.margins.count(sampled[sampled < self.eligible])
        for cap in self.caps:
            cap.count(rows, step)
