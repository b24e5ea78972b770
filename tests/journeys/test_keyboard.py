"""A whole section from the keyboard alone: the mouse is never touched, and the focus is never hidden."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.factories import PASSWORD
from tests.journeys.conftest import NewVisitor
from tests.journeys.program import Program
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser

FOCUSED = """() => {
  const element = document.activeElement;
  const isRadio = element.type === "radio";
  const area = (isRadio ? element.labels[0] : element).getBoundingClientRect();
  const bars = [...document.querySelectorAll(".app-sticky-actions, .app-concern-press")];
  const behind = (bar) => {
    const { top, bottom, left, right } = bar.getBoundingClientRect();
    const beside = area.right <= left || area.left >= right;
    const hidden = Math.min(area.bottom, bottom) - Math.max(area.top, top);
    return !bar.contains(element) && !beside && hidden > area.height / 4;
  };
  const style = getComputedStyle(isRadio ? element.labels[0] : element, isRadio ? "::before" : null);
  return {
    tag: element.tagName, type: element.type ?? "", name: element.name ?? "", text: element.textContent.trim(),
    value: element.value ?? "", id: element.id, checked: Boolean(element.checked),
    judgement: Boolean(element.closest("[data-yes-no-na]")),
    visible: area.top >= 0 && area.bottom <= innerHeight,
    covered: bars.some(behind),
    marked: style.outlineStyle !== "none" || style.boxShadow !== "none" || style.borderTopWidth > "2px",
  };
}"""


def focus(page: Page) -> dict:
    """What has the focus, and whether a person can see it."""
    return page.evaluate(FOCUSED)


def tab(page: Page, key: str = "Tab") -> dict:
    page.keyboard.press(key)
    found = focus(page)
    assert found["visible"], f"out of the window: {found}"
    assert not found["covered"], f"behind the bar: {found}"
    assert found["marked"], f"without a mark: {found}"
    return found


def tab_to(page: Page, **wanted: str) -> dict:
    """Press Tab until what is wanted has the focus."""
    for _ in range(60):
        found = tab(page)
        if all(found[key] == value for key, value in wanted.items()):
            return found
    raise AssertionError(f"Tab never comes to {wanted}")


@pytest.fixture
def reference(program: Program) -> str:
    return json.loads(program.module("tests.journeys.authority", "one_audit"))["reference"]


@pytest.fixture
def auditor(program: Program, reference: str, visitors: NewVisitor) -> Visitor:
    return visitors(program, "auditor@authority.example", PASSWORD)


def test_the_first_press_of_tab_offers_to_skip_to_the_content(auditor, reference):
    auditor.go(f"/audits/{reference}/section/assessment/")
    assert tab(auditor.page)["text"] == "Skip to main content"
    auditor.page.keyboard.press("Enter")
    first = tab(auditor.page)
    assert first["tag"] in ("A", "SUMMARY"), first
    assert auditor.page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_a_section_is_filled_in_saved_and_left_without_the_mouse(auditor, reference):
    page, keys = auditor.page, auditor.page.keyboard
    auditor.go(f"/audits/{reference}/section/assessment/#questions")
    assessed_on = timezone.localdate() - timedelta(days=60)
    date_parts = iter([str(assessed_on.day), str(assessed_on.month), str(assessed_on.year)])
    questions = set()

    found = tab(page)
    while found["name"] != "comment":
        if found["judgement"]:
            keys.press("y")
            assert focus(page)["checked"]
            assert focus(page)["value"] == "yes"
            questions.add(found["name"])
        elif found["type"] == "radio":
            keys.press("Space")
        else:
            keys.type(next(date_parts))
        found = tab(page)
    assert len(questions) == 14, "every judgement of the section was come by"

    keys.type("Any day in May: yes, seen at home and at school, alone.")
    expect(page.locator("#id_comment")).to_have_value("Any day in May: yes, seen at home and at school, alone.")
    expect(page.locator("#ceiling")).to_have_text("")  # every judgement is met: the server has said so
    tab_to(page, name="grade")
    keys.press("ArrowDown")
    assert focus(page)["value"] == "good"
    with page.expect_navigation(wait_until="load"):
        keys.press("Control+Enter")
    auditor.check()
    assert auditor.heading == "Planning"
    assert tab(page)["name"].startswith("planning."), "the focus stands before the first question"


def test_the_focus_is_in_sight_on_the_way_back_too(auditor, reference):
    page = auditor.page
    auditor.go(f"/audits/{reference}/section/intervention/#questions")
    tab_to(page, tag="BUTTON", text="Save and continue")
    names = {tab(page, "Shift+Tab")["name"] for _ in range(16)}
    assert {"grade", "comment", "intervention.child_seen", "intervention.child_voice"} <= names


def test_the_letters_answer_only_where_the_focus_is_and_na_leads_on_to_its_reasons(auditor, reference):
    page, keys = auditor.page, auditor.page.keyboard
    auditor.go(f"/audits/{reference}/section/intervention/#questions")
    keys.press("n")
    assert page.locator("#questions input:checked").count() == 0, "nothing has the focus: nothing is answered"
    tab_to(page, name="intervention.child_seen_alone")
    keys.press("n")
    note = page.locator("[id='id_intervention.child_seen_alone-note']")
    expect(note).to_contain_text("Good and Outstanding are not available while this is answered No.")
    keys.press("a")
    assert focus(page)["value"] == "na"
    expect(note).to_contain_text("is answered NA without an accepted reason")
    assert tab(page)["name"] == "intervention.child_seen_alone.reason"
    keys.press("ArrowDown")
    expect(note).to_have_text("")
    keys.press("a")
    assert focus(page)["value"] != "na", "a letter chooses in a group of Yes, No and NA alone"
    assert page.locator("#questions input:checked").count() == 2


def test_what_is_missing_takes_the_focus_and_leads_to_its_place(auditor, reference):
    page, keys = auditor.page, auditor.page.keyboard
    auditor.go(f"/audits/{reference}/section/planning/#questions")
    tab(page)
    with page.expect_navigation(wait_until="load"):
        keys.press("Control+Enter")
    auditor.check()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    assert tab(page)["text"].startswith("Select Yes, No or NA")
    keys.press("Enter")
    assert focus(page)["judgement"], "the link in the summary leads into the question"


def test_an_action_is_advised_on_while_it_is_typed(auditor, reference):
    page, keys = auditor.page, auditor.page.keyboard
    auditor.go(f"/audits/{reference}/actions/add/")
    panel = page.locator("[data-advice]")
    tab_to(page, name="text")
    keys.type("Monitor the situation.")
    expect(panel).to_contain_text("Beside “monitor”, say what somebody does")
    keys.press("Control+A")
    keys.type("Visit her at home each week.")
    expect(panel).not_to_contain_text("Beside “monitor”")
    expect(panel).to_contain_text("what will be different for the child")
    auditor.check()
