"""Whether the drawn cases can all be seated with auditors who may take them; one case more or fewer at a time.

A bipartite matching kept by augmenting paths (Kuhn). It only answers *whether*: who finally gets which case, the soft
rules decide (assignment.py).
"""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from audits.rules.allocation.independence import Independence
from audits.rules.allocation.population import NONE, Ints

Reach = Ints
UNREACHED = np.iinfo(np.int64).max


class Seating:
    """One slot for each place of each auditor, and the case that sits in it."""

    def __init__(self, independence: Independence, places: Ints) -> None:
        self.independence = independence
        self.auditor_of = np.repeat(np.arange(len(places)), places)
        self.first_slot = np.concatenate([[0], np.cumsum(places)])
        self.case_in = np.full(len(self.auditor_of), NONE)
        self.group_in = np.full(len(self.auditor_of), NONE)
        self.slot_of: dict[int, int] = {}
        self.free = places.copy()

    def __len__(self) -> int:
        return len(self.slot_of)

    def sit_down(self, case: int, group: int, rng: Generator) -> bool:
        """Seat the case in a free slot of a random auditor who may take it, if there is one."""
        open_to = np.flatnonzero(self.independence.may_take(group) & (self.free > 0))
        if not len(open_to):
            return False
        self._put(case, group, self._free_slot(int(rng.choice(open_to))))
        return True

    def reach(self) -> Reach:
        """For each auditor, how many cases must move to free one of their slots; UNREACHED where none can be."""
        level = np.where(self.free > 0, 0, UNREACHED)
        frontier, depth = level == 0, 0
        seated = self.case_in != NONE
        while frontier.any():
            depth += 1
            movable = self.independence.groups_open_to(frontier)
            slots = seated & movable[self.group_in]
            frontier = np.zeros(len(level), np.bool_)
            frontier[self.auditor_of[slots]] = True
            frontier &= level == UNREACHED
            level[frontier] = depth
        return level

    def open_groups(self, reach: Reach) -> NDArray[np.bool_]:
        """For each group, whether one more of its cases can be seated."""
        return self.independence.groups_open_to(reach != UNREACHED)

    def squeeze_in(self, case: int, group: int, reach: Reach) -> bool:
        """Seat the case by moving others along, as few as possible; False where it cannot be."""
        within = np.where(self.independence.may_take(group), reach, UNREACHED)
        auditor = int(within.argmin())
        if within[auditor] == UNREACHED:
            return False
        while reach[auditor]:
            slot, onward = self._mover(auditor, reach)
            moved_case, moved_group = int(self.case_in[slot]), int(self.group_in[slot])
            self._put(case, group, slot)
            case, group, auditor = moved_case, moved_group, onward
        self._put(case, group, self._free_slot(auditor))
        return True

    def stand_up(self, case: int) -> int:
        """Take the case out; the slot it leaves."""
        slot = self.slot_of.pop(case)
        self.case_in[slot] = self.group_in[slot] = NONE
        self.free[self.auditor_of[slot]] += 1
        return slot

    def sit_in(self, slot: int, case: int, group: int) -> None:
        """Seat the case in that free slot, which its auditor may do."""
        self._put(case, group, slot)

    def _mover(self, auditor: int, reach: Reach) -> tuple[int, int]:
        """A slot of the auditor whose case can move on, and the auditor to whom, one step nearer to a free slot."""
        for slot in range(self.first_slot[auditor], self.first_slot[auditor + 1]):
            onward = np.where(self.independence.may_take(int(self.group_in[slot])), reach, UNREACHED)
            nearest = int(onward.argmin())
            if onward[nearest] < reach[auditor]:
                return slot, nearest
        raise AssertionError("an auditor is within reach, but no case of theirs can move")

    def _free_slot(self, auditor: int) -> int:
        start, end = self.first_slot[auditor], self.first_slot[auditor + 1]
        return int(start + (self.case_in[start:end] == NONE).argmax())

    def _put(self, case: int, group: int, slot: int) -> None:
        if self.case_in[slot] == NONE:
            self.free[self.auditor_of[slot]] -= 1
        self.case_in[slot], self.group_in[slot] = case, group
        self.slot_of[case] = slot
