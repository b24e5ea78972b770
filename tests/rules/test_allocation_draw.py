"""What holds for every draw of every authority."""

import os
import subprocess
import sys
from collections import Counter
from datetime import date
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.rules.allocation import AllocationRules, draw
from audits.rules.allocation.facts import Strength
from audits.rules.allocation.reasons import AuditorRule, CapRule, PairRule, SoftRule
from tests.rules.allocation_examples import (
    OCTOBER,
    Judge,
    auditor,
    authorities,
    authority,
    case,
    drawn_cases,
)

seeds = st.integers(0, 2**32)
thorough = settings(max_examples=300, deadline=None)


@given(authorities(), seeds)
@thorough
def test_no_hard_rule_is_ever_broken(facts, seed):
    result = draw(facts, OCTOBER, seed=seed)
    judge, people = Judge(facts), {a.id: a for a in facts.auditors}
    drawn = drawn_cases(facts, result)
    assert all(
        judge.allows(case, people[pair.auditor]) for case, pair in zip(drawn, result.pairs, strict=True)
    )
    assert all(n <= people[name].quota for name, n in Counter(p.auditor for p in result.pairs).items())
    assert len({c.id for c in drawn}) == len(drawn)
    assert all(n <= 1 for family, n in Counter(c.family for c in drawn).items() if family)
    assert all(n <= 2 for worker, n in Counter(c.worker for c in drawn).items() if worker)


@given(authorities(), seeds)
@thorough
def test_as_many_places_are_filled_as_any_choice_of_cases_could_fill(facts, seed):
    result = draw(facts, OCTOBER, seed=seed)
    assert result.is_proved
    assert result.filled == Judge(facts).most_pairs()
    assert result.filled + len(result.unfilled) == result.places


@given(authorities(), seeds, st.randoms())
@thorough
def test_the_order_of_the_facts_does_not_matter(facts, seed, random):
    shuffled = facts._replace(
        cases=random.sample(facts.cases, len(facts.cases)),
        auditors=random.sample(facts.auditors, len(facts.auditors)),
        line_managers=dict(random.sample(list(facts.line_managers.items()), len(facts.line_managers))),
    )
    assert draw(facts, OCTOBER, seed=seed) == draw(shuffled, OCTOBER, seed=seed)


@given(authorities(), seeds)
@thorough
def test_each_empty_place_has_a_true_reason(facts, seed):
    result = draw(facts, OCTOBER, seed=seed)
    judge, people = Judge(facts), {a.id: a for a in facts.auditors}
    left = [c for c in facts.cases if c.id not in {pair.case for pair in result.pairs}]
    for place in result.unfilled:
        assert place.reason == (AuditorRule.NO_CASE_ALLOWED if left else AuditorRule.NO_CASE_LEFT)
        assert sum(place.against.values()) == len(left)
        barred = sum(n for rule, n in place.against.items() if isinstance(rule, PairRule))
        assert barred == sum(not judge.allows(c, people[place.auditor]) for c in left)
    for name, reason in result.left_out.items():
        assert reason == AuditorRule.NO_QUOTA
        assert people[name].quota == 0


@given(authorities(), seeds)
@thorough
def test_what_a_pair_gives_up_is_what_it_gives_up(facts, seed):
    people = {a.id: a for a in facts.auditors}
    result = draw(facts, OCTOBER, seed=seed)
    for drawn, pair in zip(drawn_cases(facts, result), result.pairs, strict=True):
        who = people[pair.auditor]
        expected = {
            SoftRule.SAME_AREA: drawn.area is not None and drawn.area != who.area,
            SoftRule.REPEAT_WORKER: drawn.worker in who.recent_workers,
            SoftRule.REPEAT_TEAM: drawn.team in who.recent_teams,
        }
        assert set(pair.why.given_up) == {rule for rule, broken in expected.items() if broken}


@given(authorities(most_cases=10, most_auditors=4), seeds)
@settings(max_examples=150, deadline=None)
def test_without_rules_in_the_way_every_value_has_its_share(facts, seed):
    free = facts._replace(
        cases=[c._replace(family=None, worker=None, conflicts=()) for c in facts.cases],
        auditors=[a._replace(teams=()) for a in facts.auditors],
        line_managers={},
        team_managers={},
    )
    result = draw(free, OCTOBER, seed=seed)
    assert result.filled == min(result.places, result.eligible)
    assert result.is_proved
    if possible_in_proportion(free, result.filled):
        assert result.excess == 0
        assert_in_proportion(result)


def possible_in_proportion(facts, size):
    """Whether any choice of that many cases has every share rounded up or down, by trying them all."""
    def values(c):
        return [("service", c.service), ("plan", c.plan_type), ("gender", c.gender)]

    whole = Counter(v for c in facts.cases for v in values(c))
    total = max(len(facts.cases), 1)
    return any(
        all(abs(Counter(v for c in chosen for v in values(c))[v] - size * n / total) < 1 for v, n in whole.items())
        for chosen in combinations(facts.cases, size)
    )


def assert_in_proportion(result):
    for shares in result.strata.values():
        for share in shares.values():
            assert abs(share.drawn - result.filled * share.population / result.eligible) < 1
