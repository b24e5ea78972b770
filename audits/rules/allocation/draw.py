"""One draw, from the facts to the pairs and the reasons."""

from collections.abc import Iterable

import numpy as np
from numpy.random import Generator, default_rng

from audits.rules.allocation import exact
from audits.rules.allocation.assignment import assign
from audits.rules.allocation.eligibility import CaseJudge, places_of
from audits.rules.allocation.facts import AllocationRules, AuditorFacts, Authority, Identity, Months, ReauditDue
from audits.rules.allocation.independence import Independence
from audits.rules.allocation.outcomes import quota_outcomes, reaudit_outcomes
from audits.rules.allocation.population import Ints, Population, in_order
from audits.rules.allocation.reasons import AuditorRule, CaseRule, PairRule
from audits.rules.allocation.result import (
    AUDIT,
    REAUDIT,
    Broken,
    DrawResult,
    Pair,
    Reason,
    ReauditOutcome,
    Share,
    Why,
)
from audits.rules.allocation.selection import Selection
from audits.rules.allocation.unfilled import unfilled_places
from audits.rules.allocation.wishes import SoftRules


def draw(authority: Authority, months: Months, *, seed: int, rules: AllocationRules | None = None) -> DrawResult:
    """Draw the cases of a cycle at random and give each to an auditor.

    In strict order: no hard rule is broken; as many places are filled as can be; as many re-audits that are due have
    one of them as can be; the quotas of cohorts are met; every value of every dimension has its share of the other
    cases; every eligible case has the same chance, or as nearly so as all this allows. The soft rules choose the
    auditor of a drawn case, never the case. The same facts and the same seed give the same pairs, in whatever order
    the facts come.
    """
    the_draw = Draw(authority, months, seed=seed, rules=rules or AllocationRules())
    del authority  # half a million cases take less room once they are the population of the draw
    return the_draw.run()


class Draw:
    """The steps of a draw, each with what it found, so that they can be looked at and timed one by one."""

    def __init__(self, authority: Authority, months: Months, *, seed: int, rules: AllocationRules) -> None:
        self.authority, self.months, self.rules, self.seed = authority, months, rules, seed
        self.rng: Generator = default_rng(seed)
        self.is_proved = True

    def run(self) -> DrawResult:
        self.read()
        self.build()
        self.select()
        self.assign()
        return self.result()

    def read(self) -> None:
        """Judge every case and every auditor."""
        judge = CaseJudge(self.rules, self.months, self.authority.closures)
        facts = self.authority
        self.population = Population(facts.cases, judge, self.rules, self.months, facts.reaudits, facts.held)
        self.authority = facts._replace(cases=())
        del facts
        self.auditors: list[AuditorFacts] = []
        self.left_out: dict[Identity, AuditorRule] = {}
        places = []
        for auditor in sorted(self.authority.auditors, key=lambda auditor: in_order(auditor.id)):
            count, rule = places_of(auditor, self.months)
            if rule:
                self.left_out[auditor.id] = rule
            else:
                self.auditors.append(auditor)
                places.append(count)
        self.places: Ints = np.array(places, np.int64)

    def build(self) -> None:
        """Find out who may take what."""
        self.independence = Independence(self.population, self.auditors, self.authority, self.rules)
        self.soft = SoftRules(self.population, self.independence, self.auditors, self.rules)

    def select(self) -> None:
        """Seat the re-audits, draw the cases, fill the places, restore quotas and proportions."""
        self.selection = Selection(self.population, self.independence, self.places, self.rules, self.rng)
        self.selection.draw()
        if not self.selection.is_largest:
            self._improve(exact.most_cases)
        self.selection.balance()
        if self.selection.shortfall or self.selection.excess:
            self._improve(exact.nearest_to_the_wishes)

    def _improve(self, prove: "exact.Question") -> None:
        if not exact.is_small_enough(self.selection):
            self.is_proved = False
            return
        answer = prove(self.selection, self.rng)
        if answer is None:
            self.is_proved = False
            return
        self.is_proved &= answer.is_proved
        self.selection.replace(answer.rows)

    def assign(self) -> None:
        """Choose the auditor of each drawn case."""
        self.rows = self.selection.rows
        self.auditor_of = assign(self.rows, self.soft, self.places, self.rng)

    def result(self) -> DrawResult:
        """Put the reasons to what was found."""
        population = self.population
        return DrawResult(
            seed=self.seed,
            population=len(population) + len(population.excluded),
            eligible=len(population),
            excluded=population.excluded_by_rule,
            excluded_cases=population.excluded,
            out_of_reach=self._out_of_reach(),
            left_out=self.left_out,
            strata=self._strata(),
            excess=self.selection.excess,
            places=int(self.places.sum()),
            pairs=tuple(self._pairs()),
            unfilled=tuple(
                unfilled_places(self.selection, self.independence, self.auditors, self.places, self.auditor_of)
            ),
            is_proved=self.is_proved,
            reaudits=self._reaudits(),
            cohort_quotas=tuple(quota_outcomes(self.selection, self.rules, is_proved=self.is_proved)),
            digest=population.digest(),
        )

    def _pairs(self) -> list[Pair]:
        pairs = []
        for row, place in zip(self.rows.tolist(), self.auditor_of.tolist(), strict=True):
            due = self.population.reaudits.get(row)
            why = self._why(row, place, due)
            kind, before = (REAUDIT, due.audit) if due else (AUDIT, None)
            pairs.append(Pair(self.population.ids[row], self.auditors[place].id, why, kind, before))
        return pairs

    def _why(self, row: int, place: int, due: ReauditDue | None) -> Why:
        auditor = self.auditors[place]
        quotas = zip(self.rules.cohort_quotas, self.selection.cohorts, strict=True)
        return Why(
            stratum=self.population.stratum(row),
            chance=1.0 if due else float(self.selection.chance[row]),
            case_area=self.soft.area_of(row),
            auditor_area=auditor.area,
            given_up=tuple(self.soft.given_up(row, place)),
            auditor_load=auditor.load,
            is_replacement=row in self.selection.replacements and not due,
            quota=tuple(quota.cohort.name for quota, members in quotas if members[row]),
            due_on=due.due_on if due else None,
        )

    def _reaudits(self) -> tuple[ReauditOutcome, ...]:
        auditors = zip(self.rows.tolist(), self.auditor_of.tolist(), strict=True)
        auditor_of = {row: self.auditors[place].id for row, place in auditors if row in self.population.reaudits}
        dues = sorted(self.authority.reaudits, key=lambda due: (due.due_on, in_order(due.case)))
        return tuple(reaudit_outcomes(dues, self.population, self.selection, auditor_of))

    def no_longer_allowed(self, pairs: Iterable[tuple[Identity, Identity]]) -> list[Broken]:
        """Which of these pairs of an earlier draw break a hard rule by now. After `read` and `build`."""
        places = {auditor.id: place for place, auditor in enumerate(self.auditors)}
        population = self.population
        judged = len(population) + len(population.reaudits)
        rows = {case: row for row, case in enumerate(population.ids[:judged])}
        broken: list[Broken] = []
        for case, auditor in pairs:
            rule: Reason | None = None
            if case not in rows:
                rule = population.excluded.get(case, CaseRule.NO_LONGER_HELD)
            elif auditor not in places:
                rule = self.left_out.get(auditor, AuditorRule.NO_LONGER_AUDITS)
            else:
                rule = self._barred_by(rows[case], places[auditor])
            if rule is not None:
                broken.append(Broken(case, auditor, rule))
        return broken

    def _barred_by(self, row: int, place: int) -> PairRule | None:
        against = self.independence.against(row).items()
        return next((rule for rule, places in against if place in places and self.independence.is_hard(rule)), None)

    def _strata(self) -> dict[str, dict[str, Share]]:
        strata: dict[str, dict[str, Share]] = {dimension: {} for dimension in self.population.strata}
        margins = self.selection.margins
        for (dimension, label), there, drawn in zip(
            margins.names, margins.population.tolist(), self.selection.counts.tolist(), strict=False
        ):
            strata[dimension][label] = Share(there, drawn)
        return strata

    def _out_of_reach(self) -> tuple[Identity, ...]:
        eligible = self.selection.reachable[: len(self.population)]
        return tuple(self.population.ids[row] for row in np.flatnonzero(~eligible).tolist())
