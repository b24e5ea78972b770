"""The Ofsted Annex A workbook: one case a child, nothing dropped without a word."""

import io
from datetime import date

import pytest

from accounts.tables.opening import open_tables
from accounts.tables.outcome import Outcome
from accounts.tables.refusal import FileRefused
from audits.enums import PlanType
from audits.imports.annex_a import ChildCase, opening_day, read_annex_a
from audits.imports.annex_a_lists import list_of_sheet
from tests.makers import annex_a
from tests.makers.annex_a import row, workbook
from tests.makers.workbooks import xlsx_bytes

AS_OF = date(2026, 10, 31)
BORN = date(2016, 5, 4)


def read(data: bytes, as_of: date = AS_OF) -> tuple[dict[str, ChildCase], Outcome]:
    outcome = Outcome("annex-a.xlsx")
    cases = read_annex_a(open_tables(io.BytesIO(data), name="annex-a.xlsx"), as_of=as_of, outcome=outcome)
    assert len({case.case_id for case in cases}) == len(cases)
    return {case.case_id: case for case in cases}, outcome


def one(data: bytes, as_of: date = AS_OF) -> ChildCase:
    (case,) = read(data, as_of)[0].values()
    return case


def listed(number: int, identity: object = "1001", **values: object) -> list[object]:
    if number in (6, 7, 8, 9):
        values = {"team": "North", "worker": "Odette Marsh", **values}
    return row(number, **{"id": identity, "born": BORN, **values})


def test_a_child_on_several_lists_is_one_case_however_its_id_is_written() -> None:
    data = workbook(
        {
            6: [listed(6, " 1001\u00a0", start=date(2026, 1, 5))],
            7: [listed(7, 1001, start=date(2026, 3, 2), category="c) Sexual Abuse")],
            8: [listed(8, 1001.0, start="01/06/2026", missing=0)],
        }
    )

    case = one(data)

    assert case.plan_type is PlanType.IN_CARE
    assert case.statuses == (PlanType.IN_CARE, PlanType.CHILD_PROTECTION, PlanType.CHILD_IN_NEED)
    assert case.cp_category == "Sexual abuse"
    assert case.missing_last_6_months is False
    assert case.opened_on == date(2026, 1, 5)
    assert case.is_open


@pytest.mark.parametrize(
    ("lists", "plan_type"),
    [
        ((2,), "EH"),
        ((2, 9), "CL"),
        ((2, 6), "CIN"),
        ((6, 9), "CIN"),
        ((6, 7), "CP"),
        ((7, 8), "CIC"),
        ((2, 6, 7, 8, 9), "CIC"),
    ],
)
def test_the_plan_that_counts_is_the_first_of_care_protection_need_leaver_and_early_help(
    lists: tuple[int, ...], plan_type: str
) -> None:
    born = date(2009, 5, 4)

    assert one(workbook({number: [listed(number, born=born)] for number in lists})).plan_type == plan_type


def test_a_case_is_closed_only_where_it_has_ended_on_every_list() -> None:
    closed_need = listed(6, start=date(2025, 1, 6), end="15/09/2026")
    closed_plan = listed(7, start=date(2025, 2, 3), end=date(2026, 8, 1))

    assert one(workbook({6: [closed_need], 7: [listed(7)]})).is_open
    case = one(workbook({6: [closed_need], 7: [closed_plan]}))
    assert (case.is_open, case.closed_on) == (False, date(2026, 9, 15))
    assert case.statuses == (PlanType.CHILD_PROTECTION, PlanType.CHILD_IN_NEED)


def test_a_plan_that_is_over_no_longer_counts_while_another_goes_on() -> None:
    data = workbook(
        {
            6: [listed(6, team="North")],
            7: [listed(7, end=date(2026, 9, 1), team="Protection East")],
        }
    )

    case = one(data)

    assert (case.plan_type, case.statuses, case.team) == (PlanType.CHILD_IN_NEED, (PlanType.CHILD_IN_NEED,), "North")


@pytest.mark.parametrize(
    ("as_of", "is_open"),
    [(date(2026, 10, 14), True), (date(2026, 10, 15), False), (date(2026, 10, 31), False)],
)
def test_an_end_is_an_end_from_its_day_on(as_of: date, is_open: bool) -> None:
    data = workbook({6: [listed(6, start=date(2025, 1, 6), end=date(2026, 10, 15))]})

    assert one(data, as_of).is_open is is_open


def test_early_help_has_no_team_and_no_worker_and_its_assessment_ends_nothing() -> None:
    cases, outcome = read(workbook({2: [listed(2, completed=date(2026, 6, 1), start=date(2026, 5, 1))]}))

    case = cases["1001"]
    assert (case.plan_type, case.team, case.worker, case.is_open) == (PlanType.EARLY_HELP, "", "", True)
    assert case.opened_on == date(2026, 5, 1)
    assert any("1 case without a team" in note for note in outcome.notes)


@pytest.mark.parametrize(
    ("title", "number"),
    [
        ("List 6", 6),
        ("list_6", 6),
        ("List6", 6),
        ("LIST 06 - CIN", 6),
        ("Annex A List 6", 6),
        ("6. CIN", 6),
        ("Children in need", 6),
        ("List 2 Early Help", 2),
        ("Care leavers", 9),
        ("List 1", None),
        ("List 10", None),
        ("List 61", None),
        ("Contents", None),
        ("2026", None),
    ],
)
def test_sheets_are_known_by_the_names_that_authorities_give_them(title: str, number: int | None) -> None:
    found = list_of_sheet(title)

    assert (found.number if found else None) == number


def test_lists_that_repeat_children_make_no_case() -> None:
    contacts = [["Child Unique ID", "Gender"], ["2002", "Female"]]
    data = xlsx_bytes({"List 1": contacts, "List 3": contacts, "List 6": [annex_a.HEADERS[6], listed(6)]})

    cases, outcome = read(data)

    assert list(cases) == ["1001"]
    assert "Sheets not read, because they make no case: “List 1”, “List 3”." in outcome.notes


def test_the_header_row_may_stand_under_a_title_and_its_words_may_vary() -> None:
    rows = [
        ["Children in need on 31/10/2026"],
        [],
        [
            "UNIQUE_ID ",
            "DOB",
            "Sex",
            "Allocated\u00a0Social Worker",
            "allocated team",
            "CIN  start date",
            "Age",
            "Notes",
        ],
        ["1001", "04/05/2016", "b) Female", "Imogen\u00a0Thistle ", " Assessment  North", "05/01/2026", 10.5, "x"],
    ]

    cases, outcome = read(xlsx_bytes({"list_6": rows}))

    case = cases["1001"]
    assert (case.date_of_birth, case.gender, case.opened_on) == (BORN, "Female", date(2026, 1, 5))
    assert (case.team, case.worker) == ("Assessment North", "Imogen Thistle")
    assert outcome.sheets[0].header_row == 3
    assert outcome.sheets[0].unknown == ("Notes",)


@pytest.mark.parametrize(
    ("values", "column", "reason"),
    [
        ({"team": "#N/A"}, "Allocated Team", "this is not a value: taken as blank"),
        ({"team": None}, "Allocated Team", "taken without a team: left out of the draw until it has one"),
        ({"worker": "#N/A"}, "Allocated Worker", "this is not a value: taken as blank"),
        ({"born": None}, "Date of Birth", "taken without a date of birth"),
        ({"born": "05/25/2016"}, "Date of Birth", "month/day/year"),
        ({"disability": "perhaps"}, "Does the Child have a Disability", "neither yes nor no: taken as blank"),
        ({"start": date(2015, 1, 1)}, "CIN Start Date", "before the child’s date of birth"),
        ({"start": date(2027, 1, 1)}, "CIN Start Date", "in the future"),
        ({"start": date(2026, 9, 1), "end": date(2026, 8, 1)}, "CIN Closure Date", "before it was opened"),
        ({"end": date(2026, 12, 1)}, "CIN Closure Date", "in the future: taken as still open"),
        ({"end": "soon"}, "CIN Closure Date", "not a date"),
        ({"born": date(2001, 1, 1)}, "Date of Birth", "somebody of 25, not a child"),
    ],
)
def test_what_is_wrong_with_a_row_is_a_warning_and_the_case_is_taken(
    values: dict[str, object], column: str, reason: str
) -> None:
    cases, outcome = read(workbook({6: [listed(6, **values)]}))

    assert list(cases) == ["1001"]
    assert not outcome.has_refusals
    (problem,) = [p for p in outcome.warnings if p.row]
    assert (problem.sheet, problem.row, problem.column) == ("List 6", 2, column)
    assert reason in problem.reason


def test_a_care_leaver_of_14_is_taken_with_a_warning() -> None:
    cases, outcome = read(workbook({9: [listed(9, born=date(2012, 3, 1))]}))

    assert cases["1001"].plan_type is PlanType.CARE_LEAVER
    assert [p.reason for p in outcome.warnings if p.row] == ["this makes a care leaver of 14"]


@pytest.mark.parametrize("identity", [None, "  ", "#N/A", "1.2E+11", "=A1", 3.7, "\u00a0"])
def test_only_a_missing_or_unreadable_child_id_refuses_a_row(identity: object) -> None:
    cases, outcome = read(workbook({6: [listed(6), listed(6, identity)]}))

    assert list(cases) == ["1001"]
    (problem,) = outcome.refusals
    assert (problem.sheet, problem.row, problem.column) == ("List 6", 3, "Child Unique ID")
    assert outcome.refused == 1


def test_lists_that_disagree_about_a_child_are_said() -> None:
    data = workbook({6: [listed(6, born=date(2016, 4, 5))], 7: [listed(7)]})

    cases, outcome = read(data)

    assert cases["1001"].date_of_birth == BORN
    assert [(p.sheet, p.value, p.reason) for p in outcome.warnings if p.row] == [
        ("List 6", "2016-04-05", "“List 7” row 2 says otherwise: that is taken")
    ]


def test_a_child_twice_on_one_list_is_one_case_and_said_once() -> None:
    cases, outcome = read(workbook({6: [listed(6, start=date(2026, 1, 5)), listed(6, start=date(2026, 3, 5))]}))

    assert list(cases) == ["1001"]
    assert [p.reason for p in outcome.warnings if p.row] == ["this child is on this list more than once: one case"]


D = date


@pytest.mark.parametrize(
    ("spells", "opened"),
    [
        ([(D(2026, 1, 5), None)], D(2026, 1, 5)),
        ([(None, None)], None),
        ([(None, None), (D(2026, 1, 5), None)], D(2026, 1, 5)),
        ([(D(2026, 1, 5), None), (D(2026, 3, 5), None)], D(2026, 1, 5)),
        # One plan follows another without a gap: open all along.
        ([(D(2026, 3, 5), None), (D(2025, 1, 5), D(2026, 3, 4))], D(2025, 1, 5)),
        ([(D(2026, 3, 5), None), (D(2025, 6, 1), D(2026, 3, 5)), (D(2024, 1, 1), D(2025, 6, 2))], D(2024, 1, 1)),
        # Closed for a time, then opened again.
        ([(D(2026, 3, 5), None), (D(2025, 1, 5), D(2025, 12, 31))], D(2026, 3, 5)),
        ([(D(2026, 3, 5), D(2026, 9, 1)), (D(2025, 1, 5), D(2025, 12, 31))], D(2026, 3, 5)),
        ([(None, D(2026, 9, 1))], None),
    ],
)
def test_a_case_was_opened_when_its_unbroken_help_began(
    spells: list[tuple[date | None, date | None]], opened: date | None
) -> None:
    assert opening_day(spells) == opened


def test_missing_episodes_over_12_months_say_nothing_about_6_unless_there_were_none() -> None:
    assert one(workbook({8: [listed(8, missing=0)]})).missing_last_6_months is False
    assert one(workbook({8: [listed(8, missing=2)]})).missing_last_6_months is None
    assert one(workbook({8: [listed(8)]})).missing_last_6_months is None


def test_a_list_without_a_child_id_column_is_refused_and_the_others_are_read() -> None:
    data = xlsx_bytes({"List 6": [annex_a.HEADERS[6], listed(6)], "List 7": [["Gender", "Name"], ["Female", "x"]]})

    cases, outcome = read(data)

    assert list(cases) == ["1001"]
    assert [(p.sheet, p.row, p.column) for p in outcome.refusals] == [("List 7", None, "Child Unique ID")]


def test_lists_that_the_workbook_lacks_are_said() -> None:
    _, outcome = read(workbook({6: [listed(6)]}))

    assert [p.sheet for p in outcome.warnings] == ["List 2", "List 7", "List 8", "List 9"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (xlsx_bytes({"Cases": [["case_id"], ["C1"]]}), "This is not an Ofsted Annex A workbook"),
        (b"case_id\nC1\n", "named as an Excel workbook but is not one"),
        (workbook({6: []}), "have no rows"),
    ],
)
def test_another_file_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(FileRefused, match=reason):
        read(data)


def test_a_dirty_workbook_is_taken_whole_and_every_row_is_accounted_for() -> None:
    cases, outcome = read(annex_a.dirty(300))

    assert len(cases) == 300
    assert not outcome.has_refusals
    assert {case.gender for case in cases.values()} == {"Male", "Female"}
    assert {case.ethnicity for case in cases.values()} == {"WBRI", "APKN", "MWBC", "White British"}
    assert {case.team for case in cases.values()} == {
        "",
        "Assessment North",
        "Assessment South",
        "Protection East",
        "Children in Care 1",
        "Leaving Care",
    }
    assert all(p.sheet and p.row and p.column for p in outcome.warnings)
