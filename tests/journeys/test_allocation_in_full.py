"""A month's allocation and what becomes of it: the rule, the draw, and everybody for whom the draw was not right."""

import json
import re
from collections.abc import Callable
from datetime import date

import pytest
from django.utils import timezone

from audits.rules.deadlines import add_months, stage_one_due
from audits.rules.requests import latest_extension
from tests.factories import PASSWORD
from tests.journeys.program import Program
from tests.journeys.stage1 import type_date
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser

MONTH: date = add_months(timezone.localdate(), 2)
DUE: date = stage_one_due(MONTH)
A_WEEK_LATER: date = latest_extension(DUE, 7)
PLACES = 12
INSPECTION = "An inspection was announced for the same week."
MOVED = "The inspection was moved, so there is time."
FAMILY = "I was the social worker of an older brother."
COMPLAINT = "A complaint about the plan."

SignIn = Callable[..., Visitor]


@pytest.fixture
def cases(program: Program) -> dict[str, str]:
    """The number of a case that was closed too long ago."""
    return json.loads(program.module("tests.journeys.six_teams"))


@pytest.fixture
def person(program: Program, cases: dict[str, str], visitors: Callable[..., Visitor]) -> SignIn:
    def sign_in(local: str, *, scripts: bool = True) -> Visitor:
        return visitors(program, f"{local}@authority.example", PASSWORD, scripts=scripts)

    return sign_in


def test_from_a_change_of_the_rules_to_the_last_audit_in_other_hands(person: SignIn, cases: dict[str, str]) -> None:
    admin, qa = person("admin"), person("qa")
    let_everybody_audit_two(admin)
    try_a_draw_and_look_who_was_left_out(qa, cases["closed"])
    draw(qa)
    ask_the_draw_why(qa, cases["closed"])
    publish(qa)

    elder = person("elder.lane.auditor")
    be_refused_an_exemption_and_given_a_week(elder, qa)

    without_scripts = person("qa", scripts=False)
    know_the_family_and_get_another_case(person("quayside.auditor", scripts=False), without_scripts)

    leave(admin, "Millrace Auditor")
    reference, name = hand_everything_over(qa, "Millrace Auditor")
    orchard = person("orchard.auditor")
    taker = orchard if name == "Orchard Auditor" else person(name.lower().replace(" ", "."))
    taker.go(f"/audits/{reference}/")
    declare_a_conflict(orchard, cases["closed"])
    commission_an_audit(qa, cases["closed"], barred="Orchard Auditor")


# The rule and the draw


def let_everybody_audit_two(admin: Visitor) -> None:
    admin.go("/settings/")
    admin.follow("Change how many cases")
    admin.fill("Every auditor in a cycle", "2")
    admin.fill("Why you are changing this", "More to learn from")
    admin.press("See the effect")
    assert "Every auditor in a cycle" in admin.text
    assert "Nothing is saved yet" in admin.text
    admin.press("Save these settings")
    assert "Version 2 is current" in admin.text


def try_a_draw_and_look_who_was_left_out(qa: Visitor, closed: str) -> None:
    qa.go("/cycles/")
    qa.press("Plan a cycle")
    qa.page.get_by_label("Month", exact=True).select_option(f"{MONTH:%B %Y}")
    qa.press("Continue")
    qa.press("Try a draw")
    assert qa.heading == "What a draw would give"
    assert "Nothing was kept" in qa.text
    qa.go_by(qa.main.get_by_role("link", name=re.compile("^1 left out")))
    assert closed in qa.text
    qa.follow("Back to the draw")
    qa.press("Back to draw it")
    assert "This cycle has not been drawn" in qa.text


def draw(qa: Visitor) -> None:
    qa.press("Draw")
    assert qa.heading == "Draw 1"
    assert "Settings of version 2" in qa.text
    assert "Nobody has been told yet" in qa.text


def ask_the_draw_why(qa: Visitor, closed: str) -> None:
    qa.follow("Why was a case, or an auditor, not drawn?")
    qa.fill("Case number", closed)
    qa.press("Look up the case")
    assert f"Case {closed}" in qa.text


def publish(qa: Visitor) -> None:
    qa.go(f"/cycles/{MONTH:%Y-%m}/")
    qa.press("Publish")
    assert f"fills {PLACES} of {PLACES} places" in qa.text
    qa.press("Publish and tell the auditors")
    assert qa.page.get_by_role("link", name=re.compile("^CA-")).count() == PLACES


# An auditor who cannot, this week


def be_refused_an_exemption_and_given_a_week(auditor: Visitor, qa: Visitor) -> None:
    reference = open_first_audit(auditor)
    auditor.follow("Why this case, and why you?")
    assert "drawn at random" in auditor.text
    auditor.go(f"/audits/{reference}/")

    ask(auditor, "Ask to be let off", why="Why can you not do this audit?", reason=INSPECTION)
    decide(qa, reference, "Refuse it", reason="")
    assert "Enter why it is refused" in qa.text
    qa.fill("Reason", MOVED)
    qa.press("Save the decision")
    assert "Refused by Qa" in qa.text

    auditor.go(f"/audits/{reference}/")
    assert "Refused" in auditor.text
    assert MOVED in auditor.text
    auditor.follow("I cannot do this audit")
    auditor.press("Ask for more time")
    type_date(auditor.group("Until when?"), A_WEEK_LATER)
    auditor.fill("Why do you need more time?", INSPECTION)
    auditor.press("Ask for more time")
    decide(qa, reference, "Grant it")
    assert "Granted by Qa" in qa.text
    auditor.go(f"/audits/{reference}/")
    assert f"Due on {A_WEEK_LATER:%A} {A_WEEK_LATER.day} {A_WEEK_LATER:%B %Y}" in auditor.text


def open_first_audit(auditor: Visitor) -> str:
    auditor.go("/")
    title = auditor.main.get_by_role("link", name=re.compile("^Audit CA-")).first.inner_text()
    auditor.follow(title)
    return title.removeprefix("Audit ")


def ask(auditor: Visitor, button: str, *, why: str, reason: str) -> None:
    """From the page of the audit: `button` leads to the question, and sends it off."""
    auditor.follow("I cannot do this audit")
    auditor.press(button)
    auditor.fill(why, reason)
    auditor.press(button)


def decide(qa: Visitor, reference: str, decision: str, *, reason: str = "") -> None:
    qa.go("/requests/")
    row = qa.main.get_by_role("row").filter(has_text=reference)
    qa.go_by(row.get_by_role("link"))
    qa.choose("Your decision", decision)
    qa.fill("Reason", reason)
    qa.press("Save the decision")


# An auditor who knows the family


def know_the_family_and_get_another_case(auditor: Visitor, qa: Visitor) -> None:
    reference = open_first_audit(auditor)
    auditor.follow("I cannot do this audit")
    auditor.press("Ask for another case")
    auditor.press("Ask for another case")
    assert "Select what stands against it" in auditor.text
    auditor.choose("What stands against it?", "I know the family, or have worked with them")
    auditor.fill("Tell us more", FAMILY)
    auditor.press("Ask for another case")
    decide(qa, reference, "Grant it")
    new = qa.main.get_by_role("link", name=re.compile("^CA-")).last.inner_text()
    assert new != reference

    auditor.go("/")
    assert f"Audit {reference}" not in auditor.text
    auditor.follow(f"Audit {new}")
    auditor.follow("Why this case, and why you?")
    assert reference in auditor.text
    qa.go(f"/audits/{reference}/why/")
    qa.follow(f"audit {new}")


# An auditor who leaves


def leave(admin: Visitor, name: str) -> None:
    admin.go(f"/people/?search={name.replace(' ', '+')}")
    admin.follow(name)
    admin.press("Change")
    admin.page.get_by_label("Works here and can sign in").uncheck()
    admin.press("Save")
    assert f"{name} holds 2 audits" in admin.text


def hand_everything_over(qa: Visitor, name: str) -> tuple[str, str]:
    """As the program proposes; answers one of the audits and who has it now."""
    qa.go("/")
    qa.follow("Open work of people who have left or are away")
    qa.go_by(qa.main.get_by_role("link", name=re.compile(name)))
    box = qa.main.get_by_role("checkbox").first.get_attribute("name")
    assert box is not None
    reference = box.removeprefix("take-audit-")
    proposed = qa.page.get_by_label(f"Who takes Audit {reference}").locator("option:checked").inner_text()
    qa.fill("Why do others do it?", "They have left.")
    qa.press("Hand over what is ticked")
    assert "2 things are with others now" in qa.text
    assert f"{name} holds no open audit" in qa.text
    return reference, proposed.split(",")[0]


# A case that nobody drew


def declare_a_conflict(auditor: Visitor, number: str) -> None:
    auditor.go("/conflicts/")
    auditor.fill("Case number", number)
    auditor.fill("Reason", FAMILY)
    auditor.press("Declare it")
    assert number in auditor.text


def commission_an_audit(qa: Visitor, number: str, *, barred: str) -> None:
    qa.go("/audits/")
    qa.press("Commission an audit")
    qa.fill("Case number", number)
    qa.fill("Why is this case audited?", COMPLAINT)
    qa.press("Continue")
    assert qa.heading == "Who audits the case?"
    qa.page.get_by_text("Who cannot have it, and why").click()
    assert barred in qa.main.get_by_role("group").filter(has_text="Who cannot have it").inner_text()
    qa.check()
    qa.group("Who audits it?").get_by_label("Let the program choose").check()
    qa.press("Commission the audit")
    assert COMPLAINT in qa.text
