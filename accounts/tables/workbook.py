"""Excel workbooks (.xlsx), with the values that were last calculated; no formula is ever evaluated."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from accounts.tables.archive import BROKEN, DAMAGED, weigh
from accounts.tables.limits import Limits
from accounts.tables.refusal import FileRefused
from accounts.tables.sheets import NumberedRow, Sheet, TableFile, is_blank
from accounts.tables.worksheet import Unsound, read_cells, read_shared_texts

OTHER_KINDS = {
    "word/document.xml": "This is a Word document, not a spreadsheet. Send a .csv or .xlsx file.",
    "ppt/presentation.xml": "This is a presentation, not a spreadsheet. Send a .csv or .xlsx file.",
    "xl/workbook.bin": "This is a binary Excel workbook (.xlsb). Save it as .xlsx and send it again.",
    "content.xml": "This is an OpenDocument file. Save it as .xlsx and send it again.",
}


@dataclass(frozen=True)
class Book:
    """What the worksheets of one workbook share."""

    archive: zipfile.ZipFile
    worksheets: tuple[tuple[str, str], ...]
    """Title and part of each, in the order of their tabs."""
    shared: Sequence[str]
    date_styles: frozenset[int]
    duration_styles: frozenset[int]
    epoch: Any
    from_excel: Any
    """How openpyxl reads a number as a date."""

    def as_date(self, number: float, style: int) -> Any:
        if style not in self.date_styles:
            return number
        try:
            return self.from_excel(number, self.epoch, timedelta=style in self.duration_styles)
        except (ValueError, OverflowError):
            return number


def open_workbook(data: bytes, *, name: str, limits: Limits) -> TableFile:
    """Raises FileRefused where the archive is no workbook, is damaged, encrypted or too large."""
    _inspect(data, limits)
    book = _open(data)
    if not book.worksheets:
        raise FileRefused("This workbook has no worksheet.")
    return TableFile(
        name=name,
        reading="Excel workbook",
        sheets=tuple(Sheet(title, partial(_rows, book, title, part, limits)) for title, part in book.worksheets),
    )


def _inspect(data: bytes, limits: Limits) -> None:
    """Look at the archive before the workbook in it."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except BROKEN:
        raise FileRefused(DAMAGED) from None
    with archive:
        names = set(archive.namelist())
        for part, sentence in OTHER_KINDS.items():
            if part in names:
                raise FileRefused(sentence)
        if "xl/workbook.xml" not in names:
            raise FileRefused("This is a zip archive, not a spreadsheet. Send a .csv or .xlsx file.")
        weigh(archive, packed_bytes=len(data), limits=limits)


def _open(data: bytes) -> Book:
    """openpyxl reads the small parts: which sheets there are, and which styles are those of dates. It is large, so it
    is loaded with the first workbook, not with every process that serves pages."""
    from openpyxl.reader.excel import SHARED_STRINGS, ExcelReader, apply_stylesheet
    from openpyxl.utils.datetime import from_excel

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reader = ExcelReader(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            reader.read_manifest()
            reader.read_workbook()
            apply_stylesheet(reader.archive, reader.wb)
            return Book(
                archive=reader.archive,
                worksheets=tuple(
                    (sheet.name, relation.target)
                    for sheet, relation in reader.parser.find_sheets()
                    if "chartsheet" not in relation.Type and relation.target in reader.valid_files
                ),
                shared=_shared_texts(reader, SHARED_STRINGS),
                date_styles=frozenset(reader.wb._date_formats),
                duration_styles=frozenset(reader.wb._timedelta_formats),
                epoch=reader.wb.epoch,
                from_excel=from_excel,
            )
    except Exception:  # openpyxl raises nearly anything on a part that it does not understand
        raise FileRefused(DAMAGED) from None


def _shared_texts(reader: Any, content_type: str) -> list[str]:
    part = reader.package.find(content_type)
    if part is None:
        return []
    with reader.archive.open(part.PartName.lstrip("/")) as stream:
        return read_shared_texts(stream)


def _rows(book: Book, title: str, part: str, limits: Limits) -> Iterator[NumberedRow]:
    filled = 0
    try:
        with book.archive.open(part) as stream:
            for number, cells in read_cells(stream, shared=book.shared, as_date=book.as_date):
                if all(map(is_blank, cells)):
                    continue
                filled += 1
                if filled > limits.rows + 1:
                    raise FileRefused(
                        f"Sheet “{title}” is too long: the most that can be read is {limits.rows:,} rows."
                    )
                if len(cells) > limits.columns:
                    raise FileRefused(
                        f"Sheet “{title}” is too wide: the most that can be read is {limits.columns} columns."
                    )
                yield number, cells
    except (Unsound, *BROKEN):
        raise FileRefused(DAMAGED) from None
