"""Whether the auditors have room for so many cases of each group, on average or in a single draw.

Auditors and cases of a team cannot meet; where much of an authority sits in one team, there may be more cases of it in
a fair sample than other people's places. By the theorem of Hall (1935), room is short only where some set of groups
has more cases than the auditors who may take any of them have places. A maximum flow finds such a set.
"""

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from audits.rules.allocation.independence import Independence
from audits.rules.allocation.population import Ints
from audits.rules.allocation.spans import SpanTree, stretches

if TYPE_CHECKING:
    from ortools.graph.python.max_flow import SimpleMaxFlow

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
UNIT = 1_000_000
HARDLY = 0.01
SOURCE = 0


class Crowd(NamedTuple):
    """Groups of which no more than `room` cases can be seated, all together."""

    groups: Flags
    room: int


class Crowding:
    """The places of the auditors, and who may take what. `reaudits`: how many of each group have a place already."""

    def __init__(self, independence: Independence, places: Ints, reaudits: Ints) -> None:
        self.independence, self.places, self.reaudits = independence, places, reaudits
        self.group_of_bar = np.repeat(np.arange(len(reaudits)), [len(barred) for barred in independence.barred])
        self.auditor_of_bar = np.fromiter(chain.from_iterable(independence.barred), np.int64, len(self.group_of_bar))
        self._arcs: tuple[Ints, Ints, Ints] | None = None

    def is_roomy(self, expected: Floats) -> bool:
        """Whether it is plain that so many of each group can be seated. False where it takes a closer look.

        A set of groups is short of room only where its auditors' places, which are all places but those of the people
        whom each of its groups bars, are fewer than its cases. Each of those people bars all its cases; so it is
        enough that for nobody the cases that bar them and the most places that one of these cases bars exceed all
        places. People who are barred from everything have no part in this.
        """
        cases = expected + self.reaudits
        total = cases.sum()
        barred_by = np.bincount(self.auditor_of_bar, cases[self.group_of_bar], len(self.places))
        counted = np.where(barred_by > total - HARDLY, 0, self.places)
        present = cases[self.group_of_bar] > 0
        bars, people = self.group_of_bar[present], self.auditor_of_bar[present]
        lost = np.bincount(bars, counted[people], len(cases))
        most_lost = np.zeros(len(self.places))
        np.maximum.at(most_lost, people, lost[bars])
        most_lost[counted == 0] = 0
        barred_by[counted == 0] = 0
        return bool((barred_by + most_lost).max(initial=0) <= counted.sum() and total <= counted.sum() + HARDLY)

    def most(self, counts: Ints) -> int:
        """How many cases can be seated of so many of each group, beside the re-audits."""
        flow = self._flow(counts + self.reaudits, 1)
        return int(flow.optimal_flow() - self.reaudits.sum())

    def tightest(self, expected: Floats) -> Crowd | None:
        """Groups that are expected to have more cases than there is room for; None where there are none."""
        if self.is_roomy(expected):
            return None
        cases = expected + self.reaudits
        flow = self._flow(np.floor(cases * UNIT).astype(np.int64), UNIT)
        if flow.optimal_flow() > (cases.sum() - HARDLY) * UNIT:
            return None
        within = np.zeros(len(cases), np.bool_)
        cut = np.array(flow.get_source_side_min_cut()) - 1
        within[cut[(cut >= 0) & (cut < len(cases))]] = True
        return Crowd(within, self._places_for(within) - int(self.reaudits[within].sum()))

    def _places_for(self, groups: Flags) -> int:
        """The places of those who may take a case of at least one of these groups."""
        bars = np.bincount(self.auditor_of_bar[groups[self.group_of_bar]], minlength=len(self.places))
        return int(self.places[bars < groups.sum()].sum())

    def _flow(self, cases: Ints, unit: int) -> "SimpleMaxFlow":
        """Source → groups → spans of auditors → auditors → sink."""
        if self._arcs is None:
            self._arcs = self._build()
        tails, heads, sinks = self._arcs
        groups, last = len(cases), int(heads.max(initial=0))
        from ortools.graph.python.max_flow import SimpleMaxFlow  # large, and only draws need it

        flow = SimpleMaxFlow()
        flow.add_arcs_with_capacity(np.zeros(groups, np.int64), 1 + np.arange(groups), cases)
        flow.add_arcs_with_capacity(tails, heads, np.full(len(tails), int(cases.sum()) + 1))
        flow.add_arcs_with_capacity(sinks, np.full(len(sinks), last + 1), self.places * unit)
        if flow.solve(SOURCE, last + 1) != flow.OPTIMAL:
            raise RuntimeError("no flow was found")
        return flow

    def _build(self) -> tuple[Ints, Ints, Ints]:
        tree, groups = SpanTree(len(self.places)), len(self.reaudits)
        links = [
            (1 + group, 1 + groups + span)
            for group, barred in enumerate(self.independence.barred)
            for stretch in stretches(0, len(self.places), sorted(barred))
            for span in tree.cover(*stretch)
        ]
        tails, heads = tree.arcs()
        into = np.array(links, np.int64).reshape(-1, 2)
        leaves = 1 + groups + tree.leaf(0) + np.arange(len(self.places))
        return (
            np.concatenate([into[:, 0], 1 + groups + tails]),
            np.concatenate([into[:, 1], 1 + groups + heads]),
            leaves,
        )
