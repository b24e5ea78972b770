"""What a file got wrong, a later file puts right; and the order in which files come makes no difference."""

import itertools
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Absence, Person
from audits.enums import AuditState
from audits.models import AuditSection, Case
from tests import factories
from tests.makers.files import AUDITS, CASES, PEOPLE, TEAMS, audit_row, case_row, table, take_in

pytestmark = pytest.mark.django_db

ELM = {"code": "ELM", "name": "Elm", "service": "Family support", "area": "North"}
ROWAN = {"email": "rowan@x.example", "name": "Rowan Ash", "roles": "auditor"}
UNCHANGED = "0 added, 0 changed, 1 unchanged, 0 refused"


def absences() -> list[tuple[date, date | None]]:
    return list(Absence.objects.order_by("starts_on").values_list("starts_on", "ends_on"))


def people_file(**values: object) -> bytes:
    return table(PEOPLE, {**ROWAN, **values})


def test_an_absence_that_is_not_over_is_moved_and_taken_back_by_file(tmp_path: Path) -> None:
    take_in("import_people", people_file(absent_from="2026-01-05"), tmp_path)

    moved = people_file(absent_from="2099-12-07", absent_to="2099-12-11")
    assert "0 added, 1 changed" in take_in("import_people", moved, tmp_path)
    assert absences() == [(date(2099, 12, 7), date(2099, 12, 11))]
    assert UNCHANGED in take_in("import_people", moved, tmp_path)

    assert "0 added, 1 changed" in take_in("import_people", people_file(), tmp_path)
    assert absences() == []
    assert UNCHANGED in take_in("import_people", people_file(), tmp_path)


def test_an_absence_that_is_over_or_was_entered_here_stays_whatever_the_file_says(tmp_path: Path) -> None:
    take_in("import_people", people_file(absent_from="2026-01-05", absent_to="2026-01-09"), tmp_path)
    rowan = Person.objects.get()
    Absence.objects.create(person=rowan, starts_on=date(2099, 3, 1))

    assert UNCHANGED in take_in("import_people", people_file(), tmp_path)
    assert absences() == [(date(2026, 1, 5), date(2026, 1, 9)), (date(2099, 3, 1), None)]


def test_a_people_file_without_the_columns_leaves_absences_alone(tmp_path: Path) -> None:
    take_in("import_people", people_file(absent_from="2099-12-07"), tmp_path)

    take_in("import_people", b"email,name,roles\nrowan@x.example,Rowan Ash,auditor\n", tmp_path)

    assert absences() == [(date(2099, 12, 7), None)]


def audited_file(day: str) -> bytes:
    return table(CASES, case_row(last_audited_on=day))


@pytest.fixture
def elm() -> None:
    factories.team("Elm", service=factories.service("Family support"))


@pytest.mark.usefixtures("elm")
def test_the_day_of_the_last_audit_can_be_put_right(tmp_path: Path) -> None:
    said = take_in("import_cases", audited_file("2099-05-01"), tmp_path)
    assert "column “last_audited_on”: “2099-05-01”: this is in the future" in said

    take_in("import_cases", audited_file("2026-01-05"), tmp_path)
    assert Case.objects.get().last_audited_on == date(2026, 1, 5)

    take_in("import_cases", audited_file(""), tmp_path)
    assert Case.objects.get().last_audited_on is None


@pytest.mark.usefixtures("elm")
@pytest.mark.parametrize("cases_first", [True, False])
def test_no_file_puts_the_last_audit_before_one_that_is_held_here(cases_first: bool, tmp_path: Path) -> None:
    files = [
        ("import_cases", audited_file("2026-01-05")),
        ("import_audits", table(AUDITS, audit_row(completed_on="2026-05-14"))),
    ]
    for command, content in files if cases_first else reversed(files):
        take_in(command, content, tmp_path)

    assert Case.objects.get().last_audited_on == date(2026, 5, 14)
    for day, after in (("", "2026-05-14"), ("2026-01-05", "2026-05-14"), ("2026-06-01", "2026-06-01")):
        take_in("import_cases", audited_file(day), tmp_path)
        assert str(Case.objects.get().last_audited_on) == after
        assert UNCHANGED in take_in("import_cases", audited_file(day), tmp_path)


@pytest.mark.usefixtures("elm")
def test_an_audit_made_here_counts_for_the_last_audit_too(tmp_path: Path) -> None:
    take_in("import_cases", audited_file("2026-01-05"), tmp_path)
    factories.audit(case=Case.objects.get(), state=AuditState.SUBMITTED, completed_on=date(2026, 10, 9))

    take_in("import_cases", audited_file("2026-01-06"), tmp_path)

    assert Case.objects.get().last_audited_on == date(2026, 10, 9)


@pytest.mark.usefixtures("elm")
def test_a_file_that_says_what_is_held_changes_nothing_once_an_audit_was_made_here(tmp_path: Path) -> None:
    take_in("import_cases", audited_file("2026-01-05"), tmp_path)
    factories.audit(case=Case.objects.get(), state=AuditState.SUBMITTED, completed_on=date(2026, 10, 9))

    assert UNCHANGED in take_in("import_cases", audited_file("2026-01-05"), tmp_path)


FILES = {
    "import_teams": table(TEAMS, ELM),
    "import_people": table(PEOPLE, {**ROWAN, "team": "ELM"}),
    "import_cases": table(CASES, case_row()),
    "import_audits": table(
        AUDITS,
        audit_row(team="elm", service="", auditor_email="rowan@x.example"),
        audit_row("C2", team="", service="FAMILY-SUPPORT"),
        audit_row("C3", team="OLD", service="Former service", auditor_email="gone@x.example"),
    ),
}


@pytest.mark.parametrize("order", list(itertools.permutations(FILES)), ids="-".join)
def test_past_audits_are_the_same_in_whatever_order_the_files_come(order: Sequence[str], tmp_path: Path) -> None:
    for command in order:
        assert "FAILED" not in take_in(command, FILES[command], tmp_path)

    path = tmp_path / "out.csv"
    call_command("export", "audits", "2026-05", "--to", str(path))
    rows = [row.split(",") for row in path.read_text().splitlines()]
    assert sorted(row[1:5] + row[6:7] for row in rows[1:]) == [
        ["C1", "audit", "ELM", "Family support", "rowan@x.example"],
        ["C2", "audit", "", "Family support", ""],
        ["C3", "audit", "OLD", "Former service", "gone@x.example"],
    ]
    again = take_in("import_audits", FILES["import_audits"], tmp_path)
    assert "0 added, 0 changed, 3 unchanged" in again


WITHOUT_SERVICE = b"case_id,plan_type,team,status\nC1,CIN,ELM,open\n"


@pytest.mark.usefixtures("elm")
@pytest.mark.parametrize("service", ["Early help", "Not known yet"])
def test_a_file_without_the_service_leaves_the_one_that_a_file_gave(service: str, tmp_path: Path) -> None:
    factories.service("Early help")
    take_in("import_cases", table(CASES, case_row(service=service)), tmp_path)

    take_in("import_cases", WITHOUT_SERVICE, tmp_path)

    case = Case.objects.get()
    assert (case.service.name if case.service else case.service_label) == service


@pytest.mark.usefixtures("elm")
def test_a_case_in_the_service_of_its_team_follows_it_to_another_team(tmp_path: Path) -> None:
    factories.team("Oak", service=factories.service("Early help"))
    take_in("import_cases", WITHOUT_SERVICE, tmp_path)

    take_in("import_cases", WITHOUT_SERVICE.replace(b"ELM", b"OAK"), tmp_path)

    assert str(Case.objects.get().service) == "Early help"


def test_cases_follow_their_team_into_another_service_unless_a_file_says_theirs(tmp_path: Path) -> None:
    take_in("import_teams", table(TEAMS, ELM), tmp_path)
    factories.service("Children in care")
    rows = [case_row("C1"), case_row("C2", service="Children in care")]
    take_in("import_cases", table(CASES, *rows), tmp_path)

    take_in("import_teams", table(TEAMS, {**ELM, "service": "Early help"}), tmp_path)

    services = dict(Case.objects.values_list("case_id", "service__name"))
    assert services == {"C1": "Early help", "C2": "Children in care"}


@pytest.mark.parametrize(
    ("command", "content", "reason"),
    [
        ("import_teams", table(TEAMS, {**ELM, "code": "T" * 61}), "longer than 60 characters"),
        ("import_people", table(PEOPLE, {**ROWAN, "team": "T" * 61}), "longer than the 60 characters of a code"),
        (
            "import_audits",
            table(AUDITS, audit_row(auditor_email="a" * 191 + "@x.example")),
            "longer than 200 characters",
        ),
        (
            "import_cases",
            table(CASES, case_row(worker_email="a" * 191 + "@x.example")),
            "longer than 200 characters",
        ),
    ],
)
def test_what_is_longer_than_its_place_refuses_its_row(
    command: str, content: bytes, reason: str, tmp_path: Path
) -> None:
    said = take_in(command, content, tmp_path)

    assert "Refused. Row 2, column" in said
    assert reason in said


def test_a_person_who_is_refused_leaves_no_name_to_be_resolved(tmp_path: Path) -> None:
    said = take_in("import_people", people_file(team="T" * 61), tmp_path)

    assert "0 added, 0 changed, 0 unchanged, 1 refused, 0 warnings" in said


def test_a_team_may_be_named_by_a_long_name_that_is_known(tmp_path: Path) -> None:
    team = factories.team("Elm")
    team.name = "Elm and all the teams that used to be in the old building by the river"
    team.save()

    take_in("import_people", people_file(team=team.name), tmp_path)

    assert Person.objects.get().team == team


def test_a_past_audit_that_is_there_twice_is_said_by_its_cycle(tmp_path: Path) -> None:
    rows = [audit_row(cycle="2019-07/2019-08"), audit_row(cycle="2019-07/2019-08")]

    said = take_in("import_audits", table(AUDITS, *rows), tmp_path)

    assert "Refused. Row 3, column “cycle”: “2019-07/2019-08”: this is on row 2 already" in said


def test_two_grades_of_one_section_refuse_the_file(tmp_path: Path) -> None:
    said = take_in(
        "import_audits",
        b"cycle,case_id,status,grade: Planning,Grade: planning\n2026-01,C1,completed,good,inadequate\n",
        tmp_path,
    )

    assert "FAILED" in said
    assert "more than once: grade: planning (“grade: Planning”, “Grade: planning”)" in said
    assert not AuditSection.objects.exists()


@pytest.mark.usefixtures("elm")
def test_a_cell_that_is_endless_refuses_its_row_alone(tmp_path: Path) -> None:
    rows = [case_row("C1"), case_row("C2", ethnicity="x" * 140_000)]

    said = take_in("import_cases", table(CASES, *rows), tmp_path, "--partial")

    assert "Refused. Row 3, column “ethnicity”" in said
    assert "this cell is too long: it holds 140,000 characters" in said
    assert [case.case_id for case in Case.objects.all()] == ["C1"]


@pytest.mark.parametrize("name", ["out.xlsx", "out", "out.csv.gz"])
def test_an_export_is_written_under_no_other_ending_than_its_own(name: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"written as CSV, so its name has to end in \.csv"):
        call_command("export", "cases", "--to", str(tmp_path / name))

    assert not (tmp_path / name).exists()


def test_an_export_of_no_cases_is_refused_as_a_file_with_nothing_in_it(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    call_command("export", "cases", "--to", str(path))

    assert "no rows under it, so there is nothing to bring in" in take_in("import_cases", path.read_bytes(), tmp_path)
