"""The code book of themes: what comes with the program, who keeps it, and what is tagged."""

import json
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.errors import UserError
from accounts.models import Activity
from audits.enums import ThemeKind
from audits.models import AuditSection, Theme
from audits.services.forms import DATA
from audits.services.themes import (
    add_theme,
    bring_back_theme,
    change_theme,
    code_book,
    known,
    retire_theme,
    themes_by_key,
    themes_to_choose,
    uses,
)
from audits.services.voices import FeedbackDraft, ObservationDraft, add_feedback, add_observation, remove_finding
from audits.templatetags.themes import theme_choices
from tests import factories
from tests.accounts.pages import dangling, read
from tests.audits.filling import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def qa():
    return factories.person(Role.QA)


def test_the_code_book_that_comes_with_the_program_has_themes_of_every_kind() -> None:
    themes = json.loads((DATA / "themes.json").read_text(encoding="utf-8"))
    assert {theme["kind"] for theme in themes} == set(ThemeKind)
    assert len({theme["key"] for theme in themes}) == len({theme["name"] for theme in themes}) == len(themes)
    for values in themes:
        Theme(**values).clean_fields()


def test_it_is_written_once_and_read_in_one_query(django_assert_num_queries) -> None:
    first = themes_to_choose()
    assert [ThemeKind(theme.kind) for theme in first] == sorted(
        (ThemeKind(theme.kind) for theme in first), key=list(ThemeKind).index
    )
    with django_assert_num_queries(1):
        assert themes_to_choose() == first


def test_an_emptied_kind_is_not_filled_up_again(qa) -> None:
    code_book()
    Theme.objects.exclude(key="workload").delete()
    assert [theme.key for theme in code_book()] == ["workload"]


def test_a_retired_theme_is_offered_no_more_but_stays_where_it_was_tagged(qa) -> None:
    theme = next(theme for theme in code_book() if theme.key == "workload")
    assert [retire_theme(theme=theme, by=qa, at=AT) for _ in range(2)] == [True, False]
    assert "workload" not in {theme.key for theme in themes_to_choose()}
    assert "workload" in {theme.key for theme in themes_to_choose(["workload"])}
    assert themes_by_key(["workload"])["workload"].name == "Workload"
    assert known(["workload", "no-such-theme", "workload"]) == ["workload"]
    assert [bring_back_theme(theme=theme, by=qa, at=AT) for _ in range(2)] == [True, False]
    assert "workload" in {theme.key for theme in themes_to_choose()}
    assert list(Activity.objects.order_by("id").values_list("verb", flat=True)) == [
        "theme.retired",
        "theme.brought_back",
    ]


def test_renaming_keeps_the_key_and_what_is_tagged(qa) -> None:
    audit = factories.audit()
    AuditSection.objects.create(audit=audit, key="planning", name="Planning", themes=["workload"])
    theme = next(theme for theme in code_book() if theme.key == "workload")
    change_theme(theme=theme, name="Too many cases", kind=ThemeKind.BARRIER, by=qa, at=AT)
    theme.refresh_from_db()
    assert (theme.key, theme.name, uses()["workload"]) == ("workload", "Too many cases", 1)
    assert Activity.objects.get().summary == "“Workload” is now “Too many cases”"


def test_the_key_of_a_new_theme_is_its_own(qa) -> None:
    code_book()
    made = add_theme(name="  Work load ", kind=ThemeKind.BARRIER, by=qa, at=AT)
    assert (made.key, made.name) == ("work-load", "Work load")
    change_theme(theme=made, name="Other", kind=ThemeKind.BARRIER, by=qa, at=AT)
    assert add_theme(name="Work load", kind=ThemeKind.BARRIER, by=qa, at=AT).key == "work-load-2"
    assert add_theme(name="…", kind=ThemeKind.BARRIER, by=qa, at=AT).key == "theme"


@pytest.mark.parametrize(
    ("name", "refused"), [("", "Enter the name"), ("  ", "Enter the name"), ("WORKLOAD", "already")]
)
def test_a_theme_has_a_name_that_no_other_has(qa, name: str, refused: str) -> None:
    themes = code_book()
    with pytest.raises(UserError, match=refused):
        add_theme(name=name, kind=ThemeKind.WORRY, by=qa, at=AT)
    with pytest.raises(UserError, match=refused):
        change_theme(theme=themes[0], name=name, kind=ThemeKind.WORRY, by=qa, at=AT)


@pytest.mark.parametrize(
    ("role", "may"), [(role, role in (Role.QA, Role.ADMIN)) for role in Role], ids=[role.value for role in Role]
)
def test_only_qa_and_administrators_keep_the_code_book(role: Role, may: bool) -> None:
    by, theme = factories.person(role), code_book()[0]
    verbs = [
        lambda: add_theme(name="New", kind=ThemeKind.WORRY, by=by, at=AT),
        lambda: change_theme(theme=theme, name="Changed", kind=ThemeKind.WORRY, by=by, at=AT),
        lambda: retire_theme(theme=theme, by=by, at=AT),
        lambda: bring_back_theme(theme=theme, by=by, at=AT),
    ]
    for verb in verbs:
        if may:
            verb()
        else:
            with pytest.raises(PermissionDenied):
                verb()


def test_every_kind_of_finding_is_counted_and_what_was_removed_is_not() -> None:
    audit = factories.audit()
    by = audit.allocation.auditor
    code_book()
    themes = ("workload", "direct-work", "no-such-theme")
    AuditSection.objects.create(audit=audit, key="x", name="X", position=9, themes=["workload"])
    said = add_feedback(audit=audit, draft=FeedbackDraft("child", "strength", "x", themes=themes), by=by, at=AT)
    seen = ObservationDraft(date(2026, 11, 2), "Home visit", "x", themes=themes)
    observation = add_observation(audit=audit, draft=seen, by=by, at=AT)
    assert uses() == {"workload": 3, "direct-work": 2}
    remove_finding(finding=said, by=by, at=AT)
    remove_finding(finding=observation, by=by, at=AT)
    assert uses() == {"workload": 1}


# The pages


def test_the_code_book_is_kept_in_the_browser(client: Client, qa) -> None:
    client.force_login(qa)
    page = read(client.get(reverse("theme_list")).content.decode())
    assert dangling(page) == set()
    assert "Working with partners" in page.text
    answer = client.post(
        reverse("theme_add"), {"name": "Work load", "kind": "barrier", "hint": "Too much"}, follow=True
    )
    assert "“Work load” can be chosen from now on" in answer.content.decode()
    answer = client.post(reverse("theme_retire", args=["work-load"]), follow=True)
    assert "no longer offered" in answer.content.decode()
    again = client.post(reverse("theme_add"), {"name": "work LOAD", "kind": "barrier"})
    assert "There is a theme “work LOAD” already" in again.content.decode()
    assert client.post(reverse("theme_bring_back", args=["work-load"]), follow=True).status_code == 200
    changed = {"name": "Case load", "kind": "worry", "hint": ""}
    assert client.post(reverse("theme_change", args=["work-load"]), changed).status_code == 302
    theme = Theme.objects.get(key="work-load")
    assert (theme.name, theme.kind, theme.hint, theme.retired_at) == ("Case load", "worry", "", None)


def test_the_list_takes_the_same_queries_for_any_number_of_findings(client: Client, qa, django_assert_max_num_queries):
    code_book()
    for number in range(5):
        AuditSection.objects.create(audit=factories.audit(), key=f"k{number}", name="X", themes=["workload"])
    client.force_login(qa)
    client.get(reverse("theme_list"))
    with django_assert_max_num_queries(10):
        client.get(reverse("theme_list"))


def test_what_a_theme_is_called_cannot_become_markup() -> None:
    theme = Theme(key="x", name="<b>Bold</b>", kind=ThemeKind.WORRY, hint='"><script>')
    html = theme_choices([theme], ["x"])
    assert "&lt;b&gt;Bold&lt;/b&gt;" in html
    assert "<script>" not in html
    assert html.count(" checked") == 1
