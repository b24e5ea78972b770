"""The programme's settings: all of them can be changed, every change is a version, and any version can be put back."""

from dataclasses import fields, replace
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.errors import UserError
from accounts.models import Activity, Person
from audits.forms.programme import GROUPS, RUNG_PREFIX, ProgrammeForm
from audits.models import ProgrammeRules
from audits.rules.programme import Programme
from audits.services.programme import change_programme, put_back
from tests import factories
from tests.accounts.pages import Element, dangling, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Person:
    return factories.person(Role.ADMIN, name="Ada Minton")


def posted(**changes: Any) -> dict[str, Any]:
    """The form as its page would send it, untouched but for `changes`."""
    form = ProgrammeForm.showing(ProgrammeRules.objects.current())
    data = {name: form[name].value() for name in form.fields}
    data["draws_by_itself"] = "on" if data["draws_by_itself"] else ""
    data["reason"] = "The steering group asked for it"
    return data | changes


def change(admin: Person, **values: Any) -> ProgrammeRules | None:
    current = ProgrammeRules.objects.current()
    programme = replace(current.programme, **values)
    return change_programme(programme=programme, reason="Agreed in November", seen=current.number, by=admin)


def test_every_setting_is_on_the_form_once() -> None:
    on_the_page = [name for group in GROUPS for name in group.names]
    settings = {item.name for item in fields(Programme)} - {"escalation_working_days"}
    assert len(on_the_page) == len(set(on_the_page))
    assert {name for name in on_the_page if not name.startswith(RUNG_PREFIX)} == settings
    assert set(on_the_page) == set(ProgrammeForm.base_fields) - {"reason", "seen"}


def test_the_untouched_form_gives_back_the_settings_it_showed() -> None:
    form = ProgrammeForm(posted())
    assert form.is_valid(), form.errors
    assert form.programme() == Programme()


def test_what_is_typed_is_what_is_kept() -> None:
    form = ProgrammeForm(
        posted(
            reminder_days_before="2; 10 0",
            closed_days="24/12/2026\n2026-12-29\n24/12/2026",
            told_assistant_director="8",
            strata=["service", "gender"],
            draws_by_itself="",
        )
    )
    assert form.is_valid(), form.errors
    programme = form.programme()
    assert programme.reminder_days_before == (10, 2, 0)
    assert programme.closed_days == ("2026-12-24", "2026-12-29")
    assert programme.escalation_working_days == {"line_manager": 1, "service_manager": 3, "assistant_director": 8}
    assert programme.strata == ("service", "gender")
    assert programme.draws_by_itself is False


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("quota", "-1", "must be a whole number from 0 to 20"),
        ("stage1_due_day", "31", "must be a whole number from 1 to 28"),
        ("stage1_due_day", "", "“Stage 1 is due on day” must be"),
        ("mail_hour", "24", "from 0 to 23"),
        ("reminder_days_before", "7, often", "Enter whole numbers of days"),
        ("reminder_days_before", "61", "Enter whole numbers of days"),
        ("closed_days", "12/24/2026", "“12/24/2026” is not a date"),
        ("closed_days", "31/02/2026", "“31/02/2026” is not a date"),
        ("told_service_manager", "1", "Each step must come later"),
        ("told_service_manager", "9", "Each step must come later"),
        ("strata", [], "Choose at least one thing"),
        ("reason", "", "Say why"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    admin: Person, client: Client, field: str, value: Any, message: str
) -> None:
    client.force_login(admin)
    page = read(client.post(reverse("programme_change"), posted(**{field: value})).content.decode())
    assert dangling(page) == set()
    assert page.one("title").text.startswith("Error: ")
    assert message in page.one(class_="govuk-error-summary").one("a", href=f"#id_{field}").text
    assert not ProgrammeRules.objects.exists()


def test_a_change_is_a_new_version_that_holds_only_what_differs_from_the_defaults(admin: Person) -> None:
    rules = change(admin, quota=2)
    assert rules is not None
    assert (rules.number, rules.values, rules.reason, rules.created_by) == (
        2,
        {"quota": 2},
        "Agreed in November",
        admin,
    )
    assert ProgrammeRules.objects.current() == rules
    logged = Activity.objects.get()
    assert (logged.verb, logged.thing_ref, logged.actor) == ("programme.changed", "2", admin)
    assert logged.data == {"before": {"quota": 1}, "after": {"quota": 2}}


def test_nothing_changed_is_no_new_version(admin: Person) -> None:
    assert change(admin, quota=1) is None
    assert ProgrammeRules.objects.count() == 1


def test_an_earlier_version_can_be_made_current_again(admin: Person) -> None:
    first = ProgrammeRules.objects.kept()
    change(admin, quota=2)
    again = put_back(rules=first, seen=2, by=admin)
    assert again is not None
    assert (again.number, again.values, again.reason) == (3, {}, "Back to version 1")


def test_of_two_people_changing_the_settings_the_slower_is_told(admin: Person) -> None:
    seen = ProgrammeRules.objects.current()
    change(admin, quota=2)
    with pytest.raises(UserError, match="Somebody else changed the settings"):
        change_programme(programme=replace(seen.programme, quota=3), reason="Late", seen=seen.number, by=admin)
    assert ProgrammeRules.objects.current().programme.quota == 2


def test_a_change_needs_a_reason(admin: Person) -> None:
    current = ProgrammeRules.objects.current()
    with pytest.raises(UserError, match="Say why"):
        change_programme(programme=replace(current.programme, quota=3), reason="  ", seen=1, by=admin)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMIN])
def test_only_administrators_change_the_settings(role: Role, client: Client) -> None:
    person = factories.person(role)
    with pytest.raises(PermissionDenied):
        change(person, quota=2)
    client.force_login(person)
    for name in ("programme_settings", "programme_change"):
        assert client.get(reverse(name)).status_code == 403


def page_of(client: Client) -> Element:
    page = read(client.get(reverse("programme_settings")).content.decode())
    assert dangling(page) == set()
    return page


def test_the_page_shows_every_setting_its_versions_and_the_way_back(admin: Person, client: Client) -> None:
    client.force_login(admin)
    assert len(page_of(client).find("dt")) == sum(len(group.names) for group in GROUPS)
    response = client.post(reverse("programme_change"), posted(quota="2", mail_hour="7"))
    assert response.status_code == 302
    page = page_of(client)
    newest, first = page.find(class_="app-history__item")
    assert newest.one(class_="app-quiet").text == "Cases for an auditor · Reminders are sent at"
    assert newest.one(class_="govuk-tag").text == "Current"
    client.post(reverse("programme_put_back", args=[1]), {"seen": first.one("input", name="seen").attributes["value"]})
    assert ProgrammeRules.objects.current().programme == Programme()
    client.post(reverse("programme_put_back", args=[2]), {"seen": "2"})
    assert ProgrammeRules.objects.current().number == 3


@time_machine.travel("2026-02-10")
@pytest.mark.parametrize(("stage_1", "stage_2", "warned"), [(21, 21, False), (28, 1, True), (28, 4, False)])
def test_numbers_that_make_stage_2_due_before_stage_1_are_warned_of(
    admin: Person, client: Client, stage_1: int, stage_2: int, warned: bool
) -> None:
    change(admin, stage1_due_day=stage_1, stage2_latest_day=stage_2)
    client.force_login(admin)
    assert bool(page_of(client).find(class_="govuk-warning-text")) is warned
