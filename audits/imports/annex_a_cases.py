"""Taking in what an Ofsted Annex A workbook says about cases.

It knows nothing of service, family, restriction or exploitation: what is held of those stays. What it leaves blank
about the child stays too; the children it does not list are not touched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from accounts.imports.directory import Directory
from accounts.imports.unresolved import Unresolved
from accounts.tables.outcome import Outcome, counted
from accounts.tables.sheets import TableFile
from audits.enums import CaseStatus, PlanType
from audits.imports.annex_a import ChildCase, read_annex_a
from audits.imports.case_changes import CaseChanges, Fields
from audits.models import Case

UNKNOWN_TEAM = "no team is known by this: kept as a label, and left out of the draw until it is"
UNKNOWN_WORKER = "nobody, or more than one person, is known by this: kept as a label"
ABOUT_THE_CHILD = (
    "date_of_birth",
    "gender",
    "ethnicity",
    "disability",
    "opened_on",
    "cp_category",
    "missing_last_6_months",
)
TEAM = ("team_id", "team_label", "service_id")
WORKER = ("worker_id", "worker_label")


def prepare(file: TableFile, *, outcome: Outcome, on: date) -> Callable[[], None]:
    """Read the workbook, as it stood on the day `on`, into `outcome`; the function returned saves it."""
    children = read_annex_a(file, as_of=on, outcome=outcome)
    directory = Directory.load()
    unresolved = Unresolved()
    wanted = {child.case_id: _fields(child, directory, unresolved) for child in children}
    unresolved.report(outcome)
    changes = CaseChanges(wanted, merge=_merge)
    changes.count(outcome)
    _note_unlisted(changes, outcome)
    return lambda: changes.save(directory)


def _fields(child: ChildCase, directory: Directory, unresolved: Unresolved) -> Fields:
    team = directory.team(child.team)
    if child.team and not team:
        _say(child, unresolved, ("team",), child.team, UNKNOWN_TEAM)
    worker = directory.person(child.worker)
    if child.worker and not worker:
        _say(child, unresolved, ("worker", "personal_adviser"), child.worker, UNKNOWN_WORKER)
    return {
        "date_of_birth": child.date_of_birth,
        "gender": child.gender,
        "ethnicity": child.ethnicity,
        "disability": child.disability,
        "plan_type": child.plan_type.value,
        "statuses": [plan.value for plan in child.statuses],
        "team_id": team.id if team else None,
        "team_label": "" if team else child.team,
        "service_id": team.service_id if team else None,
        "worker_id": worker,
        "worker_label": "" if worker else child.worker,
        "status": CaseStatus.OPEN.value if child.is_open else CaseStatus.CLOSED.value,
        "opened_on": child.opened_on,
        "closed_on": child.closed_on,
        "cp_category": child.cp_category,
        "missing_last_6_months": child.missing_last_6_months,
    }


def _say(child: ChildCase, unresolved: Unresolved, names: tuple[str, ...], written: str, reason: str) -> None:
    for entry in child.entries:
        for name in names:
            if entry.value(name) == written:
                unresolved.add(entry.row.number, entry.reader.header(name), written, reason, sheet=entry.row.sheet)
                return


def _merge(existing: Mapping[str, Any], wanted: Fields) -> Fields:
    if not existing:
        return wanted
    kept = [name for name in ABOUT_THE_CHILD if wanted[name] is None or wanted[name] == ""]
    if wanted["plan_type"] == PlanType.EARLY_HELP:
        # The early help list has no column for them; another file may have said.
        kept += TEAM if not wanted["team_id"] and not wanted["team_label"] else ()
        kept += WORKER if not wanted["worker_id"] and not wanted["worker_label"] else ()
    return wanted | {name: existing[name] for name in kept}


def _note_unlisted(changes: CaseChanges, outcome: Outcome) -> None:
    listed = len(changes.changed) + changes.unchanged
    unlisted = Case.objects.count() - listed
    if unlisted > 0:
        outcome.notes.append(f"{counted(unlisted, 'case')} held here, but not in this workbook: left as before.")
