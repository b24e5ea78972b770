import pytest

from reporting.rules.cohorts import HIGHLIGHT_COHORTS, CaseFacts, cohorts_of

CP = frozenset({"CP"})


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (CaseFacts(), set()),
        (CaseFacts(frozenset({"CIN"})), {"cin"}),
        (CaseFacts(frozenset({"CIN", "CP"}), age=12), {"cin"}),  # several plans at once
        (CaseFacts(CP, age=4), {"cp_under_5"}),
        (CaseFacts(CP, age=0), {"cp_under_5"}),
        (CaseFacts(CP, age=5), set()),
        (CaseFacts(CP, age=None), set()),
        (CaseFacts(frozenset({"CIN"}), age=4), {"cin"}),
        (CaseFacts(CP, age=9, cp_category="Sexual abuse"), {"cp_sexual_abuse"}),
        (CaseFacts(CP, age=9, cp_category="SEXUAL"), {"cp_sexual_abuse"}),
        (CaseFacts(CP, age=9, cp_category="Neglect"), set()),
        (CaseFacts(frozenset({"CIC"}), cp_category="Sexual abuse"), set()),  # the plan has ended
        (CaseFacts(cse_level="emerging"), {"cse"}),
        (CaseFacts(missing_last_6_months=True), {"missing"}),
        (
            CaseFacts(cse_level="significant", missing_last_6_months=True),
            {"cse", "missing", "missing_and_cse"},
        ),
    ],
)
def test_a_case_belongs_to_the_cohorts_that_its_frozen_facts_say(case, expected):
    assert cohorts_of(case) == expected


def test_a_cohort_inside_another_comes_after_it():
    seen = set()
    for cohort in HIGHLIGHT_COHORTS:
        assert set(cohort.inside) <= seen
        seen.add(cohort.key)
