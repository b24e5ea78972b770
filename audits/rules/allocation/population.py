"""The eligible cases as columns of small whole numbers, one row a case, in the order of their identities.

The order of the rows that were read, and the type of the identities, leave no trace here: the same cases always
give the same columns. A hundred thousand cases take a few megabytes.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

import numpy as np

from audits.rules.allocation.columns import (
    NONE,
    CaseColumns,
    CaseNames,
    Column,
    Flags,
    Identities,
    Ints,
    in_order,
    taken,
)
from audits.rules.allocation.eligibility import RULES, UNKNOWN, CaseJudge, age_bands, in_cohort
from audits.rules.allocation.facts import AllocationRules, CaseFacts, Held, Identity, Months, ReauditDue
from audits.rules.allocation.reasons import CaseRule

AT_ONCE = 10_000

__all__ = ["NONE", "Column", "Excluded", "Ints", "Population", "in_order"]


class Excluded(Mapping[Identity, CaseRule]):
    """Case → the rule that keeps it out, without a list of them: hundreds of thousands may be kept out."""

    def __init__(self, cases: CaseNames, broken: Ints) -> None:
        self.cases = cases
        self.broken = broken
        self.counts = np.bincount(broken + 1, minlength=len(RULES) + 1)[1:]

    def __getitem__(self, case: Identity) -> CaseRule:
        row = self.cases.row_of(case)
        if row is None or self.broken[row] == NONE:
            raise KeyError(case)
        return RULES[self.broken[row]]

    def __iter__(self) -> Iterator[Identity]:
        kept_out = self.cases.order[self.broken[self.cases.order] != NONE]
        return iter(taken(self.cases.ids, kept_out))

    def __len__(self) -> int:
        return int(self.counts.sum())

    def by_rule(self) -> dict[CaseRule, int]:
        """How many cases each rule keeps out, every rule named that is asked of a case."""
        return {rule: int(n) for rule, n in zip(RULES, self.counts, strict=True) if rule != CaseRule.NO_LONGER_HELD}

    def keys_by_rule(self) -> dict[CaseRule, list[int]]:
        """By which keys the cases are stored that each rule keeps out, for the rules that keep any out."""
        if self.cases.keys is None:
            raise ValueError("these cases come from no database")
        return {
            rule: np.sort(self.cases.keys[self.broken == number]).tolist()
            for number, rule in enumerate(RULES)
            if self.counts[number]
        }


class Population:
    """The eligible cases, what was left out of them, and what stands beside them.

    `ids`: the cases, sorted. `family`, `worker`, `team`, `area`: columns; `answers`: the worker where they are known.
    `strata`: dimension → column. `conflicts`: row → the people who must not audit it, for the few rows that have any.
    `excluded`: case → the rule that keeps it out. `cohorts`: for each cohort that has a quota, which rows are in it.

    Below the eligible rows, and not counted in the length, stand two kinds of rows set apart: `reaudits` (row → what is
    due; those that a rule about the case keeps out are in `reaudits_excluded`), then `held` (row → what is in the cycle
    already).
    """

    def __init__(
        self,
        cases: Iterable[CaseFacts],
        judge: CaseJudge,
        rules: AllocationRules,
        months: Months,
        reaudits: Collection[ReauditDue] = (),
        held: Collection[Held] = (),
    ) -> None:
        columns = cases if isinstance(cases, CaseColumns) else CaseColumns.of(cases)
        # The names alone are kept: what else was read need not stay in memory while the cases are drawn.
        self.names = CaseNames(ids=columns.ids, keys=columns.keys)
        broken = judge.broken_rules(columns)
        rows_due = self._read_reaudits(reaudits, judge, columns, broken)
        rows_held = self._read_held(held)
        self.excluded = Excluded(self.names, broken)
        eligible = self.names.order[broken[self.names.order] == NONE]
        self._length = len(eligible)
        rows: Ints = np.concatenate([eligible, np.array([*rows_due, *rows_held], np.int64)])
        self.reaudits = dict(enumerate(rows_due.values(), start=len(eligible)))
        self.held = dict(enumerate(rows_held.values(), start=len(eligible) + len(rows_due)))
        self._place = np.full(len(columns), NONE, np.int32)
        self._place[rows] = np.arange(len(rows), dtype=np.int32)
        self.ids: Identities = taken(columns.ids, rows)
        self.family = columns.family.of_rows(rows)
        self.worker = columns.worker.of_rows(rows)
        self.answers = columns.worker.where(columns.worker_is_known).of_rows(rows)
        self.team = columns.team.of_rows(rows)
        self.area = columns.area.of_rows(rows)
        self.strata = {name: _stratum(name, columns, rules, months).of_rows(rows) for name in rules.strata}
        self.cohorts: list[Flags] = [
            in_cohort(quota.cohort, columns, months.first_day)[rows] for quota in rules.cohort_quotas
        ]
        in_rows = {int(self._place[row]): people for row, people in columns.conflicts.items()}
        self.conflicts = {row: _sorted(in_rows[row]) for row in sorted(in_rows) if row != NONE}

    def _read_reaudits(
        self, reaudits: Collection[ReauditDue], judge: CaseJudge, columns: CaseColumns, broken: Ints
    ) -> dict[int, ReauditDue]:
        """Row → what is due, the longest due first. A case that is due for a re-audit is not drawn at random too."""
        self.reaudits_excluded: dict[Identity, CaseRule] = {}
        due: dict[int, ReauditDue] = {}
        if not reaudits:
            return due
        broken_all_the_same = judge.broken_rules(columns, are_reaudits=True)
        for reaudit in sorted(reaudits, key=lambda reaudit: (reaudit.due_on, in_order(reaudit.case))):
            row = self.names.row_of(reaudit.case)
            if row is None:
                self.reaudits_excluded[reaudit.case] = CaseRule.NO_LONGER_HELD
            elif broken_all_the_same[row] != NONE:
                self.reaudits_excluded[reaudit.case] = RULES[broken_all_the_same[row]]
            else:
                due.setdefault(row, reaudit)
                if broken[row] == NONE:
                    broken[row] = RULES.index(CaseRule.REAUDIT_DUE)
        return due

    def _read_held(self, held: Collection[Held]) -> dict[int, Held]:
        """A case that is held twice, at random and directed, counts for its stratum."""
        in_a_row = sorted(held, key=lambda item: (in_order(item.case), item.is_random))
        rows = ((self.names.row_of(item.case), item) for item in in_a_row)
        return {row: item for row, item in rows if row is not None}

    def __len__(self) -> int:
        return self._length

    @property
    def excluded_by_rule(self) -> dict[CaseRule, int]:
        """How many cases each rule keeps out, every rule named."""
        return self.excluded.by_rule()

    def row_of(self, case: Identity) -> int | None:
        """The row of that case; None where it is not among the rows."""
        row = self.names.row_of(case)
        return None if row is None or self._place[row] == NONE else int(self._place[row])

    def stratum(self, row: int) -> dict[str, str]:
        return {name: column.labels[column.codes[row]] for name, column in self.strata.items()}

    def label(self, column: Column, row: int) -> Any:
        return column.label(row)

    def digest(self) -> str:
        """SHA-256 of the eligible cases and their strata: two draws with the same one were made from the same cases."""
        digest = sha256()
        for start in range(0, len(self), AT_ONCE):
            digest.update("".join(f"{case}\n" for case in self.ids[start : min(start + AT_ONCE, len(self))]).encode())
        for dimension, column in self.strata.items():
            digest.update(json.dumps([dimension, list(column.labels)]).encode())
            digest.update(column.codes[: len(self)].astype("<i4").tobytes())
        return digest.hexdigest()


def _sorted(people: Iterable[Identity]) -> tuple[Identity, ...]:
    return tuple(sorted(set(people), key=in_order))


def _stratum(dimension: str, cases: CaseColumns, rules: AllocationRules, months: Months) -> Column:
    by_age = dimension == "age_band"
    column: Column = age_bands(cases.born, rules.age_bands, months.first_day) if by_age else getattr(cases, dimension)
    return column.named(UNKNOWN)
