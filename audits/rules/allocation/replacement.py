"""Another case for one place of a cycle that has been drawn: at random again, never picked."""

from collections import Counter

import numpy as np
from numpy.random import default_rng

from audits.rules.allocation.columns import NONE, Flags, Ints
from audits.rules.allocation.eligibility import CaseJudge, places_of
from audits.rules.allocation.facts import AllocationRules, AuditorFacts, Authority, Identity, Months
from audits.rules.allocation.independence import Independence
from audits.rules.allocation.population import Population
from audits.rules.allocation.reasons import AuditorRule, CapRule
from audits.rules.allocation.result import DrawResult, Pair, Reason, Share, Unfilled, Why
from audits.rules.allocation.wishes import SoftRules


def replace(
    authority: Authority, months: Months, *, seed: int, rules: AllocationRules, auditor: Identity
) -> DrawResult:
    """Draw another case for one place of that auditor, whatever their quota says.

    It is a random one of the eligible cases that the auditor may take and that no limit on families or workers keeps
    out, beside what the cycle holds already (`authority.held`): one of those with which every value of every dimension
    keeps within a case of its share, or, where there is none, comes nearest to that. Each of them has the same chance,
    and none is certain because it is the only one like the case before. The case that is replaced must be among the
    cases and count as allocated, and not be held.

    The result has one pair, or none and the reason. Its strata are those of the cycle's random sample with the new case
    in it, against all that could have been drawn for the cycle. `out_of_reach` is not asked.
    """
    return _Replacement(authority, months, rules, auditor).draw(seed)


class _Replacement:
    """The eligible cases, seen from one auditor."""

    def __init__(self, authority: Authority, months: Months, rules: AllocationRules, auditor: Identity) -> None:
        judge = CaseJudge(rules, months, authority.closures)
        self.population = Population(authority.cases, judge, rules, months, authority.reaudits, authority.held)
        who = next((facts for facts in authority.auditors if facts.id == auditor), None)
        self.auditor = AuditorFacts(auditor) if who is None else who
        self.away = AuditorRule.NO_LONGER_AUDITS if who is None else places_of(_with_a_place(who), months)[1]
        self.independence = Independence(self.population, [self.auditor], authority, rules)
        self.soft = SoftRules(self.population, self.independence, [self.auditor], rules)
        self.sample = [row for row, held in self.population.held.items() if held.is_random]
        caps = (
            (CapRule.FAMILY, self.population.family.codes, rules.cases_per_family),
            (CapRule.WORKER, self.population.worker.codes, rules.cases_per_worker),
        )
        self.full = {rule: self._full(codes, most) for rule, codes, most in caps}

    def _full(self, codes: Ints, most: int) -> Flags:
        """For each eligible case, whether the cycle holds as many of its family, or of its worker, as are allowed."""
        held = codes[list(self.population.held)]
        there = np.bincount(held[held != NONE], minlength=int(codes.max(initial=0)) + 1)
        mine = codes[: len(self.population)]
        return (mine != NONE) & (there[mine] >= most)

    def draw(self, seed: int) -> DrawResult:
        pool = self._in_proportion(self._fitting())
        drawn = None if self.away or not len(pool) else int(default_rng(seed).choice(pool))
        population, places = self.population, int(self.away is None)
        return DrawResult(
            seed=seed,
            population=len(population) + len(population.excluded),
            eligible=len(population),
            excluded=population.excluded_by_rule,
            excluded_cases=population.excluded,
            out_of_reach=(),
            left_out={self.auditor.id: self.away} if self.away else {},
            strata=self._strata(drawn),
            excess=self._excess(drawn),
            places=places,
            pairs=() if drawn is None else (self._pair(drawn, 1 / len(pool)),),
            unfilled=(self._unfilled(),) if places and drawn is None else (),
            is_proved=True,
            digest=population.digest(),
        )

    def _fitting(self) -> Ints:
        """The eligible cases that the auditor may take in this cycle."""
        mine = self.independence.group[: len(self.population)]
        allowed = self.independence.allows(mine, np.zeros(len(mine), np.int64))
        return np.flatnonzero(allowed & ~self.full[CapRule.FAMILY] & ~self.full[CapRule.WORKER])

    def _in_proportion(self, rows: Ints) -> Ints:
        """Those with which the sample is the least out of proportion."""
        change = np.zeros(len(rows), np.int64)
        for dimension, column in self.population.strata.items():
            there, inside = self._counts(dimension, None)
            size = len(self.sample) + 1
            with_one_more = _out_of_proportion(inside + 1, there, size) - _out_of_proportion(inside, there, size)
            change += with_one_more[column.codes[rows]]
        return rows[change == change.min()] if len(rows) else rows

    def _counts(self, dimension: str, drawn: int | None) -> tuple[Ints, Ints]:
        """How many cases could have been drawn of each value, and how many the sample has with the new case."""
        column, sample = self.population.strata[dimension], self.sample
        could = np.concatenate([np.arange(len(self.population)), np.array(sample, np.int64)])
        has = np.array(sample if drawn is None else [*sample, drawn], np.int64)
        there, inside = (np.bincount(column.codes[rows], minlength=len(column.labels)) for rows in (could, has))
        return there, inside

    def _strata(self, drawn: int | None) -> dict[str, dict[str, Share]]:
        return {
            dimension: {
                label: Share(there, inside)
                for label, there, inside in zip(
                    column.labels, *(counts.tolist() for counts in self._counts(dimension, drawn)), strict=True
                )
                if there
            }
            for dimension, column in self.population.strata.items()
        }

    def _excess(self, drawn: int | None) -> int:
        counts = (self._counts(dimension, drawn) for dimension in self.population.strata)
        return sum(int(_out_of_proportion(inside, there, int(inside.sum())).sum()) for there, inside in counts)

    def _pair(self, row: int, chance: float) -> Pair:
        why = Why(
            stratum=self.population.stratum(row),
            chance=chance,
            case_area=self.soft.area_of(row),
            auditor_area=self.auditor.area,
            given_up=tuple(self.soft.given_up(row, 0)),
            auditor_load=self.auditor.load,
            is_replacement=False,
        )
        return Pair(self.population.ids[row], self.auditor.id, why)

    def _unfilled(self) -> Unfilled:
        """The place stays empty: how many of the eligible cases each rule keeps from the auditor."""
        against: Counter[Reason] = Counter()
        for row in range(len(self.population)):
            broken = (rule for rule, places in self.independence.against(row).items() if places)
            full = (rule for rule, is_full in self.full.items() if is_full[row])
            against[next(filter(self.independence.is_hard, broken), None) or next(full)] += 1
        reason = AuditorRule.NO_CASE_ALLOWED if len(self.population) else AuditorRule.NO_CASE_LEFT
        return Unfilled(self.auditor.id, reason, dict(against))


def _with_a_place(auditor: AuditorFacts) -> AuditorFacts:
    return auditor._replace(quota=1, held=0)


def _out_of_proportion(inside: Ints, there: Ints, size: int) -> Ints:
    """For each value by how many cases a sample of that size, with so many of them, is more than one off its share."""
    share, total = size * there, max(int(there.sum()), 1)
    return np.maximum(inside - -(-share // total), 0) + np.maximum(share // total - inside, 0)
