"""The PDF as a file: tagged, titled, in its language, with alternative texts, fetching nothing."""

import io
from itertools import pairwise
from pathlib import Path

import pytest
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject
from weasyprint.urls import FatalURLFetchingError

from reporting.documents import as_html, as_pdf, highlight_of_period
from reporting.pdf import render_pdf
from tests.reporting.makers import OCTOBER, TODAY, completed, month

GRADES = ["outstanding", "good", "requires_improvement", "inadequate"]


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


@pytest.fixture
def pdf(db):
    for number in (8, 9, 10):
        for grade in GRADES:
            completed(month(number), grade, {"Assessment": grade, "Planning": "good"})
    return PdfReader(io.BytesIO(as_pdf(highlight_of_period(OCTOBER, on=TODAY))))


def test_the_pdf_says_title_language_and_that_it_is_tagged(pdf):
    root = pdf.trailer["/Root"]
    assert pdf.metadata.title == "Monthly highlight report: October 2026"
    assert pdf.metadata.author == "Children’s services"
    assert root["/Lang"] == "en-GB"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert 'pdfuaid:part="1"' in root["/Metadata"].get_data().decode()


def test_headings_come_in_order_without_a_gap(pdf):
    tree = pdf.trailer["/Root"]["/StructTreeRoot"]
    levels = [int(tag[2:]) for tag, _ in elements(tree) if tag[:2] == "/H" and tag[2:].isdigit()]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_table_has_header_cells_and_every_chart_an_alternative_text(pdf):
    found = list(elements(pdf.trailer["/Root"]["/StructTreeRoot"]))
    tables = [element for tag, element in found if tag == "/Table"]
    assert len(tables) >= 4
    for table in tables:
        assert any(tag == "/TH" for tag, _ in elements(table))
    figures = [element for tag, element in found if tag == "/Figure"]
    assert len(figures) == 5
    assert all(str(figure["/Alt"]).strip() for figure in figures)


def test_bookmarks_lead_to_the_numbered_sections(pdf):
    titles = [mark.title for mark in pdf.outline if not isinstance(mark, list)]
    assert titles == ["Monthly highlight report: October 2026"]
    sections = [mark.title for mark in pdf.outline[1] if not isinstance(mark, list)]
    assert "1 The programme" in sections
    assert "4 Practice themes" in sections


def test_pages_after_the_cover_are_numbered(pdf):
    count = len(pdf.pages)
    assert f"of {count}" not in pdf.pages[0].extract_text()
    for number, page in enumerate(pdf.pages[1:], start=2):
        assert f"{number} of {count}" in page.extract_text()


@pytest.mark.parametrize(
    "asks",
    [
        '<img src="https://example.org/x.png" alt="">',
        '<img src="file:///etc/passwd" alt="">',
        '<link rel="stylesheet" href="http://127.0.0.1:1/x.css">',
        '<style>@import url("file:///etc/hostname")</style>',
        '<p style="background: url(http://127.0.0.1:1/x.png)">x</p>',
    ],
)
def test_a_document_that_asks_for_anything_outside_is_not_made(asks):
    with pytest.raises(FatalURLFetchingError, match="fetches nothing"):
        render_pdf(f"<html lang=en><title>x</title>{asks}<p>Text")


def test_a_picture_inside_a_drawing_is_not_fetched_either():
    picture = Path("static/images/icon-180.png").resolve().as_uri()
    drawing = f'<svg viewBox="0 0 9 9"><image href="{picture}" width="9" height="9"/></svg>'
    pdf = PdfReader(io.BytesIO(render_pdf(f"<html lang=en><title>x</title><p>Text {drawing}")))
    assert not pdf.pages[0].images


@pytest.mark.django_db
def test_what_people_write_stays_text():
    completed(month(10))
    document = highlight_of_period(OCTOBER, on=TODAY)
    document.written["introduction"] = "<img src=x> & <script>alert(1)</script>"  # type: ignore[index]
    html = as_html(document).decode()
    assert "&lt;img src=x&gt; &amp; &lt;script&gt;" in html
    assert "<script" not in html


@pytest.mark.django_db
def test_small_numbers_are_hidden_in_print_and_kept_for_qa():
    october = month(10)
    for _ in range(6):
        completed(october, "good", plan_type="CIN", statuses=["CIN"])
    for _ in range(2):
        completed(october, "inadequate", plan_type="CIN", statuses=["CIN"])
    for _ in range(7):
        completed(october, "good", plan_type="CP", statuses=["CP"], age=9)
    document = highlight_of_period(OCTOBER, on=TODAY)
    in_need = document.cohort_rows[0]
    assert (in_need.n, list(in_need.cells), in_need.note) == (8, [], "Hidden: small numbers")
    assert document.figures["cohorts"][0]["counts"]["inadequate"] == 2
    assert document.judgement_rows[0].cells[3].count == 2  # grades of all audits are the authority's own
