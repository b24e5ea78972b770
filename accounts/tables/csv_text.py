"""CSV files: UTF-8 with or without a byte order mark, or Windows-1252, which is recognised and said."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from accounts.tables.limits import Limits
from accounts.tables.refusal import FileRefused
from accounts.tables.sheets import NumberedRow, Sheet, TableFile, is_blank

UTF8_MARK = b"\xef\xbb\xbf"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")

# The reader's own limit would refuse the whole file and could not name the column. Files are limited as a whole, and
# a cell that is too long refuses its row like any other value that cannot be read.
csv.field_size_limit(2**31 - 1)

SAVE_AS_UTF8 = "Save it as “CSV UTF-8 (comma delimited)” and send it again."
UNKNOWN_ENCODING = f"The characters of this file are in an unknown encoding. {SAVE_AS_UTF8}"


def open_csv(data: bytes, *, name: str, limits: Limits) -> TableFile:
    """Raises FileRefused where the bytes are no comma-separated text."""
    text, encoding = decode(data)
    if CONTROL_CHARACTERS.search(text):
        raise FileRefused(
            "This is not a spreadsheet: it holds characters that no text file has. Send a .csv or .xlsx file."
        )
    _refuse_other_separators(text)
    return TableFile(
        name=name,
        reading=f"CSV, {encoding}",
        sheets=(Sheet("", lambda: _rows(text, limits)),),
        columns_shift=True,
    )


def decode(data: bytes) -> tuple[str, str]:
    """The text and the name of its encoding."""
    if data.startswith(UTF16_MARKS):
        raise FileRefused(f"This file is saved as “Unicode text” (UTF-16). {SAVE_AS_UTF8}")
    if b"\x00" in data:
        raise FileRefused("This is not a spreadsheet: it holds NUL bytes. Send a .csv or .xlsx file.")
    try:
        return data.decode("utf-8-sig"), "UTF-8 with a byte order mark" if data.startswith(UTF8_MARK) else "UTF-8"
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252"), "Windows-1252 (not UTF-8: check that names with accents are right)"
    except UnicodeDecodeError:
        raise FileRefused(UNKNOWN_ENCODING) from None


def _refuse_other_separators(text: str) -> None:
    header = text.lstrip().split("\n", 1)[0]
    for separator, called in ((";", "semicolons"), ("\t", "tabs"), ("|", "vertical bars")):
        if separator in header and "," not in header:
            raise FileRefused(f"The values of this file are separated by {called}. Save it separated by commas.")


def _rows(text: str, limits: Limits) -> Iterator[NumberedRow]:
    # strict: a quotation mark that is never closed would otherwise swallow every row after it.
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = filled = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if all(map(is_blank, cells)):
                continue
            filled += 1
            if filled > limits.rows + 1:
                raise FileRefused(f"This table is too long: the most that can be read is {limits.rows:,} rows.")
            if len(cells) > limits.columns:
                raise FileRefused(f"Row {number} is too wide: the most that can be read is {limits.columns} columns.")
            yield number, cells
    except csv.Error as error:
        raise FileRefused(
            f"Row {number + 1} cannot be read as comma-separated values"
            f" (a quotation mark is out of place or not closed: {error})."
        ) from None
