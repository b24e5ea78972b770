"""The teams file: `code, name, service, area, manager_email`. Other files name a team by its code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.text import slugify

from accounts.imports.directory import Directory
from accounts.imports.unresolved import UNKNOWN_PERSON, Unresolved
from accounts.models import Area, Service, Team
from accounts.tables.outcome import Outcome
from accounts.tables.schema import Column, Schema, Table, read_table
from accounts.tables.sheets import TableFile
from accounts.tables.values import at_most, email, identifier, loose, text

NO_SERVICE = "Not stated"
LONGEST_CODE = 60

SCHEMA = Schema(
    name="teams",
    columns=(
        Column("code", at_most(LONGEST_CODE, identifier), ("Team code", "Team ID"), required=True, filled=True),
        Column("name", text, ("Team name", "Team"), required=True, if_blank="taken under its code"),
        Column("service", text, ("Service area",), required=True, if_blank=f"taken under “{NO_SERVICE}”"),
        Column("area", text, ("Locality", "District")),
        Column("manager_email", email, ("Manager", "Team manager", "Team manager email")),
    ),
    key=("code",),
)

Held = dict[str, Any]


def prepare(file: TableFile, *, outcome: Outcome, on: date) -> Callable[[], None]:
    """Read the file into `outcome`; the function returned saves it."""
    table = read_table(file, SCHEMA, outcome)
    directory = Directory.load()
    services = {loose(name): name for _, name in directory.services.values()}
    areas = {loose(name): name for name in Area.objects.values_list("name", flat=True)}
    wanted: dict[str, Held] = {}
    for row in table.rows:
        values = row.values
        held: Held = {"name": values["name"] or values["code"]}
        service = values["service"] or NO_SERVICE
        known = directory.service(service)
        held["service"] = known[1] if known else services.setdefault(loose(service), service)
        if "area" in values:
            held["area"] = areas.setdefault(loose(values["area"]), values["area"]) if values["area"] else ""
        if "manager_email" in values:
            held["manager"] = values["manager_email"] or ""
        wanted[values["code"]] = held
    _say_unknown_managers(table, directory, outcome)
    existing = _existing()
    write = {code: held for code, held in wanted.items() if held.items() - existing.get(code, {}).items()}
    outcome.added = sum(1 for code in write if code not in existing)
    outcome.changed = len(write) - outcome.added
    outcome.unchanged = len(wanted) - len(write)
    return lambda: _save(write, existing, directory)


def _existing() -> dict[str, Held]:
    rows = Team.objects.values_list("code", "name", "service__name", "area__name", "manager__email", "manager_email")
    return {
        code: {"name": name, "service": service, "area": area or "", "manager": manager or label}
        for code, name, service, area, manager, label in rows
    }


def _say_unknown_managers(table: Table, directory: Directory, outcome: Outcome) -> None:
    unresolved = Unresolved()
    for row in table.rows:
        address = row.values.get("manager_email")
        if address and not directory.person(address):
            unresolved.add(row.number, table.reader.header("manager_email"), address, UNKNOWN_PERSON)
    unresolved.report(outcome)


def _save(write: dict[str, Held], existing: dict[str, Held], directory: Directory) -> None:
    services = _services({held["service"] for held in write.values()})
    whole_teams = {code: {"area": "", "manager": ""} | existing.get(code, {}) | held for code, held in write.items()}
    areas = _areas({whole["area"] for whole in whole_teams.values() if whole["area"]})
    teams = []
    for code, whole in whole_teams.items():
        manager = directory.person(whole["manager"])
        teams.append(
            Team(
                code=code,
                name=whole["name"],
                service_id=services[whole["service"]],
                area_id=areas.get(whole["area"]),
                manager_id=manager,
                manager_email="" if manager else whole["manager"],
            )
        )
    Team.objects.bulk_create(
        teams,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "service", "area", "manager", "manager_email"],
    )


def _services(names: set[str]) -> dict[str, int]:
    """Services by name, made where they are new."""
    held = dict(Service.objects.values_list("name", "id"))
    codes = set(Service.objects.values_list("code", flat=True))
    for name in sorted(names - held.keys()):
        code = slugify(name)[:50] or "service"
        while code in codes:
            code += "-2"
        codes.add(code)
        held[name] = Service.objects.create(code=code, name=name).pk
    return held


def _areas(names: set[str]) -> dict[str, int]:
    Area.objects.bulk_create([Area(name=name) for name in sorted(names)], ignore_conflicts=True)
    return dict(Area.objects.values_list("name", "id"))
