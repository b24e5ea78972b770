"""Import files of one invented authority, written to a folder, and the commands that take them in."""

import io
from collections.abc import Sequence
from pathlib import Path

from django.core.management import CommandError, call_command

from tests.makers.workbooks import csv_bytes

TEAMS = ["code", "name", "service", "area", "manager_email"]
PEOPLE = [
    "email",
    "name",
    "roles",
    "team",
    "line_manager_email",
    "agency",
    "quota",
    "absent_from",
    "absent_to",
    "active",
]
CASES = [
    "case_id",
    "date_of_birth",
    "gender",
    "ethnicity",
    "disability",
    "plan_type",
    "service",
    "team",
    "worker_email",
    "status",
    "opened_on",
    "closed_on",
    "cp_category",
    "cse_level",
    "missing_last_6_months",
    "restricted",
    "last_audited_on",
    "conflicts",
    "family_id",
]
AUDITS = [
    "cycle",
    "case_id",
    "kind",
    "team",
    "service",
    "plan_type",
    "auditor_email",
    "status",
    "completed_on",
    "overall_grade",
    "moderated_grade",
    "grade: Assessment",
    "grade: Life story work",
]


def table(header: Sequence[str], *rows: dict[str, object]) -> bytes:
    """A CSV file of `rows`, each given by column."""
    for row in rows:
        assert not set(row) - set(header), set(row) - set(header)
    return csv_bytes([header, *[[row.get(name, "") for name in header] for row in rows]])


def case_row(case_id: str = "C1", **values: object) -> dict[str, object]:
    return {
        "case_id": case_id,
        "date_of_birth": "2016-05-04",
        "plan_type": "CIN",
        "team": "ELM",
        "status": "open",
        **values,
    }


def audit_row(case_id: str = "C1", **values: object) -> dict[str, object]:
    return {
        "cycle": "2026-05",
        "case_id": case_id,
        "kind": "audit",
        "status": "completed",
        "completed_on": "2026-05-14",
        "overall_grade": "good",
        **values,
    }


def take_in(command: str, content: bytes, folder: Path, *options: str, name: str = "file.csv") -> str:
    """What the command prints; the message of its error as the last line where it fails."""
    path = folder / name
    path.write_bytes(content)
    stream = io.StringIO()
    try:
        call_command(command, str(path), *options, stdout=stream)
    except CommandError as error:
        return f"{stream.getvalue()}FAILED {error}"
    return stream.getvalue()
