"""Why a place stayed empty: what keeps each case that is left from its auditor."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from audits.rules.allocation.facts import AuditorFacts
from audits.rules.allocation.independence import Independence, Places
from audits.rules.allocation.population import Ints
from audits.rules.allocation.reasons import AuditorRule, CapRule, PairRule
from audits.rules.allocation.result import Reason, Unfilled
from audits.rules.allocation.selection import Selection


class Barriers(NamedTuple):
    """What stands between a case that is left and the auditors: rules that bar some, or a limit that bars all."""

    rules: tuple[tuple[PairRule, Places], ...]
    cap: CapRule | None

    def first_for(self, place: int) -> Reason | None:
        return next((rule for rule, places in self.rules if place in places), self.cap)


def unfilled_places(
    selection: Selection,
    independence: Independence,
    auditors: list[AuditorFacts],
    places: Ints,
    auditor_of: Ints,
) -> Iterator[Unfilled]:
    """Every empty place, in the order of the auditors."""
    empty = places - np.bincount(auditor_of, minlength=len(places))
    if not empty.any():
        return
    not_drawn = np.flatnonzero(~selection.drawn[: selection.eligible]).tolist()
    left = Counter(_barriers(selection, independence, row) for row in not_drawn)
    reason = AuditorRule.NO_CASE_ALLOWED if left else AuditorRule.NO_CASE_LEFT
    for place in np.flatnonzero(empty).tolist():
        against: Counter[Reason] = Counter()
        for barriers, count in left.items():
            rule = barriers.first_for(place)
            if rule is not None:
                against[rule] += count
        for _ in range(int(empty[place])):
            yield Unfilled(auditors[place].id, reason, dict(against))


def _barriers(selection: Selection, independence: Independence, row: int) -> Barriers:
    hard = ((rule, places) for rule, places in independence.against(row).items() if independence.is_hard(rule))
    full = (
        rule
        for rule, cap in zip((CapRule.FAMILY, CapRule.WORKER), selection.caps, strict=True)
        if not cap.has_room(row)
    )
    return Barriers(tuple(hard), next(full, None))
