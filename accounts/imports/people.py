"""The people file: `email, name, roles, team, line_manager_email, agency, quota, absent_from, absent_to, active`.

The e-mail address says who a row is about. A column that the file lacks changes nothing; a blank cell empties.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.hashers import make_password

from accounts.enums import Role
from accounts.imports.directory import Directory
from accounts.imports.unresolved import UNKNOWN_PERSON, UNKNOWN_TEAM, Unresolved
from accounts.models import Absence, Person, PersonRole
from accounts.tables.outcome import Outcome
from accounts.tables.schema import Column, Row, Schema, Table, read_table
from accounts.tables.sheets import TableFile
from accounts.tables.values import any_of, day, email, loose, text, whole_number, yes_no

SOCIAL_CARE = frozenset({"childrenssocialcare", "childrensservices", "socialcare"})

SCHEMA = Schema(
    name="people",
    columns=(
        Column("email", email, ("E-mail", "E-mail address"), required=True, filled=True),
        Column("name", text, ("Full name",), required=True, if_blank="taken under the e-mail address"),
        Column(
            "roles",
            any_of(Role.choices),
            ("Role",),
            required=True,
            if_blank="taken without a role: this person can do nothing yet",
        ),
        Column("team", text, ("Team code",)),
        Column("line_manager_email", email, ("Line manager", "Manager email")),
        Column("agency", text),
        Column("quota", whole_number(most=100), ("Cases per cycle",)),
        Column("absent_from", day),
        Column("absent_to", day),
        Column("active", yes_no),
    ),
    key=("email",),
)
NEW: dict[str, Any] = {
    "team": "",
    "line_manager": "",
    "agency": "",
    "quota": None,
    "is_active": True,
    "roles": frozenset(),
}


@dataclass(frozen=True)
class Wanted:
    """What the file says about one person: only the columns that it has."""

    held: dict[str, Any]
    absence: tuple[date, date | None] | None


def prepare(file: TableFile, *, outcome: Outcome, on: date) -> Callable[[], None]:
    """Read the file into `outcome`; the function returned saves it."""
    table = read_table(file, SCHEMA, outcome)
    directory = Directory.load()
    wanted = {row.values["email"]: _wanted(row, table, directory) for row in _with_sound_absence(table)}
    _say_unknown(table, directory, outcome)
    existing, absences = _existing()
    write = {
        address: person
        for address, person in wanted.items()
        if address not in existing
        or any(existing[address][name] != value for name, value in person.held.items())
        or (person.absence and person.absence not in absences.get(address, ()))
    }
    outcome.added = sum(1 for address in write if address not in existing)
    outcome.changed = len(write) - outcome.added
    outcome.unchanged = len(wanted) - len(write)
    return lambda: _save(write, existing, directory)


def _with_sound_absence(table: Table) -> list[Row]:
    sound = []
    for row in table.rows:
        first, last = row.values.get("absent_from"), row.values.get("absent_to")
        if last and not first:
            table.reader.refuse(row.number, "absent_to", last, "an absence needs its first day too")
        elif first and last and last < first:
            table.reader.refuse(row.number, "absent_to", last, "this is before the absence begins")
        else:
            sound.append(row)
    return sound


def _wanted(row: Row, table: Table, directory: Directory) -> Wanted:
    values = row.values
    held: dict[str, Any] = {"name": values["name"] or values["email"], "roles": frozenset(values["roles"] or ())}
    if "team" in values:
        team = directory.team(values["team"] or "")
        held["team"] = team.code if team else values["team"] or ""
    if "line_manager_email" in values:
        held["line_manager"] = values["line_manager_email"] or ""
        if held["line_manager"] == values["email"]:
            table.reader.warn(
                row.number, "line_manager_email", values["email"], "nobody is their own manager: taken as blank"
            )
            held["line_manager"] = ""
    if "agency" in values:
        agency = values["agency"] or ""
        held["agency"] = "" if loose(agency) in SOCIAL_CARE else agency[:100]
    if "quota" in values:
        held["quota"] = values["quota"]
    if "active" in values:
        held["is_active"] = values["active"] is not False
    first = values.get("absent_from")
    return Wanted(held, (first, values.get("absent_to")) if first else None)


def _say_unknown(table: Table, directory: Directory, outcome: Outcome) -> None:
    """Whoever is further down the same file is known."""
    in_file = {row.values["email"] for row in table.rows}
    unresolved = Unresolved()
    for row in table.rows:
        team, manager = row.values.get("team"), row.values.get("line_manager_email")
        if team and not directory.team(team):
            unresolved.add(row.number, table.reader.header("team"), team, UNKNOWN_TEAM)
        if manager and manager not in in_file and not directory.person(manager):
            unresolved.add(row.number, table.reader.header("line_manager_email"), manager, UNKNOWN_PERSON)
    unresolved.report(outcome)


def _existing() -> tuple[dict[str, dict[str, Any]], dict[str, set[tuple[date, date | None]]]]:
    roles: dict[str, set[str]] = {}
    for address, role in PersonRole.objects.values_list("person__email", "role"):
        roles.setdefault(address, set()).add(role)
    absences: dict[str, set[tuple[date, date | None]]] = {}
    for address, first, last in Absence.objects.values_list("person__email", "starts_on", "ends_on"):
        absences.setdefault(address, set()).add((first, last))
    columns = ("name", "team__code", "team_code", "line_manager__email", "line_manager_email")
    rows = Person.objects.values_list("email", *columns, "agency", "quota", "is_active")
    people = {
        address: {
            "name": name,
            "team": team or team_label,
            "line_manager": manager or manager_label,
            "agency": agency,
            "quota": quota,
            "is_active": is_active,
            "roles": frozenset(roles.get(address, ())),
        }
        for address, name, team, team_label, manager, manager_label, agency, quota, is_active in rows
    }
    return people, absences


def _save(write: dict[str, Wanted], existing: dict[str, dict[str, Any]], directory: Directory) -> None:
    people = []
    for address, person in write.items():
        whole = NEW | existing.get(address, {}) | person.held
        team = directory.team(whole["team"])
        manager = directory.person(whole["line_manager"])
        people.append(
            Person(
                email=address,
                name=whole["name"],
                team_id=team.id if team else None,
                team_code="" if team else whole["team"],
                line_manager_id=manager,
                line_manager_email="" if manager else whole["line_manager"],
                agency=whole["agency"],
                quota=whole["quota"],
                is_active=whole["is_active"],
                # Whoever is new signs in through single sign-on, or asks for a password by e-mail.
                password=make_password(None),
            )
        )
    Person.objects.bulk_create(
        people,
        update_conflicts=True,
        unique_fields=["email"],
        update_fields=[
            "name",
            "team",
            "team_code",
            "line_manager",
            "line_manager_email",
            "agency",
            "quota",
            "is_active",
        ],
        batch_size=1000,
    )
    ids = dict(Person.objects.values_list("email", "id"))
    _save_roles(write, ids)
    _save_absences(write, ids)


def _save_roles(write: dict[str, Wanted], ids: dict[str, int]) -> None:
    wanted = {(ids[address], role) for address, person in write.items() for role in person.held["roles"]}
    about = {ids[address] for address in write}
    held = {
        (person, role): pk
        for pk, person, role in PersonRole.objects.values_list("id", "person_id", "role")
        if person in about
    }
    gone = [held[pair] for pair in held.keys() - wanted]
    for start in range(0, len(gone), 500):
        PersonRole.objects.filter(pk__in=gone[start : start + 500]).delete()
    PersonRole.objects.bulk_create(
        [PersonRole(person_id=person, role=role) for person, role in sorted(wanted - held.keys())]
    )


def _save_absences(write: dict[str, Wanted], ids: dict[str, int]) -> None:
    Absence.objects.bulk_create(
        [
            Absence(person_id=ids[address], starts_on=person.absence[0], ends_on=person.absence[1])
            for address, person in write.items()
            if person.absence
        ],
        update_conflicts=True,
        unique_fields=["person", "starts_on"],
        update_fields=["ends_on"],
    )
