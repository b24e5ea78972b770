"""From the bytes somebody sends to sheets of raw cells, judged by content and not by the file's name."""

from __future__ import annotations

from typing import BinaryIO

from accounts.tables.csv_text import open_csv
from accounts.tables.limits import MIB, USUAL, Limits
from accounts.tables.refusal import FileRefused
from accounts.tables.sheets import TableFile
from accounts.tables.workbook import open_workbook

ZIP = b"PK\x03\x04"
EMPTY_ZIP = b"PK\x05\x06"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
OLD_EXCEL_STREAMS = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))

NOT_A_SPREADSHEET = "This is not a spreadsheet. Send a .csv or .xlsx file."


def open_tables(stream: BinaryIO, *, name: str, limits: Limits = USUAL) -> TableFile:
    """Read a file somebody sent.

    `name` is the file's own name, used for what is said about it. Never reads more than `limits.bytes` from
    the stream. Raises FileRefused with the sentence to show.
    """
    data = stream.read(limits.bytes + 1)
    if len(data) > limits.bytes:
        raise FileRefused(f"This file is too large: the most that can be read is {limits.bytes // MIB} MB.")
    if not data.strip():
        raise FileRefused("This file is empty.")
    if data.startswith((ZIP, EMPTY_ZIP)):
        return open_workbook(data, name=name, limits=limits)
    if data.startswith(OLE):
        raise FileRefused(_what_the_ole_file_is(data))
    if name.lower().endswith((".xlsx", ".xlsm")):
        raise FileRefused("This file is named as an Excel workbook but is not one. " + NOT_A_SPREADSHEET)
    if data.startswith((b"%PDF", b"{\\rtf")) or data.lstrip()[:1] == b"<":
        raise FileRefused(NOT_A_SPREADSHEET)
    return open_csv(data, name=name, limits=limits)


def _what_the_ole_file_is(data: bytes) -> str:
    if ENCRYPTED_STREAM in data:
        return "This workbook is protected by a password. Save it without a password and send it again."
    if any(stream in data for stream in OLD_EXCEL_STREAMS):
        return "This is an old Excel workbook (.xls). Open it in Excel, save it as .xlsx and send it again."
    return NOT_A_SPREADSHEET
