"""The people file: `email, name, roles, team, line_manager_email, agency, quota, absent_from, absent_to, active`.

The e-mail address says who a row is about. A column that the file lacks changes nothing; a blank cell empties. The
absence that a file names takes the place of those that files named before and that are not over; one that was entered
here stays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.hashers import make_password

from accounts.enums import Role
from accounts.imports.directory import Directory
from accounts.imports.teams import LONGEST_CODE
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


Absent = tuple[date, date | None]
"""First and last day; None while the end is not known."""


@dataclass(frozen=True)
class Wanted:
    """What the file says about one person: only the columns that it has."""

    held: dict[str, Any]
    absence: Absent | None
    tells_absence: bool


@dataclass(frozen=True)
class HeldAbsence:
    pk: int
    days: Absent
    from_file: bool

    def is_replaced_by(self, person: Wanted, on: date) -> bool:
        """What is over is history."""
        over = self.days[1] is not None and self.days[1] < on
        return person.tells_absence and self.from_file and not over and self.days != person.absence


def prepare(file: TableFile, *, outcome: Outcome, on: date) -> Callable[[], None]:
    """Read the file into `outcome`; the function returned saves it."""
    table = read_table(file, SCHEMA, outcome)
    directory = Directory.load()
    rows = [row for row in table.rows if _is_sound(row, table, directory)]
    wanted = {row.values["email"]: _wanted(row, table, directory) for row in rows}
    _say_unknown(rows, table, directory, outcome)
    existing, absences = _existing(), _absences()
    replaced = {
        address: [absence.pk for absence in absences.get(address, ()) if absence.is_replaced_by(person, on)]
        for address, person in wanted.items()
    }
    write = {
        address: person
        for address, person in wanted.items()
        if address not in existing
        or any(existing[address][name] != value for name, value in person.held.items())
        or replaced[address]
        or (person.absence and person.absence not in [absence.days for absence in absences.get(address, ())])
    }
    outcome.added = sum(1 for address in write if address not in existing)
    outcome.changed = len(write) - outcome.added
    outcome.unchanged = len(wanted) - len(write)

    def save() -> None:
        ids = _save_people(write, existing, directory)
        _save_roles(write, ids)
        _delete_absences([pk for pks in replaced.values() for pk in pks])
        _save_absences(write, ids)

    return save


def _is_sound(row: Row, table: Table, directory: Directory) -> bool:
    """Whether what one cell alone does not show is right too; refuses the row where it is not."""
    first, last, team = (row.values.get(name) for name in ("absent_from", "absent_to", "team"))
    if last and not first:
        table.reader.refuse(row.number, "absent_to", last, "an absence needs its first day too")
    elif first and last and last < first:
        table.reader.refuse(row.number, "absent_to", last, "this is before the absence begins")
    elif team and len(team) > LONGEST_CODE and not directory.team(team):
        reason = f"no team is known by this, and it is longer than the {LONGEST_CODE} characters of a code"
        table.reader.refuse(row.number, "team", team, reason)
    else:
        return True
    return False


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
    return Wanted(held, (first, values.get("absent_to")) if first else None, "absent_from" in values)


def _say_unknown(rows: list[Row], table: Table, directory: Directory, outcome: Outcome) -> None:
    """Whoever is further down the same file is known."""
    in_file = {row.values["email"] for row in rows}
    unresolved = Unresolved()
    for row in rows:
        team, manager = row.values.get("team"), row.values.get("line_manager_email")
        if team and not directory.team(team):
            unresolved.add(row.number, table.reader.header("team"), team, UNKNOWN_TEAM)
        if manager and manager not in in_file and not directory.person(manager):
            unresolved.add(row.number, table.reader.header("line_manager_email"), manager, UNKNOWN_PERSON)
    unresolved.report(outcome)


def _absences() -> dict[str, list[HeldAbsence]]:
    """By e-mail address."""
    absences: dict[str, list[HeldAbsence]] = {}
    rows = Absence.objects.values_list("person__email", "id", "starts_on", "ends_on", "from_file")
    for address, pk, first, last, from_file in rows:
        absences.setdefault(address, []).append(HeldAbsence(pk, (first, last), from_file))
    return absences


def _existing() -> dict[str, dict[str, Any]]:
    roles: dict[str, set[str]] = {}
    for address, role in PersonRole.objects.values_list("person__email", "role"):
        roles.setdefault(address, set()).add(role)
    columns = ("name", "team__code", "team_code", "line_manager__email", "line_manager_email")
    rows = Person.objects.values_list("email", *columns, "agency", "quota", "is_active")
    return {
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


def _save_people(write: dict[str, Wanted], existing: dict[str, dict[str, Any]], directory: Directory) -> dict[str, int]:
    """Everybody's primary key by e-mail address."""
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
    return dict(Person.objects.values_list("email", "id"))


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


def _delete_absences(gone: list[int]) -> None:
    for start in range(0, len(gone), 500):
        Absence.objects.filter(pk__in=gone[start : start + 500]).delete()


def _save_absences(write: dict[str, Wanted], ids: dict[str, int]) -> None:
    Absence.objects.bulk_create(
        [
            Absence(person_id=ids[address], starts_on=person.absence[0], ends_on=person.absence[1], from_file=True)
            for address, person in write.items()
            if person.absence
        ],
        update_conflicts=True,
        unique_fields=["person", "starts_on"],
        update_fields=["ends_on", "from_file"],
    )
