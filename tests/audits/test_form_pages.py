"""The form designer's pages: a tool from nothing to the one in use, two people at one draft, and the way back."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Activity
from audits.enums import FormState
from audits.models import FormVersion
from audits.services.forms import ensure_default_form
from tests import factories
from tests.accounts.pages import Element, dangling, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def designer(client: Client) -> Client:
    client.force_login(factories.person(Role.QA, name="Ann Designer"))
    return client


def fields_of(page: Element) -> dict[str, Any]:
    """What a browser would send of the page's form if nothing was touched."""
    raise NotImplementedError


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
