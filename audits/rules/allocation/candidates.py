"""Who could audit one case that was not drawn: for an audit that QA directs, and to hand an audit over."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import NamedTuple

from numpy.random import default_rng

from audits.rules.allocation.columns import CaseColumns, in_order
from audits.rules.allocation.eligibility import places_of
from audits.rules.allocation.facts import (
    AllocationRules,
    AuditorFacts,
    Authority,
    CaseFacts,
    Identity,
    Months,
    Strength,
    Weights,
)
from audits.rules.allocation.independence import PairJudge
from audits.rules.allocation.reasons import AuditorRule, PairRule, SoftRule


class Candidate(NamedTuple):
    """An auditor, and what speaks against giving them the case.

    `barred_by`: the hard rule that keeps the case from them, if there is one. `given_up`: the wishes that the pair
    would not meet. `load`: allocations over the last 12 months; `held`: live ones in this cycle; `is_full`: those take
    up their quota, which bars nobody here.
    """

    auditor: Identity
    barred_by: PairRule | AuditorRule | None
    given_up: tuple[PairRule | SoftRule, ...]
    load: int
    held: int
    is_full: bool


def candidates(
    authority: Authority,
    months: Months,
    *,
    case: Identity,
    rules: AllocationRules,
    seed: int,
    not_by: Iterable[Identity] = (),
) -> list[Candidate]:
    """Every auditor, the best first, those who are barred last.

    The best gives the least up, by the same weights as in a draw; what an auditor holds in this cycle counts as load,
    and those whose quota is nought come after the others. What is equal is put in an order at random. The rules about
    the case itself are not asked: QA may direct an audit of any case. `not_by`: people who audited the case before.

    Raises LookupError where the authority has no such case.
    """
    facts = _facts_of(case, authority.cases)
    auditors = sorted(authority.auditors, key=lambda auditor: in_order(auditor.id))
    judge = PairJudge(auditors, authority, rules)
    worker = facts.worker if facts.worker_is_known else None
    against = judge.against(facts.team, worker, facts.conflicts, not_by)
    ranked = []
    for place, chance in enumerate(default_rng(seed).permutation(len(auditors)).tolist()):
        auditor = auditors[place]
        broken = [rule for rule, places in against.items() if place in places]
        candidate = Candidate(
            auditor=auditor.id,
            barred_by=_away(auditor, months) or next(filter(judge.is_hard, broken), None),
            given_up=(*(r for r in broken if judge.strength[r] == Strength.SOFT), *_wishes(facts, auditor)),
            load=auditor.load,
            held=auditor.held,
            is_full=auditor.held >= auditor.quota,
        )
        cost = _cost(candidate, auditor.quota, rules.weights)
        ranked.append(((candidate.barred_by is not None, auditor.quota <= 0, cost, chance), candidate))
    return [candidate for _, candidate in sorted(ranked)]


def _facts_of(case: Identity, cases: Iterable[CaseFacts]) -> CaseFacts:
    if isinstance(cases, CaseColumns):
        row = cases.row_of(case)
        found = None if row is None else cases.facts(row)
    else:
        found = next((facts for facts in cases if facts.id == case), None)
    if found is None:
        raise LookupError("no such case")
    return found


def _away(auditor: AuditorFacts, months: Months) -> AuditorRule | None:
    """Why the auditor could not audit at all in that time, however large their quota."""
    return places_of(auditor._replace(quota=1, held=0), months)[1]


def _wishes(case: CaseFacts, auditor: AuditorFacts) -> Iterator[SoftRule]:
    if case.area is not None and case.area != auditor.area:
        yield SoftRule.SAME_AREA
    if case.worker in auditor.recent_workers:
        yield SoftRule.REPEAT_WORKER
    if case.team in auditor.recent_teams:
        yield SoftRule.REPEAT_TEAM


def _cost(candidate: Candidate, quota: int, weights: Weights) -> Fraction:
    points: dict[PairRule | SoftRule, int] = {
        SoftRule.SAME_AREA: weights.same_area,
        SoftRule.REPEAT_WORKER: weights.repeat_worker,
        SoftRule.REPEAT_TEAM: weights.repeat_team,
    }
    given_up = sum(points.get(rule, weights.soft_independence) for rule in candidate.given_up)
    return given_up + Fraction((candidate.load + candidate.held) * weights.even_load, max(quota, 1))
