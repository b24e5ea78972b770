"""What a file really is, read from its bytes: whether it may be attached to an audit as evidence.

Only six kinds may. Each is read by what reads that kind, as far as it takes to know that the file is what it says and
that nothing in it runs: no library of signatures, which says what the first bytes look like.
"""

import io
import re
import warnings
import zipfile
from enum import StrEnum
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from accounts.tables.archive import BROKEN, weigh
from accounts.tables.limits import MIB, Limits
from accounts.tables.opening import OLE
from accounts.tables.refusal import FileRefused


class Kind(StrEnum):
    """A kind of file that may be attached. Its value is the ending of the name under which it is handed out."""

    PDF = "pdf"
    WORD = "docx"
    EXCEL = "xlsx"
    PNG = "png"
    JPEG = "jpg"
    TEXT = "txt"


CONTENT_TYPES = {
    Kind.PDF: "application/pdf",
    Kind.WORD: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Kind.EXCEL: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Kind.PNG: "image/png",
    Kind.JPEG: "image/jpeg",
    Kind.TEXT: "text/plain; charset=utf-8",
}
NAMES = {
    Kind.PDF: "PDF",
    Kind.WORD: "Word document",
    Kind.EXCEL: "Excel workbook",
    Kind.PNG: "PNG picture",
    Kind.JPEG: "JPEG picture",
    Kind.TEXT: "Text",
}
ENDINGS = ".pdf,.docx,.xlsx,.png,.jpg,.jpeg,.txt"
ALLOWED = "Attach a PDF, a Word document (.docx), an Excel workbook (.xlsx), a picture (.png or .jpg) or a text (.txt)."

DAMAGED = "This file is damaged and cannot be opened. Open it, save it again and attach that."
TOO_MANY_PIXELS = "This picture has too many pixels to be opened safely. Make it smaller and attach that."
PDF_START, PDF_END = b"%PDF-", b"%%EOF"
PNG_START, JPEG_START = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
WITH_ENDING = 2048
"""Readers of PDF look for its end among the last bytes, with whatever a scanner wrote after it."""

MOST_PIXELS = 80_000_000
"""A camera's largest picture, about 240 MB when it is unpacked; more is made to exhaust memory."""

OFFICE_LIMITS = Limits()
TEXT_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
MARKUP = re.compile(r"<\s*(!doctype|!--|\?xml|html|head|body|script|svg|iframe|meta|style)\b", re.IGNORECASE)

# What an Office document can carry that runs, or that fetches something that runs, and what we say of it.
RUNS = (
    (re.compile(r"vbaproject|vbadata|macrosheets/|dialogsheets/", re.I), "holds macros. Save it without them"),
    (re.compile(r"activex/|customui/", re.I), "holds controls that run. Save it without them"),
    (re.compile(r"embeddings/.*\.(bin|exe|docm|xlsm|pptm)$|oleobject", re.I), "holds another file. Save it without it"),
)
FETCHES = ("attachedTemplate", "oleObject", "frame", "subDocument")
LARGEST_PLAN = MIB  # of the small parts that say what an Office document is made of
OFFICE_TYPES = {
    "wordprocessingml.document.main+xml": Kind.WORD,
    "spreadsheetml.sheet.main+xml": Kind.EXCEL,
}
OTHER_OFFICE = (
    ("macroEnabled", "This document holds macros. Save it without them (.docx or .xlsx) and attach that."),
    ("template.main+xml", "This is a template. Save it as a document (.docx or .xlsx) and attach that."),
    ("presentationml.presentation.main+xml", "This is a presentation. Save it as a PDF and attach that."),
)


class Found(NamedTuple):
    """A file that may be attached."""

    kind: Kind
    content: bytes


def inspect(content: bytes, *, most_bytes: int) -> Found:
    """What the file is. Raises FileRefused with the sentence to show where it may not be attached.

    `content` comes back as it is to be kept: a text in UTF-8, anything else unchanged.
    """
    if len(content) > most_bytes:
        raise FileRefused(f"This file is too large: the most that can be attached is {most_bytes // MIB} MB.")
    if not content.strip():
        raise FileRefused("This file is empty.")
    if content.startswith(PDF_START):
        return Found(Kind.PDF, _pdf(content))
    if content.startswith((PNG_START, JPEG_START)):
        kind = Kind.PNG if content.startswith(PNG_START) else Kind.JPEG
        return Found(kind, _picture(content, kind))
    if content.startswith(ZIP_STARTS):
        return Found(_office(content), content)
    if content.startswith(OLE):
        raise FileRefused(
            "This is an old Office document, one with a password, or an Outlook message."
            " Save it as .docx, .xlsx or PDF without a password and attach that."
        )
    return Found(Kind.TEXT, _text(content))


def _pdf(content: bytes) -> bytes:
    if PDF_END not in content[-WITH_ENDING:]:
        raise FileRefused(DAMAGED)
    return content


def _picture(content: bytes, kind: Kind) -> bytes:
    # Few workers ever read a picture: the library is loaded by the first that does.
    from PIL import Image, ImageFile

    # WeasyPrint, once a process has made a PDF, lets Pillow take half a picture for a whole one.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(content), formats=[kind.name])
            width, height = picture.size
            if width * height > MOST_PIXELS:
                raise FileRefused(TOO_MANY_PIXELS)
            picture.load()
    except FileRefused:
        raise
    except Image.DecompressionBombError:
        raise FileRefused(TOO_MANY_PIXELS) from None
    except Exception:  # Pillow raises nearly anything on a picture that is broken, on purpose or by accident
        raise FileRefused(DAMAGED) from None
    return content


def _office(content: bytes) -> Kind:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except BROKEN:
        raise FileRefused(DAMAGED) from None
    with archive:
        names = archive.namelist()
        if "[Content_Types].xml" not in names:
            raise FileRefused(f"This is an archive or an OpenDocument file, which cannot be attached. {ALLOWED}")
        weigh(archive, packed_bytes=len(content), limits=OFFICE_LIMITS, noun="document")
        for part in names:
            for pattern, what in RUNS:
                if pattern.search(part):
                    raise FileRefused(f"This document {what} and attach that.")
        types = [value for value in _values(archive, "[Content_Types].xml", "ContentType") if value]
        for mark, sentence in OTHER_OFFICE:
            if any(mark.casefold() in value.casefold() for value in types):
                raise FileRefused(sentence)
        if any(_fetches(archive, part) for part in names if part.casefold().endswith(".rels")):
            raise FileRefused("This document fetches something from elsewhere when it is opened. Save it as a PDF.")
    kinds = {kind for mark, kind in OFFICE_TYPES.items() if any(mark in value for value in types)}
    if len(kinds) != 1:
        raise FileRefused(f"This kind of file cannot be attached. {ALLOWED}")
    return kinds.pop()


def _fetches(archive: zipfile.ZipFile, part: str) -> bool:
    """Whether a part of the document is taken from elsewhere. Links that people click are not meant."""
    return any(
        (link.get("TargetMode") or "").casefold() == "external" and (link.get("Type") or "").endswith(FETCHES)
        for link in _elements(archive, part)
    )


def _values(archive: zipfile.ZipFile, part: str, attribute: str) -> list[str]:
    return [element.get(attribute) or "" for element in _elements(archive, part)]


def _elements(archive: zipfile.ZipFile, part: str) -> list[Element]:
    try:
        if archive.getinfo(part).file_size > LARGEST_PLAN:
            raise FileRefused(DAMAGED)
        return list(fromstring(archive.read(part)))
    except (ParseError, DefusedXmlException, *BROKEN):
        raise FileRefused(DAMAGED) from None


def _text(content: bytes) -> bytes:
    refused = FileRefused(f"This kind of file cannot be attached. {ALLOWED}")
    text = None
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        break
    if text is None or TEXT_CONTROLS.search(text):
        raise refused
    if MARKUP.search(text[:WITH_ENDING]) or text.lstrip().startswith(("<", "{\\rtf", "#!")):
        raise FileRefused(
            f"This is a web page, a drawing or a program, which can run when it is opened. Save it as a PDF. {ALLOWED}"
        )
    return text.encode()
