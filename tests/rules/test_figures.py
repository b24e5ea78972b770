"""The highlight's figures, one test a sentence of what the report promises."""

import json
from collections import Counter
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.rules.figures import (
    AuditRow,
    CannotReport,
    CycleRow,
    ReturnRow,
    SectionGrades,
    highlight,
)
from reporting.rules.periods import Period

SEPTEMBER, OCTOBER, NOVEMBER = date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)
CYCLES = [
    CycleRow("2026-09", SEPTEMBER, SEPTEMBER, "closed"),
    CycleRow("2026-10", OCTOBER, OCTOBER, "closed"),
    CycleRow("2026-11", NOVEMBER, NOVEMBER, "open"),
]
IN_OCTOBER = Period(OCTOBER, OCTOBER)


def returned(cycle="2026-10", kind="audit", grade="good", moderated="", number=1, **more):
    facts = {"standing": "live", "completed": True, "late": False, "moderated": bool(moderated), **more}
    return ReturnRow(cycle, kind, original_grade=grade, moderated_grade=moderated, number=number, **facts)


def not_returned(cycle="2026-10", kind="audit", standing="live", number=1):
    return returned(cycle, kind, grade="", completed=False, standing=standing, number=number)


def audit(grade="good", moderated="", cycle="2026-10", kind="audit", cohorts=(), **sections):
    return AuditRow(
        cycle,
        kind,
        grade,
        moderated,
        {name.replace("_", " ").capitalize(): SectionGrades(each) for name, each in sections.items()},
        frozenset(cohorts),
    )


def figures(returns=(), audits=(), cycles=CYCLES, period=IN_OCTOBER, since=None):
    """What the .json report holds, by way of JSON itself."""
    counted = highlight(cycles=cycles, returns=returns, audits=audits, period=period, since=since)
    return json.loads(json.dumps(counted.as_json()))


# -- The programme: cumulative and cycle ---------------------------------------------------------


def test_each_rate_comes_with_its_counts():
    told = figures([returned(number=33), returned(late=True, number=2), not_returned(number=5)])
    october = told["programme"]["cycle"]["audits"]
    assert (october["allocated"], october["completed"], october["late"], october["exempt"]) == (40, 35, 2, 0)
    assert october["rate"] == 87.5
    assert october["outstanding"] == 5


def test_late_audits_are_counted_as_completed_and_shown_as_late():
    told = figures([returned(late=True, number=3)])["programme"]["cycle"]["audits"]
    assert (told["completed"], told["late"], told["rate"]) == (3, 3, 100.0)


def test_exempt_allocations_leave_the_denominator_and_are_shown():
    told = figures([returned(number=3), not_returned(number=1), not_returned(standing="exempt", number=6)])
    assert told["programme"]["cycle"]["audits"]["allocated"] == 4
    assert told["programme"]["cycle"]["audits"]["exempt"] == 6
    assert told["programme"]["cycle"]["audits"]["rate"] == 75.0


def test_withdrawn_allocations_count_nowhere():
    told = figures([returned(), returned(standing="withdrawn", number=4)], [audit()])
    assert told["programme"]["cycle"]["audits"]["allocated"] == 1
    assert told["judgements"][1]["n"] == 1


def test_a_rate_says_how_many_of_its_audits_were_moderated():
    told = figures([returned(moderated="good", number=7), returned(number=3)])
    assert told["programme"]["cycle"]["audits"]["moderated"] == 7


def test_reaudits_have_their_own_rate():
    told = figures([returned(number=4), returned(kind="reaudit", number=1), not_returned(kind="reaudit", number=2)])
    assert told["programme"]["cycle"]["audits"]["rate"] == 100.0
    assert told["programme"]["cycle"]["reaudits"]["allocated"] == 3
    assert told["programme"]["cycle"]["reaudits"]["rate"] == 33.3


def test_reaudits_enter_neither_judgements_nor_sections_nor_cohorts_nor_profiles():
    told = figures(
        [returned(grade="good"), returned(kind="reaudit", grade="inadequate")],
        [
            audit("good", cohorts=["cin"], planning="good"),
            audit("inadequate", kind="reaudit", planning="inadequate"),
        ],
    )
    assert told["judgements"][1]["counts"]["inadequate"] == 0
    assert told["sections"]["Planning"]["n"] == 1
    assert told["cohorts"][0]["n"] == 1
    assert len(told["profiles"]) == 1


def test_directed_audits_enter_no_figure_at_all():
    alone = figures([returned()], [audit(planning="good")])
    with_directed = figures(
        [returned(), returned(kind="directed", grade="inadequate", late=True, moderated="good", number=9)],
        [
            audit(planning="good"),
            audit("inadequate", "good", kind="directed", cohorts=["cin"], planning="good"),
        ],
    )
    assert with_directed == alone


def test_the_cycle_is_the_period_and_the_cumulative_runs_to_its_end():
    told = figures([returned("2026-09", number=10), returned("2026-10", number=20), returned("2026-11", number=40)])
    assert told["programme"]["cycle"]["audits"]["completed"] == 20
    assert told["programme"]["cumulative"]["audits"]["completed"] == 30


def test_since_bounds_only_the_cumulative_figures():
    rows = [returned("2026-09", number=10), returned("2026-10", number=20)]
    since_october = figures(rows, since=OCTOBER)
    assert since_october["programme"]["cumulative"]["audits"]["completed"] == 20
    assert [each["cycle"] for each in since_october["judgements"]] == ["2026-09", "2026-10"]
    assert since_october["since"] == "2026-10"
    assert figures(rows)["since"] == "2026-09"


def test_a_report_cannot_count_from_after_its_own_end():
    with pytest.raises(CannotReport, match="2026-10 ends before 2026-11"):
        figures([returned()], since=NOVEMBER)


def test_a_period_of_several_months_is_counted_as_one():
    rows = [returned("2026-09", number=10), not_returned("2026-09", number=10), returned("2026-10", number=20)]
    quarter = figures(rows, period=Period(SEPTEMBER, NOVEMBER))
    assert quarter["period"] == {"from": "2026-09", "to": "2026-11"}
    assert quarter["programme"]["cycle"]["audits"]["rate"] == 75.0


# -- Judgements ----------------------------------------------------------------------------------


def test_judgements_hold_every_cycle_up_to_the_end_of_the_period():
    told = figures([returned("2026-09"), returned("2026-10"), returned("2026-11")])
    assert [each["cycle"] for each in told["judgements"]] == ["2026-09", "2026-10"]
    assert [each["status"] for each in told["judgements"]] == ["closed", "closed"]


def test_judgements_have_counts_beside_percentages_of_the_completed_audits():
    october = figures(
        [
            returned(grade="outstanding", number=1),
            returned(grade="good", number=8),
            returned(grade="requires_improvement", number=5),
            returned(grade="inadequate", number=2),
            not_returned(number=3),
        ]
    )["judgements"][1]
    assert october["n"] == 16
    assert october["counts"] == {
        "outstanding": 1,
        "good": 8,
        "requires_improvement": 5,
        "inadequate": 2,
        "not_graded": 0,
    }
    assert october["percent"] == {
        "outstanding": 6.3,
        "good": 50.0,
        "requires_improvement": 31.3,
        "inadequate": 12.5,
        "not_graded": 0.0,
    }


def test_completed_audits_without_a_grade_are_counted_as_not_graded_and_stay_in_n():
    october = figures([returned(grade="good", number=3), returned(grade="", number=1)])["judgements"][1]
    assert october["n"] == 4
    assert october["percent"]["good"] == 75.0
    assert october["counts"]["not_graded"] == october["not_graded"] == 1


def test_the_moderated_grade_counts_where_there_is_one():
    october = figures([returned(grade="good", moderated="inadequate"), returned(grade="good")])["judgements"][1]
    assert (october["counts"]["good"], october["counts"]["inadequate"]) == (1, 1)


def test_a_grade_given_only_by_moderation_counts():
    assert figures([returned(grade="", moderated="good")])["judgements"][1]["counts"]["good"] == 1


def test_a_paused_cycle_is_shown_as_paused_with_nothing_audited():
    paused = CycleRow("2026-09", SEPTEMBER, SEPTEMBER, "paused", "Stay-at-home order", "Telephone checks")
    told = figures([returned()], cycles=[paused, *CYCLES[1:]])
    september, _ = told["judgements"]
    assert told["pauses"] == [{"cycle": "2026-09", "reason": "Stay-at-home order", "instead": "Telephone checks"}]
    assert (september["status"], september["n"]) == ("paused", 0)
    assert september["percent"]["good"] is None


def test_merged_months_are_one_cycle_written_with_both():
    summer = CycleRow("2019-07/2019-08", date(2019, 7, 1), date(2019, 8, 1), "closed")
    rows = [returned("2019-07/2019-08", number=12)]
    for month in (date(2019, 7, 1), date(2019, 8, 1)):
        told = figures(rows, cycles=[summer], period=Period(month, month))
        assert told["judgements"][0]["cycle"] == "2019-07/2019-08"
        assert told["programme"]["cycle"]["audits"]["completed"] == 12
    since_august = figures(rows, cycles=[summer], period=Period(date(2019, 8, 1), date(2019, 8, 1)))
    assert since_august["programme"]["cumulative"]["audits"]["completed"] == 12


def test_cycles_come_in_the_order_of_time():
    told = figures([returned("2026-09"), returned("2026-10")], cycles=list(reversed(CYCLES)))
    assert [each["cycle"] for each in told["judgements"]] == ["2026-09", "2026-10"]


def test_a_run_of_rising_cycles_is_said_to_be_a_trend():
    months = [date(2026, month, 1) for month in range(1, 9)]
    cycles = [CycleRow(f"{month:%Y-%m}", month, month, "closed") for month in months]
    rows = []
    for cycle, good in zip(cycles, [50, 49, 50, 51, 52, 53, 47, 48], strict=True):
        rows += [returned(cycle.key, number=good), returned(cycle.key, grade="inadequate", number=100 - good)]
    told = figures(rows, cycles=cycles, period=Period(months[-1], months[-1]))
    assert told["trend"]["signals"] == [{"rule": "trend", "from": "2026-02", "to": "2026-06", "up": True}]
    assert told["trend"]["centre"] == 50.0


# -- Sections, cohorts, profiles -----------------------------------------------------------------


def test_sections_count_the_grades_of_the_period_by_name():
    told = figures(
        [returned(number=2), returned("2026-09")],
        [
            audit(assessment="good", planning="inadequate"),
            audit(assessment="outstanding", planning="good"),
            audit(assessment="inadequate", cycle="2026-09"),
        ],
    )["sections"]
    assert list(told) == ["Assessment", "Planning"]
    assert told["Assessment"]["n"] == 2
    assert told["Assessment"]["counts"]["outstanding"] == 1
    assert told["Assessment"]["percent"]["outstanding"] == 50.0
    assert told["Assessment"]["counts"]["inadequate"] == 0


def test_a_moderated_section_grade_counts():
    row = audit()._replace(sections={"Review": SectionGrades("good", "requires_improvement")})
    assert figures([returned()], [row])["sections"]["Review"]["counts"]["requires_improvement"] == 1


def test_a_section_that_is_not_applicable_yet_leaves_that_sections_n():
    fresh = audit(assessment="good")
    fresh = fresh._replace(sections={**fresh.sections, "Review": SectionGrades(applicable=False)})
    told = figures([returned(number=2)], [fresh, audit(assessment="good", review="good")])["sections"]
    assert (told["Assessment"]["n"], told["Review"]["n"]) == (2, 1)


def test_a_section_without_a_grade_is_counted_as_not_graded():
    rows = [audit(chronology=""), audit(chronology="good"), audit(planning="good")]
    chronology = figures([returned(number=3)], rows)["sections"]["Chronology"]
    assert (chronology["n"], chronology["not_graded"], chronology["percent"]["good"]) == (3, 2, 33.3)


def test_outstanding_categories_are_the_sections_with_at_least_one_outstanding():
    rows = [
        audit(assessment="outstanding", planning="good"),
        audit(assessment="outstanding", review="outstanding"),
    ]
    assert figures([returned(number=2)], rows)["outstanding_categories"] == 2
    assert figures([returned()], [audit(planning="good")])["outstanding_categories"] == 0


def test_the_six_cohorts_are_always_there_with_their_counts():
    told = figures([returned(number=3)], [audit(cohorts=["cin", "missing"]), audit("", cohorts=["cin"]), audit()])
    assert [(each["name"], each["n"]) for each in told["cohorts"]] == [
        ("Children in need", 2),
        ("Under 5 with a child protection plan", 0),
        ("Child protection plan under sexual abuse", 0),
        ("At risk of child sexual exploitation", 0),
        ("Missing in the last 6 months", 1),
        ("Missing and at risk of child sexual exploitation", 0),
    ]
    assert told["cohorts"][0]["counts"]["good"] == told["cohorts"][0]["not_graded"] == 1


def test_there_is_one_profile_a_completed_audit_with_its_grades_counted():
    told = figures(
        [returned(number=2)],
        [
            audit("inadequate", planning="inadequate", review="good"),
            audit("good", planning="good", review="good"),
        ],
    )["profiles"]
    assert [profile["overall"] for profile in told] == ["good", "inadequate"]
    assert told[0]["counts"]["good"] == 2
    assert (told[1]["n"], told[1]["counts"]["good"], told[1]["counts"]["inadequate"]) == (2, 1, 1)


def test_profiles_stand_in_the_order_of_their_grades_whatever_order_the_audits_came_in():
    rows = [audit("good", planning=grade) for grade in ("inadequate", "outstanding", "good")]
    rows.append(audit("inadequate", planning="outstanding"))
    forwards, backwards = figures([returned()], rows), figures([returned()], rows[::-1])
    assert forwards["profiles"] == backwards["profiles"]
    assert set(forwards["profiles"][0]) == {"overall", "n", "counts"}


def test_moderation_is_told_by_whether_it_agreed_raised_or_lowered():
    rows = [
        audit("good", "good"),
        audit("good", "outstanding"),
        audit("good", "inadequate"),
        audit("good", "requires_improvement"),
        audit("good"),
    ]
    assert figures([returned()], rows)["moderation"] == {"agreed": 1, "raised": 1, "lowered": 2}


# -- Empty periods -------------------------------------------------------------------------------


def test_a_period_with_neither_allocations_nor_audits_is_refused():
    with pytest.raises(CannotReport, match="No audits were allocated or completed in 2026-10"):
        figures([returned("2026-09")])


def test_a_period_before_the_programme_is_refused():
    with pytest.raises(CannotReport):
        figures([returned()], period=Period(date(2020, 1, 1), date(2020, 3, 1)))


def test_a_period_with_allocations_only_is_reported_at_nought_of_n():
    told = figures([not_returned(number=60)])
    assert told["programme"]["cycle"]["audits"]["allocated"] == 60
    assert told["programme"]["cycle"]["audits"]["rate"] == 0.0
    assert told["judgements"][1]["n"] == 0
    assert (told["sections"], told["profiles"], told["outstanding_categories"]) == ({}, [], 0)


# -- Against an independent reading of the raw rows ----------------------------------------------

grades = st.sampled_from(["", "outstanding", "good", "requires_improvement", "inadequate"])
rows = st.lists(
    st.builds(
        ReturnRow,
        cycle=st.sampled_from(["2026-09", "2026-10", "2026-11"]),
        kind=st.sampled_from(["audit", "reaudit", "directed"]),
        standing=st.sampled_from(["live", "exempt", "withdrawn"]),
        completed=st.booleans(),
        late=st.booleans(),
        moderated=st.booleans(),
        original_grade=grades,
        moderated_grade=grades,
        number=st.just(1),
    ),
    max_size=40,
)


@given(rows)
def test_every_count_agrees_with_a_slow_reading_of_the_rows(rows):
    rows = [*rows, not_returned()]
    told = figures(rows)

    for name, cycles in {"cumulative": ("2026-09", "2026-10"), "cycle": ("2026-10",)}.items():
        for kind in ("audit", "reaudit"):
            mine = [row for row in rows if row.cycle in cycles and row.kind == kind]
            live = [row for row in mine if row.standing == "live"]
            completed = [row for row in live if row.completed]
            found = told["programme"][name][f"{kind}s"]
            assert found["allocated"] == len(live)
            assert found["completed"] == len(completed)
            assert found["late"] == len([row for row in completed if row.late])
            assert found["exempt"] == len([row for row in mine if row.standing == "exempt"])
            assert found["rate"] == (slow_percent(len(completed), len(live)) if live else None)

    for judgement in told["judgements"]:
        counted = Counter(
            row.moderated_grade or row.original_grade or "not_graded"
            for row in rows
            if (row.cycle, row.kind, row.standing, row.completed) == (judgement["cycle"], "audit", "live", True)
        )
        assert judgement["n"] == sum(counted.values()) == sum(judgement["counts"].values())
        for grade, count in judgement["counts"].items():
            assert count == counted[grade]
            assert judgement["percent"][grade] == (slow_percent(count, judgement["n"]) if judgement["n"] else None)


def slow_percent(count, of):
    return float((Decimal(100 * count) / of).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP))


@given(rows)
def test_rows_counted_together_beforehand_give_the_same_figures(rows):
    rows = [*rows, not_returned()]
    together = [row._replace(number=count) for row, count in Counter(rows).items()]
    assert figures(together) == figures(rows)
