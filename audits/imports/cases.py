"""The case file: one row a case, by its number in the authority's own system.

A column that the file lacks changes nothing; a blank cell empties. `last_audited_on` is what the file says, but never
before an audit that was made or imported here. A case is in the service of its team unless a file says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

from accounts.imports.directory import Directory
from accounts.imports.unresolved import UNKNOWN_PERSON, UNKNOWN_SERVICE, UNKNOWN_TEAM, Unresolved
from accounts.tables.outcome import Outcome
from accounts.tables.schema import Column, Row, Schema, Table, read_table
from accounts.tables.sheets import TableFile
from accounts.tables.values import at_most, day, email, emails, identifier, one_of, text, yes_no
from audits.enums import CaseStatus, CseLevel, PlanType
from audits.imports.case_changes import CaseChanges, Fields
from audits.imports.last_audits import last_audits_by_number
from audits.imports.oddities import oddities
from audits.imports.vocabulary import abuse_category, ethnicity, gender

_address = at_most(200, email)


def worker(cell: Any) -> str:
    """An e-mail address; or a name, which workbooks have instead and which is kept until one person is known by it."""
    return _address(cell) if "@" in str(cell) else text(cell)


SCHEMA = Schema(
    name="cases",
    columns=(
        Column("case_id", identifier, ("Case number", "Child Unique ID", "Child ID"), required=True, filled=True),
        Column("date_of_birth", day, ("DOB",), if_blank="taken without a date of birth"),
        Column("gender", gender, ("Sex",)),
        Column("ethnicity", ethnicity, ("Ethnic origin",)),
        Column("disability", yes_no, ("Disabled", "Does the Child have a Disability")),
        Column(
            "plan_type",
            one_of(PlanType.choices, {"LAC": "CIC", "CLA": "CIC", "Looked after": "CIC", "CPP": "CP"}),
            ("Plan",),
            required=True,
            if_blank="taken without a plan type",
        ),
        Column("service", text),
        Column("team", text, ("Allocated Team", "Team code"), required=True, if_blank="taken without a team"),
        Column("worker_email", worker, ("Allocated worker", "Worker", "Social worker")),
        Column("status", one_of(CaseStatus.choices), ("Case status",), required=True),
        Column("opened_on", day, ("Opened", "Open date", "Date opened")),
        Column("closed_on", day, ("Closed", "Close date", "Date closed", "Closure date")),
        Column("cp_category", abuse_category, ("Category of abuse", "Latest Category of Abuse")),
        Column("cse_level", one_of(CseLevel.choices), ("CSE", "CSE risk")),
        Column("missing_last_6_months", yes_no, ("Missing in the last 6 months",)),
        Column("restricted", yes_no),
        Column("last_audited_on", day, ("Last audit", "Last audited")),
        Column("conflicts", emails, ("Conflicts of interest",)),
        Column("family_id", identifier, ("Family",)),
    ),
    key=("case_id",),
)

TEXTS = ("gender", "ethnicity", "plan_type", "cp_category", "cse_level", "family_id")
AS_THEY_ARE = (
    "date_of_birth",
    "disability",
    "opened_on",
    "closed_on",
    "missing_last_6_months",
    "last_audited_on",
)


def prepare(file: TableFile, *, outcome: Outcome, on: date) -> Callable[[], None]:
    """Read the file into `outcome`; the function returned saves it."""
    table = read_table(file, SCHEMA, outcome)
    directory = Directory.load()
    references = References(table, directory)
    wanted = {}
    for row in table.rows:
        wanted[row.values["case_id"]] = _fields(row, references, on)
        _warn(row, table, on)
    references.unresolved.report(outcome)
    conflicts = None
    if table.reader.has("conflicts"):
        conflicts = {row.values["case_id"]: row.values["conflicts"] or () for row in table.rows}
    if table.reader.has("last_audited_on"):
        _count_own_audits(wanted)
    merge = partial(_merge, services=None if table.reader.has("service") else directory.services_of_teams())
    changes = CaseChanges(wanted, merge=merge, conflicts=conflicts)
    changes.count(outcome)
    return lambda: changes.save(directory)


class References:
    """Teams, services and people that the rows name; the unknown ones stay as labels."""

    def __init__(self, table: Table, directory: Directory) -> None:
        self.table = table
        self.directory = directory
        self.unresolved = Unresolved()

    def fields(self, row: Row) -> Fields:
        values, directory = row.values, self.directory
        fields: Fields = {}
        written = values.get("team") or ""
        team = directory.team(written)
        self._say(row, "team", written, UNKNOWN_TEAM, known=team)
        fields["team_id"] = team.id if team else None
        fields["team_label"] = "" if team else written
        written = values.get("service") or ""
        service = directory.service(written)
        self._say(row, "service", written, UNKNOWN_SERVICE, known=service)
        fields["service_id"] = service[0] if service else team.service_id if team and not written else None
        fields["service_label"] = "" if service else written
        if "worker_email" in values:
            written = values["worker_email"] or ""
            worker = directory.person(written)
            self._say(row, "worker_email", written, UNKNOWN_PERSON, known=worker)
            fields["worker_id"] = worker
            fields["worker_label"] = "" if worker else written
        for address in values.get("conflicts") or ():
            self._say(row, "conflicts", address, UNKNOWN_PERSON, known=directory.person(address))
        return fields

    def _say(self, row: Row, column: str, written: str, reason: str, *, known: object) -> None:
        if written and known is None:
            self.unresolved.add(row.number, self.table.reader.header(column), written, reason, sheet=row.sheet)


def _fields(row: Row, references: References, on: date) -> Fields:
    values = row.values
    fields = references.fields(row)
    for name in TEXTS:
        if name in values:
            fields[name] = values[name] or ""
    for name in AS_THEY_ARE:
        if name in values:
            fields[name] = values[name]
    if "restricted" in values:
        fields["restricted"] = values["restricted"] is True
    fields["status"] = values["status"] or _status(values.get("closed_on"), on)
    fields["statuses"] = [values["plan_type"]] if values["plan_type"] else []
    return fields


def _status(closed_on: date | None, on: date) -> str:
    return CaseStatus.CLOSED if closed_on and closed_on <= on else CaseStatus.OPEN


def _count_own_audits(wanted: Mapping[str, Fields]) -> None:
    """A file that says what is held changes nothing; else a day before an audit that is held here gives way to it."""
    for case_id, (held, audited_on) in last_audits_by_number(wanted).items():
        said = wanted[case_id]["last_audited_on"]
        if said != held and (said is None or said < audited_on):
            wanted[case_id]["last_audited_on"] = audited_on


def _merge(existing: Mapping[str, Any], wanted: Fields, *, services: Mapping[int, int] | None) -> Fields:
    """`services`: by team, for a file that has no column for the service."""
    if not existing:
        return wanted
    merged = dict(wanted)
    if services is not None and _has_service_of_its_own(existing, services):
        merged |= {name: existing[name] for name in ("service_id", "service_label")}
    if wanted["plan_type"] == existing["plan_type"]:
        # The file knows one plan; the others that the child has at once came from elsewhere.
        merged["statuses"] = existing["statuses"] or wanted["statuses"]
    return merged


def _has_service_of_its_own(existing: Mapping[str, Any], services: Mapping[int, int]) -> bool:
    """Whether a file has said it: it is not that of the team."""
    if existing["service_label"]:
        return True
    return existing["service_id"] not in (None, services.get(existing["team_id"]))


def _warn(row: Row, table: Table, on: date) -> None:
    values = row.values
    for name, reason in oddities(
        on=on,
        date_of_birth=values.get("date_of_birth"),
        plan_type=values["plan_type"],
        opened_on=values.get("opened_on"),
        closed_on=values.get("closed_on"),
    ):
        table.reader.warn(row.number, name, values[name], reason)
    last_audited_on = values.get("last_audited_on")
    if last_audited_on and last_audited_on > on:
        table.reader.warn(row.number, "last_audited_on", last_audited_on, "this is in the future")
    closed_on = values.get("closed_on")
    if values["status"] == CaseStatus.OPEN and closed_on and closed_on <= on:
        table.reader.warn(row.number, "closed_on", closed_on, "the case is said to be open: taken as open")
    if values["status"] == CaseStatus.CLOSED and not closed_on:
        table.reader.warn(row.number, "status", values["status"], "closed, but not when")
