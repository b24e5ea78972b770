"""The individual audit as a Word document: real headings, header rows and styles, so that it can be read aloud, moved
about in and restyled. The only importer of python-docx, which is imported when it is used: it takes as long to load as
a page takes to answer."""

import io
import zipfile
from datetime import UTC
from typing import TYPE_CHECKING, Any

from audits.rules.file_copy import CopiedSection
from reporting.file_page import IN_WORDS, FilePage, GradeLine, grade_name

if TYPE_CHECKING:
    from docx.document import Document

BRAND, QUIET, LINE = "12404D", "4A5356", "C3CFD1"
SHADES = {
    "outstanding": ("0B4F43", "FFFFFF"),
    "good": ("CFE6DC", "083D29"),
    "requires_improvement": ("FDE9BF", "5A3A00"),
    "inadequate": ("982828", "FFFFFF"),
}
EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The time of every part inside the file, so that the same copy gives the same bytes."""


def render_word(page: FilePage) -> bytes:
    """A .docx file of the copy."""
    from docx import Document

    document = Document()
    _styles(document)
    _properties(document, page)
    _header_and_footer(document, page)
    _beginning(document, page)
    _grades(document, page)
    _discussion(document, page)
    _actions(document, page)
    if page.copy.what_changed:
        document.add_heading("What has changed since the audit before", 1)
        _text(document, page.copy.what_changed)
    for section, line in page.sections:
        _section(document, section, line)
    _voices(document, page)
    _about(document, page)
    written = io.BytesIO()
    document.save(written)
    return _timeless(written.getvalue())


# -- The parts, in the order of the PDF ----------------------------------------------------------


def _beginning(document: "Document", page: FilePage) -> None:
    copy = page.copy
    document.add_paragraph(copy.authority, style="Subtitle")
    document.add_paragraph("Individual audit", style="Title")
    opening = document.add_paragraph()
    opening.add_run(copy.reference).bold = True
    opening.add_run(f", copy {copy.number} for the child’s file")
    _note(document, page.state)
    if page.made_afterwards:
        _note(document, f"This copy was made on {page.made_afterwards}, from the audit as it was stored then.")
    document.add_heading("About this audit", 1)
    _table(document, ("", ""), page.facts, widths=(5, 12), header=False)


def _grades(document: "Document", page: FilePage) -> None:
    document.add_heading("Grades", 1)
    columns = ("Section", "Auditor", "After the discussion") if page.is_moderated else ("Section", "Grade")
    table = _table(document, columns, [(line.name,) for line in page.grades], widths=(6, 5.5, 5.5)[: len(columns)])
    for line, row in zip(page.grades, table.rows[1:], strict=True):
        if line.instead:
            for cell in row.cells[1:]:
                cell.text = line.instead
            continue
        _grade(row.cells[1].paragraphs[0], line.grade)
        if page.is_moderated:
            _grade(row.cells[2].paragraphs[0], line.final)
            if line.changed:
                row.cells[2].paragraphs[0].add_run(" changed", style="Quiet")
        if line.overall:
            row.cells[0].paragraphs[0].runs[0].bold = True
    if not page.is_moderated:
        _note(document, "The reflective discussion comes next. Grades can change in it; a further copy then says so.")


def _discussion(document: "Document", page: FilePage) -> None:
    held = page.copy.discussion
    if held is None:
        return
    document.add_heading("Have we made a difference for the child or young person?", 1)
    _text(document, held.difference_made)
    for title, text in (("Strengths", held.strengths), ("Comment of the moderator", held.comment)):
        if text:
            document.add_heading(title, 2)
            _text(document, text)
    document.add_heading("The reflective discussion", 2)
    document.add_paragraph(f"{page.held}.")
    if page.attendance:
        _table(document, ("Part", "Name", "At the discussion"), page.attendance, widths=(5, 7, 5))


def _actions(document: "Document", page: FilePage) -> None:
    document.add_heading("Actions", 1)
    if not page.actions:
        document.add_paragraph("No actions were agreed.")
        return
    rows = [
        (
            f"{action.text}\nAdded in the reflective discussion" if action.later else action.text,
            action.owner or "Nobody yet",
            due,
            action.impact,
        )
        for action, due in page.actions
    ]
    columns = ("What will be done", "Owner", "Due", "What it changes for the child")
    _table(document, columns, rows, widths=(6, 3, 3, 5))
    _note(document, "As they were agreed on the day of this copy. What became of them is followed in Case Audit.")


def _section(document: "Document", section: CopiedSection, line: GradeLine) -> None:
    document.add_heading(section.name, 1)
    if line.final or line.instead:
        _grades_of(document, line)
    if line.reason:
        document.add_heading("Why the grade was changed", 2)
        _text(document, line.reason)
    if section.not_applicable_reason:
        _text(document, section.not_applicable_reason)
    for sentence in section.limited:
        document.add_paragraph(sentence, style="Limit")
    if section.answers:
        rows = []
        for answer in section.answers:
            question = f"{answer.question} (limiting judgement)" if answer.limiting else answer.question
            below = f"{question}\n{answer.detail}" if answer.detail else question
            rows.append((below, answer.answer or (IN_WORDS if answer.detail else "Not answered")))
        _table(document, ("Question", "Answer"), rows, widths=(13, 4))
    if section.comment:
        document.add_heading(section.comment_label, 2)
        _text(document, section.comment)


def _grades_of(document: "Document", line: GradeLine) -> None:
    paragraph = document.add_paragraph()
    if line.overall:
        paragraph.add_run("Overall: ", style="Quiet")
    if line.instead:
        paragraph.add_run(line.instead)
        return
    _grade(paragraph, line.grade)
    if line.changed:
        paragraph.add_run(" changed to ", style="Quiet")
        _grade(paragraph, line.moderated)


def _voices(document: "Document", page: FilePage) -> None:
    if page.feedback:
        document.add_heading("What people said", 1)
        for said, score in page.feedback:
            document.add_heading(f"{said.source}: {said.polarity.lower()}", 2)
            _text(document, said.text)
            if score:
                _note(document, score)
    if page.observations:
        document.add_heading("Practice that the auditor observed", 1)
        for when, setting, notes in page.observations:
            document.add_heading(f"{setting}, {when}", 2)
            _text(document, notes)


def _about(document: "Document", page: FilePage) -> None:
    document.add_heading("About this copy", 1)
    if page.copy.disclosure:
        _text(document, page.copy.disclosure)
    _text(document, page.copy.left_out)
    _text(document, page.kept)
    _note(document, f"SHA-256 of the content: {page.sha256}")


# -- How it looks --------------------------------------------------------------------------------


def _styles(document: "Document") -> None:
    """The document's own styles, which whoever opens it can change in one place."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Cm, Pt, RGBColor

    paper = document.sections[0]
    paper.page_width, paper.page_height = Cm(21), Cm(29.7)
    paper.left_margin = paper.right_margin = Cm(2)
    paper.top_margin = paper.bottom_margin = Cm(2)
    styles = document.styles
    for name, size, colour, bold in (
        ("Normal", 10.5, None, None),
        ("Title", 24, BRAND, False),
        ("Subtitle", 11, QUIET, False),
        ("Heading 1", 15, BRAND, False),
        ("Heading 2", 11, BRAND, True),
    ):
        style = styles[name]
        style.font.name, style.font.size = "Arial", Pt(size)
        _plain_font(style)
        if bold is not None:
            style.font.bold, style.font.italic = bold, False
        if colour:
            style.font.color.rgb = RGBColor.from_string(colour)
    styles["Normal"].paragraph_format.space_after = Pt(6)
    styles["Heading 1"].paragraph_format.space_before = Pt(16)
    styles["Heading 1"].paragraph_format.space_after = Pt(5)
    quiet = styles.add_style("Quiet", WD_STYLE_TYPE.CHARACTER)
    quiet.font.color.rgb, quiet.font.size = RGBColor.from_string(QUIET), Pt(9)
    for name in ("Note", "Limit"):
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = styles["Normal"]
    styles["Note"].paragraph_format.space_before = Pt(4)
    styles["Note"].font.color.rgb, styles["Note"].font.size = RGBColor.from_string(QUIET), Pt(9)
    styles["Limit"].paragraph_format.left_indent = Cm(0.5)
    styles["Limit"].font.bold = True
    _language(styles.element)


def _plain_font(style: Any) -> None:
    """The template names fonts by the theme's roles, which would win over the name."""
    from docx.oxml.ns import qn

    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        if name.endswith("Theme"):
            del fonts.attrib[name]
    for name in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(name), "Arial")


def _language(styles: Any) -> None:
    from docx.oxml.ns import qn

    for language in styles.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")


def _properties(document: "Document", page: FilePage) -> None:
    properties = document.core_properties
    properties.title, properties.subject, properties.language = page.title, page.state, "en-GB"
    properties.author = properties.last_modified_by = page.copy.authority[:255]
    properties.comments, properties.keywords = "", ""
    properties.identifier = page.sha256
    properties.created = properties.modified = page.made_at.astimezone(UTC)
    properties.revision, properties.version = 1, str(page.copy.number)


def _header_and_footer(document: "Document", page: FilePage) -> None:
    section = document.sections[0]
    section.header.paragraphs[0].add_run(f"{page.title}. {page.state}", style="Quiet")
    footer = section.footer.paragraphs[0]
    footer.add_run(f"{page.copy.reference}, copy {page.copy.number}. Page ", style="Quiet")
    _field(footer, "PAGE")
    footer.add_run(" of ", style="Quiet")
    _field(footer, "NUMPAGES")
    section.footer.add_paragraph().add_run(page.sha256, style="Quiet")


def _field(paragraph: Any, code: str) -> None:
    """A number that Word works out itself."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    paragraph._p.append(field)
    number = paragraph.add_run("1", style="Quiet")
    field.append(number._r)


def _table(document: "Document", columns: Any, rows: Any, *, widths: Any, header: bool = True) -> Any:
    """A table whose first row is its header, repeated on every page, and whose rows hold together."""
    from docx.shared import Cm

    table = document.add_table(rows=1 if header else 0, cols=len(columns), style="Table Grid")
    _borders(table, header)
    if header:
        for cell, name in zip(table.rows[0].cells, columns, strict=True):
            cell.paragraphs[0].add_run(name).bold = True
        _mark(table.rows[0], "w:tblHeader")
    for values in rows:
        row = table.add_row()
        for cell, value in zip(row.cells, values, strict=False):
            cell.text = value
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for row in table.rows:
        _mark(row, "w:cantSplit")
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Cm(width)
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.space_after = Cm(0.1)
    return table


def _borders(table: Any, header: bool) -> None:
    """Lines between rows only, and the look that says which row and column are headers."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = table._tbl.tblPr
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        shown = side in ("bottom", "insideH")
        line.set(qn("w:val"), "single" if shown else "nil")
        if shown:
            line.set(qn("w:sz"), "4")
            line.set(qn("w:color"), LINE)
        borders.append(line)
    look = properties.find(qn("w:tblLook"))
    look.addprevious(borders)
    look.set(qn("w:firstRow"), "1" if header else "0")
    look.set(qn("w:firstColumn"), "1")
    look.set(qn("w:val"), "04A0" if header else "0480")


def _mark(row: Any, name: str) -> None:
    from docx.oxml import OxmlElement

    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement(name))


def _grade(paragraph: Any, grade: str) -> None:
    """A grade by its name, on its colour."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import RGBColor

    run = paragraph.add_run(f"\u00a0{grade_name(grade)}\u00a0")
    run.bold = True
    if grade in SHADES:
        shade, ink = SHADES[grade]
        run.font.color.rgb = RGBColor.from_string(ink)
        shading = OxmlElement("w:shd")
        shading.set(qn("w:val"), "clear")
        shading.set(qn("w:color"), "auto")
        shading.set(qn("w:fill"), shade)
        run._r.get_or_add_rPr().append(shading)


def _text(document: "Document", text: str) -> None:
    """What somebody wrote: a paragraph for each of theirs."""
    for paragraph in text.split("\n"):
        if paragraph.strip():
            document.add_paragraph(paragraph)


def _note(document: "Document", text: str) -> None:
    document.add_paragraph(text, style="Note")


def _timeless(content: bytes) -> bytes:
    """The same parts, without the time at which they were packed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as found, zipfile.ZipFile(packed, "w") as made:
        for name in found.namelist():
            part = zipfile.ZipInfo(name, EARLIEST)
            part.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(part, found.read(name))
    return packed.getvalue()
