"""One place drawn anew: at random, by the rules of a draw, beside what the cycle holds already."""

from collections import Counter
from datetime import date
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from audits.rules.allocation import AllocationRules
from audits.rules.allocation.facts import Held
from audits.rules.allocation.reasons import AuditorRule, CapRule, PairRule
from audits.rules.allocation.replacement import replace
from tests.rules.allocation_examples import OCTOBER, Judge, auditor, authorities, authority, case

RULES = AllocationRules()
seeds = st.integers(0, 2**32)
thorough = settings(max_examples=100, deadline=None)


class Published:
    """A month as it stands: some cases are held, one of them is to be replaced for one of the auditors."""

    def __init__(self, facts, drawn, replaced, who):
        self.before, self.drawn, self.who = facts, {*drawn, replaced}, who
        self.held = [c for c in facts.cases if c.id in self.drawn and c.id != replaced]
        self.facts = facts._replace(
            cases=[c._replace(is_allocated=c.id in self.drawn) for c in facts.cases],
            held=tuple(Held(c.id) for c in self.held),
        )
        self.everybody = [c for c in facts.cases if c.id != replaced]

    def again(self, seed):
        return replace(self.facts, OCTOBER, seed=seed, rules=RULES, auditor=self.who.id)

    def fitting(self):
        """Every case that the place could be given, by the facts alone."""
        judge = Judge(self.before)
        families = Counter(c.family for c in self.held if c.family)
        workers = Counter(c.worker for c in self.held if c.worker)
        return [
            c
            for c in self.before.cases
            if c.id not in self.drawn and judge.allows(c, self.who) and families[c.family] < 1 and workers[c.worker] < 2
        ]

    def out_of_proportion(self, new):
        """By how many cases the values of the sample are more than one off their shares with that case in it."""
        sample, off = [*self.held, new], 0
        for value in {value for c in self.everybody for value in values(c)}:
            share = Fraction(len(sample) * sum(value in values(c) for c in self.everybody), len(self.everybody))
            drawn = sum(value in values(c) for c in sample)
            off += max(drawn - ceil(share), floor(share) - drawn, 0)
        return off


def values(c):
    return [("service", c.service), ("plan", c.plan_type), ("gender", c.gender)]


@st.composite
def months(draw_from):
    facts = draw_from(authorities())
    assume(facts.cases)
    ids = st.sampled_from([c.id for c in facts.cases])
    drawn = draw_from(st.sets(ids, max_size=6))
    return Published(facts, drawn, draw_from(ids), draw_from(st.sampled_from(facts.auditors)))


@given(months(), seeds)
@thorough
def test_the_new_case_is_one_that_the_auditor_may_take_and_that_no_limit_keeps_out(month, seed):
    result = month.again(seed)
    fitting = {c.id for c in month.fitting()}
    assert result.places == 1
    assert len(result.pairs) == bool(fitting)
    assert {pair.case for pair in result.pairs} <= fitting
    assert {pair.auditor for pair in result.pairs} <= {month.who.id}


@given(months(), seeds)
@thorough
def test_it_is_one_that_keeps_the_sample_in_proportion_and_each_of_these_has_the_same_chance(month, seed):
    fitting = {c.id: c for c in month.fitting()}
    if not fitting:
        return
    pair = month.again(seed).pairs[0]
    least = min(month.out_of_proportion(c) for c in fitting.values())
    assert month.out_of_proportion(fitting[pair.case]) == least
    assert pair.why.chance == 1 / sum(month.out_of_proportion(c) == least for c in fitting.values())


def test_a_case_does_not_come_for_certain_because_it_is_the_only_one_like_the_one_before():
    plans = ["CP", "CP", *["CIN"] * 9]
    town = authority([case(n, plan_type=plan, is_allocated=n < 1) for n, plan in enumerate(plans)], [auditor("a")])
    drawn = {replace(town, OCTOBER, seed=seed, rules=RULES, auditor="a").pairs[0].case for seed in range(200)}
    assert drawn == set(range(1, 11))


@given(months(), seeds)
@thorough
def test_a_place_that_stays_empty_says_what_keeps_each_case_from_the_auditor(month, seed):
    result, judge = month.again(seed), Judge(month.before)
    left = [c for c in month.before.cases if c.id not in month.drawn]
    assert len(result.unfilled) == (not month.fitting())
    for place in result.unfilled:
        assert place.auditor == month.who.id
        assert place.reason == (AuditorRule.NO_CASE_ALLOWED if left else AuditorRule.NO_CASE_LEFT)
        assert sum(place.against.values()) == len(left)
        barred = sum(n for rule, n in place.against.items() if isinstance(rule, PairRule))
        assert barred == sum(not judge.allows(c, month.who) for c in left)


@given(months(), seeds)
@thorough
def test_its_strata_are_those_of_the_sample_with_the_new_case_in_it(month, seed):
    result = month.again(seed)
    new = [c for c in month.before.cases if c.id in {pair.case for pair in result.pairs}]
    assert result.strata["service"] == {
        value: (n, sum(c.service == value for c in [*month.held, *new]))
        for value, n in Counter(c.service for c in month.everybody).items()
    }


@given(months(), seeds, st.randoms())
@settings(max_examples=50, deadline=None)
def test_the_order_of_the_facts_does_not_matter(month, seed, random):
    found, facts = month.again(seed), month.facts
    month.facts = facts._replace(
        cases=random.sample(facts.cases, len(facts.cases)),
        auditors=random.sample(facts.auditors, len(facts.auditors)),
        held=tuple(random.sample(facts.held, len(facts.held))),
    )
    again = month.again(seed)
    assert again.pairs == found.pairs
    assert again.as_json() == found.as_json()


def test_every_case_that_fits_has_the_same_chance():
    town = authority([case(n, is_allocated=n < 2) for n in range(12)], [auditor("a"), auditor("b")])._replace(
        held=(Held(1),)
    )
    draws = 1000
    found = Counter(replace(town, OCTOBER, seed=n, rules=RULES, auditor="a").pairs[0].case for n in range(draws))
    assert set(found) == set(range(2, 12))
    assert all(0.7 < n / (draws / 10) < 1.3 for n in found.values())


def test_a_directed_audit_counts_for_its_family_and_worker_but_not_for_the_sample():
    town = authority(
        [
            case(0, is_allocated=True, family="f", worker="w"),
            case(1, family="f"),
            case(2, worker="w"),
        ],
        [auditor("a")],
    )._replace(held=(Held(0, is_random=False),))
    rules = AllocationRules(cases_per_worker=1)
    result = replace(town, OCTOBER, seed=1, rules=rules, auditor="a")
    assert result.unfilled[0].against == {CapRule.FAMILY: 1, CapRule.WORKER: 1}
    assert result.strata["service"]["Assessment"] == (2, 0)


def test_a_case_that_is_directed_too_still_counts_for_the_sample():
    town = authority([case(0, is_allocated=True), case(1)], [auditor("a")])
    for held in ((Held(0), Held(0, is_random=False)), (Held(0, is_random=False), Held(0))):
        result = replace(town._replace(held=held), OCTOBER, seed=1, rules=RULES, auditor="a")
        assert result.strata["service"]["Assessment"] == (2, 2)


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({"is_active": False}, AuditorRule.NOT_ACTIVE),
        ({"absences": ((date(2026, 10, 5), None),)}, AuditorRule.ABSENT),
        ({"id": "somebody else"}, AuditorRule.NO_LONGER_AUDITS),
    ],
)
def test_an_auditor_who_cannot_audit_any_more_gets_no_other_case(facts, rule):
    town = authority([case(0)], [auditor(**({"name": facts.pop("id", "a")} | facts))])
    result = replace(town, OCTOBER, seed=1, rules=RULES, auditor="a")
    assert (result.pairs, result.places, result.left_out) == ((), 0, {"a": rule})


@pytest.mark.parametrize("quota", [{"quota": 1, "held": 1}, {"quota": 0}])
def test_the_place_is_drawn_anew_whatever_the_quota_says_by_now(quota):
    town = authority([case(0)], [auditor("a", **quota)])
    assert replace(town, OCTOBER, seed=1, rules=RULES, auditor="a").pairs[0].case == 0
