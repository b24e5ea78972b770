"""A concern raised in the middle of a section: one press, what was typed stays, somebody takes it on; without scripts
too."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.factories import PASSWORD
from tests.journeys.conftest import NewVisitor
from tests.journeys.program import Program
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser
PRESS = "Raise a safeguarding concern now (opens in a new tab)"
TYPED = "Seen at school with two bruises on the arm."


def section_of(program: Program) -> str:
    reference = json.loads(program.module("tests.journeys.authority", "one_audit"))["reference"]
    return f"/audits/{reference}/section/assessment/"


def pressed(auditor: Visitor) -> Page:
    """The tab that the press opens."""
    with auditor.context.expect_page() as opened:
        auditor.page.get_by_role("button", name=PRESS).click()
    page = opened.value
    expect(page.get_by_role("heading", name="Immediate safeguarding concern")).to_be_visible()
    return page


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_press_in_the_middle_of_a_section_raises_a_concern_and_keeps_what_was_typed(
    program: Program, visitors: NewVisitor, scripts: bool
) -> None:
    section = section_of(program)
    auditor = visitors(program, "auditor@authority.example", PASSWORD, scripts=scripts)
    auditor.go(section)
    comments = auditor.page.get_by_label("Comments", exact=True)
    comments.fill(TYPED)

    tab = pressed(auditor)
    expect(tab.get_by_role("heading", name="Phone now")).to_be_visible()
    auditor.page.wait_for_timeout(1100)  # within a second a second press of a button is not even sent
    assert pressed(auditor).url == tab.url  # pressed twice: one concern
    expect(comments).to_have_value(TYPED)
    if not scripts:
        auditor.page.get_by_role("button", name="Save and come back later").click()
    else:
        expect(auditor.page.locator("[data-save-status]")).to_contain_text("Saved at")
    auditor.go(section)
    expect(comments).to_have_value(TYPED)

    tab.bring_to_front()
    tab.get_by_label("Somebody else", exact=True).check()
    tab.get_by_label("Their name", exact=True).fill("The duty manager")
    tab.get_by_label("What did you agree?", exact=True).fill("A visit within the hour")
    tab.get_by_role("button", name="Save the call").click()
    expect(tab.locator("#history + .app-history")).to_contain_text("Spoke by phone: The duty manager")

    qa = visitors(program, "qa@authority.example", PASSWORD, scripts=scripts)
    qa.go("/")
    qa.page.get_by_role("link", name="Immediate safeguarding concern SC-").click()
    qa.press("I have this and I am acting on it")
    expect(qa.page.get_by_text("It goes no further up by itself")).to_be_visible()


def test_enter_in_a_field_never_raises_a_concern(program: Program, visitors: NewVisitor) -> None:
    section = section_of(program)
    auditor = visitors(program, "auditor@authority.example", PASSWORD)
    auditor.go(section)
    auditor.page.get_by_label("Day", exact=True).first.press("Enter")
    auditor.page.wait_for_load_state("networkidle")
    assert len(auditor.context.pages) == 1
    auditor.go("/concerns/")
    expect(auditor.page.get_by_text("There are none")).to_be_visible()


def test_the_press_stays_in_sight_and_hides_nothing_that_has_the_focus(program: Program, visitors: NewVisitor) -> None:
    section = section_of(program)
    auditor = visitors(program, "auditor@authority.example", PASSWORD)
    auditor.go(section)
    page = auditor.page
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    press = page.get_by_role("button", name=PRESS)
    expect(press).to_be_in_viewport()
    page.locator("[name=comment]").focus()
    for _ in range(25):
        page.keyboard.press("Shift+Tab")
        hidden = page.evaluate(
            """() => {
                const bar = document.querySelector('.app-concern-press');
                const element = document.activeElement;
                if (bar.contains(element) || !document.querySelector('main').contains(element)) return '';
                return element.getBoundingClientRect().bottom <= bar.getBoundingClientRect().bottom
                    ? element.outerHTML : '';
            }"""
        )
        assert hidden == ""
