from datetime import date

from audits.rules.allocation import AllocationRules, draw
from audits.rules.allocation.eligibility import CaseJudge
from audits.rules.allocation.facts import ReauditDue, Strength
from audits.rules.allocation.independence import Independence
from audits.rules.allocation.population import Population
from audits.rules.allocation.reasons import PairRule
from tests.rules.allocation_examples import OCTOBER, auditor, authority, case


def fills(facts):
    return draw(facts, OCTOBER, seed=1).filled == 1


def test_the_teams_manager_stands_in_for_a_worker_who_is_missing_or_not_known():
    line, managers = {"manager": "a"}, {"Ash": "manager"}
    assert not fills(authority([case(0, worker=None)], [auditor("a")], line, managers))
    assert not fills(authority([case(0, worker="x@example", worker_is_known=False)], [auditor("a")], line, managers))
    assert fills(authority([case(0, worker="w")], [auditor("a")], line, managers))
    assert fills(authority([case(0, worker=None)], [auditor("a")], line))


def test_a_worker_known_by_name_only_still_has_at_most_two_cases_in_a_cycle():
    cases = [case(n, worker="x@example", worker_is_known=False) for n in range(5)] + [case(9, worker=7)]
    assert draw(authority(cases, [auditor("a", quota=6)]), OCTOBER, seed=1).filled == 3


def test_nobody_audits_their_own_case_or_one_of_whom_they_manage_or_are_managed_by():
    assert not fills(authority([case(0, worker="a")], [auditor("a")]))
    assert not fills(authority([case(0, worker="w")], [auditor("a")], {"w": "m", "m": "n", "n": "a"}))
    assert not fills(authority([case(0, worker="w")], [auditor("a")], {"a": "m", "m": "w"}))
    assert fills(authority([case(0, worker="w")], [auditor("a")], {"a": "m", "w": "m"}))


def test_a_team_that_somebody_manages_is_their_own():
    assert not fills(authority([case(0)], [auditor("a", teams=("Birch", "Ash"))]))
    assert fills(authority([case(0)], [auditor("a", teams=("Birch",))]))


def test_nobody_makes_the_re_audit_of_their_own_audit_however_soft_the_other_rules():
    rules = AllocationRules(own_team=Strength.OFF, line_management=Strength.SOFT, involved=Strength.OFF)
    due = ReauditDue(case=0, audit="A1", due_on=date(2026, 9, 1), not_by=("a", "gone"))
    facts = authority([case(0, conflicts=("b",)), case(1)], [auditor("a"), auditor("b")])
    population = Population(facts.cases, CaseJudge(rules, OCTOBER), rules, OCTOBER, reaudits=[due])
    independence = Independence(population, facts.auditors, facts, rules)
    row = population.row_of(0)
    assert independence.against(row)[PairRule.AUDITED_BEFORE] == {0}
    assert independence.may_take(independence.group[row]).tolist() == [False, True]
    assert independence.may_take(independence.group[population.row_of(1)]).tolist() == [True, True]
