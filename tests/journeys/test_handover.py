"""Work that goes to other hands, in a real browser: somebody is away, somebody knows the family, somebody complains."""

import json
from collections.abc import Callable

import pytest

from tests.factories import PASSWORD
from tests.journeys.program import Program
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser


@pytest.fixture
def audit(program: Program) -> dict[str, str]:
    """The one audit there is: its reference, and the number of its case."""
    return json.loads(program.module("tests.journeys.authority", "one_audit"))


@pytest.fixture
def person(program: Program, audit: dict[str, str], visitors: Callable[..., Visitor]) -> Callable[..., Visitor]:
    def sign_in(local: str, *, scripts: bool = True) -> Visitor:
        return visitors(program, f"{local}@authority.example", PASSWORD, scripts=scripts)

    return sign_in


def test_the_open_work_of_somebody_who_leaves_is_given_to_others_and_nothing_is_left_behind(person, audit):
    qa = person("qa")
    qa.go("/people/?search=auditor")
    qa.follow("Auditor")
    qa.press("Change")
    qa.page.get_by_label("Works here and can sign in").uncheck()
    qa.press("Save")
    assert "Auditor holds 1 audit" in qa.text
    qa.go("/")
    qa.follow("Open work of people who have left or are away")
    qa.follow("Hand over the open work of Auditor")
    qa.press("Hand over what is ticked")
    assert "Enter why others do it" in qa.text
    qa.fill("Why do others do it?", "The auditor has left")
    qa.press("Hand over what is ticked")
    assert "holds no open audit" in qa.text
    other = person("other.auditor")
    assert f"Audit {audit['reference']}" in other.text


def test_whoever_knows_the_family_says_so_and_somebody_else_gets_the_audit(person, audit):
    auditor, qa = person("auditor"), person("qa")
    auditor.go("/conflicts/")
    auditor.fill("Case number", audit["case"])
    auditor.fill("Reason", "I chaired a conference")
    auditor.press("Declare it")
    assert "You are at work on one of these cases now" in auditor.text
    qa.go("/")
    qa.follow(f"Give audit {audit['reference']} to another auditor")
    qa.group("Who audits it?").get_by_label("Let the program choose").check()
    qa.fill("Why does somebody else do it?", "A conflict of interest")
    qa.press("Give it to them")
    assert "Other Auditor audits" in qa.text
    assert auditor.page.goto(f"/audits/{audit['reference']}/").status == 404
    other = person("other.auditor")
    other.follow(f"Audit {audit['reference']}")
    qa.go("/")
    assert f"Give audit {audit['reference']}" not in qa.text


def test_an_audit_of_a_named_case_is_commissioned_and_taken_back_without_javascript(person, audit):
    qa = person("qa", scripts=False)
    qa.go("/audits/")
    qa.press("Commission an audit")
    qa.fill("Case number", audit["case"])
    qa.fill("Why is this case audited?", "A complaint")
    qa.press("Continue")
    assert "This case is being audited already" in qa.text
    qa.fill("Case number", audit["other_case"])
    qa.press("Continue")
    assert qa.heading == "Who audits the case?"
    qa.press("Commission the audit")
    assert "is commissioned" in qa.text
    assert "A complaint" in qa.text
    qa.press("Take this audit back")
    qa.fill("Why is it taken back?", "It was settled")
    qa.press("Take this audit back")
    assert "does not have to be done any more" in qa.text
