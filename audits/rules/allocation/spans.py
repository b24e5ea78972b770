"""Auditors in a row, with a tree of spans above them, so that "everybody but these few" needs few arcs.

The row is sorted by area and team. What a case may take is then the whole row without a few auditors: a few unbroken
stretches, each of which is covered by a handful of spans of a binary tree. A flow that enters a span may leave it at
any of its auditors.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from audits.rules.allocation.population import Ints

Stretch = tuple[int, int]


class SpanTree:
    """A binary tree over `width` places in a row. Node 1 is the whole row; the leaf of place p is `leaf(p)`."""

    def __init__(self, width: int) -> None:
        self.leaves = 1 << max(width - 1, 0).bit_length()
        self.nodes = 2 * self.leaves

    def leaf(self, place: int) -> int:
        return self.leaves + place

    def arcs(self) -> tuple[Ints, Ints]:
        """The arcs from each span to its two halves: tails and heads."""
        heads = np.arange(2, self.nodes, dtype=np.int64)
        return heads // 2, heads

    def cover(self, start: int, end: int) -> Iterator[int]:
        """The fewest spans that make up the places from `start` up to, without, `end`."""
        low, high = start + self.leaves, end + self.leaves
        while low < high:
            if low & 1:
                yield low
                low += 1
            if high & 1:
                high -= 1
                yield high
            low, high = low >> 1, high >> 1


def stretches(start: int, end: int, without: Iterable[int]) -> Iterator[Stretch]:
    """The unbroken stretches from `start` up to `end` that are left without those places (in ascending order)."""
    for place in without:
        if place < start:
            continue
        if place >= end:
            break
        if place > start:
            yield start, place
        start = place + 1
    if start < end:
        yield start, end


def areas_in_row(areas: Sequence[str | None]) -> dict[str | None, Stretch]:
    """For each area the stretch of its auditors in a row that is sorted by area."""
    found: dict[str | None, Stretch] = {}
    for place, area in enumerate(areas):
        found[area] = (found.get(area, (place, place))[0], place + 1)
    return found
