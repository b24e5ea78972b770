"""The documents of a copy as files: accessible, the same every time, holding what the copy says and nothing else."""

import io
import zipfile
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from docx import Document
from openpyxl.xml import LXML
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject

from audits.models import AuditCopy
from audits.rules.file_copy import (
    LEFT_OUT,
    CopiedAction,
    CopiedAnswer,
    CopiedDecision,
    CopiedDiscussion,
    CopiedFeedback,
    CopiedObservation,
    CopiedPresence,
    CopiedSection,
    FileCopy,
)
from audits.services.file_copies import sha256_of
from reporting.file_documents import FORMATS, as_pdf
from reporting.file_page import FilePage
from reporting.models import AuditDocument
from reporting.rules.printable import printable_text
from reporting.services import file_documents
from reporting.services.file_documents import Altered, document_of, file_of, make_fresh
from reporting.word import render_word
from tests import factories
from tests.audits.filling import AT

SHA = "9f" * 32
COPY = FileCopy(
    authority="Invented Children’s Services",
    reference="CA-7K3M9QXT",
    number=2,
    stage=2,
    completed_on="2026-11-19",
    made_at="2026-11-19T14:05:00+00:00",
    case_number="C-10482",
    kind="Re-audit",
    cycle="November 2026",
    form="Audit for Good Practice",
    team="Elm",
    service="Family support",
    plan="Child in need",
    auditor="Imogen Thorne",
    worker="Jamie Brook",
    line_manager="Hazel Marsh",
    practice_manager="Hazel Marsh",
    audit_on="2026-11-12",
    look_back_from="2026-05-12",
    with_worker="Not involved",
    not_involved_reason="On leave all month",
    what_changed="School every day",
    overall_grade="requires_improvement",
    moderated_grade="requires_improvement",
    sections=(
        CopiedSection(
            key="assessment",
            name="Assessment",
            answers=(
                CopiedAnswer("Was the child seen?", "Yes", "", True),
                CopiedAnswer("Which assessment?", "", "The one of August, made with both parents."),
                CopiedAnswer("Was it shared?"),
            ),
            comment="Seen at home.",
            grade="good",
            moderated_grade="requires_improvement",
        ),
        CopiedSection(key="review", name="Review", not_applicable_reason="Opened five weeks ago", limited=()),
        CopiedSection(
            key="intervention",
            name="Intervention",
            grade="inadequate",
            moderated_grade="inadequate",
            limited=("Good and Outstanding are not available because ‘Child seen’ is answered No.",),
        ),
        CopiedSection(
            key="end",
            name="Comments and Actions",
            comment_label="Significant issues and strengths",
            comment="Trusted by the family.",
            grade="requires_improvement",
            moderated_grade="requires_improvement",
            overall=True,
        ),
    ),
    actions=(
        CopiedAction("Speak with the father", "Hazel Marsh", "2026-12-03", "He is heard"),
        CopiedAction("Write the chronology", "", "2026-11-27", "", True),
    ),
    feedback=(CopiedFeedback("Child or young person", "Strength", "She listens.", "9", "Have we helped?", True),),
    observations=(CopiedObservation("2026-11-03", "Home visit", "Played alongside"),),
    discussion=CopiedDiscussion(
        held_on="2026-11-19",
        minutes=55,
        moderator="Rowan Hale",
        attendance=(
            CopiedPresence("Moderator", "Rowan Hale", True),
            CopiedPresence("Social worker", "Jamie Brook", False),
        ),
        difference_made="She goes to school again.",
        strengths="Steady visits.",
        comment="Bring the chronology up to date.",
        decisions=(
            CopiedDecision("assessment", "Assessment", "good", "requires_improvement", "The father is missing."),
            CopiedDecision("overall", "Overall", "requires_improvement", "requires_improvement"),
        ),
    ),
    disclosure="The audit can be disclosed.",
)
PAGE = FilePage(COPY, SHA)
SAID = [
    "Invented Children’s Services",
    "CA-7K3M9QXT",
    "for the child’s file",
    "Stage 2 signed off on 19 November 2026",
    "C-10482",
    "Re-audit",
    "12 May 2026 to 12 November 2026",
    "Not involved: On leave all month",
    "School every day",
    "Was the child seen?",
    "imiting judgement",
    "The one of August, made with both parents.",
    "Not answered",
    "Does not apply yet",
    "Opened five weeks ago",
    "Inadequate",
    "Good and Outstanding are not available because",
    "The father is missing.",
    "Significant issues and strengths",
    "Speak with the father",
    "3 December 2026",
    "Added in the reflective discussion",
    "Nobody yet",
    "She listens.",
    "Have we helped? 9 of 10",
    "Played alongside",
    "She goes to school again.",
    "Steady visits.",
    "Bring the chronology up to date.",
    "19 November 2026, 55 minutes, led by Rowan Hale",
    "Not there",
    "The audit can be disclosed.",
    LEFT_OUT,
    SHA,
]


def text_of_pdf(content: bytes) -> str:
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


def text_of_word(content: bytes) -> str:
    document = Document(io.BytesIO(content))
    parts = [paragraph.text for paragraph in document.paragraphs]
    parts += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    for section in document.sections:
        parts += [paragraph.text for part in (section.header, section.footer) for paragraph in part.paragraphs]
    return " ".join(" ".join(parts).split())


def elements(node):
    """Every element of the structure tree below `node`: (tag, element)."""
    node = node.get_object()
    if isinstance(node, ArrayObject):
        for part in node:
            yield from elements(part)
    elif isinstance(node, DictionaryObject):
        if "/S" in node:
            yield node["/S"], node
        if "/K" in node:
            yield from elements(node["/K"])


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return as_pdf(PAGE)


@pytest.fixture(scope="module")
def word() -> bytes:
    return render_word(PAGE)


# -- What they say -------------------------------------------------------------------------------


@pytest.mark.parametrize("text", SAID)
def test_the_pdf_says_everything_of_the_copy(pdf: bytes, text: str) -> None:
    assert text in text_of_pdf(pdf)


@pytest.mark.parametrize("text", SAID)
def test_the_word_document_says_everything_of_the_copy(word: bytes, text: str) -> None:
    assert text in text_of_word(word)


@pytest.mark.parametrize("ending", FORMATS)
def test_a_copy_of_stage_one_says_that_grades_can_still_change(ending: str) -> None:
    page = FilePage(replace(COPY, stage=1, number=1, discussion=None, moderated_grade=""), SHA)
    text = {"pdf": text_of_pdf, "docx": text_of_word}[ending](FORMATS[ending](page))
    assert "The reflective discussion comes next." in text
    assert "After the discussion" not in text
    assert "Have we made a difference" not in text


@pytest.mark.parametrize("ending", FORMATS)
def test_a_copy_made_afterwards_says_so(ending: str) -> None:
    page = FilePage(replace(COPY, made_at="2027-02-01T09:00:00+00:00"), SHA)
    text = {"pdf": text_of_pdf, "docx": text_of_word}[ending](FORMATS[ending](page))
    assert "This copy was made on 1 February 2027, from the audit as it was stored then." in text


def test_the_same_copy_gives_the_same_bytes(pdf: bytes, word: bytes) -> None:
    assert as_pdf(FilePage(COPY, SHA)) == pdf
    assert render_word(FilePage(COPY, SHA)) == word


# -- The PDF as a file ---------------------------------------------------------------------------


def test_the_pdf_is_tagged_titled_in_english_and_says_that_it_is_accessible(pdf: bytes) -> None:
    reader = PdfReader(io.BytesIO(pdf))
    root = reader.trailer["/Root"]
    assert reader.metadata is not None
    assert reader.metadata.title == "Individual audit CA-7K3M9QXT, copy 2"
    assert reader.metadata.author == "Invented Children’s Services"
    assert reader.metadata.creation_date is not None
    assert reader.metadata.creation_date.isoformat().startswith("2026-11-19T14:05:00")
    assert root["/Lang"] == "en-GB"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert 'pdfuaid:part="1"' in root["/Metadata"].get_data().decode()


def test_every_table_has_header_cells_and_headings_leave_no_gap(pdf: bytes) -> None:
    found = list(elements(PdfReader(io.BytesIO(pdf)).trailer["/Root"]["/StructTreeRoot"]))
    tables = [element for tag, element in found if tag == "/Table"]
    assert len(tables) == 5
    for table in tables:
        assert any(tag == "/TH" for tag, _ in elements(table))
    levels = [int(tag[2:]) for tag, _ in found if tag[:2] == "/H" and tag[2:].isdigit()]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_bookmarks_lead_to_every_section(pdf: bytes) -> None:
    outline = PdfReader(io.BytesIO(pdf)).outline
    assert outline[0].title == "Individual audit CA-7K3M9QXT, copy 2"
    titles = [mark.title for mark in outline[1] if not isinstance(mark, list)]
    assert titles == [
        "Grades",
        "Have we made a difference for the child or young person?",
        "Actions",
        "What has changed since the audit before",
        "Assessment",
        "Review",
        "Intervention",
        "Comments and Actions",
        "What people said",
        "Practice that the auditor observed",
        "About this copy",
    ]


def test_every_page_of_the_pdf_says_which_copy_it_is_and_which_page(pdf: bytes) -> None:
    pages = PdfReader(io.BytesIO(pdf)).pages
    assert 2 <= len(pages) <= 5
    for number, page in enumerate(pages, start=1):
        text = page.extract_text()
        assert f"Page {number} of {len(pages)}" in text
        assert "CA-7K3M9QXT, copy 2" in text
        assert SHA in text


# -- The Word document as a file -----------------------------------------------------------------


def test_the_word_document_has_real_headings_and_its_properties(word: bytes) -> None:
    document = Document(io.BytesIO(word))
    properties = document.core_properties
    assert properties.title == "Individual audit CA-7K3M9QXT, copy 2"
    assert (properties.language, properties.author) == ("en-GB", "Invented Children’s Services")
    assert (properties.identifier, properties.version) == (SHA, "2")
    headings = [p.text for p in document.paragraphs if p.style is not None and p.style.name == "Heading 1"]
    assert headings[:4] == [
        "About this audit",
        "Grades",
        "Have we made a difference for the child or young person?",
        "Actions",
    ]
    assert 'w:val="en-GB"' in zipfile.ZipFile(io.BytesIO(word)).read("word/styles.xml").decode()


def test_every_table_with_columns_repeats_its_header_row(word: bytes) -> None:
    tables = Document(io.BytesIO(word)).tables
    assert len(tables) == 5
    with_header = [table for table in tables if table.rows[0]._tr.xpath("w:trPr/w:tblHeader")]
    assert len(with_header) == 4  # the facts have their headers at the side


def test_workbooks_are_still_read_by_the_guarded_parser() -> None:
    assert LXML is False


# -- Hostile text --------------------------------------------------------------------------------

HOSTILE = {
    "markup": "<script>alert(1)</script> & <img src=http://127.0.0.1:1/x.png>",
    "template": "{{ page.sha256 }} {% load x %}",
    "right to left": "مرحبا بالعالم",
    "turned around": "safe \u202egnp.exe\u2066",
    "emoji": "👩‍👧 glad",
    "control characters": "a\x00b\x07c\x1b[31m",
    "half a pair": "x\ud83dy",
    "long": "word " * 2_000,
    "long word": "w" * 10_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_stays_text_and_both_documents_are_made(kind: str) -> None:
    text = HOSTILE[kind]
    section = replace(
        COPY.sections[0], name=f"Named {text}"[:200], comment=text, answers=(CopiedAnswer(text, "", text),)
    )
    page = FilePage(
        replace(
            COPY,
            case_number=text[:100],
            authority=text,
            sections=(section,),
            actions=(CopiedAction(text, text, "2026-12-03", text),),
        ),
        SHA,
    )
    pdf, word = as_pdf(page), render_word(page)
    assert len(PdfReader(io.BytesIO(pdf)).pages) >= 2
    assert printable_text(text).split()[0] in text_of_word(word)
    assert not [name for name in zipfile.ZipFile(io.BytesIO(word)).namelist() if "media" in name]


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("a\x00b", "ab"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("x\u202ey", "xy"),
        ("مرحبا", "مرحبا"),
        ("👩‍👧", "👩‍👧"),
        ("tab\there", "tab\there"),
    ],
)
def test_only_what_no_file_can_hold_is_left_out_in_print(typed: str, printed: str) -> None:
    assert printable_text(typed) == printed


# -- Kept once -----------------------------------------------------------------------------------


def kept(**values: object) -> AuditCopy:
    """A stored copy of a submitted audit; `values` of the row."""
    audit = factories.audit(state="submitted", submitted_at=AT)
    text = replace(COPY, reference=audit.reference).to_text()
    return AuditCopy.objects.create(
        **{"audit": audit, "number": 2, "stage": 2, "content": text, "sha256": sha256_of(text), "made_at": AT, **values}
    )


@pytest.mark.django_db
def test_documents_are_made_once_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    copy = kept()
    first = document_of(copy, at=AT)
    monkeypatch.setattr(file_documents, "as_pdf", None)
    assert document_of(copy, at=AT + timedelta(days=9)) == first
    assert file_of(copy, "pdf", at=AT).startswith(b"%PDF-")
    assert file_of(copy, "docx", at=AT).startswith(b"PK")


@pytest.mark.django_db
@pytest.mark.parametrize("ending", FORMATS)
def test_a_stored_file_that_was_changed_is_not_handed_out(ending: str) -> None:
    copy = kept()
    document_of(copy, at=AT)
    AuditDocument.objects.update(**{ending: b"something else"})
    with pytest.raises(Altered):
        file_of(copy, ending, at=AT)


@pytest.mark.django_db
def test_no_document_is_made_of_a_copy_that_was_changed() -> None:
    copy = kept(sha256="0" * 64)
    with pytest.raises(ValueError, match="is not what was kept"):
        document_of(copy, at=AT)
    assert not AuditDocument.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("made", "swept", "is_made"),
    [
        (AT, AT + timedelta(minutes=1), True),
        (AT, AT + timedelta(hours=23), True),
        (AT, AT + timedelta(days=2), False),
        (AT + timedelta(days=60), AT + timedelta(days=60, minutes=1), False),
    ],
)
def test_the_sweep_makes_what_a_mail_of_the_last_day_speaks_of(made, swept, is_made) -> None:
    kept(made_at=made)
    assert list(make_fresh(swept)) == []
    assert AuditDocument.objects.exists() is is_made


@pytest.mark.django_db
def test_a_document_that_cannot_be_made_is_told_of_and_keeps_no_other_from_being_made() -> None:
    broken, good = kept(sha256="0" * 64), kept()
    problems = list(make_fresh(AT + timedelta(minutes=1)))
    assert problems == [f"Copy 2 of {broken.audit.reference}: ValueError"]
    assert AuditDocument.objects.get().copy == good
