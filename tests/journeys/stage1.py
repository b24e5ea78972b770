"""An auditor at work in the browser: Stage 1 from the task list to the page before submission."""

from datetime import date, timedelta

from django.utils import timezone
from playwright.sync_api import Locator

from tests.journeys.visitor import Visitor

SECTIONS = ("Assessment", "Planning", "Intervention", "Review", "Reflection and Supervision")
LAST_SECTION = "Comments and Actions"
ACTION = "See the child alone before the next core group."


def open_audit(auditor: Visitor) -> str:
    """From the home page into the audit that waits there; answers its reference."""
    auditor.go("/")
    title = auditor.page.get_by_role("link", name="Audit CA-").first.inner_text()
    auditor.follow(title)
    return title.removeprefix("Audit ")


def prepare(auditor: Visitor) -> None:
    """The checks that come before, and how the audit is done."""
    auditor.follow("Confirm the allocated worker")
    auditor.press("Confirm the worker")
    auditor.press("Record the check")
    type_date(auditor.group("Date"), timezone.localdate() + timedelta(days=1))
    auditor.fill("Time", "10:30")
    auditor.fill("Place", "Team room")
    auditor.press("Save the meeting")
    auditor.press("Back to the audit")
    auditor.follow("About this audit")
    type_date(auditor.group("Date of audit"), timezone.localdate())
    auditor.page.get_by_label("Face to face", exact=True).check()
    auditor.press("Save and continue")


def answer(auditor: Visitor, section: str) -> None:
    """Everything in the open section is as it should be; the grade is still to be given."""
    for group in auditor.page.locator("form[data-section-form] fieldset").all():
        yes = group.get_by_label("Yes", exact=True)
        if yes.count() == 1:
            yes.check()
    if section == "Assessment":
        auditor.choose("Which assessment did you use?", "Child and family assessment")
        type_date(auditor.group("What is the date of the assessment?"), timezone.localdate() - timedelta(days=60))
    auditor.fill("Comments", "The child was seen at home and at school, and says that things are calmer.")


def type_date(group: Locator, day: date) -> None:
    for label, number in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        group.get_by_label(label, exact=True).fill(str(number))


def grade(auditor: Visitor, section: str, grade: str) -> None:
    auditor.choose(f"Grade for {section}", grade)


def add_action(auditor: Visitor) -> None:
    """From the last section, one action; the same section comes back."""
    auditor.press("Save and add an action")
    auditor.fill("What will be done?", ACTION)
    auditor.fill("What will this change for the child?", "The child’s own views shape the plan.")
    type_date(auditor.group("Due date"), timezone.localdate() + timedelta(days=21))
    auditor.press("Save the action")


def fill_in(auditor: Visitor, *, grades: str = "Good") -> None:
    """From the first section through every other, to the page that shows the answers."""
    for section in SECTIONS:
        assert auditor.heading == section
        answer(auditor, section)
        grade(auditor, section, grades)
        auditor.press("Save and continue")
    assert auditor.heading == LAST_SECTION
    auditor.fill("Significant issues and strengths", "The worker knows this child well and keeps everybody together.")
    add_action(auditor)
    auditor.choose("Overall grade", grades)
    auditor.press("Save and check answers")
    assert auditor.heading == "Check your answers"
