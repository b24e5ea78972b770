"""Whole columns are judged as each case would be by itself; what is due or held stands apart below the eligible."""

import random
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.rules.allocation.columns import NONE, CaseColumns, Column, Names, sorting
from audits.rules.allocation.eligibility import CaseJudge, age_band, age_bands, full_years, in_cohort
from audits.rules.allocation.facts import AGE_BANDS, AllocationRules, CaseFacts, Focus, Held, Months, ReauditDue
from audits.rules.allocation.population import Population
from audits.rules.allocation.reasons import CaseRule
from audits.rules.cohorts import Child, Cohort, CohortQuota

OCTOBER = Months.spanning(date(2026, 10, 1))
UNDER_5_WITH_A_PLAN = Cohort("Under 5 with a plan", plan_types=("CP",), younger_than=5)


def case(number, **facts):
    return CaseFacts(number, **({"team": "Ash", "service": "Assessment", "opened_on": date(2026, 1, 5)} | facts))


def population(cases, rules=AllocationRules(), **more):  # noqa: B008
    return Population(cases, CaseJudge(rules, OCTOBER), rules, OCTOBER, **more)


# Columns


@given(st.lists(st.none() | st.dates(date(1990, 1, 1), date(2029, 12, 31))), st.dates(date(2024, 1, 1)))
def test_the_age_bands_of_a_column_are_those_of_each_child(born, on):
    days = np.array([0 if day is None else day.toordinal() for day in born], np.int32)
    column = age_bands(days, AGE_BANDS, on).named("Unknown")
    assert [column.label(row) for row in range(len(born))] == [age_band(day, AGE_BANDS, on) for day in born]


CHILDREN = st.builds(
    CaseFacts,
    st.just(1),
    date_of_birth=st.none() | st.dates(date(2015, 1, 1), date(2027, 1, 1)),
    plan_types=st.lists(st.sampled_from(["CP", "CIN"]), unique=True).map(tuple),
    cp_category=st.sampled_from(["", "Neglect", "Sexual abuse"]),
    cse_level=st.sampled_from(["", "emerging"]),
    missing=st.booleans(),
)
COHORTS = st.builds(
    Cohort,
    st.just("Some"),
    plan_types=st.lists(st.sampled_from(["CP", "CIN"]), unique=True).map(tuple),
    younger_than=st.none() | st.integers(0, 12),
    cp_category=st.sampled_from(["", "sexual"]),
    cse=st.booleans(),
    missing=st.booleans(),
)


@given(COHORTS, st.lists(CHILDREN, max_size=8))
def test_a_column_of_children_is_in_a_cohort_as_each_child_is(cohort, children):
    on = OCTOBER.first_day
    by_itself = [
        cohort.holds(
            Child(
                plan_types=child.plan_types,
                age=child.date_of_birth and full_years(child.date_of_birth, on),
                cp_category=child.cp_category,
                cse_level=child.cse_level,
                missing=child.missing,
            )
        )
        for child in children
    ]
    assert in_cohort(cohort, CaseColumns.of(children), on).tolist() == by_itself


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)))
def test_names_sort_and_stand_together_as_their_texts_do(texts):
    names = Names(np.array([text.encode() for text in texts], np.bytes_))
    assert [names[at] for at in sorting(names).tolist()] == sorted(texts)
    column = Column.of_names(names.encoded)
    assert [column.label(row) for row in range(len(texts))] == [text or None for text in texts]
    assert list(column.labels) == sorted(set(texts) - {""})


def test_a_label_for_what_is_not_known_joins_the_rows_that_have_it_by_name():
    column = Column.of(["b", None, "Unknown", "", "a"]).named("Unknown")
    assert [column.label(row) for row in range(5)] == ["b", "Unknown", "Unknown", "Unknown", "a"]
    some = column.of_rows(np.array([4, 1, 2]))
    assert (list(some.labels), some.codes.tolist()) == (["Unknown", "a"], [1, 0, 0])


# Who is in


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({"team": "Ash", "plan_types": ("CP",), "date_of_birth": date(2024, 5, 4)}, None),
        ({"team": "Elm", "plan_types": ("CP",), "date_of_birth": date(2024, 5, 4)}, CaseRule.NOT_IN_FOCUS),
        ({"team": "Ash", "plan_types": ("CIN",), "date_of_birth": date(2024, 5, 4)}, CaseRule.NOT_IN_FOCUS),
        ({"team": "Ash", "plan_types": ("CP",), "date_of_birth": None}, CaseRule.NOT_IN_FOCUS),
        ({"team": None, "plan_types": ("CP",)}, CaseRule.NO_TEAM),
        ({"team": "Elm", "is_allocated": True}, CaseRule.NOT_IN_FOCUS),
    ],
)
def test_a_cycle_with_a_focus_draws_from_its_teams_and_its_cohort_alone(facts, rule):
    rules = AllocationRules(focus=Focus(frozenset({"Ash"}), UNDER_5_WITH_A_PLAN))
    assert CaseJudge(rules, OCTOBER).broken_rule(case(1, **facts)) == rule


def test_a_re_audit_needs_no_time_since_the_audit_before_and_no_focus_but_all_other_rules():
    rules = AllocationRules(focus=Focus(frozenset({"Ash"})), excluded_services=frozenset({"Early help"}))
    judge = CaseJudge(rules, OCTOBER)
    assert judge.broken_rule(case(1, team="Elm", last_audited_on=date(2026, 8, 1)), is_reaudit=True) is None
    assert judge.broken_rule(case(1, is_allocated=True), is_reaudit=True) == CaseRule.ALREADY_ALLOCATED
    assert judge.broken_rule(case(1, service="Early help"), is_reaudit=True) == CaseRule.SERVICE_NOT_INCLUDED


def test_what_is_due_and_what_is_held_stands_below_the_eligible_cases_in_the_same_columns():
    cases = [case(n, family=n // 2, plan_type="CP", date_of_birth=date(2020 + n % 5, 1, 1)) for n in range(6)]
    cases[2] = cases[2]._replace(last_audited_on=date(2026, 8, 1))
    cases[5] = cases[5]._replace(is_allocated=True, worker="w")
    due = [
        ReauditDue(4, "CA-2", date(2026, 10, 1)),
        ReauditDue(2, "CA-1", date(2026, 9, 1)),
        ReauditDue(5, "CA-3", date(2026, 9, 1)),
        ReauditDue(9, "CA-4", date(2026, 9, 1)),
    ]
    rules = AllocationRules(cohort_quotas=(CohortQuota(UNDER_5_WITH_A_PLAN, 1),))
    found = population(cases, rules, reaudits=due, held=[Held(5), Held(8)])
    assert (len(found), list(found.ids)) == (3, [0, 1, 3, 2, 4, 5])
    assert {row: reaudit.audit for row, reaudit in found.reaudits.items()} == {3: "CA-1", 4: "CA-2"}
    assert found.held == {5: Held(5)}
    assert found.reaudits_excluded == {5: CaseRule.ALREADY_ALLOCATED, 9: CaseRule.NO_LONGER_HELD}
    assert dict(found.excluded) == {
        2: CaseRule.AUDITED_RECENTLY,
        4: CaseRule.REAUDIT_DUE,
        5: CaseRule.ALREADY_ALLOCATED,
    }
    assert found.excluded_by_rule[CaseRule.REAUDIT_DUE] == 1
    assert [found.row_of(number) for number in (3, 2, 5, 9)] == [2, 3, 5, None]
    assert [found.family.label(row) for row in (3, 4, 5)] == [1, 2, 2]
    assert [found.worker.label(row) for row in (0, 5)] == [None, "w"]
    assert found.stratum(5)["plan_type"] == "CP"
    assert [members.tolist() for members in found.cohorts] == [[False, False, True, True, True, False]]


def test_the_order_of_the_rows_leaves_no_trace_in_the_population_or_its_digest():
    cases = [
        case(str(n), worker=f"w{n % 3}", gender="FM"[n % 2], conflicts=("x", "y") if n == 7 else ()) for n in range(20)
    ]
    one = population(cases)
    random.Random(5).shuffle(cases)
    other = population(cases)
    assert list(one.ids) == list(other.ids) == sorted(str(n) for n in range(20))
    assert (one.worker.codes == other.worker.codes).all()
    assert one.conflicts == other.conflicts == {one.row_of("7"): ("x", "y")}
    assert one.digest() == other.digest()


@pytest.mark.parametrize("change", [{"gender": "M"}, {"plan_type": "CP"}, {"is_allocated": True}])
def test_the_digest_changes_with_every_eligible_case_and_its_strata(change):
    cases = [case(n, gender="F", plan_type="CIN") for n in range(5)]
    changed = [*cases[:4], cases[4]._replace(**change)]
    assert population(cases).digest() != population(changed).digest()


def test_nothing_to_draw_from_is_an_empty_population():
    nothing = population([])
    assert (len(nothing), dict(nothing.excluded), nothing.row_of(1)) == (0, {}, None)
    assert (nothing.team.codes != NONE).sum() == 0
