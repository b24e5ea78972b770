"""What an auditor types survives a lost connection and a session that ended, without a word kept in the browser."""

import json

import pytest
from playwright.sync_api import expect

from tests.factories import PASSWORD
from tests.journeys.conftest import NewVisitor
from tests.journeys.program import Program

pytestmark = pytest.mark.browser
QUESTION = "Does the assessment consider the child’s developmental needs?"


def test_an_auditor_goes_on_typing_after_a_lost_connection_and_after_signing_in_again(
    program: Program, visitors: NewVisitor
) -> None:
    reference = json.loads(program.module("tests.journeys.authority", "one_audit"))["reference"]
    auditor = visitors(program, "auditor@authority.example", PASSWORD)
    section = f"/audits/{reference}/section/assessment/"
    auditor.go(section)
    page, status = auditor.page, auditor.page.locator("[data-save-status]")
    comments = page.get_by_label("Comments", exact=True)

    comments.press_sequentially("Seen at school.")
    expect(status).to_contain_text("Saved at")

    page.route("**/autosave/", lambda route: route.abort())
    comments.press_sequentially(" Calm.")
    auditor.choose(QUESTION, "Yes")
    expect(status).to_contain_text("Not saved. Check your connection")
    page.unroute("**/autosave/")
    auditor.complaints.clear()  # htmx reports the lost connection, as it should

    auditor.context.clear_cookies(name="sessionid")
    auditor.choose(QUESTION, "No")
    expect(status).to_contain_text("you are signed out")
    expect(comments).to_have_value("Seen at school. Calm.")

    with auditor.context.expect_page() as opened:
        status.get_by_role("link").click()
    second = opened.value
    second.get_by_label("E-mail address").fill("auditor@authority.example")
    second.get_by_label("Password", exact=True).fill(PASSWORD)
    second.get_by_role("button", name="Sign in", exact=True).click()
    expect(second.get_by_role("heading", name="Your work")).to_be_visible()
    second.close()

    auditor.choose(QUESTION, "Yes")
    expect(status).to_contain_text("Saved at")
    auditor.go(section)
    expect(comments).to_have_value("Seen at school. Calm.")
    kept = page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])")
    assert "Calm" not in kept
