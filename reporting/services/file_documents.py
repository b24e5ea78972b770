"""Making the documents of frozen copies, and handing them out. A document is made once and never changes."""

import hashlib
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from accounts.errors import UserError
from audits.models import AuditCopy
from reporting.file_documents import as_pdf, page_of
from reporting.models import AuditDocument
from reporting.word import render_word

logger = logging.getLogger(__name__)

FRESH = timedelta(days=1)
AT_ONCE = 20
"""How many documents one sweep makes at most: each takes about a second."""


class Altered(UserError):
    """A stored document is no longer what was made, so it is given to nobody."""


def document_of(copy: AuditCopy, *, at: datetime) -> AuditDocument:
    """The files of a copy; made now where nobody has. Of two who make them at once both get the same files."""
    made = AuditDocument.objects.filter(copy=copy).first()
    return made or _make(copy, at)


def file_of(copy: AuditCopy, ending: str, *, at: datetime) -> bytes:
    """One of its files, `pdf` or `docx`. Raises `Altered` where it is not what was made."""
    document = document_of(copy, at=at)
    content, sha256 = {
        "pdf": (document.pdf, document.pdf_sha256),
        "docx": (document.docx, document.docx_sha256),
    }[ending]
    if _sha256(bytes(content)) != sha256:
        logger.error(
            "The %s of copy %s of audit %s was changed where it is stored", ending, copy.number, copy.audit.reference
        )
        raise Altered(
            "This file is no longer the one that was made, so it is not shown."
            " Tell the people who run the program: they can bring it back from a backup."
        )
    return bytes(content)


def make_fresh(at: datetime) -> Iterator[str]:
    """Make what the mails of the last day speak of, before somebody asks for it; says what could not be made.

    Older copies, and those made long after their stage, get their documents when they are first asked for.
    """
    in_time = Q(made_at=F("audit__submitted_at")) | Q(made_at=F("audit__signed_off_at"))
    waiting = AuditCopy.objects.filter(in_time, document__isnull=True, made_at__gt=at - FRESH, made_at__lte=at)
    for copy in waiting.select_related("audit").order_by("made_at", "pk")[:AT_ONCE]:
        try:
            document_of(copy, at=at)
        except Exception as error:  # one document that cannot be made must not keep the others from being made
            logger.exception("The documents of copy %s of audit %s failed", copy.number, copy.audit.reference)
            yield f"Copy {copy.number} of {copy.audit.reference}: {type(error).__name__}"


def _make(copy: AuditCopy, at: datetime) -> AuditDocument:
    """Outside of any transaction: nobody waits for a page to be laid out."""
    page = page_of(copy)
    pdf, docx = as_pdf(page), render_word(page)
    made = AuditDocument(copy=copy, made_at=at, pdf=pdf, pdf_sha256=_sha256(pdf), docx=docx, docx_sha256=_sha256(docx))
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        return AuditDocument.objects.get(copy=copy)
    return made


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
