"""Whatever is sent, the answer is rows or one sentence: never a crash, never a hang."""

import io
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.tables.opening import open_tables
from accounts.tables.outcome import Outcome
from accounts.tables.refusal import FileRefused
from accounts.tables.schema import Column, Schema, read_table
from accounts.tables.values import day, identifier, one_of, yes_no
from tests.makers.workbooks import csv_bytes, part_of, with_part, xlsx_bytes

SCHEMA = Schema(
    name="cases",
    columns=(
        Column("case_id", identifier, required=True, filled=True),
        Column("opened_on", day),
        Column("plan", one_of([("CP", "Child protection")])),
        Column("restricted", yes_no),
    ),
    key=("case_id",),
)
HEADER = ["case_id", "opened_on", "plan", "restricted"]
WORKBOOK = xlsx_bytes([HEADER, ["C1", "2026-01-05", "CP", "yes"], ["C2", 46027, None, True]])
SHEET1 = "xl/worksheets/sheet1.xml"
XML = part_of(WORKBOOK, SHEET1)


def read(data: bytes) -> None:
    with suppress(FileRefused):
        read_table(open_tables(io.BytesIO(data), name="cases"), SCHEMA, Outcome("cases"))


@settings(deadline=2000)
@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    read(data)


@settings(deadline=2000)
@given(st.lists(st.lists(st.text(max_size=40), max_size=6), max_size=8))
def test_any_texts_under_the_header(rows: list[list[str]]) -> None:
    table = csv_bytes([HEADER, *rows], encoding="utf-8-sig") if _writable(rows) else b""
    read(table)


@settings(deadline=2000)
@given(st.integers(0, len(WORKBOOK) - 1), st.binary(max_size=8))
def test_a_workbook_with_bytes_changed(place: int, change: bytes) -> None:
    read(WORKBOOK[:place] + change + WORKBOOK[place + len(change) :])


@settings(deadline=2000)
@given(st.integers(0, len(XML) - 1), st.text('<>/=" csvrt0123456789-.eEnNaZ', max_size=12))
def test_a_worksheet_with_text_changed(place: int, change: str) -> None:
    read(with_part(WORKBOOK, SHEET1, XML[:place] + change.encode() + XML[place + len(change) :]))


def _writable(rows: list[list[str]]) -> bool:
    try:
        csv_bytes(rows)
    except UnicodeEncodeError:
        return False
    return True
