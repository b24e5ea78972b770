"""Table files for tests, as bytes: written by a spreadsheet program, by an export, or by somebody with bad intent."""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence

from openpyxl import Workbook

Rows = Sequence[Sequence[object]]


def csv_bytes(rows: Iterable[Sequence[object]], *, encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx_bytes(sheets: Mapping[str, Rows] | Rows) -> bytes:
    """A workbook of `sheets`, or of one sheet. A text that begins with = is written as a formula without a result."""
    workbook = Workbook(write_only=True)
    for title, rows in (sheets if isinstance(sheets, Mapping) else {"Sheet1": sheets}).items():
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def with_part(workbook: bytes, name: str, content: bytes, *, compress: bool = True) -> bytes:
    """The workbook with one part replaced or added."""
    stream = io.BytesIO()
    method = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(stream, "w", method) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return stream.getvalue()


def part_of(workbook: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return archive.read(name)


def bomb(megabytes: int = 200) -> bytes:
    """A workbook whose one sheet unpacks to `megabytes` of nothing."""
    return with_part(xlsx_bytes([["case_id"]]), "xl/worksheets/sheet1.xml", b" " * (megabytes * 1024 * 1024))


def declared_as(archive: bytes, name: str, size: int) -> bytes:
    """The archive with a lie in it: both its headers say that the part `name` unpacks to `size` bytes."""
    data = bytearray(archive)
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        part = opened.getinfo(name)
        directory = opened.start_dir
    place = data.find(name.encode(), directory)
    data[place - 46 + 24 : place - 46 + 28] = size.to_bytes(4, "little")
    data[part.header_offset + 22 : part.header_offset + 26] = size.to_bytes(4, "little")
    return bytes(data)
