"""What became of each re-audit that is due, and of each quota of a cohort."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from audits.rules.allocation.facts import AllocationRules, Identity, ReauditDue
from audits.rules.allocation.population import Population
from audits.rules.allocation.reasons import CapRule, PairRule, ReauditRule
from audits.rules.allocation.result import QuotaOutcome, ReauditOutcome
from audits.rules.allocation.seating import Seating
from audits.rules.allocation.selection import Selection


def reaudit_outcomes(
    dues: Sequence[ReauditDue], population: Population, selection: Selection, auditors: Mapping[int, Identity]
) -> Iterator[ReauditOutcome]:
    """Every re-audit that is due, in the order given. `auditors`: row of a drawn case → its auditor."""
    rows = {due.case: row for row, due in population.reaudits.items()}
    for due in dues:
        row = rows.get(due.case)
        if row is None:
            yield ReauditOutcome(due, None, population.reaudits_excluded[due.case], {})
        elif row in auditors:
            yield ReauditOutcome(due, auditors[row], None, {})
        else:
            yield ReauditOutcome(due, None, _why_unmet(row, selection), _against(row, selection))


def _why_unmet(row: int, selection: Selection) -> CapRule | ReauditRule:
    """Random cases would have made room for a re-audit; so what stands in its way are other re-audits, or nobody."""
    if not selection.reachable[row]:
        return ReauditRule.NO_AUDITOR
    reaudits = selection.seated_reaudits
    for rule, cap in zip((CapRule.FAMILY, CapRule.WORKER), selection.caps, strict=True):
        if cap.room[cap.codes[row]] + (cap.codes[selection.sample] == cap.codes[row]).sum() <= 0:
            return rule
    seating = Seating(selection.independence, selection.places)
    for other in reaudits.tolist():
        seating.squeeze_in(other)
    return ReauditRule.COSTS_A_PLACE if seating.squeeze_in(row) else ReauditRule.PLACES_TAKEN


def _against(row: int, selection: Selection) -> dict[PairRule, int]:
    """From how many auditors with places each rule keeps the case, each auditor counted for one rule."""
    counts: Counter[PairRule] = Counter()
    counted: set[int] = set()
    for rule, places in selection.independence.against(row).items():
        if selection.independence.is_hard(rule):
            counts[rule] += len(places - counted)
            counted |= places
    return {rule: count for rule, count in counts.items() if count}


def quota_outcomes(selection: Selection, rules: AllocationRules, *, is_proved: bool) -> Iterator[QuotaOutcome]:
    could_be_drawn = np.zeros(len(selection.drawn), np.bool_)
    could_be_drawn[: selection.eligible] = could_be_drawn[selection.reaudits] = True
    for quota, members in zip(rules.cohort_quotas, selection.cohorts, strict=True):
        population = int((members & could_be_drawn).sum())
        reachable = int((members & could_be_drawn & selection.reachable).sum())
        drawn = int((members & selection.drawn).sum())
        sentence = ""
        if drawn < quota.cases:
            filled = len(selection.seating)
            sentence = (
                f"Drawn: {drawn} of {quota.cases}. Eligible cases in the cohort: {population}; of these an auditor with"
                f" a place may take {reachable}. Places of the cycle that could be filled: {filled}."
            )
            if min(population, reachable, filled) > drawn:
                sentence += " The limits of families and workers, the other quotas and filled places allow no more."
                if not is_proved:
                    sentence = sentence.replace("allow no more", "left room for no more in this draw")
        yield QuotaOutcome(quota.cohort.name, quota.cases, population, drawn, sentence)
