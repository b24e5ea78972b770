"""The figures of a draw as its page shows them."""

from typing import Any

import pytest

from audits.models import Draw, ProgrammeRules
from audits.pages.draws import figures_of
from audits.pages.load import AT_MOST, load_chart
from tests import factories

EMPTY: dict[str, Any] = {"excluded": {}, "strata": {}, "unfilled": [], "left_out": {}}


def why(load: int = 0) -> dict[str, Any]:
    return {"auditor_load": load, "same_area": False, "case_area": None, "stratum": {}, "given_up": []}


def draw(loads: dict[int, tuple[int, int, int]], **summary: Any) -> Draw:
    """`loads`: auditor → audits before, cases of this draw, places of it that stayed empty."""
    pairs = [
        {"case": 100 * auditor + n, "auditor": auditor, "why": why(before)}
        for auditor, (before, given, _) in loads.items()
        for n in range(given)
    ]
    unfilled = [
        {"auditor": auditor, "sentence": "x", "against": {}} for auditor in loads for _ in range(loads[auditor][2])
    ]
    return Draw(rules=ProgrammeRules(), summary={**EMPTY, "unfilled": unfilled, **summary}, pairs=pairs)


def columns(of: Draw) -> list[tuple[str, int]]:
    chart = load_chart(of)
    assert chart is not None
    return [(column.label, column.auditors) for column in chart.columns]


def test_load_is_counted_with_this_draw_and_for_each_place() -> None:
    """Twice as many places, twice as many audits: the same load."""
    even = draw({1: (4, 1, 0), 2: (8, 2, 0), 3: (9, 1, 1)})
    assert columns(even) == [("5", 3)]
    chart = load_chart(even)
    assert chart is not None
    assert (chart.auditors, chart.least, chart.half, chart.most) == (3, "5", "5", "5")


def test_an_uneven_load_shows_its_gaps() -> None:
    assert columns(draw({1: (0, 1, 0), 2: (0, 1, 0), 3: (3, 1, 0)})) == [("1", 2), ("2", 0), ("3", 0), ("4", 1)]


def test_loads_that_are_no_whole_numbers_stand_between_two() -> None:
    chart = load_chart(draw({1: (0, 2, 0), 2: (1, 2, 0)}))
    assert chart is not None
    assert [(column.label, column.auditors) for column in chart.columns] == [("1–2", 2)]
    assert (chart.least, chart.half, chart.most) == ("1", "1.2", "1.5")


def test_the_chart_stays_narrow_and_loses_nobody() -> None:
    chart = load_chart(draw({auditor: (auditor, 1, 0) for auditor in range(1, 61)}))
    assert chart is not None
    assert len(chart.columns) <= AT_MOST
    assert sum(column.auditors for column in chart.columns) == 60
    assert max(column.height for column in chart.columns) == 120
    assert chart.columns[0].label == "2–6"


def test_a_draw_that_gave_nothing_has_no_chart() -> None:
    assert load_chart(draw({})) is None


@pytest.mark.django_db
def test_those_with_the_same_reason_stand_together_the_most_first() -> None:
    people = [factories.person(name=name) for name in ("Ash", "Birch", "Cherry")]
    left_out = {str(people[0].pk): "no_quota", str(people[1].pk): "absent", str(people[2].pk): "absent"}
    gaps = figures_of(draw({}, left_out=left_out)).left_out
    assert [(gap.sentence, gap.people) for gap in gaps] == [
        ("The auditor is away for some or all of the cycle.", ["Birch", "Cherry"]),
        ("The auditor’s quota is nought.", ["Ash"]),
    ]


@pytest.mark.django_db
def test_differences_are_in_points_of_the_random_sample() -> None:
    strata = {"age_band": {"Unknown": {"population": 30, "drawn": 1}, "Under 1": {"population": 10, "drawn": 1}}}
    (dimension,) = figures_of(draw({}, strata=strata)).dimensions
    assert dimension.title == "Age"
    assert [(row.value, row.difference) for row in dimension.rows] == [("Under 1", "+25.0"), ("Unknown", "−25.0")]
    assert max(max(row.population_bar, row.drawn_bar) for row in dimension.rows) == 160


@pytest.mark.django_db
def test_a_draw_from_before_re_audits_and_quotas_still_opens() -> None:
    figures = figures_of(draw({}))
    assert (figures.reaudits_due, figures.seated, figures.unmet, figures.quotas) == (0, [], [], [])
