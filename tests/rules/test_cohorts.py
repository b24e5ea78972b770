import pytest

from audits.rules.cohorts import Child
from reporting.rules.cohorts import HIGHLIGHT_COHORTS, cohorts_of

CP = frozenset({"CP"})


@pytest.mark.parametrize(
    ("child", "expected"),
    [
        (Child(), set()),
        (Child(frozenset({"CIN"})), {"cin"}),
        (Child(frozenset({"CIN", "CP"}), age=12), {"cin"}),  # several plans at once
        (Child(CP, age=4), {"cp_under_5"}),
        (Child(CP, age=0), {"cp_under_5"}),
        (Child(CP, age=5), set()),
        (Child(CP, age=None), set()),
        (Child(frozenset({"CIN"}), age=4), {"cin"}),
        (Child(CP, age=9, cp_category="Sexual abuse"), {"cp_sexual_abuse"}),
        (Child(CP, age=9, cp_category="SEXUAL"), {"cp_sexual_abuse"}),
        (Child(CP, age=9, cp_category="Neglect"), set()),
        (Child(frozenset({"CIC"}), cp_category="Sexual abuse"), set()),  # the plan has ended
        (Child(cse_level="emerging"), {"cse"}),
        (Child(missing=True), {"missing"}),
        (
            Child(cse_level="significant", missing=True),
            {"cse", "missing", "missing_and_cse"},
        ),
    ],
)
def test_a_case_belongs_to_the_cohorts_that_its_frozen_facts_say(child, expected):
    assert cohorts_of(child) == expected


def test_a_cohort_inside_another_comes_after_it():
    seen = set()
    for cohort in HIGHLIGHT_COHORTS:
        assert set(cohort.inside) <= seen
        seen.add(cohort.key)
