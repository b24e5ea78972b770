"""An audit tool of sixteen practice categories, made in the browser from nothing: published, in use, audited with, and
counted in the report."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.utils import timezone

from audits.enums import Grade
from audits.rules.deadlines import add_months
from audits.rules.form_definition import FormDefinition, Question, Section
from audits.services.forms import read_tool
from tests.factories import PASSWORD
from tests.journeys import stage1
from tests.journeys.program import Program
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser

# What is typed is read from the example, so that the test need not say it again. Nothing of it is copied.
CATEGORIES = FormDefinition.from_dict(read_tool("practice_categories.json"))
TITLE = "Sixteen practice categories"
MONTH: date = add_months(timezone.localdate(), 2)
LIMIT = "Yes: at most Requires improvement while it is not met"


def test_a_tool_made_from_nothing_is_audited_with_and_reported(
    program: Program, visitors: Callable[..., Visitor]
) -> None:
    program.module("tests.journeys.six_teams")
    qa = visitors(program, "qa@authority.example", PASSWORD)
    build_the_tool(qa)
    preview_a_section(qa)
    publish_it_to_be_in_use(qa)
    # From here on other journeys look at every page; what this tool makes of them is what counts.
    qa.looks = False
    draw_and_publish_the_month(qa)
    program.do_what_is_due()

    auditor = visitors(program, "orchard.auditor@authority.example", PASSWORD)
    audit_with_it(auditor)
    program.do_what_is_due()
    read_its_sections_in_the_report(qa)


# The tool


def build_the_tool(qa: Visitor) -> None:
    qa.go("/")
    qa.go_by(qa.page.get_by_role("navigation").get_by_role("link", name="Audit tools", exact=True))
    qa.press("Start a draft")
    qa.choose("What do you start from?", "An empty audit tool")
    qa.fill("Title", TITLE)
    qa.press("Start the draft")
    assert "There is no section yet" in qa.text
    first, *others = CATEGORIES.sections
    qa.press("Add a section")
    describe(qa, first)
    qa.press("Save the section")
    assert qa.heading == first.name
    qa.press("Add a question")
    ask(qa, first.questions[0])
    qa.press("Save the question")
    assert first.questions[0].text in qa.text
    qa.follow("Add another section")
    # Each kind of page has been looked at; the others are made of the same.
    qa.looks = False
    for section in others:
        add(qa, section)
    qa.looks = True
    assert qa.heading == others[-1].name
    qa.go_by(qa.page.get_by_role("link", name=f"{TITLE}, version 1", exact=True))
    assert all(section.name in qa.text for section in CATEGORIES.sections)
    assert "Before it can be published" not in qa.text


def add(qa: Visitor, section: Section) -> None:
    """A section with its questions, and the page for the next one; after the last section its own page."""
    describe(qa, section)
    if not section.questions:
        qa.press("Save the section")
        return
    qa.press("Save and add a question")
    *before, last = section.questions
    for question in before:
        ask(qa, question)
        qa.press("Save and add another")
    ask(qa, last)
    qa.press("Save and add a section")
    assert f"The question “{last.name}” is saved" in qa.text


def describe(qa: Visitor, section: Section) -> None:
    qa.fill("Name", section.name)
    qa.choose("Grade", "It holds the overall grade of the audit" if section.overall else "It has a grade of its own")
    qa.fill("Introduction", section.intro)
    qa.fill("How many minutes does it take?", str(section.minutes))
    qa.fill("What is the comment box called?", section.comment_label)
    if section.comment_required:
        qa.page.get_by_label("A comment must be written", exact=True).check()
    for descriptor in section.descriptors:
        qa.fill(f"{Grade(descriptor.grade).label}: in a sentence", descriptor.opening)


def ask(qa: Visitor, question: Question) -> None:
    qa.fill("Question", question.text)
    qa.fill("Short name", question.label)
    qa.fill("Guidance", question.guidance)
    qa.choose("How is it answered?", "Yes, No or NA")
    if question.limiting:
        qa.choose("Is it a limiting judgement?", LIMIT)
    if "yes" in question.comment_required_on:
        qa.choose("Which answers need detail in the comment?", "Yes")
    if len(question.na_reasons) > 3:
        qa.press("Add rows for reasons")
        assert qa.page.get_by_label("Question", exact=True).input_value() == question.text
    for number, reason in enumerate(question.na_reasons, 1):
        row = qa.group(f"Reason {number}")
        row.get_by_label("Reason", exact=True).fill(reason.label)
        row.get_by_label("Is written out", exact=True).set_checked(reason.written)


def preview_a_section(qa: Visitor) -> None:
    """The auditor's page, with everything that it says; nothing is kept."""
    qa.follow("Visiting")
    qa.press("Preview")
    assert "Nothing is saved" in qa.text
    qa.choose("Was the child seen?", "No")
    qa.press("Try it: what would be missing?")
    assert "Good is not available" in qa.text or "Good and Outstanding are not available" in qa.text
    qa.follow("Leave the preview")


def publish_it_to_be_in_use(qa: Visitor) -> None:
    qa.press("Check and publish")
    assert "it never changes" in qa.text
    qa.page.get_by_label("Use it for the cycles that are published from now on").check()
    qa.press("Publish")
    assert "In use" in qa.text
    assert "0 audits made with it" in qa.text


# The month, the audit, the report


def draw_and_publish_the_month(qa: Visitor) -> None:
    qa.go("/cycles/")
    qa.press("Plan a cycle")
    qa.page.get_by_label("Month", exact=True).select_option(f"{MONTH:%B %Y}")
    qa.press("Continue")
    assert f"{TITLE}, version 1" in qa.text
    qa.press("Draw")
    qa.press("Publish")
    qa.press("Publish and tell the auditors")
    assert qa.page.get_by_role("link", name=re.compile("^CA-")).count() == 6


def audit_with_it(auditor: Visitor) -> None:
    auditor.looks = False
    stage1.open_audit(auditor)
    assert CATEGORIES.sections[0].name in auditor.text
    stage1.prepare(auditor)
    *graded, overall = CATEGORIES.sections
    for number, section in enumerate(graded):
        assert auditor.heading == section.name
        for question in section.questions:
            auditor.choose(question.text, "Yes")
        auditor.fill(section.comment_label, "Seen at home and at school. The record says so.")
        stage1.grade(auditor, section.name, "Outstanding" if number == 0 else "Good")
        auditor.press("Save and continue")
    assert auditor.heading == overall.name
    auditor.looks = True
    auditor.check()
    auditor.looks = False
    auditor.fill(overall.comment_label, "The worker knows this child well.")
    stage1.add_action(auditor)
    auditor.choose("Overall grade", "Good")
    auditor.press("Save and check answers")
    auditor.press("Submit the audit")
    assert all(section.name in auditor.text for section in CATEGORIES.sections)


def read_its_sections_in_the_report(qa: Visitor) -> None:
    qa.go("/reports/")
    qa.press("Start a report")
    qa.page.get_by_label("Month", exact=True).select_option(f"{MONTH:%B %Y}")
    qa.press("Start the report")
    qa.looks = True
    qa.press("Preview")
    assert "Grades by section" in qa.text
    for section in CATEGORIES.graded_sections:
        assert section.name in qa.text


def test_a_question_with_options_is_made_without_scripts(program: Program, visitors: Callable[..., Visitor]) -> None:
    program.module("tests.journeys.six_teams")
    admin = visitors(program, "admin@authority.example", PASSWORD, scripts=False)
    admin.go("/tools/start/")
    admin.choose("What do you start from?", "The example “Re-referrals”")
    admin.press("Start the draft")
    admin.follow("Re-referrals")
    admin.press("Add a question")
    admin.fill("Question", "Who referred the child?")
    admin.choose("How is it answered?", "One of several options")
    admin.page.get_by_text("Only ask it after certain answers").click()
    admin.choose("Previous assessment abandoned", "No")
    admin.press("Save the question")
    assert "A choice needs at least two options" in admin.text
    for number, option in enumerate(("School", "Police", "Family"), 1):
        admin.group(f"Option {number}").get_by_label("Option", exact=True).fill(option)
    admin.press("Add rows for options")
    admin.group("Option 4").get_by_label("Option", exact=True).fill("Somebody else")
    admin.press("Save the question")
    assert "Options: School, Police, Family, Somebody else" in admin.text
    assert "where “Previous assessment abandoned” is answered No" in admin.text
    admin.go_by(admin.page.get_by_role("button", name=re.compile("Up.*Who referred the child")))
    admin.press("Undo the last change")
    admin.press("Undo the last change")
    admin.follow("Re-referrals")
    assert "Who referred the child?" not in admin.text
    admin.go_by(admin.page.get_by_role("link", name="Re-referrals, version 2", exact=True))
    admin.press("Check and publish")
    assert "it says the same, word for word" in admin.text
