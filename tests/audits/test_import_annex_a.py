"""The Annex A workbook taken in: what it says of cases, and what it leaves alone."""

from datetime import date
from pathlib import Path

import pytest

from audits.models import Case
from tests import factories
from tests.makers import annex_a
from tests.makers.annex_a import row, workbook
from tests.makers.files import TEAMS, table, take_in

pytestmark = pytest.mark.django_db

NAME = "annex-a.xlsx"
COMMON = {"id": 1001, "gender": "b) Female", "ethnicity": "k) APKN", "born": date(2016, 5, 4)}
NEED = row(6, **COMMON, start=date(2026, 1, 5), team="Elm", worker="Rowan\u00a0Ash")


def brought_in(content: bytes, folder: Path, *options: str) -> str:
    return take_in("import_annex_a", content, folder, "--as-of", "2026-10-31", *options, name=NAME)


def test_a_child_becomes_a_case_with_the_team_and_worker_that_the_workbook_names(tmp_path: Path) -> None:
    team = factories.team("Elm")
    worker = factories.person(name="Rowan Ash")

    said = brought_in(workbook({6: [NEED]}), tmp_path)

    case = Case.objects.get()
    assert (case.case_id, case.gender, case.ethnicity) == ("1001", "Female", "APKN")
    assert (case.team, case.service, case.worker) == (team, team.service, worker)
    assert (case.plan_type, case.statuses, case.status) == ("CIN", ["CIN"], "open")
    assert case.opened_on == date(2026, 1, 5)
    assert "1 added, 0 changed, 0 unchanged, 0 refused" in said


def test_an_unknown_team_and_worker_are_kept_as_labels_until_they_are_known(tmp_path: Path) -> None:
    said = brought_in(workbook({6: [NEED]}), tmp_path)

    case = Case.objects.get()
    assert (case.team, case.team_label, case.worker, case.worker_label) == (None, "Elm", None, "Rowan Ash")
    assert "Sheet “List 6”, row 2, column “Allocated Team”: “Elm”: no team is known by this" in said

    take_in("import_teams", table(TEAMS, {"code": "T1", "name": "ELM", "service": "Family support"}), tmp_path)
    case.refresh_from_db()
    assert case.team
    assert case.service == case.team.service


def test_two_people_of_one_name_are_nobody(tmp_path: Path) -> None:
    factories.person(name="Rowan Ash", email="rowan.1@x.example")
    factories.person(name="Rowan Ash", email="rowan.2@x.example")

    brought_in(workbook({6: [NEED]}), tmp_path)

    assert Case.objects.get().worker_label == "Rowan Ash"


def test_a_dirty_workbook_a_second_time_changes_nothing(tmp_path: Path) -> None:
    first = brought_in(annex_a.dirty(200), tmp_path)
    before = list(Case.objects.values())
    second = brought_in(annex_a.dirty(200), tmp_path)

    assert "200 added, 0 changed, 0 unchanged, 0 refused" in first
    assert "0 added, 0 changed, 200 unchanged, 0 refused" in second
    assert list(Case.objects.values()) == before


def test_what_the_workbook_does_not_know_stays_as_it_is(tmp_path: Path) -> None:
    team = factories.team("Oak")
    kept = factories.case(
        case_id="1001",
        plan_type="EH",
        statuses=["EH"],
        team=team,
        restricted=True,
        family_id="F1",
        cse_level="emerging",
        last_audited_on=date(2026, 6, 1),
    )
    other = factories.case(case_id="2002")

    said = brought_in(workbook({2: [row(2, id="1001", gender="Male")]}), tmp_path)

    kept.refresh_from_db()
    assert (kept.gender, kept.date_of_birth, kept.ethnicity) == ("Male", date(2016, 5, 4), "White British")
    assert (kept.team, kept.restricted, kept.family_id, kept.cse_level) == (team, True, "F1", "emerging")
    assert kept.last_audited_on == date(2026, 6, 1)
    other.refresh_from_db()
    assert other.status == "open"
    assert "1 case held here, but not in this workbook" in said


def test_a_team_that_the_workbook_no_longer_names_is_taken_away(tmp_path: Path) -> None:
    factories.team("Elm")
    brought_in(workbook({6: [NEED]}), tmp_path)

    brought_in(workbook({6: [row(6, **COMMON, start=date(2026, 1, 5), team="#N/A", worker=None)]}), tmp_path)

    case = Case.objects.get()
    assert (case.team, case.team_label, case.worker_label) == (None, "", "")


def test_a_case_that_was_closed_is_open_again_when_the_workbook_says_so(tmp_path: Path) -> None:
    ended = row(6, **COMMON, start=date(2026, 1, 5), end=date(2026, 9, 1), team="Elm")
    brought_in(workbook({6: [ended]}), tmp_path)
    assert Case.objects.get().closed_on == date(2026, 9, 1)

    brought_in(workbook({6: [ended, row(6, **COMMON, start=date(2026, 10, 1), team="Elm")]}), tmp_path)

    case = Case.objects.get()
    assert (case.status, case.opened_on, case.closed_on) == ("open", date(2026, 10, 1), None)


def test_only_a_row_without_a_child_id_is_refused(tmp_path: Path) -> None:
    content = workbook({6: [NEED, row(6, team="Elm")]})

    said = brought_in(content, tmp_path)
    assert "Refused. Sheet “List 6”, row 3, column “Child Unique ID”: this is missing" in said
    assert "FAILED annex-a.xlsx: 1 row refused, nothing was imported." in said
    assert not Case.objects.exists()

    brought_in(content, tmp_path, "--partial")
    assert Case.objects.count() == 1


def test_the_day_of_the_workbook_has_to_be_a_date(tmp_path: Path) -> None:
    said = take_in("import_annex_a", workbook({6: [NEED]}), tmp_path, "--as-of", "31/10/2026", name=NAME)

    assert "31/10/2026 is not a date: write YYYY-MM-DD" in said
