"""Rows by their columns: headers in any order and spelling, and no row that disappears without a word."""

import io
from datetime import date

import pytest

from accounts.tables.opening import open_tables
from accounts.tables.outcome import Outcome, Severity
from accounts.tables.refusal import FileRefused
from accounts.tables.schema import Column, Family, Row, Schema, read_table
from accounts.tables.values import day, identifier, one_of, text
from tests.makers.workbooks import csv_bytes, xlsx_bytes

CASES = Schema(
    name="cases",
    columns=(
        Column("case_id", identifier, ("Child Unique ID",), required=True, filled=True),
        Column("opened_on", day),
        Column("team", text, ("Allocated Team",), if_blank="taken without a team"),
        Column("seen_on", day, unreadable=Severity.WARNING),
    ),
    key=("case_id",),
    families=(Family("grade:", one_of([("good", "Good"), ("inadequate", "Inadequate")])),),
)


def read(data: bytes, name: str = "cases.csv") -> tuple[list[Row], Outcome]:
    outcome = Outcome(name)
    return read_table(open_tables(io.BytesIO(data), name=name), CASES, outcome).rows, outcome


def said(outcome: Outcome) -> list[tuple[int | None, str, str, str]]:
    return [(p.row, p.column, p.value, p.severity.value) for p in outcome.problems]


@pytest.mark.parametrize("make", [csv_bytes, xlsx_bytes])
def test_columns_are_found_in_any_order_and_spelling(make: object) -> None:
    rows, outcome = read(
        make([["allocated_team ", "OPENED ON", "Child’s unique id", "Case\u00a0ID"], ["T1", "2026-01-05", "x", "C1"]])
    )  # type: ignore[operator]

    assert rows[0].values == {"team": "T1", "opened_on": date(2026, 1, 5), "case_id": "C1"}
    assert outcome.sheets[0].matched == (
        ("team", "allocated_team"),
        ("opened_on", "OPENED ON"),
        ("case_id", "Case ID"),
    )
    assert outcome.sheets[0].unknown == ("Child’s unique id",)
    assert outcome.sheets[0].absent == ("seen_on",)


def test_our_own_name_for_a_column_goes_before_an_alias_but_both_are_too_many() -> None:
    with pytest.raises(FileRefused, match="more than once: case_id"):
        read(b"Child Unique ID,case_id\nA,B\n")
    with pytest.raises(FileRefused, match="more than once: team"):
        read(b"case_id,team,Team\nC1,a,b\n")


def test_a_row_that_cannot_be_read_is_refused_with_row_column_value_and_reason() -> None:
    rows, outcome = read(b"case_id,opened_on\nC1,03/25/2026\n,2026-01-05\nC3,2026-01-05\n#N/A,2026-01-05\n")

    assert [row.values["case_id"] for row in rows] == ["C3"]
    assert said(outcome) == [
        (2, "opened_on", "03/25/2026", "refused"),
        (3, "case_id", "", "refused"),
        (5, "case_id", "#N/A", "refused"),
    ]
    assert outcome.refused == 3
    assert "Row 2, column “opened_on”: “03/25/2026”: this is not a date written day first" in outcome.as_text()


def test_what_is_only_strange_is_taken_with_a_warning() -> None:
    rows, outcome = read(b"case_id,opened_on,team,seen_on\nC1,#N/A,,soon\n")

    assert rows[0].values == {"case_id": "C1", "opened_on": None, "team": None, "seen_on": None}
    assert said(outcome) == [
        (2, "opened_on", "#N/A", "warning"),
        (2, "team", "", "warning"),
        (2, "seen_on", "soon", "warning"),
    ]
    assert not outcome.has_refusals


def test_a_second_row_about_the_same_thing_is_refused_and_names_the_first() -> None:
    rows, outcome = read(b"case_id,team\nC1,a\nC2,b\n C1 ,c\n")

    assert [row.number for row in rows] == [2, 3]
    assert said(outcome) == [(4, "case_id", "C1", "refused")]
    assert outcome.problems[0].reason == "this is on row 2 already"


def test_a_stray_comma_refuses_the_row_instead_of_moving_its_values() -> None:
    rows, outcome = read(b"case_id,team,opened_on\nC1,Ash, Anna,2026-01-05\nC2,Beech,2026-01-05,,\nC3,Elm\n")

    assert [row.values["case_id"] for row in rows] == ["C2", "C3"]
    assert [(p.row, p.severity.value) for p in outcome.problems] == [(2, "refused"), (4, "warning")]


def test_columns_of_a_family_are_read_by_what_follows_the_prefix() -> None:
    rows, outcome = read(b"case_id,grade: Assessment,Grade:Life story,grade: Review\nC1,good,,INADEQUATE\n")

    assert rows[0].values["grade:"] == {"Assessment": "good", "Life story": None, "Review": "inadequate"}
    assert ("grade: Life story", "grade: Life story") in outcome.sheets[0].matched


def test_a_formula_is_reported_and_not_evaluated() -> None:
    rows, outcome = read(xlsx_bytes([["case_id", "opened_on"], ["C1", "=TODAY()"], ["=1+1", None]]), "cases.xlsx")

    assert rows == []
    assert [(p.row, p.column) for p in outcome.refusals] == [(2, "opened_on"), (3, "case_id")]
    assert all("formula" in p.reason for p in outcome.refusals)
    assert [p.row for p in read(b"case_id\n=1+1\n")[1].refusals] == [2]


def test_the_sheet_with_the_columns_is_taken_and_named() -> None:
    rows, outcome = read(xlsx_bytes({"Notes": [["read me"]], "Data": [["Case ID"], ["C1"]]}), "cases.xlsx")

    assert [row.sheet for row in rows] == ["Data"]
    assert outcome.sheets[0].sheet == "Data"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"team,opened_on\na,2026-01-05\n", "This is not a table of cases. The column case_id is missing"),
        (b"Dear colleague, please find\n", "This is not a table of cases"),
        (b"case_id,team\n", "a header row but no rows under it"),
        (xlsx_bytes({"A": [["x"]], "B": [["y"]]}), "No sheet of this workbook is a table of cases (sheets: “A”, “B”)"),
        (xlsx_bytes({"A": []}), "holds no table"),
    ],
)
def test_a_file_without_the_columns_is_refused_and_says_what_it_has(data: bytes, reason: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read(data, "cases")
    assert reason in str(refused.value)


def test_a_report_prints_no_control_characters_and_no_endless_values() -> None:
    _, outcome = read(b'case_id,opened_on\nC1,"\x7f\n' + b"x" * 5000 + b'"\n')

    shown = outcome.problems[0].value
    assert len(shown) == 60
    assert shown.isprintable()
