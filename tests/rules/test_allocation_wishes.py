"""Re-audits that are due, quotas of cohorts, and the order in which one goal gives way to another."""

import json
from collections import Counter
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.rules.allocation import AllocationRules, draw
from audits.rules.allocation.facts import AuditorFacts, Held, ReauditDue
from audits.rules.allocation.reasons import CapRule, CaseRule, PairRule, ReauditRule
from audits.rules.cohorts import Cohort, CohortQuota
from tests.rules.allocation_examples import (
    OCTOBER,
    TEAMS,
    Umpire,
    auditor,
    authority,
    case,
    drawn_cases,
    in_cohort,
    wished_for,
)

seeds = st.integers(0, 2**32)
thorough = settings(max_examples=100, deadline=None)
UNDER_5 = Cohort("under 5", younger_than=5)


def due(number, not_by=(), due_on=date(2026, 9, 1)):
    return ReauditDue(number, f"A{number}", due_on, not_by)


def quota(cases, cohort=UNDER_5):
    return AllocationRules(cohort_quotas=(CohortQuota(cohort, cases),))


@given(wished_for(), seeds)
@thorough
def test_each_goal_is_reached_as_far_as_the_goals_before_it_allow(wishes, seed):
    facts, rules = wishes
    result, umpire = draw(facts, OCTOBER, seed=seed, rules=rules), Umpire(facts, rules)
    assert result.is_proved
    assert umpire.goals(drawn_cases(facts, result)) == umpire.best()
    assert result.excess == umpire.excess([c for c in drawn_cases(facts, result) if c.id not in umpire.due])


@given(wished_for(12, 5), seeds)
@thorough
def test_no_hard_rule_is_broken_for_a_re_audit_either(wishes, seed):
    facts, rules = wishes
    result, umpire = draw(facts, OCTOBER, seed=seed, rules=rules), Umpire(facts, rules)
    people, drawn = {a.id: a for a in facts.auditors}, drawn_cases(facts, result)
    assert all(umpire.allows(c, people[pair.auditor]) for c, pair in zip(drawn, result.pairs, strict=True))
    assert umpire.keeps_caps(drawn)
    assert all(n <= people[name].quota for name, n in Counter(p.auditor for p in result.pairs).items())
    assert {c.id for c in drawn} <= {c.id for c in [*umpire.reaudits, *umpire.eligible]}
    for pair in result.pairs:
        assert pair.kind == ("reaudit" if pair.case in umpire.due else "audit")
        assert pair.reaudit_of == (umpire.due[pair.case].audit if pair.case in umpire.due else None)


@given(wished_for(12, 5), seeds)
@thorough
def test_each_re_audit_has_an_auditor_or_a_true_reason(wishes, seed):
    facts, rules = wishes
    result, umpire = draw(facts, OCTOBER, seed=seed, rules=rules), Umpire(facts, rules)
    by_id, given_to = {c.id: c for c in facts.cases}, {pair.case: pair.auditor for pair in result.pairs}
    with_places = [a for a in facts.auditors if a.quota]
    assert {outcome.due for outcome in result.reaudits} == set(facts.reaudits)
    seated = [by_id[number] for number in given_to if number in umpire.due]
    for outcome in result.reaudits:
        number, known = outcome.due.case, by_id.get(outcome.due.case)
        willing = [a for a in with_places if known and umpire.allows(known, a)]
        assert outcome.auditor == given_to.get(number)
        if outcome.auditor is not None:
            assert outcome.reason is None
        elif known is None:
            assert outcome.reason == CaseRule.NO_LONGER_HELD
        elif known.is_allocated:
            assert outcome.reason == CaseRule.ALREADY_ALLOCATED
        else:
            assert sum(outcome.against.values()) == len(with_places) - len(willing)
            if outcome.reason == ReauditRule.NO_AUDITOR:
                assert not willing
            elif isinstance(outcome.reason, CapRule):
                assert not umpire.keeps_caps([*seated, known])
            elif outcome.reason == ReauditRule.PLACES_TAKEN:
                assert willing
                assert not can_be_seated(umpire, [*seated, known])
            else:
                assert outcome.reason == ReauditRule.COSTS_A_PLACE
                assert can_be_seated(umpire, [*seated, known])
                assert umpire.keeps_caps([*seated, known])


def can_be_seated(umpire, cases):
    only = Umpire(umpire.facts._replace(cases=cases), umpire.rules)
    return only.best()[0] == len(cases) or not umpire.keeps_caps(cases)


@given(wished_for(12, 5), seeds)
@thorough
def test_a_quota_says_its_numbers_and_why_it_is_not_met(wishes, seed):
    facts, rules = wishes
    result, umpire = draw(facts, OCTOBER, seed=seed, rules=rules), Umpire(facts, rules)
    drawn = drawn_cases(facts, result)
    for wish, outcome in zip(rules.cohort_quotas, result.cohort_quotas, strict=True):
        assert outcome.name == wish.cohort.name
        assert outcome.wanted == wish.cases
        assert outcome.drawn == sum(in_cohort(wish.cohort, c) for c in drawn)
        there = sum(in_cohort(wish.cohort, c) for c in [*umpire.eligible, *umpire.reaudits])
        assert outcome.population == there
        assert bool(outcome.sentence) == (outcome.drawn < outcome.wanted)
        assert not outcome.sentence or f"Eligible cases in the cohort: {there};" in outcome.sentence


@given(wished_for(12, 5), seeds)
@thorough
def test_every_case_that_is_not_eligible_has_the_rule_that_keeps_it_out(wishes, seed):
    facts, rules = wishes
    result, umpire = draw(facts, OCTOBER, seed=seed, rules=rules), Umpire(facts, rules)
    out = {c.id: c for c in facts.cases if c not in umpire.eligible}
    assert set(result.excluded_cases) == set(out)
    assert sum(result.excluded.values()) == len(out)
    assert result.population == len(facts.cases)
    for number, rule in result.excluded_cases.items():
        if rule == CaseRule.REAUDIT_DUE:
            assert out[number] in umpire.reaudits
        elif rule == CaseRule.ALREADY_ALLOCATED:
            assert out[number].is_allocated
        else:
            assert rule == CaseRule.AUDITED_RECENTLY
            assert out[number].last_audited_on


@given(wished_for(), seeds, st.randoms())
@settings(max_examples=60, deadline=None)
def test_the_order_of_wishes_and_cases_does_not_matter(wishes, seed, random):
    facts, rules = wishes
    shuffled = facts._replace(
        cases=random.sample(facts.cases, len(facts.cases)),
        reaudits=tuple(random.sample(facts.reaudits, len(facts.reaudits))),
        held=tuple(random.sample(facts.held, len(facts.held))),
    )
    assert draw(facts, OCTOBER, seed=seed, rules=rules) == draw(shuffled, OCTOBER, seed=seed, rules=rules)


def test_a_re_audit_is_not_kept_out_by_the_cooling_off_period_and_goes_to_somebody_else():
    audited = case(0, worker="w", last_audited_on=date(2026, 8, 1))
    facts = authority([audited], [auditor("a"), auditor("b")])._replace(reaudits=(due(0, not_by=("a",)),))
    for seed in range(10):
        (pair,) = draw(facts, OCTOBER, seed=seed).pairs
        assert (pair.auditor, pair.kind, pair.reaudit_of) == ("b", "reaudit", "A0")
    nobody_else = facts._replace(auditors=[auditor("a")])
    (outcome,) = draw(nobody_else, OCTOBER, seed=1).reaudits
    assert (outcome.reason, outcome.against) == (ReauditRule.NO_AUDITOR, {PairRule.AUDITED_BEFORE: 1})


def test_re_audits_take_places_of_the_random_sample_and_are_no_part_of_its_shares():
    facts = authority(
        [case(n, worker=f"w{n}", service=f"s{n % 2}") for n in range(42)],
        [auditor(f"a{n}", teams=("Birch",)) for n in range(6)],
    )._replace(reaudits=(due(0), due(2)))
    result = draw(facts, OCTOBER, seed=1)
    assert (result.places, result.filled, result.eligible) == (6, 6, 40)
    assert Counter(pair.kind for pair in result.pairs) == {"audit": 4, "reaudit": 2}
    assert {value: share.drawn for value, share in result.strata["service"].items()} == {"s0": 2, "s1": 2}
    figures = json.loads(json.dumps(result.as_json()))
    assert figures["reaudits"] == {"due": 2, "seated": 2, "unmet": []}


def test_the_longest_due_come_first_where_places_are_short():
    dues = [due(n, due_on=date(2026, 9, 9 - n)) for n in range(5)]
    cases = [case(n, worker=f"w{n}") for n in range(20)]
    facts = authority(cases, [auditor("a"), auditor("b")])._replace(reaudits=tuple(dues))
    for seed in range(5):
        result = draw(facts, OCTOBER, seed=seed)
        assert {pair.case for pair in result.pairs} == {4, 3}
        assert Counter(o.reason for o in result.reaudits) == {None: 2, ReauditRule.PLACES_TAKEN: 3}


def test_what_is_in_the_cycle_already_counts_for_its_family_and_worker():
    cases = [case(0, family="f", worker="w", is_allocated=True), case(1, family="f"), case(2, worker="w"), case(3)]
    facts = authority([*cases, case(4, worker="w")], [auditor("a", quota=5)])
    assert draw(facts, OCTOBER, seed=1).filled == 4
    held = facts._replace(held=(Held(0),))
    result = draw(held, OCTOBER, seed=1)
    assert result.filled == 2
    assert result.unfilled[0].against == {CapRule.FAMILY: 1, CapRule.WORKER: 1}


def test_a_quota_draws_its_members_at_random_and_keeps_the_shares():
    cases = [
        case(n, worker=f"w{n}", gender="FM"[n % 2], date_of_birth=date(2024 if n % 10 < 2 else 2012, 3, 1))
        for n in range(200)
    ]
    facts = authority(cases, [auditor(f"a{n}", teams=("Birch",)) for n in range(20)])
    rules = AllocationRules(strata=("gender",), cohort_quotas=(CohortQuota(UNDER_5, 8),))
    times, draws = Counter(), 200
    for seed in range(draws):
        result = draw(facts, OCTOBER, seed=seed, rules=rules)
        (outcome,) = result.cohort_quotas
        assert (outcome.drawn, outcome.population, outcome.sentence, result.excess) == (8, 40, "", 0)
        times.update(pair.case for pair in result.pairs)
        assert {round(pair.why.chance, 6) for pair in result.pairs} == {8 / 40, 12 / 160}
        assert all(pair.why.quota == ("under 5",) * (pair.case % 10 < 2) for pair in result.pairs)
    members = [times[n] for n in range(200) if n % 10 < 2]
    assert min(members) > 0.4 * draws * 8 / 40
    assert max(members) < 1.7 * draws * 8 / 40


def test_a_quota_that_the_equal_chance_meets_anyway_changes_no_chance():
    cases = [case(n, worker=f"w{n}", date_of_birth=date(2024, 3, 1)) for n in range(50)]
    facts = authority(cases, [auditor(f"a{n}", teams=("Birch",)) for n in range(5)])
    assert {round(p.why.chance, 6) for p in draw(facts, OCTOBER, seed=1, rules=quota(3)).pairs} == {0.1}


def test_a_wish_that_cannot_be_met_is_reported_with_the_numbers():
    cases = [case(n, worker=f"w{n}", date_of_birth=date(2024 if n < 3 else 2012, 3, 1)) for n in range(30)]
    facts = authority(cases, [auditor(f"a{n}", teams=("Birch",)) for n in range(6)])
    (outcome,) = draw(facts, OCTOBER, seed=1, rules=quota(6)).cohort_quotas
    assert (outcome.wanted, outcome.population, outcome.drawn) == (6, 3, 3)
    assert outcome.sentence.startswith("Drawn: 3 of 6. Eligible cases in the cohort: 3;")


def test_no_case_that_somebody_may_take_is_without_a_chance():
    """Two teams in which most of the auditors are, so that chances cannot be equal."""
    cases = [case(n, worker=f"w{n}", team=TEAMS[n % 10 // 4], gender="FM"[n % 2]) for n in range(100)]
    teams = ["Ash"] * 10 + ["Birch"] * 8 + ["Cedar"]
    facts = authority(cases, [AuditorFacts(f"a{n}", teams=(team,)) for n, team in enumerate(teams)])
    times = Counter(pair.case for seed in range(150) for pair in draw(facts, OCTOBER, seed=seed).pairs)
    assert len(times) == 100


@pytest.mark.long
@given(wished_for(11, 4), seeds)
@settings(max_examples=1_000, deadline=None)
def test_each_goal_is_reached_in_thousands_of_authorities(wishes, seed):
    facts, rules = wishes
    result, umpire = draw(facts, OCTOBER, seed=seed, rules=rules), Umpire(facts, rules)
    assert umpire.goals(drawn_cases(facts, result)) == umpire.best()
