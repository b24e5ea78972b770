"""The auditors of the drawn cases: what is given up is the least that can be, and chance decides among equals."""

from collections import Counter
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.rules.allocation import AllocationRules, draw
from audits.rules.allocation.facts import Strength, Weights
from bench.authority import InventedAuthority
from tests.rules.allocation_examples import OCTOBER, Judge, auditor, authorities, authority, case, drawn_cases

SOFT_TEAMS = AllocationRules(own_team=Strength.SOFT)


class Price:
    """What pairs give up, reckoned from the facts alone."""

    def __init__(self, facts, rules):
        self.judge, self.rules, self.weights = Judge(facts), rules, rules.weights

    def allows(self, case, who):
        if self.rules.own_team == Strength.SOFT:
            who = who._replace(teams=())
        return self.judge.allows(case, who)

    def of_pair(self, case, who):
        return (
            self.weights.same_area * (case.area is not None and case.area != who.area)
            + self.weights.repeat_worker * (case.worker in who.recent_workers)
            + self.weights.repeat_team * (case.team in who.recent_teams)
            + self.weights.soft_independence * (self.rules.own_team == Strength.SOFT and case.team in who.teams)
        )

    def of_load(self, who, cases):
        return self.weights.even_load * sum(Fraction(who.load + n, who.quota) for n in range(cases))

    def of_all(self, cases, people):
        pairs = sum(self.of_pair(case, who) for case, who in zip(cases, people, strict=True))
        return pairs + sum(self.of_load(who, n) for who, n in Counter(people).items())

    def least(self, cases, auditors):
        """The cheapest of all ways to give these cases to auditors, by trying them all."""
        choices = [[who for who in auditors if self.allows(case, who)] for case in cases]
        fitting = (p for p in product(*choices) if all(n <= who.quota for who, n in Counter(p).items()))
        return min(self.of_all(cases, people) for people in fitting)


@pytest.mark.parametrize(
    "rules",
    [
        AllocationRules(),
        SOFT_TEAMS,
        AllocationRules(weights=Weights(same_area=3, even_load=5, repeat_worker=4, repeat_team=7)),
        AllocationRules(weights=Weights(same_area=0, even_load=0, repeat_worker=1, repeat_team=0)),
    ],
)
@given(authorities(most_cases=12, most_auditors=5), st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_no_other_choice_of_auditors_gives_less_up(rules, facts, seed):
    result = draw(facts, OCTOBER, seed=seed, rules=rules)
    people = {a.id: a for a in facts.auditors}
    price, cases = Price(facts, rules), drawn_cases(facts, result)
    if cases:
        chosen = [people[pair.auditor] for pair in result.pairs]
        assert price.of_all(cases, chosen) == price.least(cases, [a for a in facts.auditors if a.quota])


def test_among_equal_auditors_chance_decides():
    facts = authority([case(n, worker=f"w{n}") for n in range(3)], [auditor(f"a{n}") for n in range(3)])
    draws = 1200
    found = Counter(tuple(pair.auditor for pair in draw(facts, OCTOBER, seed=n).pairs) for n in range(draws))
    assert len(found) == 6
    assert all(0.7 < n / (draws / 6) < 1.3 for n in found.values())


def test_which_auditor_stays_without_a_case_is_left_to_chance():
    facts = authority([case(0)], [auditor(f"a{n}") for n in range(4)])
    draws = 800
    found = Counter(draw(facts, OCTOBER, seed=n).pairs[0].auditor for n in range(draws))
    assert all(0.7 < found[f"a{n}"] / (draws / 4) < 1.3 for n in range(4))


def test_which_case_goes_to_another_area_is_left_to_chance():
    facts = authority(
        [case(n, worker=f"w{n}") for n in range(4)],
        [auditor(f"a{n}", area="South" if n == 3 else "North") for n in range(4)],
    )
    draws = 800
    found = Counter(
        pair.case for n in range(draws) for pair in draw(facts, OCTOBER, seed=n).pairs if not pair.why.same_area
    )
    assert sum(found.values()) == draws
    assert all(0.7 < found[n] / (draws / 4) < 1.3 for n in range(4))


def test_where_an_area_is_one_team_every_auditor_goes_elsewhere_and_nobody_repeats():
    """No pair within an area is allowed, so that the answer by areas alone is far from what the rules cost."""
    town = InventedAuthority(6_000, 120, 1).facts()
    facts = town._replace(
        cases=[c._replace(area=f"Area of {c.team}") for c in town.cases],
        auditors=[a._replace(area=f"Area of {a.teams[0]}" if a.teams else None) for a in town.auditors],
    )
    result = draw(facts, OCTOBER, seed=1)
    assert result.filled == 120
    home = sum(pair.why.same_area for pair in result.pairs)
    repeats = sum(len(pair.why.given_up) for pair in result.pairs) - (result.filled - home)
    assert (home, repeats) == (0, 0)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"area": "North", "load": 12}, {"area": "South", "load": 0}),
        ({"area": "North", "recent_workers": ("w0",), "recent_teams": ("Ash",)}, {"area": "South"}),
        ({"recent_workers": ("w0",), "recent_teams": ("Ash",), "load": 1}, {"load": 2}),
        ({"recent_workers": ("w0",), "recent_teams": ("Ash",), "load": 1, "quota": 2}, {"load": 2, "quota": 2}),
        ({"recent_teams": ("Ash",)}, {"recent_workers": ("w0",)}),
    ],
)
def test_of_two_auditors_for_a_case_area_comes_before_load_load_before_worker_worker_before_team(first, second):
    facts = authority([case(0, worker="w0")], [auditor("a", **first), auditor("b", **second)])
    assert {draw(facts, OCTOBER, seed=n).pairs[0].auditor for n in range(5)} == {"a"}


def test_a_rule_of_independence_that_is_soft_comes_before_all_other_wishes():
    facts = authority(
        [case(0, worker="w0")],
        [
            auditor("a", area="South", recent_workers=("w0",), recent_teams=("Ash",), load=100),
            auditor("b", teams=("Ash",)),
        ],
    )
    assert {draw(facts, OCTOBER, seed=n, rules=SOFT_TEAMS).pairs[0].auditor for n in range(5)} == {"a"}


def test_every_choice_that_the_hard_rules_leave_has_about_the_same_chance():
    facts = authority(
        [case(n, worker=f"w{n}", conflicts=("a0",) if n == 0 else ()) for n in range(3)],
        [auditor(f"a{n}", recent_teams=("Ash",)) for n in range(3)],
    )
    draws = 800
    found = Counter(tuple(pair.auditor for pair in draw(facts, OCTOBER, seed=n).pairs) for n in range(draws))
    assert len(found) == 4
    assert all(0.7 < n / (draws / 4) < 1.3 for n in found.values())
