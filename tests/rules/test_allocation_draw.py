"""What holds for every draw of every authority."""

import json
import os
import subprocess
import sys
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.rules.allocation import AllocationRules, draw
from audits.rules.allocation.facts import Strength
from audits.rules.allocation.reasons import AuditorRule, CapRule, PairRule, SoftRule
from bench.authority import InventedAuthority
from tests.rules.allocation_examples import (
    AREAS,
    OCTOBER,
    PLANS,
    TEAMS,
    Judge,
    auditor,
    authorities,
    authority,
    case,
    drawn_cases,
)

seeds = st.integers(0, 2**32)
thorough = settings(max_examples=100, deadline=None)


@given(authorities(), seeds)
@thorough
def test_no_hard_rule_is_ever_broken(facts, seed):
    result = draw(facts, OCTOBER, seed=seed)
    judge, people = Judge(facts), {a.id: a for a in facts.auditors}
    drawn = drawn_cases(facts, result)
    assert all(judge.allows(case, people[pair.auditor]) for case, pair in zip(drawn, result.pairs, strict=True))
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
@settings(max_examples=60, deadline=None)
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


def test_the_seed_decides():
    facts = authority(
        [case(n, worker=f"w{n}", service=f"s{n % 3}") for n in range(60)],
        [auditor(f"a{n}", teams=("Birch",)) for n in range(12)],
    )
    pairs = {seed: draw(facts, OCTOBER, seed=seed).as_json()["pairs"] for seed in (1, 1, 2, 3)}
    assert pairs[1] == draw(facts, OCTOBER, seed=1).as_json()["pairs"]
    assert pairs[1] != pairs[2] != pairs[3]


PRINT_A_DRAW = """
from audits.rules.allocation import draw
from tests.rules.allocation_examples import *
facts = authority(
    [case(f"c{n}", worker=f"w{n}", service=f"s{n % 3}", team=TEAMS[n % 4], conflicts=("a1", "a2")) for n in range(60)],
    [auditor(f"a{n}", teams=(TEAMS[n % 3],), recent_teams=TEAMS[:2]) for n in range(12)],
)
print(draw(facts, OCTOBER, seed=5).as_json())
"""


def test_every_process_draws_the_same():
    def printed(hash_seed):
        return subprocess.run(
            [sys.executable, "-c", PRINT_A_DRAW],
            env=os.environ | {"PYTHONHASHSEED": hash_seed},
            cwd=Path(__file__).parents[2],
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    assert printed("1") == printed("2") != ""


def test_every_case_has_nearly_the_same_chance():
    facts = authority(
        [
            case(
                n,
                worker=f"w{n % 30}",
                service=f"s{n % 3}",
                gender="FM"[n % 2],
                team=TEAMS[n % 4],
                plan_type=PLANS[n % 5],
            )
            for n, plan in zip(range(120), PLANS * 24, strict=True)
        ],
        [auditor(f"a{n}", teams=(TEAMS[n % 4],)) for n in range(12)],
    )
    draws = 600
    times = Counter(pair.case for seed in range(draws) for pair in draw(facts, OCTOBER, seed=seed).pairs)
    expected = draws * 12 / 120
    assert min(times[n] for n in range(120)) > 0.6 * expected
    assert max(times[n] for n in range(120)) < 1.4 * expected


def test_every_place_is_filled_before_the_shares_are_looked_at():
    """Nine in ten cases are in Ash, and so are half of the auditors: they can only take the few others."""
    facts = authority(
        [
            case(n, worker=f"w{n}", team="Ash" if n % 10 else "Birch", service="A" if n % 10 else "B")
            for n in range(200)
        ],
        [auditor(f"a{n}", teams=("Ash",) if n % 2 else ("Birch",)) for n in range(20)],
    )
    result = draw(facts, OCTOBER, seed=1)
    assert result.filled == result.places == 20
    assert {value: share.drawn for value, share in result.strata["service"].items()} == {"A": 10, "B": 10}
    assert result.excess > 0
    assert result.is_proved


def test_a_realistic_authority_fills_every_place_in_proportion():
    facts = InventedAuthority(5_000, 200, 1).facts()
    for seed in range(3):
        result = draw(facts, OCTOBER, seed=seed)
        assert result.filled == result.places == 200
        assert result.excess == 0
        assert_in_proportion(result)


def test_the_nearest_auditor_is_chosen_before_any_other_wish():
    facts = authority(
        [case(n, worker=f"w{n}", area=AREAS[n % 2]) for n in range(40)],
        [auditor(f"a{n}", teams=("Birch",), area=AREAS[n % 2], recent_teams=("Ash",), load=n) for n in range(10)],
    )
    result = draw(facts, OCTOBER, seed=3)
    by_area = Counter(pair.why.case_area for pair in result.pairs)
    possible = sum(min(by_area[area], 5) for area in AREAS)
    assert sum(pair.why.same_area for pair in result.pairs) == possible


def test_the_least_loaded_auditors_are_chosen_where_there_are_more_places_than_cases():
    facts = authority(
        [case(n) for n in range(3)], [auditor(f"a{n}", teams=("Birch",), load=n % 4, quota=2) for n in range(8)]
    )
    for seed in range(5):
        chosen = {pair.auditor for pair in draw(facts, OCTOBER, seed=seed).pairs}
        assert {"a0", "a4"} <= chosen <= {"a0", "a4", "a1", "a5"}


def test_an_auditor_does_not_get_the_same_worker_or_the_same_team_again_where_another_can():
    auditors = [
        auditor("a", teams=("Damson",), recent_workers=("w0",)),
        auditor("b", teams=("Damson",), recent_teams=("Birch",)),
    ]
    facts = authority([case(0, worker="w0", team="Ash"), case(1, worker="w1", team="Birch")], auditors)
    for seed in range(10):
        assert draw(facts, OCTOBER, seed=seed).as_json()["pairs"] == [[0, "b"], [1, "a"]]


def test_a_rule_of_independence_can_be_made_soft_or_switched_off():
    facts = authority([case(0, team="Ash"), case(1, team="Birch")], [auditor("a", teams=("Ash",))])
    only_ash = facts._replace(cases=facts.cases[:1])
    assert draw(only_ash, OCTOBER, seed=1).filled == 0
    soft = draw(only_ash, OCTOBER, seed=1, rules=AllocationRules(own_team=Strength.SOFT))
    assert soft.pairs[0].why.given_up == (PairRule.OWN_TEAM,)
    off = draw(only_ash, OCTOBER, seed=1, rules=AllocationRules(own_team=Strength.OFF))
    assert off.pairs[0].why.given_up == ()


def test_a_soft_rule_of_independence_is_the_last_to_be_given_up():
    auditors = [auditor("a", teams=("Ash",)), auditor("b", area="South", recent_teams=("Ash",), load=9)]
    facts = authority([case(0)], auditors)
    rules = AllocationRules(own_team=Strength.SOFT)
    assert {draw(facts, OCTOBER, seed=n, rules=rules).pairs[0].auditor for n in range(5)} == {"b"}


def test_an_empty_place_says_how_many_cases_each_rule_kept_away():
    facts = authority(
        [
            case(0, team="Ash", worker="w0"),
            case(1, team="Birch", worker="w1"),
            case(2, team="Birch", worker="w2", conflicts=("a",)),
            case(3, team="Birch", worker="w3", family="f"),
            case(4, team="Cedar", worker="w4", family="f"),
        ],
        [auditor("a", teams=("Ash",), quota=3)],
        {"w1": "boss", "boss": "a"},
    )
    result = draw(facts, OCTOBER, seed=1)
    assert result.filled == 1
    assert [place.against for place in result.unfilled] == 2 * [
        {PairRule.OWN_TEAM: 1, PairRule.LINE_MANAGEMENT: 1, PairRule.INVOLVED: 1, CapRule.FAMILY: 1}
    ]
    assert set(result.out_of_reach) == {0, 1, 2}


@pytest.mark.parametrize("empty", ["cases", "auditors"])
def test_nothing_to_draw_from_or_nobody_to_draw_for_is_no_error(empty):
    facts = authority([case(0)], [auditor("a")])._replace(**{empty: []})
    result = draw(facts, OCTOBER, seed=1)
    assert result.filled == 0
    assert len(result.unfilled) == result.places
    json.dumps(result.as_json())


def test_the_figures_are_plain_values():
    facts = authority([case(0), case(1, team=None)], [auditor("a"), auditor("b", quota=0)])
    result = draw(facts, OCTOBER, seed=1)
    figures = json.loads(json.dumps(result.as_json()))
    assert figures["population"] == 2
    assert figures["excluded"]["no_team"] == 1
    assert figures["strata"]["age_band"] == {"Unknown": {"population": 1, "drawn": 1}}
    assert figures["pairs"] == [[0, "a"]]
    assert figures["left_out"] == {"b": "no_quota"}
    assert json.dumps(result.pairs[0].why.as_json())
    assert result.pairs[0].why.sentences()[0].startswith("Drawn at random")
