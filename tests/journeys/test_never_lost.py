"""What somebody types is never lost: in a browser whose connection, session or page goes, and in two at once."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.factories import PASSWORD
from tests.journeys.conftest import NewVisitor
from tests.journeys.program import Program
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser

QUESTION = "Does the assessment consider the child’s developmental needs?"
SESSION = "**/session/"
AUTOSAVE = "**/autosave/"


@pytest.fixture
def reference(program: Program) -> str:
    return json.loads(program.module("tests.journeys.authority", "one_audit"))["reference"]


@pytest.fixture
def person(program: Program, reference: str, visitors: NewVisitor) -> Callable[..., Visitor]:
    def sign_in(local: str = "auditor", *, scripts: bool = True) -> Visitor:
        return visitors(program, f"{local}@authority.example", PASSWORD, scripts=scripts)

    return sign_in


@pytest.fixture
def section(reference: str) -> str:
    return f"/audits/{reference}/section/assessment/"


def comments(page: Page) -> Locator:
    return page.get_by_label("Comments", exact=True)


def status(page: Page) -> Locator:
    return page.locator("[data-save-status]")


def end_sessions(program: Program, seconds: int = -1) -> None:
    program.module("tests.journeys.authority", "sessions_end_in", str(seconds))


def kept_in_browser(page: Page) -> str:
    """Everything that a page can leave behind in a browser, and the addresses it went to."""
    return page.evaluate(
        """async () => JSON.stringify([
            { ...localStorage }, { ...sessionStorage }, document.cookie, location.href,
            (await indexedDB.databases()).length, await caches.keys(),
            performance.getEntriesByType("resource").map((entry) => entry.name),
        ])"""
    )


def another_tab(visitor: Visitor) -> Visitor:
    other = Visitor(visitor.context, visitor.context.new_page(), visitor.address)
    other.watch(other.page)
    return other


# The page is left


@pytest.mark.parametrize("how", ["link", "reload", "closed", "another address"])
def test_a_page_that_is_left_right_after_a_keystroke_has_saved_it(person, section, how):
    auditor = person()
    auditor.go(section)
    comments(auditor.page).press_sequentially("Seen at home. Calm.")
    page = auditor.page
    if how == "link":
        page.get_by_role("link", name="Case Audit").first.click()
        page.wait_for_url("**/")
    elif how == "reload":
        page.reload()
    elif how == "another address":
        page.goto("/messages/")
    else:
        page.close(run_before_unload=True)
        page = auditor.context.new_page()
    page.wait_for_timeout(300)
    page.goto(section)
    expect(comments(page)).to_have_value("Seen at home. Calm.")


def test_going_back_right_after_a_keystroke_has_saved_it(person, section):
    auditor = person()
    auditor.go(section)
    comments(auditor.page).press_sequentially("Seen at school.")
    auditor.page.go_back()
    auditor.page.wait_for_timeout(300)
    auditor.page.goto(section)
    expect(comments(auditor.page)).to_have_value("Seen at school.")


def test_what_is_typed_while_a_save_is_under_way_follows_it_and_meets_no_conflict(person, section):
    auditor = person()
    auditor.go(section)
    slow = {"first": True}

    def answer_is_lost(route):
        """The server saves; its answer never comes."""
        if slow.pop("first", False):
            route.fetch()
            route.abort()
        else:
            route.continue_()

    auditor.page.route(AUTOSAVE, answer_is_lost)
    comments(auditor.page).press_sequentially("Seen at home.")
    expect(status(auditor.page)).to_contain_text("Not saved")
    comments(auditor.page).press_sequentially(" Calm.")
    expect(status(auditor.page)).to_contain_text("Saved at")
    auditor.complaints.clear()  # the browser reports the lost answer
    auditor.page.reload()
    expect(comments(auditor.page)).to_have_value("Seen at home. Calm.")


def test_a_press_of_save_right_after_a_keystroke_saves_and_goes_on_once(person, section, program):
    auditor = person()
    auditor.go(section)
    comments(auditor.page).press_sequentially("Seen at home.")
    auditor.page.get_by_role("button", name="Save and come back later").dblclick()
    auditor.page.wait_for_url("**/audits/*/")
    auditor.go(section)
    expect(comments(auditor.page)).to_have_value("Seen at home.")


# The connection


def test_without_a_connection_the_page_says_so_keeps_trying_and_saves_when_it_is_back(person, section):
    auditor = person()
    auditor.go(section)
    page = auditor.page
    auditor.context.set_offline(True)
    expect(status(page)).to_contain_text("No connection")
    comments(page).press_sequentially("Typed in a lift.")
    page.get_by_role("button", name="Save and come back later").click()
    expect(status(page)).to_contain_text("Not saved: no connection")
    assert page.url.endswith(section)
    comments(page).press_sequentially(" Then the doors opened.")
    auditor.context.set_offline(False)
    expect(status(page)).to_contain_text("Saved at")
    auditor.complaints.clear()  # the browser reports the lost connection
    page.reload()
    expect(comments(page)).to_have_value("Typed in a lift. Then the doors opened.")


def test_a_form_that_does_not_save_by_itself_stays_where_it_is_without_a_connection(person, reference):
    auditor = person()
    auditor.go(f"/audits/{reference}/feedback/")
    said = auditor.page.get_by_label("What was said?")
    said.fill("She listens to me.")
    auditor.context.set_offline(True)
    auditor.page.get_by_role("button", name="Save the feedback").click()
    expect(auditor.page.get_by_role("alert").filter(has_text="Not sent: no connection")).to_be_visible()
    expect(said).to_have_value("She listens to me.")
    auditor.context.set_offline(False)
    expect(auditor.page.get_by_text("Not sent")).to_be_hidden()
    auditor.complaints.clear()  # the browser reports the lost connection


def test_a_server_in_trouble_is_asked_again_until_it_answers(person, section):
    auditor = person()
    auditor.go(section)
    page = auditor.page
    page.route(AUTOSAVE, lambda route: route.fulfill(status=502, body="Bad gateway"))
    comments(page).press_sequentially("Seen at home.")
    expect(status(page)).to_contain_text("Not saved: the service does not answer")
    page.unroute(AUTOSAVE)
    expect(status(page)).to_contain_text("Saved at")
    auditor.check()


def test_the_browser_asks_before_it_closes_a_page_with_something_unsaved_and_only_then(person, section):
    auditor = person()
    auditor.go(section)
    page, asked = auditor.page, []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    comments(page).press_sequentially("Saved.")
    expect(status(page)).to_contain_text("Saved at")
    page.goto(section)
    assert asked == []
    page.route(AUTOSAVE, lambda route: route.abort())
    comments(page).press_sequentially("Unsaved.")
    expect(status(page)).to_contain_text("Not saved")
    page.goto(section)
    assert asked == ["beforeunload"]
    auditor.complaints.clear()  # the browser reports the lost connection


# The session


def test_two_minutes_before_the_end_the_page_asks_whether_anybody_is_there(person, section, program):
    auditor = person()
    page = auditor.page
    page.clock.install()
    auditor.go(section)
    comments(page).focus()
    end_sessions(program, 110)
    page.clock.fast_forward("58:10")
    dialog = page.get_by_role("alertdialog", name="Are you still there?")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("1 minute")
    expect(dialog.get_by_role("button", name="Stay signed in")).to_be_focused()
    auditor.check()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(comments(page)).to_be_focused()
    end_sessions(program, 3600)  # another tab keeps it alive
    page.clock.fast_forward("59:00")
    page.wait_for_timeout(500)
    expect(dialog).to_be_hidden()


def test_signing_out_from_the_question_saves_first(person, section, program):
    auditor = person()
    auditor.go(section)
    page = auditor.page
    end_sessions(program, 100)
    page.route(AUTOSAVE, lambda route: None)  # held back, so that typing does not keep the session alive
    comments(page).press_sequentially("Seen at home.")
    page.unroute(AUTOSAVE)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.get_by_role("alertdialog").get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/**")
    auditor.sign_in("auditor@authority.example", PASSWORD)
    auditor.go(section)
    expect(comments(page)).to_have_value("Seen at home.")


def test_after_the_end_one_signs_in_inside_the_page_and_carries_on(person, section, program):
    auditor = person()
    auditor.go(section)
    page = auditor.page
    comments(page).press_sequentially("Seen at home.")
    expect(status(page)).to_contain_text("Saved at")
    end_sessions(program)
    comments(page).press_sequentially(" She was calm.")
    dialog = page.get_by_role("dialog", name="Sign in again to carry on")
    expect(dialog).to_be_visible()
    auditor.check()
    password = dialog.get_by_label("Password")
    expect(password).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_visible()
    password.fill("not this one")
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog).to_contain_text("The e-mail address or the password is not right")
    password.fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(comments(page)).to_be_focused()
    expect(status(page)).to_contain_text("Saved at")
    expect(comments(page)).to_have_value("Seen at home. She was calm.")
    comments(page).press_sequentially(" And hungry.")
    auditor.press("Save and come back later")
    auditor.go(section)
    expect(comments(page)).to_have_value("Seen at home. She was calm. And hungry.")
    assert "calm" not in kept_in_browser(page)


def test_signing_in_in_another_tab_brings_the_page_back_too(person, section, program):
    auditor = person()
    auditor.go(section)
    page = auditor.page
    end_sessions(program)
    comments(page).press_sequentially("Seen at home.")
    dialog = page.get_by_role("dialog", name="Sign in again to carry on")
    with auditor.context.expect_page() as opened:
        dialog.get_by_role("link", name="Sign in another way").click()
    Visitor(auditor.context, opened.value, auditor.address).sign_in("auditor@authority.example", PASSWORD)
    expect(dialog).to_be_hidden()
    expect(status(page)).to_contain_text("Saved at")


def test_what_one_person_typed_is_neither_saved_nor_shown_when_another_signs_in(person, section, program):
    auditor = person()
    auditor.go(section)
    page = auditor.page
    end_sessions(program)
    comments(page).press_sequentially("Typed by the auditor.")
    dialog = page.get_by_role("dialog", name="Sign in again to carry on")
    expect(dialog).to_be_visible()
    other = another_tab(auditor)
    other.sign_in("worker@authority.example", PASSWORD)
    expect(page.locator("dialog[open]")).to_contain_text("Somebody else is signed in")
    other.page.get_by_role("button", name="Sign out").click()
    expect(dialog).to_be_visible()
    dialog.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(status(page)).to_contain_text("Saved at")
    expect(comments(page)).to_have_value("Typed by the auditor.")


# Two tabs


def test_two_tabs_meet_and_the_person_chooses_difference_by_difference(person, section):
    auditor = person()
    auditor.go(section)
    stale = another_tab(auditor)
    stale.go(section)
    comments(auditor.page).press_sequentially("From the first tab.")
    auditor.choose(QUESTION, "No")
    auditor.press("Save and come back later")

    comments(stale.page).press_sequentially("From the second tab.")
    conflict = stale.page.get_by_role("alert").filter(has_text="was changed in another tab")
    expect(conflict).to_be_visible()
    expect(status(stale.page)).to_contain_text("Not saved: this was changed somewhere else")
    stale.check()
    expect(conflict).to_contain_text("From the first tab.")
    expect(comments(stale.page)).to_have_value("From the second tab.")
    # What nobody answered here gives way; what was typed here stays.
    expect(stale.group(QUESTION).get_by_label("No", exact=True).first).to_be_checked()
    text = conflict.get_by_role("group", name="Comments")
    text.get_by_label("Saved in the meantime").check()
    expect(comments(stale.page)).to_have_value("From the first tab.")
    text.get_by_label("Yours").check()
    expect(comments(stale.page)).to_have_value("From the second tab.")
    comments(stale.page).press_sequentially(" And more.")
    stale.page.get_by_role("button", name="Save and continue").click()  # not past the choice
    expect(conflict).to_be_focused()
    conflict.get_by_role("button", name="Save what I chose").click()
    expect(status(stale.page)).to_contain_text("Saved at")
    expect(conflict).to_be_hidden()
    stale.page.reload()
    expect(comments(stale.page)).to_have_value("From the second tab. And more.")
    expect(stale.group(QUESTION).get_by_label("No", exact=True).first).to_be_checked()


def test_worker_and_auditor_write_the_reflection_at_once(person, reference):
    worker, auditor = person("worker"), person("auditor")
    for one in (worker, auditor):
        one.go(f"/audits/{reference}/reflection/")
    well = "What do you think you have done well on this case?"
    hard = "What have been the challenges in this case?"
    worker.page.get_by_label(well).press_sequentially("I kept visiting.")
    expect(status(worker.page)).to_contain_text("Saved at")
    auditor.page.get_by_label(hard).press_sequentially("Three moves in a year.")
    conflict = auditor.page.get_by_role("alert").filter(has_text="by somebody else")
    expect(conflict).to_contain_text("I kept visiting.")
    expect(auditor.page.get_by_label(well)).to_have_value("I kept visiting.")
    conflict.get_by_role("button", name="Save what I chose").click()
    expect(status(auditor.page)).to_contain_text("Saved at")
    auditor.page.reload()
    expect(auditor.page.get_by_label(well)).to_have_value("I kept visiting.")
    expect(auditor.page.get_by_label(hard)).to_have_value("Three moves in a year.")


# Without JavaScript


def test_without_javascript_two_tabs_meet_and_the_person_chooses(person, section):
    auditor = person(scripts=False)
    auditor.go(section)
    stale = Visitor(auditor.context, auditor.context.new_page(), auditor.address, scripts=False)
    stale.go(section)
    comments(auditor.page).fill("From the first tab.")
    auditor.choose(QUESTION, "No")
    auditor.press("Save and come back later")
    comments(stale.page).fill("From the second tab.")
    stale.choose(QUESTION, "Yes")
    stale.press("Save and come back later")
    assert "From the first tab." in stale.text
    expect(comments(stale.page)).to_have_value("From the second tab.")
    stale.page.locator("#conflict").get_by_role("group").first.get_by_label("Saved in the meantime").check()
    stale.press("Save and come back later")
    stale.go(section)
    expect(comments(stale.page)).to_have_value("From the second tab.")
    expect(stale.group(QUESTION).get_by_label("No", exact=True).first).to_be_checked()


def test_without_javascript_what_is_sent_after_the_end_comes_back_to_be_sent_again(person, section, program):
    auditor = person(scripts=False)
    auditor.go(section)
    end_sessions(program)
    comments(auditor.page).fill("Seen at home, with her aunt.")
    auditor.press("Save and come back later")
    assert auditor.heading == "You are signed out, so this was not saved"
    assert "Seen at home, with her aunt." in auditor.text
    with auditor.context.expect_page() as opened:
        auditor.main.get_by_role("link", name="Sign in").click()
    Visitor(auditor.context, opened.value, auditor.address, scripts=False).sign_in(
        "auditor@authority.example", PASSWORD
    )
    auditor.press("Send it again")
    if auditor.heading.startswith("You signed in again"):
        auditor.press("Send it again")
    auditor.go(section)
    expect(comments(auditor.page)).to_have_value("Seen at home, with her aunt.")
