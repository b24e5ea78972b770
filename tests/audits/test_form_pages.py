"""The form designer's pages: a tool from nothing to the one in use, two people at one draft, and the way back."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from audits.enums import FormState
from audits.models import FormVersion
from audits.services.cycles import get_or_plan
from audits.services.forms import ensure_default_form, packs_to_choose
from tests import factories
from tests.accounts.pages import Element, dangling, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def designer(client: Client) -> Client:
    client.force_login(factories.person(Role.QA, name="Ann Designer"))
    return client


def post(client: Client, url: str, *, expect: int = 302, **data: Any) -> Any:
    response = client.post(url, data)
    assert response.status_code == expect, response.content.decode()[:3000]
    return response


def page(client: Client, url: str, *, expect: int = 200) -> Element:
    response = client.get(url)
    assert response.status_code == expect
    found = read(response.content.decode())
    assert dangling(found) == set()
    return found


SECTION = {"intro": "", "minutes": "10", "comment_label": "", "comment_hint": "", "key": ""} | {
    f"{grade}_{part}": ""
    for grade in ("outstanding", "good", "requires_improvement", "inadequate")
    for part in ("opening", "phrases")
}
ROWS = {
    f"{which}-{count}": value
    for which in ("options", "reasons")
    for count, value in (("TOTAL_FORMS", "3"), ("INITIAL_FORMS", "0"))
}
QUESTION = ROWS | {"label": "", "key": "", "kind": "yes_no_na", "guidance": "", "required": "on", "limits_to": ""}


def started(client: Client, title: str = "Visits") -> FormVersion:
    post(client, "/tools/start/", source="tool", title=title, key="")
    return FormVersion.objects.get(title=title)


def seen(draft: FormVersion) -> int:
    draft.refresh_from_db()
    return draft.revision


def test_a_tool_is_made_from_nothing_and_set_in_use(designer: Client) -> None:
    ensure_default_form()
    draft = started(designer)
    base = f"/tools/{draft.key}/1/"
    assert "There is no section yet" in page(designer, base).text
    post(designer, f"{base}new-section/", **SECTION, name="Visits", grade="own", seen=seen(draft))
    added = f"{base}sections/visits/"
    assert "There is no question yet" in page(designer, added).text
    page(designer, f"{added}new-question/")
    post(designer, f"{added}new-question/", **QUESTION, text="Was there a visit?", seen=seen(draft), do="another")
    reason = {"reasons-0-label": "Not yet born", "reasons-0-lifts_limit": "on"}
    asked = QUESTION | reason | {"label": "Child seen", "limits_to": "requires_improvement"}
    post(designer, f"{added}new-question/", **asked, text="Was the child seen?", seen=seen(draft))
    draft.refresh_from_db()
    assert list(draft.outline.questions) == ["visits.visit", "visits.child_seen"]
    assert "exactly one section must hold the overall grade" in page(designer, base).text
    assert "It cannot be published yet" in page(designer, f"{base}publish/").text
    post(designer, f"{base}publish/", seen=seen(draft), in_use="on")
    draft.refresh_from_db()
    assert draft.state == FormState.DRAFT
    post(designer, f"{base}new-section/", **SECTION, name="In all", grade="overall", seen=seen(draft))
    for url in ("", "publish/", "preview/", "preview/all/", "about/", "sections/visits/change/", "throw-away/"):
        page(designer, base + url)
    for url in ("", "remove/"):
        page(designer, f"{base}questions/visits.child_seen/{url}")
    page(designer, f"{added}remove/")
    post(designer, f"{base}publish/", seen=seen(draft), in_use="on")
    draft.refresh_from_db()
    assert FormVersion.objects.standard_tool() == draft
    assert draft.form.questions["visits.child_seen"].na_reasons[0].key == "not_yet_born"
    for url in ("/tools/", base, f"{base}preview/", f"{base}copy/", f"{base}retire/"):
        page(designer, url)


# What is typed is never lost


@pytest.fixture
def draft(designer: Client) -> FormVersion:
    """A draft with one section and two questions of which the second depends on the first."""
    draft = started(designer)
    base = f"/tools/{draft.key}/1/"
    post(designer, f"{base}new-section/", **SECTION, name="Visits", grade="own", seen=seen(draft))
    added = f"{base}sections/visits/new-question/"
    post(designer, added, **QUESTION, text="Was there a visit?", seen=seen(draft))
    post(designer, added, **QUESTION, text="Why not?", when="visits.visit|no", seen=seen(draft))
    draft.refresh_from_db()
    return draft


CHANGED = "/tools/visits/1/questions/visits.why_not/"


def typed(page: Element, name: str) -> str:
    """What stands in a box of the page."""
    box = page.one(name=name)
    return (box.attributes.get("value") or box.text).strip()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"text": ""}, "Enter question"),
        ({"kind": "choice", "options-0-label": "Only one"}, "A choice needs at least two options"),
        ({"kind": "scale", "scale_from": "5", "scale_to": "5"}, "The scale must end above its beginning"),
        ({"key": "Not a key"}, "must be lower-case letters"),
        ({"key": "visits.visit"}, "is taken by another part of this form"),
        ({"when": ["visits.visit|yes"], "limits_to": "good"}, "a limiting judgement is always asked"),
        ({"limits_to": "good", "required": ""}, "A limiting judgement is always required"),
    ],
)
def test_a_mistake_is_said_where_it_is_and_what_was_typed_stays(
    wrong: dict[str, Any], said: str, designer: Client, draft: FormVersion
) -> None:
    data = QUESTION | {"text": "Why was there none?", "guidance": "Ask the worker.", "seen": draft.revision} | wrong
    html = post(designer, CHANGED, expect=422, **data).content.decode()
    found = read(html)
    assert dangling(found) == set()
    assert said.lower() in found.text.lower()
    assert "<title>Error: " in html
    assert typed(found, "guidance") == "Ask the worker."
    assert seen(draft) == int(data["seen"])


def test_rows_are_added_without_scripts_and_nothing_is_saved(designer: Client, draft: FormVersion) -> None:
    data = QUESTION | {"kind": "choice", "options-1-label": "At home", "text": "Where?", "seen": draft.revision}
    found = read(post(designer, CHANGED, expect=200, **data, do="more").content.decode())
    assert typed(found, "text") == "Where?"
    assert typed(found, "options-0-label") == "At home"
    assert found.find(name="options-5-label")
    assert seen(draft) == data["seen"]


def test_of_two_who_change_a_draft_the_second_reads_what_the_first_did(designer: Client, draft: FormVersion) -> None:
    other = Client()
    other.force_login(factories.person(Role.ADMIN, name="Ben Other"))
    at = draft.revision
    post(other, "/tools/visits/1/questions/visits.visit/", **QUESTION, text="Was the child visited?", seen=at)
    mine = QUESTION | {"text": "Why was there none?", "when": "visits.visit|no"}
    response = post(designer, CHANGED, expect=409, **mine, seen=at)
    found = read(response.content.decode())
    assert "Ben Other changed this draft" in found.text
    assert "Was the child visited?" in found.text
    assert typed(found, "text") == "Why was there none?"
    post(designer, CHANGED, **mine, seen=typed(found, "seen"))
    draft.refresh_from_db()
    assert [question.text for question in draft.outline.questions.values()] == [
        "Was the child visited?",
        "Why was there none?",
    ]


def test_whoever_has_two_windows_is_told_that_it_was_their_own_change(designer: Client, draft: FormVersion) -> None:
    at = draft.revision
    data = QUESTION | {"text": "Was the child visited?"}
    post(designer, "/tools/visits/1/questions/visits.visit/", **data, seen=at)
    html = post(designer, CHANGED, expect=409, **QUESTION, text="Why?", seen=at).content.decode()
    assert "You changed this draft in another window" in html


def test_a_draft_that_was_published_meanwhile_keeps_what_was_typed_on_the_page(
    designer: Client, draft: FormVersion
) -> None:
    post(designer, "/tools/visits/1/new-section/", **SECTION, name="In all", grade="overall", seen=seen(draft))
    post(designer, "/tools/visits/1/publish/", seen=seen(draft))
    assert designer.post(CHANGED, QUESTION | {"text": "Why?", "seen": "3"}).status_code == 404


# Moving, removing, undoing


def test_a_question_is_moved_and_the_draft_says_that_its_condition_looks_ahead(
    designer: Client, draft: FormVersion
) -> None:
    post(designer, "/tools/visits/1/move/", question="visits.why_not", to="up", seen=draft.revision)
    draft.refresh_from_db()
    assert [*draft.outline.questions] == ["visits.why_not", "visits.visit"]
    assert "which is no earlier question of its section" in page(designer, "/tools/visits/1/").text


def test_what_is_removed_says_what_is_lost_and_comes_back_by_undoing(designer: Client) -> None:
    version = ensure_default_form()
    factories.audit(form_version=version, state="submitted")
    post(designer, "/tools/good_practice/1/copy/", becomes="next", title="", key="")
    gone = "/tools/good_practice/2/questions/planning.smart/remove/"
    assert "asked in version 1 and in 1 completed audit" in page(designer, gone).text
    post(designer, gone, seen=0)
    draft = FormVersion.objects.get(key="good_practice", number=2)
    assert "planning.smart" not in draft.outline.questions
    assert "Removed" in page(designer, "/tools/good_practice/2/publish/").text
    post(designer, "/tools/good_practice/2/undo/", seen=seen(draft))
    draft.refresh_from_db()
    assert draft.outline == version.form
    assert "it says the same, word for word" in page(designer, "/tools/good_practice/2/publish/").text


def test_a_button_of_a_page_that_is_out_of_date_does_nothing(designer: Client, draft: FormVersion) -> None:
    for url, data in (
        ("move/", {"question": "visits.visit", "to": "down"}),
        ("undo/", {}),
        ("questions/visits.visit/remove/", {}),
        ("publish/", {}),
    ):
        post(designer, f"/tools/visits/1/{url}", **data, seen=draft.revision - 1)
    was = draft.revision
    assert seen(draft) == was


def test_a_preview_tells_what_an_auditor_would_be_told_and_keeps_nothing(designer: Client, draft: FormVersion) -> None:
    found = read(post(designer, "/tools/visits/1/preview/visits/", expect=422).content.decode())
    assert "This is what an auditor would be told" in found.text
    post(designer, "/tools/visits/1/preview/visits/", expect=200, **{"visits.visit": "yes", "grade": "good"})
    assert seen(draft) == draft.revision


def test_a_draft_is_thrown_away_after_a_question(designer: Client, draft: FormVersion) -> None:
    assert "cannot be undone" in page(designer, "/tools/visits/1/throw-away/").text
    post(designer, "/tools/visits/1/throw-away/")
    assert not FormVersion.objects.filter(pk=draft.pk).exists()


def test_a_version_that_is_retired_stays_readable_and_can_be_copied(designer: Client) -> None:
    packs_to_choose()
    assert "offered no more" not in page(designer, "/tools/re_referrals/1/").text
    post(designer, "/tools/re_referrals/1/retire/")
    assert "offered no more" in page(designer, "/tools/re_referrals/1/").text
    assert "Was a Safety Plan in place" in page(designer, "/tools/re_referrals/1/").text
    page(designer, "/tools/re_referrals/1/retire/", expect=404)
    post(designer, "/tools/re_referrals/1/copy/", becomes="other", title="Step-downs", key="")
    assert FormVersion.objects.get(key="step_downs").outline.title == "Step-downs"


def test_the_list_says_what_to_do_where_nobody_writes_a_draft(designer: Client) -> None:
    found = page(designer, "/tools/")
    assert "start a draft" in found.text
    assert "Audit for Good Practice" in found.text
    assert "Re-referrals" in found.text


# The tool of a cycle


def test_a_planned_cycle_says_which_tool_it_has_and_why(designer: Client) -> None:
    ensure_default_form()
    cycle = get_or_plan(date(2026, 12, 1))
    assert "The tool in use" in page(designer, f"/cycles/{cycle.slug}/").text
    post(designer, "/tools/start/", source="example:practice_categories.json", title="", key="")
    post(designer, "/tools/practice_categories/1/publish/", seen=0)
    chosen = FormVersion.objects.get(key="practice_categories")
    page(designer, f"/cycles/{cycle.slug}/tool/")
    post(designer, f"/cycles/{cycle.slug}/tool/", tool=chosen.pk)
    assert "Chosen for this cycle" in page(designer, f"/cycles/{cycle.slug}/").text
    assert "December 2026 is going to use it" in page(designer, "/tools/practice_categories/1/").text
    post(designer, f"/cycles/{cycle.slug}/tool/", tool="in_use")
    cycle.refresh_from_db()
    assert cycle.form_version is None


def test_a_draft_cannot_be_chosen_for_a_cycle(designer: Client, draft: FormVersion) -> None:
    cycle = get_or_plan(date(2026, 12, 1))
    post(designer, f"/cycles/{cycle.slug}/tool/", expect=422, tool=draft.pk)


def test_the_list_asks_as_often_for_many_versions_as_for_few(designer: Client) -> None:
    designer.get("/tools/")
    with CaptureQueriesContext(connection) as few:
        designer.get("/tools/")
    version = ensure_default_form()
    for number in range(2, 12):
        FormVersion.objects.create(
            key=version.key,
            number=number,
            title=version.title,
            definition=version.definition,
            state="published",
            published_at=version.published_at,
        )
    with CaptureQueriesContext(connection) as many:
        designer.get("/tools/")
    assert len(many) == len(few)
