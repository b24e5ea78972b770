"""Who and what the program knows, by the names that files use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from accounts.models import Person, Service, Team
from accounts.tables.values import loose

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class KnownTeam:
    id: int
    code: str
    name: str
    service_id: int
    service_name: str
    area_name: str


@dataclass(frozen=True)
class Directory:
    """A team or a service is found by its code, else by a code or name that differs only in case, spaces or punctuation
    and that only one has; a person by e-mail address, or by a name that only one active person has."""

    teams: dict[str, KnownTeam]
    services: dict[str, tuple[int, str]]
    people: dict[str, int]
    names: dict[str, int]

    @classmethod
    def load(cls) -> Directory:
        """Three queries, whatever the size."""
        rows = Team.objects.order_by("id").values_list(
            "id", "code", "name", "service_id", "service__name", "area__name"
        )
        teams = [KnownTeam(*row[:5], area_name=row[5] or "") for row in rows]
        services = list(Service.objects.order_by("id").values_list("id", "code", "name"))
        people = list(Person.objects.order_by("id").values_list("id", "email", "name", "is_active"))
        return cls(
            teams=_findable((team.code, team.name, team) for team in teams),
            services=_findable((code, name, (pk, name)) for pk, code, name in services),
            people={email: pk for pk, email, _, _ in people},
            names=_unique((loose(name), pk) for pk, _, name, is_active in people if is_active),
        )

    def team(self, written: str) -> KnownTeam | None:
        return self.teams.get(_exactly(written)) or self.teams.get(loose(written)) if written else None

    def services_of_teams(self) -> dict[int, int]:
        return {team.id: team.service_id for team in self.teams.values()}

    def service(self, written: str) -> tuple[int, str] | None:
        """Its id and its name."""
        return self.services.get(_exactly(written)) or self.services.get(loose(written)) if written else None

    def person(self, written: str) -> int | None:
        """By e-mail address, or by name where that can only mean one."""
        if "@" in written:
            return self.people.get(written.lower())
        return self.names.get(loose(written)) if written else None


def _findable(things: Iterable[tuple[str, str, T]]) -> dict[str, T]:
    things = list(things)
    return (
        _unique((loose(name), thing) for _, name, thing in things)
        | _unique((loose(code), thing) for code, _, thing in things)
        | {_exactly(code): thing for code, _, thing in things}
    )


def _exactly(code: str) -> str:
    """A key that no loose one is."""
    return f"= {code}"


def _unique(pairs: Iterable[tuple[str, T]]) -> dict[str, T]:
    found: dict[str, T] = {}
    twice: set[str] = set()
    for key, value in pairs:
        if key in found:
            twice.add(key)
        found[key] = value
    return {key: value for key, value in found.items() if key and key not in twice}
