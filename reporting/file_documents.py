"""A frozen copy as files: the same copy gives the same bytes, so that a file can be told from a changed one."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from audits.models import AuditCopy
from audits.services.file_copies import read_copy
from reporting.file_page import FilePage
from reporting.pdf import render_html, render_pdf
from reporting.rules.printable import breakable_text, each_text
from reporting.word import render_word

STYLESHEETS = ("reporting/audit.css",)


def page_of(copy: AuditCopy) -> FilePage:
    return FilePage(read_copy(copy), copy.sha256)


def as_pdf(page: FilePage) -> bytes:
    page = replace(page, stored=each_text(page.stored, breakable_text))
    return render_pdf(render_html("pdf/audit.html", {"page": page}, STYLESHEETS))


FORMATS: Mapping[str, Callable[[FilePage], bytes]] = {"pdf": as_pdf, "docx": render_word}
CONTENT_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
