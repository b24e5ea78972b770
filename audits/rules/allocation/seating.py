"""Whether the drawn cases can all be seated with auditors who may take them.

A bipartite matching kept by augmenting paths (Kuhn). It only answers *whether*: who finally gets which case, the soft
rules decide (assignment.py).
"""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from audits.rules.allocation.independence import Independence
from audits.rules.allocation.population import NONE, Ints

Flags = NDArray[np.bool_]
Reach = Ints
UNREACHED = np.iinfo(np.int64).max


class Seating:
    """One slot for each place of each auditor, and the case that sits in it. `slot_of`: for each case its slot."""

    def __init__(self, independence: Independence, places: Ints) -> None:
        self.independence = independence
        self.group = independence.group
        self.auditor_of = np.repeat(np.arange(len(places)), places)
        self.first_slot = np.concatenate([[0], np.cumsum(places)])
        self.case_in = np.full(len(self.auditor_of), NONE)
        self.slot_of = np.full(len(self.group), NONE)
        self.free = places.copy()

    def __len__(self) -> int:
        return int((self.case_in != NONE).sum())

    def sit_down(self, cases: Ints, rng: Generator) -> Ints:
        """Seat these cases in free slots at random; those that met nobody who may take them."""
        waiting, some = cases, True
        while some and len(waiting):
            slots = rng.permutation(np.flatnonzero(self.case_in == NONE))[: len(waiting)]
            meeting = waiting[: len(slots)]
            fits = self.independence.allows(self.group[meeting], self.auditor_of[slots])
            self._put(meeting[fits], slots[fits])
            waiting = np.concatenate([meeting[~fits], waiting[len(slots) :]])
            some = bool(fits.any())
        return waiting

    def reach(self) -> Reach:
        """For each auditor, how many cases must move to free one of their slots; UNREACHED where none can be."""
        level = np.where(self.free > 0, 0, UNREACHED)
        frontier, depth = level == 0, 0
        seated = np.flatnonzero(self.case_in != NONE)
        groups = self.group[self.case_in[seated]]
        while frontier.any():
            depth += 1
            movable = self.independence.groups_open_to(frontier)
            frontier = np.zeros(len(level), np.bool_)
            frontier[self.auditor_of[seated[movable[groups]]]] = True
            frontier &= level == UNREACHED
            level[frontier] = depth
        return level

    def open_groups(self, reach: Reach) -> Flags:
        """For each group, whether one more of its cases can be seated."""
        return self.independence.groups_open_to(reach != UNREACHED)

    def squeeze_in(self, case: int, reach: Reach | None = None) -> bool:
        """Seat the case by moving others along, as few as possible; False where it cannot be."""
        willing = self.independence.may_take(int(self.group[case]))
        if not willing.any():
            return False
        if reach is None:
            # Who has a free slot needs no look at all the others.
            reach = np.where(self.free > 0, 0, UNREACHED) if (willing & (self.free > 0)).any() else self.reach()
        within = np.where(willing, reach, UNREACHED)
        auditor = int(within.argmin())
        if within[auditor] == UNREACHED:
            return False
        while reach[auditor]:
            slot, onward = self._mover(auditor, reach)
            moved = int(self.case_in[slot])
            self._put(case, slot)
            case, auditor = moved, onward
        self._put(case, self._free_slot(auditor))
        return True

    def stand_up(self, case: int) -> int:
        """Take the case out; the slot it leaves."""
        slot = int(self.slot_of[case])
        self.case_in[slot] = self.slot_of[case] = NONE
        self.free[self.auditor_of[slot]] += 1
        return slot

    def sit_in(self, slot: int, case: int) -> None:
        """Seat the case in that free slot, which its auditor may do."""
        self._put(case, slot)

    def _mover(self, auditor: int, reach: Reach) -> tuple[int, int]:
        """A slot of the auditor whose case can move on, and the auditor to whom, one step nearer to a free slot."""
        for slot in range(self.first_slot[auditor], self.first_slot[auditor + 1]):
            group = int(self.group[self.case_in[slot]])
            onward = np.where(self.independence.may_take(group), reach, UNREACHED)
            nearest = int(onward.argmin())
            if onward[nearest] < reach[auditor]:
                return slot, nearest
        raise AssertionError("an auditor is within reach, but no case of theirs can move")

    def _free_slot(self, auditor: int) -> int:
        start, end = self.first_slot[auditor], self.first_slot[auditor + 1]
        return int(start + (self.case_in[start:end] == NONE).argmax())

    def _put(self, cases: Ints | int, slots: Ints | int) -> None:
        """Seat the cases in these slots, whether they are free or those of cases that move on."""
        newly = self.case_in[slots] == NONE
        np.subtract.at(self.free, self.auditor_of[slots], newly)
        self.case_in[slots] = cases
        self.slot_of[cases] = slots
