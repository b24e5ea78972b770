"""The demonstration as a visitor walks through it: as every role, to every place that the role opens."""

import re

import pytest
from playwright.sync_api import Browser

from config.demo.accounts import ACCOUNTS, AccountPlan
from tests.journeys.program import Program
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser

TASKS_LOOKED_AT = 3


@pytest.mark.parametrize("plan", ACCOUNTS, ids=lambda plan: plan.local)
def test_a_visitor_signs_in_with_one_press_and_finds_work(
    wexmoor: Program, browser: Browser, plan: AccountPlan
) -> None:
    visitor = Visitor.of(browser, wexmoor.address)
    visitor.go("/account/sign-in/")
    row = visitor.main.get_by_role("row").filter(has_text=re.compile(rf"(?<![\w.]){re.escape(plan.email)}"))
    with visitor.page.expect_navigation():
        row.get_by_role("button").click()
    visitor.check()
    assert visitor.path == "/"
    tasks = hrefs(visitor, ".govuk-task-list__link")
    assert tasks or plan.local == "admin"
    places = hrefs(visitor, "nav[aria-label='Menu'] a")
    assert "/" in places
    for path in (*places, *tasks[:TASKS_LOOKED_AT]):
        visitor.go(path)
    assert not visitor.complaints
    visitor.context.close()


def hrefs(visitor: Visitor, selector: str) -> list[str]:
    """Where the links lead, each once."""
    links = visitor.page.locator(selector).all()
    return list(dict.fromkeys(link.get_attribute("href") or "" for link in links))
