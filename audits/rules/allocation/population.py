"""The eligible cases as columns of small whole numbers, one row a case, in the order of their identities.

The order of the rows that were read, and the type of the identities, leave no trace here: the same cases always
give the same columns. A hundred thousand cases take a few megabytes.
"""

from array import array
from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audits.rules.allocation.eligibility import UNKNOWN, CaseJudge, age_band
from audits.rules.allocation.facts import AllocationRules, CaseFacts, Identity, Months
from audits.rules.allocation.reasons import CaseRule

Ints = NDArray[np.int64]
NONE = -1
NO_CONFLICTS: tuple[Identity, ...] = ()


def in_order(identity: Identity) -> tuple[bool, Identity]:
    """A sort key: numbers before texts."""
    return isinstance(identity, str), identity


class Column:
    """One column: `labels` in sorted order, and for each row the place of its label (NONE where there is none)."""

    def __init__(self) -> None:
        self._places: dict[Any, int] = {}
        self._rows = array("i")
        self.labels: list[Any] = []
        self.codes: Ints = np.empty(0, dtype=np.int64)

    def append(self, value: Any) -> None:
        places = self._places
        self._rows.append(NONE if value is None else places.setdefault(value, len(places)))

    def settle(self, order: Ints) -> None:
        """Sort the labels, and put the rows in the given order."""
        self.labels = sorted(self._places, key=in_order)
        rank = np.empty(len(self.labels) + 1, dtype=np.int64)
        for place, label in enumerate(self.labels):
            rank[self._places[label]] = place
        rank[NONE] = NONE
        self.codes = rank[np.frombuffer(self._rows, dtype=np.intc)][order] if len(self._rows) else self.codes
        self._places, self._rows = {}, array("i")


class Population:
    """The eligible cases, and what was left out of them.

    `ids`: the cases, sorted. `family`, `worker`, `team`, `area`: columns; `answers`: the worker where
    they are known. `strata`: dimension → column. `conflicts`: row → the people who must not audit it, for the few rows
    that have any. `excluded`: case → the rule that keeps it out.
    """

    def __init__(self, cases: Iterable[CaseFacts], judge: CaseJudge, rules: AllocationRules, months: Months) -> None:
        self.family, self.worker, self.team, self.area = Column(), Column(), Column(), Column()
        self.answers = Column()
        self.strata = {dimension: Column() for dimension in rules.strata}
        self.excluded: dict[Identity, CaseRule] = {}
        ids, conflicts = self._read(cases, judge, rules, months)
        order: Ints = np.array(sorted(range(len(ids)), key=lambda row: in_order(ids[row])), dtype=np.int64)
        for column in (self.family, self.worker, self.answers, self.team, self.area, *self.strata.values()):
            column.settle(order)
        self.ids = [ids[row] for row in order]
        place = {row: place for place, row in enumerate(order.tolist())} if conflicts else {}
        self.conflicts = {place[row]: people for row, people in conflicts.items()}

    def _read(
        self, cases: Iterable[CaseFacts], judge: CaseJudge, rules: AllocationRules, months: Months
    ) -> tuple[list[Identity], dict[int, tuple[Identity, ...]]]:
        ids: list[Identity] = []
        conflicts: dict[int, tuple[Identity, ...]] = {}
        bands: dict[Any, str] = {}
        strata = list(self.strata.items())
        for case in cases:
            broken = judge.broken_rule(case)
            if broken:
                self.excluded[case.id] = broken
                continue
            if case.conflicts:
                conflicts[len(ids)] = tuple(sorted(set(case.conflicts), key=in_order))
            ids.append(case.id)
            self.family.append(case.family)
            self.worker.append(case.worker)
            self.answers.append(case.worker if case.worker_is_known else None)
            self.team.append(case.team)
            self.area.append(case.area)
            for dimension, column in strata:
                if dimension == "age_band":
                    born = case.date_of_birth
                    if born not in bands:
                        bands[born] = age_band(born, rules.age_bands, months.first_day)
                    column.append(bands[born])
                else:
                    value = getattr(case, dimension)
                    column.append(UNKNOWN if value is None or value == "" else value)
        return ids, conflicts

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def excluded_by_rule(self) -> dict[CaseRule, int]:
        """How many cases each rule keeps out, every rule named."""
        counts = Counter(self.excluded.values())
        return {rule: counts[rule] for rule in CaseRule if rule != CaseRule.NO_LONGER_HELD}

    def stratum(self, row: int) -> dict[str, str]:
        return {name: column.labels[column.codes[row]] for name, column in self.strata.items()}

    def label(self, column: Column, row: int) -> Any:
        code = int(column.codes[row])
        return None if code == NONE else column.labels[code]
