"""What people are told about each kind of file before they send one."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.imports import people, teams
from accounts.tables.schema import Column, Schema
from audits.enums import ImportKind
from audits.imports import cases, past_audits


@dataclass(frozen=True)
class Description:
    """`columns`: the name, whether the file must have it, and what it may be called as well."""

    purpose: str
    columns: tuple[tuple[str, bool, str], ...]
    hint: str = ""


def _columns(schema: Schema) -> tuple[tuple[str, bool, str], ...]:
    return tuple(_described(column) for column in schema.columns)


def _described(column: Column) -> tuple[str, bool, str]:
    return column.name, column.required, ", ".join(column.aliases)


DESCRIPTIONS: dict[ImportKind, Description] = {
    ImportKind.TEAMS: Description(
        "Teams with their service, area and manager.",
        _columns(teams.SCHEMA),
        "Other files name a team by its code. Managers may follow later, in the people file.",
    ),
    ImportKind.PEOPLE: Description(
        "People with their roles, team, line manager, quota and absences.",
        _columns(people.SCHEMA),
        "The e-mail address says who a row is about. Several roles are separated by semicolons.",
    ),
    ImportKind.CASES: Description(
        "Cases that can be audited, from the case system.",
        _columns(cases.SCHEMA),
        "Dates are written YYYY-MM-DD or DD/MM/YYYY. A column that the file lacks changes nothing.",
    ),
    ImportKind.ANNEX_A: Description(
        "The Ofsted Annex A workbook as it is: one case for each child on lists 2 and 6 to 9.",
        (),
        "Send the whole workbook. Sheets and columns are recognised however they are written.",
    ),
    ImportKind.AUDITS: Description(
        "Audits of past months, so that trends start on the first day.",
        (*_columns(past_audits.SCHEMA), ("grade: Assessment", False, "one column for each graded section")),
        "Teams, people and cases that are not known here are kept by the names that the file has.",
    ),
}
