"""The case file on the command line."""

from datetime import date
from pathlib import Path

import pytest
from pytest_django import DjangoAssertNumQueries

from audits.models import Case, CaseConflict
from tests import factories
from tests.makers.files import CASES, PEOPLE, TEAMS, case_row, table, take_in
from tests.makers.workbooks import xlsx_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture
def elm() -> None:
    factories.team("Elm", service=factories.service("Family support"))
    factories.person(name="Rowan Ash", email="rowan@x.example")


FULL = case_row(
    gender="b) Female",
    ethnicity="k) APKN",
    disability="No",
    plan_type="CP",
    service="family support",
    worker_email="Rowan@x.example",
    opened_on="05/01/2026",
    cp_category="SAB",
    cse_level="emerging",
    missing_last_6_months="yes",
    restricted="yes",
    last_audited_on="2025-06-01",
    conflicts="hazel@x.example; Rowan@X.example",
    family_id="F7",
)


@pytest.mark.usefixtures("elm")
def test_a_case_is_taken_with_everything_the_file_says(tmp_path: Path) -> None:
    said = take_in("import_cases", table(CASES, FULL), tmp_path)

    case = Case.objects.get()
    assert case.team
    assert case.team.code == "ELM"
    assert case.service
    assert case.service.name == "Family support"
    assert case.worker
    assert case.worker.email == "rowan@x.example"
    assert (case.gender, case.ethnicity, case.disability) == ("Female", "APKN", False)
    assert (case.plan_type, case.statuses, case.cp_category) == ("CP", ["CP"], "Sexual abuse")
    assert (case.cse_level, case.missing_last_6_months, case.restricted) == ("emerging", True, True)
    assert (case.opened_on, case.last_audited_on, case.family_id) == (date(2026, 1, 5), date(2025, 6, 1), "F7")
    conflicts = CaseConflict.objects.values_list("email", "person__name").order_by("email")
    assert list(conflicts) == [("hazel@x.example", None), ("rowan@x.example", "Rowan Ash")]
    assert "1 added, 0 changed, 0 unchanged, 0 refused, 1 warning" in said


@pytest.mark.usefixtures("elm")
def test_a_workbook_with_the_same_columns_is_the_same_case(tmp_path: Path) -> None:
    take_in("import_cases", table(CASES, FULL), tmp_path)
    rows = [CASES, [FULL.get(name) for name in CASES]]

    said = take_in("import_cases", xlsx_bytes(rows), tmp_path, name="cases.xlsx")

    assert "0 added, 0 changed, 1 unchanged" in said


@pytest.mark.usefixtures("elm")
def test_the_same_file_a_second_time_changes_nothing(tmp_path: Path) -> None:
    take_in("import_cases", table(CASES, FULL, case_row("C2")), tmp_path)
    before = list(Case.objects.values())

    said = take_in("import_cases", table(CASES, FULL, case_row("C2")), tmp_path)

    assert "0 added, 0 changed, 2 unchanged" in said
    assert list(Case.objects.values()) == before


@pytest.mark.usefixtures("elm")
def test_what_has_changed_is_changed_and_a_blank_cell_empties(tmp_path: Path) -> None:
    take_in("import_cases", table(CASES, FULL), tmp_path)

    said = take_in("import_cases", table(CASES, case_row(plan_type="CIC")), tmp_path)

    case = Case.objects.get()
    assert "0 added, 1 changed, 0 unchanged" in said
    assert (case.plan_type, case.statuses, case.gender, case.worker) == ("CIC", ["CIC"], "", None)
    assert case.last_audited_on is None
    assert not case.conflicts.exists()


@pytest.mark.usefixtures("elm")
def test_a_column_that_the_file_lacks_changes_nothing(tmp_path: Path) -> None:
    take_in("import_cases", table(CASES, FULL), tmp_path)

    take_in("import_cases", b"case_id,plan_type,team,status,closed_on\nC1,CP,ELM,closed,2026-11-02\n", tmp_path)

    case = Case.objects.get()
    assert (case.status, case.closed_on, case.gender, case.restricted) == ("closed", date(2026, 11, 2), "Female", True)
    assert case.conflicts.count() == 2


def test_teams_services_and_workers_that_come_later_are_resolved_then(tmp_path: Path) -> None:
    said = take_in("import_cases", table(CASES, FULL, case_row("C2", team="OAK")), tmp_path)

    case = Case.objects.get(case_id="C1")
    assert (case.team, case.team_label, case.service_label) == (None, "ELM", "family support")
    assert case.worker_label == "rowan@x.example"
    assert "Row 2, column “team”: “ELM”: no team is known by this yet" in said

    take_in("import_teams", table(TEAMS, {"code": "ELM", "name": "Elm", "service": "Family support"}), tmp_path)
    take_in(
        "import_people", table(PEOPLE, {"email": "rowan@x.example", "name": "Rowan Ash", "roles": "auditor"}), tmp_path
    )

    case.refresh_from_db()
    assert case.team
    assert case.team.code == "ELM"
    assert case.service == case.team.service
    assert case.worker
    assert case.worker.name == "Rowan Ash"
    assert (case.team_label, case.service_label, case.worker_label) == ("", "", "")
    assert case.conflicts.filter(person=case.worker).count() == 1
    assert Case.objects.get(case_id="C2").team_label == "OAK"


@pytest.mark.usefixtures("elm")
def test_a_case_whose_file_names_no_service_is_in_that_of_its_team(tmp_path: Path) -> None:
    take_in("import_cases", table(CASES, case_row()), tmp_path)

    case = Case.objects.get()
    assert case.service
    assert case.service.name == "Family support"


@pytest.mark.parametrize(
    ("values", "column", "value", "reason"),
    [
        ({"case_id": ""}, "case_id", "", "this is missing"),
        ({"case_id": "#N/A"}, "case_id", "#N/A", "this is missing"),
        ({"case_id": "C2"}, "case_id", "C2", "this is on row 2 already"),
        ({"case_id": "=1+1"}, "case_id", "=1+1", "a formula"),
        ({"date_of_birth": "03/25/2016"}, "date_of_birth", "03/25/2016", "never guessed"),
        ({"opened_on": "2026-02-30"}, "opened_on", "2026-02-30", "no such date"),
        ({"plan_type": "XYZ"}, "plan_type", "XYZ", "none of EH, CIN, CP, CIC, CL"),
        ({"status": "ajar"}, "status", "ajar", "none of open, closed"),
        ({"restricted": "perhaps"}, "restricted", "perhaps", "neither yes nor no"),
        ({"worker_email": "rowan@"}, "worker_email", "rowan@", "not an e-mail address"),
        ({"conflicts": "rowan@x.example;someone"}, "conflicts", "rowan@x.example;someone", "not an e-mail address"),
        ({"cse_level": "high"}, "cse_level", "high", "none of experiencing, emerging, significant"),
    ],
)
@pytest.mark.usefixtures("elm")
def test_a_row_that_cannot_be_read_is_refused_and_nothing_is_imported(
    values: dict[str, object], column: str, value: str, reason: str, tmp_path: Path
) -> None:
    said = take_in("import_cases", table(CASES, case_row("C2"), {**case_row(), **values}), tmp_path)

    place = f"Refused. Row 3, column “{column}”: " + (f"“{value}”: " if value else "")
    assert place in said
    assert reason in said
    assert "FAILED" in said
    assert not Case.objects.exists()

    take_in("import_cases", table(CASES, case_row("C2"), {**case_row(), **values}), tmp_path, "--partial")
    assert [case.case_id for case in Case.objects.all()] == ["C2"]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"opened_on": "2015-01-01"}, "before the child’s date of birth"),
        ({"plan_type": "CL", "date_of_birth": "2012-11-01"}, "a care leaver of 14"),
        ({"opened_on": "2026-03-01", "closed_on": "2026-02-01", "status": "closed"}, "before it was opened"),
        ({"status": "closed"}, "closed, but not when"),
        ({"closed_on": "2026-02-01"}, "the case is said to be open"),
        ({"date_of_birth": ""}, "taken without a date of birth"),
        ({"team": "#N/A"}, "this is not a value: taken as blank"),
        ({"team": ""}, "taken without a team"),
        ({"plan_type": ""}, "taken without a plan type"),
        ({"team": "NOWHERE"}, "no team is known by this yet"),
    ],
)
@pytest.mark.usefixtures("elm")
def test_what_is_only_strange_is_taken_with_a_warning(values: dict[str, object], reason: str, tmp_path: Path) -> None:
    said = take_in("import_cases", table(CASES, case_row(**values)), tmp_path)

    assert Case.objects.count() == 1
    assert "Warning. Row 2" in said
    assert reason in said


@pytest.mark.usefixtures("elm")
def test_a_worker_may_be_named_instead(tmp_path: Path) -> None:
    rows = case_row(worker_email="Rowan\u00a0ASH"), case_row("C2", worker_email="Imogen Thistle")

    said = take_in("import_cases", table(CASES, *rows), tmp_path)

    assert [(case.worker_id is None, case.worker_label) for case in Case.objects.all()] == [
        (False, ""),
        (True, "Imogen Thistle"),
    ]
    assert "Row 3, column “worker_email”: “Imogen Thistle”: nobody is known by this yet" in said


@pytest.mark.usefixtures("elm")
def test_a_windows_file_is_recognised_and_said(tmp_path: Path) -> None:
    content = b"case_id,plan_type,team,status,ethnicity\nC1,CIN,ELM,open,Traveller \x96 caf\xe9\n"

    said = take_in("import_cases", content, tmp_path)

    assert "Windows-1252" in said
    assert Case.objects.get().ethnicity == "Traveller – café"


@pytest.mark.usefixtures("elm")
def test_columns_that_are_not_known_are_reported_and_ignored(tmp_path: Path) -> None:
    said = take_in("import_cases", b"Status,CASE ID,shoe size,Team,plan type\nopen,C1,38,ELM,CIN\n", tmp_path)

    assert "unknown columns, ignored: shoe size" in said
    assert Case.objects.get().plan_type == "CIN"


@pytest.mark.usefixtures("elm")
def test_the_number_of_queries_does_not_grow_with_the_cases_of_a_batch(
    tmp_path: Path, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    rows = [case_row(f"C{number}", worker_email="rowan@x.example", gender="Male") for number in range(1_000)]

    with django_assert_max_num_queries(80):
        take_in("import_cases", table(CASES, *rows), tmp_path)
    with django_assert_max_num_queries(35):
        take_in("import_cases", table(CASES, *rows), tmp_path)

    assert Case.objects.count() == 1_000
