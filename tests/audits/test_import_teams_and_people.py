"""The teams and people files, on the command line, forward references and all."""

from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Absence, Person, Service, Team
from tests.makers.files import PEOPLE, TEAMS, table, take_in

pytestmark = pytest.mark.django_db

ELM = {
    "code": "ELM",
    "name": "Elm",
    "service": "Family support",
    "area": "North",
    "manager_email": "Hazel@x.example",
}
HAZEL = {"email": "hazel@x.example", "name": "Hazel Marsh", "roles": "practice_manager;auditor", "team": "ELM"}
ROWAN = {
    "email": "Rowan@X.example",
    "name": "Rowan\u00a0Ash",
    "roles": "social worker",
    "team": "ELM",
    "line_manager_email": "hazel@x.example",
    "quota": "2",
    "absent_from": "01/12/2026",
    "absent_to": "2026-12-24",
}


def test_teams_come_with_their_services_and_areas_and_managers_who_are_not_known_yet(tmp_path: Path) -> None:
    said = take_in("import_teams", table(TEAMS, ELM), tmp_path)

    team = Team.objects.get()
    assert (team.code, team.name, team.service.name, str(team.area)) == ("ELM", "Elm", "Family support", "North")
    assert (team.manager, team.manager_email) == (None, "hazel@x.example")
    assert "column “manager_email”: “hazel@x.example”: nobody is known by this yet" in said
    assert "1 added, 0 changed, 0 unchanged, 0 refused, 1 warning" in said


@pytest.mark.parametrize("order", ["teams first", "people first"])
def test_files_may_refer_forward_in_either_order(order: str, tmp_path: Path) -> None:
    files = [("import_teams", table(TEAMS, ELM)), ("import_people", table(PEOPLE, ROWAN, HAZEL))]
    for command, content in files if order == "teams first" else reversed(files):
        assert "FAILED" not in take_in(command, content, tmp_path)

    rowan = Person.objects.get(email="rowan@x.example")
    assert rowan.name == "Rowan Ash"
    assert rowan.team == Team.objects.get()
    assert rowan.line_manager == Team.objects.get().manager == Person.objects.get(email="hazel@x.example")
    assert (rowan.team_code, rowan.line_manager_email, rowan.team.manager_email) == ("", "", "")
    assert [role.role for role in rowan.roles.all()] == ["social_worker"]
    assert (rowan.quota, rowan.is_active, rowan.has_usable_password()) == (2, True, False)
    assert Absence.objects.values_list("person__email", "starts_on", "ends_on").get() == (
        "rowan@x.example",
        date(2026, 12, 1),
        date(2026, 12, 24),
    )


def test_the_same_files_a_second_time_change_nothing(tmp_path: Path) -> None:
    for _ in range(2):
        teams = take_in("import_teams", table(TEAMS, ELM), tmp_path)
        people = take_in("import_people", table(PEOPLE, ROWAN, HAZEL), tmp_path)

    assert "0 added, 0 changed, 1 unchanged, 0 refused, 0 warnings" in teams
    assert "0 added, 0 changed, 2 unchanged, 0 refused, 0 warnings" in people


def test_what_has_changed_is_changed_and_what_the_file_does_not_say_stays(tmp_path: Path) -> None:
    take_in("import_teams", table(TEAMS, ELM), tmp_path)
    take_in("import_people", table(PEOPLE, ROWAN, HAZEL), tmp_path)
    Person.objects.filter(email="rowan@x.example").update(password="a password that they have set")

    said = take_in("import_people", b"email,name,roles,active\nrowan@x.example,Rowan Birch,auditor,no\n", tmp_path)

    rowan = Person.objects.get(email="rowan@x.example")
    assert "0 added, 1 changed, 0 unchanged" in said
    assert (rowan.name, rowan.is_active, rowan.quota) == ("Rowan Birch", False, 2)
    assert rowan.line_manager == Person.objects.get(email="hazel@x.example")
    assert rowan.password == "a password that they have set"
    assert [role.role for role in rowan.roles.all()] == ["auditor"]


def test_a_team_moves_to_another_service_and_the_old_one_stays(tmp_path: Path) -> None:
    take_in("import_teams", table(TEAMS, ELM), tmp_path)
    take_in("import_teams", table(TEAMS, {**ELM, "service": "Early help"}), tmp_path)

    assert Team.objects.get().service.name == "Early help"
    assert set(Service.objects.values_list("name", flat=True)) == {"Early help", "Family support"}


def test_services_are_one_however_they_are_written(tmp_path: Path) -> None:
    take_in("import_teams", table(TEAMS, ELM, {**ELM, "code": "OAK", "service": "family  SUPPORT"}), tmp_path)

    assert Service.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "column", "reason"),
    [
        ({"email": ""}, "email", "this is missing"),
        ({"email": "Rowan Ash"}, "email", "not an e-mail address"),
        ({"roles": "auditor;astronaut"}, "roles", "none of auditor, moderator"),
        ({"quota": "many"}, "quota", "not a number"),
        ({"quota": "-1"}, "quota", "not between 0 and 100"),
        ({"active": "perhaps"}, "active", "neither yes nor no"),
        ({"absent_from": "12/25/2026"}, "absent_from", "never guessed"),
        ({"absent_from": "2026-12-24", "absent_to": "2026-12-01"}, "absent_to", "before the absence begins"),
        ({"absent_from": ""}, "absent_to", "needs its first day"),
    ],
)
def test_a_person_who_cannot_be_read_is_refused_and_nothing_is_imported(
    values: dict[str, object], column: str, reason: str, tmp_path: Path
) -> None:
    said = take_in("import_people", table(PEOPLE, HAZEL, {**ROWAN, **values}), tmp_path)

    assert f"Refused. Row 3, column “{column}”" in said
    assert reason in said
    assert "FAILED file.csv: 1 row refused, nothing was imported." in said
    assert Person.objects.count() == 0


def test_partial_takes_in_the_other_rows_and_still_ends_with_status_1(tmp_path: Path) -> None:
    said = take_in("import_people", table(PEOPLE, HAZEL, {**ROWAN, "email": ""}), tmp_path, "--partial")

    assert [person.email for person in Person.objects.all()] == ["hazel@x.example"]
    assert "FAILED file.csv: 1 row refused, the others were taken in." in said


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"roles": ""}, "taken without a role"),
        ({"name": ""}, "taken under the e-mail address"),
        ({"team": "#N/A"}, "this is not a value: taken as blank"),
        ({"line_manager_email": "rowan@x.example"}, "nobody is their own manager: taken as blank"),
    ],
)
def test_what_is_only_strange_about_a_person_is_a_warning(
    values: dict[str, object], reason: str, tmp_path: Path
) -> None:
    said = take_in("import_people", table(PEOPLE, HAZEL, {**ROWAN, **values}), tmp_path)

    assert reason in said
    assert Person.objects.count() == 2


def test_codes_that_differ_only_in_punctuation_are_two_teams(tmp_path: Path) -> None:
    take_in("import_teams", table(TEAMS, {**ELM, "code": "E-1"}, {**ELM, "code": "E1", "name": "Elder"}), tmp_path)
    take_in("import_people", table(PEOPLE, {**HAZEL, "team": "E-1"}, {**ROWAN, "team": "E1"}), tmp_path)

    assert dict(Person.objects.values_list("email", "team__code")) == {
        "hazel@x.example": "E-1",
        "rowan@x.example": "E1",
    }


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"not a table at all", "This is not a table of teams"),
        (b"code,name\nELM,Elm\n", "The column service is missing"),
        (b"", "This file is empty"),
    ],
)
def test_a_file_that_is_no_teams_file_is_refused_in_one_sentence(content: bytes, reason: str, tmp_path: Path) -> None:
    said = take_in("import_teams", content, tmp_path)

    assert said.startswith("FAILED file.csv: ")
    assert reason in said


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("import_teams", str(tmp_path / "nothing.csv"))
