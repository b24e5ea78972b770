"""The file of past audits, so that trends start on the first day: one row for each allocation of a past cycle.

A row is known by its cycle, case and kind. Teams, services, people and cases that the program does not know are kept as
labels. An audit that was made here is never changed by a file.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from accounts.imports.directory import Directory
from accounts.imports.unresolved import Unresolved
from accounts.tables.outcome import Outcome, counted
from accounts.tables.schema import Column, Family, Row, Schema, Table, read_table
from accounts.tables.sheets import TableFile
from accounts.tables.values import at_most, day, email, identifier, months, one_of, text
from audits.enums import AuditKind, Grade, PlanType
from audits.imports.past_audits_held import COMPLETED, STATUSES, Fields, HeldAudits, Key, Months, SectionNames
from audits.imports.past_audits_written import PastAuditWriter
from audits.models import Cycle

GRADE = "grade:"
UNKNOWN = "not known here: kept as a label, and resolved when it is"

_grade = one_of(Grade.choices, {"RI": Grade.REQUIRES_IMPROVEMENT.value})

SCHEMA = Schema(
    name="past audits",
    columns=(
        Column("cycle", months, ("Month",), required=True, filled=True),
        Column("case_id", identifier, ("Case number", "Child Unique ID", "Child ID"), required=True, filled=True),
        Column("kind", one_of(AuditKind.choices), default=AuditKind.AUDIT.value),
        Column("team", text),
        Column("service", text),
        Column("plan_type", one_of(PlanType.choices)),
        Column("auditor_email", at_most(200, email), ("Auditor",)),
        Column("status", one_of(STATUSES), required=True, filled=True),
        Column("completed_on", day, ("Completed",)),
        Column("overall_grade", _grade, ("Overall", "Overall judgement")),
        Column("moderated_grade", _grade, ("Moderated",)),
    ),
    key=("cycle", "case_id", "kind"),
    families=(Family(GRADE, _grade),),
)


def prepare(file: TableFile, *, outcome: Outcome, on: date) -> Callable[[], None]:
    """Read the file into `outcome`; the function returned saves it."""
    table = read_table(file, SCHEMA, outcome)
    directory = Directory.load()
    names = SectionNames.of_current_form()
    rows = _with_possible_cycles(table)
    _warn_unknown(rows, table, directory, outcome)
    held = HeldAudits.of_cycles({row.values["cycle"] for row in rows})
    writer = PastAuditWriter(directory, held, on)
    for row in rows:
        _warn(row, table, on)
        _sort(row, table, _fields(row, directory, names), held, writer)
    outcome.added, outcome.changed = len(writer.new), len(writer.changed)
    outcome.unchanged = len(rows) - outcome.added - outcome.changed
    _note_unknown_cases(rows, held, outcome)
    return writer.save


def _sort(row: Row, table: Table, fields: Fields, held: HeldAudits, writer: PastAuditWriter) -> None:
    key: Key = (row.values["cycle"], row.values["case_id"], row.values.get("kind") or AuditKind.AUDIT.value)
    existing = held.audits.get(key)
    if existing is None:
        writer.new[key] = fields
        return
    sections = {**existing.fields["sections"], **fields["sections"]} if fields["status"] == COMPLETED else {}
    whole = existing.fields | fields | {"sections": sections}
    if whole == existing.fields:
        return
    if existing.imported:
        writer.changed[key] = whole
    else:
        table.reader.warn(row.number, "case_id", key[1], "this audit was made here: it stays as it is")


def _fields(row: Row, directory: Directory, names: SectionNames) -> Fields:
    """What the file says; a column that it lacks says nothing."""
    values = row.values
    fields: dict[str, Any] = {"status": values["status"]}
    if "team" in values:
        team = directory.team(values["team"] or "")
        fields["team"] = team.code if team else values["team"] or ""
        if team and not values.get("service"):
            fields["service"] = team.service_name
    if values.get("service") or "team" not in values:
        service = directory.service(values.get("service") or "")
        fields["service"] = service[1] if service else values.get("service") or ""
    for name in ("plan_type", "overall_grade", "moderated_grade"):
        if name in values:
            fields[name] = values[name] or ""
    if "auditor_email" in values:
        fields["auditor"] = values["auditor_email"] or ""
    if "completed_on" in values:
        fields["completed_on"] = values["completed_on"]
    grades = values.get(GRADE, {})
    fields["sections"] = {names.name(written): grade or "" for written, grade in grades.items()}
    if fields["status"] != COMPLETED:
        fields |= {"completed_on": None, "overall_grade": "", "moderated_grade": "", "sections": {}}
    return fields


def _with_possible_cycles(table: Table) -> list[Row]:
    """Rows whose months are a cycle, or can become one: cycles never overlap."""
    known: list[Months] = list(Cycle.objects.values_list("first_month", "last_month"))
    clash: dict[Months, str] = {}
    for cycle in sorted({row.values["cycle"] for row in table.rows}):
        overlapping = [other for other in known if other[0] <= cycle[1] and cycle[0] <= other[1]]
        if not overlapping:
            known.append(cycle)
        elif overlapping != [cycle]:
            clash[cycle] = ", ".join(_written(other) for other in overlapping)
    possible = []
    for row in table.rows:
        cycle = row.values["cycle"]
        if cycle in clash:
            reason = f"these months overlap with the cycle {clash[cycle]}"
            table.reader.refuse(row.number, "cycle", cycle, reason)
        else:
            possible.append(row)
    return possible


def _written(cycle: Months) -> str:
    return Cycle(first_month=cycle[0], last_month=cycle[1]).key


def _warn(row: Row, table: Table, on: date) -> None:
    values = row.values
    completed_on = values.get("completed_on")
    if values["status"] == COMPLETED:
        if completed_on is None:
            table.reader.warn(row.number, "completed_on", "", "completed, but not when: cannot be told late or in time")
        elif completed_on > on:
            table.reader.warn(row.number, "completed_on", completed_on, "this is in the future")
        elif completed_on < values["cycle"][0]:
            table.reader.warn(row.number, "completed_on", completed_on, "this is before the cycle begins")
    elif (
        completed_on
        or values.get("overall_grade")
        or values.get("moderated_grade")
        or any(values.get(GRADE, {}).values())
    ):
        table.reader.warn(row.number, "status", values["status"], "not completed: its day and grades are left out")


def _warn_unknown(rows: list[Row], table: Table, directory: Directory, outcome: Outcome) -> None:
    unresolved = Unresolved()
    finders: tuple[tuple[str, Callable[[str], object]], ...] = (
        ("team", directory.team),
        ("service", directory.service),
        ("auditor_email", directory.person),
    )
    for row in rows:
        for column, find in finders:
            written = row.values.get(column)
            if written and find(written) is None:
                unresolved.add(row.number, table.reader.header(column), written, UNKNOWN)
    unresolved.report(outcome)


def _note_unknown_cases(rows: list[Row], held: HeldAudits, outcome: Outcome) -> None:
    case_ids = {row.values["case_id"] for row in rows}
    unknown = len(case_ids) - len(held.cases_of(case_ids))
    if unknown:
        outcome.notes.append(
            f"{counted(unknown, 'case')} not known here: audits of those are kept under the case number."
        )
