"""Which files are tables, and what is said about those that are not."""

import io
import tracemalloc
from datetime import date, datetime

import pytest

from accounts.tables.limits import MIB, Limits
from accounts.tables.opening import open_tables
from accounts.tables.refusal import FileRefused
from accounts.tables.sheets import TableFile, Unread
from tests.makers.workbooks import bomb, csv_bytes, declared_as, part_of, with_part, xlsx_bytes

TABLE = [["case_id", "name"], ["C1", "Zoë Ash"]]
SHEET1 = "xl/worksheets/sheet1.xml"


def opened(data: bytes, name: str = "cases.csv", **limits: int) -> TableFile:
    return open_tables(io.BytesIO(data), name=name, limits=Limits(**limits))


def rows(data: bytes, name: str = "cases.csv", **limits: int) -> list[tuple[int, tuple[object, ...]]]:
    return [(number, tuple(cells)) for number, cells in opened(data, name, **limits).sheets[0].rows()]


def refusal(data: bytes, name: str = "cases.csv", **limits: int) -> str:
    with pytest.raises(FileRefused) as refused:
        rows(data, name, **limits)
    return str(refused.value)


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", "CSV, UTF-8"),
        ("utf-8-sig", "CSV, UTF-8 with a byte order mark"),
        ("cp1252", "CSV, Windows-1252 (not UTF-8: check that names with accents are right)"),
    ],
)
def test_a_csv_file_is_read_in_the_encodings_people_have_and_the_encoding_is_said(encoding: str, said: str) -> None:
    data = csv_bytes(TABLE, encoding=encoding)

    assert opened(data).reading == said
    assert rows(data) == [(1, ("case_id", "name")), (2, ("C1", "Zoë Ash"))]


def test_blank_rows_are_left_out_and_the_others_keep_the_number_a_spreadsheet_shows() -> None:
    assert [number for number, _ in rows(b"case_id\n\nC1\n , \nC2\n")] == [1, 3, 5]
    assert [number for number, _ in rows(xlsx_bytes([["case_id"], [None], ["C1"], [" "], ["C2"]]))] == [1, 3, 5]


def test_a_value_with_line_breaks_counts_as_one_row() -> None:
    assert [number for number, _ in rows(b'case_id,name\nC1,"a\nb"\nC2,c\n')] == [1, 2, 3]


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "cases.csv", "This file is empty."),
        (b" \r\n\n", "cases.csv", "This file is empty."),
        (b"case_id\x00,name\n", "cases.csv", "NUL bytes"),
        (b"\x89PNG\r\n\x1a\n\x00\x01", "cases.csv", "not a spreadsheet"),
        (b"%PDF-1.7 \xe2\xe3", "cases.csv", "not a spreadsheet"),
        (b"<html><table><tr><td>case_id</td></tr></table>", "cases.xls", "not a spreadsheet"),
        (b"case_id,name\nC1,\x81\x8d\x90\xff", "cases.csv", "unknown encoding"),
        ("case_id,name\nC1,Zoë".encode("utf-16"), "cases.csv", "UTF-16"),
        (b"case_id;name\nC1;x\n", "cases.csv", "separated by semicolons"),
        (b"case_id\tname\nC1\tx\n", "cases.csv", "separated by tabs"),
        (b'case_id,name\nC1,"never closed\nC2,x\n', "cases.csv", "quotation mark"),
        (b"case_id,name\nC1,x\n", "cases.xlsx", "named as an Excel workbook but is not one"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"), "a.xls", "save it as .xlsx"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "a.xlsx",
            "protected by a password",
        ),
        (b"PK\x03\x04 and nothing more", "cases.xlsx", "damaged"),
    ],
)
def test_what_is_no_table_is_refused_with_a_plain_sentence(data: bytes, name: str, said: str) -> None:
    assert said in refusal(data, name)


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("word/document.xml", "Word document"),
        ("xl/workbook.bin", ".xlsb"),
        ("content.xml", "OpenDocument"),
    ],
)
def test_other_kinds_of_office_file_are_named(part: str, said: str) -> None:
    assert said in refusal(with_part(xlsx_bytes(TABLE), part, b"<x/>"), "cases.xlsx")


def test_too_many_bytes_rows_or_columns_are_refused() -> None:
    assert "too large" in refusal(b"case_id\nC1\n", bytes=5)
    assert "too long" in refusal(b"case_id\nC1\nC2\nC3\n", rows=2)
    assert "too long" in refusal(xlsx_bytes([["case_id"], ["C1"], ["C2"], ["C3"]]), rows=2)
    assert "too wide" in refusal(b"a,b,c\n", columns=2)
    assert "too wide" in refusal(xlsx_bytes([["a", "b", "c"]]), columns=2)
    assert len(rows(b"case_id\nC1\nC2\n", rows=2)) == 3


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    data = bomb(200)
    tracemalloc.start()
    try:
        assert "would unpack to 200 MB" in refusal(data, "cases.xlsx")
        assert "not safe to open" in refusal(data, "cases.xlsx", unpacked_bytes=1000 * MIB)
        assert tracemalloc.get_traced_memory()[1] < 20 * MIB
    finally:
        tracemalloc.stop()


def test_a_zip_bomb_that_lies_about_its_size_is_refused_without_being_unpacked_whole() -> None:
    data = declared_as(bomb(64), SHEET1, 1000)
    tracemalloc.start()
    try:
        assert "damaged" in refusal(data, "cases.xlsx")
        assert tracemalloc.get_traced_memory()[1] < 20 * MIB
    finally:
        tracemalloc.stop()


def test_an_encrypted_archive_is_refused() -> None:
    data = bytearray(xlsx_bytes(TABLE))
    directory = data.find(b"PK\x01\x02")
    data[directory + 8] |= 1

    assert "encrypted" in refusal(bytes(data), "cases.xlsx")


@pytest.mark.parametrize(
    "entity",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>',
        b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_a_worksheet_with_entities_is_refused(entity: bytes) -> None:
    whole = part_of(xlsx_bytes(TABLE), SHEET1)
    declared = whole.replace(b"<worksheet", entity + b"<worksheet", 1)

    assert "damaged" in refusal(with_part(xlsx_bytes(TABLE), SHEET1, declared), "cases.xlsx")


def test_a_row_number_beyond_the_last_row_of_a_spreadsheet_does_not_hang() -> None:
    sheet = part_of(xlsx_bytes(TABLE), SHEET1).replace(b'<row r="2"', b'<row r="999999999999"')

    assert "damaged" in refusal(with_part(xlsx_bytes(TABLE), SHEET1, sheet), "cases.xlsx")


@pytest.mark.parametrize("place", [b"ZZZZZZ1", b"1", b"a1"])
def test_a_cell_in_no_column_is_refused(place: bytes) -> None:
    sheet = part_of(xlsx_bytes(TABLE), SHEET1).replace(b'r="A1"', b'r="' + place + b'"')

    assert "damaged" in refusal(with_part(xlsx_bytes(TABLE), SHEET1, sheet), "cases.xlsx")


def test_dates_and_durations_of_a_workbook_arrive_as_dates_and_plain_numbers_as_numbers() -> None:
    data = xlsx_bytes([["a"], [date(2026, 3, 25), datetime.fromisoformat("2026-03-25T14:30"), 46106, 1.5, True, "x"]])

    assert rows(data, "cases.xlsx")[1][1] == (
        datetime.fromisoformat("2026-03-25"),
        datetime.fromisoformat("2026-03-25T14:30"),
        46106,
        1.5,
        True,
        "x",
    )


def test_shared_texts_are_read_with_their_formatting_and_without_their_pronunciation() -> None:
    main = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    row = b'<row r="1"><c r="A1" t="s"><v>1</v></c><c r="C1" t="s"><v>0</v></c></row>'
    texts = b"<si><t>case_id</t></si><si><r><t>Od</t></r><r><t>ette</t></r><rPh sb='0' eb='1'><t>o-det</t></rPh></si>"
    types = part_of(xlsx_bytes(TABLE), "[Content_Types].xml")
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    shared = b'<Override PartName="/xl/sharedStrings.xml" ContentType="' + kind + b'"/></Types>'

    data = with_part(xlsx_bytes(TABLE), "xl/sharedStrings.xml", b"<sst " + main + b">" + texts + b"</sst>")
    data = with_part(data, SHEET1, b"<worksheet " + main + b"><sheetData>" + row + b"</sheetData></worksheet>")
    data = with_part(data, "[Content_Types].xml", types.replace(b"</Types>", shared))

    assert rows(data, "cases.xlsx") == [(1, ("Odette", None, "case_id"))]


def test_a_declared_size_that_is_too_small_cuts_nothing_off() -> None:
    sheet = part_of(xlsx_bytes(TABLE), SHEET1).replace(b"<sheetData", b'<dimension ref="A1:A1"/><sheetData', 1)

    assert rows(with_part(xlsx_bytes(TABLE), SHEET1, sheet), "cases.xlsx")[1] == (2, ("C1", "Zoë Ash"))


def test_a_formula_without_a_stored_result_is_marked_and_one_with_a_result_is_its_result() -> None:
    data = xlsx_bytes([["case_id", "name"], ["C1", "=1+1"], ["C2", "=1+1"], ["C3", '=""']])
    sheet = part_of(data, SHEET1)
    pieces = sheet.split(b"<v></v>") if b"<v></v>" in sheet else sheet.split(b"<v />")
    assert len(pieces) == 4
    calculated = pieces[0] + b"<v></v>" + pieces[1] + b"<v>2</v>" + pieces[2] + b"<v></v>" + pieces[3]
    calculated = calculated.replace(b'r="B4"', b'r="B4" t="str"')

    read = rows(with_part(data, SHEET1, calculated), "cases.xlsx")

    assert read[1:] == [(2, ("C1", Unread.FORMULA)), (3, ("C2", 2)), (4, ("C3", ""))]
