"""Changing a person: what is stored, what is logged, what is refused and what can be undone."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.errors import UserError
from accounts.models import Absence, Activity, Person
from accounts.services.people import Details, change_own_phone, change_person, details_of, undo
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def qa() -> Person:
    return factories.person(Role.QA, name="Quinn Adeyemi")


def change(person: Person, by: Person, **wanted: Any) -> Activity | None:
    now = details_of(person)
    return change_person(person=person, wanted=replace(now, **wanted), seen=now, by=by)


def test_everything_about_a_person_can_be_changed_and_is_logged_with_what_was_before(qa: Person) -> None:
    team = factories.team("Elm", service=factories.service("Assessment"))
    boss = factories.person(name="Bea Oyelaran")
    person = factories.person(Role.AUDITOR, name="Maya Okafor")
    before = details_of(person)
    wanted = Details(
        name="Maya Okafor-Lee",
        team=team.code,
        line_manager=boss.email,
        agency="Health",
        phone="01632 960123",
        quota=2,
        roles=(Role.AUDITOR, Role.MODERATOR),
        active=False,
        absences=(("2026-12-01", "2026-12-19"), ("2027-02-01", "")),
    )
    logged = change_person(person=person, wanted=wanted, seen=before, by=qa)
    assert details_of(person) == wanted
    assert logged is not None
    assert (logged.verb, logged.thing_type, logged.thing_ref, logged.actor) == (
        "person.changed", "person", str(person.pk), qa,
    )  # fmt: skip
    assert set(logged.data["before"]) == set(logged.data["after"]) == set(before.changes_to(wanted))
    assert logged.data["before"]["name"] == "Maya Okafor"


def test_a_change_to_nothing_new_is_not_logged(qa: Person) -> None:
    person = factories.person(Role.AUDITOR)
    assert change(person, qa) is None
    assert not Activity.objects.exists()


def test_a_change_can_be_undone_and_the_undoing_is_logged_too(qa: Person) -> None:
    person = factories.person(Role.AUDITOR, name="Maya Okafor")
    before = details_of(person)
    logged = change(person, qa, roles=(Role.MODERATOR,), absences=(("2026-12-01", ""),), quota=3)
    assert logged is not None
    undone = undo(change=logged, by=qa)
    assert details_of(person) == before
    assert undone is not None
    assert undone.summary == "Undid a change of Maya Okafor: quota, roles, absences"


def test_undoing_leaves_what_was_changed_in_other_ways_since(qa: Person) -> None:
    person = factories.person(Role.AUDITOR)
    first = change(person, qa, quota=3)
    change(person, qa, agency="Health")
    assert first is not None
    undo(change=first, by=qa)
    now = details_of(person)
    assert (now.quota, now.agency) == (None, "Health")


def test_a_change_that_was_changed_again_since_is_not_undone(qa: Person) -> None:
    person = factories.person(Role.AUDITOR)
    first = change(person, qa, quota=3)
    change(person, qa, quota=4)
    assert first is not None
    with pytest.raises(UserError, match="changed again since"):
        undo(change=first, by=qa)
    assert details_of(person).quota == 4


def test_of_two_people_changing_the_same_person_the_slower_is_told(qa: Person) -> None:
    person = factories.person(Role.AUDITOR, name="Maya Okafor")
    seen = details_of(person)
    change(person, qa, name="Maya Lee")
    with pytest.raises(UserError, match="Somebody else changed this person"):
        change_person(person=person, wanted=replace(seen, name="Maya Kaya"), seen=seen, by=qa)
    assert details_of(person).name == "Maya Lee"


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.MODERATOR, Role.LEADERSHIP, Role.SOCIAL_WORKER])
def test_only_people_who_look_after_the_directory_change_it(role: Role) -> None:
    person = factories.person(Role.AUDITOR)
    with pytest.raises(PermissionDenied):
        change(person, factories.person(role), quota=2)


@pytest.mark.parametrize("role", [Role.QA, Role.ADMIN])
def test_quality_assurance_and_administrators_change_it(role: Role) -> None:
    person = factories.person(Role.AUDITOR)
    assert change(person, factories.person(role), quota=2)


def test_nobody_gives_themselves_a_role_or_closes_their_own_account(qa: Person) -> None:
    with pytest.raises(UserError, match="their own roles"):
        change(qa, qa, roles=(Role.QA, Role.ADMIN))
    with pytest.raises(UserError, match="your own account"):
        change(qa, qa, active=False)
    assert change(qa, qa, quota=1)


def test_line_management_never_runs_in_a_circle(qa: Person) -> None:
    top = factories.person(name="Tola Grant")
    middle = factories.person(name="Mina Shah", line_manager=top)
    bottom = factories.person(name="Ben Ode", line_manager=middle)
    for manager in (bottom, middle, top):
        with pytest.raises(UserError, match="works under Tola Grant"):
            change(top, qa, line_manager=manager.email)
    assert change(bottom, qa, line_manager=top.email)


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"name": " "}, "Enter a name"),
        ({"team": "GONE"}, "no team GONE"),
        ({"line_manager": "nobody@authority.example"}, "no active person"),
        ({"roles": ("king",)}, "no such role"),
        ({"absences": (("2026-12-05", "2026-12-04"),)}, "cannot end before it starts"),
        ({"absences": (("2026-12-05", ""), ("2026-12-05", "2026-12-06"))}, "already an absence from that day"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_stored(qa: Person, wanted: dict[str, Any], message: str) -> None:
    person = factories.person(Role.AUDITOR)
    before = details_of(person)
    with pytest.raises(UserError, match=message):
        change(person, qa, **wanted)
    assert details_of(person) == before
    assert not Activity.objects.exists()


def test_a_team_or_manager_chosen_by_hand_replaces_the_name_from_the_file(qa: Person) -> None:
    person = factories.person(team_code="OLD-TEAM", line_manager_email="gone@authority.example")
    boss = factories.person()
    change(person, qa, team=factories.team("Elm").code, line_manager=boss.email)
    person.refresh_from_db()
    assert (person.team_code, person.line_manager_email) == ("", "")


def test_an_absence_that_stays_keeps_where_it_came_from(qa: Person) -> None:
    person = factories.person(Role.AUDITOR)
    Absence.objects.create(person=person, starts_on=date(2026, 12, 1), from_file=True)

    change(person, qa, absences=(("2026-12-01", ""), ("2026-11-02", "2026-11-03")))

    assert list(person.absences.values_list("starts_on", "from_file")) == [
        (date(2026, 11, 2), False),
        (date(2026, 12, 1), True),
    ]


def test_everybody_keeps_their_own_phone_number_right_and_the_directory_can_undo_it(qa: Person) -> None:
    person = factories.person(Role.SOCIAL_WORKER, phone="01632 960001")
    logged = change_own_phone(by=person, phone=" 01632 960002 ")
    assert details_of(person).phone == "01632 960002"
    assert change_own_phone(by=person, phone="01632 960002") is None
    assert logged is not None
    assert "960" not in logged.summary
    undo(change=logged, by=qa)
    assert details_of(person).phone == "01632 960001"


def test_the_page_of_ones_own_phone_number(client: Client) -> None:
    person = factories.person(Role.SOCIAL_WORKER, phone="01632 960001")
    client.force_login(person)
    assert "01632 960001" in client.get(reverse("own_phone")).content.decode()
    refused = client.post(reverse("own_phone"), {"phone": "ask Bea"})
    assert refused.status_code == 422
    assert "Enter a phone number" in refused.content.decode()
    client.post(reverse("own_phone"), {"phone": "01632 960002"})
    assert details_of(person).phone == "01632 960002"
