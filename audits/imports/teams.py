"""The teams file, and the cases of teams that it moves to another service."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from accounts.imports import teams
from accounts.models import Team
from accounts.tables.outcome import Outcome
from accounts.tables.sheets import TableFile
from audits.models import Case


def prepare(file: TableFile, *, outcome: Outcome, on: date) -> Callable[[], None]:
    """Read the file into `outcome`; the function returned saves it."""
    save_teams = teams.prepare(file, outcome=outcome, on=on)

    def save() -> None:
        before = _services()
        save_teams()
        _move_cases(before, _services())

    return save


def _services() -> dict[int, int]:
    return dict(Team.objects.order_by().values_list("id", "service_id"))


def _move_cases(before: dict[int, int], after: dict[int, int]) -> None:
    """Cases follow their team; those that a file has put into another service stay there."""
    for team, service in before.items():
        if after[team] != service:
            Case.objects.filter(team_id=team, service_id=service).update(service_id=after[team])
