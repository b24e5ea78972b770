"""Cases as a table with the columns of the case file, values as they are held: for the page and the command alike."""

from collections.abc import Iterator
from typing import Any

from audits.imports.case_changes import AT_ONCE, in_batches
from audits.imports.cases import SCHEMA
from audits.models import CaseConflict
from audits.models.cases import CaseQuerySet

HEADER = tuple(column.name for column in SCHEMA.columns)
HELD_AS_THEY_ARE = (
    "case_id",
    "date_of_birth",
    "gender",
    "ethnicity",
    "disability",
    "plan_type",
    "status",
    "opened_on",
    "closed_on",
    "cp_category",
    "cse_level",
    "missing_last_6_months",
    "restricted",
    "last_audited_on",
    "family_id",
)
BY_NAME = ("service__name", "service_label", "team__code", "team_label", "worker__email", "worker_label")


def rows(cases: CaseQuerySet) -> Iterator[tuple[object, ...]]:
    """The rows under HEADER, by case number. A team, service or worker that is not known here is its label."""
    held = cases.order_by("case_id").values("id", *HELD_AS_THEY_ARE, *BY_NAME).iterator(chunk_size=2000)
    for some in in_batches(held, AT_ONCE):
        conflicts = _conflicts([case["id"] for case in some])
        for case in some:
            yield _row(case, conflicts.get(case["id"], []))


def _row(case: dict[str, Any], conflicts: list[str]) -> tuple[object, ...]:
    values = case | {
        "service": case["service__name"] or case["service_label"],
        "team": case["team__code"] or case["team_label"],
        "worker_email": case["worker__email"] or case["worker_label"],
        "conflicts": ";".join(conflicts),
    }
    return tuple(values[name] for name in HEADER)


def _conflicts(cases: list[int]) -> dict[int, list[str]]:
    conflicts: dict[int, list[str]] = {}
    rows = CaseConflict.objects.filter(case_id__in=cases).order_by("email").values_list("case_id", "email")
    for case, email in rows:
        conflicts.setdefault(case, []).append(email)
    return conflicts
