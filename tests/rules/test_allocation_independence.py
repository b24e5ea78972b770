from audits.rules.allocation import draw
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
