"""The pages of an action say what would make it clearer, and save it all the same."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from audits.enums import Capacity
from audits.models import Audit
from audits.services.action_drafts import ActionDraft, RemovedMeanwhile, change_action, state_of
from tests import factories
from tests.accounts.pages import dangling, read
from tests.clients import as_

pytestmark = pytest.mark.django_db

CLEAR = {
    "text": "See the child alone before the next core group.",
    "impact": "The child’s own views shape the plan.",
    "other_owner": "",
    "due_on_day": "1",
    "due_on_month": "12",
    "due_on_year": "2026",
}
VAGUE = CLEAR | {"text": "Improve the quality of recording.", "impact": "The file will be up to date."}


@pytest.fixture(autouse=True)
def _on_a_day(time_machine):
    time_machine.move_to("2026-11-12 10:00:00+00:00")


@pytest.fixture
def audit() -> Audit:
    manager = factories.person(Role.PRACTICE_MANAGER, name="Priya Manager")
    team = factories.team(manager=manager)
    return factories.audit(
        auditor=factories.person(Role.AUDITOR, name="Avery Auditor"),
        case=factories.case(team=team),
        participants=[(manager, Capacity.PRACTICE_MANAGER)],
    )


def address(name: str, audit: Audit, *more) -> str:
    return reverse(name, args=[audit.reference, *more])


def panel(response) -> str:
    return " ".join(read(response.content.decode()).one(class_="app-smart-panel").text.split())


def test_a_new_action_says_what_smart_means_whose_it_is_and_when_it_is_due_by_rule(audit):
    page = as_(audit.allocation.auditor).get(address("audit_action_add", audit))
    text = page.content.decode()
    assert "Relevant: what will be different for the child" in panel(page)
    assert "Priya Manager, the practice manager, unless you choose somebody else." in text
    assert "By rule within 4 weeks: by 10 December 2026." in text
    assert "For a safeguarding concern within 5 working days: by 19 November 2026." in text
    assert dangling(read(text)) == set()


def test_check_it_first_gives_advice_and_saves_nothing(audit):
    page = as_(audit.allocation.auditor).post(address("audit_action_add", audit), VAGUE | {"check": "Check it first"})
    assert "M How will others see that it is done? Beside “improve”" in panel(page)
    assert "R Say what will be different for the child" in panel(page)
    assert "Improve the quality of recording." in page.content.decode(), "what was typed stays in the form"
    assert audit.actions.count() == 0


def test_a_vague_action_is_saved_with_its_advice_and_marked_in_the_table(audit):
    client = as_(audit.allocation.auditor)
    page = client.post(address("audit_action_add", audit), VAGUE | {"save": "Save the action"}, follow=True)
    assert audit.actions.count() == 1
    text = page.content.decode()
    assert "The action is added. How will others see that it is done?" in text
    assert "Could be clearer: M and R" in text
    assert "How will others see" in panel(client.get(address("audit_action_change", audit, audit.actions.get().pk)))


def test_of_a_clear_action_nothing_is_said(audit):
    page = as_(audit.allocation.auditor).post(address("audit_action_add", audit), CLEAR, follow=True)
    assert "Could be clearer" not in page.content.decode()
    change = as_(audit.allocation.auditor).get(address("audit_action_change", audit, audit.actions.get().pk))
    assert "Nothing to add: this action is clear." in panel(change)


def test_the_advice_while_typing_saves_nothing_and_counts_from_the_day_the_action_was_recorded(audit, time_machine):
    as_(audit.allocation.auditor).post(address("audit_action_add", audit), CLEAR)
    time_machine.move_to("2026-11-19 10:00:00+00:00")
    client = as_(audit.allocation.auditor)
    later = CLEAR | {"due_on_day": "15", "text": "Something else entirely."}
    url = address("audit_action_advice", audit)
    assert "by 10 December 2026" in client.post(f"{url}?action={audit.actions.get().pk}", later).content.decode()
    assert "Nothing to add" in client.post(url, later).content.decode()
    assert audit.actions.get().text == CLEAR["text"]


def test_half_an_action_is_no_error_while_it_is_typed(audit):
    page = as_(audit.allocation.auditor).post(address("audit_action_advice", audit), {"text": "Hold a network meeting"})
    assert page.status_code == 200
    assert "Enter the day by which it is done." in page.content.decode()


def test_an_action_that_was_changed_in_another_tab_is_not_overwritten_unseen(audit):
    client = as_(audit.allocation.auditor)
    client.post(address("audit_action_add", audit), CLEAR)
    action = audit.actions.get()
    other = factories.person(Role.PRACTICE_MANAGER, name="Toni Other")
    url = address("audit_action_change", audit, action.pk)
    seen = state_of(action)
    assert f'value="{seen}"' in client.get(url).content.decode()
    meanwhile = CLEAR | {"text": "From the first tab.", "other_owner": other.email, "due_on_day": "2", "seen": seen}
    assert client.post(url, meanwhile).status_code == 302
    mine = CLEAR | {"text": "From the second tab.", "seen": seen}
    page = client.post(url, mine)
    assert page.status_code == 409
    said = read(page.content.decode()).text
    assert "This was changed in another tab or on another device." in said
    assert "Saved in the meantime: From the first tab." in said
    assert "Saved in the meantime: Toni Other" in said
    assert "Saved in the meantime: 2 December 2026" in said
    assert "From the second tab." in said
    assert audit.actions.get().text == "From the first tab."
    again = mine | {"seen": read(page.content.decode()).one("input", name="seen").attributes["value"]}
    assert client.post(url, again).status_code == 302
    assert audit.actions.get().text == "From the second tab."
    assert client.post(url, again).status_code == 302, "a second press of the same is no other tab"


def test_what_is_typed_of_an_action_that_another_tab_removed_becomes_a_new_one(audit):
    client = as_(audit.allocation.auditor)
    client.post(address("audit_action_add", audit), CLEAR)
    action = audit.actions.get()
    url, typed = address("audit_action_change", audit, action.pk), CLEAR | {"text": "Still here.", "seen": "x"}
    action.delete()
    page = client.post(url, typed)
    assert page.status_code == 409
    tree = read(page.content.decode())
    assert "This action was removed in another tab or on another device." in tree.text
    assert "Still here." in tree.text
    add = tree.one("form", id="action-form").attributes["action"]
    assert add == address("audit_action_add", audit)
    assert client.post(add, typed).status_code == 302
    assert audit.actions.get().text == "Still here."
    assert client.get(url).status_code == 404


def test_an_action_that_goes_while_it_is_saved_is_said_to_be_gone(audit):
    by = audit.allocation.auditor
    as_(by).post(address("audit_action_add", audit), CLEAR)
    action = audit.actions.get()
    draft = ActionDraft("Other.", None, action.due_on, "Other.")
    audit.actions.all().delete()
    with pytest.raises(RemovedMeanwhile):
        change_action(action=action, draft=draft, seen=state_of(action), by=by, at=timezone.now())
