"""Stage 1 in a real browser: with limiting judgements, without JavaScript, by the wrong person."""

import json
from collections.abc import Callable

import pytest

from tests.factories import PASSWORD
from tests.journeys import stage1
from tests.journeys.program import Program
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser


@pytest.fixture
def reference(program: Program) -> str:
    """The one audit there is; its auditor has not begun it."""
    return json.loads(program.module("tests.journeys.authority", "one_audit"))["reference"]


@pytest.fixture
def person(program: Program, reference: str, visitors: Callable[..., Visitor]) -> Callable[..., Visitor]:
    """Signs a person of that authority in, by the first part of their address."""

    def sign_in(local: str, *, scripts: bool = True) -> Visitor:
        return visitors(program, f"{local}@authority.example", PASSWORD, scripts=scripts)

    return sign_in


def test_a_limiting_judgement_refuses_good_at_once_and_gives_it_back(person):
    auditor = person("auditor")
    stage1.open_audit(auditor)
    auditor.follow("Assessment")
    stage1.answer(auditor, "Assessment")
    auditor.choose("Was the child seen?", "No")
    told = auditor.page.locator("#ceiling")
    told.get_by_text("‘Child seen’ is answered No").wait_for()
    good = auditor.group("Grade for Assessment").get_by_label("Good", exact=True)
    assert good.is_disabled()
    assert auditor.group("Grade for Assessment").get_by_label("Requires improvement", exact=True).is_enabled()
    auditor.check()
    auditor.choose("Was the child seen?", "Yes")
    told.get_by_text("‘Child seen’ is answered No").wait_for(state="detached")
    with auditor.page.expect_response("**/autosave/"):
        good.check()
    auditor.page.get_by_text("Saved at").wait_for()
    auditor.go("/")
    stage1.open_audit(auditor)
    auditor.follow("Assessment")
    assert good.is_checked(), "what was chosen was saved without a press of a button"


def test_stage_1_can_be_completed_without_javascript(person):
    auditor = person("auditor", scripts=False)
    reference = stage1.open_audit(auditor)
    stage1.prepare(auditor)
    stage1.answer(auditor, "Assessment")
    auditor.choose("Was the child seen?", "No")
    stage1.grade(auditor, "Assessment", "Good")
    auditor.press("Save and continue")
    summary = auditor.page.locator(".govuk-error-summary").inner_text()
    assert "Good is not available because ‘Child seen’ is answered No" in summary
    stage1.fill_in(auditor)
    auditor.press("Submit the audit")
    assert auditor.path == f"/audits/{reference}/view/"
    assert stage1.ACTION in auditor.text


def test_pressing_submit_twice_submits_once(person, program):
    auditor = person("auditor")
    reference = stage1.open_audit(auditor)
    stage1.prepare(auditor)
    stage1.fill_in(auditor)
    auditor.page.get_by_role("button", name="Submit the audit").dblclick()
    auditor.page.wait_for_url(f"**/audits/{reference}/view/")
    auditor.check()
    printed = program.module("tests.journeys.authority", "submissions")
    assert json.loads(printed) == {"submitted": 1}


def test_an_audit_cannot_be_submitted_with_something_missing(person):
    auditor = person("auditor")
    reference = stage1.open_audit(auditor)
    auditor.go(f"/audits/{reference}/check/")
    auditor.press("Submit the audit")
    assert "cannot be submitted yet" in auditor.page.locator(".govuk-error-summary").inner_text()
    assert auditor.page.title().startswith("Error: ")


WHO_SEES_WHAT = {
    "auditor": {"": 200, "section/assessment/": 200, "check/": 200},
    "worker": {"": 200, "section/assessment/": 403},
    "qa": {"": 200, "section/assessment/": 403},
    "other.auditor": {"": 404, "section/assessment/": 404, "check/": 404, "reflection/": 404},
    "practice.manager": {"": 404},
    "moderator": {"": 404},
    "director": {"": 404},
}


def test_an_audit_that_is_not_submitted_exists_only_for_those_it_concerns(person, reference):
    for local, pages in WHO_SEES_WHAT.items():
        visitor = person(local)
        for page, status in pages.items():
            visitor.go(f"/audits/{reference}/{page}", expect=status)
