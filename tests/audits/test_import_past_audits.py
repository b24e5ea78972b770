"""Past audits: trends from the first day, under the names that the file has."""

from datetime import date
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from time_machine import TimeMachineFixture

from accounts.enums import Role
from accounts.errors import UserError
from audits.enums import CycleStatus
from audits.models import Allocation, Audit, AuditSection, Case, Cycle
from audits.services import cycles
from config.sweep import sweep
from tests import factories
from tests.audits.drawing import Town
from tests.makers.files import AUDITS, CASES, PEOPLE, TEAMS, audit_row, case_row, table, take_in

pytestmark = pytest.mark.django_db


def brought_in(folder: Path, *rows: dict[str, object], options: tuple[str, ...] = ()) -> str:
    return take_in("import_audits", table(AUDITS, *rows), folder, *options)


def test_a_past_audit_is_kept_under_the_names_of_its_file(tmp_path: Path) -> None:
    said = brought_in(
        tmp_path,
        audit_row(
            team="OLD7",
            service="Former service",
            plan_type="CP",
            auditor_email="Gone@x.example",
            moderated_grade="requires improvement",
            **{"grade: Assessment": "good", "grade: Life story work": "Inadequate"},
        ),
    )

    cycle = Cycle.objects.get()
    assert (cycle.key, cycle.status) == ("2026-05", "closed")
    allocation = Allocation.objects.get()
    assert (allocation.case, allocation.case_label, allocation.kind) == (None, "C1", "audit")
    assert (allocation.team, allocation.service, allocation.auditor_label) == (
        "OLD7",
        "Former service",
        "gone@x.example",
    )
    assert (allocation.plan_type, allocation.standing, allocation.due_on) == ("CP", "live", date(2026, 5, 21))
    audit = Audit.objects.get()
    assert (audit.state, audit.imported, audit.completed_on) == ("signed_off", True, date(2026, 5, 14))
    assert (audit.overall_grade, audit.moderated_grade, audit.grade) == (
        "good",
        "requires_improvement",
        "requires_improvement",
    )
    assert list(AuditSection.objects.values_list("name", "grade")) == [
        ("Assessment", "good"),
        ("Life story work", "inadequate"),
    ]
    assert "“OLD7”: not known here: kept as a label" in said
    assert "1 case not known here" in said


def test_names_that_are_known_become_what_they_name_at_once_or_later(tmp_path: Path) -> None:
    row = audit_row(team="ELM", service="", auditor_email="rowan@x.example")
    brought_in(tmp_path, row)
    take_in(
        "import_teams",
        table(TEAMS, {"code": "ELM", "name": "Elm", "service": "Family support", "area": "North"}),
        tmp_path,
    )
    take_in("import_people", table(PEOPLE, {"email": "rowan@x.example", "name": "Rowan", "roles": "auditor"}), tmp_path)
    take_in("import_cases", table(CASES, case_row()), tmp_path)

    brought_in(tmp_path, audit_row("C1", kind="reaudit", team="ELM", auditor_email="rowan@x.example"))

    for allocation in Allocation.objects.all():
        assert allocation.case
        assert allocation.case.case_id == "C1"
        assert allocation.auditor
        assert (allocation.team, allocation.team_code, allocation.area) == ("Elm", "ELM", "North")
        assert (allocation.service, allocation.age) == ("Family support", 9)
    assert Case.objects.get().last_audited_on == date(2026, 5, 14)
    assert "0 added, 0 changed, 1 unchanged" in brought_in(tmp_path, row)


@pytest.mark.parametrize(
    ("values", "standing", "state"),
    [
        ({}, "live", "signed_off"),
        ({"status": "not_returned", "completed_on": "", "overall_grade": ""}, "live", "not_returned"),
        ({"status": "exempt", "completed_on": "", "overall_grade": ""}, "exempt", "not_started"),
    ],
)
def test_each_status_of_the_file_has_its_state(
    values: dict[str, object], standing: str, state: str, tmp_path: Path
) -> None:
    brought_in(tmp_path, audit_row(**values))

    allocation = Allocation.objects.select_related("audit").get()
    assert (allocation.standing, allocation.audit.state) == (standing, state)
    assert allocation.audit not in Audit.objects.open_stage1()
    assert allocation.audit not in Audit.objects.awaiting_moderation()


def test_merged_months_are_one_cycle_due_by_the_last(tmp_path: Path) -> None:
    brought_in(tmp_path, audit_row(cycle="2019-07/2019-08", completed_on="2019-08-22"))

    cycle = Cycle.objects.get()
    assert (cycle.first_month, cycle.last_month) == (date(2019, 7, 1), date(2019, 8, 1))
    audit = Audit.objects.get()
    assert audit.allocation.due_on == date(2019, 8, 21)
    assert audit.is_late


def test_the_same_file_a_second_time_changes_nothing(tmp_path: Path) -> None:
    factories.team("Elm")
    factories.case(case_id="C1")
    rows = [
        audit_row(team="elm", **{"grade: Assessment": "good", "grade: Life story work": ""}),
        audit_row("C1", kind="reaudit"),
        audit_row("C2", status="not_returned", completed_on="", overall_grade=""),
        audit_row("C3", status="exempt", completed_on="", overall_grade="", cycle="2026-06"),
    ]
    assert "4 added" in brought_in(tmp_path, *rows)
    before = [list(model.objects.values()) for model in (Cycle, Allocation, Audit, AuditSection, Case)]

    said = brought_in(tmp_path, *rows)

    assert "0 added, 0 changed, 4 unchanged" in said
    assert [list(model.objects.values()) for model in (Cycle, Allocation, Audit, AuditSection, Case)] == before


def test_what_has_changed_is_changed_and_what_the_file_does_not_say_stays(tmp_path: Path) -> None:
    brought_in(tmp_path, audit_row(team="ELM", plan_type="CP", **{"grade: Assessment": "good"}))

    content = b"cycle,case_id,status,overall_grade,grade: Planning\n2026-05,C1,completed,inadequate,good\n"
    said = take_in("import_audits", content, tmp_path)

    assert "0 added, 1 changed, 0 unchanged" in said
    audit = Audit.objects.get()
    assert (audit.overall_grade, audit.completed_on) == ("inadequate", date(2026, 5, 14))
    assert (audit.allocation.team, audit.allocation.plan_type) == ("ELM", "CP")
    assert dict(audit.sections.values_list("name", "grade")) == {
        "Assessment": "good",
        "Life story work": "",
        "Planning": "good",
    }


def test_an_audit_that_was_made_here_is_never_changed_by_a_file(tmp_path: Path) -> None:
    allocated = factories.audit()
    case_id = allocated.allocation.case.case_id
    before = list(Audit.objects.values()), list(Allocation.objects.values())

    said = brought_in(tmp_path, audit_row(case_id, cycle="2026-11", completed_on="2026-11-14"))

    assert "this audit was made here: it stays as it is" in said
    assert "0 added, 0 changed, 1 unchanged" in said
    assert (list(Audit.objects.values()), list(Allocation.objects.values())) == before


def test_a_section_of_the_current_form_keeps_its_name_however_it_is_written(tmp_path: Path) -> None:
    content = b"cycle,case_id,status,grade: REFLECTION AND SUPERVISION\n2026-05,C1,completed,good\n"

    take_in("import_audits", content, tmp_path)

    assert AuditSection.objects.get().name == "Reflection and Supervision"


@pytest.mark.parametrize(
    ("values", "column", "reason"),
    [
        ({"cycle": "May 2026"}, "cycle", "not a month"),
        ({"cycle": ""}, "cycle", "this is missing"),
        ({"case_id": ""}, "case_id", "this is missing"),
        ({"status": "lost"}, "status", "none of completed, not_returned, exempt"),
        ({"status": ""}, "status", "this is missing"),
        ({"overall_grade": "fair"}, "overall_grade", "none of outstanding, good"),
        ({"completed_on": "05/14/2026"}, "completed_on", "never guessed"),
        ({"case_id": "C9", "kind": ""}, "cycle", "this is on row 2 already"),
        ({"cycle": "2026-04/2026-05"}, "cycle", "these months overlap with the cycle"),
        ({"grade: Assessment": "A"}, "grade: Assessment", "none of outstanding, good"),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_and_nothing_is_imported(
    values: dict[str, object], column: str, reason: str, tmp_path: Path
) -> None:
    said = brought_in(tmp_path, audit_row("C9"), {**audit_row(), **values})

    assert f"column “{column}”" in said
    assert reason in said
    assert "FAILED" in said
    assert not Cycle.objects.exists()


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"completed_on": ""}, "completed, but not when"),
        ({"completed_on": "2026-04-30"}, "before the cycle begins"),
        ({"completed_on": "2099-01-01"}, "this is in the future"),
        ({"status": "not_returned"}, "not completed: its day and grades are left out"),
    ],
)
def test_what_is_only_strange_is_said(values: dict[str, object], reason: str, tmp_path: Path) -> None:
    assert reason in brought_in(tmp_path, audit_row(**values))


def test_the_number_of_queries_does_not_grow_with_the_audits(
    tmp_path: Path, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    rows = [audit_row(f"C{number}", **{"grade: Assessment": "good"}) for number in range(600)]

    with django_assert_max_num_queries(100):
        brought_in(tmp_path, *rows)
    with django_assert_max_num_queries(40):
        brought_in(tmp_path, *rows)

    assert Audit.objects.count() == 600


@pytest.mark.parametrize(
    ("cycle", "status"),
    [
        ("2026-10", CycleStatus.CLOSED),
        ("2026-09/2026-10", CycleStatus.CLOSED),
        ("2026-11", CycleStatus.PLANNED),
        ("2026-10/2026-11", CycleStatus.PLANNED),
        ("2026-12", CycleStatus.PLANNED),
    ],
)
@pytest.mark.parametrize("today", ["2026-11-01T09:00+00:00", "2026-11-30T09:00+00:00"])
def test_only_a_month_that_has_ended_comes_in_closed(
    time_machine: TimeMachineFixture, tmp_path: Path, today: str, cycle: str, status: CycleStatus
) -> None:
    time_machine.move_to(today, tick=False)
    brought_in(tmp_path, audit_row(cycle=cycle))
    assert Cycle.objects.get().status == status


def test_a_month_of_which_a_part_came_in_is_drawn_without_the_cases_that_came(
    time_machine: TimeMachineFixture, tmp_path: Path
) -> None:
    time_machine.move_to("2026-11-24T09:00+00:00", tick=False)
    town = Town()
    came = town.cases[0]
    not_returned = {"status": "not_returned", "completed_on": "", "overall_grade": ""}
    brought_in(tmp_path, audit_row(came.case_id, cycle="2026-12", **not_returned))

    sweep(timezone.now())

    december = Cycle.objects.get()
    assert december.status == CycleStatus.OPEN
    drawn = december.allocations.filter(draw__isnull=False)
    assert drawn.count() == 2
    assert came not in [allocation.case for allocation in drawn]
    assert december.draws.get().summary["excluded"]["already_allocated"] == 1


def test_merging_months_keeps_what_came_in_of_them(time_machine: TimeMachineFixture, tmp_path: Path) -> None:
    time_machine.move_to("2026-11-24T09:00+00:00", tick=False)
    brought_in(tmp_path, audit_row(cycle="2026-12"))
    november, qa = cycles.get_or_plan(date(2026, 11, 1)), factories.person(Role.QA)
    with pytest.raises(UserError, match="December 2026 is a cycle of its own"):
        cycles.merge(cycle=november, last_month=date(2026, 12, 1), by=qa, at=timezone.now())
    assert Allocation.objects.count() == 1
