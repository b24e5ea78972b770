"""Files, feedback, observations and themes in a real browser, with scripts and without."""

import json
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.factories import PASSWORD
from tests.journeys.conftest import NewVisitor
from tests.journeys.program import Program
from tests.journeys.stage1 import type_date
from tests.makers.evidence import PDF, docx

pytestmark = pytest.mark.browser


@pytest.fixture
def reference(program: Program) -> str:
    return json.loads(program.module("tests.journeys.authority", "one_audit"))["reference"]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_what_stands_beside_the_answers_is_written_down(
    program: Program, reference: str, visitors: NewVisitor, tmp_path: Path, scripts: bool
) -> None:
    auditor = visitors(program, "auditor@authority.example", PASSWORD, scripts=scripts)
    page = auditor.page
    visit, macros = tmp_path / "Visit.pdf", tmp_path / "Chronology.docx"
    visit.write_bytes(PDF)
    macros.write_bytes(docx(**{"word/vbaProject.bin": b"x"}))

    # A section: its themes, and a file. What was typed is saved before its page is left.
    auditor.go(f"/audits/{reference}/section/planning/")
    auditor.fill("Comments", "Typed before the file was attached.")
    page.get_by_text("Themes and good practice").click()
    page.get_by_label("Drift and delay", exact=True).check()
    auditor.press("Save and add a file")
    assert auditor.heading == "Evidence"
    assert page.get_by_label("What does it belong to?").input_value() == "planning"
    page.locator("input[type=file]").set_input_files(macros)
    auditor.press("Attach the file")
    expect(page.get_by_role("alert")).to_contain_text("This document holds macros")
    page.locator("input[type=file]").set_input_files(visit)
    auditor.fill("What does it show?", "The visit of 3 October")
    auditor.press("Attach the file")
    expect(page.locator("main")).to_contain_text("Planning: The visit of 3 October")
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Visit.pdf").click()
    assert downloading.value.suggested_filename == f"{reference}-evidence-1.pdf"
    assert Path(downloading.value.path()).read_bytes() == PDF
    auditor.follow("Back to the section")
    expect(page.get_by_label("Comments", exact=True)).to_have_value("Typed before the file was attached.")
    expect(page.get_by_label("Drift and delay", exact=True)).to_be_checked()

    # Feedback: removed by mistake, and put back.
    auditor.go(f"/audits/{reference}/feedback/")
    auditor.choose("Who said it?", "Parent")
    auditor.choose("Is it a strength or an area for improvement?", "Strength")
    auditor.fill("What was said?", "She does what she says.")
    auditor.fill("Score from 0 to 10, if one was given", "9")
    auditor.press("Save the feedback")
    auditor.press("Remove feedback 1")
    auditor.press("Put back removed feedback 1")
    expect(page.locator("main")).to_contain_text("9 of 10: Have we helped to make things better?")

    # An observation.
    auditor.go(f"/audits/{reference}/observations/")
    type_date(auditor.group("Date of the observation"), timezone.localdate())
    auditor.fill("What did you observe?", "Home visit")
    auditor.fill("What did you see?", "Time on the floor with the child.")
    auditor.press("Save the observation")

    auditor.go(f"/audits/{reference}/check/")
    for text in ("Drift and delay", "Visit.pdf", "She does what she says.", "Time on the floor with the child."):
        expect(page.locator("main")).to_contain_text(text)
