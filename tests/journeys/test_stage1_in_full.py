"""Stage 1 as a manager does it, from the task list to the document in the worker's hands, and what comes after."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from config.demo.paper import a_page
from tests.factories import PASSWORD
from tests.journeys import stage1
from tests.journeys.conftest import NewVisitor
from tests.journeys.program import Program
from tests.journeys.test_concern import pressed
from tests.journeys.test_keyboard import focus, tab, tab_to
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser

SAID = "She listens and she remembers what I said last time."
SAW = "The worker sat on the floor with the children and let the older one explain the rules of the house."
REFLECTED = "I kept visiting when the door stayed shut."
CONCERN = "A mark on the younger child’s arm that nobody has asked about."
NOT_RIGHT = "The direct work that I had uploaded is not mentioned."
ANSWER = "I have looked at it with the auditor. The moderator takes it up in the discussion."


@pytest.fixture
def reference(program: Program) -> str:
    """The one audit there is; its auditor has not begun it."""
    return json.loads(program.module("tests.journeys.authority", "one_audit"))["reference"]


def test_from_the_task_list_to_a_document_and_an_answer_about_it(
    program: Program, reference: str, visitors: NewVisitor, tmp_path: Path
) -> None:
    def person(local: str) -> Visitor:
        return visitors(program, f"{local}@authority.example", PASSWORD)

    auditor, worker, qa = person("auditor"), person("worker"), person("qa")
    assert stage1.open_audit(auditor) == reference
    stage1.prepare(auditor)
    assess_by_keyboard(auditor)
    plan_with_evidence(auditor, tmp_path)
    for section in stage1.SECTIONS[2:]:
        assert auditor.heading == section
        stage1.answer(auditor, section)
        stage1.grade(auditor, section, "Good")
        auditor.press("Save and continue")
    finish(auditor)
    listen(auditor, reference)
    reflect(worker, reference)
    raise_for_the_child(auditor, qa, reference)

    auditor.go(f"/audits/{reference}/check/")
    assert SAID in auditor.text
    assert SAW in auditor.text
    auditor.press("Submit the audit")
    assert auditor.path == f"/audits/{reference}/view/"

    worker.go("/")
    worker.follow(f"Read audit {reference}")
    assert "Minutes.pdf" in worker.text
    document = worker.download("PDF").read_bytes()
    assert document.startswith(b"%PDF")
    assert REFLECTED.encode() not in document
    doubt_and_answer(worker, qa, reference)
    auditor.go(f"/audits/{reference}/view/")
    assert "The quality of this audit" not in auditor.text


def assess_by_keyboard(auditor: Visitor) -> None:
    """The first section without the mouse: every judgement met, a date, the comment, the grade."""
    page, keys = auditor.page, auditor.page.keyboard
    assert auditor.heading == "Assessment"
    assessed_on = timezone.localdate() - timedelta(days=60)
    parts = iter([str(assessed_on.day), str(assessed_on.month), str(assessed_on.year)])
    page.goto(f"{auditor.path}#questions")
    found = tab(page)
    while found["name"] != "comment":
        if found["judgement"]:
            keys.press("y")
        elif found["type"] == "radio":
            keys.press("Space")
        else:
            keys.type(next(parts))
        found = tab(page)
    keys.type("Seen at home and at school, alone; says that things are calmer.")
    expect(page.locator("#ceiling")).to_have_text("")
    tab_to(page, name="grade")
    keys.press("ArrowDown")
    assert focus(page)["value"] == "good"
    with page.expect_navigation(wait_until="load"):
        keys.press("Control+Enter")
    auditor.check()


def plan_with_evidence(auditor: Visitor, folder: Path) -> None:
    """What was typed is saved before the file is attached, and the same section comes back."""
    assert auditor.heading == "Planning"
    stage1.answer(auditor, "Planning")
    stage1.grade(auditor, "Planning", "Good")
    file = folder / "Minutes.pdf"
    file.write_bytes(a_page(["Minutes of the family network meeting"]))
    auditor.press("Save and add a file")
    auditor.upload("The file", file)
    auditor.press("Attach the file")
    assert "Minutes.pdf" in auditor.text
    auditor.follow("Back to the section")
    assert auditor.group("Grade for Planning").get_by_label("Good", exact=True).is_checked()
    auditor.press("Save and continue")


def finish(auditor: Visitor) -> None:
    """An action, first in words that say little, and the overall grade."""
    assert auditor.heading == stage1.LAST_SECTION
    auditor.fill("Significant issues and strengths", "The worker knows this child well and keeps everybody together.")
    auditor.press("Save and add an action")
    advice = auditor.page.locator("[data-advice]")
    auditor.fill("What will be done?", "Monitor the situation.")
    expect(advice).to_contain_text("Beside “monitor”, say what somebody does")
    auditor.fill("What will be done?", stage1.ACTION)
    auditor.fill("What will this change for the child?", "The child’s own views shape the plan.")
    expect(advice).not_to_contain_text("monitor")
    stage1.type_date(auditor.group("Due date"), timezone.localdate() + timedelta(days=21))
    auditor.press("Save the action")
    auditor.choose("Overall grade", "Good")
    auditor.press("Save and check answers")


def listen(auditor: Visitor, reference: str) -> None:
    """What the child says, and what the auditor saw."""
    auditor.go(f"/audits/{reference}/")
    auditor.follow("Feedback")
    auditor.choose("Who said it?", "Child or young person")
    auditor.choose("Is it a strength or an area for improvement?", "Strength")
    auditor.fill("What was said?", SAID)
    auditor.page.get_by_label("They agree to be quoted").check()
    auditor.press("Save the feedback")
    auditor.follow("Back to the audit")
    auditor.follow("Practice observations")
    yesterday: date = timezone.localdate() - timedelta(days=1)
    stage1.type_date(auditor.group("Date of the observation"), yesterday)
    auditor.fill("What did you observe?", "Home visit")
    auditor.fill("What did you see?", SAW)
    auditor.page.get_by_text("Themes and good practice").click()
    auditor.page.get_by_label("Direct work with the child").check()
    auditor.press("Save the observation")
    assert SAW in auditor.text


def reflect(worker: Visitor, reference: str) -> None:
    worker.go("/")
    worker.follow(f"Write your reflection for audit {reference}")
    worker.fill("What do you think you have done well on this case?", REFLECTED)
    worker.press("Save the reflection")


def raise_for_the_child(auditor: Visitor, qa: Visitor, reference: str) -> None:
    """One press from a section; somebody of quality assurance takes it on by name."""
    auditor.go(f"/audits/{reference}/section/intervention/")
    told = pressed(auditor)
    expect(told.get_by_role("heading", name="Phone now")).to_be_visible()
    told.get_by_role("textbox", name="What is the concern?").fill(CONCERN)
    told.get_by_role("button", name="Save what the concern is").click()
    expect(told.get_by_text("Described").first).to_be_visible()
    told.close()
    qa.go("/")
    qa.go_by(qa.main.get_by_role("link", name="Immediate safeguarding concern SC-"))
    assert CONCERN in qa.text
    qa.press("I have this and I am acting on it")
    assert "It goes no further up by itself" in qa.text


def doubt_and_answer(worker: Visitor, qa: Visitor, reference: str) -> None:
    """Something is not right with the audit: said, answered, read."""
    worker.follow("Raise a concern about this audit")
    worker.fill("What concerns you about the audit?", NOT_RIGHT)
    worker.press("Send to quality assurance")
    raised = worker.path
    qa.go("/")
    qa.follow(f"Answer a concern about audit {reference}")
    assert NOT_RIGHT in qa.text
    qa.fill("Your answer", ANSWER)
    qa.press("Send the answer")
    worker.go(raised)
    assert ANSWER in worker.text
