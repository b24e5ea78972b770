"""The programme's settings: all of them can be changed, every change is a version, and any version can be put back."""

from dataclasses import replace
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.errors import UserError
from accounts.models import Activity, Person
from audits.forms.programme.parts import PARTS
from audits.models import ProgrammeRules
from audits.rules.programme import Programme
from audits.services.programme import change_programme, put_back
from tests import factories
from tests.accounts.pages import Element, dangling, read
from tests.audits.settings_pages import posted

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Person:
    return factories.person(Role.ADMIN, name="Ada Minton")


def change(admin: Person, **values: Any) -> ProgrammeRules | None:
    current = ProgrammeRules.objects.current()
    programme = replace(current.programme, **values)
    return change_programme(programme=programme, reason="Agreed in November", seen=current.number, by=admin)


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
    for address in (
        reverse("programme_settings"),
        reverse("programme_change", args=["cases"]),
        reverse("programme_put_back", args=[1]),
    ):
        assert client.get(address).status_code == 403


def page_of(client: Client) -> Element:
    page = read(client.get(reverse("programme_settings")).content.decode())
    assert dangling(page) == set()
    return page


def test_the_page_shows_every_setting_its_versions_and_the_way_back(admin: Person, client: Client) -> None:
    client.force_login(admin)
    rows = sum(len(rows) for part in PARTS for _, rows in part.in_words(Programme()))
    assert len(page_of(client).find("dt")) == rows
    response = client.post(reverse("programme_change", args=["places"]), posted("places", quota="2", do="save"))
    assert response.status_code == 302
    newest, first = page_of(client).find(class_="app-history__item")
    assert [item.text for item in newest.find("li")] == ["Every auditor in a cycle: 1 case → 2 cases"]
    assert newest.one(class_="govuk-tag").text == "Current"
    back = first.one("a").attributes["href"]
    question = read(client.get(back).content.decode())
    assert "2 cases" in question.one("table", class_="app-table-cards").text
    assert ProgrammeRules.objects.current().number == 2  # asking changes nothing
    client.post(back, {"seen": question.one("input", name="seen").attributes["value"]})
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
