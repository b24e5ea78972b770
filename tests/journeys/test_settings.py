"""An administrator changes the rules of the draw: types, sees the effect, thinks again, saves, takes it back."""

import pytest
from playwright.sync_api import Browser

from config.demo.accounts import DEMO_PASSWORD
from tests.journeys.program import Program
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser


def test_the_rules_are_changed_with_their_effect_in_view(wexmoor: Program, browser: Browser) -> None:
    admin = Visitor.of(browser, wexmoor.address)
    admin.sign_in("admin@wexmoor.example", DEMO_PASSWORD)
    admin.go("/settings/")
    admin.follow("Change how many cases")

    admin.group("Cohort 2").get_by_label("Cases in a cycle at least").fill("3")
    admin.press("See the effect")
    assert "Choose what makes the cohort" in admin.text

    admin.group("Cohort 2").get_by_label("Child protection", exact=True).check()
    admin.group("Cohort 2").get_by_label("Younger than").fill("7")
    admin.press("Add another cohort")
    admin.group("Cohort 3").get_by_label("Cases in a cycle at least").fill("2")
    admin.group("Cohort 3").get_by_label("Missing in the last 6 months").check()
    admin.fill("Every auditor in a cycle", "2")
    admin.fill("Why you are changing this", "More audits of young children")
    admin.press("See the effect")
    assert "What changes most: “" in admin.text, admin.text
    assert "Child protection, under 7: 3 cases" in admin.text
    assert "Child protection, under 7: drawn" in admin.text

    admin.press("Change them again")
    assert admin.page.get_by_label("Every auditor in a cycle").input_value() == "2"
    admin.group("Cohort 3").get_by_label("Cases in a cycle at least").fill("1")
    admin.press("See the effect")
    admin.press("Save these settings")
    assert "Version 3 is current" in admin.text
    assert "Every auditor in a cycle: 1 case → 2 cases" in admin.text

    admin.follow("Make version 2 current again")
    assert "Nothing is changed yet" in admin.text
    admin.press("Make it current again")
    assert "Version 2 is current again, as version 4" in admin.text
    assert not admin.complaints
