"""Which files may be attached as evidence: judged by their bytes, whatever their names say."""

import io
import struct
import zipfile
import zlib

import pytest
from PIL import Image

from accounts.tables.refusal import FileRefused
from audits.evidence_files import Kind, inspect
from tests.makers.evidence import CONTENT_TYPES, PDF, docx, office, picture, xlsx

MOST = 10 * 1024 * 1024

ALLOWED = {
    "a PDF": (PDF, Kind.PDF),
    "a PDF with a line after its end": (PDF + b"\r\nscanned\r\n", Kind.PDF),
    "a Word document": (docx(), Kind.WORD),
    "a Word document with links that people click": (docx(link="hyperlink"), Kind.WORD),
    "a Word document with a chart's workbook": (
        docx(**{"word/embeddings/Microsoft_Excel_Sheet1.xlsx": b"PK"}),
        Kind.WORD,
    ),
    "an Excel workbook": (xlsx(), Kind.EXCEL),
    "a PNG": (picture("PNG"), Kind.PNG),
    "a JPEG": (picture("JPEG"), Kind.JPEG),
    "a text": ("Said on the phone: “all is well”".encode(), Kind.TEXT),
    "a text from Windows": ("“All is well”".encode("cp1252"), Kind.TEXT),
    "a text that compares": (b"Visits were < 10 days apart and > 5", Kind.TEXT),
}


@pytest.mark.parametrize("what", ALLOWED)
def test_what_may_be_attached(what: str) -> None:
    content, kind = ALLOWED[what]
    assert inspect(content, most_bytes=MOST).kind == kind


def bomb(unpacked: int) -> bytes:
    return docx(**{"word/media/image1.xml": b"\0" * unpacked})


def lying_bomb() -> bytes:
    """A part whose directory says that it is small."""
    content = bytearray(bomb(1024 * 1024))
    at = content.rindex(b"PK\x01\x02" + content[content.rindex(b"PK\x01\x02") + 4 : content.rindex(b"PK\x01\x02") + 46])
    content[at + 24 : at + 28] = struct.pack("<I", 10)
    return bytes(content)


def huge_png() -> bytes:
    """A small file that says it is a picture of 30,000 by 30,000 pixels."""
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def gif() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (4, 4)).save(stream, "GIF")
    return stream.getvalue()


def archive(**parts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return stream.getvalue()


REFUSED = {
    "nothing": (b"", "This file is empty."),
    "spaces": (b"  \n ", "This file is empty."),
    "too much": (b"x" * (MOST + 1), "the most that can be attached is 10 MB"),
    "a PDF that breaks off": (PDF[:40], "damaged"),
    "a PNG that breaks off": (picture("PNG")[:60], "damaged"),
    "a JPEG that breaks off": (picture("JPEG")[:200], "damaged"),
    "a PNG in name of its first bytes alone": (b"\x89PNG\r\n\x1a\n<script>", "damaged"),
    "a picture made to exhaust memory": (huge_png(), "too many pixels"),
    "a GIF": (gif(), "Attach a PDF"),
    "a Word document with macros": (
        docx(main="application/vnd.ms-word.document.macroEnabled.main+xml"),
        "holds macros",
    ),
    "macros under a harmless type": (docx(**{"word/vbaProject.bin": b"x"}), "holds macros"),
    "macros in another folder": (docx(**{"word/Other/VBAPROJECT.BIN": b"x"}), "holds macros"),
    "an Excel workbook with macros": (
        office("application/vnd.ms-excel.sheet.macroEnabled.main+xml", "xl/workbook.xml"),
        "holds macros",
    ),
    "old Excel macros": (xlsx(**{"xl/macrosheets/sheet1.xml": b"<x/>"}), "holds macros"),
    "controls that run": (docx(**{"word/activeX/activeX1.bin": b"x"}), "controls that run"),
    "a file inside a document": (docx(**{"word/embeddings/oleObject1.bin": b"x"}), "holds another file"),
    "a template from elsewhere": (docx(link="attachedTemplate"), "fetches something from elsewhere"),
    "a frame from elsewhere": (docx(link="frame"), "fetches something from elsewhere"),
    "a template": (
        docx(main="application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"),
        "This is a template",
    ),
    "a presentation": (
        office(
            "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml", "ppt/presentation.xml"
        ),
        "This is a presentation",
    ),
    "a document that is two kinds": (docx(also=CONTENT_TYPES["xlsx"]), "cannot be attached"),
    "a document whose plan has entities": (
        docx(types=b'<!DOCTYPE x [<!ENTITY a "b">]><Types>&a;</Types>'),
        "damaged",
    ),
    "a document whose plan is in another encoding": (docx(types="<Types/>".encode("utf-16")), "cannot be attached"),
    "an archive": (archive(**{"notes.txt": b"x"}), "archive"),
    "an archive that breaks off": (docx()[:100], "damaged"),
    "an archive made to exhaust memory": (bomb(170 * 1024 * 1024), "too large"),
    "an archive packed too tightly": (bomb(40 * 1024 * 1024), "not safe to open"),
    "an archive whose directory lies": (lying_bomb(), "damaged"),
    "an old Word document": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "old Office document"),
    "a web page": (b"<!doctype html><p>Hello", "can run when it is opened"),
    "a web page after a title": (b"Dear all\n\n<SCRIPT>alert(1)</SCRIPT>", "can run when it is opened"),
    "a drawing": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "can run when it is opened"),
    "a program in text": (b"#!/bin/sh\nls", "can run when it is opened"),
    "rich text": (b"{\\rtf1 x}", "can run when it is opened"),
    "a program": (b"MZ\x90\x00\x03\x00", "cannot be attached"),
    "text in UTF-16": ("All is well".encode("utf-16"), "cannot be attached"),
    "a letter that no encoding has": (b"\x81\x8d", "cannot be attached"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused_is_refused_in_a_sentence(what: str) -> None:
    content, sentence = REFUSED[what]
    with pytest.raises(FileRefused, match="(?i)" + sentence.replace(".", r"\.").replace("(", r"\(")):
        inspect(content, most_bytes=MOST)


def test_half_a_picture_is_refused_by_a_process_that_has_made_a_pdf_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("PIL.ImageFile.LOAD_TRUNCATED_IMAGES", True)
    content, sentence = REFUSED["a PNG that breaks off"]
    with pytest.raises(FileRefused, match=sentence):
        inspect(content, most_bytes=MOST)


def test_a_text_is_kept_in_one_encoding() -> None:
    assert inspect("naïve".encode("cp1252"), most_bytes=MOST).content == "naïve".encode()


def test_anything_else_is_kept_byte_by_byte() -> None:
    for content, kind in ALLOWED.values():
        if kind != Kind.TEXT:
            assert inspect(content, most_bytes=MOST).content == content
