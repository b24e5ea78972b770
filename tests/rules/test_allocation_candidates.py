"""Who could audit one case: every auditor, the best first, and the true reason for those who may not."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.rules.allocation import AllocationRules
from audits.rules.allocation.candidates import candidates
from audits.rules.allocation.columns import CaseColumns
from audits.rules.allocation.facts import Strength, Weights
from audits.rules.allocation.reasons import AuditorRule, PairRule, SoftRule
from tests.rules.allocation_examples import OCTOBER, Judge, auditor, authorities, authority, case

RULES = AllocationRules()


def ask(facts, number=0, **options):
    return candidates(facts, OCTOBER, **({"case": number, "rules": RULES, "seed": 1} | options))


def names(found):
    return [candidate.auditor for candidate in found]


@given(authorities(), st.integers(0, 2**32), st.data())
@settings(max_examples=100, deadline=None)
def test_every_auditor_is_there_once_and_only_those_who_may_not_are_barred(facts, seed, data):
    if not facts.cases:
        return
    chosen = data.draw(st.sampled_from(facts.cases))
    before = data.draw(st.lists(st.sampled_from([a.id for a in facts.auditors]), max_size=2))
    found = ask(facts, chosen.id, seed=seed, not_by=before)
    people, judge = {a.id: a for a in facts.auditors}, Judge(facts)
    assert sorted(names(found)) == sorted(people)
    for candidate in found:
        may = judge.allows(chosen, people[candidate.auditor]) and candidate.auditor not in before
        assert (candidate.barred_by is None) == may
    barred = [candidate.barred_by is not None for candidate in found]
    assert barred == sorted(barred)


@given(authorities(), st.integers(0, 2**32), st.data())
@settings(max_examples=100, deadline=None)
def test_the_best_gives_the_least_up(facts, seed, data):
    if not facts.cases:
        return
    chosen, people = data.draw(st.sampled_from(facts.cases)), {a.id: a for a in facts.auditors}
    weights = Weights(same_area=7, even_load=3, repeat_worker=2, repeat_team=1)

    def cost(who):
        given_up = (
            weights.same_area * (chosen.area is not None and chosen.area != who.area)
            + weights.repeat_worker * (chosen.worker in who.recent_workers)
            + weights.repeat_team * (chosen.team in who.recent_teams)
        )
        return who.quota == 0, given_up + Fraction(weights.even_load * (who.load + who.held), who.quota or 1)

    found = ask(facts, chosen.id, seed=seed, rules=AllocationRules(weights=weights))
    costs = [cost(people[candidate.auditor]) for candidate in found if candidate.barred_by is None]
    assert costs == sorted(costs)


@given(authorities(), st.integers(0, 2**32), st.randoms())
@settings(max_examples=50, deadline=None)
def test_the_order_of_the_facts_does_not_matter(facts, seed, random):
    shuffled = facts._replace(
        cases=random.sample(facts.cases, len(facts.cases)),
        auditors=random.sample(facts.auditors, len(facts.auditors)),
    )
    for chosen in facts.cases[:3]:
        assert ask(facts, chosen.id, seed=seed) == ask(shuffled, chosen.id, seed=seed)


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({"is_active": False}, AuditorRule.NOT_ACTIVE),
        ({"absences": ((date(2026, 10, 20), None),)}, AuditorRule.ABSENT),
        ({"teams": ("Ash",)}, PairRule.OWN_TEAM),
        ({"id": "boss"}, PairRule.LINE_MANAGEMENT),
        ({"id": "x"}, PairRule.INVOLVED),
        ({"id": "before"}, PairRule.AUDITED_BEFORE),
        ({"teams": ("Birch",)}, None),
        ({"absences": ((date(2026, 11, 1), None),)}, None),
        ({"quota": 0}, None),
        ({"quota": 1, "held": 1}, None),
    ],
)
def test_who_may_not_take_the_case_is_told_which_rule_says_so(facts, rule):
    who = auditor(facts.pop("id", "a"), **facts)
    town = authority([case(0, worker="w", conflicts=("x",))], [who], {"w": "m", "m": "boss"})
    assert [c.barred_by for c in ask(town, not_by=("before",))] == [rule]


@pytest.mark.parametrize(
    "facts",
    [
        {"is_allocated": True},
        {"last_audited_on": date(2026, 9, 20)},
        {"is_open": False, "closed_on": date(2020, 1, 1)},
        {"service": "Left out"},
        {"opened_on": date(2026, 9, 30)},
        {"team": None},
    ],
)
def test_a_case_that_no_draw_could_take_has_candidates_all_the_same(facts):
    town = authority([case(1), case(0, **facts)], [auditor("a", teams=("Birch",))])
    found = ask(town, rules=AllocationRules(excluded_services=frozenset({"Left out"})))
    assert [(c.auditor, c.barred_by) for c in found] == [("a", None)]


def test_a_case_that_is_not_held_has_no_candidates():
    with pytest.raises(LookupError):
        ask(authority([case(1)], [auditor("a")]))


def test_a_full_quota_bars_nobody_but_is_shown_and_counts_as_load():
    town = authority(
        [case(0)],
        [auditor("full", quota=1, held=1), auditor("free", quota=1), auditor("none", quota=0)],
    )
    found = ask(town)
    assert [(c.auditor, c.held, c.is_full) for c in found] == [("free", 0, False), ("full", 1, True), ("none", 0, True)]


def test_a_soft_rule_of_independence_is_given_up_last():
    town = authority([case(0)], [auditor("own", teams=("Ash",)), auditor("away", area="South", load=20)])
    found = ask(town, rules=AllocationRules(own_team=Strength.SOFT))
    assert [(c.auditor, c.given_up) for c in found] == [
        ("away", (SoftRule.SAME_AREA,)),
        ("own", (PairRule.OWN_TEAM,)),
    ]


def test_among_equals_the_seed_decides():
    town = authority([case(0)], [auditor(f"a{n}") for n in range(6)])
    orders = {tuple(names(ask(town, seed=seed))) for seed in range(20)}
    assert len(orders) > 15
    assert names(ask(town, seed=3)) == names(ask(town, seed=3))


@pytest.mark.parametrize("held_as", [list, iter, CaseColumns.of])
def test_the_cases_may_come_as_a_list_as_a_stream_or_as_columns(held_as):
    cases = [case(1, team="Birch"), case(0)]
    assert ask(authority(held_as(cases), [auditor("a", teams=("Ash",))]))[0].barred_by == PairRule.OWN_TEAM
    with pytest.raises(LookupError):
        ask(authority(held_as(cases), [auditor("a")]), 7)
