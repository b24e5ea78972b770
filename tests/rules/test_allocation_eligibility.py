from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.rules.allocation.eligibility import CaseJudge, age_band, places_of
from audits.rules.allocation.facts import AGE_BANDS, AllocationRules, AuditorFacts, CaseFacts, Lines, Months
from audits.rules.allocation.reasons import AuditorRule, CaseRule
from audits.rules.working_days import working_days_between

OCTOBER = Months.spanning(date(2026, 10, 1))
SUMMER = Months.spanning(date(2026, 7, 1), date(2026, 8, 1))
LONG_OPEN = {"team": "Ash", "service": "Assessment", "opened_on": date(2026, 1, 5)}


def judged(months=OCTOBER, rules=AllocationRules(), closures=frozenset(), **facts):  # noqa: B008
    return CaseJudge(rules, months, closures).broken_rule(CaseFacts(1, **(LONG_OPEN | facts)))


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({}, None),
        ({"worker": None}, None),
        ({"service": None}, None),
        ({"service": "Early help"}, CaseRule.SERVICE_NOT_INCLUDED),
        ({"team": None}, CaseRule.NO_TEAM),
        ({"opened_on": None}, None),
        ({"opened_on": date(2026, 9, 2)}, None),  # 20 working days later is 30 September
        ({"opened_on": date(2026, 9, 3)}, None),  # … is 1 October, the cycle's first day
        ({"opened_on": date(2026, 9, 4)}, CaseRule.NOT_OPEN_LONG_ENOUGH),
        ({"opened_on": date(2026, 10, 5)}, CaseRule.NOT_OPEN_LONG_ENOUGH),
        ({"is_open": False, "closed_on": date(2026, 6, 30)}, CaseRule.CLOSED_TOO_LONG_AGO),
        ({"is_open": False, "closed_on": date(2026, 7, 1)}, None),
        ({"is_open": False, "closed_on": date(2026, 9, 30)}, None),
        ({"is_open": False, "closed_on": None}, CaseRule.CLOSED_TOO_LONG_AGO),
        ({"is_open": False, "closed_on": date(2026, 9, 30), "opened_on": date(2026, 9, 28)}, None),
        ({"last_audited_on": date(2026, 6, 30)}, None),
        ({"last_audited_on": date(2026, 7, 1)}, CaseRule.AUDITED_RECENTLY),
        ({"last_audited_on": date(2026, 10, 9)}, CaseRule.AUDITED_RECENTLY),
        ({"last_audited_on": date(2026, 11, 9)}, None),  # after the cycle: a past month is drawn
        ({"is_allocated": True}, CaseRule.ALREADY_ALLOCATED),
        ({"is_allocated": True, "last_audited_on": date(2026, 8, 1)}, CaseRule.AUDITED_RECENTLY),
        ({"team": None, "service": "Early help"}, CaseRule.SERVICE_NOT_INCLUDED),
    ],
)
def test_the_first_rule_that_keeps_a_case_out(facts, rule):
    assert judged(rules=AllocationRules(excluded_services=frozenset({"Early help"})), **facts) == rule


def test_a_merged_cycle_is_judged_by_its_first_month():
    assert judged(SUMMER, last_audited_on=date(2026, 3, 31)) is None
    assert judged(SUMMER, last_audited_on=date(2026, 4, 1)) == CaseRule.AUDITED_RECENTLY
    assert judged(SUMMER, last_audited_on=date(2026, 8, 20)) == CaseRule.AUDITED_RECENTLY


def test_a_case_that_closed_during_the_cycle_counts_as_open_on_its_first_day():
    closed = {"is_open": False, "closed_on": date(2026, 10, 20)}
    assert judged(**closed) is None
    assert judged(**closed, opened_on=date(2026, 9, 28)) == CaseRule.NOT_OPEN_LONG_ENOUGH


def test_local_closures_are_not_days_open():
    assert judged(opened_on=date(2026, 9, 3), closures=frozenset({date(2026, 9, 10)})) == CaseRule.NOT_OPEN_LONG_ENOUGH


@given(
    st.dates(date(2025, 1, 1), date(2027, 12, 31)), st.integers(0, 40), st.dates(date(2026, 1, 1), date(2027, 12, 31))
)
def test_open_long_enough_is_so_many_working_days_before_the_first_day(opened, days, month):
    months = Months.spanning(month)
    long_enough = opened <= months.first_day and working_days_between(opened, months.first_day) >= days
    assert (judged(months, AllocationRules(open_working_days=days), opened_on=opened) is None) == long_enough


def test_every_number_is_a_setting():
    rules = AllocationRules(cooling_off_months=6, recently_closed_months=1, open_working_days=0)
    assert judged(rules=rules, last_audited_on=date(2026, 4, 1)) == CaseRule.AUDITED_RECENTLY
    assert judged(rules=rules, is_open=False, closed_on=date(2026, 8, 31)) == CaseRule.CLOSED_TOO_LONG_AGO
    assert judged(rules=rules, opened_on=date(2026, 10, 1)) is None


@pytest.mark.parametrize(
    ("born", "band"),
    [
        (date(2026, 10, 2), "Unborn"),
        (date(2026, 10, 1), "Under 1"),
        (date(2025, 10, 2), "Under 1"),
        (date(2025, 10, 1), "1 to 4"),
        (date(2021, 10, 2), "1 to 4"),
        (date(2021, 10, 1), "5 to 9"),
        (date(2016, 10, 1), "10 to 15"),
        (date(2010, 10, 1), "16 to 17"),
        (date(2008, 10, 2), "16 to 17"),
        (date(2008, 10, 1), "18 and over"),
        (date(2004, 2, 29), "18 and over"),
        (None, "Unknown"),
    ],
)
def test_age_bands_are_judged_on_the_cycles_first_day(born, band):
    assert age_band(born, AGE_BANDS, date(2026, 10, 1)) == band


@pytest.mark.parametrize(
    ("facts", "places", "rule"),
    [
        ({}, 1, None),
        ({"quota": 3, "held": 1}, 2, None),
        ({"quota": 0}, 0, AuditorRule.NO_QUOTA),
        ({"quota": 2, "held": 2}, 0, AuditorRule.QUOTA_USED),
        ({"is_active": False}, 0, AuditorRule.NOT_ACTIVE),
        ({"absences": ((date(2026, 9, 1), date(2026, 10, 1)),)}, 0, AuditorRule.ABSENT),
        ({"absences": ((date(2026, 10, 31), None),)}, 0, AuditorRule.ABSENT),
        ({"absences": ((date(2026, 9, 1), date(2026, 9, 30)), (date(2026, 11, 1), None))}, 1, None),
    ],
)
def test_places_of_an_auditor(facts, places, rule):
    assert places_of(AuditorFacts("a", **facts), OCTOBER) == (places, rule)


def test_line_management_is_a_chain_without_a_limit_and_may_go_round_in_a_circle():
    chain = {f"p{n}": f"p{n + 1}" for n in range(30)}
    assert len(Lines(chain).above("p0")) == 30
    assert Lines(chain, depth=1).above("p0") == {"p1"}
    assert Lines({"a": "b", "b": "c", "c": "a"}).above("a") == {"b", "c"}
    assert Lines({"a": "a"}).above("a") == frozenset()
