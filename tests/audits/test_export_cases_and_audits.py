"""What is exported can be imported again: the same words, and nothing that a spreadsheet would run."""

import csv
from pathlib import Path

import pytest
from django.core.management import call_command

from audits.enums import AuditState, Standing
from audits.models import AuditSection, CaseConflict
from tests import factories
from tests.makers.files import AUDITS, CASES, audit_row, case_row, table, take_in

pytestmark = pytest.mark.django_db


def exported(folder: Path, *words: str) -> list[dict[str, str]]:
    path = folder / "out.csv"
    call_command("export", *words, "--to", str(path))
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_cases_are_exported_as_they_are_held(tmp_path: Path) -> None:
    worker = factories.person(name="Rowan Ash", email="rowan@x.example")
    team = factories.team("Elm")
    case = factories.case(case_id="C1", team=team, worker=worker, disability=True, restricted=True)
    CaseConflict.objects.create(case=case, email="z@x.example")
    CaseConflict.objects.create(case=case, email="a@x.example")
    factories.case(case_id="C2", team=None, team_label="OAK", worker_label="someone@x.example", disability=None)

    first, second = exported(tmp_path, "cases")

    assert list(first) == CASES
    assert (first["team"], first["service"], first["worker_email"]) == ("ELM", team.service.name, "rowan@x.example")
    assert (first["disability"], first["restricted"], first["conflicts"]) == ("yes", "yes", "a@x.example;z@x.example")
    assert first["date_of_birth"] == "2016-05-04"
    assert (second["team"], second["worker_email"], second["disability"]) == ("OAK", "someone@x.example", "")


def test_exported_cases_imported_again_change_nothing(tmp_path: Path) -> None:
    factories.team("Elm")
    full = case_row(gender="F", ethnicity="@cmd", cse_level="emerging", conflicts="a@x.example", family_id="-7")
    rows = [full, case_row("C2", team="OAK", worker_email="Imogen Thistle", restricted="yes")]
    assert "2 added" in take_in("import_cases", table(CASES, *rows), tmp_path)

    exported(tmp_path, "cases")

    again = take_in("import_cases", (tmp_path / "out.csv").read_bytes(), tmp_path)
    assert "0 added, 0 changed, 2 unchanged, 0 refused" in again


def test_a_text_that_a_spreadsheet_would_run_gets_an_apostrophe(tmp_path: Path) -> None:
    for number, start in enumerate("=+-@"):
        factories.case(case_id=f"C{number}", ethnicity=f"{start}SUM(1)")

    assert [row["ethnicity"] for row in exported(tmp_path, "cases")] == [f"'{start}SUM(1)" for start in "=+-@"]


def test_audits_are_exported_with_their_grades_and_answers(tmp_path: Path) -> None:
    audit = factories.audit(
        case=factories.case(case_id="C1"),
        auditor=factories.person(email="a@x.example", name="A"),
        state=AuditState.SIGNED_OFF,
        overall_grade="good",
        moderated_grade="outstanding",
    )
    AuditSection.objects.create(
        audit=audit,
        key="assessment",
        name="Assessment",
        grade="good",
        answers={"assessment.child_seen": {"value": "yes", "reason": ""}, "assessment.tools": {"value": ["a", "b"]}},
    )
    AuditSection.objects.create(
        audit=audit, key="planning", name="Planning", position=1, grade="good", moderated_grade="inadequate"
    )
    AuditSection.objects.create(audit=audit, key="comments", name="Comments and actions", position=5)

    (row,) = exported(tmp_path, "audits", "2026-11")

    assert (row["cycle"], row["case_id"], row["kind"], row["status"]) == ("2026-11", "C1", "audit", "completed")
    assert (row["auditor_email"], row["completed_on"]) == ("a@x.example", "2026-11-12")
    assert (row["overall_grade"], row["moderated_grade"], row["grade: Assessment"]) == ("good", "outstanding", "good")
    assert row["grade: Planning"] == "inadequate"  # the grade that counts
    assert (row["answer: assessment.child_seen"], row["answer: assessment.tools"]) == ("yes", "a;b")
    assert "grade: Comments and actions" not in row


def test_a_draft_stays_its_auditors_own_and_a_withdrawn_audit_is_no_audit(tmp_path: Path) -> None:
    draft = factories.audit(state=AuditState.IN_PROGRESS, overall_grade="inadequate")
    AuditSection.objects.create(
        audit=draft, key="assessment", name="Assessment", grade="inadequate", answers={"q": {"value": "no"}}
    )
    factories.audit(standing=Standing.WITHDRAWN)

    (row,) = exported(tmp_path, "audits", "2026-11")

    assert (row["status"], row["overall_grade"]) == ("not_returned", "")
    assert not any(name.startswith(("grade:", "answer:")) for name in row)


def test_exported_audits_imported_again_change_nothing(tmp_path: Path) -> None:
    rows = [
        audit_row(team="OLD", plan_type="CP", auditor_email="a@x.example", **{"grade: Assessment": "good"}),
        audit_row("C2", cycle="2026-06", completed_on="2026-06-30", moderated_grade="inadequate"),
        audit_row("C3", cycle="2026-06", status="exempt", completed_on="", overall_grade=""),
    ]
    take_in("import_audits", table(AUDITS, *rows), tmp_path)

    assert len(exported(tmp_path, "audits", "2026-05..2026-06")) == 3
    assert len(exported(tmp_path, "audits", "2026-06")) == 2
    exported(tmp_path, "audits", "2026-05..2026-06")

    again = take_in("import_audits", (tmp_path / "out.csv").read_bytes(), tmp_path)
    assert "0 added, 0 changed, 3 unchanged, 0 refused" in again
